//===- Quantization.cpp - QuantizeLinear and DequantizeLinear ---*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Handlers.h"
#include <cmath>

namespace qev {

//===----------------------------------------------------------------------===//
// Scales and zero points
//===----------------------------------------------------------------------===//

/// Of the contributed operators only the attribute `axis` is known.
static int64_t getInt(Node &node, llvm::StringRef name, int64_t since) {
  return node.getInt(name, 0, node.isContributed() ? INT64_MAX : since);
}

/// Which types of integers are quantized tensors from which version on.
static llvm::Error checkVersion(Node &node, ElementType integers,
                                const Storage &storage) {
  int64_t since = storage.bits == 2                         ? 25
                  : storage.bits == 8 || storage.bits == 32 ? 10
                                                            : 21;
  if (node.isContributed() || node.getOpset() >= since)
    return llvm::Error::success();
  return node.error(
      DiagId::ModelStructure,
      "quantized tensors of type " + getElementTypeName(integers) +
          " are there from version " + llvm::Twine(since) +
          " on, imported is version " + llvm::Twine(node.getOpset()));
}

static llvm::Error readScales(Node &node, QuantType &type) {
  auto scale = node.getConstant(1);
  if (!scale)
    return scale.takeError();
  if (!(*scale)->isFloat())
    return node.unsupported("a scale of type " +
                                getElementTypeName((*scale)->type) +
                                " is not supported, only float32",
                            1);
  for (float value : (*scale)->floats)
    if (!(std::isfinite(value) && value > 0))
      return node.error(
          DiagId::QuantScale,
          "scale must be finite and positive, got " + printReal(value), 1);
  type.scales.assign((*scale)->floats.begin(), (*scale)->floats.end());

  // One scale, of rank 0 or shape [1], is for the whole tensor whatever `axis`
  // says; several are along the axis, 1 by default.
  auto shape = node.getInput(0).getShape();
  int64_t axis = node.getInt("axis", 1, node.isContributed() ? 1 : 13);
  if ((*scale)->shape.size() > 1)
    return node.unsupported("scales of rank " +
                                llvm::Twine((*scale)->shape.size()) +
                                " (blocks) are not supported",
                            1);
  if (type.scales.size() == 1)
    return llvm::Error::success();
  type.axis = normalizeAxis(axis, shape.size());
  if (!type.axis)
    return node.error(DiagId::QuantAxis, "axis " + llvm::Twine(axis) +
                                             " is outside the input's rank " +
                                             llvm::Twine(shape.size()));
  if (shape[*type.axis] != static_cast<int64_t>(type.scales.size()))
    return node.error(DiagId::QuantAxis,
                      "there are " + llvm::Twine(type.scales.size()) +
                          " scales for axis " + llvm::Twine(*type.axis) +
                          " of size " + llvm::Twine(shape[*type.axis]),
                      1);
  return llvm::Error::success();
}

static llvm::Error readZeroPoints(Node &node, QuantType &type,
                                  ElementType integers) {
  type.zeroPoints.assign(type.scales.size(), 0);
  if (!node.hasInput(2))
    return llvm::Error::success();
  auto zeroPoint = node.getConstant(2);
  if (!zeroPoint)
    return zeroPoint.takeError();
  if ((*zeroPoint)->type != integers)
    return node.error(
        DiagId::ModelStructure,
        "zero point is of type " + getElementTypeName((*zeroPoint)->type) +
            ", the quantized tensor of type " + getElementTypeName(integers),
        2);
  if ((*zeroPoint)->shape.size() > 1 ||
      (*zeroPoint)->integers.size() != type.scales.size())
    return node.error(DiagId::QuantAxis,
                      "there are " + llvm::Twine((*zeroPoint)->size()) +
                          " zero points for " +
                          llvm::Twine(type.scales.size()) + " scales",
                      2);
  type.zeroPoints.assign((*zeroPoint)->integers.begin(),
                         (*zeroPoint)->integers.end());
  for (int64_t value : type.zeroPoints)
    if (integers == ElementType::Int32 && value != 0)
      return node.error(
          DiagId::QuantZeroPoint,
          "zero point of int32 must be 0, got " + llvm::Twine(value), 2);
  return llvm::Error::success();
}

llvm::Expected<QuantType> readQuantType(Node &node, ElementType integers) {
  QuantType type;
  auto storage = getStorage(integers);
  if (!storage)
    return node.unsupported("quantized tensors of type " +
                            getElementTypeName(integers) +
                            " are not supported");
  type.storage = *storage;
  if (auto failure = checkVersion(node, integers, *storage))
    return failure;
  if (getInt(node, "block_size", 21) != 0)
    return node.unsupported("block_size is not supported");
  if (auto failure = readScales(node, type))
    return failure;
  if (auto failure = readZeroPoints(node, type, integers))
    return failure;
  return type;
}

//===----------------------------------------------------------------------===//
// QuantizeLinear
//===----------------------------------------------------------------------===//

/// The zero point's type decides; without one output_dtype, else uint8.
static llvm::Expected<ElementType> getQuantizedType(Node &node) {
  int64_t outputType = getInt(node, "output_dtype", 21);
  if (outputType && getElementType(outputType) == ElementType::Undefined)
    return node.unsupported("output_dtype " + getElementTypeName(outputType) +
                            " is not supported");
  if (!node.hasInput(2))
    return outputType ? getElementType(outputType) : ElementType::UInt8;
  auto zeroPoint = node.getConstant(2);
  if (!zeroPoint)
    return zeroPoint.takeError();
  if (outputType && outputType != static_cast<int64_t>((*zeroPoint)->type))
    return node.error(DiagId::ModelStructure,
                      "output_dtype is " + getElementTypeName(outputType) +
                          ", the zero point of type " +
                          getElementTypeName((*zeroPoint)->type));
  return (*zeroPoint)->type;
}

llvm::Expected<ValueRef> importQuantizeLinear(Node &node) {
  getInt(node, "saturate", 19); // of float8 only
  if (int64_t precision = getInt(node, "precision", 23);
      precision && precision != static_cast<int64_t>(ElementType::Float))
    return node.unsupported("precision other than float32 is not supported");
  auto integers = getQuantizedType(node);
  if (!integers)
    return integers.takeError();
  const Value &x = node.getInput(0);
  if (x.isCodes() || (x.getTensor() && !x.getTensor()->isFloat()))
    return node.unsupported("quantizing integers is not supported", 0);
  if (*integers == ElementType::Int32)
    return node.unsupported("quantizing to int32 is not defined");
  auto quant = readQuantType(node, *integers);
  if (!quant)
    return quant.takeError();
  auto type = TensorType::quantized(x.getShape(), std::move(*quant));
  if (auto failure = node.check(type, /*isConstant=*/false))
    return failure;

  if (x.getOp()) {
    auto op = node.add(OpKind::Quantize, {x.getOp()}, {}, type);
    if (!op)
      return op.takeError();
    return node.makeValue(*op);
  }
  if (const Tensor *constant = x.getTensor();
      constant &&
      !llvm::all_of(constant->floats, [](float v) { return std::isfinite(v); }))
    return node.error(DiagId::TensorData, "the constant has NaN or inf", 0);
  auto folded = node.fold(OpKind::Quantize, {&x}, {}, type, *integers);
  if (!folded)
    return folded.takeError();
  return node.makeConstant(std::move(*folded), {&x});
}

//===----------------------------------------------------------------------===//
// DequantizeLinear
//===----------------------------------------------------------------------===//

/// Of computed integers: the same scales and zero points as their quantizer's.
static llvm::Expected<ValueRef> dequantizeCodes(Node &node, Op *codes) {
  const QuantType &made = codes->type.getQuant();
  auto read = readQuantType(node, getElementType(made.storage));
  if (!read)
    return read.takeError();
  read->storage = made.storage; // a Clip may have narrowed it
  if (!(*read == made))
    return node.unsupported("scale, zero point or axis differ from those of "
                            "the QuantizeLinear before it",
                            0);
  return node.addValue(OpKind::Dequantize, {codes});
}

llvm::Expected<ValueRef> importDequantizeLinear(Node &node) {
  if (int64_t type = getInt(node, "output_dtype", 23);
      type && type != static_cast<int64_t>(ElementType::Float))
    return node.unsupported("output_dtype other than float32 is not supported");
  const Value &x = node.getInput(0);
  if (x.isCodes())
    return dequantizeCodes(node, x.getOp());
  const Tensor *constant = x.getTensor();
  if (!constant || !constant->isInteger())
    return node.error(DiagId::ModelStructure, "must be a tensor of integers",
                      0);
  auto quant = readQuantType(node, constant->type);
  if (!quant)
    return quant.takeError();
  auto type = TensorType::quantized(constant->shape, std::move(*quant));
  if (auto failure = node.check(type, /*isConstant=*/true))
    return failure;
  if (auto failure = node.makeRoom(constant->size()))
    return failure;
  Value result = x;
  result.content = QuantizedTensor{
      type, {constant->integers.begin(), constant->integers.end()}};
  return node.derive(x, std::move(result));
}

} // namespace qev
