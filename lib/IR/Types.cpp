//===- Types.cpp - Tensor and quantized element types -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/IR/Types.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include <cassert>
#include <cmath>

namespace qev {

//===----------------------------------------------------------------------===//
// Shapes
//===----------------------------------------------------------------------===//

int64_t getNumElements(llvm::ArrayRef<int64_t> shape) {
  // Saturates, so that a shape that is still to be checked can be measured.
  int64_t product = 1;
  for (int64_t dimension : shape)
    if (__builtin_mul_overflow(product, dimension, &product))
      return std::numeric_limits<int64_t>::max();
  return product;
}

std::optional<Shape> broadcastShapes(llvm::ArrayRef<int64_t> a,
                                     llvm::ArrayRef<int64_t> b) {
  if (a.size() < b.size())
    std::swap(a, b);
  // Aligned at the last axis; missing axes count as 1.
  Shape result(a);
  for (size_t fromLast = 1; fromLast <= b.size(); ++fromLast) {
    int64_t mine = a[a.size() - fromLast], theirs = b[b.size() - fromLast];
    if (mine != theirs && mine != 1 && theirs != 1)
      return std::nullopt;
    result[a.size() - fromLast] = mine == 1 ? theirs : mine;
  }
  return result;
}

std::vector<int64_t> getBroadcastMap(llvm::ArrayRef<int64_t> from,
                                     llvm::ArrayRef<int64_t> to) {
  assert(broadcastShapes(from, to) == Shape(to) && "does not broadcast");
  std::vector<int64_t> map(getNumElements(to));
  if (from == to) {
    for (auto [i, element] : llvm::enumerate(map))
      element = static_cast<int64_t>(i);
    return map;
  }
  // strides[i]: how far one step along axis i of `to` moves in `from`.
  Shape strides(to.size(), 0), position(to.size(), 0);
  int64_t stride = 1;
  for (size_t fromLast = 1; fromLast <= from.size(); ++fromLast) {
    int64_t dimension = from[from.size() - fromLast];
    strides[to.size() - fromLast] = dimension == 1 ? 0 : stride;
    stride *= dimension;
  }
  int64_t source = 0;
  for (int64_t &element : map) {
    element = source;
    for (size_t axis = to.size(); axis-- > 0;) {
      source += strides[axis];
      if (++position[axis] < to[axis])
        break;
      source -= strides[axis] * to[axis];
      position[axis] = 0;
    }
  }
  return map;
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

Storage Storage::full(bool isSigned, unsigned bits) {
  assert(bits >= 1 && bits <= 32 && "no such storage");
  int64_t count = int64_t(1) << bits;
  return isSigned ? Storage{isSigned, bits, -count / 2, count / 2 - 1}
                  : Storage{isSigned, bits, 0, count - 1};
}

TensorType TensorType::f32(llvm::ArrayRef<int64_t> shape) {
  TensorType type;
  type.shape = Shape(shape);
  return type;
}

TensorType TensorType::quantized(llvm::ArrayRef<int64_t> shape,
                                 QuantType quant) {
  TensorType type = f32(shape);
  type.quant = std::make_shared<const QuantType>(std::move(quant));
  return type;
}

TensorType TensorType::withShape(llvm::ArrayRef<int64_t> newShape) const {
  TensorType type = *this;
  type.shape = Shape(newShape);
  return type;
}

int64_t TensorType::getSlice(int64_t element) const {
  if (!quant->isPerAxis())
    return 0;
  int64_t axis = *quant->axis;
  return element / qev::getNumElements(getShape().drop_front(axis + 1)) %
         shape[axis];
}

float TensorType::getScale(int64_t element) const {
  return quant->scales[getSlice(element)];
}

int64_t TensorType::getZeroPoint(int64_t element) const {
  return quant->zeroPoints[getSlice(element)];
}

bool operator==(const TensorType &a, const TensorType &b) {
  if (a.shape != b.shape || a.isQuantized() != b.isQuantized())
    return false;
  return a.quant == b.quant || *a.quant == *b.quant;
}

//===----------------------------------------------------------------------===//
// Rules
//===----------------------------------------------------------------------===//

static std::string printRange(int64_t min, int64_t max) {
  return ("[" + llvm::Twine(min) + ", " + llvm::Twine(max) + "]").str();
}

static std::string printStorageName(const Storage &storage) {
  return ((storage.isSigned ? "i" : "u") + llvm::Twine(storage.bits)).str();
}

static std::optional<TypeError> checkShape(llvm::ArrayRef<int64_t> shape) {
  // TT1: every dimension is at least 1.
  for (int64_t dimension : shape)
    if (dimension < 1)
      return TypeError{TypeError::Shape, ("dimension must be at least 1, got " +
                                          llvm::Twine(dimension))
                                             .str()};
  // TT2: the number of elements is bounded.
  if (getNumElements(shape) > maxElements)
    return TypeError{TypeError::Shape, ("tensor has more than " +
                                        llvm::Twine(maxElements) + " elements")
                                           .str()};
  return std::nullopt;
}

static std::optional<TypeError> checkStorage(const Storage &storage,
                                             bool isConstant) {
  // QT3: widths.
  unsigned widest = isConstant && storage.isSigned ? 32 : 16;
  if (storage.bits < 2 || storage.bits > widest)
    return TypeError{
        TypeError::Storage,
        ("storage '" + printStorageName(storage) + "' is not between 2 and " +
         llvm::Twine(widest) + " bits wide, the limit of " +
         (isConstant
              ? storage.isSigned ? "signed constants" : "unsigned constants"
              : "values that are not constants"))
            .str()};
  // QT6: a narrowed range is not empty and lies inside the storage type.
  Storage full = Storage::full(storage.isSigned, storage.bits);
  if (storage.min > storage.max || storage.min < full.min ||
      storage.max > full.max)
    return TypeError{TypeError::Storage,
                     "range " + printRange(storage.min, storage.max) +
                         " is empty or outside storage '" +
                         printStorageName(storage) + "' " +
                         printRange(full.min, full.max)};
  return std::nullopt;
}

static std::optional<TypeError> checkSlices(const QuantType &quant,
                                            llvm::ArrayRef<int64_t> shape) {
  // QT5: the axis is one of the tensor's.
  auto rank = static_cast<int64_t>(shape.size());
  if (quant.axis && (*quant.axis < 0 || *quant.axis >= rank))
    return TypeError{TypeError::Axis,
                     ("axis " + llvm::Twine(*quant.axis) +
                      " is outside a tensor of rank " + llvm::Twine(rank))
                         .str()};
  // QT4: one scale and one zero point for each slice.
  int64_t slices = quant.axis ? shape[*quant.axis] : 1;
  if (static_cast<int64_t>(quant.scales.size()) != slices ||
      static_cast<int64_t>(quant.zeroPoints.size()) != slices)
    return TypeError{TypeError::Axis,
                     ("expected one scale and zero point for each of " +
                      llvm::Twine(slices) + " slices, got " +
                      llvm::Twine(quant.scales.size()) + " and " +
                      llvm::Twine(quant.zeroPoints.size()))
                         .str()};
  return std::nullopt;
}

std::optional<TypeError> checkType(const TensorType &type, bool isConstant) {
  if (auto error = checkShape(type.getShape()))
    return error;
  if (!type.isQuantized())
    return std::nullopt;
  const QuantType &quant = type.getQuant();
  if (auto error = checkStorage(quant.storage, isConstant))
    return error;
  if (auto error = checkSlices(quant, type.getShape()))
    return error;
  // QT1: scales are finite and positive.
  for (float scale : quant.scales)
    if (!std::isfinite(scale) || scale <= 0)
      return TypeError{TypeError::Scale,
                       "scale must be finite and positive, got " +
                           printReal(scale)};
  // QT2: zero points are values of the storage type. Not necessarily of a
  // narrowed range: that may be what is left of it after a clip.
  Storage full = Storage::full(quant.storage.isSigned, quant.storage.bits);
  for (int64_t zeroPoint : quant.zeroPoints)
    if (zeroPoint < full.min || zeroPoint > full.max)
      return TypeError{TypeError::ZeroPoint,
                       ("zero point " + llvm::Twine(zeroPoint) +
                        " is outside the range of storage '" +
                        printStorageName(full) + "' " +
                        printRange(full.min, full.max))
                           .str()};
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

static std::string printQuant(const QuantType &quant) {
  const Storage &storage = quant.storage;
  std::string text = "q<" + printStorageName(storage);
  if (storage.bits > 32 || !storage.isFull())
    text += "<" + std::to_string(storage.min) + ":" +
            std::to_string(storage.max) + ">";
  if (quant.axis)
    text += "@" + std::to_string(*quant.axis);
  text += quant.axis ? ", {" : ", ";
  for (auto [i, scale] : llvm::enumerate(quant.scales)) {
    text += i ? ", " : "";
    text += printReal(scale) + ":";
    text +=
        i < quant.zeroPoints.size() ? std::to_string(quant.zeroPoints[i]) : "?";
  }
  return text + (quant.axis ? "}>" : ">");
}

std::string printType(const TensorType &type) {
  std::string text = "tensor<";
  for (int64_t dimension : type.getShape())
    text += std::to_string(dimension) + "x";
  return text + (type.isQuantized() ? printQuant(type.getQuant()) : "f32") +
         ">";
}

} // namespace qev
