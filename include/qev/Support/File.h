//===- File.h - Files as they are and decompressed --------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SUPPORT_FILE_H
#define QEV_SUPPORT_FILE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <functional>

namespace qev {

/// A regular file, open for reading. Whatever is read but standard input comes
/// through here: a pipe or a device may keep its reader waiting, or never end,
/// and is refused.
class InputFile {
public:
  /// Makes an error of what is wrong: the file cannot be read, or is no regular
  /// file.
  using Complain = std::function<llvm::Error(const llvm::Twine &why)>;
  /// How a descriptor for `adopt` has to be opened: without waiting, even for
  /// the writer of a pipe.
  static const int openFlags;

  /// Fails with `file-read`.
  static llvm::Expected<InputFile> open(llvm::StringRef path);
  /// Takes over a descriptor, or says why it could not be opened: -1 stands for
  /// `errno`.
  static llvm::Expected<InputFile> adopt(int descriptor, Complain complain);

  ~InputFile();
  InputFile(InputFile &&other) noexcept;
  InputFile(const InputFile &) = delete;

  int getDescriptor() const { return descriptor; }
  /// In bytes, when it was opened.
  uint64_t getSize() const { return size; }
  /// Fills `to` with what stands from `offset` on; fails where the file ends
  /// before.
  llvm::Error read(uint64_t offset, llvm::MutableArrayRef<char> to) const;

private:
  InputFile(int descriptor, Complain complain)
      : descriptor(descriptor), complain(std::move(complain)) {}

  int descriptor;
  uint64_t size = 0;
  Complain complain;
};

/// No file that is read at once is larger, compressed or not: that is as far as
/// protobuf reads. A small one may decompress to more than any memory holds.
constexpr size_t mostDecompressed = size_t(1) << 31;

/// Fails with `file-read` on a larger one.
llvm::Error checkSizeAtOnce(const InputFile &file, llvm::StringRef path);

/// The bytes on disk. Fails with `file-read`, also on more than
/// mostDecompressed.
llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readBytes(llvm::StringRef path);

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
