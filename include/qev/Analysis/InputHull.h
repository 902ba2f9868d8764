//===- InputHull.h - What an input element can be, seen by both nets -*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Near the inputs both nets are element-wise: scalings, and the second net's
// input quantizer. There a pair of values (x, e) is a function of one input
// number, so a row a x + d e has its exact maximum at a corner of the convex
// hull of that curve: at grid points, at the ends of an interval, and at the
// outermost jumps of the quantizer. No error has to be allowed for rounding.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_INPUTHULL_H
#define QEV_ANALYSIS_INPUTHULL_H

#include "qev/Analysis/Difference.h"
#include "qev/Analysis/SymbolicBounds.h"

namespace qev {

/// Points whose convex hull contains the curve of each element: point v of
/// element i is (x(v, i), e(v, i)), each coordinate off by at most
/// tolerance[i]. Elements with fewer points repeat one.
struct InputHull {
  Matrix x, e;
  Vector tolerance;
  Vector reachX, reachE; ///< largest magnitudes

  /// An upper bound of max over the points of sum_i a_i x_i + d_i e_i.
  double maximize(const double *a, const double *d) const;
};

/// The hull of the pair reached from an input by the steps of `path`, the first
/// one first; `box` contains the region. Nothing if a path is not of the kind
/// described above: a clamp that acts on the first net, or a second one on the
/// second net.
std::optional<InputHull> makeInputHull(llvm::ArrayRef<const PairStep *> path,
                                       const InputRegion &region,
                                       const Box &box, const AnalyzedNet &first,
                                       const AnalyzedNet &second);

} // namespace qev

#endif // QEV_ANALYSIS_INPUTHULL_H
