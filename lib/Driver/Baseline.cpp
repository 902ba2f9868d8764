//===- Baseline.cpp - Comparing a report with an earlier one ----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Baseline.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Support/File.h"

namespace qev {

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
  if (!verdict || !outputs)
    return false;
  const llvm::json::Value *claim = object.get("claim");
  if (!claim || !claim->getAsNull())
    sample.verdict = verdict;
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

llvm::Expected<Baseline> Baseline::read(llvm::StringRef path) {
  auto buffer = readBytes(path);
  if (!buffer)
    return buffer.takeError();
  auto fail = [&] {
    return makeError(DiagId::FileFormat, path,
                     "is no JSON of 'qev verify', 'qev bound' or 'qev attack'");
  };
  auto parsed = llvm::json::parse((*buffer)->getBuffer());
  if (!parsed) {
    llvm::consumeError(parsed.takeError());
    return fail();
  }
  const auto *report = parsed->getAsObject();
  const auto *samples = report ? report->getArray("samples") : nullptr;
  if (!samples)
    return fail();
  Baseline baseline;
  for (const llvm::json::Value &value : *samples) {
    const auto *sample = value.getAsObject();
    auto index = sample ? sample->getInteger("index") : std::nullopt;
    if (!index || !readSample(*sample, baseline.samples[*index]))
      return fail();
  }
  return baseline;
}

std::vector<std::string>
Baseline::findRegressions(const Report &report) const {
  bool isAttack = report.command == "attack";
  std::vector<std::string> found;
  for (const SampleResult &sample : report.samples) {
    auto before = samples.find(sample.index);
    if (before == samples.end())
      continue;
    std::string where = "sample " + std::to_string(sample.index);
    auto verdict = before->second.verdict;
    if (verdict && !std::holds_alternative<std::monostate>(sample.claim) &&
        getRank(sample.verdict) > getRank(*verdict))
      found.push_back(where + " was " + getName(*verdict).str() + ", is " +
                      getName(sample.verdict).str());
    const auto &magnitudes =
        isAttack ? before->second.witnessed : before->second.proved;
    for (const OutputResult &output : sample.outputs) {
      auto was = magnitudes.find(output.index);
      if (was == magnitudes.end() || (isAttack && !output.witnessed))
        continue;
      double now = (isAttack ? *output.witnessed : output.proved).magnitude();
      if (now > was->second * (1 + 1e-6))
        found.push_back(where + " output " + std::to_string(output.index) +
                        ": |delta| up to " + printReal(now) + ", was " +
                        printReal(was->second));
    }
  }
  return found;
}

} // namespace qev
