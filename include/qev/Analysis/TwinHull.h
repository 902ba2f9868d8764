//===- TwinHull.h - Planes over one neuron of a twin ------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One neuron of a twin is a point (x, e): x in the first net, y = x + e in the
// second. What is known of it is a hexagon
//
//   x in [lx, ux],  e in [le, ue],  x + e in [ly, uy].
//
// Behind an element-wise step stand X = A(x) and Y = B(x + e), with B's
// rounding as an error of at most half a step. On the hexagon, u X + v Y has
// bounds that are piecewise linear, with bends where x or x + e crosses an end
// of a clamp. So a plane lies above it everywhere if it does at the corners of
// the pieces: the hull points. Slopes are chosen in floating point (the plane
// that is lowest at a given point, a linear program in three unknowns); the
// offset is then the outward maximum over the hull points for those very
// slopes, so that a badly chosen slope costs tightness and never soundness.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_TWINHULL_H
#define QEV_ANALYSIS_TWINHULL_H

#include "qev/Analysis/Difference.h"

namespace qev {

/// Ranges of x, y = x + e, and e of one neuron.
struct Hexagon {
  Interval x, y, e;

  /// Cuts each range by what the other two leave of it: e <= uy - lx and so on.
  /// The set must not be empty. Twice, as a third pass changes nothing.
  void tighten();
  /// Area centroid (x, e), or a point inside where there is no area.
  std::pair<double, double> getCentroid() const;
};

/// slopeX * x + slopeE * e + offset.
struct Plane {
  double slopeX = 0, slopeE = 0, offset = 0;
};

/// Heuristic, all of it: slopes for a plane, and a point below it.
struct Facet {
  Plane slopes;
  double first = 0, second = 0;
};

/// The corners of all linear pieces of A and B over a hexagon.
class TwinHull {
public:
  TwinHull(const Hexagon &hexagon, const ClampedValue &first,
           const ClampedValue &second);

  /// The plane above u X + v Y that is lowest at (x, e), its offset still open,
  /// and the values X, Y that reach it there, mixed from hull points.
  Facet findFacet(double u, double v, double x, double e) const;
  /// The smallest known-safe offset for the plane's slopes: afterwards
  /// u X + v Y <= plane(x, e) on the whole hexagon, for every rounding.
  double getOffsetAbove(double u, double v, const Plane &slopes) const;
  std::pair<double, double> getCentroid() const { return centroid; }
  /// Of the plane that is lowest at the hexagon's centroid, the slopes.
  Plane findFacetAtCentroid(double u, double v) const {
    return findFacet(u, v, centroid.first, centroid.second).slopes;
  }
  /// Facets of the hull above u X + v Y, offsets included: those that are
  /// lowest at the centroid and at points between it and each hull point.
  std::vector<Plane> getFacetsAbove(double u, double v) const;

private:
  /// Coordinates are rounded to nearest; `tolerance` bounds what that changes
  /// in each of x, e, X and Y.
  struct Point {
    double x, e;
    double first;        ///< A(x)
    double above, below; ///< of B(x + e), with rounding
  };
  void addPoint(double x, double y, double e, const Hexagon &hexagon);

  ClampedValue first, second;
  double highest, lowest; ///< of Y, its rounding included
  std::pair<double, double> centroid;
  double tolerance = 0;
  double scaleX, scaleE, originX, originE; ///< hexagon to unit square
  llvm::SmallVector<Point, 20> points;
};

} // namespace qev

#endif // QEV_ANALYSIS_TWINHULL_H
