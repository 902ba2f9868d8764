//===- Goal.cpp - What is asked of the outputs ------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Encoder.h"
#include "qev/Support/Diagnostics.h"

namespace qev {

Goal Goal::largestDelta(int64_t output, int sign) {
  Goal goal;
  goal.maximise = {{{output, -sign}}, {{output, sign}}};
  return goal;
}

Goal Goal::exceedingDelta(int64_t output, int sign, const Real &epsilon,
                          bool strict) {
  Goal goal;
  goal.require.push_back(
      {{{{output, -sign}}, {{output, sign}}}, epsilon, strict});
  return goal;
}

/// first_winner - first_k > margin for every other k.
static void requireWinner(Goal &goal, int64_t numOutputs, int64_t winner,
                          const Real &margin) {
  for (int64_t other = 0; other < numOutputs; ++other)
    if (other != winner)
      goal.require.push_back(
          {{{{winner, 1}, {other, -1}}, {}}, margin, /*strict=*/true});
}

Goal Goal::losingTopOne(int64_t numOutputs, int64_t winner, int64_t rival,
                        const Real &margin) {
  Goal goal;
  requireWinner(goal, numOutputs, winner, margin);
  // Ties of the second net go to the lowest index, as in ArgMax.
  goal.require.push_back({{{}, {{rival, 1}, {winner, -1}}},
                          0,
                          /*strict=*/rival > winner});
  return goal;
}

Goal Goal::largestTopOneLead(int64_t numOutputs, int64_t winner, int64_t rival,
                             const Real &margin) {
  Goal goal;
  requireWinner(goal, numOutputs, winner, margin);
  goal.maximise = {{}, {{rival, 1}, {winner, -1}}};
  return goal;
}

namespace encoding {

llvm::Error Encoder::addGoal(const Net &first, const Net &second,
                             const Goal &goal) {
  for (const Op *output : first.outputs)
    for (AffineValue &value : getReals(*output))
      system.firstOutputs.push_back(std::move(value));
  for (const Op *output : second.outputs)
    for (AffineValue &value : getReals(*output))
      system.secondOutputs.push_back(std::move(value));

  auto form = [&](const OutputForm &parts) -> llvm::Expected<LinearSum> {
    LinearSum sum;
    for (auto [list, outputs] :
         {std::pair{&parts.first, &system.firstOutputs},
          std::pair{&parts.second, &system.secondOutputs}})
      for (const OutputForm::Part &part : *list) {
        if (part.output < 0 ||
            part.output >= static_cast<int64_t>(outputs->size()))
          return makeError(DiagId::EncodeUnsupported, "",
                           "the goal names output " + llvm::Twine(part.output) +
                               " of " + llvm::Twine(outputs->size()));
        sum.add(part.factor, (*outputs)[part.output]);
      }
    return sum;
  };
  auto outOfRange = [] {
    return makeError(DiagId::EncodeUnsupported, "",
                     "the goal has a coefficient out of the range of doubles");
  };

  int64_t number = 0;
  for (const OutputRow &row : goal.require) {
    llvm::Expected<LinearSum> sum = form(row.form);
    if (!sum)
      return sum.takeError();
    Origin origin{Side::Both, nullptr, number++, Role::Goal};
    if (!encoding::addRow(system, *sum, Sense::GreaterEqual, row.rhs, origin,
                          -1, row.strict))
      return outOfRange();
  }
  if (goal.maximise) {
    llvm::Expected<LinearSum> sum = form(*goal.maximise);
    if (!sum)
      return sum.takeError();
    if (!setObjective(system, *sum))
      return outOfRange();
  }
  return llvm::Error::success();
}

} // namespace encoding
} // namespace qev
