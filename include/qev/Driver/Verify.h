//===- Verify.h - One sample from region to verdict -------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The road of a question: bounds, attack, then a solver for each obligation
// that bounds leave open (SolverRounds.h). An obligation is a half-space: for a
// claim about delta an output and a sign, for a top-1 claim a winner and a
// rival. All share one bound computation; the bracket narrows as they finish. A
// region of one point is executed.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_DRIVER_VERIFY_H
#define QEV_DRIVER_VERIFY_H

#include "qev/Driver/Case.h"
#include "qev/Driver/Explain.h"
#include "qev/Driver/ModelPair.h"
#include "qev/Driver/Question.h"
#include "qev/Solver/Solver.h"

namespace qev {

enum class Verdict { Verified, Falsified, Unknown, Bounded };
llvm::StringRef getName(Verdict verdict);
/// From good to bad: the worst sample speaks for all.
int getRank(Verdict verdict);

/// Where a sample stands, for a line of progress.
struct Progress {
  int64_t sample = 0;
  llvm::StringRef phase; ///< bounds, attack or solver
  size_t open = 0, obligations = 0;
  double seconds = 0;
  Interval proved; ///< of all outputs together
  std::optional<Interval> witnessed;
};

struct VerifyOptions {
  Method method = Method::Best;
  double timeout = infinity; ///< seconds for one sample, everything included
  /// What it took until the first sample began, which counts for each.
  double secondsBefore = 0;
  /// A question without a claim is answered when (proved - witnessed) of each
  /// end is at most this part of the proved end's magnitude.
  double gap = 0.05;
  /// Seconds without progress after which solvers stop on a question without a
  /// claim (ProgressWatch.h).
  double patience = infinity;
  unsigned threads = 1; ///< obligations solved side by side
  uint64_t seed = 0;
  /// Not owned. Null: no solver is asked.
  const Solver *solver = nullptr;
  /// Computes in exact rationals; asked, after `solver`, what is small enough.
  /// Not owned; may be null.
  const Solver *exactSolver = nullptr;
  /// What may close a claim or narrow a bracket.
  Trust::Grade trusted = Trust::Grade::Tolerance;
  bool attack = true; ///< false: bounds only
  bool bounds = true; ///< false: nothing is proved, an attack is all there is
  unsigned restarts = 2; ///< random starts of the attack on each obligation
  /// Every bound is computed once more in exact rationals; methods twin and
  /// best. Slow.
  bool recheck = false;
  bool explain = false; ///< SampleResult::explanations; methods twin and best
  /// Set from outside (Ctrl-C, SIGTERM) to end soon with what is known; may be
  /// null.
  const std::atomic<bool> *stop = nullptr;
  /// Folder for every question put to a solver (.mps, .smt2 and their maps);
  /// empty: none is kept.
  std::string keep;
  /// Called from any thread, if set.
  std::function<void(const Progress &)> onProgress;
};

struct OutputResult {
  int64_t index = 0;
  /// Shown to contain delta over the whole region.
  Interval proved;
  /// Spanned by deltas that were replayed exactly; rounded inward.
  std::optional<Interval> witnessed;
};

struct SampleResult {
  int64_t index = 0;
  std::string regionHash; ///< of the region as it was asked for (Record.h)
  Verdict verdict = Verdict::Unknown;
  std::string reason;         ///< of Unknown, and of Bounded beyond the gap
  bool isInterrupted = false; ///< by the user, before it was decided
  bool isTimedOut = false;    ///< before it was decided
  std::string closedBy;       ///< bounds, attack, solver or execution
  /// The first net's winner at the centre; none of an empty region.
  std::optional<int64_t> predicted;
  std::vector<OutputResult> outputs; ///< none of an empty region
  Claim claim;
  std::optional<Witness> witness; ///< of Falsified
  struct Seconds {
    double bound = 0, attack = 0, search = 0, solve = 0, total = 0;
  } seconds;
  /// What the verdict and `proved` rest on, and the verdict alone; empty:
  /// nothing but bounds and execution.
  std::vector<Trust> trust, verdictTrust;
  /// What did not fit together on the way, e.g. a solver's point that does not
  /// replay.
  std::vector<std::string> notes;
  std::vector<Approximation> approximations; ///< behind `proved`, sorted
  std::optional<Recheck> recheck;
  /// Of the outputs in question, both ends of what bounds have proved.
  std::vector<Explanation> explanations;
};

/// What is asked of one sample, after the claim's numbers are known.
llvm::Expected<SampleResult> verifySample(const ModelPair &pair,
                                          const SampleRegion &region,
                                          const QuestionOptions &question,
                                          const VerifyOptions &options);

} // namespace qev

#endif // QEV_DRIVER_VERIFY_H
