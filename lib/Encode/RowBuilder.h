//===- RowBuilder.h - Exact sums into rows of doubles -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The only place where the encoder rounds. A LinearSum is exact; a row of it
// has coefficients that are doubles, and what was rounded off or left out,
// times the bounds of its variable, widens the right-hand side. So every point
// that satisfies the exact row satisfies the written one.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_ENCODE_ROWBUILDER_H
#define QEV_LIB_ENCODE_ROWBUILDER_H

#include "qev/Encode/System.h"

namespace qev::encoding {

/// sum of coefficient * variable + constant, exact.
class LinearSum {
public:
  Real constant;

  void add(const Real &coefficient, unsigned variable) {
    reals.emplace_back(variable, coefficient);
  }
  /// Without the cost of a Real, for the many weights of a layer.
  void add(double coefficient, unsigned variable) {
    if (coefficient != 0)
      doubles.push_back({variable, coefficient});
  }
  void add(const Real &factor, const AffineValue &value);

  /// Coefficients summed per variable, zeros dropped, by variable.
  std::vector<std::pair<unsigned, Real>> collect() const;
  /// The terms as they are if all are doubles of different variables.
  std::optional<std::vector<Term>> collectDoubles() const;

private:
  std::vector<Term> doubles;
  std::vector<std::pair<unsigned, Real>> reals;
};

/// The sum without its constant as terms + an error from an interval.
struct RoundedSum {
  std::vector<Term> terms; ///< scaled by 2^exponent
  Interval error;          ///< not scaled
  int exponent = 0;
};

/// The power of two that rows are scaled by: none for rows of integers up to
/// 2^16; else the largest coefficient comes into [1, 2), or up to 2^24 higher
/// if the smallest one that matters would fall below 2^-20. A term whose
/// variable moves it by less than 1e-7 of the largest coefficient does not
/// matter: large numbers cost solvers more than leaving it out does.
int chooseExponent(const System &system, llvm::ArrayRef<Term> terms);

/// Adds to `system` what the row `sum (sense) rhs` implies: one row, two for an
/// equality that had to be widened, or none if it always holds. A row without
/// variables that does not hold makes the system infeasible. With `margin` the
/// written row is moved outward by as much, in its own units. Returns false if
/// a coefficient is beyond the range of doubles.
[[nodiscard]] bool addRow(System &system, const LinearSum &sum, Sense sense,
                          const Real &rhs, const Origin &origin, int step = -1,
                          bool strict = false, double margin = 0);

/// The objective that is at least `sum` on all points.
[[nodiscard]] bool setObjective(System &system, const LinearSum &sum);

} // namespace qev::encoding

#endif // QEV_LIB_ENCODE_ROWBUILDER_H
