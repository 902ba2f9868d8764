//===- Activation.cpp - Relu and Clip ---------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Handlers.h"
#include <cmath>

namespace qev {

static llvm::Expected<ValueRef> importUnary(Node &node, OpKind kind,
                                            Node::Attributes attributes = {}) {
  const Value &x = node.getInput(0);
  if (x.getTensor() && x.getTensor()->isFloat()) {
    auto folded = node.fold(kind, {&x}, std::move(attributes));
    if (!folded)
      return folded.takeError();
    return node.makeConstant(std::move(*folded), {&x});
  }
  auto operand = node.getReal(0);
  if (!operand)
    return operand.takeError();
  return node.addValue(kind, {*operand}, std::move(attributes));
}

llvm::Expected<ValueRef> importRelu(Node &node) {
  return importUnary(node, OpKind::Relu);
}

//===----------------------------------------------------------------------===//
// Clip of floats
//===----------------------------------------------------------------------===//

/// Bounds are attributes up to version 10 and inputs from 11 on.
static llvm::Expected<ValueRef> importFloatClip(Node &node) {
  std::optional<float> lo, hi;
  if (node.getOpset() < 11) {
    if (node.hasAttribute("min"))
      lo = node.getFloat("min", 0);
    if (node.hasAttribute("max"))
      hi = node.getFloat("max", 0);
  }
  for (auto [i, bound] : {std::pair(1u, &lo), std::pair(2u, &hi)}) {
    if (!node.hasInput(i))
      continue;
    auto scalar = node.getScalar(i);
    if (!scalar)
      return scalar.takeError();
    *bound = *scalar;
  }
  if (lo == -INFINITY)
    lo = std::nullopt;
  if (hi == INFINITY)
    hi = std::nullopt;
  if ((lo && !std::isfinite(*lo)) || (hi && !std::isfinite(*hi)))
    return node.error(DiagId::NumberRange,
                      "the bounds must be numbers, got [" +
                          (lo ? printReal(*lo) : "-inf") + ", " +
                          (hi ? printReal(*hi) : "inf") + "]");
  if (!lo && !hi)
    return node.shareInput(0);
  if (lo && hi && *lo > *hi) {
    if (node.getOpset() < 11)
      return node.error(DiagId::NumberRange,
                        "min " + printReal(*lo) + " is above max " +
                            printReal(*hi) +
                            ", which has no meaning in version 10 and below");
    lo = hi; // min(max(x, lo), hi) is hi then
  }
  Node::Attributes attributes;
  if (lo)
    attributes["min"] = *lo;
  if (hi)
    attributes["max"] = *hi;
  return importUnary(node, OpKind::Clip, std::move(attributes));
}

//===----------------------------------------------------------------------===//
// Clip of integers
//===----------------------------------------------------------------------===//

/// Codes made by a Quantize, possibly reshaped, made with a narrower range
/// instead: clamping after rounding and saturation is saturation to less.
static llvm::Expected<Op *> narrow(Node &node, Op *codes, int64_t lo,
                                   int64_t hi) {
  if (codes->is(OpKind::Reshape)) {
    auto inner = narrow(node, codes->operands[0], lo, hi);
    if (!inner)
      return inner.takeError();
    return node.add(OpKind::Reshape, {*inner}, {},
                    (*inner)->type.withShape(codes->type.getShape()));
  }
  assert(codes->is(OpKind::Quantize) && "codes come from a quantizer");
  QuantType type = codes->type.getQuant();
  type.storage = type.storage.narrowed(lo, hi);
  auto quantized = TensorType::quantized(codes->type.getShape(), type);
  if (auto problem = checkType(quantized, /*isConstant=*/false))
    return node.unsupported("narrows the quantizer before it to [" +
                            llvm::Twine(lo) + ", " + llvm::Twine(hi) +
                            "]: " + problem->message);
  auto op = node.add(OpKind::Quantize, {codes->operands[0]}, {}, quantized);
  if (op)
    (*op)->location = fuseLocations(codes->location, (*op)->location);
  return op;
}

static llvm::Expected<ValueRef> importIntegerClip(Node &node) {
  const Value &x = node.getInput(0);
  ElementType type = x.getTensor()
                         ? x.getTensor()->type
                         : getElementType(x.getOp()->type.getQuant().storage);
  if (node.getOpset() < 12)
    return node.error(DiagId::ModelStructure,
                      "integers are clipped from version 12 on, imported is "
                      "version " +
                          llvm::Twine(node.getOpset()),
                      0);
  auto storage = getStorage(type);
  if (type == ElementType::Bool || (storage && storage->bits < 8))
    return node.error(
        DiagId::ModelStructure,
        "elements of " + getElementTypeName(type) + " cannot be clipped", 0);
  std::optional<int64_t> lo, hi;
  for (auto [i, bound] : {std::pair(1u, &lo), std::pair(2u, &hi)}) {
    if (!node.hasInput(i))
      continue;
    auto tensor = node.getConstant(i);
    if (!tensor)
      return tensor.takeError();
    if ((*tensor)->type != type || (*tensor)->integers.size() != 1 ||
        (*tensor)->shape.size() > 1)
      return node.error(DiagId::ModelStructure,
                        "must be one number of type " +
                            getElementTypeName(type) + ", that of the input",
                        i);
    *bound = (*tensor)->integers[0];
  }
  if (lo && hi && *lo > *hi)
    lo = hi; // as for floats
  if (const Tensor *constant = x.getTensor()) {
    if (auto failure = node.makeRoom(constant->size()))
      return failure;
    Tensor clamped = *constant;
    for (int64_t &value : clamped.integers) {
      value = lo ? std::max(value, *lo) : value;
      value = hi ? std::min(value, *hi) : value;
    }
    Value result = x;
    result.content = std::move(clamped);
    return node.derive(x, std::move(result));
  }
  Op *codes = x.getOp();
  const Storage &range = codes->type.getQuant().storage;
  int64_t min = std::max(range.min, lo.value_or(range.min));
  int64_t max = std::min(range.max, hi.value_or(range.max));
  if (min > max)
    return node.unsupported("the bounds leave no code of [" +
                            llvm::Twine(range.min) + ", " +
                            llvm::Twine(range.max) + "]");
  if (min == range.min && max == range.max)
    return node.shareInput(0);
  auto narrowed = narrow(node, codes, min, max);
  if (!narrowed)
    return narrowed.takeError();
  return node.makeValue(*narrowed);
}

llvm::Expected<ValueRef> importClip(Node &node) {
  const Value &x = node.getInput(0);
  bool isInteger = x.isCodes() || (x.getTensor() && x.getTensor()->isInteger());
  return isInteger ? importIntegerClip(node) : importFloatClip(node);
}

} // namespace qev
