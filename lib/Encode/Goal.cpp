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

static llvm::Expected<encoding::LinearSum> makeSum(const System &system,
                                                   const OutputForm &form) {
  encoding::LinearSum sum;
  for (auto [parts, values] : {std::pair{&form.first, &system.firstOutputs},
                               std::pair{&form.second, &system.secondOutputs}})
    for (const OutputForm::Part &part : *parts) {
      if (part.output < 0 ||
          part.output >= static_cast<int64_t>(values->size()))
        return makeError(DiagId::EncodeUnsupported, "",
                         "the goal names output " + llvm::Twine(part.output) +
                             " of " + llvm::Twine(values->size()));
      sum.add(part.factor, (*values)[part.output]);
    }
  return sum;
}

static llvm::Error outOfRange() {
  return makeError(DiagId::EncodeUnsupported, "",
                   "the goal has a coefficient out of the range of doubles");
}

llvm::Error setMaximum(System &system, const OutputForm &form,
                       double magnitude) {
  llvm::Expected<encoding::LinearSum> sum = makeSum(system, form);
  if (!sum)
    return sum.takeError();
  if (!encoding::setObjective(system, *sum))
    return outOfRange();
  system.objective->magnitude = magnitude;
  return llvm::Error::success();
}

namespace encoding {

llvm::Error Encoder::addGoal(llvm::ArrayRef<const Op *> first,
                             llvm::ArrayRef<const Op *> second,
                             const Goal &goal) {
  for (auto [ops, values] : {std::pair{first, &system.firstOutputs},
                             std::pair{second, &system.secondOutputs}})
    for (const Op *op : ops)
      for (AffineValue &value : getReals(*op))
        values->push_back(std::move(value));

  for (auto [number, row] : llvm::enumerate(goal.require)) {
    llvm::Expected<LinearSum> sum = qev::makeSum(system, row.form);
    if (!sum)
      return sum.takeError();
    double loosening = goal.loosening.empty() ? 0 : goal.loosening[number];
    Origin origin{Side::Both, nullptr, static_cast<int64_t>(number),
                  Role::Goal};
    size_t before = system.rows.size();
    if (!encoding::addRow(system, *sum, Sense::GreaterEqual,
                          row.rhs - Real::fromDouble(loosening), origin, -1,
                          row.strict))
      return outOfRange();
    if (system.rows.size() > before)
      system.rows.back().loosened =
          std::ldexp(loosening, system.rows.back().exponent);
  }
  return goal.maximise ? qev::setMaximum(system, *goal.maximise, goal.magnitude)
                       : llvm::Error::success();
}

} // namespace encoding
} // namespace qev
