//===- Process.cpp - Running a program with limits --------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Process.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Program.h"
#include <chrono>
#include <csignal>
#include <optional>
#include <thread>

namespace qev {

ProcessResult runProcess(llvm::StringRef program,
                         llvm::ArrayRef<std::string> arguments,
                         llvm::StringRef output, double seconds,
                         const std::atomic<bool> *stop) {
  llvm::SmallVector<llvm::StringRef, 16> words{program};
  words.append(arguments.begin(), arguments.end());
  std::optional<llvm::StringRef> redirects[] = {llvm::StringRef(""), output,
                                                output};
  ProcessResult result;
  bool failed = false;
  llvm::sys::ProcessInfo process = llvm::sys::ExecuteNoWait(
      program, words, std::nullopt, redirects, 0, &result.message, &failed);
  if (failed || process.Pid == llvm::sys::ProcessInfo::InvalidPid)
    return result;

  // Polling, because sys::Wait with a time limit uses the one alarm signal of
  // the process, which threads cannot share.
  auto start = std::chrono::steady_clock::now();
  auto pause = std::chrono::milliseconds(1);
  std::optional<ProcessResult::Kind> ended;
  for (;;) {
    std::string error;
    llvm::sys::ProcessInfo state =
        llvm::sys::Wait(process, /*SecondsToWait=*/0u, &error,
                        /*ProcStat=*/nullptr, /*Polling=*/true);
    if (state.Pid == process.Pid) {
      result.kind = ended.value_or(ProcessResult::Exited);
      result.exitCode = state.ReturnCode;
      if (!ended && state.ReturnCode < 0) {
        result.kind = ProcessResult::Failed;
        result.message = error.empty() ? "it was ended by a signal" : error;
      }
      return result;
    }
    if (state.Pid != 0) {
      result.message = error;
      return result;
    }
    std::chrono::duration<double> elapsed =
        std::chrono::steady_clock::now() - start;
    if (!ended) {
      if (stop && stop->load())
        ended = ProcessResult::Interrupted;
      else if (elapsed.count() > seconds)
        ended = ProcessResult::TimedOut;
      if (ended)
        ::kill(process.Pid, SIGKILL);
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds(20));
  }
}

} // namespace qev
