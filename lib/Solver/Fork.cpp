//===- Fork.cpp - What forked processes have in common ----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fork.h"
#include <cerrno>
#include <csignal>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace qev {

void beForked(pid_t parent, int signal) {
  ::setpgid(0, 0);
  for (int each = 1; each < NSIG; ++each)
    std::signal(each, SIG_DFL); // those that cannot be set are refused
  sigset_t none;
  sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  rlimit noCore = {0, 0};
  ::setrlimit(RLIMIT_CORE, &noCore);
#ifdef __linux__
  ::prctl(PR_SET_PDEATHSIG, signal);
#endif
  if (::getppid() != parent)
    ::_exit(1);
}

int endGroup(pid_t child) {
  ::kill(-child, SIGKILL);
  ::kill(child, SIGKILL); // where it has not yet made its group
  int status = 0;
  while (::waitpid(child, &status, 0) < 0 && errno == EINTR)
    ;
  return status;
}

std::string describeSignal(int status) {
  return "it was ended by signal " + std::to_string(WTERMSIG(status));
}

} // namespace qev
