//===- Obligation.cpp - What has to be proved, piece by piece ---*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Obligation.h"

namespace qev {

/// The lead from which on the rival beats the output, as a row. Where leads are
/// multiples of a step, half a step below the first that counts: as good, and
/// far from every lead there is.
static OutputRow getLosingRow(const Obligation &obligation) {
  bool mayTie = *obligation.rival < obligation.output;
  OutputRow row;
  row.form.second = {{*obligation.rival, 1}, {obligation.output, -1}};
  if (obligation.step)
    row.rhs = *obligation.step * Real::ratio(mayTie ? -1 : 1, 2);
  else
    row.strict = !mayTie;
  return row;
}

Goal Obligation::getMaximum(int64_t numOutputs) const {
  if (isTopOne()) {
    Goal goal = Goal::largestTopOneLead(numOutputs, output, *rival, margin);
    goal.require.push_back(getLosingRow(*this));
    return goal;
  }
  Goal goal = Goal::largestDelta(output, sign);
  if (epsilon)
    goal.require = Goal::exceedingDelta(output, sign, *epsilon).require;
  return goal;
}

Goal Obligation::getDecision(int64_t numOutputs, const Real &clearance) const {
  assert(hasClaim() && "nothing to decide");
  Goal goal = getMaximum(numOutputs);
  goal.maximise.reset();
  for (OutputRow &row : goal.require)
    if (row.strict)
      row.rhs += clearance;
  return goal;
}

double Obligation::getReach(const Box &delta) const {
  if (!isTopOne()) {
    double end = sign > 0 ? delta[output].hi : -delta[output].lo;
    return end - (epsilon ? epsilon->toDouble() : 0);
  }
  // X_c - X_r = (Y_c - Y_r) + (delta_r - delta_c) where Y_c <= Y_r.
  return delta[*rival].hi - delta[output].lo - margin.toDouble();
}

AttackGoal Obligation::getAttackGoal(int64_t numOutputs) const {
  AttackGoal goal{Vector::Zero(numOutputs), Vector::Zero(numOutputs)};
  if (isTopOne()) {
    goal.second[*rival] = 1;
    goal.second[output] = -1;
  } else {
    goal.second[output] = sign;
    goal.first[output] = -sign;
  }
  return goal;
}

bool Obligation::isClosedBy(double upperBound) const {
  if (!std::isfinite(upperBound))
    return upperBound < 0;
  if (!isTopOne())
    return epsilon && Real::fromDouble(upperBound) <= *epsilon;
  if (*rival < output)
    return upperBound < 0;
  // A lead below one step is none.
  return step ? Real::fromDouble(upperBound) < *step : upperBound <= 0;
}

bool Obligation::isClosedByRanges(const Box &secondRange,
                                  const Box &delta) const {
  const Interval &d = delta[output];
  if (!isTopOne())
    return isClosedBy(sign > 0 ? d.hi : -d.lo);
  if (isClosedBy(subUp(secondRange[*rival].hi, secondRange[output].lo)))
    return true;
  // Y_r - Y_c = (X_r - X_c) + (delta_r - delta_c) < -margin + ..., and strictly:
  // a sum of at most 0 leaves no tie.
  double bound =
      subUp(subUp(delta[*rival].hi, d.lo), margin.toDoubleDown());
  return bound <= 0 || isClosedBy(bound);
}

int64_t getWinner(const ExactTensor &values) {
  int64_t winner = 0;
  for (size_t i = 1; i < values.size(); ++i)
    if (values[i] > values[winner])
      winner = static_cast<int64_t>(i);
  return winner;
}

bool Obligation::isRefutedBy(const Replay &replay) const {
  if (!isTopOne()) {
    Real delta = replay.getDelta(output);
    return epsilon && (sign > 0 ? delta : -delta) > *epsilon;
  }
  for (size_t i = 0; i < replay.first.size(); ++i)
    if (static_cast<int64_t>(i) != output &&
        replay.first[output] - replay.first[i] <= margin)
      return false; // the premise does not hold here
  const Real &mine = replay.second[output], &other = replay.second[*rival];
  return *rival < output ? other >= mine : other > mine;
}

std::string Obligation::str() const {
  if (isTopOne())
    return "top1_" + std::to_string(output) + "_vs_" + std::to_string(*rival);
  return std::string("output_") + std::to_string(output) +
         (sign > 0 ? "_above" : "_below");
}

/// Whether output c may exceed every other one by more than the margin.
static bool mayWin(int64_t c, const Real &margin, const Box &firstRange) {
  for (size_t i = 0; i < firstRange.size(); ++i) {
    if (static_cast<int64_t>(i) == c)
      continue;
    double lead = subUp(firstRange[c].hi, firstRange[i].lo);
    if (std::isfinite(lead) && Real::fromDouble(lead) <= margin)
      return false;
  }
  return true;
}

std::optional<Real> getOutputStep(const Net &net, int64_t element) {
  const Op *op = net.outputs[0];
  while (op->is(OpKind::Reshape) || op->is(OpKind::Dequantize))
    op = op->operands[0];
  if (!op->type.isQuantized())
    return std::nullopt;
  return Real::fromDouble(op->type.getScale(element));
}

std::vector<Obligation> listObligations(const Claim &claim,
                                        llvm::ArrayRef<int64_t> outputs,
                                        const Box &firstRange,
                                        const Net &second) {
  std::vector<Obligation> obligations;
  if (const auto *topOne = std::get_if<TopOneClaim>(&claim)) {
    auto count = static_cast<int64_t>(firstRange.size());
    for (int64_t winner = 0; winner < count; ++winner) {
      if (!mayWin(winner, topOne->margin, firstRange))
        continue;
      std::optional<Real> step = getOutputStep(second, winner);
      for (int64_t rival = 0; rival < count; ++rival) {
        if (rival == winner)
          continue;
        Obligation obligation;
        obligation.output = winner;
        obligation.rival = rival;
        obligation.margin = topOne->margin;
        if (step && getOutputStep(second, rival) == step)
          obligation.step = step;
        obligations.push_back(std::move(obligation));
      }
    }
    return obligations;
  }
  const auto *deltaClaim = std::get_if<DeltaClaim>(&claim);
  for (int64_t output : outputs)
    for (int sign : {1, -1}) {
      Obligation obligation;
      obligation.output = output;
      obligation.sign = sign;
      if (deltaClaim)
        obligation.epsilon = deltaClaim->epsilon[output];
      obligations.push_back(std::move(obligation));
    }
  return obligations;
}

} // namespace qev
