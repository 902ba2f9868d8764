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
// Solvers in floating point are asked the conditioned system (Conditioning.h),
// their answers are turned back into the units of the system, and what rests on
// their word alone is doubted (SecondLook.h) before it becomes an Answer.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SOLVER_SOLVER_H
#define QEV_SOLVER_SOLVER_H

#include "qev/Encode/Conditioning.h"
#include "qev/Solver/Trust.h"
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
  double feasibility = solverTolerance;
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
  Trust trust;        ///< what `kind` and `bound` rest on
  /// Of Failed: the solver contradicts itself or what is known to exist, so
  /// that nothing it says about this question should count.
  bool isContradiction = false;
};
llvm::StringRef getName(Answer::Kind kind);

class Solver {
public:
  virtual ~Solver();
  virtual std::string getName() const = 0; ///< with version: `highs 1.15.1`
  /// Computes in exact rationals: strict inequalities and ties included.
  virtual bool isExact() const { return false; }
  /// Answers what encoding has decided itself; asks the solver otherwise.
  Answer solve(const System &system, const SolveLimits &limits = {}) const;
  /// The system with each of these objectives, one answer per objective.
  std::vector<Answer> solveEach(System &system,
                                llvm::ArrayRef<Objective> objectives,
                                const SolveLimits &limits = {}) const;

protected:
  /// What it says of linear programs is safe dual bounds.
  virtual bool provesLinearPrograms() const { return false; }
  virtual Answer run(const System &system, const SolveLimits &limits) const = 0;

private:
  Answer runConditioned(const System &system, const SolveLimits &limits) const;
};

/// `auto`: HiGHS if linked, else the first of highs, cbc, glpsol on the PATH.
/// `highs`: linked, else the program. `cbc`, `glpsol`, `scip`: the programs.
/// `z3`: linked, exact. `none`: answers Stopped. `cmd:TEMPLATE`: a program, see
/// ExternalSolver.h. Fails with `solver-missing` or `unknown-name`.
llvm::Expected<std::unique_ptr<Solver>> createSolver(llvm::StringRef name);

/// Name and version of each solver that can be used now, for `--version -v`.
std::vector<std::string> listSolvers();

} // namespace qev

#endif // QEV_SOLVER_SOLVER_H
