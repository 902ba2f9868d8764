//===- File.h - Files as they are and decompressed --------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SUPPORT_FILE_H
#define QEV_SUPPORT_FILE_H

#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

namespace qev {

/// The bytes on disk. Fails with `file-read`.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readBytes(llvm::StringRef path);

/// A small file may decompress to more than any memory holds. No model is
/// larger: that is as far as protobuf reads.
constexpr size_t mostDecompressed = size_t(1) << 31;

/// What is in a file: its bytes, or of one whose name ends in .gz (gzip, RFC
/// 1952) what they decompress to, checked by the checksums in it. Fails with
/// `file-read`, and with `file-format` on what is not gzip from its first byte
/// to its last, or has more than `most` bytes in it.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readFile(llvm::StringRef path, size_t most = mostDecompressed);

/// Standard input for `-`, else as readFile.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readFileOrStdin(llvm::StringRef path);

/// The path whose extension says what `readFile` gives: without .gz.
llvm::StringRef getPlainName(llvm::StringRef path);

} // namespace qev

#endif // QEV_SUPPORT_FILE_H
