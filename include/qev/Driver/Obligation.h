//===- Obligation.h - What has to be proved, piece by piece -----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_DRIVER_OBLIGATION_H
#define QEV_DRIVER_OBLIGATION_H

#include "qev/Encode/Encode.h"
#include "qev/Search/Attack.h"

namespace qev {

/// What is proved of the outputs of both nets, counted through, and of delta.
struct OutputRanges {
  Box first, second, delta;

  /// Of a linear form over the outputs.
  Interval getRange(const OutputForm &form) const;
};

OutputRanges getOutputRanges(const Twin &twin, const TwinBounds &bounds);

/// One piece of a claim. About delta (or no claim): sign * delta_output must
/// not exceed `epsilon`. Of a top-1 claim: `rival` must not beat `output`
/// wherever the first net's output `output` exceeds all others by more than
/// `margin`. The lead is then second_rival - second_output; a lead of 0 beats
/// where the rival has the lower index. Of a violation: its rows must not hold
/// all at once.
struct Obligation {
  int64_t output = 0; ///< of a violation the lowest one it names
  int sign = 1;
  std::optional<Real> epsilon; ///< none: make it as small as can be proved
  std::optional<int64_t> rival;
  Real margin; ///< of a top-1 claim
  /// Of a top-1 claim where both outputs share a quantizer: its scale, of which
  /// every lead is a multiple.
  std::optional<Real> step;
  /// Of a violation; the first row is the one that ranges leave least room.
  std::vector<OutputRow> rows;
  size_t number = 0; ///< of a violation

  bool isTopOne() const { return rival.has_value(); }
  bool isViolation() const { return !rows.empty(); }
  bool isAboutDelta() const { return !isTopOne() && !isViolation(); }
  bool hasClaim() const { return epsilon || !isAboutDelta(); }

  /// What to maximise. With a claim, restricted to what would refute it, so
  /// that a solver need not look below: infeasible means proved.
  Goal getMaximum(int64_t numOutputs) const;
  /// Is there an execution that refutes the claim? With `clearance`, one that
  /// does so by at least as much, for solvers like to stop at the edge of what
  /// is asked, where tolerances decide.
  Goal getDecision(int64_t numOutputs, const Real &clearance = 0) const;
  /// How far a refutation may reach beyond the claim and into its premise,
  /// given an upper bound of what `getMaximum` maximises and the ranges of
  /// delta.
  double getReach(double upperBound, const Box &delta) const;
  AttackGoal getAttackGoal(int64_t numOutputs) const;

  /// Whether an upper bound of the maximum over the region settles the claim.
  bool isClosedBy(double upperBound) const;
  /// Whether ranges of the second net's outputs and of delta do.
  bool isClosedByRanges(const OutputRanges &ranges) const;
  /// Of what `getMaximum` maximises.
  Interval getMaximumRange(const OutputRanges &ranges) const;
  /// What `getMaximum` maximises, at this replay.
  Real getValue(const Replay &replay) const;
  /// Whether this replay refutes it.
  bool isRefutedBy(const Replay &replay) const;
  /// `output_3_above`, `top1_3_vs_5`, `violation_0`.
  std::string str() const;
};

/// Prepares a goal for a solver that works to a tolerance: loosens each
/// required row by a millionth of what ranges say about its form, so that what
/// the solver then calls impossible is so by more than that, and says what they
/// say about the form to maximise.
void loosen(Goal &goal, const OutputRanges &ranges);

/// All obligations of a claim; without a claim they ask for the bracket of
/// `outputs`. A top-1 claim leaves out winners that the ranges of the first
/// net's outputs exclude.
std::vector<Obligation> listObligations(const Claim &claim,
                                        llvm::ArrayRef<int64_t> outputs,
                                        const OutputRanges &ranges,
                                        const Net &second);

/// The scale of the quantizer that output number `element` of a net, counted
/// through, comes from, if it comes from one.
std::optional<Real> getOutputStep(const Net &net, int64_t element);

/// Index of the largest value; ties go to the lowest index.
int64_t getWinner(const ExactTensor &values);

} // namespace qev

#endif // QEV_DRIVER_OBLIGATION_H
