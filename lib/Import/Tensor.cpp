//===- Tensor.cpp - Constants of a model file -------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Tensor.h"
#include "llvm/Support/ErrorHandling.h"

namespace qev {

std::string getElementTypeName(int64_t number) {
  static constexpr llvm::StringLiteral names[] = {
      "undefined",      "float32",    "uint8",
      "int8",           "uint16",     "int16",
      "int32",          "int64",      "string",
      "bool",           "float16",    "float64",
      "uint32",         "uint64",     "complex64",
      "complex128",     "bfloat16",   "float8e4m3fn",
      "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz",
      "uint4",          "int4",       "float4e2m1",
      "float8e8m0",     "uint2",      "int2"};
  if (number >= 0 && number < static_cast<int64_t>(std::size(names)))
    return names[number].str();
  return "number " + std::to_string(number);
}

ElementType getElementType(int64_t number) {
  auto type = static_cast<ElementType>(number);
  if (static_cast<int64_t>(type) != number)
    return ElementType::Undefined;
  switch (type) {
  case ElementType::Float:
  case ElementType::UInt8:
  case ElementType::Int8:
  case ElementType::UInt16:
  case ElementType::Int16:
  case ElementType::Int32:
  case ElementType::Int64:
  case ElementType::Bool:
  case ElementType::Double:
  case ElementType::UInt32:
  case ElementType::UInt4:
  case ElementType::Int4:
  case ElementType::UInt2:
  case ElementType::Int2:
    return type;
  case ElementType::Undefined:
    break;
  }
  return ElementType::Undefined;
}

std::optional<Storage> getStorage(ElementType type) {
  switch (type) {
  case ElementType::UInt8:
    return Storage::full(false, 8);
  case ElementType::Int8:
    return Storage::full(true, 8);
  case ElementType::UInt16:
    return Storage::full(false, 16);
  case ElementType::Int16:
    return Storage::full(true, 16);
  case ElementType::Int32:
    return Storage::full(true, 32);
  case ElementType::UInt4:
    return Storage::full(false, 4);
  case ElementType::Int4:
    return Storage::full(true, 4);
  case ElementType::UInt2:
    return Storage::full(false, 2);
  case ElementType::Int2:
    return Storage::full(true, 2);
  case ElementType::Float:
  case ElementType::Double:
  case ElementType::Int64:
  case ElementType::Bool:
  case ElementType::UInt32:
  case ElementType::Undefined:
    return std::nullopt;
  }
  llvm_unreachable("every type has a case");
}

ElementType getElementType(const Storage &storage) {
  for (ElementType type :
       {ElementType::UInt8, ElementType::Int8, ElementType::UInt16,
        ElementType::Int16, ElementType::Int32, ElementType::UInt4,
        ElementType::Int4, ElementType::UInt2, ElementType::Int2})
    if (auto full = getStorage(type);
        full->bits == storage.bits && full->isSigned == storage.isSigned)
      return type;
  llvm_unreachable("no such integers in ONNX");
}

std::optional<int64_t> countElements(llvm::ArrayRef<int64_t> shape) {
  constexpr int64_t limit = int64_t(1) << 31;
  int64_t count = 1;
  for (int64_t dim : shape) {
    if (dim < 0 || dim > limit || (dim && count > limit / dim))
      return std::nullopt;
    count *= dim;
  }
  return count;
}

Tensor gather(const Tensor &tensor, llvm::ArrayRef<int64_t> shape,
              llvm::ArrayRef<int64_t> map) {
  Tensor result;
  result.type = tensor.type;
  result.shape.assign(shape.begin(), shape.end());
  for (int64_t from : map) {
    if (tensor.isFloat())
      result.floats.push_back(tensor.floats[from]);
    else if (tensor.isInteger())
      result.integers.push_back(tensor.integers[from]);
    else
      result.doubles.push_back(tensor.doubles[from]);
  }
  return result;
}

} // namespace qev
