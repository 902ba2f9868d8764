//===- Relaxation.h - Lines below and above a step --------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_RELAXATION_H
#define QEV_ANALYSIS_RELAXATION_H

#include "qev/Analysis/Step.h"

namespace qev {

/// x -> slope * x + offset with slope >= 0. Both are exact numbers: the slope
/// is chosen in floating point, the offset rounded outward for that slope.
struct Line {
  double slope = 1;
  double offset = 0;
};

/// lower(x) <= step(x) <= upper(x) for every x of the range.
struct LinePair {
  Line lower;
  Line upper;
};

/// DeepPoly's lines (Singh et al., POPL 2019) for a clamp taken as
/// min(max(x, lo), hi), with rounding as an error of at most half a step unless
/// `isExact` (the operand is a multiple of the step). Slopes as in QEBVerif
/// section "Sym": max below by a constant iff l + u <= 2 lo, min above by a
/// constant iff l + u >= 2 (hi - step), chords elsewhere.
LinePair relax(const ClampStep &step, const Interval &x, bool isExact);

} // namespace qev

#endif // QEV_ANALYSIS_RELAXATION_H
