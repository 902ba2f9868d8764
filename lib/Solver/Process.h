//===- Process.h - Running a program with limits ----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_SOLVER_PROCESS_H
#define QEV_LIB_SOLVER_PROCESS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <atomic>
#include <string>

namespace qev {

struct ProcessResult {
  enum Kind { Exited, TimedOut, Interrupted, Failed } kind = Failed;
  int exitCode = 0;    ///< of Exited
  std::string message; ///< of Failed
};

/// Runs a program to its end, without a shell, no input, both outputs into the
/// file `output`. Ends it, and what it has started in its process group, after
/// `seconds` (may be infinite) or when `stop` (may be null) is set. Safe to
/// call from several threads.
ProcessResult runProcess(llvm::StringRef program,
                         llvm::ArrayRef<std::string> arguments,
                         llvm::StringRef output, double seconds,
                         const std::atomic<bool> *stop);

/// No file that a program writes may get larger, and none is read.
constexpr size_t mostProgramOutput = size_t(256) << 20;

/// What a program wrote. Fails with `file-read` unless it is a regular file,
/// and with `solver-failed` on more than `mostProgramOutput` bytes.
llvm::Expected<std::string> readProgramFile(llvm::StringRef path);

} // namespace qev

#endif // QEV_LIB_SOLVER_PROCESS_H
