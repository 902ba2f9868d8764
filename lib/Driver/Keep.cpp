//===- Keep.cpp - Keeping what solvers are asked ----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Keep.h"
#include "qev/Encode/Conditioning.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Support/OutputFile.h"
#include "qev/Target/Map.h"
#include "qev/Target/Mps.h"
#include "qev/Target/SmtLib.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace qev {

llvm::Error keepSystem(llvm::StringRef folder, int64_t sample,
                       const Obligation &obligation, llvm::StringRef stage,
                       const System &system) {
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
