//===- RelaxationTest.cpp - Lines hold exactly at every point -*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/Relaxation.h"
#include "../Common/LongTests.h"
#include "RandomStep.h"
#include <gtest/gtest.h>

using namespace qev;
using namespace qev::test;

static Real evaluate(const Line &line, const Real &x) {
  return Real::fromDouble(line.slope) * x + Real::fromDouble(line.offset);
}

TEST(Relaxation, holdsAtExactPoints) {
  Random random(1);
  unsigned unstable = 0;
  for (uint64_t i = 0; i < scaleLength(20000); ++i) {
    ClampStep step = makeStep(random);
    Interval range = makeRange(random, step);
    LinePair lines = relax(step, range, false);
    unstable += lines.lower.slope != lines.upper.slope;
    EXPECT_GE(lines.lower.slope, 0);
    EXPECT_GE(lines.upper.slope, 0);
    for (int j = 0; j < 8; ++j) {
      Real x = makePoint(random, range, step), y = applyExactly(step, x);
      ASSERT_LE(evaluate(lines.lower, x), y)
          << printInterval(range) << " step " << step.step;
      ASSERT_GE(evaluate(lines.upper, x), y)
          << printInterval(range) << " step " << step.step;
    }
  }
  EXPECT_GT(unstable, scaleLength(2000));
}

TEST(Relaxation, exactRoundingNeedsNoMargin) {
  // Multiples of the step only: the lines may be those of the clamp alone.
  Random random(2);
  for (uint64_t i = 0; i < scaleLength(5000); ++i) {
    ClampStep step = makeStep(random);
    if (step.step == 0)
      continue;
    int64_t low = integer(random, -10, 10), high = low + integer(random, 0, 12);
    Interval range(static_cast<double>(low) * step.step,
                   static_cast<double>(high) * step.step);
    LinePair lines = relax(step, range, true);
    for (int64_t code = low; code <= high; ++code) {
      Real x = Real(code) * Real::fromDouble(step.step);
      ASSERT_LE(evaluate(lines.lower, x), applyExactly(step, x));
      ASSERT_GE(evaluate(lines.upper, x), applyExactly(step, x));
    }
  }
}

TEST(Relaxation, stableStepIsItsLine) {
  ClampStep relu;
  relu.lo = 0;
  LinePair active = relax(relu, {0.5, 2}, false);
  EXPECT_EQ(active.lower.slope, 1);
  EXPECT_EQ(active.upper.slope, 1);
  EXPECT_EQ(active.lower.offset, 0);
  EXPECT_EQ(active.upper.offset, 0);
  LinePair dead = relax(relu, {-2, 0}, false);
  EXPECT_EQ(dead.upper.slope, 0);
  EXPECT_EQ(dead.upper.offset, 0);
}
