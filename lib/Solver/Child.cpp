//===- Child.cpp - Work that can be ended from outside ----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Child.h"
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
#ifdef __linux__
#include <sys/prctl.h>
#endif

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
        SharedState &shared, int file) {
  std::signal(SIGPIPE, SIG_IGN);
  // A terminal sends Ctrl-C to the child as well, but when it ends is for the
  // parent to say.
  std::signal(SIGINT, SIG_IGN);
  std::signal(SIGTERM, SIG_IGN);
  // Standard output belongs to the parent; libraries write to it unasked.
  if (int null = ::open("/dev/null", O_WRONLY); null >= 0)
    ::dup2(null, STDOUT_FILENO);
#ifdef __linux__
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  throwWhenMemoryRunsOut();
  try {
    writeAll(file, work(shared) + '\n');
  } catch (...) {
    ::_exit(1); // without the last byte: the parent sees a failure
  }
  ::_exit(0); // neither destructors nor buffers of the parent
}

static void await(pid_t child) {
  while (::waitpid(child, nullptr, 0) < 0 && errno == EINTR)
    ;
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
  pid_t child = ::pipe(ends) == 0 ? ::fork() : -1;
  if (child == 0) {
    ::close(ends[0]);
    beChild(work, *shared, ends[1]);
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
        ::kill(child, SIGKILL);
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
    await(child);
  }
  for (int end : ends)
    if (end >= 0)
      ::close(end);
  result.lowerBound = shared->lowerBound;
  ::munmap(memory, sizeof(SharedState));
  return result;
}

} // namespace qev
