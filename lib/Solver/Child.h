//===- Child.h - Work that can be ended from outside ------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A linked solver may not look at its clock for minutes: HiGHS 1.15 does not in
// its root heuristics. So long work runs in a forked copy of this process,
// which is asked to stop, and after a grace period ended.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_SOLVER_CHILD_H
#define QEV_LIB_SOLVER_CHILD_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/ADT/StringRef.h"
#include <atomic>
#include <limits>
#include <string>

namespace qev {

/// What the child and its parent both see while the child works.
struct SharedState {
  std::atomic<bool> stop = false; ///< set by the parent
  /// Set by the child: a lower bound that stands even if the child is ended.
  std::atomic<double> lowerBound = -std::numeric_limits<double>::infinity();
};

struct ChildResult {
  enum Kind { Done, TimedOut, Interrupted, Failed } kind = Failed;
  std::string output;    ///< of Done: what `work` returned
  std::string message;   ///< of Failed, where there is something to say
  double lowerBound = 0; ///< the last one the child has set
};

/// Runs `work` in a child. After `seconds`, or once `stop` (may be null) is
/// set, the child is asked to stop; `grace` seconds later it is ended. `work`
/// must not use other threads or locks of this process.
ChildResult runInChild(llvm::function_ref<std::string(SharedState &)> work,
                       double seconds, const std::atomic<bool> *stop,
                       double grace = 2);

} // namespace qev

#endif // QEV_LIB_SOLVER_CHILD_H
