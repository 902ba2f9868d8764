//===- Process.cpp - Running a program with limits --------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Process.h"
#include "Fork.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Support/File.h"
#include "llvm/Support/Errno.h"
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <new>
#include <optional>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

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

/// The program's side.
[[noreturn]] static void beProgram(const char *path, char *const *words,
                                   int input, int output,
                                   std::atomic<int> &error) {
  rlimit size = {mostProgramOutput, mostProgramOutput};
  ::setrlimit(RLIMIT_FSIZE, &size);
  if (::dup2(input, STDIN_FILENO) >= 0 && ::dup2(output, STDOUT_FILENO) >= 0 &&
      ::dup2(output, STDERR_FILENO) >= 0)
    ::execv(path, words);
  error = errno;
  ::_exit(127);
}

/// Between this process and the program stands a guard, the leader of their
/// process group. It ends the whole group, programs that a script has started
/// included, when this process ends, in whatever way: SIGTERM is sent to it
/// then and never else.
[[noreturn]] static void beGuard(pid_t parent, const char *path,
                                 char *const *words, int input, int output,
                                 std::atomic<int> &error,
                                 std::atomic<int> &status) {
  beForked(parent, SIGTERM);
  // The program starts with SIGTERM as it is by default: exec resets handlers.
  std::signal(SIGTERM, [](int) { ::kill(0, SIGKILL); });
  if (::getppid() != parent) // it ended before the handler was there
    ::kill(0, SIGKILL);
  pid_t program = ::fork();
  if (program == 0)
    beProgram(path, words, input, output, error);
  if (program < 0) {
    error = errno;
    ::_exit(127);
  }
  int how = 0;
  while (::waitpid(program, &how, 0) < 0 && errno == EINTR)
    ;
  status = how;
  ::_exit(0);
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
  constexpr int unset = -1; // no status that wait knows
  SharedNumber error, programStatus;
  if (input.number < 0 || log.number < 0 || !error || !programStatus)
    return fail(errno);
  programStatus.get() = unset;
  pid_t self = ::getpid();
  pid_t child = ::fork();
  if (child < 0)
    return fail(errno);
  if (child == 0)
    beGuard(self, path.c_str(), words.data(), input.number, log.number,
            error.get(), programStatus.get());
  ::setpgid(child, child); // whoever comes first

  auto start = std::chrono::steady_clock::now();
  auto pause = std::chrono::milliseconds(1);
  std::optional<ProcessResult::Kind> ended;
  for (;;) {
    // Looked at, but not yet taken: until then no other group has its number.
    siginfo_t info = {};
    if (::waitid(P_PID, child, &info, WEXITED | WNOHANG | WNOWAIT) < 0 &&
        errno != EINTR) {
      int reason = errno;
      endGroup(child);
      return fail(reason);
    }
    if (info.si_pid == child || ended) {
      int guardStatus = endGroup(child);
      int status = programStatus.get();
      if (ended)
        result.kind = *ended;
      else if (error.get())
        return fail(error.get());
      else if (status == unset) // something ended the guard
        result.message = describeSignal(guardStatus);
      else if (WIFEXITED(status))
        result.kind = ProcessResult::Exited;
      else
        result.message = describeSignal(status);
      if (result.kind == ProcessResult::Exited)
        result.exitCode = WEXITSTATUS(status);
      return result;
    }
    std::chrono::duration<double> elapsed =
        std::chrono::steady_clock::now() - start;
    if (stop && stop->load())
      ended = ProcessResult::Interrupted;
    else if (elapsed.count() > seconds)
      ended = ProcessResult::TimedOut;
    if (ended)
      continue;
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds(20));
  }
}

llvm::Expected<std::string> readProgramFile(llvm::StringRef path) {
  auto file = InputFile::open(path);
  if (!file)
    return file.takeError();
  if (file->getSize() > mostProgramOutput)
    return makeError(DiagId::SolverFailed, path,
                     "is larger than " + llvm::Twine(mostProgramOutput) +
                         " bytes");
  std::string text(file->getSize(), '\0');
  if (llvm::Error error = file->read(0, {text.data(), text.size()}))
    return error;
  return text;
}

} // namespace qev
