//===- Npy.h - NumPy's array files ------------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_IMPORT_NPY_H
#define QEV_LIB_IMPORT_NPY_H

#include "qev/Import/Array.h"
#include "qev/Support/File.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"

namespace qev {

/// What the front of an .npy file says.
struct NpyHeader {
  char kind = 0;     ///< f, i, u or b
  unsigned size = 0; ///< of an element in bytes
  bool isFortran = false;
  Shape shape;
  uint64_t offset = 0; ///< of the first element, in bytes
};

/// Reads no element, but makes sure that there are as many as the shape says;
/// `path` is for complaints.
llvm::Expected<NpyHeader> readNpyHeader(const InputFile &file,
                                        llvm::StringRef path);

/// Gives `take` elements in the order of the file, which are read in blocks of
/// constant size.
llvm::Error readNpyElements(const InputFile &file, const NpyHeader &header,
                            llvm::StringRef path, int64_t begin, int64_t count,
                            llvm::function_ref<llvm::Error(double)> take);

/// From Fortran's order to that of C.
void orderRowMajor(Array &array);

/// Whether a double equals the integer.
inline bool isExactDouble(int64_t value) {
  // 2^63 is out of range of the conversion back.
  auto rounded = static_cast<double>(value);
  return rounded != 0x1p63 && static_cast<int64_t>(rounded) == value;
}

} // namespace qev

#endif // QEV_LIB_IMPORT_NPY_H
