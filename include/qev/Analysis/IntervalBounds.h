//===- IntervalBounds.h - Interval arithmetic through one op ----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_INTERVALBOUNDS_H
#define QEV_ANALYSIS_INTERVALBOUNDS_H

#include "qev/Analysis/Linear.h"

namespace qev {

/// The range of `op` given those of its operands: each element the outward
/// hull of the op over the operands' box, exact where doubles hold the result.
/// Quantizers map ranges to ranges of codes, which is exact. Inputs take the
/// hull of their region.
Box propagateIntervals(const Op &op, const LinearMaps &maps,
                       const NetBounds &bounds);

Box getInputBox(const InputRegion &region);

} // namespace qev

#endif // QEV_ANALYSIS_INTERVALBOUNDS_H
