//===- Npy.h - NumPy's array files ------------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_IMPORT_NPY_H
#define QEV_LIB_IMPORT_NPY_H

#include "qev/Import/Array.h"
#include "llvm/ADT/StringRef.h"

namespace qev {

/// The array in the bytes of an .npy file; `path` is for complaints.
llvm::Expected<Array> parseNpy(llvm::StringRef bytes, llvm::StringRef path);

/// Whether a double equals the integer.
inline bool isExactDouble(int64_t value) {
  // 2^63 is out of range of the conversion back.
  auto rounded = static_cast<double>(value);
  return rounded != 0x1p63 && static_cast<int64_t>(rounded) == value;
}

} // namespace qev

#endif // QEV_LIB_IMPORT_NPY_H
