//===- SumErrorTest.cpp - Computed sums and their error bounds -*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/SumError.h"
#include "RandomStep.h"
#include <gtest/gtest.h>

using namespace qev;
using namespace qev::test;

TEST(SumError, unitOfValues) {
  EXPECT_EQ(getUnit({1.0, 0.75, 0.0}), -2);
  EXPECT_EQ(getUnit({12.0}), 2);
  EXPECT_EQ(getUnit({0.0}), unitOfZero);
  EXPECT_EQ(getUnit({std::numeric_limits<double>::denorm_min()}), -1074);
  EXPECT_EQ(getUnit({-0x1p-1070}), -1070);
  EXPECT_EQ(getUnit({std::numeric_limits<double>::min()}), -1022);
  EXPECT_EQ(getUnit({-0x1.8p1023, 0x1p1023}), 1022);
  EXPECT_EQ(getUnit({1.0, infinity}), -unitOfZero);
}

/// Dot products whose terms nearly cancel, against the exact sum.
TEST(SumError, coversDotProducts) {
  Random random(5);
  unsigned exact = 0;
  for (int i = 0; i < 3000; ++i) {
    bool fixedPoint = integer(random, 0, 1);
    std::vector<double> a, b;
    double sum = 0, magnitude = 0;
    Real truth;
    int64_t size = integer(random, 1, 60);
    for (int64_t j = 0; j < size; ++j) {
      a.push_back(fixedPoint ? std::ldexp(integer(random, -512, 512), -9)
                             : uniform(random, -1, 1) *
                                   std::ldexp(1.0, integer(random, -60, 60)));
      b.push_back(fixedPoint ? std::ldexp(integer(random, -512, 512), -7)
                             : uniform(random, -1, 1));
      sum += a.back() * b.back();
      magnitude += std::fabs(a.back() * b.back());
      truth += Real::fromDouble(a.back()) * Real::fromDouble(b.back());
    }
    double error = getSumError(magnitude, size, getUnit(a) + getUnit(b));
    exact += error == 0;
    ASSERT_LE((Real::fromDouble(sum) - truth).abs(), Real::fromDouble(error));
  }
  EXPECT_GT(exact, 1000u);
}

TEST(SumError, sumUpIsAnUpperBound) {
  Random random(6);
  for (int i = 0; i < 3000; ++i) {
    SumUp sum;
    Real truth;
    for (int64_t j = integer(random, 0, 40); j > 0; --j) {
      double a =
          uniform(random, -1, 1) * std::ldexp(1.0, integer(random, -400, 400));
      double b = uniform(random, -1, 1);
      sum.add(a * b);
      truth += Real::fromDouble(a) * Real::fromDouble(b);
    }
    ASSERT_GE(Real::fromDouble(sum.get()), truth);
  }
}
