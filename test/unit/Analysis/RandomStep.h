//===- RandomStep.h - Random steps and their exact meaning ------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TEST_RANDOMSTEP_H
#define QEV_TEST_RANDOMSTEP_H

#include "qev/Analysis/Step.h"
#include <random>

namespace qev::test {

using Random = std::mt19937_64;

inline double uniform(Random &random, double lo, double hi) {
  return lo + (hi - lo) * (static_cast<double>(random() >> 11) * 0x1p-53);
}
inline int64_t integer(Random &random, int64_t lo, int64_t hi) {
  return lo +
         static_cast<int64_t>(random() % static_cast<uint64_t>(hi - lo + 1));
}

/// Identity, relu, clip (empty ones included) or quantizer: few or many codes,
/// one code, any zero point, scales that are powers of two and such that are
/// not.
inline ClampStep makeStep(Random &random) {
  ClampStep step;
  switch (integer(random, 0, 5)) {
  case 0:
    return step;
  case 1:
    step.lo = 0;
    return step;
  case 2:
    step.lo = static_cast<float>(uniform(random, -2, 1));
    step.hi = step.lo + static_cast<float>(integer(random, 0, 3));
    return step;
  default:
    step.step = integer(random, 0, 1)
                    ? std::ldexp(1.0, -integer(random, 0, 6))
                    : static_cast<float>(uniform(random, 0.01, 1));
    int64_t low = integer(random, -8, 4);
    int64_t high = low + (integer(random, 0, 3) ? integer(random, 1, 20) : 0);
    step.lo = static_cast<double>(low) * step.step;
    step.hi = static_cast<double>(high) * step.step;
    return step;
  }
}

/// A value that likes ties, ends and zero.
inline double makeValue(Random &random, const ClampStep &step) {
  double unit = step.step != 0 ? step.step : 0.5;
  switch (integer(random, 0, 3)) {
  case 0:
    return static_cast<double>(integer(random, -24, 48)) * unit / 2;
  case 1:
    return std::isfinite(step.lo) ? step.lo : 0;
  default:
    return uniform(random, -4, 8);
  }
}

inline Interval makeRange(Random &random, const ClampStep &step) {
  double a = makeValue(random, step);
  double b = integer(random, 0, 5) ? makeValue(random, step) : a;
  return {std::fmin(a, b), std::fmax(a, b)};
}

/// The step in exact arithmetic.
inline Real applyExactly(const ClampStep &step, Real x) {
  if (step.step != 0) {
    Real scale = Real::fromDouble(step.step);
    x = Real((x / scale).roundHalfEven()) * scale;
  }
  if (std::isfinite(step.lo))
    x = std::max(x, Real::fromDouble(step.lo));
  if (std::isfinite(step.hi))
    x = std::min(x, Real::fromDouble(step.hi));
  return x;
}

/// An exact point of the range: its ends, a tie inside it, or any.
inline Real makePoint(Random &random, const Interval &range,
                      const ClampStep &step) {
  Real lo = Real::fromDouble(range.lo), hi = Real::fromDouble(range.hi);
  Real point = lo + (hi - lo) * Real::ratio(integer(random, 0, 60), 60);
  if (step.step != 0 && integer(random, 0, 1)) {
    Real half = Real::fromDouble(step.step) / Real(2);
    Real tie = Real((point / half).roundHalfEven()) * half;
    if (lo <= tie && tie <= hi)
      point = tie;
  }
  return point;
}

} // namespace qev::test

#endif // QEV_TEST_RANDOMSTEP_H
