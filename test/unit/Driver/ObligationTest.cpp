//===- ObligationTest.cpp - Closing and refuting ----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Obligation.h"
#include "IdentityNet.h"
#include "gtest/gtest.h"

using namespace qev;
using qev::test::makeIdentity;

namespace {

Obligation makeDelta(int sign, const char *epsilon) {
  Obligation obligation;
  obligation.sign = sign;
  if (*epsilon)
    obligation.epsilon = *Real::parse(epsilon);
  return obligation;
}

Obligation makeTopOne(int64_t winner, int64_t rival, Real margin = 0) {
  Obligation obligation;
  obligation.output = winner;
  obligation.rival = rival;
  obligation.margin = std::move(margin);
  return obligation;
}

Replay makeReplay(ExactTensor first, ExactTensor second) {
  return {{}, std::move(first), std::move(second)};
}

TEST(Delta, IsClosedByABoundUpToEpsilon) {
  Obligation obligation = makeDelta(1, "0.1");
  // The double 0.1 lies above the decimal.
  EXPECT_FALSE(obligation.isClosedBy(0.1));
  EXPECT_TRUE(obligation.isClosedBy(nextDown(0.1)));
  EXPECT_FALSE(obligation.isClosedBy(infinity));
  EXPECT_TRUE(obligation.isClosedBy(-infinity));
  EXPECT_TRUE(makeDelta(1, "0.5").isClosedBy(0.5));
  EXPECT_FALSE(makeDelta(1, "").isClosedBy(0)) << "nothing was claimed";
}

TEST(Delta, IsClosedByItsOwnSideOfTheRange) {
  Box delta = {Interval(-0.75, 0.25)};
  EXPECT_TRUE(makeDelta(1, "0.25").isClosedByRanges({{}, {}, delta}));
  EXPECT_FALSE(makeDelta(-1, "0.25").isClosedByRanges({{}, {}, delta}));
  EXPECT_TRUE(makeDelta(-1, "0.75").isClosedByRanges({{}, {}, delta}));
}

TEST(Delta, IsRefutedOnItsOwnSideOnly) {
  Replay below = makeReplay({Real(1)}, {Real(0)});
  EXPECT_FALSE(makeDelta(1, "0.5").isRefutedBy(below));
  EXPECT_TRUE(makeDelta(-1, "0.5").isRefutedBy(below));
  EXPECT_FALSE(makeDelta(-1, "1").isRefutedBy(below)) << "equal is allowed";
  EXPECT_FALSE(makeDelta(-1, "").isRefutedBy(below));
}

TEST(Delta, Names) {
  EXPECT_EQ(makeDelta(1, "").str(), "output_0_above");
  EXPECT_EQ(makeDelta(-1, "").str(), "output_0_below");
  EXPECT_EQ(makeTopOne(3, 5).str(), "top1_3_vs_5");
}

TEST(TopOne, ATieGoesToTheLowerIndex) {
  EXPECT_TRUE(makeTopOne(0, 1).isClosedBy(0))
      << "the winner has the lower index";
  EXPECT_FALSE(makeTopOne(1, 0).isClosedBy(0)) << "the rival has";
  EXPECT_TRUE(makeTopOne(1, 0).isClosedBy(-1));
  Replay tie0 = makeReplay({Real(2), Real(1)}, {Real(1), Real(1)});
  Replay tie1 = makeReplay({Real(1), Real(2)}, {Real(1), Real(1)});
  EXPECT_FALSE(makeTopOne(0, 1).isRefutedBy(tie0));
  EXPECT_TRUE(makeTopOne(1, 0).isRefutedBy(tie1));
}

TEST(TopOne, ATieOfTheFirstNetAsksNothing) {
  Replay tie = makeReplay({Real(1), Real(1)}, {Real(0), Real(5)});
  EXPECT_FALSE(makeTopOne(0, 1).isRefutedBy(tie));
  EXPECT_FALSE(makeTopOne(1, 0).isRefutedBy(tie));
}

TEST(TopOne, TheMarginIsStrict) {
  Replay run = makeReplay({Real(2), Real(1)}, {Real(0), Real(5)});
  EXPECT_TRUE(makeTopOne(0, 1, Real::ratio(1, 2)).isRefutedBy(run));
  EXPECT_FALSE(makeTopOne(0, 1, 1).isRefutedBy(run));
}

TEST(TopOne, OnlyTheRivalThatWinsRefutes) {
  Replay run =
      makeReplay({Real(3), Real(1), Real(1)}, {Real(1), Real(0), Real(2)});
  EXPECT_FALSE(makeTopOne(0, 1).isRefutedBy(run));
  EXPECT_TRUE(makeTopOne(0, 2).isRefutedBy(run));
}

TEST(TopOne, LeadsOfOneQuantizerAreMultiplesOfItsScale) {
  Obligation obligation = makeTopOne(0, 1);
  obligation.step = Real::ratio(1, 4);
  EXPECT_TRUE(obligation.isClosedBy(0.125));
  EXPECT_FALSE(obligation.isClosedBy(0.25));
  obligation = makeTopOne(1, 0);
  obligation.step = Real::ratio(1, 4);
  EXPECT_TRUE(obligation.isClosedBy(-0.0625));
  EXPECT_FALSE(obligation.isClosedBy(0));
}

TEST(TopOne, EqualDifferencesKeepTheWinner) {
  // Y_r - Y_c < delta_r - delta_c = 0, so there is no tie either.
  Box delta(2, Interval(0)), wide(2, Interval(-9, 9));
  EXPECT_TRUE(makeTopOne(0, 1).isClosedByRanges({{}, wide, delta}));
  EXPECT_TRUE(makeTopOne(1, 0).isClosedByRanges({{}, wide, delta}));
  Box apart = {Interval(0), Interval(0, 0.5)};
  EXPECT_FALSE(makeTopOne(0, 1).isClosedByRanges({{}, wide, apart}));
  EXPECT_TRUE(
      makeTopOne(0, 1, Real::ratio(1, 2)).isClosedByRanges({{}, wide, apart}));
}

TEST(TopOne, IsClosedByRangesOfTheSecondNet) {
  Box delta(2, Interval(-9, 9));
  EXPECT_TRUE(makeTopOne(0, 1).isClosedByRanges(
      {{}, {Interval(1, 2), Interval(0, 1)}, delta}));
  EXPECT_FALSE(makeTopOne(1, 0).isClosedByRanges(
      {{}, {Interval(0, 1), Interval(1, 2)}, delta}));
}

TEST(TopOne, GoalsAskForWhatRefutes) {
  Obligation obligation = makeTopOne(0, 1, Real::ratio(1, 8));
  Goal goal = obligation.getDecision(3);
  EXPECT_FALSE(goal.maximise);
  ASSERT_EQ(goal.require.size(), 3u); // two of the premise, one of the lead
  EXPECT_TRUE(goal.require[2].strict);
  EXPECT_EQ(goal.require[2].rhs, Real(0));
  EXPECT_TRUE(obligation.getMaximum(3).maximise);
  obligation = makeTopOne(1, 0);
  EXPECT_FALSE(obligation.getDecision(2).require[1].strict);
  obligation.step = Real::ratio(1, 4);
  EXPECT_EQ(obligation.getDecision(2).require[1].rhs, Real::ratio(-1, 8));
}

TEST(Winner, TiesGoToTheLowestIndex) {
  EXPECT_EQ(getWinner({Real(1), Real(3), Real(3)}), 1);
  EXPECT_EQ(getWinner({Real(0)}), 0);
}

TEST(OutputStep, IsThatOfTheLastQuantizer) {
  EXPECT_FALSE(getOutputStep(*makeIdentity({2}), 0));
  EXPECT_EQ(getOutputStep(*makeIdentity({2}, 0.5f), 1), Real::ratio(1, 2));
}

TEST(List, AllOutputsAndSidesOfADelta) {
  DeltaClaim claim;
  claim.epsilon = {Real(1), std::nullopt, Real(2)};
  auto list = listObligations(claim, {0, 2}, {Box(3, Interval(0)), {}, {}},
                              *makeIdentity({3}));
  ASSERT_EQ(list.size(), 4u);
  EXPECT_EQ(list[0].str(), "output_0_above");
  EXPECT_EQ(list[3].str(), "output_2_below");
  EXPECT_EQ(list[3].epsilon, Real(2));
}

TEST(List, LeavesOutWinnersThatCannotWin) {
  Box firstRange = {Interval(0, 1), Interval(1, 2), Interval(-1, 0)};
  auto net = makeIdentity({3}, 0.5f);
  auto list =
      listObligations(TopOneClaim{0}, {0, 1, 2}, {firstRange, {}, {}}, *net);
  // 0 may reach 1's value, but never exceed it; the same with 2.
  ASSERT_EQ(list.size(), 2u);
  EXPECT_EQ(list[0].str(), "top1_1_vs_0");
  EXPECT_EQ(list[1].str(), "top1_1_vs_2");
  EXPECT_EQ(list[0].step, Real::ratio(1, 2));
  // 1 exceeds 0 by at most 2, 2 by at most 3.
  EXPECT_EQ(
      listObligations(TopOneClaim{2}, {0}, {firstRange, {}, {}}, *net).size(),
      0u);
}

TEST(List, OneOutputHasNoRivals) {
  EXPECT_TRUE(listObligations(TopOneClaim{0}, {0}, {{Interval(0, 1)}, {}, {}},
                              *makeIdentity({1}))
                  .empty());
}

} // namespace
