//===- Process.cpp - Running a program with limits --------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Process.h"
#include "llvm/Support/Errno.h"
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <new>
#include <optional>
#include <sys/mman.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>
#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace qev {

namespace {

/// A file descriptor that programs do not inherit.
class File {
public:
  File(const char *path, int flags)
      : number(::open(path, flags | O_CLOEXEC, 0600)) {}
  ~File() {
    if (number >= 0)
      ::close(number);
  }
  File(const File &) = delete;
  File &operator=(const File &) = delete;
  const int number;
};

/// A number that a forked child can set.
class SharedNumber {
public:
  SharedNumber()
      : memory(::mmap(nullptr, sizeof(std::atomic<int>), PROT_READ | PROT_WRITE,
                      MAP_SHARED | MAP_ANONYMOUS, -1, 0)) {
    if (memory != MAP_FAILED)
      new (memory) std::atomic<int>(0);
  }
  ~SharedNumber() {
    if (memory != MAP_FAILED)
      ::munmap(memory, sizeof(std::atomic<int>));
  }
  SharedNumber(const SharedNumber &) = delete;
  SharedNumber &operator=(const SharedNumber &) = delete;
  explicit operator bool() const { return memory != MAP_FAILED; }
  std::atomic<int> &get() const {
    return *static_cast<std::atomic<int> *>(memory);
  }

private:
  void *const memory;
};

} // namespace

/// The child's side. A process group of its own, so that programs that a script
/// starts end with it; and should this process be killed, the program goes too.
[[noreturn]] static void beProgram(const char *path, char *const *words,
                                   int input, int output,
                                   std::atomic<int> &error) {
  ::setpgid(0, 0);
#ifdef __linux__
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
#endif
  if (::dup2(input, STDIN_FILENO) >= 0 && ::dup2(output, STDOUT_FILENO) >= 0 &&
      ::dup2(output, STDERR_FILENO) >= 0)
    ::execv(path, words);
  error = errno;
  ::_exit(127);
}

ProcessResult runProcess(llvm::StringRef program,
                         llvm::ArrayRef<std::string> arguments,
                         llvm::StringRef output, double seconds,
                         const std::atomic<bool> *stop) {
  ProcessResult result;
  auto fail = [&](int error) {
    result.kind = ProcessResult::Failed;
    result.message = llvm::sys::StrError(error);
    return result;
  };
  std::string path = program.str();
  std::vector<std::string> texts{path};
  texts.insert(texts.end(), arguments.begin(), arguments.end());
  std::vector<char *> words;
  for (std::string &text : texts)
    words.push_back(text.data());
  words.push_back(nullptr);
  File input("/dev/null", O_RDONLY),
      log(output.str().c_str(), O_WRONLY | O_CREAT | O_TRUNC);
  SharedNumber error;
  if (input.number < 0 || log.number < 0 || !error)
    return fail(errno);
  pid_t child = ::fork();
  if (child < 0)
    return fail(errno);
  if (child == 0)
    beProgram(path.c_str(), words.data(), input.number, log.number, error.get());
  ::setpgid(child, child); // whoever comes first

  auto start = std::chrono::steady_clock::now();
  auto pause = std::chrono::milliseconds(1);
  std::optional<ProcessResult::Kind> ended;
  for (;;) {
    int status = 0;
    pid_t waited = ::waitpid(child, &status, WNOHANG);
    if (waited < 0 && errno != EINTR)
      return fail(errno);
    if (waited == child) {
      if (ended)
        result.kind = *ended;
      else if (error.get())
        return fail(error.get());
      else if (WIFEXITED(status))
        result.kind = ProcessResult::Exited;
      else
        result.message =
            "it was ended by signal " + std::to_string(WTERMSIG(status));
      result.exitCode = WIFEXITED(status) ? WEXITSTATUS(status) : 0;
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
        ::kill(-child, SIGKILL);
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds(20));
  }
}

} // namespace qev
