//===- Bracket.cpp - What is proved and what is witnessed -------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Bracket.h"

namespace qev {

Bracket::Bracket(const Box &proved) : witnessed(proved.size()) {
  for (const Interval &range : proved)
    ends.push_back({End{{range.hi, {}}, {}}, End{{-range.lo, {}}, {}}});
}

static std::string describe(int64_t output, int sign, double bound,
                            const Trust &trust) {
  return (trust.words + ": delta of output " + llvm::Twine(output) +
          (sign > 0 ? " <= " : " >= ") + printReal(sign > 0 ? bound : -bound))
      .str();
}

/// Whether value <= bound.
static bool holds(const Real &value, double bound) {
  return std::isinf(bound) ? bound > 0 : value <= Real::fromDouble(bound);
}

std::vector<std::string> Bracket::witness(const Replay &replay) {
  std::vector<std::string> contradictions;
  for (int64_t i = 0; i < size(); ++i) {
    Real delta = replay.getDelta(i);
    for (int sign : {1, -1}) {
      End &end = ends[i][sign > 0 ? 0 : 1];
      Real reached = sign > 0 ? delta : -delta;
      assert(holds(reached, end.safe.value) &&
             "a replay outside a proved interval");
      if (end.trusted && !holds(reached, end.trusted->value)) {
        contradictions.push_back(
            describe(i, sign, end.trusted->value, end.trusted->trust) +
            " is contradicted by the replayed " + printReal(delta.toDouble()));
        end.trusted.reset();
      }
    }
    auto &range = witnessed[i];
    if (!range)
      range = {delta, delta};
    range->first = std::min(range->first, delta);
    range->second = std::max(range->second, delta);
  }
  return contradictions;
}

std::optional<std::string> Bracket::prove(int64_t output, int sign,
                                          double bound, const Trust &trust) {
  End &end = ends[output][sign > 0 ? 0 : 1];
  if (const auto &range = witnessed[output]) {
    Real reached = sign > 0 ? range->second : -range->first;
    if (!holds(reached, bound)) {
      assert(!trust.isSafe() && "a safe bound below a replay");
      return describe(output, sign, bound, trust) +
             " is contradicted by the replayed " +
             printReal((sign > 0 ? reached : -reached).toDouble());
    }
  }
  if (bound < -getEnd(output, -sign))
    return describe(output, sign, bound, trust) +
           " leaves nothing of the proved " + printInterval(getProved(output));
  if (bound >= getEnd(output, sign))
    return std::nullopt;
  End::Bound known{bound, trust};
  if (trust.isSafe()) {
    end.safe = std::move(known);
    end.trusted.reset();
  } else {
    end.trusted = std::move(known);
  }
  return std::nullopt;
}

double Bracket::getEnd(int64_t output, int sign) const {
  return getOne(output, sign).get().value;
}

Interval Bracket::getProved(int64_t output) const {
  // Adding to 0 makes no negative zeros.
  return {0.0 - getEnd(output, -1), 0.0 + getEnd(output, 1)};
}

Box Bracket::getBox() const {
  Box box;
  for (int64_t i = 0; i < size(); ++i)
    box.push_back(getProved(i));
  return box;
}

void Bracket::dropTolerance() {
  for (Ends &both : ends)
    for (End &end : both)
      if (end.trusted && !end.trusted->trust.isExact())
        end.trusted.reset();
}

const Trust &Bracket::getTrust(int64_t output, int sign) const {
  return getOne(output, sign).get().trust;
}

std::optional<Interval> Bracket::getWitnessed(int64_t output) const {
  const auto &range = witnessed[output];
  if (!range)
    return std::nullopt;
  // What was witnessed is a number: beyond the largest double that one stands
  // for it.
  using Limits = std::numeric_limits<double>;
  double lo = std::fmin(range->first.toDoubleUp(), Limits::max());
  double hi = std::fmax(range->second.toDoubleDown(), Limits::lowest());
  // A single value that is no double: the nearest below stands for both.
  return Interval(std::fmin(lo, hi), hi);
}

bool Bracket::isNarrow(int64_t output, int sign, double gap) const {
  std::optional<Interval> seen = getWitnessed(output);
  if (!seen)
    return false;
  double end = getEnd(output, sign);
  double reached = sign > 0 ? seen->hi : -seen->lo;
  return std::isfinite(end) && end - reached <= gap * std::fabs(end);
}

} // namespace qev
