//===- Sha256.h - Digests of bytes and files --------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SUPPORT_SHA256_H
#define QEV_SUPPORT_SHA256_H

#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>

namespace qev {

/// Lower-case hexadecimal, as sha256sum prints it.
std::string sha256(llvm::StringRef bytes);

/// None of what cannot be read once more, as a pipe.
std::optional<std::string> sha256OfFile(llvm::StringRef path);

} // namespace qev

#endif // QEV_SUPPORT_SHA256_H
