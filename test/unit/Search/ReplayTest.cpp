//===- ReplayTest.cpp - Exact execution and points of regions ---*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Search/Replay.h"
#include "../Common/RandomNet.h"
#include "gtest/gtest.h"

using namespace qev;

namespace {

InputRegion makeRegion(std::initializer_list<std::pair<Real, Real>> ranges) {
  InputRegion region;
  region.name = "x";
  for (const auto &[lo, hi] : ranges) {
    region.lo.push_back(lo);
    region.hi.push_back(hi);
  }
  return region;
}

TEST(Replay, IsWhatBothNetsCompute) {
  for (uint64_t seed = 0; seed < 50; ++seed) {
    RandomNets random(seed);
    RandomPair pair = random.makePair();
    ExactTensor x = random.makeInput(*pair.first);
    ExactNet first(*pair.first), second(*pair.second);
    Replay run = replay(first, second, {x});
    EXPECT_EQ(run.first, getOutputs(*pair.first, runExact(*pair.first, {x})));
    EXPECT_EQ(run.second,
              getOutputs(*pair.second, runExact(*pair.second, {x})));
    EXPECT_EQ(run.input, InputPoint{x});
    EXPECT_EQ(run.getDelta(0), run.second[0] - run.first[0]);
  }
}

TEST(Snap, FloatsInsideTheRange) {
  // 1/10 is no float32: its nearest lies above, outside the range.
  std::vector<InputRegion> region = {makeRegion({{0, Real::ratio(1, 10)}})};
  for (double wanted :
       {-5.0, 0.0, 0.05, 0.1, 7.0, infinity, -infinity, std::nan("")}) {
    InputPoint point = snapToRegion(region, wanted);
    EXPECT_TRUE(contains(region, point)) << wanted;
    EXPECT_TRUE(point[0][0].isFloat()) << wanted;
  }
  EXPECT_EQ(snapToRegion(region, 0.0625)[0][0], Real::ratio(1, 16));
}

TEST(Snap, ARangeWithoutFloatsHasItsEnds) {
  Real third = Real::ratio(1, 3);
  std::vector<InputRegion> region = {
      makeRegion({{third, third + Real::powerOfTwo(-60)}, {third, third}})};
  InputPoint point = snapToRegion(region, {0.0, 1.0});
  EXPECT_TRUE(contains(region, point));
  EXPECT_EQ(point[0][1], third);
}

TEST(Snap, GridPoints) {
  InputRegion box =
      makeRegion({{0, 1}, {Real::ratio(1, 4), Real::ratio(4, 5)}});
  box.grids = {{Real::ratio(1, 3), Real::ratio(1, 12)}};
  std::vector<InputRegion> region = {box};
  for (double wanted : {-1.0, 0.0, 0.26, 0.5, 0.99, 2.0}) {
    InputPoint point = snapToRegion(region, {wanted, wanted});
    EXPECT_TRUE(contains(region, point)) << wanted;
  }
  EXPECT_EQ(snapToRegion(region, {0.4, 0.4})[0][0], Real::ratio(5, 12));
}

TEST(Snap, RandomRegions) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    RandomNets random(seed);
    RandomPair pair = random.makePair();
    std::vector<InputRegion> region = {
        random.makeRegion(*pair.first->getInputs()[0])};
    std::vector<double> wanted;
    for (int64_t i = 0; i < region[0].size(); ++i)
      wanted.push_back(static_cast<double>(random.integer(-64, 64)) / 16);
    EXPECT_TRUE(contains(region, snapToRegion(region, wanted))) << seed;
  }
}

} // namespace
