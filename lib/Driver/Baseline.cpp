//===- Baseline.cpp - Comparing a report with an earlier one ----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Baseline.h"
#include "QuestionDifference.h"
#include "qev/Driver/Record.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Support/File.h"
#include "qev/Support/Json.h"
#include <set>

namespace qev {

static llvm::Error refuse(llvm::StringRef path, const llvm::Twine &message) {
  return makeError(DiagId::Usage, "--fail-above", "'" + path + "' " + message);
}

static std::optional<Verdict> getVerdict(llvm::StringRef name) {
  for (Verdict verdict : {Verdict::Verified, Verdict::Falsified,
                          Verdict::Unknown, Verdict::Bounded})
    if (getName(verdict) == name)
      return verdict;
  return std::nullopt;
}

/// The larger magnitude of `[lo, hi]`, whose ends are null where unbounded.
static std::optional<double> readMagnitude(const llvm::json::Value *interval) {
  const auto *ends = interval ? interval->getAsArray() : nullptr;
  if (!ends || ends->size() != 2)
    return std::nullopt;
  double magnitude = 0;
  for (const llvm::json::Value &end : *ends) {
    auto number = end.getAsNumber();
    if (!number && !end.getAsNull())
      return std::nullopt;
    magnitude = std::fmax(magnitude, number ? std::fabs(*number) : infinity);
  }
  return magnitude;
}

static bool readSample(const llvm::json::Object &object,
                       Baseline::Sample &sample) {
  auto verdict = getVerdict(object.getString("verdict").value_or(""));
  const auto *outputs = object.getArray("outputs");
  const auto *region = object.getObject("region");
  const llvm::json::Value *claim = object.get("claim_exact");
  auto hash = region ? region->getString("sha256") : std::nullopt;
  if (!verdict || !outputs || !hash || !claim)
    return false;
  sample.verdict = *verdict;
  sample.regionHash = hash->str();
  sample.claim = *claim;
  for (const llvm::json::Value &value : *outputs) {
    const auto *output = value.getAsObject();
    auto index = output ? output->getInteger("index") : std::nullopt;
    if (!index)
      return false;
    for (auto [name, magnitudes] : {std::pair("proved", &sample.proved),
                                    {"witnessed", &sample.witnessed}}) {
      const llvm::json::Value *interval = output->get(name);
      auto magnitude = readMagnitude(interval);
      if (interval && !magnitude)
        return false;
      if (interval)
        (*magnitudes)[*index] = *magnitude;
    }
  }
  return true;
}

static bool readReport(const llvm::json::Object &report, Baseline &baseline) {
  for (auto [name, place] : {std::pair("first", &baseline.first),
                             {"second", &baseline.second},
                             {"question", &baseline.question}}) {
    const auto *object = report.getObject(name);
    if (!object)
      return false;
    *place = *object;
  }
  const auto *samples = report.getArray("samples");
  if (!samples)
    return false;
  return llvm::all_of(*samples, [&](const llvm::json::Value &value) {
    const auto *sample = value.getAsObject();
    auto index = sample ? sample->getInteger("index") : std::nullopt;
    return index && readSample(*sample, baseline.samples[*index]);
  });
}

llvm::Expected<Baseline> Baseline::read(llvm::StringRef path) {
  auto buffer = readBytes(path);
  if (!buffer)
    return buffer.takeError();
  auto fail = [&] {
    return makeError(DiagId::FileFormat, path,
                     "is no JSON of 'qev verify', 'qev bound' or 'qev attack'");
  };
  if (measureNesting((*buffer)->getBuffer()) > deepestJson)
    return makeError(DiagId::FileFormat, path,
                     "arrays and objects nest deeper than " +
                         llvm::Twine(deepestJson));
  auto parsed = llvm::json::parse((*buffer)->getBuffer());
  if (!parsed) {
    llvm::consumeError(parsed.takeError());
    return fail();
  }
  const auto *report = parsed->getAsObject();
  if (!report || !report->getArray("samples"))
    return fail();
  auto schema = report->getInteger("schema");
  if (schema != recordSchema)
    return refuse(path,
                  (schema ? "has schema " + std::to_string(*schema)
                          : "does not say what was asked, as of an older qev") +
                      "; make it anew with --json=" + path.str());
  Baseline baseline;
  baseline.path = path.str();
  if (!readReport(*report, baseline))
    return fail();
  return baseline;
}

llvm::Error Baseline::checkSameQuestion(const llvm::json::Object &asked,
                                        const Regions &regions) const {
  // As it would be read back: numbers there and here have had the same way.
  llvm::json::Value now =
      llvm::cantFail(llvm::json::parse(printJson(llvm::json::Object(asked))));
  auto split = [](const llvm::json::Object &all) {
    llvm::json::Object rest = all;
    const auto *region = all.getObject("region");
    rest.erase("region");
    return std::pair(std::move(rest), region ? *region : llvm::json::Object());
  };
  auto [before, wordsBefore] = split(question);
  auto [here, wordsHere] = split(*now.getAsObject());
  auto differs = [&](const llvm::Twine &what) {
    return refuse(path, "answers another question: " + what);
  };
  if (auto difference = findDifference(before, here))
    return differs(*difference);
  std::set<int64_t> indices;
  for (size_t i = 0; i < regions.count(); ++i) {
    auto region = regions.build(i);
    if (!region)
      return region.takeError();
    indices.insert(region->index);
    std::string sample = "sample " + std::to_string(region->index);
    auto found = samples.find(region->index);
    if (found == samples.end())
      return differs("no " + sample + " there");
    if (found->second.regionHash != hashRegion(region->inputs))
      return differs(findDifference(wordsBefore, wordsHere)
                         .value_or("another region of " + sample));
    // A claim of the options is in the question; else it is of a query file.
    bool isOfQuery = !here.getObject("claim");
    llvm::json::Value claim = recordClaim(region->claim.value_or(Claim()));
    if (isOfQuery && found->second.claim != claim)
      return differs("another claim about " + sample);
  }
  for (const auto &[index, sample] : samples)
    if (!indices.count(index))
      return differs("no sample " + llvm::Twine(index) + " here");
  return llvm::Error::success();
}

std::vector<std::string> Baseline::findRegressions(const SampleResult &sample,
                                                   bool isAttack) const {
  std::vector<std::string> found;
  const Sample &before = samples.at(sample.index);
  std::string where = "sample " + std::to_string(sample.index);
  if (getRank(sample.verdict) > getRank(before.verdict))
    found.push_back(where + " was " + getName(before.verdict).str() + ", is " +
                    getName(sample.verdict).str());
  const auto &magnitudes = isAttack ? before.witnessed : before.proved;
  std::set<int64_t> seen;
  for (const OutputResult &output : sample.outputs) {
    std::string which = " output " + std::to_string(output.index);
    seen.insert(output.index);
    auto was = magnitudes.find(output.index);
    if (was == magnitudes.end()) {
      found.push_back(where + which + " is not in the baseline");
      continue;
    }
    if (isAttack && !output.witnessed)
      continue;
    double now = (isAttack ? *output.witnessed : output.proved).magnitude();
    if (now > was->second * (1 + 1e-6))
      found.push_back(where + which + ": |delta| up to " + printReal(now) +
                      ", was " + printReal(was->second));
  }
  for (const auto &[index, magnitude] : magnitudes)
    if (!seen.count(index))
      found.push_back(where + " output " + std::to_string(index) +
                      " is only in the baseline");
  return found;
}

} // namespace qev
