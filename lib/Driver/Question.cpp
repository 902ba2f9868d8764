//===- Question.cpp - Claims from command lines -----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Question.h"
#include "OptionValues.h"
#include "qev/Driver/Obligation.h"
#include "llvm/ADT/StringExtras.h"

namespace qev {

std::vector<llvm::StringRef> QuestionOptions::listGiven() const {
  std::vector<llvm::StringRef> given;
  for (auto [isGiven, name] : {std::pair(!epsilon.empty(), "--epsilon"),
                               {topOne, "--top1"},
                               {!topOneMargin.empty(), "--top1-margin"},
                               {!outputs.empty(), "--outputs"}})
    if (isGiven)
      given.emplace_back(name);
  return given;
}

llvm::Error checkBesideQuery(const QuestionOptions &options,
                             llvm::StringRef query, bool hasClaim) {
  auto given = options.listGiven();
  if (given.empty() || !hasClaim)
    return llvm::Error::success();
  return usage(given.front(), "goes with no query that makes a claim, as '" +
                                  query + "' does");
}

llvm::Expected<std::vector<int64_t>>
chooseOutputs(const QuestionOptions &options, int64_t numOutputs,
              int64_t predicted) {
  std::vector<int64_t> chosen;
  if (options.outputs.empty() || options.outputs == "all") {
    for (int64_t i = 0; i < numOutputs; ++i)
      chosen.push_back(i);
    return chosen;
  }
  if (options.outputs == "predicted")
    return std::vector<int64_t>{predicted};
  auto indices = parseIndices("--outputs", options.outputs, numOutputs);
  if (!indices)
    return indices.takeError();
  chosen = *indices;
  llvm::sort(chosen);
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

std::string EpsilonWord::str() const {
  switch (unit) {
  case Unit::One:
    return printReal(number);
  case Unit::Lsb:
    return printReal(number) + "lsb";
  case Unit::Percent:
    return printReal(number) + "%";
  }
  llvm_unreachable("all units are printed");
}

static llvm::Expected<EpsilonWord> parseWord(llvm::StringRef text) {
  EpsilonWord word;
  if (text.consume_back("lsb"))
    word.unit = EpsilonWord::Unit::Lsb;
  else if (text.consume_back("%"))
    word.unit = EpsilonWord::Unit::Percent;
  if (text.trim().empty())
    return usage("--epsilon", "a number is missing, as in 0.05, 2lsb or 1%");
  auto number = parseNumber("--epsilon", text);
  if (!number)
    return number.takeError();
  if (number->sign() < 0)
    return usage("--epsilon", "must not be negative, got " + text);
  word.number = std::move(*number);
  return word;
}

llvm::Expected<std::vector<EpsilonWord>> parseEpsilon(llvm::StringRef text,
                                                      size_t numOutputs) {
  std::vector<EpsilonWord> words;
  for (llvm::StringRef part : llvm::split(text, ',')) {
    auto word = parseWord(part);
    if (!word)
      return word.takeError();
    words.push_back(std::move(*word));
  }
  if (words.size() != 1 && words.size() != numOutputs)
    return usage("--epsilon", llvm::Twine(words.size()) + " numbers for " +
                                  llvm::Twine(numOutputs) +
                                  " outputs; give one, or one per output");
  words.resize(numOutputs, words[0]);
  return words;
}

llvm::Expected<Real> parseMargin(const QuestionOptions &options) {
  if (options.topOneMargin.empty())
    return Real(0);
  auto margin = parseNumber("--top1-margin", options.topOneMargin);
  if (margin && margin->sign() < 0)
    return usage("--top1-margin",
                 "must not be negative, got " + options.topOneMargin);
  return margin;
}

//===----------------------------------------------------------------------===//
// Claims
//===----------------------------------------------------------------------===//

/// What a word means for one output of a pair.
static llvm::Expected<Real> resolve(const EpsilonWord &word, int64_t output,
                                    const Net &second, const Box &firstRange) {
  switch (word.unit) {
  case EpsilonWord::Unit::One:
    return word.number;
  case EpsilonWord::Unit::Lsb:
    if (std::optional<Real> step = getOutputStep(second, output))
      return word.number * *step;
    return usage(
        "--epsilon",
        "'lsb' needs an output quantizer, and the output of @" + second.name +
            " has none; give a number, one per output, or a percentage");
  case EpsilonWord::Unit::Percent: {
    Interval range = firstRange[0];
    for (const Interval &other : firstRange)
      range = hull(range, other);
    if (!std::isfinite(range.lo) || !std::isfinite(range.hi))
      return usage("--epsilon",
                   "'%' needs the first model's output range, which "
                   "is not bounded over this region");
    return word.number / Real(100) *
           (Real::fromDouble(range.hi) - Real::fromDouble(range.lo));
  }
  }
  llvm_unreachable("all units mean something");
}

static llvm::Expected<Claim> buildDeltaClaim(llvm::StringRef text,
                                             llvm::ArrayRef<int64_t> outputs,
                                             const Net &second,
                                             const Box &firstRange) {
  auto words = parseEpsilon(text, firstRange.size());
  if (!words)
    return words.takeError();
  DeltaClaim claim;
  claim.epsilon.resize(words->size());
  for (int64_t output : outputs) {
    auto epsilon = resolve((*words)[output], output, second, firstRange);
    if (!epsilon)
      return epsilon.takeError();
    claim.epsilon[output] = *epsilon;
  }
  return claim;
}

llvm::Expected<Claim> buildClaim(const QuestionOptions &options,
                                 llvm::ArrayRef<int64_t> outputs,
                                 const Net &second, const Box &firstRange) {
  if (options.isTopOne()) {
    if (!options.epsilon.empty())
      return usage("--top1",
                   "goes with no --epsilon: ask one question at a time");
    if (second.outputs.size() != 1)
      return usage("--top1", "needs models with one output, these have " +
                                 llvm::Twine(second.outputs.size()));
    auto margin = parseMargin(options);
    if (!margin)
      return margin.takeError();
    return TopOneClaim{*margin};
  }
  if (options.epsilon.empty())
    return Claim();
  return buildDeltaClaim(options.epsilon, outputs, second, firstRange);
}

} // namespace qev
