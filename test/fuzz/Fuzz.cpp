//===- Fuzz.cpp - What all fuzz targets have in common ----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Fuzz.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"
#include <cstdlib>

namespace qev::fuzz {

/// Removed at the end.
static const std::string &getFolder() {
  struct Folder {
    llvm::SmallString<128> path;
    Folder() {
      if (llvm::sys::fs::createUniqueDirectory("qev-fuzz", path))
        std::abort();
    }
    ~Folder() { (void)llvm::sys::fs::remove_directories(path); }
  };
  static const Folder folder;
  static const std::string path(folder.path.str());
  return path;
}

std::string writeInput(llvm::StringRef bytes, llvm::StringRef extension) {
  std::string path = getFolder() + "/input" + extension.str();
  std::error_code code;
  llvm::raw_fd_ostream os(path, code);
  os << bytes;
  os.close();
  require(!code && !os.has_error(), "an input cannot be written");
  return path;
}

void require(bool rule, const llvm::Twine &message) {
  if (rule)
    return;
  llvm::errs() << "finding: " << message << "\n";
  std::abort();
}

bool isShowable(llvm::StringRef text) {
  const auto *begin = text.bytes_begin();
  if (!llvm::isLegalUTF8String(&begin, text.bytes_end()))
    return false;
  for (size_t i = 0; i < text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    bool isC1 = byte == 0xc2 && static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7f || isC1)
      return false;
  }
  return true;
}

void checkError(llvm::Error error) {
  if (!error)
    return;
  std::string text = llvm::toString(std::move(error));
  require(isShowable(text), "an error that cannot be shown: " + text);
  llvm::StringRef line = llvm::StringRef(text).split('\n').first;
  require(line.contains("error: ") && line.ends_with("]"),
          "an error without its form: " + text);
}

} // namespace qev::fuzz
