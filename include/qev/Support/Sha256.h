//===- Sha256.h - Digests of bytes and files --------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SUPPORT_SHA256_H
#define QEV_SUPPORT_SHA256_H

#include "qev/Support/File.h"
#include "llvm/ADT/StringRef.h"
#include <optional>
#include <string>

namespace qev {

/// Lower-case hexadecimal, as sha256sum prints it.
std::string sha256(llvm::StringRef bytes);

/// Of all that is in the file, read piece by piece.
llvm::Expected<std::string> sha256(const InputFile &file);

/// None of what cannot be read any more.
std::optional<std::string> sha256OfFile(llvm::StringRef path);

} // namespace qev

#endif // QEV_SUPPORT_SHA256_H
