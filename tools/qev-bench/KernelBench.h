//===- KernelBench.h - Rates of the products of back-substitution -*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TOOLS_KERNELBENCH_H
#define QEV_TOOLS_KERNELBENCH_H

#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include <optional>
#include <vector>

namespace qev {

/// Rows over the results of an affine op become rows over its operand: a
/// product of [rows, outs] and the weights, [outs, ins].
struct KernelShape {
  int64_t rows, outs, ins;
};

/// `200x100x784,200x512x512`; the number of rows is even, as there is one for
/// each sign. Fails with `usage`.
llvm::Expected<std::vector<KernelShape>> parseShapes(llvm::StringRef text);

/// For each shape the useful rates, in 10^9 floating-point operations a second
/// of CPU time, of
///   dgemm:           Eigen's product into a matrix that is there already,
///   multiply:        multiplyLive,
///   multiply_halved: multiplyLive where every other column is dead, which
///                    halves what is useful,
///   step:            boundErrors through one affine pair: both nets' products
///                    and everything that makes them sound.
llvm::Expected<llvm::json::Array>
benchKernels(llvm::ArrayRef<KernelShape> shapes);

} // namespace qev

#endif // QEV_TOOLS_KERNELBENCH_H
