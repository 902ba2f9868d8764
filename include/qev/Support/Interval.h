//===- Interval.h - Outward-rounded intervals -------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Directed double arithmetic without rounding-mode switches. Each function
// computes in round-to-nearest, recovers the sign of the rounding error by an
// error-free transformation (Knuth's TwoSum, FMA for products and quotients)
// and steps to the neighbour only where the result was rounded the wrong way.
// So exact results stay exact, which keeps ties of quantizers sharp.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SUPPORT_INTERVAL_H
#define QEV_SUPPORT_INTERVAL_H

#include "qev/Support/Real.h"
#include <cassert>
#include <cmath>
#include <limits>
#include <optional>

namespace qev {

inline constexpr double infinity = std::numeric_limits<double>::infinity();

inline double nextUp(double x) { return std::nextafter(x, infinity); }
inline double nextDown(double x) { return std::nextafter(x, -infinity); }

/// a + b rounded toward +infinity. Infinite operands may not cancel.
inline double addUp(double a, double b) {
  double sum = a + b;
  if (std::isinf(sum)) // overflow of finite operands downward stays finite
    return sum < 0 && std::isfinite(a) && std::isfinite(b)
               ? std::numeric_limits<double>::lowest()
               : sum;
  double bRounded = sum - a;
  double error = (a - (sum - bRounded)) + (b - bRounded);
  // The error term is exact unless an intermediate overflowed; then be safe.
  return error > 0 || !std::isfinite(error) ? nextUp(sum) : sum;
}
inline double addDown(double a, double b) { return -addUp(-a, -b); }
inline double subUp(double a, double b) { return addUp(a, -b); }
inline double subDown(double a, double b) { return addDown(a, -b); }

/// a * b rounded toward +infinity, with 0 * infinity = 0 (a bound that is
/// infinite times a weight that is zero contributes nothing).
inline double mulUp(double a, double b) {
  if (a == 0 || b == 0)
    return 0;
  double product = a * b;
  if (std::isinf(product))
    return product < 0 && std::isfinite(a) && std::isfinite(b)
               ? std::numeric_limits<double>::lowest()
               : product;
  // Below 2^-960 the error term itself may underflow: step always.
  if (std::fabs(product) < 0x1p-960)
    return nextUp(product);
  return std::fma(a, b, -product) > 0 ? nextUp(product) : product;
}
inline double mulDown(double a, double b) { return -mulUp(-a, b); }

/// a / b rounded toward +infinity; b is finite and not zero.
inline double divUp(double a, double b) {
  if (a == 0)
    return 0;
  double quotient = a / b;
  if (std::isinf(quotient))
    return quotient < 0 && std::isfinite(a)
               ? std::numeric_limits<double>::lowest()
               : quotient;
  if (std::fabs(quotient) < 0x1p-960 || std::fabs(a) < 0x1p-960)
    return nextUp(quotient);
  // residual = a - quotient * b, exact; the true quotient is larger if
  // residual and b have the same sign.
  double residual = std::fma(-quotient, b, a);
  return (residual > 0 && b > 0) || (residual < 0 && b < 0) ? nextUp(quotient)
                                                            : quotient;
}
inline double divDown(double a, double b) { return -divUp(-a, b); }

/// A closed interval of reals with double ends; never empty, ends may be
/// infinite.
struct Interval {
  double lo = 0;
  double hi = 0;

  Interval() = default;
  Interval(double point) : Interval(point, point) {}
  Interval(double lo, double hi) : lo(lo), hi(hi) {
    assert(lo <= hi && "empty or NaN interval");
  }
  /// The smallest interval of doubles around an exact value or range.
  static Interval around(const Real &value) {
    return {value.toDoubleDown(), value.toDoubleUp()};
  }
  static Interval around(const Real &lo, const Real &hi) {
    return {lo.toDoubleDown(), hi.toDoubleUp()};
  }
  static Interval everything() { return {-infinity, infinity}; }
  /// From ends computed by arithmetic that may have overflowed: an end that is
  /// no number is unbounded.
  static Interval orEverything(double lo, double hi) {
    return {std::isnan(lo) ? -infinity : lo, std::isnan(hi) ? infinity : hi};
  }

  bool isPoint() const { return lo == hi; }
  bool contains(double x) const { return lo <= x && x <= hi; }
  bool contains(const Interval &other) const {
    return lo <= other.lo && other.hi <= hi;
  }
  bool contains(const Real &x) const {
    return (lo == -infinity || Real::fromDouble(lo) <= x) &&
           (hi == infinity || x <= Real::fromDouble(hi));
  }
  /// max |x|.
  double magnitude() const { return std::fmax(-lo, hi); }
  /// An upper bound of hi - lo.
  double width() const { return subUp(hi, lo); }

  friend bool operator==(const Interval &, const Interval &) = default;
  Interval operator-() const { return {-hi, -lo}; }
  friend Interval operator+(const Interval &a, const Interval &b) {
    return orEverything(addDown(a.lo, b.lo), addUp(a.hi, b.hi));
  }
  friend Interval operator-(const Interval &a, const Interval &b) {
    return a + -b;
  }
  friend Interval operator*(const Interval &a, const Interval &b) {
    return {std::fmin(std::fmin(mulDown(a.lo, b.lo), mulDown(a.lo, b.hi)),
                      std::fmin(mulDown(a.hi, b.lo), mulDown(a.hi, b.hi))),
            std::fmax(std::fmax(mulUp(a.lo, b.lo), mulUp(a.lo, b.hi)),
                      std::fmax(mulUp(a.hi, b.lo), mulUp(a.hi, b.hi)))};
  }
  Interval &operator+=(const Interval &other) { return *this = *this + other; }
  Interval &operator*=(const Interval &other) { return *this = *this * other; }
};

/// About the middle, where any point would do.
inline double middle(const Interval &interval) {
  return interval.lo / 2 + interval.hi / 2;
}

inline Interval hull(const Interval &a, const Interval &b) {
  return {std::fmin(a.lo, b.lo), std::fmax(a.hi, b.hi)};
}

/// The intersection, or nothing when the two are disjoint.
inline std::optional<Interval> meet(const Interval &a, const Interval &b) {
  double lo = std::fmax(a.lo, b.lo), hi = std::fmin(a.hi, b.hi);
  if (lo > hi)
    return std::nullopt;
  return Interval(lo, hi);
}

/// The intersection of two ranges that are proved of one and the same value.
inline Interval meetProved(const Interval &a, const Interval &b) {
  std::optional<Interval> both = meet(a, b);
  assert(both && "two proved ranges exclude each other");
  return *both;
}

/// The image under max(lo, min(hi, x)).
inline Interval clamp(const Interval &x, double lo, double hi) {
  return {std::fmin(std::fmax(x.lo, lo), hi),
          std::fmin(std::fmax(x.hi, lo), hi)};
}

/// `[lo, hi]`, ends by printReal.
std::string printInterval(const Interval &interval);

} // namespace qev

#endif // QEV_SUPPORT_INTERVAL_H
