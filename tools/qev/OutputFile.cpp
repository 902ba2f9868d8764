//===- OutputFile.cpp - Where results are written ---------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OutputFile.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/Support/raw_ostream.h"

namespace qev {

namespace fs = llvm::sys::fs;

static llvm::Error cannotWrite(llvm::StringRef path, std::error_code code) {
  return makeError(DiagId::FileWrite, path,
                   "cannot be written: " + code.message());
}

static llvm::Error cannotWrite(llvm::StringRef path, llvm::Error error) {
  return cannotWrite(path, llvm::errorToErrorCode(std::move(error)));
}

llvm::Expected<OutputFile> OutputFile::open(llvm::StringRef path) {
  OutputFile file(path == "-" ? "" : path);
  fs::file_status status;
  bool exists = !fs::status(path, status);
  if (exists && fs::is_directory(status))
    return cannotWrite(path, std::make_error_code(std::errc::is_a_directory));
  if (file.path.empty() || (exists && !fs::is_regular_file(status)))
    return file;
  auto temporary = fs::TempFile::create(path + ".%%%%%%");
  if (!temporary)
    return cannotWrite(path, temporary.takeError());
  file.temporary = std::move(*temporary);
  return file;
}

OutputFile::~OutputFile() {
  if (temporary)
    llvm::consumeError(temporary->discard());
}

llvm::Error finishStandardOutput() {
  llvm::outs().flush();
  if (!llvm::outs().has_error())
    return llvm::Error::success();
  std::error_code code = llvm::outs().error();
  llvm::outs().clear_error();
  return cannotWrite("standard output", code);
}

llvm::Error OutputFile::write(llvm::StringRef text) {
  if (path.empty()) {
    llvm::outs() << text;
    return finishStandardOutput();
  }
  std::error_code code;
  auto emit = [&](llvm::raw_fd_ostream &&os) {
    if (code)
      return;
    os << text;
    os.flush();
    code = os.error();
    os.clear_error();
  };
  if (temporary)
    emit(llvm::raw_fd_ostream(temporary->FD, /*shouldClose=*/false));
  else
    emit(llvm::raw_fd_ostream(path, code));
  if (code)
    return cannotWrite(path, code);
  if (!temporary)
    return llvm::Error::success();
  llvm::Error error = temporary->keep(path);
  temporary.reset();
  return error ? cannotWrite(path, std::move(error)) : llvm::Error::success();
}

} // namespace qev
