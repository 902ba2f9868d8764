//===- TwinSubstitution.h - Joint back-substitution of both nets -*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rows are upper bounds of linear forms in the pairs of a twin. The invariant,
// for every input of the region and every row r:
//
//   target_r <= sum over pairs k of x_k . X[k].row(r) + e_k . E[k].row(r)
//               + constant_r,
//
// x_k the first net's value and e_k = second - first. Pairs are eliminated from
// the last to the first: affine ones by their weights, clamping ones by planes
// over each neuron's hexagon (TwinHull.h), input ones by their exact maximum
// (InputHull.h). Coefficients are doubles taken as exact numbers; what rounding
// them costs goes into the constants, which are rounded up.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_TWINSUBSTITUTION_H
#define QEV_ANALYSIS_TWINSUBSTITUTION_H

#include "qev/Analysis/InputHull.h"
#include "qev/Analysis/TwinHull.h"
#include <map>

namespace qev {

/// What a step does to one element whose range is `argument`; without an op,
/// nothing.
ClampedValue describeClamp(const Op *op, const ExactRoundings &exact,
                           int64_t element, const Interval &argument);

/// How one neuron goes through a step. Where both sides are a single linear
/// piece (`hull` is empty): X = gainX x + biasX exactly, and X, Y differ by
/// slopeX x + slopeE e + [offset.lo, offset.hi].
struct NeuronStep {
  std::optional<TwinHull> hull;
  double gainX = 1, biasX = 0;
  double slopeX = 0, slopeE = 1;
  Interval offset = 0;

  NeuronStep(const Hexagon &hexagon, const ClampedValue &first,
             const ClampedValue &second);
};

/// What is known of a twin while its pairs are gone through in order.
struct RelaxedTwin {
  const Twin &twin;
  const std::vector<PairStep> &steps;
  const std::vector<std::unique_ptr<AffineDifference>> &affine;
  const AnalyzedNet &first;
  const AnalyzedNet &second;
  /// Ranges of x, y and e of each pair so far.
  std::vector<std::vector<Hexagon>> hexagons;
  /// Of each clamping pair so far.
  std::map<int, std::vector<NeuronStep>> neurons;
  /// Of each pair so far that input values alone decide.
  std::map<int, InputHull> inputs;

  /// What is known of an element before a step.
  Hexagon getOperand(const PairStep &step, int64_t element) const;
  bool isStopped() const { return first.relaxed.isStopped(); }
};

/// Rows over one pair.
struct TwinRows {
  Matrix x, e;
};

/// Slopes of the planes over each clamping pair for each row: over x and e, for
/// coefficients u of X and v of Y with |u| + |v| = 1.
using PlaneSlopes = std::map<int, TwinRows>;
/// The plane above u X + v Y of one row and element, its offset still open.
Plane getPlane(const TwinRows &slopes, int64_t row, int64_t element, double u,
               double v);

/// What a substitution went through.
struct SubstitutionTrace {
  /// Rows over each clamping pair as they were met: of X and of Y - X.
  std::map<int, TwinRows> rows;
  /// Slopes of the planes taken, where none were given.
  PlaneSlopes slopes;
  /// Slopes of the planes as they were used, not brought to |u| + |v| = 1; kept
  /// on request.
  std::map<int, TwinRows> planes;
  /// Rows over affine pairs and scalings, and over input pairs; kept on
  /// request.
  std::map<int, TwinRows> linear, inputRows;
  bool keepsAll = false;
  /// The values (x, e) of input pairs that maximise each row, and of the first
  /// net's inputs (e is 0) where no pair stands between.
  std::map<int, TwinRows> inputs;
  std::map<const Op *, TwinRows> directInputs;
};

/// Upper bounds of e_i, then of -e_i, of the given elements of a pair. Planes
/// have the given slopes, or are those that are lowest at the centroids. Ended
/// early, all are infinite and the trace is of no use.
Vector boundErrors(const RelaxedTwin &twin, int pair,
                   llvm::ArrayRef<int64_t> elements,
                   const PlaneSlopes *slopes = nullptr,
                   SubstitutionTrace *trace = nullptr);

} // namespace qev

#endif // QEV_ANALYSIS_TWINSUBSTITUTION_H
