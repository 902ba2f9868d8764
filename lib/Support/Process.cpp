//===- Process.cpp - What a program finds when it starts --------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/Process.h"
#include "llvm/Support/PrettyStackTrace.h"
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <unistd.h>

namespace qev {

void prepareProcess() {
  for (int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO})
    // The lowest number that is free is this one: those below are open.
    if (::fcntl(stream, F_GETFD) < 0 && errno == EBADF &&
        ::open("/dev/null", O_RDWR) != stream)
      ::_exit(2); // nothing that could be said, and nobody to say it to
  std::signal(SIGXFSZ, SIG_IGN);
  llvm::setBugReportMsg("");
}

} // namespace qev
