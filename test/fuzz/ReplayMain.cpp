//===- ReplayMain.cpp - Calls a fuzz target on files ------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Stands for libFuzzer where that is not linked: TARGET PATH..., each a file or
// a folder of files.
//
//===----------------------------------------------------------------------===//

#include "Fuzz.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/raw_ostream.h"

static unsigned replay(llvm::StringRef path) {
  namespace fs = llvm::sys::fs;
  unsigned count = 0;
  if (fs::is_directory(path)) {
    std::error_code code;
    for (fs::directory_iterator it(path, code), end; it != end && !code;
         it.increment(code))
      count += replay(it->path());
    qev::fuzz::require(!code, "a folder cannot be read: " + path);
    return count;
  }
  auto buffer = llvm::MemoryBuffer::getFile(path);
  qev::fuzz::require(bool(buffer), "a file cannot be read: " + path);
  llvm::StringRef bytes = (*buffer)->getBuffer();
  LLVMFuzzerTestOneInput(bytes.bytes_begin(), bytes.size());
  return 1;
}

int main(int argc, char **argv) {
  unsigned count = 0;
  for (int i = 1; i < argc; ++i)
    count += replay(argv[i]);
  llvm::outs() << count << " inputs\n";
  return count == 0;
}
