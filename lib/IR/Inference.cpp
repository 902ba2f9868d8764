//===- Inference.cpp - The type an op must have -----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The rules OP1.. of docs/LangRef.md: operand counts, element types and shapes
// of every operator.
//
//===----------------------------------------------------------------------===//

#include "qev/IR/Verifier.h"

namespace qev {

static llvm::Error fail(DiagId id, const Op &op, const llvm::Twine &message) {
  return makeError(id, "%" + op.name,
                   "'" + getMnemonic(op.kind) + "' " + message);
}

/// OP1: the number of operands.
static llvm::Error checkCount(const Op &op) {
  unsigned least = 0, most = 0;
  switch (op.kind) {
#define QEV_OP(KIND, MNEMONIC, MIN, MAX, SUMMARY)                              \
  case OpKind::KIND:                                                           \
    least = MIN;                                                               \
    most = MAX;                                                                \
    break;
#include "qev/IR/Ops.def"
  }
  size_t count = op.operands.size();
  if (count >= least && count <= most)
    return llvm::Error::success();
  std::string wanted = std::to_string(least);
  if (most != least)
    wanted += " to " + std::to_string(most);
  return fail(DiagId::OpOperands, op,
              "takes " + llvm::Twine(wanted) + " operands, got " +
                  llvm::Twine(count));
}

/// OP2: a value that is codes stays codes until a dequantize; only constants
/// denote their reals (q - z) * s where an arithmetic op reads them.
static llvm::Error checkReal(const Op &op, unsigned index,
                             bool constantMayBeCodes) {
  const Op &operand = *op.operands[index];
  if (!operand.type.isQuantized() ||
      (constantMayBeCodes && operand.is(OpKind::Const)))
    return llvm::Error::success();
  return fail(DiagId::OpType, op,
              "operand " + llvm::Twine(index + 1) + " must be f32" +
                  (constantMayBeCodes ? " or a constant" : "") + ", got " +
                  printType(operand.type));
}

/// OP3: affine multiplies by constants.
static llvm::Error checkConstant(const Op &op, unsigned index) {
  if (op.operands[index]->is(OpKind::Const))
    return llvm::Error::success();
  return fail(DiagId::OpOperands, op,
              "operand " + llvm::Twine(index + 1) + " must be a constant");
}

static llvm::Expected<TensorType> inferAffine(const Op &op) {
  if (auto error = checkReal(op, 0, false))
    return error;
  for (unsigned i = 1; i < op.operands.size(); ++i)
    if (auto error = checkConstant(op, i))
      return error;
  // OP4: x [..., K], weights [N, K], bias [N], result [..., N].
  auto x = op.operands[0]->type.getShape();
  auto weights = op.operands[1]->type.getShape();
  if (x.empty() || weights.size() != 2 || x.back() != weights[1])
    return fail(DiagId::OpShape, op,
                "needs x [..., K] and weights [N, K], got " +
                    printType(op.operands[0]->type) + " and " +
                    printType(op.operands[1]->type));
  if (op.operands.size() == 3 &&
      op.operands[2]->type.getShape() != weights.take_front())
    return fail(DiagId::OpShape, op,
                "needs a bias of shape [" + llvm::Twine(weights[0]) +
                    "], got " + printType(op.operands[2]->type));
  Shape result(x);
  result.back() = weights[0];
  return TensorType::f32(result);
}

/// OP7: a divisor is a constant that is zero nowhere.
static llvm::Error checkDivisor(const Op &op) {
  if (auto error = checkConstant(op, 1))
    return error;
  const Op &divisor = *op.operands[1];
  // OC1 has not been checked yet where ops are being built or read.
  if (!divisor.data || divisor.data->size() != divisor.type.getNumElements() ||
      divisor.data->isFloat() == divisor.type.isQuantized())
    return fail(DiagId::ConstData, op, "has a divisor without proper data");
  for (int64_t i = 0, size = divisor.data->size(); i < size; ++i)
    if (divisor.data->isFloat()
            ? divisor.data->getFloats()[i] == 0
            : divisor.data->getCodes()[i] == divisor.type.getZeroPoint(i))
      return fail(DiagId::OpOperands, op,
                  "by zero: element " + llvm::Twine(i) + " of '%" +
                      divisor.name + "'");
  return llvm::Error::success();
}

static llvm::Expected<TensorType> inferElementwise(const Op &op) {
  for (unsigned i : {0u, 1u})
    if (auto error = checkReal(op, i, true))
      return error;
  if (op.is(OpKind::Div))
    if (auto error = checkDivisor(op))
      return error;
  // OP5: shapes broadcast as in NumPy.
  auto shape = broadcastShapes(op.operands[0]->type.getShape(),
                               op.operands[1]->type.getShape());
  if (!shape)
    return fail(DiagId::OpShape, op,
                "shapes do not broadcast: " + printType(op.operands[0]->type) +
                    " and " + printType(op.operands[1]->type));
  return TensorType::f32(*shape);
}

static llvm::Expected<TensorType> inferReshape(const Op &op) {
  const TensorType &from = op.operands[0]->type;
  // OP8: the same elements; scales along an axis would lose their axis.
  if (from.isQuantized() && from.getQuant().isPerAxis())
    return fail(DiagId::OpType, op,
                "cannot take a tensor quantized per axis, got " +
                    printType(from));
  if (from.getNumElements() != op.type.getNumElements())
    return fail(DiagId::OpShape, op,
                "must keep the number of elements, got " + printType(from) +
                    " and " + printType(op.type));
  return from.withShape(op.type.getShape());
}

static llvm::Expected<TensorType> inferQuantize(const Op &op) {
  if (auto error = checkReal(op, 0, false))
    return error;
  // OP9: the type says how to quantize; the shape stays.
  if (!op.type.isQuantized())
    return fail(DiagId::OpType, op,
                "must have a quantized type, got " + printType(op.type));
  return op.type.withShape(op.operands[0]->type.getShape());
}

static llvm::Expected<TensorType> inferDequantize(const Op &op) {
  const TensorType &from = op.operands[0]->type;
  // OP10: from codes to reals; the shape stays.
  if (!from.isQuantized())
    return fail(DiagId::OpType, op,
                "operand 1 must be quantized, got " + printType(from));
  return TensorType::f32(from.getShape());
}

llvm::Expected<TensorType> inferType(const Op &op) {
  if (auto error = checkCount(op))
    return error;
  switch (op.kind) {
  case OpKind::Input:
  case OpKind::Const:
    return op.type;
  case OpKind::Affine:
    return inferAffine(op);
  case OpKind::Add:
  case OpKind::Sub:
  case OpKind::Mul:
  case OpKind::Div:
    return inferElementwise(op);
  case OpKind::Relu:
  case OpKind::Clip: // OP6: element by element.
    if (auto error = checkReal(op, 0, false))
      return error;
    return op.operands[0]->type;
  case OpKind::Reshape:
    return inferReshape(op);
  case OpKind::Quantize:
    return inferQuantize(op);
  case OpKind::Dequantize:
    return inferDequantize(op);
  }
  llvm_unreachable("every operator has a case");
}

} // namespace qev
