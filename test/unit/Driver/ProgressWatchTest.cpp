//===- ProgressWatchTest.cpp - Tests of when solving ends -------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/ProgressWatch.h"
#include <gtest/gtest.h>

using namespace qev;

namespace {

TEST(ProgressWatch, EndsWhenTheLastWorkGainedLittle) {
  ProgressWatch watch(5);
  watch.record(1, 10, 9.99);
  watch.record(4.4, 10, 9.99);
  EXPECT_FALSE(watch.isStuck()) << "5 seconds are not over";
  watch.record(5, 10, 9.99);
  EXPECT_TRUE(watch.isStuck());
  watch.record(6, 10, 0);
  EXPECT_TRUE(watch.isStuck()) << "an end is an end";
}

TEST(ProgressWatch, AllOfTheLastWorkCountsTogether) {
  ProgressWatch watch(5);
  // One of them is closed: a tenth of all widths.
  for (int i = 1; i < 10; ++i)
    watch.record(0.4 * i, 1, 1);
  watch.record(5, 1, 0);
  EXPECT_FALSE(watch.isStuck());
  // That counts for as long as it lies in the window.
  watch.record(9.9, 1, 1);
  EXPECT_FALSE(watch.isStuck());
  watch.record(10.1, 1, 1);
  EXPECT_TRUE(watch.isStuck());
}

TEST(ProgressWatch, LongWorkHasALongWindow) {
  ProgressWatch watch(5);
  watch.record(41, 1, 0.5);
  watch.record(50, 1, 1); // the last ten seconds
  EXPECT_FALSE(watch.isStuck());
  watch.record(52, 1, 1);
  EXPECT_TRUE(watch.isStuck());
}

TEST(ProgressWatch, AFirstBoundIsProgress) {
  ProgressWatch watch(5);
  watch.record(6, infinity, infinity);
  EXPECT_TRUE(watch.isStuck());
  ProgressWatch other(5);
  other.record(5.5, infinity, 3);
  other.record(6, infinity, infinity);
  EXPECT_FALSE(other.isStuck());
}

TEST(ProgressWatch, WithoutPatienceThereIsNoEnd) {
  ProgressWatch watch(infinity);
  watch.record(1000, 1, 1);
  EXPECT_FALSE(watch.isStuck());
  EXPECT_EQ(watch.getSlot(0), infinity);
  EXPECT_EQ(watch.getSlot(7), infinity);
  EXPECT_EQ(ProgressWatch(5).getSlot(0), 5);
  EXPECT_EQ(ProgressWatch(5).getSlot(2), 20);
}

} // namespace
