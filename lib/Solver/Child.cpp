//===- Child.cpp - Work that can be ended from outside ----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Child.h"
#include "Fork.h"
#include "qev/Support/Memory.h"
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <new>
#include <poll.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

namespace qev {

/// Writes all of the text; the parent may be gone.
static void writeAll(int file, llvm::StringRef text) {
  while (!text.empty()) {
    ssize_t written = ::write(file, text.data(), text.size());
    if (written < 0 && errno == EINTR)
      continue;
    if (written <= 0)
      return;
    text = text.drop_front(static_cast<size_t>(written));
  }
}

/// The child's side; the last byte tells a whole answer from a cut one.
[[noreturn]] static void
beChild(llvm::function_ref<std::string(SharedState &)> work,
        SharedState &shared, int file, pid_t parent) {
  beForked(parent, SIGKILL);
  std::signal(SIGPIPE, SIG_IGN); // the parent may be gone
  // Standard output and error belong to the parent; libraries write to them
  // unasked, and a crash is told by the parent.
  if (int null = ::open("/dev/null", O_WRONLY); null >= 0) {
    ::dup2(null, STDOUT_FILENO);
    ::dup2(null, STDERR_FILENO);
  }
  throwWhenMemoryRunsOut();
  try {
    writeAll(file, work(shared) + '\n');
  } catch (...) {
    ::_exit(1); // without the last byte: the parent sees a failure
  }
  ::_exit(0); // neither destructors nor buffers of the parent
}

ChildResult runInChild(llvm::function_ref<std::string(SharedState &)> work,
                       double seconds, const std::atomic<bool> *stop,
                       double grace) {
  ChildResult result;
  void *memory = ::mmap(nullptr, sizeof(SharedState), PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED)
    return result;
  auto *shared = new (memory) SharedState;
  int ends[2] = {-1, -1};
  pid_t self = ::getpid();
  pid_t child = ::pipe2(ends, O_CLOEXEC) == 0 ? ::fork() : -1;
  if (child == 0) {
    ::close(ends[0]);
    beChild(work, *shared, ends[1], self);
  }
  if (child > 0) {
    ::close(ends[1]);
    ends[1] = -1;
    auto start = std::chrono::steady_clock::now();
    double deadline = seconds;
    bool asked = false;
    for (;;) {
      std::chrono::duration<double> elapsed =
          std::chrono::steady_clock::now() - start;
      if (!asked && (elapsed.count() > seconds || (stop && stop->load()))) {
        asked = true;
        result.kind = elapsed.count() > seconds ? ChildResult::TimedOut
                                                : ChildResult::Interrupted;
        deadline = elapsed.count() + grace;
        shared->stop = true;
      }
      if (asked && elapsed.count() > deadline) {
        break;
      }
      pollfd waiting{ends[0], POLLIN, 0};
      if (::poll(&waiting, 1, /*milliseconds=*/20) <= 0)
        continue;
      char buffer[1 << 14];
      ssize_t count = ::read(ends[0], buffer, sizeof buffer);
      if (count < 0 && errno == EINTR)
        continue;
      if (count > 0) {
        result.output.append(buffer, static_cast<size_t>(count));
        continue;
      }
      if (llvm::StringRef(result.output).ends_with("\n")) {
        result.output.pop_back();
        result.kind = ChildResult::Done;
      } else if (!asked) {
        result.kind = ChildResult::Failed;
      }
      break;
    }
    // A child that has said all ends by itself; of one that failed the status
    // tells why.
    int status = 0;
    if (result.kind == ChildResult::Done || result.kind == ChildResult::Failed)
      while (::waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    else
      endGroup(child);
    if (result.kind == ChildResult::Failed && WIFSIGNALED(status))
      result.message = describeSignal(status);
  }
  for (int end : ends)
    if (end >= 0)
      ::close(end);
  result.lowerBound = shared->lowerBound;
  ::munmap(memory, sizeof(SharedState));
  return result;
}

} // namespace qev
