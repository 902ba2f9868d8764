//===- Attribution.h - Where a bound comes from -----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A bound by joint back-substitution is a row (a, d) over pairs (x, e) that is
// taken from the outputs to the inputs, where it has its maximum at some input.
// Let x* be the first net's values at that input. Over each step, the constant
// that the row gains and what a . x* changes by add up to what the step itself
// contributes:
//
//   affine   d ((W~ - W) x* + b~ - b)      weights and bias
//   clamp    p x* + offset - a X*          for a plane (p, q, offset):
//   rounding,
//                                          saturation, relaxation
//
// and the sum over all steps, with d e of the input, is the bound: a . x*
// telescopes. A clamp's share is split by planes of the same slopes over the
// same neuron without rounding, then without clamps of the second net's own;
// what their offsets save is due to these.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_ATTRIBUTION_H
#define QEV_ANALYSIS_ATTRIBUTION_H

#include "qev/Analysis/TwinSubstitution.h"

namespace qev {

/// Of the bounds that boundErrors finds with these slopes for the elements of a
/// pair: upper ends of all, then lower ends. `proved` are their final ranges,
/// which other methods may have narrowed.
std::vector<Attribution> attributeErrors(const RelaxedTwin &twin, int pair,
                                         llvm::ArrayRef<int64_t> elements,
                                         const PlaneSlopes &slopes,
                                         llvm::ArrayRef<Interval> proved);

} // namespace qev

#endif // QEV_ANALYSIS_ATTRIBUTION_H
