//===- Solver.h - Asking solvers --------------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One question (a System) to one solver, one Answer. Implementations: HiGHS
// through its C interface (where linked), Z3 through its C++ interface, any
// program that reads MPS files. All are single-threaded; one Solver object may
// be used from several threads at once.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SOLVER_SOLVER_H
#define QEV_SOLVER_SOLVER_H

#include "qev/Encode/System.h"
#include "llvm/Support/Error.h"
#include <atomic>

namespace qev {

struct SolveLimits {
  double seconds = infinity; ///< of wall time
  /// Nodes of the search tree; only the linked HiGHS counts them.
  std::optional<int64_t> nodes;
  /// Set by another thread to end the solve soon; may be null.
  const std::atomic<bool> *stop = nullptr;
  /// Primal and integer feasibility asked of floating-point solvers.
  double feasibility = 1e-7;
};

/// What a solver said. Not a verdict: a bound is as good as `trust` says, and a
/// point is only a candidate until it has been replayed.
struct Answer {
  enum Kind {
    Optimal,    ///< the maximum: `bound` and `point` are there
    Feasible,   ///< a point was found; only where there is no objective
    Infeasible, ///< no point
    Stopped,    ///< by a limit: `bound`, `point` or both may be there
    Failed,     ///< no answer, see `reason`
  };
  Kind kind = Failed;
  /// Upper bound on the maximum, constant included, rounded up. Of Optimal, the
  /// solver's dual bound and not its best value.
  std::optional<double> bound;
  /// One value per variable of the system: the best point found.
  std::optional<std::vector<Real>> point;
  std::string reason; ///< of Stopped and Failed
  double seconds = 0; ///< wall time
  /// What `kind` and `bound` rest on: `safe dual bound` needs no trust in any
  /// solver; else e.g. `highs 1.15.1, dual bound, feasibility 1e-7`.
  std::string trust;
};
llvm::StringRef getName(Answer::Kind kind);

/// The words of `trust` for what encoding or exact arithmetic has proved.
inline constexpr const char *trustEncoding = "bounds";
inline constexpr const char *trustSafeBound = "safe dual bound";

class Solver {
public:
  virtual ~Solver();
  virtual std::string getName() const = 0; ///< with version: `highs 1.15.1`
  /// Answers what encoding has decided itself; asks the solver otherwise.
  Answer solve(const System &system, const SolveLimits &limits = {}) const;
  /// The system with each of these objectives, one answer per objective.
  std::vector<Answer> solveEach(System &system,
                                llvm::ArrayRef<Objective> objectives,
                                const SolveLimits &limits = {}) const;

protected:
  virtual Answer run(const System &system, const SolveLimits &limits) const = 0;
};

/// `auto`: HiGHS if linked, else the first of highs, cbc, glpsol on the PATH.
/// `highs`: linked, else the program. `cbc`, `glpsol`, `scip`: the programs.
/// `z3`: linked, exact. `none`: answers Stopped. `cmd:TEMPLATE`: a program, see
/// ExternalSolver.h. Fails with `solver-missing` or `unknown-name`.
llvm::Expected<std::unique_ptr<Solver>> createSolver(llvm::StringRef name);

/// Name and version of each solver that can be used now, for `--version`.
std::vector<std::string> listSolvers();

} // namespace qev

#endif // QEV_SOLVER_SOLVER_H
