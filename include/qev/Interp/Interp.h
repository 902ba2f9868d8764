//===- Interp.h - The reference interpreter ---------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Executes a net on one input in one of two modes. Exact mode is the `real`
// semantics of docs/LangRef.md in rationals: the oracle of tests and the judge
// of witnesses. Float32 mode is the literal graph, one correctly rounded
// float32 operation after the other, dot products summed in index order: what
// a runtime computes without graph optimisation, up to the order of its sums.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_INTERP_INTERP_H
#define QEV_INTERP_INTERP_H

#include "qev/IR/Net.h"

namespace qev {

/// Elements of one tensor, row-major. A quantized tensor holds its codes.
using ExactTensor = std::vector<Real>;
/// Each number is a float32 value or a code; both are exact as doubles.
using Float32Tensor = std::vector<double>;

/// The values of all ops, indexed like `net.ops`; `inputs` by position. The
/// sizes of the inputs must match the net's.
std::vector<ExactTensor> runExact(const Net &net,
                                  llvm::ArrayRef<ExactTensor> inputs);
std::vector<Float32Tensor> runFloat32(const Net &net,
                                      llvm::ArrayRef<Float32Tensor> inputs);

/// One op from the values of its operands (a Const from its data).
ExactTensor evaluateExact(const Op &op,
                          llvm::ArrayRef<const ExactTensor *> operands);
Float32Tensor evaluateFloat32(const Op &op,
                              llvm::ArrayRef<const Float32Tensor *> operands);

/// What the elements of `op`'s value mean as reals: codes are dequantized.
ExactTensor toReals(const Op &op, const ExactTensor &value);

/// All outputs of the net as reals, one after the other, from what runExact
/// returned.
ExactTensor getOutputs(const Net &net, llvm::ArrayRef<ExactTensor> values);

/// A net made ready to be executed exactly many times: what depends on no input
/// is computed once. The net must outlive it; `run` may be called from several
/// threads.
class ExactNet {
public:
  explicit ExactNet(const Net &net);
  /// As getOutputs of runExact.
  ExactTensor run(llvm::ArrayRef<ExactTensor> inputs) const;

private:
  const Net &net;
  llvm::DenseMap<const Op *, ExactTensor> constants; ///< values
  llvm::DenseMap<const Op *, ExactTensor> meanings;  ///< of quantized ones
};

} // namespace qev

#endif // QEV_INTERP_INTERP_H
