//===- Recheck.h - Bounds once more, in exact rationals ---------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Slopes are all that back-substitution chooses; given them, a bound is a fixed
// expression in the constants of the nets and the ranges of the neurons. These
// functions evaluate it in rationals, plane offsets included, and compare: a
// computed bound must not be below the exact one. They share the data of the
// analyses and none of their arithmetic. Slow; for debugging and for tests.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_RECHECK_H
#define QEV_ANALYSIS_RECHECK_H

#include "qev/Analysis/SymbolicBounds.h"
#include "qev/Analysis/TwinSubstitution.h"

namespace qev {

/// The ranges that back-substitution gave to values of one net, before they are
/// met with others; and that the lines over each clamp lie where they should.
void recheckNet(const AnalyzedNet &net, Recheck &result);

/// What boundErrors finds for these elements of a pair with these slopes.
void recheckErrors(const RelaxedTwin &twin, int pair,
                   llvm::ArrayRef<int64_t> elements, const PlaneSlopes &slopes,
                   Recheck &result);

/// The bounds of a step: below(x) <= step(x) <= above(x) on the argument's
/// range, both piecewise linear between `bends`.
class ExactEnvelope {
public:
  explicit ExactEnvelope(const ClampedValue &value);
  Real above(const Real &x) const { return at(x, noise, 1); }
  Real below(const Real &x) const { return at(x, -noise, -1); }
  const std::vector<Real> &getBends() const { return bends; }

private:
  Real at(const Real &x, const Real &shift, int side) const;

  std::optional<Real> lo, hi; ///< of the clamp, if finite
  Real lowest, highest;       ///< images of the range's ends
  Real noise;
  std::vector<Real> bends;
};

/// Exact value of one element of an element-wise linear op: factor * x + shift.
struct ExactScaling {
  Real factor = 1, shift = 0;
};
/// The identity without an op.
ExactScaling getExactScaling(const Op *op, int64_t element);

/// Exact bias of an affine op's output, 0 where it has none.
Real getExactBias(const AffineMap &map, int64_t output);

/// Takes note of one computed upper bound and the exact one; `magnitude` is
/// that of the values behind them.
void compareExactly(double computed, const Real &exact, double magnitude,
                    const std::string &where, Recheck &result);

/// Row times weights, in rationals.
std::vector<Real> multiplyExactly(llvm::ArrayRef<Real> row,
                                  const Matrix &weights);

} // namespace qev

#endif // QEV_ANALYSIS_RECHECK_H
