//===- Value.h - What the names of a model stand for ------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each tensor of the file is one of three things:
//
//   Tensor           a constant, folded as far as possible
//   QuantizedTensor  DequantizeLinear of constant integers, a float tensor to
//                    ONNX; kept as integers with scale and zero point
//   Op *             computed by the net; if its type is quantized it is, to
//                    ONNX, an integer tensor: what QuantizeLinear returns
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_IMPORT_VALUE_H
#define QEV_LIB_IMPORT_VALUE_H

#include "Tensor.h"
#include "qev/IR/Net.h"
#include <memory>
#include <variant>

namespace qev {

struct QuantizedTensor {
  TensorType type;
  std::vector<int32_t> codes;
};

struct Value {
  std::string name; ///< of the op this value is or becomes
  std::variant<Tensor, QuantizedTensor, Op *> content;
  /// Of a constant: the initializers or nodes it comes from, and the nodes it
  /// was led through (DequantizeLinear, Transpose, ...), which belong to the op
  /// that uses it.
  Location origin, through;

  const Tensor *getTensor() const { return std::get_if<Tensor>(&content); }
  const QuantizedTensor *getQuantized() const {
    return std::get_if<QuantizedTensor>(&content);
  }
  Op *getOp() const {
    auto *op = std::get_if<Op *>(&content);
    return op ? *op : nullptr;
  }
  llvm::ArrayRef<int64_t> getShape() const;
  /// Whether it is an integer tensor made by QuantizeLinear.
  bool isCodes() const { return getOp() && getOp()->type.isQuantized(); }
};

/// Shared: Identity and the like give one value several names.
using ValueRef = std::shared_ptr<const Value>;

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

/// The transposed constant: its dimension i is dimension permutation[i] of
/// `value`.
Value transpose(const Value &value, llvm::ArrayRef<int64_t> permutation);

/// The same elements under another shape of as many; none if the constant has
/// scales along an axis whose slices are no slices any more.
std::optional<Value> reshape(const Value &value, llvm::ArrayRef<int64_t> shape);

/// The constant expanded to `shape`, to which it must broadcast.
Value broadcast(const Value &value, llvm::ArrayRef<int64_t> shape);

/// The matrix [m * n, k * n] that does to the elements of [k, n] what the
/// constant [m, k] does to each of their columns: its Kronecker product with the
/// identity.
Value spreadOverColumns(const Value &matrix, int64_t n);

/// A float constant as an op outside of any net; `value` is a Tensor of float
/// or a QuantizedTensor.
Op makeConstOp(const Value &value);

} // namespace qev

#endif // QEV_LIB_IMPORT_VALUE_H
