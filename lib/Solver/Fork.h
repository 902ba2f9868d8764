//===- Fork.h - What forked processes have in common ------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_SOLVER_FORK_H
#define QEV_LIB_SOLVER_FORK_H

#include <string>
#include <sys/types.h>

namespace qev {

/// For a forked child, before anything else: a process group of its own, which
/// a terminal sends nothing to; none of the parent's signal handlers, so that
/// its crash is the parent's to tell; no core dumps. The child gets `signal`
/// when the thread that forked it ends, or has ended.
void beForked(pid_t parent, int signal);

/// Ends a child, and all of its process group; waits for it, and returns its
/// status.
int endGroup(pid_t child);

/// A status that is no exit, in words.
std::string describeSignal(int status);

} // namespace qev

#endif // QEV_LIB_SOLVER_FORK_H
