//===- Value.cpp - What the names of a model stand for ----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Value.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Sequence.h"

namespace qev {

llvm::ArrayRef<int64_t> Value::getShape() const {
  if (const Tensor *tensor = getTensor())
    return tensor->shape;
  if (const QuantizedTensor *quantized = getQuantized())
    return quantized->type.getShape();
  return getOp()->type.getShape();
}

/// The constant with element i of the result taken from element map[i]; a
/// per-axis one has its scales along `axis` then.
static Value gather(const Value &value, llvm::ArrayRef<int64_t> shape,
                    llvm::ArrayRef<int64_t> map, std::optional<int64_t> axis) {
  Value result = value;
  if (const Tensor *tensor = value.getTensor()) {
    result.content = gather(*tensor, shape, map);
    return result;
  }
  const QuantizedTensor &quantized = *value.getQuantized();
  QuantType type = quantized.type.getQuant();
  type.axis = axis;
  QuantizedTensor gathered{TensorType::quantized(shape, type), {}};
  for (int64_t from : map)
    gathered.codes.push_back(quantized.codes[from]);
  result.content = std::move(gathered);
  return result;
}

static std::optional<int64_t> getAxis(const Value &value) {
  const QuantizedTensor *quantized = value.getQuantized();
  return quantized ? quantized->type.getQuant().axis : std::nullopt;
}

Value transpose(const Value &value, llvm::ArrayRef<int64_t> permutation) {
  auto shape = value.getShape();
  size_t rank = shape.size();
  // Shape and strides of the original, in the order of the result.
  Shape to(rank), strides(rank), position(rank, 0);
  for (size_t i = 0; i != rank; ++i) {
    to[i] = shape[permutation[i]];
    strides[i] = getNumElements(shape.drop_front(permutation[i] + 1));
  }
  std::vector<int64_t> map(getNumElements(shape));
  int64_t from = 0;
  for (int64_t &entry : map) {
    entry = from;
    // Count up in the result, the last dimension fastest.
    for (size_t i = rank; i-- != 0;) {
      from += strides[i];
      if (++position[i] != to[i])
        break;
      from -= strides[i] * to[i];
      position[i] = 0;
    }
  }
  auto axis = getAxis(value);
  if (axis)
    axis = llvm::find(permutation, *axis) - permutation.begin();
  return gather(value, to, map, axis);
}

std::optional<Value> reshape(const Value &value,
                             llvm::ArrayRef<int64_t> shape) {
  auto axis = getAxis(value);
  if (axis) {
    // The new axis has as many elements and as many slices before it.
    auto from = value.getShape();
    int64_t before = getNumElements(from.take_front(*axis));
    std::optional<int64_t> found;
    for (size_t i = 0; i != shape.size(); ++i)
      if (getNumElements(shape.take_front(i)) == before &&
          shape[i] == from[*axis])
        found = i;
    if (!found)
      return std::nullopt;
    axis = found;
  }
  auto identity = llvm::seq<int64_t>(0, getNumElements(shape));
  return gather(value, shape,
                std::vector<int64_t>(identity.begin(), identity.end()), axis);
}

Value broadcast(const Value &value, llvm::ArrayRef<int64_t> shape) {
  auto axis = getAxis(value);
  if (axis) // counted from the last dimension it stays where it is
    *axis += static_cast<int64_t>(shape.size() - value.getShape().size());
  return gather(value, shape, getBroadcastMap(value.getShape(), shape), axis);
}

/// What stands for 0 in the rows or columns from `element` on.
static float getZero(const Tensor &, int64_t) { return 0; }
static int32_t getZero(const QuantizedTensor &quantized, int64_t element) {
  return static_cast<int32_t>(quantized.type.getZeroPoint(element));
}

template <typename Constant, typename Element>
static std::vector<Element> spread(const Constant &constant,
                                   llvm::ArrayRef<Element> elements,
                                   llvm::ArrayRef<int64_t> shape, int64_t n) {
  std::vector<Element> result;
  for (int64_t row = 0; row < shape[0]; ++row)
    for (int64_t i = 0; i < n; ++i)
      for (int64_t column = 0; column < shape[1]; ++column)
        for (int64_t j = 0; j < n; ++j) {
          int64_t from = row * shape[1] + column;
          result.push_back(i == j ? elements[from] : getZero(constant, from));
        }
  return result;
}

Value spreadOverColumns(const Value &matrix, int64_t n) {
  auto shape = matrix.getShape();
  Shape to = {shape[0] * n, shape[1] * n};
  Value result = matrix;
  if (const Tensor *tensor = matrix.getTensor()) {
    assert(tensor->isFloat() && "integers have no float meaning");
    Tensor spreadOut;
    spreadOut.shape = to;
    spreadOut.floats =
        spread(*tensor, llvm::ArrayRef(tensor->floats), shape, n);
    result.content = std::move(spreadOut);
    return result;
  }
  const QuantizedTensor &quantized = *matrix.getQuantized();
  QuantType type = quantized.type.getQuant();
  if (type.axis) { // each slice has become n
    QuantType each = type;
    type.scales.clear();
    type.zeroPoints.clear();
    for (auto [scale, zeroPoint] : llvm::zip(each.scales, each.zeroPoints)) {
      type.scales.append(n, scale);
      type.zeroPoints.append(n, zeroPoint);
    }
  }
  result.content = QuantizedTensor{
      TensorType::quantized(to, type),
      spread(quantized, llvm::ArrayRef(quantized.codes), shape, n)};
  return result;
}

Op makeConstOp(const Value &value) {
  Op op;
  op.kind = OpKind::Const;
  op.name = value.name;
  op.location = value.origin;
  if (const Tensor *tensor = value.getTensor()) {
    assert(tensor->isFloat() && "integers have no float meaning");
    op.type = TensorType::f32(tensor->shape);
    op.data = ConstData::ofFloats(tensor->floats);
  } else {
    op.type = value.getQuantized()->type;
    op.data = ConstData::ofCodes(value.getQuantized()->codes);
  }
  return op;
}

} // namespace qev
