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
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <vector>

namespace qev {

struct NpyHeader;

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

/// An array of which parts are read when they are needed. Of an .npy file in C
/// order memory holds the header alone, and the file may be larger than what is
/// read at once; all others are in memory.
class ArrayFile {
public:
  /// Reads as readArray does, but for the elements that stay in the file, which
  /// nobody has looked at yet.
  static llvm::Expected<ArrayFile> open(llvm::StringRef path);

  const Shape &getShape() const { return shape; }
  /// `count` finite elements from number `begin` on, row-major. From any
  /// thread. Fails with `input-data` for a value, and with `file-read` where
  /// the file is not there any more, or has another size.
  llvm::Expected<std::vector<double>> read(int64_t begin, int64_t count) const;
  /// Whether these could be read, without keeping more of them than a block.
  llvm::Error check(int64_t begin, int64_t count) const;

private:
  ArrayFile(llvm::StringRef path) : path(path) {}
  llvm::Error visit(int64_t begin, int64_t count,
                    llvm::function_ref<llvm::Error(double)> take) const;

  std::string path;
  Shape shape;
  /// The file is opened for each access: a folder may have more files than a
  /// process may have open.
  std::shared_ptr<const NpyHeader> header; ///< null: `values` has all
  uint64_t size = 0;                       ///< of the file in bytes
  std::vector<double> values;
};

enum class ArrayType { Float32, Float64 };

/// Writes .npy version 1.0. Float32 rounds to nearest. Fails with `file-write`.
llvm::Error writeNpy(llvm::StringRef path, const Array &array, ArrayType type);

} // namespace qev

#endif // QEV_IMPORT_ARRAY_H
