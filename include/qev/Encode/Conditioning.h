//===- Conditioning.h - Systems for floating-point solvers ------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A floating-point solver checks bounds and rows to an absolute tolerance, so a
// variable of width 2e-7 means nothing to it. What it is asked is therefore the
// System in other units:
//
//   variable = origin + 2^exponent * column
//
// so that every continuous column is about 64 wide (integers keep their unit),
// and rows are scaled anew by the scaled coefficients. Of a proof, every row
// and every bound of a continuous column is then moved outward by more than the
// tolerance: an execution lies inside all of them by a margin that a solver can
// see. docs/Soundness.md, section 8, says what that leaves to be assumed.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ENCODE_CONDITIONING_H
#define QEV_ENCODE_CONDITIONING_H

#include "qev/Encode/System.h"

namespace qev {

/// Primal feasibility that floating-point solvers are asked for.
inline constexpr double solverTolerance = 1e-7;
/// What solvers in floating point say is loosened by this part of what bounds
/// say about it.
inline constexpr double loosenedPart = 0x1p-20;
/// How far rows and bounds of a proof are moved, in units of the written row or
/// column.
inline constexpr double outwardMargin = 2 * solverTolerance;

struct Column {
  Real origin;
  int exponent = 0;
};

struct ConditionedSystem {
  /// The same variables and the same goal in other units; scales and offsets of
  /// values say so. Without `steps`: their sentences are about exact units.
  System system;
  std::vector<Column> columns; ///< of each variable
  /// The tolerance hides what is asked: the numbers of a row add up to so much
  /// that it is below their rounding errors, or more than a small part of what
  /// bounds leave open of the goal would be given away.
  bool isTooFine = false;

  /// A point of `system` as one of the original system.
  std::vector<Real> restore(llvm::ArrayRef<Real> point) const;
};

/// `movesOutward`: for a proof by a solver whose floating point is believed.
ConditionedSystem condition(const System &system, bool movesOutward);

} // namespace qev

#endif // QEV_ENCODE_CONDITIONING_H
