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

static llvm::Expected<Real> parseEpsilon(llvm::StringRef text, int64_t output,
                                         const Net &second,
                                         const Box &firstRange) {
  bool lsb = text.consume_back("lsb");
  bool percent = !lsb && text.consume_back("%");
  if (text.trim().empty())
    return usage("--epsilon", "a number is missing, as in 0.05, 2lsb or 1%");
  auto number = parseNumber("--epsilon", text);
  if (!number)
    return number.takeError();
  if (number->sign() < 0)
    return usage("--epsilon", "must not be negative, got " + text);
  if (lsb) {
    if (std::optional<Real> step = getOutputStep(second, output))
      return *number * *step;
    return usage("--epsilon",
                 "'lsb' needs an output quantizer, and the output of @" +
                     second.name +
                     " has none; give a number, one per output, or a percentage");
  }
  if (!percent)
    return *number;
  Interval range = firstRange[0];
  for (const Interval &other : firstRange)
    range = hull(range, other);
  if (!std::isfinite(range.lo) || !std::isfinite(range.hi))
    return usage("--epsilon", "'%' needs the first model's output range, which "
                              "is not bounded over this region");
  return *number / Real(100) *
         (Real::fromDouble(range.hi) - Real::fromDouble(range.lo));
}

static llvm::Expected<Claim> buildDeltaClaim(llvm::StringRef text,
                                             llvm::ArrayRef<int64_t> outputs,
                                             const Net &second,
                                             const Box &firstRange) {
  llvm::SmallVector<llvm::StringRef> parts;
  text.split(parts, ',');
  size_t numOutputs = firstRange.size();
  if (parts.size() != 1 && parts.size() != numOutputs)
    return usage("--epsilon", llvm::Twine(parts.size()) +
                                  " numbers for " + llvm::Twine(numOutputs) +
                                  " outputs; give one, or one per output");
  DeltaClaim claim;
  claim.epsilon.resize(numOutputs);
  for (int64_t output : outputs) {
    auto epsilon = parseEpsilon(parts.size() == 1 ? parts[0] : parts[output],
                                output, second, firstRange);
    if (!epsilon)
      return epsilon.takeError();
    claim.epsilon[output] = *epsilon;
  }
  return claim;
}

llvm::Expected<Claim> buildClaim(const QuestionOptions &options,
                                 llvm::ArrayRef<int64_t> outputs,
                                 const Net &second, const Box &firstRange) {
  bool topOne = options.topOne || !options.topOneMargin.empty();
  if (topOne && !options.epsilon.empty())
    return usage("--top1", "goes with no --epsilon: ask one question at a time");
  if (topOne && second.outputs.size() != 1)
    return usage("--top1", "needs models with one output, these have " +
                               llvm::Twine(second.outputs.size()));
  if (topOne) {
    auto margin = parseNumber("--top1-margin", options.topOneMargin.empty()
                                                   ? "0"
                                                   : options.topOneMargin);
    if (!margin)
      return margin.takeError();
    if (margin->sign() < 0)
      return usage("--top1-margin", "must not be negative, got " +
                                        options.topOneMargin);
    return TopOneClaim{*margin};
  }
  if (options.epsilon.empty())
    return Claim();
  return buildDeltaClaim(options.epsilon, outputs, second, firstRange);
}

} // namespace qev
