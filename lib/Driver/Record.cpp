//===- Record.cpp - What was asked, for the record --------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Record.h"
#include "InputWords.h"
#include "Samples.h"
#include "qev/Driver/Compare.h"
#include "qev/Support/Sha256.h"
#include "qev/Support/Text.h"
#include "llvm/Support/FileSystem.h"

namespace qev {

namespace json = llvm::json;
using json::Object;
using json::Value;

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

/// What else decides which answer is reached, of the options that the command
/// has. This is the place for one more. Not here: threads, and what only shows
/// or checks more.
static Object recordOptions(const CompareOptions &options) {
  const VerifyOptions &verify = options.verify;
  Object object{{"timeout", verify.timeout}};
  if (options.command != "attack")
    object["method"] = getName(verify.method);
  if (options.command != "bound") {
    object["restarts"] = verify.restarts;
    object["seed"] = verify.seed;
  }
  if (options.command == "verify") {
    object["gap"] = verify.gap;
    object["solver"] = escapeText(options.solver);
    object["trust"] = options.trust;
  }
  return object;
}

//===----------------------------------------------------------------------===//
// Region
//===----------------------------------------------------------------------===//

/// A file by the path that was typed and what it holds.
static Object recordFile(llvm::StringRef path) {
  std::optional<std::string> digest = sha256OfFile(path);
  return Object{{"path", escapeText(path)},
                {"sha256", digest ? Value(*digest) : Value(nullptr)}};
}

static llvm::Expected<Value> recordSamples(llvm::StringRef path) {
  if (!llvm::sys::fs::is_directory(path))
    return recordFile(path);
  auto files = listSampleFiles(path);
  if (!files)
    return files.takeError();
  json::Array array;
  for (const std::string &file : *files)
    array.push_back(recordFile(file));
  return Object{{"path", escapeText(path)}, {"files", std::move(array)}};
}

/// The words about one input, as they were typed; numbers are exact as text.
static llvm::Expected<Object> recordWords(const InputWords &words,
                                          llvm::StringRef name) {
  Object object{{"name", escapeText(name)}};
  if (!words.box.empty())
    object["box"] = isBoxFile(words.box) ? Value(recordFile(words.box))
                                         : Value(escapeText(words.box));
  if (!words.input.empty()) {
    auto samples = recordSamples(words.input);
    if (!samples)
      return samples.takeError();
    object["input"] = std::move(*samples);
  }
  if (!words.levels.empty())
    object["levels"] = recordFile(words.levels);
  for (auto [key, word] : {std::pair("radius", &words.radius),
                           {"clip", &words.clip},
                           {"grid", &words.grid},
                           {"mean", &words.mean},
                           {"std", &words.std}})
    if (!word->empty())
      object[key] = escapeText(*word);
  return object;
}

static llvm::Expected<Object> recordRegion(const RegionOptions &options,
                                           const Net &net) {
  Object object;
  if (!options.sample.empty())
    object["sample"] = escapeText(options.sample);
  if (!options.query.empty()) {
    object["query"] = recordFile(options.query);
    return object;
  }
  auto words = distribute(options, net);
  if (!words)
    return words.takeError();
  json::Array inputs;
  for (auto [own, input] : llvm::zip_equal(*words, net.getInputs())) {
    auto recorded = recordWords(own, input->name);
    if (!recorded)
      return recorded.takeError();
    inputs.push_back(std::move(*recorded));
  }
  object["inputs"] = std::move(inputs);
  return object;
}

static std::string printFraction(const Real &value) {
  return value.toMpq().get_str();
}

std::string hashRegion(llvm::ArrayRef<InputRegion> inputs) {
  std::string text;
  llvm::raw_string_ostream os(text);
  for (const InputRegion &input : inputs) {
    os << "input " << input.size() << "\n";
    for (auto [lo, hi] : llvm::zip_equal(input.lo, input.hi))
      os << printFraction(lo) << " " << printFraction(hi) << "\n";
    for (const auto &[step, offset] : input.grids)
      os << "grid " << printFraction(step) << " " << printFraction(offset)
         << "\n";
    for (const std::vector<Real> &levels : input.levels) {
      os << "levels";
      for (const Real &level : levels)
        os << " " << printFraction(level);
      os << "\n";
    }
  }
  return sha256(text);
}

//===----------------------------------------------------------------------===//
// Claim
//===----------------------------------------------------------------------===//

/// What was asked by options, whatever the models make of it.
static llvm::Expected<Value> recordAsked(const QuestionOptions &options,
                                         size_t numOutputs) {
  if (options.isTopOne()) {
    auto margin = parseMargin(options);
    if (!margin)
      return margin.takeError();
    Object number{{"exact", printReal(*margin)}};
    if (!options.topOneMargin.empty())
      number["typed"] = escapeText(options.topOneMargin);
    return Object{{"kind", "top1"}, {"margin", std::move(number)}};
  }
  if (options.epsilon.empty())
    return nullptr;
  auto words = parseEpsilon(options.epsilon, numOutputs);
  if (!words)
    return words.takeError();
  json::Array exact;
  for (const EpsilonWord &word : *words)
    exact.push_back(word.str());
  return Object{{"kind", "delta"},
                {"epsilon", Object{{"typed", escapeText(options.epsilon)},
                                   {"exact", std::move(exact)}}}};
}

static llvm::Expected<Value> recordOutputs(const QuestionOptions &options,
                                           size_t numOutputs) {
  if (options.outputs.empty() || options.outputs == "all")
    return "all";
  if (options.outputs == "predicted")
    return "predicted";
  auto chosen = chooseOutputs(options, static_cast<int64_t>(numOutputs), 0);
  if (!chosen)
    return chosen.takeError();
  return json::Array(*chosen);
}

/// The digest of the violations, row by row.
static std::string hashViolations(const NeverClaim &claim) {
  std::string text;
  llvm::raw_string_ostream os(text);
  for (const std::vector<OutputRow> &rows : claim.violations) {
    os << "violation\n";
    for (const OutputRow &row : rows) {
      for (auto [net, parts] :
           {std::pair("first", &row.form.first), {"second", &row.form.second}})
        for (const auto &[output, factor] : *parts)
          os << net << " " << output << " " << printFraction(factor) << " ";
      os << (row.strict ? "> " : ">= ") << printFraction(row.rhs) << "\n";
    }
  }
  return sha256(text);
}

Value recordClaim(const Claim &claim) {
  if (const auto *topOne = std::get_if<TopOneClaim>(&claim))
    return Object{{"kind", "top1"}, {"margin", printReal(topOne->margin)}};
  if (const auto *never = std::get_if<NeverClaim>(&claim))
    return Object{{"kind", "never"}, {"sha256", hashViolations(*never)}};
  const auto *delta = std::get_if<DeltaClaim>(&claim);
  if (!delta)
    return nullptr;
  json::Array epsilon;
  for (const std::optional<Real> &value : delta->epsilon)
    epsilon.push_back(value ? Value(printReal(*value)) : Value(nullptr));
  return Object{{"kind", "delta"}, {"epsilon", std::move(epsilon)}};
}

//===----------------------------------------------------------------------===//
// All of it
//===----------------------------------------------------------------------===//

llvm::Expected<Object> recordQuestion(const CompareOptions &options,
                                      const Net &first) {
  size_t numOutputs = first.getNumOutputElements();
  auto region = recordRegion(options.region, first);
  if (!region)
    return region.takeError();
  auto claim = recordAsked(options.question, numOutputs);
  if (!claim)
    return claim.takeError();
  auto outputs = recordOutputs(options.question, numOutputs);
  if (!outputs)
    return outputs.takeError();
  return Object{
      {"command", options.command},        {"semantics", "real"},
      {"options", recordOptions(options)}, {"region", std::move(*region)},
      {"claim", std::move(*claim)},        {"outputs", std::move(*outputs)}};
}

} // namespace qev
