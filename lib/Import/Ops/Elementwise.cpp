//===- Elementwise.cpp - Add, Sub, Mul, Div ---------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Handlers.h"

namespace qev {

/// Two constants are folded; a dequantized one is not, it stays an operand.
static llvm::Expected<ValueRef> importBinary(Node &node, OpKind kind) {
  const Value &a = node.getInput(0), &b = node.getInput(1);
  auto isFloat = [](const Value &value) {
    return value.getTensor() && value.getTensor()->isFloat();
  };
  if (isFloat(a) && isFloat(b)) {
    auto folded = node.fold(kind, {&a, &b});
    if (!folded)
      return folded.takeError();
    return node.makeConstant(std::move(*folded), {&a, &b});
  }
  auto first = node.getReal(0);
  if (!first)
    return first.takeError();
  auto second = node.getReal(1);
  if (!second)
    return second.takeError();
  return node.addValue(kind, {*first, *second});
}

llvm::Expected<ValueRef> importAdd(Node &node) {
  return importBinary(node, OpKind::Add);
}

llvm::Expected<ValueRef> importSub(Node &node) {
  return importBinary(node, OpKind::Sub);
}

llvm::Expected<ValueRef> importMul(Node &node) {
  if (node.getInput(0).getOp() && node.getInput(1).getOp())
    return node.unsupported(
        "the product of two computed tensors is not linear; "
        "one factor must be a constant");
  return importBinary(node, OpKind::Mul);
}

llvm::Expected<ValueRef> importDiv(Node &node) {
  if (node.getInput(1).getOp())
    return node.unsupported("the divisor must be a constant", 1);
  return importBinary(node, OpKind::Div);
}

} // namespace qev
