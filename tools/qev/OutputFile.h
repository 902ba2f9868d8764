//===- OutputFile.h - Where results are written -----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TOOLS_OUTPUTFILE_H
#define QEV_TOOLS_OUTPUTFILE_H

#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include <optional>

namespace qev {

/// Standard output, or a file that appears whole or not at all. Opened before
/// the work begins, so that a path that cannot be written is known early.
class OutputFile {
public:
  /// `path`: empty or `-` for standard output. Fails with `file-write`.
  static llvm::Expected<OutputFile> open(llvm::StringRef path);
  OutputFile(OutputFile &&) = default;
  OutputFile &operator=(OutputFile &&) = delete;
  ~OutputFile();

  /// Writes all of it, once.
  llvm::Error write(llvm::StringRef text);

private:
  explicit OutputFile(llvm::StringRef path) : path(path) {}

  std::string path;
  /// Beside the file, until it takes its place. None for standard output and
  /// for what is no regular file, as /dev/null.
  std::optional<llvm::sys::fs::TempFile> temporary;
};

/// Flushes standard output; fails with `file-write` if something was lost.
llvm::Error finishStandardOutput();

} // namespace qev

#endif // QEV_TOOLS_OUTPUTFILE_H
