//===- RecheckTest.cpp - Every bound once more in rationals -*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/Recheck.h"
#include "RandomTwin.h"
#include "qev/Analysis/TwinAnalyzer.h"
#include "gtest/gtest.h"

using namespace qev;
using namespace qev::test;

namespace {

struct Totals {
  int64_t twins = 0, bounds = 0, tight = 0;
};

Totals recheckTwins(uint64_t seed, unsigned count,
                    const RandomTwinOptions &options) {
  Totals totals;
  for (unsigned i = 0; i < count; ++i) {
    SCOPED_TRACE("seed " + std::to_string(seed + i));
    RandomTwin nets = TwinMaker(seed + i, options).make();
    auto analyzed = tryAnalyze(nets);
    if (!analyzed)
      continue;
    for (Method method : {Method::Twin, Method::Best}) {
      auto bounds = llvm::cantFail(
          analyzed->analyzer.run(nets.regions, method, {.recheck = true}));
      for (const std::string &violation : bounds.recheck->violations)
        ADD_FAILURE() << getName(method).str() << ": " << violation;
      totals.bounds += bounds.recheck->bounds;
      totals.tight += bounds.recheck->tight;
    }
    ++totals.twins;
    if (testing::Test::HasFailure())
      return totals;
  }
  return totals;
}

TEST(Recheck, ComputedBoundsAreNotBelowExactOnes) {
  RandomTwinOptions narrow, wide, dyadic, two;
  wide.minWidth = 6;
  wide.maxWidth = 10;
  dyadic.dyadic = true;
  two.quantizedFirst = true;
  for (const auto &[options, seed, count] :
       {std::tuple(narrow, 100000u, 150u), std::tuple(wide, 200000u, 30u),
        std::tuple(dyadic, 300000u, 100u), std::tuple(two, 400000u, 100u)}) {
    Totals totals = recheckTwins(seed, count, options);
    ASSERT_FALSE(HasFailure());
    EXPECT_GT(totals.twins, count * 3 / 4);
    EXPECT_GT(totals.bounds, 40 * totals.twins);
    // And they are hardly above: rounding costs next to nothing.
    EXPECT_GT(totals.tight, totals.bounds * 9 / 10);
  }
}

TEST(Recheck, NumbersOfEverySize) {
  RandomTwinOptions extreme;
  extreme.extreme = true;
  Totals totals = recheckTwins(500000, 200, extreme);
  EXPECT_GT(totals.twins, 150);
}

/// What it is there for.
TEST(Recheck, TellsABoundThatIsTooLow) {
  Recheck result;
  Real third = Real::ratio(1, 3);
  compareExactly(third.toDoubleUp(), third, 1, "x", result);
  EXPECT_EQ(result.violations.size(), 0u);
  EXPECT_EQ(result.tight, 1);
  compareExactly(third.toDoubleDown(), third, 1, "x", result);
  EXPECT_EQ(result.violations.size(), 1u);
  EXPECT_EQ(result.bounds, 2);
}

/// By hand: x rounded to multiples of 2 and clamped to [-2, 4], on [-1, 9/2].
TEST(Recheck, Envelopes) {
  ExactEnvelope envelope({{-2, 4, 2}, Interval(-1, 4.5), false});
  EXPECT_EQ(envelope.above(Real(-1)), Real(0));
  EXPECT_EQ(envelope.below(Real(-1)), Real(0)); // -1 rounds to 0, a tie
  EXPECT_EQ(envelope.below(Real::ratio(1, 2)), Real(0));
  EXPECT_EQ(envelope.above(Real::ratio(1, 2)), Real::ratio(3, 2));
  EXPECT_EQ(envelope.above(Real(4)), Real(4));
  EXPECT_EQ(envelope.below(Real(4)), Real(3));
}

} // namespace
