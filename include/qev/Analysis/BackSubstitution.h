//===- BackSubstitution.h - Linear bounds in terms of the inputs -*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rows are upper bounds of linear forms. The invariant, for every input of the
// region and every row r:
//
//   target_r <= sum over ops v of coefficients[v].row(r) . v + constant_r
//
// The ops are eliminated from the last to the first. Coefficients are doubles
// taken as exact numbers; what rounding them costs is bounded by the known
// ranges of the values they multiply and goes into the constants, which are
// rounded up. So no matrix is ever computed twice.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_BACKSUBSTITUTION_H
#define QEV_ANALYSIS_BACKSUBSTITUTION_H

#include "qev/Analysis/Linear.h"
#include "qev/Analysis/Relaxation.h"

namespace qev {

/// target_r <= coefficients.row(r) . inputs + constants[r]; the net's inputs
/// are concatenated in order.
struct InputRows {
  Matrix coefficients;
  Vector constants;
};

/// What back-substitution reads about the ops before its target.
struct RelaxedNet {
  const Net &net;
  const LinearMaps &maps;
  llvm::DenseMap<const Op *, unsigned> order;              ///< index in net.ops
  llvm::DenseMap<const Op *, Box> reals;                   ///< ranges, as reals
  llvm::DenseMap<const Op *, std::vector<LinePair>> lines; ///< of clamp steps

  StopCheck stop;

  RelaxedNet(const Net &net, const LinearMaps &maps, StopCheck stop = {});
  bool isStopped() const { return stop && stop(); }
};

/// Upper bounds of each element of the target's value, then of its negation,
/// over the inputs. Ended early, all are infinite.
InputRows substituteToInputs(const RelaxedNet &net, const Op &target);

/// The maximum of each row over the box of inputs, rounded up.
Vector maximize(const InputRows &rows, const Box &inputs);

/// The sum of two bounds over the same inputs, rounded up given their box.
InputRows add(const InputRows &a, const InputRows &b, const Box &inputs);

} // namespace qev

#endif // QEV_ANALYSIS_BACKSUBSTITUTION_H
