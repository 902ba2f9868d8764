//===- Obligation.cpp - What has to be proved, piece by piece ---*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Obligation.h"
#include "qev/Encode/Conditioning.h"
#include <map>

namespace qev {

//===----------------------------------------------------------------------===//
// Ranges
//===----------------------------------------------------------------------===//

/// Outputs in the form may cancel in delta: a X + b Y = (a + b) X + b delta =
/// (a + b) Y - a delta. All three ways hold, so does what they have in common.
Interval OutputRanges::getRange(const OutputForm &form) const {
  std::map<int64_t, std::pair<Real, Real>> factors; // of X and Y
  for (const OutputForm::Part &part : form.first)
    factors[part.output].first += part.factor;
  for (const OutputForm::Part &part : form.second)
    factors[part.output].second += part.factor;
  auto times = [](const Real &factor, const Interval &range) {
    return factor.isZero() ? Interval(0) : Interval::around(factor) * range;
  };
  Interval sum(0);
  for (const auto &[output, both] : factors) {
    const auto &[a, b] = both;
    const Interval &x = first[output], &y = second[output], &d = delta[output];
    Interval direct = times(a, x) + times(b, y);
    Interval byFirst = times(a + b, x) + times(b, d);
    Interval bySecond = times(a + b, y) + times(-a, d);
    sum = sum + Interval(std::max({direct.lo, byFirst.lo, bySecond.lo}),
                         std::min({direct.hi, byFirst.hi, bySecond.hi}));
  }
  return sum;
}

OutputRanges getOutputRanges(const Twin &twin, const TwinBounds &bounds) {
  return {getOutputRange(*twin.first, bounds.first),
          getOutputRange(*twin.second, bounds.second),
          bounds.getOutputDelta(twin)};
}

//===----------------------------------------------------------------------===//
// Goals
//===----------------------------------------------------------------------===//

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
  if (isViolation()) {
    Goal goal;
    goal.maximise = rows.front().form;
    goal.require = rows;
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

void loosen(Goal &goal, const OutputRanges &ranges) {
  goal.loosening.clear();
  for (const OutputRow &row : goal.require) {
    double magnitude = ranges.getRange(row.form).magnitude();
    // Without bounds nothing can be encoded.
    goal.loosening.push_back(
        std::isfinite(magnitude) ? mulUp(loosenedPart, magnitude) : 0);
  }
  if (goal.maximise)
    goal.magnitude = ranges.getRange(*goal.maximise).magnitude();
}

double Obligation::getReach(double upperBound, const Box &delta) const {
  if (isViolation())
    return upperBound - rows.front().rhs.toDouble();
  if (!isTopOne())
    return upperBound - (epsilon ? epsilon->toDouble() : 0);
  // X_c - X_r = (Y_c - Y_r) + (delta_r - delta_c) where Y_c <= Y_r.
  return delta[*rival].hi - delta[output].lo - margin.toDouble();
}

AttackGoal Obligation::getAttackGoal(int64_t numOutputs) const {
  AttackGoal goal{Vector::Zero(numOutputs), Vector::Zero(numOutputs)};
  if (isTopOne()) {
    goal.second[*rival] = 1;
    goal.second[output] = -1;
  } else if (isViolation()) {
    for (const OutputRow &row : rows) {
      for (const OutputForm::Part &part : row.form.first)
        goal.first[part.output] += part.factor.toDouble();
      for (const OutputForm::Part &part : row.form.second)
        goal.second[part.output] += part.factor.toDouble();
    }
  } else {
    goal.second[output] = sign;
    goal.first[output] = -sign;
  }
  return goal;
}

bool Obligation::isClosedBy(double upperBound) const {
  if (!std::isfinite(upperBound))
    return upperBound < 0;
  if (isViolation()) {
    Real bound = Real::fromDouble(upperBound);
    const OutputRow &row = rows.front();
    return row.strict ? bound <= row.rhs : bound < row.rhs;
  }
  if (!isTopOne())
    return epsilon && Real::fromDouble(upperBound) <= *epsilon;
  if (*rival < output)
    return upperBound < 0;
  // A lead below one step is none.
  return step ? Real::fromDouble(upperBound) < *step : upperBound <= 0;
}

Interval Obligation::getMaximumRange(const OutputRanges &ranges) const {
  if (isViolation())
    return ranges.getRange(rows.front().form);
  if (isTopOne())
    return ranges.second[*rival] - ranges.second[output];
  return sign > 0 ? ranges.delta[output] : -ranges.delta[output];
}

bool Obligation::isClosedByRanges(const OutputRanges &ranges) const {
  if (isViolation())
    return llvm::any_of(rows, [&](const OutputRow &row) {
      Obligation alone;
      alone.rows = {row};
      return alone.isClosedBy(ranges.getRange(row.form).hi);
    });
  if (isClosedBy(getMaximumRange(ranges).hi))
    return true;
  if (!isTopOne())
    return false;
  // Y_r - Y_c = (X_r - X_c) + (delta_r - delta_c) < -margin + ..., and
  // strictly: a sum of at most 0 leaves no tie.
  double bound = subUp(subUp(ranges.delta[*rival].hi, ranges.delta[output].lo),
                       margin.toDoubleDown());
  return bound <= 0 || isClosedBy(bound);
}

int64_t getWinner(const ExactTensor &values) {
  int64_t winner = 0;
  for (size_t i = 1; i < values.size(); ++i)
    if (values[i] > values[winner])
      winner = static_cast<int64_t>(i);
  return winner;
}

static Real evaluate(const OutputForm &form, const Replay &replay) {
  Real sum;
  for (const OutputForm::Part &part : form.first)
    sum += part.factor * replay.first[part.output];
  for (const OutputForm::Part &part : form.second)
    sum += part.factor * replay.second[part.output];
  return sum;
}

static bool holds(const OutputRow &row, const Replay &replay) {
  Real sum = evaluate(row.form, replay);
  return row.strict ? sum > row.rhs : sum >= row.rhs;
}

Real Obligation::getValue(const Replay &replay) const {
  if (isViolation())
    return evaluate(rows.front().form, replay);
  if (isTopOne())
    return replay.second[*rival] - replay.second[output];
  Real delta = replay.getDelta(output);
  return sign > 0 ? delta : -delta;
}

bool Obligation::isRefutedBy(const Replay &replay) const {
  if (isViolation())
    return llvm::all_of(
        rows, [&](const OutputRow &row) { return holds(row, replay); });
  if (!isTopOne())
    return epsilon && getValue(replay) > *epsilon;
  for (size_t i = 0; i < replay.first.size(); ++i)
    if (static_cast<int64_t>(i) != output &&
        replay.first[output] - replay.first[i] <= margin)
      return false; // the premise does not hold here
  const Real &mine = replay.second[output], &other = replay.second[*rival];
  return *rival < output ? other >= mine : other > mine;
}

std::string Obligation::str() const {
  if (isViolation())
    return "violation_" + std::to_string(number);
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
  const Op *op;
  std::tie(op, element) = net.getOutputElement(element);
  while (op->is(OpKind::Reshape) || op->is(OpKind::Dequantize))
    op = op->operands[0];
  if (!op->type.isQuantized())
    return std::nullopt;
  return Real::fromDouble(op->type.getScale(element));
}

/// Puts the row first that is closest to failing everywhere, by the part of its
/// range in which it holds.
static Obligation makeViolation(size_t number, std::vector<OutputRow> rows,
                                const OutputRanges &ranges) {
  llvm::SmallVector<double> rooms;
  for (const OutputRow &row : rows) {
    Interval range = ranges.getRange(row.form);
    double room = (range.hi - row.rhs.toDouble()) / (range.hi - range.lo);
    rooms.push_back(std::isnan(room) ? infinity : room);
  }
  auto least = std::min_element(rooms.begin(), rooms.end()) - rooms.begin();
  std::swap(rows.front(), rows[least]);
  Obligation obligation;
  obligation.number = number;
  obligation.output = std::numeric_limits<int64_t>::max();
  for (const OutputRow &row : rows)
    for (const auto *parts : {&row.form.first, &row.form.second})
      for (const OutputForm::Part &part : *parts)
        obligation.output = std::min(obligation.output, part.output);
  obligation.rows = std::move(rows);
  return obligation;
}

std::vector<Obligation> listObligations(const Claim &claim,
                                        llvm::ArrayRef<int64_t> outputs,
                                        const OutputRanges &ranges,
                                        const Net &second) {
  std::vector<Obligation> obligations;
  if (const auto *never = std::get_if<NeverClaim>(&claim)) {
    for (auto [i, rows] : llvm::enumerate(never->violations))
      obligations.push_back(makeViolation(i, rows, ranges));
    return obligations;
  }
  const Box &firstRange = ranges.first;
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
  for (int64_t output : outputs) {
    std::optional<Real> epsilon;
    if (deltaClaim) {
      epsilon = deltaClaim->epsilon[output];
      if (!epsilon)
        continue; // the claim leaves it open
    }
    for (int sign : {1, -1}) {
      Obligation obligation;
      obligation.output = output;
      obligation.sign = sign;
      obligation.epsilon = epsilon;
      obligations.push_back(std::move(obligation));
    }
  }
  return obligations;
}

} // namespace qev
