//===- Sha256.cpp - Digests of bytes and files ------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/Sha256.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/SHA256.h"

namespace qev {

std::string sha256(llvm::StringRef bytes) {
  return llvm::toHex(llvm::SHA256::hash(llvm::arrayRefFromStringRef(bytes)),
                     /*LowerCase=*/true);
}

llvm::Expected<std::string> sha256(const InputFile &file) {
  llvm::SHA256 digest;
  std::vector<char> piece(1 << 20);
  for (uint64_t at = 0; at != file.getSize(); at += piece.size()) {
    piece.resize(std::min<uint64_t>(piece.size(), file.getSize() - at));
    if (llvm::Error error = file.read(at, piece))
      return error;
    digest.update(llvm::StringRef(piece.data(), piece.size()));
  }
  return llvm::toHex(digest.final(), /*LowerCase=*/true);
}

std::optional<std::string> sha256OfFile(llvm::StringRef path) {
  auto file = InputFile::open(path);
  auto digest = file ? sha256(*file) : file.takeError();
  if (digest)
    return *digest;
  llvm::consumeError(digest.takeError());
  return std::nullopt;
}

} // namespace qev
