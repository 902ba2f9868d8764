//===- Constants.cpp - Operators that only make constants -------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Handlers.h"
#include "llvm/ADT/Sequence.h"
#include <cmath>

namespace qev {

static Tensor makeIntegers(llvm::ArrayRef<int64_t> values) {
  Tensor tensor;
  tensor.type = ElementType::Int64;
  tensor.shape = {static_cast<int64_t>(values.size())};
  tensor.integers.assign(values.begin(), values.end());
  return tensor;
}

llvm::Expected<ValueRef> importConstant(Node &node) {
  Tensor tensor;
  if (const auto *proto = node.getTensorProto("value")) {
    auto decoded = node.decode(*proto, "value");
    if (!decoded)
      return decoded.takeError();
    tensor = std::move(*decoded);
  } else if (node.hasAttribute("value_float")) {
    tensor.floats = {node.getFloat("value_float", 0, 12)};
  } else if (auto floats = node.getFloats("value_floats", 12)) {
    tensor.shape = {static_cast<int64_t>(floats->size())};
    tensor.floats = std::move(*floats);
  } else if (node.hasAttribute("value_int")) {
    tensor = makeIntegers({node.getInt("value_int", 0, 12)});
    tensor.shape = {};
  } else if (auto integers = node.getInts("value_ints", 12)) {
    tensor = makeIntegers(*integers);
  } else {
    return node.unsupported("a constant without value, value_float(s) or "
                            "value_int(s) is not supported");
  }
  if (auto failure = node.makeRoom(tensor.size()))
    return failure;
  return node.makeConstant(std::move(tensor));
}

llvm::Expected<ValueRef> importConstantOfShape(Node &node) {
  auto shape = node.getIntegers(0);
  if (!shape)
    return shape.takeError();
  auto count = countElements(*shape);
  if (!count)
    return node.error(DiagId::OpShape, "the shape is negative or too large", 0);
  Tensor element;
  element.shape = {1};
  element.floats = {0};
  if (const auto *proto = node.getTensorProto("value")) {
    auto decoded = node.decode(*proto, "value");
    if (!decoded)
      return decoded.takeError();
    element = std::move(*decoded);
  }
  if (element.shape != Shape{1})
    return node.error(DiagId::OpAttribute,
                      "value must be a list of one element");
  if (auto failure = node.makeRoom(*count))
    return failure;
  return node.makeConstant(
      gather(element, *shape, std::vector<int64_t>(*count, 0)));
}

//===----------------------------------------------------------------------===//
// Cast
//===----------------------------------------------------------------------===//

/// The range of an integer type, of int64 too.
static std::pair<double, double> getRange(ElementType type) {
  if (auto storage = getStorage(type))
    return {static_cast<double>(storage->min),
            static_cast<double>(storage->max)};
  if (type == ElementType::UInt32)
    return {0, UINT32_MAX};
  return {-0x1p63, 0x1p63};
}

static llvm::Expected<ValueRef> castConstant(Node &node, const Tensor &from,
                                             ElementType to) {
  if (from.type == to)
    return node.shareInput(0);
  if (auto failure = node.makeRoom(from.size()))
    return failure;
  Tensor result;
  result.type = to;
  result.shape = from.shape;
  auto [min, max] = getRange(to);
  for (int64_t i : llvm::seq(from.size())) {
    if (from.isInteger() && result.isFloat()) {
      result.floats.push_back(static_cast<float>(from.integers[i]));
      continue;
    }
    // Exact as double but for large int64 numbers, which are cast to integers
    // only, and then checked as such.
    double value = from.isFloat()     ? from.floats[i]
                   : from.isInteger() ? static_cast<double>(from.integers[i])
                                      : from.doubles[i];
    if (result.isFloat()) {
      result.floats.push_back(static_cast<float>(value));
    } else if (to == ElementType::Double) {
      result.doubles.push_back(value);
    } else if (to == ElementType::Bool) {
      result.integers.push_back(value != 0);
    } else {
      double truncated = std::trunc(value); // toward zero
      if (!(truncated >= min && truncated <= max) || truncated == 0x1p63)
        return node.unsupported(
            "element " + llvm::Twine(i) + " is " + printReal(value) +
                ", outside the range of " + getElementTypeName(to),
            0);
      result.integers.push_back(from.isInteger()
                                    ? from.integers[i]
                                    : static_cast<int64_t>(truncated));
    }
  }
  return node.makeConstant(std::move(result), {&node.getInput(0)});
}

/// Constants are converted; of computed tensors only the cast to the type they
/// have is known.
llvm::Expected<ValueRef> importCast(Node &node) {
  // Of float8 and of float8e8m0 only.
  node.ignoreAttribute("saturate", onnx::AttributeProto::INT, 19);
  node.ignoreAttribute("round_mode", onnx::AttributeProto::STRING, 24);
  int64_t number = node.getInt("to", 0);
  ElementType to = getElementType(number);
  const Value &x = node.getInput(0);
  if (to != ElementType::Undefined && x.getTensor())
    return castConstant(node, *x.getTensor(), to);
  if (x.isCodes()) {
    const Storage &have = x.getOp()->type.getQuant().storage;
    auto want = getStorage(to);
    if (want && want->bits == have.bits && want->isSigned == have.isSigned)
      return node.shareInput(0);
  } else if (to == ElementType::Float && !x.getTensor()) {
    return node.shareInput(0);
  }
  return node.unsupported("casting to " + getElementTypeName(number) +
                          " is not supported here");
}

//===----------------------------------------------------------------------===//
// Shapes as constants
//===----------------------------------------------------------------------===//

llvm::Expected<ValueRef> importShape(Node &node) {
  auto shape = node.getInput(0).getShape();
  auto rank = static_cast<int64_t>(shape.size());
  auto bound = [&](int64_t at) {
    return std::clamp<int64_t>(at < 0 ? at + rank : at, 0, rank);
  };
  int64_t start = bound(node.getInt("start", 0, 15));
  int64_t end = bound(node.getInt("end", rank, 15));
  auto part = shape.slice(start, std::max<int64_t>(end - start, 0));
  if (auto failure = node.makeRoom(static_cast<int64_t>(part.size())))
    return failure;
  return node.makeConstant(makeIntegers(part));
}

llvm::Expected<ValueRef> importGather(Node &node) {
  auto data = node.getConstant(0);
  if (!data)
    return data.takeError();
  auto indices = node.getConstant(1);
  if (!indices)
    return indices.takeError();
  if ((*indices)->type != ElementType::Int64 &&
      (*indices)->type != ElementType::Int32)
    return node.error(DiagId::ModelStructure, "must be int64 or int32 numbers",
                      1);
  auto from = llvm::ArrayRef<int64_t>((*data)->shape);
  if (from.empty() || node.getInt("axis", 0) != 0)
    return node.unsupported("only axis 0 of a constant is supported");
  int64_t slice = getNumElements(from.drop_front());
  Shape shape(node.getInput(1).getShape());
  llvm::append_range(shape, from.drop_front());
  auto count = countElements(shape);
  if (!count)
    return node.error(DiagId::OpShape, "the result is too large");
  if (auto failure = node.makeRoom(*count))
    return failure;
  std::vector<int64_t> map;
  for (int64_t index : (*indices)->integers) {
    auto row = normalizeAxis(index, from[0]);
    if (!row)
      return node.error(DiagId::NumberRange,
                        "index " + llvm::Twine(index) +
                            " is outside dimension 0 of size " +
                            llvm::Twine(from[0]),
                        1);
    llvm::append_range(map, llvm::seq(*row * slice, (*row + 1) * slice));
  }
  return node.makeConstant(gather(**data, shape, map), {&node.getInput(0)});
}

llvm::Expected<ValueRef> importConcat(Node &node) {
  if (!node.hasAttribute("axis"))
    return node.error(DiagId::OpAttribute, "names no axis");
  Tensor result;
  llvm::SmallVector<const Value *> parts;
  for (unsigned i = 0; i != node.getNumInputs(); ++i) {
    if (!node.hasInput(i))
      return node.error(DiagId::ModelStructure, "an input is missing");
    auto part = node.getConstant(i);
    if (!part)
      return part.takeError();
    if ((*part)->shape.size() != 1)
      return node.unsupported("only constants of rank 1 are supported", i);
    if (i == 0)
      result.type = (*part)->type;
    if ((*part)->type != result.type)
      return node.error(DiagId::OpType, "the element types differ", i);
    if (auto failure = node.makeRoom((*part)->size()))
      return failure;
    llvm::append_range(result.floats, (*part)->floats);
    llvm::append_range(result.doubles, (*part)->doubles);
    llvm::append_range(result.integers, (*part)->integers);
    parts.push_back(&node.getInput(i));
  }
  result.shape = {static_cast<int64_t>(
      result.floats.size() + result.doubles.size() + result.integers.size())};
  if (int64_t axis = node.getInt("axis", 0); axis != 0 && axis != -1)
    return node.error(DiagId::OpAttribute,
                      "axis " + llvm::Twine(axis) + " is outside rank 1");
  return node.makeConstant(std::move(result), parts);
}

} // namespace qev
