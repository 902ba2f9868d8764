//===- Tensor.h - Constants of a model file ---------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_IMPORT_TENSOR_H
#define QEV_LIB_IMPORT_TENSOR_H

#include "qev/IR/Types.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <string>
#include <vector>

namespace onnx {
class TensorProto;
}

namespace qev {

class Budget;

/// Numbers of ONNX's TensorProto.DataType that are read; libonnx knows the
/// later ones as plain integers only.
enum class ElementType : int32_t {
  Undefined = 0,
  Float = 1,
  UInt8 = 2,
  Int8 = 3,
  UInt16 = 4,
  Int16 = 5,
  Int32 = 6,
  Int64 = 7,
  Bool = 9,
  Double = 11,
  UInt32 = 12,
  UInt4 = 21,
  Int4 = 22,
  UInt2 = 25,
  Int2 = 26,
};

/// A constant: its elements row-major, in the vector its element type asks for.
struct Tensor {
  ElementType type = ElementType::Float;
  Shape shape;
  std::vector<float> floats;     ///< of Float
  std::vector<double> doubles;   ///< of Double
  std::vector<int64_t> integers; ///< of all others

  bool isFloat() const { return type == ElementType::Float; }
  bool isInteger() const { return !isFloat() && type != ElementType::Double; }
  int64_t size() const { return getNumElements(shape); }
};

/// The type with a number from a file, Undefined if there is none such.
ElementType getElementType(int64_t number);

/// The type whose range, or a part of it, a storage has; it is 2, 4, 8, 16 or
/// 32 bits wide, of 32 signed.
ElementType getElementType(const Storage &storage);

/// `uint8`; for a number that is not in ElementType its ONNX name or number.
std::string getElementTypeName(int64_t number);
inline std::string getElementTypeName(ElementType type) {
  return getElementTypeName(static_cast<int64_t>(type));
}

/// The range of an integer type of at most 32 bits; none for the others.
std::optional<Storage> getStorage(ElementType type);

/// Number of elements of a shape from a file, or nothing if a dimension is
/// negative or there are more than 2^31.
std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> shape);

/// Decodes a tensor with raw, typed or external payload; `folder` holds the
/// external files. Every element is checked to be of its type. Fails with
/// `op-unsupported` for element types not listed above, `tensor-data`,
/// `external-data`, `size-limit`, all at `where`.
llvm::Expected<Tensor> decodeTensor(const onnx::TensorProto &proto,
                                    const llvm::Twine &where,
                                    llvm::StringRef folder, Budget &budget);

/// The tensor with element i of the result taken from element map[i].
Tensor gather(const Tensor &tensor, llvm::ArrayRef<int64_t> shape,
              llvm::ArrayRef<int64_t> map);

} // namespace qev

#endif // QEV_LIB_IMPORT_TENSOR_H
