//===- SumError.h - What adding up in doubles can cost ----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sums and dot products are computed in round-to-nearest, in any order, and the
// result is widened by a bound of the error. Two bounds:
//
// - With u = 2^-53 and gamma_n = n u / (1 - n u), the error of n terms is at
//   most gamma_n times the sum of their magnitudes (Higham, Accuracy and
//   Stability of Numerical Algorithms, 2nd ed., section 3.1).
// - Terms that are all multiples of 2^unit, with magnitudes that add up to less
//   than 2^(53 + unit), are added without any error: every partial sum is a
//   double. So fixed-point nets keep their ties sharp.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_SUMERROR_H
#define QEV_ANALYSIS_SUMERROR_H

#include "qev/Support/Interval.h"
#include "llvm/ADT/ArrayRef.h"

namespace qev {

/// The largest e such that every value is a multiple of 2^e; a large number if
/// all are 0.
int getUnit(llvm::ArrayRef<double> values);
inline constexpr int unitOfZero = 4096;

/// gamma_n with room for the roundings inside each term, for the bound being
/// computed from a sum that was rounded itself, and for the product with it:
/// hence twice the textbook's.
inline double errorFactor(int64_t terms) {
  return 2 * static_cast<double>(terms + 4) * 0x1.01p-53;
}
/// What underflow can add per operation, with room to spare (2^-1074 each).
inline constexpr double underflow = 0x1p-1000;
/// Added to the magnitude of a computed coefficient, this makes its error bound
/// cover an underflow of the coefficient too, whatever it is multiplied by:
/// 2^-1020 errorFactor(1) > 2^-1075.
inline constexpr double coefficientUnderflow = 0x1p-1020;
/// A magnitude for error terms in which it is multiplied by weights first and
/// by a coefficient then: not so small that the first product underflows.
inline double getReach(double magnitude) {
  return magnitude == 0 ? 0 : std::fmax(magnitude, 0x1p-500);
}

/// Bound of the error of a computed sum of `terms` products of multiples of
/// 2^unit, whose magnitudes add up (as computed) to `magnitude`.
inline double getSumError(double magnitude, int64_t terms, int unit) {
  if (unit >= unitOfZero ||
      (unit > -1000 && magnitude < std::ldexp(1, 53 + unit)))
    return 0;
  return addUp(mulUp(errorFactor(terms), magnitude),
               underflow * static_cast<double>(terms));
}

/// Collects the terms of one constant and bounds their sum from above.
class SumUp {
public:
  void add(double term) {
    sum += term;
    magnitude += std::fabs(term);
    ++terms;
  }
  /// The product a * b. One with a factor of zero is no term at all; one that
  /// underflows to zero is.
  void add(double a, double b) {
    if (a != 0 && b != 0)
      add(a * b);
  }
  /// `roundings` counts those inside each term.
  double get(int64_t roundings = 1) const {
    if (terms == 0)
      return 0;
    return addUp(sum, addUp(mulUp(errorFactor(terms + roundings), magnitude),
                            underflow * static_cast<double>(terms)));
  }

private:
  double sum = 0;
  double magnitude = 0;
  int64_t terms = 0;
};

} // namespace qev

#endif // QEV_ANALYSIS_SUMERROR_H
