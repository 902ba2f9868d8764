//===- Array.h - Numeric arrays in files ------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Inputs, bounds and witnesses live in NumPy's .npy files or in ONNX's
// TensorProto files (.pb, as in ONNX's own test data).
//
//===----------------------------------------------------------------------===//

#ifndef QEV_IMPORT_ARRAY_H
#define QEV_IMPORT_ARRAY_H

#include "qev/IR/Types.h"
#include "llvm/Support/Error.h"
#include <vector>

namespace qev {

/// Row-major values; every element type that is read is exact as double.
struct Array {
  Shape shape;
  std::vector<double> values;
};

/// Whether NaN and infinities may stand in an array.
enum class NonFinite { Refuse, Allow };

/// Reads `path` as what its name says: .pb is a TensorProto, anything else
/// .npy. Of .npy: version 1 to 3, little endian, float16, float32, float64,
/// bool and the integers (a 64-bit one that no double equals is refused), C or
/// Fortran order. Fails with `file-read`, `file-format`, or `input-data` for a
/// value or element type.
llvm::Expected<Array> readArray(llvm::StringRef path,
                                NonFinite nonFinite = NonFinite::Refuse);

enum class ArrayType { Float32, Float64 };

/// Writes .npy version 1.0. Float32 rounds to nearest. Fails with `file-write`.
llvm::Error writeNpy(llvm::StringRef path, const Array &array, ArrayType type);

} // namespace qev

#endif // QEV_IMPORT_ARRAY_H
