//===- Types.h - Tensor and quantized element types -------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A tensor type is a shape and an element type. The element type is f32 or a
// quantized type `q<u8, scale:zeroPoint>`: integers (codes) q that stand for
// the reals (q - zeroPoint) * scale. The rules QT1.. are in docs/LangRef.md.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_IR_TYPES_H
#define QEV_IR_TYPES_H

#include "qev/Support/Real.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include <memory>
#include <optional>

namespace qev {

using Shape = llvm::SmallVector<int64_t, 4>;

/// No tensor has more elements than this (TT2), so that products of dimensions
/// and sizes in bytes fit everywhere.
inline constexpr int64_t maxElements = int64_t(1) << 28;

/// The product of the dimensions; 1 for rank 0. Saturates on overflow.
int64_t getNumElements(llvm::ArrayRef<int64_t> shape);
/// Shape of `a op b` under NumPy broadcasting, or nothing if they do not fit.
std::optional<Shape> broadcastShapes(llvm::ArrayRef<int64_t> a,
                                     llvm::ArrayRef<int64_t> b);
/// For each element of `to` (row-major) the element of `from` it broadcasts.
/// `from` must broadcast to `to`.
std::vector<int64_t> getBroadcastMap(llvm::ArrayRef<int64_t> from,
                                     llvm::ArrayRef<int64_t> to);

/// The integers a quantized tensor may hold: all of `[min, max]`, a subset of
/// what a two's complement or unsigned integer of `bits` bits holds.
struct Storage {
  bool isSigned = false;
  unsigned bits = 8; ///< 2 to 16, signed constants up to 32 (QT3)
  int64_t min = 0;
  int64_t max = 255;

  static Storage full(bool isSigned, unsigned bits);
  Storage narrowed(int64_t min, int64_t max) const {
    return {isSigned, bits, min, max};
  }
  bool isFull() const { return *this == full(isSigned, bits); }
  friend bool operator==(const Storage &, const Storage &) = default;
};

/// `q<u8, s:z>` per tensor, `q<i8@0, {s0:z0, s1:z1}>` per slice of an axis.
struct QuantType {
  Storage storage;
  std::optional<int64_t> axis; ///< none: one scale for the whole tensor
  llvm::SmallVector<float, 1> scales;
  llvm::SmallVector<int64_t, 1> zeroPoints;

  bool isPerAxis() const { return axis.has_value(); }
  friend bool operator==(const QuantType &, const QuantType &) = default;
};

/// Cheap to copy. `quant` is shared and immutable; none means f32.
class TensorType {
public:
  TensorType() = default;
  static TensorType f32(llvm::ArrayRef<int64_t> shape);
  static TensorType quantized(llvm::ArrayRef<int64_t> shape, QuantType quant);

  llvm::ArrayRef<int64_t> getShape() const { return shape; }
  int64_t getRank() const { return static_cast<int64_t>(shape.size()); }
  int64_t getNumElements() const { return qev::getNumElements(shape); }
  bool isQuantized() const { return quant != nullptr; }
  const QuantType &getQuant() const { return *quant; }
  TensorType withShape(llvm::ArrayRef<int64_t> newShape) const;

  /// Scale and zero point of one element (row-major index).
  float getScale(int64_t element) const;
  int64_t getZeroPoint(int64_t element) const;

  friend bool operator==(const TensorType &a, const TensorType &b);

private:
  int64_t getSlice(int64_t element) const;

  Shape shape;
  std::shared_ptr<const QuantType> quant;
};

/// Why a type is not well formed, with the rule's id (`QT1`), or nothing.
struct TypeError {
  enum Kind { Shape, Scale, ZeroPoint, Axis, Storage } kind;
  std::string message;
};
/// `isConstant` allows signed storage up to 32 bits (QT3).
std::optional<TypeError> checkType(const TensorType &type, bool isConstant);

std::string printType(const TensorType &type);

} // namespace qev

#endif // QEV_IR_TYPES_H
