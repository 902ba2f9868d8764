//===- SolverRounds.h - Solvers on what bounds leave open -------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each open obligation is put to the solver in several ways:
//
//   linear    the linear relaxation, whose dual bound needs no trust
//   relaxed   roundings become any error of half a step: many times faster and
//             often enough; its dual bound narrows the bracket
//   witness   exact roundings kept clear of ties, by less and less: its point
//             replays
//   exact     exact roundings: proves what can be proved
//   rational  the same in exact arithmetic by another solver, where the
//   question
//             is small: decides ties, and what floating point cannot tell apart
//
// Where the word of a solver that works in floating point does not count, it is
// asked for safe bounds and witnesses only.
//
// The time left is shared evenly by the obligations left. What ran into its
// limit is asked again with what the others did not need. Where nobody said how
// long to work, shares grow from round to round, and work ends when it no
// longer narrows the bracket (ProgressWatch.h).
//
//===----------------------------------------------------------------------===//

#ifndef QEV_DRIVER_SOLVERROUNDS_H
#define QEV_DRIVER_SOLVERROUNDS_H

#include "qev/Driver/Case.h"
#include "qev/Solver/Solver.h"

namespace qev {

struct SolverRoundsOptions {
  unsigned threads = 1;   ///< obligations side by side
  int64_t sample = 0;     ///< its number, for names of files
  std::string keepFolder; ///< where every question is kept; empty: nowhere
  const Solver *exactSolver = nullptr; ///< for `rational`; may be null
  std::function<void()> onTick;        ///< called now and then, if set
  /// Seconds without progress after which it ends (ProgressWatch.h).
  double patience = infinity;
};

/// Works until nothing is open that can be closed, or the case is stopped; true
/// if it ended for want of progress. `bounds` are those of the twin over the
/// region. Fails where a question cannot be kept.
llvm::Expected<bool> runSolverRounds(const Twin &twin, const TwinBounds &bounds,
                                     llvm::ArrayRef<InputRegion> region,
                                     const Solver &solver, Case &sample,
                                     const SolverRoundsOptions &options);

} // namespace qev

#endif // QEV_DRIVER_SOLVERROUNDS_H
