//===- Qebverif.h - The numbers of the QEBVerif tool ------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For comparison with the literature only: what the released program of
// "QEBVerif: Quantization Error Bound Verification of Neural Networks" (CAV
// 2023) prints, defects included. Nothing here is sound, nothing here is used
// by another analysis; the sound forms of the two modes are Method::Interval
// and Method::Symbolic.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_QEBVERIF_H
#define QEV_ANALYSIS_QEBVERIF_H

#include "qev/Analysis/Bounds.h"

namespace qev {

/// The intervals of second - first at the outputs, as the released program
/// computes them for integer inputs; `method` is QebverifCon or QebverifSym.
///
/// Fails with `method-unsupported`, naming the net and the op, where the twin
/// is not of the published scheme (QebverifScheme.h), where the region is no
/// box of integers in [0, 255], and where an interval comes out empty, as
/// unsound intervals may.
llvm::Expected<Box> computeQebverif(const Twin &twin,
                                    llvm::ArrayRef<InputRegion> inputs,
                                    Method method);

} // namespace qev

#endif // QEV_ANALYSIS_QEBVERIF_H
