//===- Lattice.h - Quantizers that are exact on a grid ----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_LATTICE_H
#define QEV_ANALYSIS_LATTICE_H

#include "qev/IR/Module.h"
#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseMap.h"

namespace qev {

/// For each quantize op the elements whose operand always is a multiple of the
/// scale, so that rounding changes nothing (saturation still may). Points
/// offset + k * step are followed from grid inputs through reshapes,
/// multiplications and additions of constants, and quantizers.
using ExactRoundings = llvm::DenseMap<const Op *, llvm::BitVector>;

ExactRoundings findExactRoundings(const Net &net,
                                  llvm::ArrayRef<InputRegion> inputs);

} // namespace qev

#endif // QEV_ANALYSIS_LATTICE_H
