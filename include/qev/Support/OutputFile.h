//===- OutputFile.h - Where results are written -----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every file that qev writes is written here: it appears whole or not at all,
// and whatever hinders that is an error `file-write` with its name and reason.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SUPPORT_OUTPUTFILE_H
#define QEV_SUPPORT_OUTPUTFILE_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <memory>
#include <string>

namespace qev {

/// Standard output, or a file. Opened before the work begins, so that a path
/// that cannot be written is known early.
class OutputFile {
public:
  using Writer = llvm::function_ref<llvm::Error(llvm::raw_ostream &)>;

  /// `path`: empty, `-` or `/dev/stdout` for standard output.
  static llvm::Expected<OutputFile> open(llvm::StringRef path);
  OutputFile(OutputFile &&) noexcept;
  OutputFile &operator=(OutputFile &&) = delete;
  ~OutputFile();

  bool isStandardOutput() const { return path.empty(); }

  /// Where to write piece by piece. Then `finish` makes the file appear;
  /// without it none does.
  llvm::Expected<llvm::raw_ostream *> begin();
  /// Whether a piece that reached the disk so far was lost; flushes standard
  /// output.
  llvm::Error check();
  llvm::Error finish();

  /// Writes all of it, once. An error of the writer leaves no file.
  llvm::Error write(Writer writer);
  llvm::Error write(llvm::StringRef text);

private:
  class Temporary;
  explicit OutputFile(llvm::StringRef path);

  std::string path;
  /// In the same folder, until it takes the place of the file. None for
  /// standard output and for what is no regular file, as /dev/null or a pipe,
  /// which is written directly.
  std::unique_ptr<Temporary> temporary;
  std::unique_ptr<llvm::raw_fd_ostream> stream; ///< of a file that is begun
};

/// Opens and writes a file.
llvm::Error writeFile(llvm::StringRef path, OutputFile::Writer writer);

/// Flushes standard output; fails with `file-write` if something was lost.
llvm::Error finishStandardOutput();

} // namespace qev

#endif // QEV_SUPPORT_OUTPUTFILE_H
