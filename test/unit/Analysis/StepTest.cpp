//===- StepTest.cpp - Steps are exact -*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/Step.h"
#include "RandomStep.h"
#include <gtest/gtest.h>

using namespace qev;
using namespace qev::test;

TEST(Step, appliesExactly) {
  Random random(3);
  for (int i = 0; i < 50000; ++i) {
    ClampStep step = makeStep(random);
    double x = makeValue(random, step);
    if (integer(random, 0, 3) == 0) // right beside a tie
      x = std::nextafter(x, integer(random, 0, 1) ? 9 : -9);
    ASSERT_EQ(Real::fromDouble(step.apply(x)),
              applyExactly(step, Real::fromDouble(x)))
        << "x = " << x << ", step " << step.step;
  }
}

TEST(Step, roundsTiesToEvenBeforeTheZeroPoint) {
  EXPECT_EQ(roundToStep(0.5, 1), 0);
  EXPECT_EQ(roundToStep(1.5, 1), 2);
  EXPECT_EQ(roundToStep(2.5, 1), 2);
  EXPECT_EQ(roundToStep(-0.5, 1), 0);
  // The double quotient of 0.15f and 0.1f is 1.5 plus an error; exactly it is
  // above the tie.
  EXPECT_EQ(roundToStep(0.15F, 0.1F),
            (Real::fromDouble(0.15F) / Real::fromDouble(0.1F))
                .roundHalfEven()
                .get_d());
}

TEST(Step, infiniteArgumentsSaturate) {
  ClampStep step{-1, 2, 0.5};
  EXPECT_EQ(step.apply(infinity), 2);
  EXPECT_EQ(step.apply(-infinity), -1);
  EXPECT_EQ(step.apply(1e300), 2);
}
