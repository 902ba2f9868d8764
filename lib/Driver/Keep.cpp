//===- Keep.cpp - Keeping what solvers are asked ----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Keep.h"
#include "qev/Encode/Conditioning.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Target/Map.h"
#include "qev/Target/Mps.h"
#include "qev/Target/SmtLib.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/ToolOutputFile.h"

namespace qev {

/// A file appears whole or not at all.
static llvm::Error
writeFile(llvm::StringRef path,
          llvm::function_ref<llvm::Error(llvm::raw_ostream &)> write) {
  std::error_code code;
  llvm::ToolOutputFile file(path, code, llvm::sys::fs::OF_Text);
  if (code)
    return makeError(DiagId::FileWrite, path,
                     "cannot be written: " + code.message());
  if (llvm::Error error = write(file.os()))
    return error;
  file.os().close();
  if (file.os().has_error())
    return makeError(DiagId::FileWrite, path,
                     "cannot be written: " + file.os().error().message());
  file.keep();
  return llvm::Error::success();
}

llvm::Error keepSystem(llvm::StringRef folder, int64_t sample,
                       const Obligation &obligation,
                       llvm::StringRef stage, const System &system) {
  if (std::error_code code = llvm::sys::fs::create_directories(folder))
    return makeError(DiagId::FileWrite, folder,
                     "cannot be made a folder: " + code.message());
  llvm::SmallString<128> base(folder);
  llvm::sys::path::append(base, "sample" + std::to_string(sample) + "_" +
                                    obligation.str() + "_" + stage);
  auto write = [&](const char *suffix, const System &written,
                   void (*writer)(const System &, llvm::raw_ostream &)) {
    return writeFile((base + suffix).str(), [&](llvm::raw_ostream &os) {
      writer(written, os);
      return llvm::Error::success();
    });
  };
  System conditioned =
      condition(system, system.purpose == Purpose::Proof).system;
  if (llvm::Error error = write(".mps", conditioned, writeMps))
    return error;
  if (llvm::Error error = write(".map.json", conditioned, writeMap))
    return error;
  // SMT-LIB has no objectives, and is exact: its variables keep their units.
  if (system.objective)
    return llvm::Error::success();
  if (llvm::Error error = write(".smt2.map.json", system, writeMap))
    return error;
  return writeFile((base + ".smt2").str(), [&](llvm::raw_ostream &os) {
    return writeSmtLib(system, os);
  });
}

} // namespace qev
