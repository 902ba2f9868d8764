//===- Step.h - Ops as linear maps and clamps -------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The analyses see two kinds of ops: linear maps, and element-wise steps that
// clamp and perhaps round. A quantize followed by a dequantize is one step.
// Values are real numbers throughout: a quantize's value is what its codes
// mean, (q - z) s, so that the dequantize behind it changes nothing.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_STEP_H
#define QEV_ANALYSIS_STEP_H

#include "qev/Analysis/Bounds.h"

namespace qev {

/// One element of an element-wise step: x -> clamp(round(x), lo, hi), where
/// round goes to the nearest multiple of `step`, ties to even, or is the
/// identity when `step` is 0. Both ends are exact doubles (a code of at most 16
/// bits times a float32 scale), or infinite.
struct ClampStep {
  double lo = -infinity;
  double hi = infinity;
  double step = 0;

  friend bool operator==(const ClampStep &, const ClampStep &) = default;
  double halfStep() const { return step / 2; }
  /// The exact image of one point; near ties the rounding is decided in
  /// rationals. Monotone, so ends map to ends.
  double apply(double x) const;
  Interval apply(const Interval &x) const { return {apply(x.lo), apply(x.hi)}; }
};

/// rne(x / scale) exactly, as a double holding an integer; x finite or not.
double roundToStep(double x, double scale);

/// Whether the op is an element-wise step as seen by the analyses: relu, clip,
/// quantize; a dequantize is transparent.
bool isClampStep(const Op &op);
/// The step of one element of a relu, clip or quantize.
ClampStep getClampStep(const Op &op, int64_t element);

/// Ops that pass real values through unchanged: reshape and dequantize of a
/// quantize. Returns the op whose values those are.
const Op *skipTransparent(const Op *op);

/// Range of codes <-> range of the reals they mean.
Box codesToReals(const TensorType &type, const Box &codes);
/// `bounds` of an op, as reals.
Box getRealBox(const NetBounds &bounds, const Op &op);

} // namespace qev

#endif // QEV_ANALYSIS_STEP_H
