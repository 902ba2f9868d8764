//===- BracketTest.cpp - What is proved and witnessed -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Bracket.h"
#include "gtest/gtest.h"

using namespace qev;

namespace {

const Trust highs =
    Trust::tolerance("highs 1.0, dual bound, feasibility 1e-07");

Replay makeReplay(const char *first, const char *second) {
  return {{}, {*Real::parse(first)}, {*Real::parse(second)}};
}

TEST(Bracket, StartsWithBoundsAndNothingWitnessed) {
  Bracket bracket({Interval(-2, 3), Interval(0)});
  EXPECT_EQ(bracket.size(), 2);
  EXPECT_EQ(bracket.getProved(0), Interval(-2, 3));
  EXPECT_EQ(bracket.getEnd(0, 1), 3);
  EXPECT_EQ(bracket.getEnd(0, -1), 2);
  EXPECT_FALSE(bracket.getWitnessed(0));
  EXPECT_FALSE(bracket.isNarrow(1, 1, 1)) << "nothing is witnessed yet";
  // No negative zeros: they would print as -0.
  EXPECT_FALSE(std::signbit(bracket.getProved(1).lo));
  EXPECT_FALSE(std::signbit(bracket.getProved(1).hi));
}

TEST(Bracket, WitnessedIsRoundedInward) {
  Bracket bracket({Interval(-1, 1)});
  bracket.witness(makeReplay("0", "1/3"));
  Interval seen = *bracket.getWitnessed(0);
  EXPECT_TRUE(seen.isPoint());
  EXPECT_LT(Real::fromDouble(seen.hi), Real::ratio(1, 3));
  bracket.witness(makeReplay("1/3", "0"));
  seen = *bracket.getWitnessed(0);
  EXPECT_LT(Real::fromDouble(seen.hi), Real::ratio(1, 3));
  EXPECT_GT(Real::fromDouble(seen.lo), Real::ratio(-1, 3));
}

TEST(Bracket, NarrowIsRelativeToTheEnd) {
  Bracket bracket({Interval(-1, 2)});
  bracket.witness(makeReplay("0", "1.5"));
  EXPECT_TRUE(bracket.isNarrow(0, 1, 0.25));
  EXPECT_FALSE(bracket.isNarrow(0, 1, 0.125));
  EXPECT_FALSE(bracket.isNarrow(0, -1, 1)); // -1 proved, 1.5 seen
}

TEST(Bracket, WordsOfTrust) {
  EXPECT_TRUE(Trust::safeDual().isSafe());
  EXPECT_FALSE(Trust::exact("z3 4.8.12").isSafe());
  EXPECT_TRUE(Trust::exact("z3 4.8.12").isExact());
  EXPECT_FALSE(highs.isExact());
  EXPECT_EQ(getGrade({highs, Trust::safeDual()}), Trust::Grade::Tolerance);
  EXPECT_EQ(getGrade({}), Trust::Grade::Bounds);
  Bracket bracket({Interval(-1, 2)});
  EXPECT_FALSE(bracket.prove(0, 1, 1.75, Trust::bounds()));
  EXPECT_EQ(bracket.getTrust(0, 1), Trust::bounds());
  EXPECT_FALSE(bracket.prove(0, 1, 1.5, Trust::safeDual()));
  EXPECT_EQ(bracket.getTrust(0, 1), Trust::safeDual());
  EXPECT_EQ(bracket.getTrust(0, -1), Trust::bounds());
  EXPECT_EQ(bracket.getProved(0), Interval(-1, 1.5));
}

TEST(Bracket, ATrustedBoundNamesItsTrust) {
  Bracket bracket({Interval(-1, 2)});
  EXPECT_FALSE(bracket.prove(0, 1, 1.5, highs));
  EXPECT_EQ(bracket.getTrust(0, 1), highs);
  EXPECT_EQ(bracket.getTrust(0, -1), Trust::bounds());
  // What is weaker changes nothing.
  EXPECT_FALSE(bracket.prove(0, 1, 1.75, Trust::tolerance("other")));
  EXPECT_EQ(bracket.getTrust(0, 1), highs);
  // What arithmetic shows takes the place of a solver's word.
  EXPECT_FALSE(bracket.prove(0, 1, 1.25, Trust::safeDual()));
  EXPECT_EQ(bracket.getTrust(0, 1), Trust::safeDual());
  EXPECT_EQ(bracket.getEnd(0, 1), 1.25);
}

TEST(Bracket, AReplayRemovesWhatItContradicts) {
  Bracket bracket({Interval(-1, 2)});
  EXPECT_FALSE(bracket.prove(0, 1, 0.5, highs));
  EXPECT_TRUE(bracket.witness(makeReplay("0", "0.5")).empty());
  auto contradictions = bracket.witness(makeReplay("0", "0.75"));
  ASSERT_EQ(contradictions.size(), 1u);
  EXPECT_EQ(contradictions[0], highs.words +
                                   ": delta of output 0 <= 0.5 is contradicted "
                                   "by the replayed 0.75");
  EXPECT_EQ(bracket.getProved(0), Interval(-1, 2));
  EXPECT_EQ(bracket.getTrust(0, 1), Trust::bounds());
}

TEST(Bracket, ABoundBelowAReplayIsNotTaken) {
  Bracket bracket({Interval(-1, 2)});
  bracket.witness(makeReplay("0.5", "0"));
  auto contradiction = bracket.prove(0, -1, 0.25, highs);
  ASSERT_TRUE(contradiction);
  EXPECT_EQ(*contradiction, highs.words +
                                ": delta of output 0 >= -0.25 is contradicted "
                                "by the replayed -0.5");
  EXPECT_EQ(bracket.getProved(0), Interval(-1, 2));
}

TEST(Bracket, ABoundThatLeavesNothingIsNotTaken) {
  Bracket bracket({Interval(1, 2)});
  auto contradiction = bracket.prove(0, 1, 0.5, highs);
  ASSERT_TRUE(contradiction);
  EXPECT_EQ(
      *contradiction,
      highs.words +
          ": delta of output 0 <= 0.5 leaves nothing of the proved [1, 2]");
  EXPECT_EQ(bracket.getProved(0), Interval(1, 2));
}

TEST(Bracket, AReplayOutsideBoundsIsABug) {
  Bracket bracket({Interval(-1, 2)});
  EXPECT_DEATH(bracket.witness(makeReplay("0", "3")), "outside a proved");
}

TEST(Bracket, AnUnboundedEndIsNeverNarrow) {
  Bracket bracket({Interval::everything()});
  Replay replay{{{0}}, {0}, {1}};
  EXPECT_TRUE(bracket.witness(replay).empty());
  EXPECT_FALSE(bracket.isNarrow(0, 1, 0.5));
  EXPECT_TRUE(Bracket({Interval(0, 1.5)}).witness(replay).empty());
}

TEST(Bracket, WhatIsWitnessedIsANumber) {
  constexpr double largest = std::numeric_limits<double>::max();
  Bracket above({Interval::everything()}), below({Interval::everything()});
  above.witness(Replay{{{0}}, {0}, {*Real::parse("1e400")}});
  EXPECT_EQ(above.getWitnessed(0), Interval(largest));
  below.witness(Replay{{{0}}, {0}, {*Real::parse("-1e400")}});
  EXPECT_EQ(below.getWitnessed(0), Interval(-largest));
}

} // namespace
