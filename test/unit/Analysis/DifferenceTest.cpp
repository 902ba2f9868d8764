//===- DifferenceTest.cpp - Differences of steps hold exactly -*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/Difference.h"
#include "RandomStep.h"
#include <gtest/gtest.h>

using namespace qev;
using namespace qev::test;

TEST(Difference, clampsHoldAtExactPoints) {
  Random random(4);
  unsigned checked = 0, narrowed = 0;
  for (int i = 0; i < 30000; ++i) {
    ClampStep f = makeStep(random), s = makeStep(random);
    Interval x = makeRange(random, f), y = makeRange(random, s);
    double a = uniform(random, -1, 1), b = uniform(random, -1, 1);
    Interval delta(std::fmin(a, b), std::fmax(a, b));
    if (!meet(y - x, delta))
      continue; // no pair of values: not a question
    Interval bound = differenceOfClamps({f, x}, {s, y}, delta);
    Interval plain = s.apply(y) - f.apply(x);
    narrowed += bound.lo > plain.lo || bound.hi < plain.hi;
    for (int j = 0; j < 12; ++j) {
      Real u = makePoint(random, x, f);
      // Also along the frontiers y = x + delta's ends.
      Real v = integer(random, 0, 2)
                   ? u + Real::fromDouble(integer(random, 0, 1) ? delta.lo
                                                                : delta.hi)
                   : makePoint(random, y, s);
      Real e = v - u;
      if (!y.contains(v) || !delta.contains(e))
        continue;
      ++checked;
      ASSERT_TRUE(bound.contains(applyExactly(s, v) - applyExactly(f, u)))
          << "x " << printInterval(x) << " y " << printInterval(y) << " delta "
          << printInterval(delta) << " bound " << printInterval(bound);
    }
  }
  EXPECT_GT(checked, 30000u);
  EXPECT_GT(narrowed, 5000u);
}

TEST(Difference, sameStepKeepsOrder) {
  ClampStep quantizer{-1, 2, 0.25};
  Interval bound =
      differenceOfClamps({quantizer, {-2, 3}}, {quantizer, {-2, 3}}, 0.0);
  EXPECT_EQ(bound, Interval(0));
}

TEST(Difference, reluCases) {
  ClampStep relu;
  relu.lo = 0;
  // Both active: the difference passes through; both dead: it vanishes.
  EXPECT_EQ(
      differenceOfClamps({relu, {1, 2}}, {relu, {0.5, 2.5}}, {-0.5, 0.25}),
      Interval(-0.5, 0.25));
  EXPECT_EQ(
      differenceOfClamps({relu, {-2, -1}}, {relu, {-2, -0.5}}, {-0.5, 0.5}),
      Interval(0));
  // First dead: only what the second lets through.
  EXPECT_EQ(differenceOfClamps({relu, {-2, -1}}, {relu, {-2, 0.25}}, {-0.5, 2}),
            Interval(0, 0.25));
}

TEST(Difference, affineIsExactOnFixedPoint) {
  AffineMap first, second;
  first.weights = Matrix{{1, -0.5}, {0.75, 0.2578125}};
  second.weights = Matrix{{1, -0.5}, {0.75, 0.25}};
  for (AffineMap *map : {&first, &second}) {
    map->magnitudes = map->weights.cwiseAbs();
    map->bias.assign(2, Interval(0.25));
    map->unit = -8;
  }
  Box delta(2, {-0.00390625, 0.00390625}), x(2, {0, 1});
  Box result = AffineDifference(first, second).apply(x, delta);
  EXPECT_EQ(result[0], Interval(-0.005859375, 0.005859375));
  EXPECT_EQ(result[1], Interval(-0.01171875, 0.00390625));
}
