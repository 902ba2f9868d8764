//===- TwinHullTest.cpp - Planes hold exactly on whole hexagons -*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/TwinHull.h"
#include "../Common/LongTests.h"
#include "RandomStep.h"
#include <gtest/gtest.h>

using namespace qev;
using namespace qev::test;

/// A hexagon that some (x, e) is in; thin, fat, or degenerate in any direction.
static Hexagon makeHexagon(Random &random, const ClampStep &f,
                           const ClampStep &s) {
  Hexagon hexagon;
  hexagon.x = makeRange(random, f);
  double size = std::ldexp(1.0, -static_cast<int>(integer(random, 0, 40)));
  double a = uniform(random, -1, 1) * size, b = uniform(random, -1, 1) * size;
  if (integer(random, 0, 9) == 0)
    b = a;
  hexagon.e = {std::fmin(a, b), std::fmax(a, b)};
  hexagon.y = hexagon.x + hexagon.e;
  if (integer(random, 0, 1)) {
    // Cut by the second net's own range.
    Interval cut = makeRange(random, s);
    if (auto rest = meet(hexagon.y, cut))
      hexagon.y = *rest;
  }
  hexagon.tighten();
  return hexagon;
}

TEST(TwinHull, planesHoldAtExactPoints) {
  Random random(7);
  unsigned checks = 0, bent = 0;
  for (uint64_t i = 0; i < scaleLength(40000); ++i) {
    ClampStep f = makeStep(random), s = makeStep(random);
    Hexagon hexagon = makeHexagon(random, f, s);
    TwinHull hull(hexagon, {f, hexagon.x}, {s, hexagon.y});
    double u = uniform(random, -2, 2), v = uniform(random, -2, 2);
    if (integer(random, 0, 2) == 0)
      u = -v; // the error alone
    if (integer(random, 0, 9) == 0)
      v = 0;
    auto [cx, ce] = hull.getCentroid();
    Plane plane = hull.findFacet(u, v, cx, ce).slopes;
    if (integer(random, 0, 9) == 0)
      plane.slopeE = uniform(random, -3, 3); // any slope will do
    plane.offset = hull.getOffsetAbove(u, v, plane);
    bent += plane.slopeX != 0;
    for (int j = 0; j < 40; ++j) {
      Real x = makePoint(random, hexagon.x, f);
      Real e = makePoint(random, hexagon.e, f), y = x + e;
      if (integer(random, 0, 2) == 0) { // at a tie or an end of the second net
        y = makePoint(random, hexagon.y, s);
        e = y - x;
      }
      if (!hexagon.y.contains(y) || !hexagon.e.contains(e))
        continue;
      ++checks;
      Real value = Real::fromDouble(u) * applyExactly(f, x) +
                   Real::fromDouble(v) * applyExactly(s, y);
      Real bound = Real::fromDouble(plane.slopeX) * x +
                   Real::fromDouble(plane.slopeE) * e +
                   Real::fromDouble(plane.offset);
      ASSERT_LE(value, bound)
          << "x " << printInterval(hexagon.x) << " y "
          << printInterval(hexagon.y) << " e " << printInterval(hexagon.e)
          << " u " << u << " v " << v;
    }
  }
  EXPECT_GT(checks, scaleLength(1000000));
  EXPECT_GT(bent, scaleLength(10000));
}

TEST(TwinHull, findsTheRelusFacet) {
  // relu(x + e) - relu(x) with e in [-1, 3] and x unstable: U1 of the closed
  // forms, ue / (ue - le) (e - le), is the best plane near the middle.
  ClampStep relu;
  relu.lo = 0;
  Hexagon hexagon{{-8, 8}, {-9, 11}, {-1, 3}};
  TwinHull hull(hexagon, {relu, hexagon.x}, {relu, hexagon.y});
  Plane plane = hull.findFacet(-1, 1, 0, 1).slopes;
  double height = plane.slopeE * 1 + hull.getOffsetAbove(-1, 1, plane);
  EXPECT_NEAR(height, 1.5, 1e-9);
}

TEST(TwinHull, facetsHoldAndOneIsTheBest) {
  Random random(9);
  for (int i = 0; i < 2000; ++i) {
    ClampStep f = makeStep(random), s = makeStep(random);
    Hexagon hexagon = makeHexagon(random, f, s);
    TwinHull hull(hexagon, {f, hexagon.x}, {s, hexagon.y});
    std::vector<Plane> facets = hull.getFacetsAbove(-1, 1);
    ASSERT_FALSE(facets.empty());
    for (int j = 0; j < 10; ++j) {
      Real x = makePoint(random, hexagon.x, f),
           e = makePoint(random, hexagon.e, f);
      if (!hexagon.y.contains(x + e))
        continue;
      Real value = applyExactly(s, x + e) - applyExactly(f, x);
      for (const Plane &plane : facets)
        ASSERT_LE(value, Real::fromDouble(plane.slopeX) * x +
                             Real::fromDouble(plane.slopeE) * e +
                             Real::fromDouble(plane.offset));
    }
  }
}

TEST(TwinHull, tightenCutsCorners) {
  Hexagon hexagon{{0, 1}, {0, 1}, {-5, 0.25}};
  hexagon.tighten();
  EXPECT_EQ(hexagon.e, Interval(-1, 0.25));
  EXPECT_EQ(hexagon.y, Interval(0, 1));
}

TEST(TwinHull, centroidLiesInside) {
  Random random(8);
  for (uint64_t i = 0; i < scaleLength(5000); ++i) {
    ClampStep f = makeStep(random), s = makeStep(random);
    Hexagon hexagon = makeHexagon(random, f, s);
    auto [x, e] = hexagon.getCentroid();
    double slack = 1e-9;
    EXPECT_GE(x, hexagon.x.lo - slack);
    EXPECT_LE(x, hexagon.x.hi + slack);
    EXPECT_GE(e, hexagon.e.lo - slack);
    EXPECT_LE(e, hexagon.e.hi + slack);
  }
}
