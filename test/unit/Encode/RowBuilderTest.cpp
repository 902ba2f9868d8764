//===- RowBuilderTest.cpp - Tests of rows made from exact sums -*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowBuilder.h"
#include "gtest/gtest.h"
#include <random>

using namespace qev;
using namespace qev::encoding;

namespace {

System makeSystem(std::initializer_list<Interval> ranges) {
  System system;
  for (const Interval &range : ranges) {
    Variable variable;
    variable.lo = range.lo;
    variable.hi = range.hi;
    system.variables.push_back(variable);
  }
  return system;
}

TEST(RowBuilder, IntegersStayAndOthersAreScaledByPowersOfTwo) {
  System system = makeSystem({{0, 1}, {-1000, 1000}});
  auto choose = [&](double first, double second) {
    return chooseExponent(system, {{0, first}, {1, second}});
  };
  EXPECT_EQ(choose(255, -1), 0);
  EXPECT_EQ(choose(0.375, -0.001), 2);
  EXPECT_EQ(choose(1e9, 0.5), -29 + 10);
  EXPECT_EQ(chooseExponent(system, {}), 0);
  // By up to 1e-6 of the largest coefficient: kept. By less than 1e-7: not
  // worth large numbers.
  EXPECT_EQ(choose(1, 0x1p-30), 10);
  EXPECT_EQ(choose(0x1p-30, 1), 0);
  EXPECT_EQ(choose(1, 0.2e-10), 0);
}

TEST(RowBuilder, ARoundedCoefficientWidensTheRow) {
  System system = makeSystem({{-1, 2}, {0, 1}});
  LinearSum sum;
  sum.add(Real::ratio(1, 3), 0u);
  sum.add(1.0, 1u);
  sum.add(-1.0, 1u); // cancels
  ASSERT_TRUE(addRow(system, sum, Sense::Equal, Real::ratio(1, 6), {}));
  ASSERT_EQ(system.rows.size(), 2u); // an equality with slack
  for (const Row &row : system.rows)
    EXPECT_EQ(row.terms.size(), 1u);
  // x = 1/2 solves the exact row.
  EXPECT_FALSE(findViolation(system, {Real::ratio(1, 2), 0}));
  EXPECT_TRUE(findViolation(system, {Real::ratio(51, 100), 0}));
}

TEST(RowBuilder, TinyCoefficientsMoveIntoTheRightHandSide) {
  System system = makeSystem({{-1, 2}, {-1000, 1000}});
  LinearSum sum;
  sum.add(1.0, 0u);
  sum.add(1e-17, 1u);
  ASSERT_TRUE(addRow(system, sum, Sense::LessEqual, 1, {}));
  ASSERT_EQ(system.rows.size(), 1u);
  ASSERT_EQ(system.rows[0].terms.size(), 1u);
  double scale = system.rows[0].terms[0].coefficient;
  EXPECT_GE(system.rows[0].rhs, scale * (1 + 1e-14));
  EXPECT_LE(system.rows[0].rhs, scale * (1 + 1.1e-14));
}

TEST(RowBuilder, RowsWithoutVariablesAreDecided) {
  System system = makeSystem({{0, 1}});
  LinearSum sum;
  sum.constant = 1;
  ASSERT_TRUE(addRow(system, sum, Sense::LessEqual, 1, {}));
  EXPECT_FALSE(system.infeasible);
  ASSERT_TRUE(addRow(system, sum, Sense::LessEqual, 1, {}, -1, true));
  EXPECT_TRUE(system.infeasible);
  EXPECT_TRUE(system.rows.empty());
}

TEST(RowBuilder, NumbersBeyondDoublesAreRefused) {
  System system = makeSystem({{0, 1}});
  LinearSum sum;
  sum.add(Real::powerOfTwo(2000), 0u);
  EXPECT_FALSE(addRow(system, sum, Sense::LessEqual, 1, {}));
  EXPECT_FALSE(setObjective(system, sum));
}

/// Random rational rows: what satisfies the exact row satisfies the written
/// one.
TEST(RowBuilder, WrittenRowsContainExactOnes) {
  std::mt19937 random(7);
  auto pick = [&](int lo, int hi) {
    return std::uniform_int_distribution<int>(lo, hi)(random);
  };
  for (int round = 0; round < 2000; ++round) {
    System system = makeSystem({{-1, 2}, {0, 0.1}, {-300, 5}});
    LinearSum sum;
    sum.constant = Real::ratio(pick(-9, 9), pick(1, 9));
    std::vector<Real> point;
    Real value = sum.constant;
    for (unsigned i = 0; i < 3; ++i) {
      const Variable &variable = system.variables[i];
      Real coefficient = Real::ratio(pick(-99, 99), pick(1, 99)) *
                         Real::powerOfTwo(pick(-40, 9));
      Real lo = Real::fromDouble(variable.lo),
           hi = Real::fromDouble(variable.hi);
      point.push_back(lo + (hi - lo) * Real::ratio(pick(0, 7), 7));
      value += coefficient * point[i];
      sum.add(coefficient, i);
    }
    ASSERT_TRUE(setObjective(system, sum));
    EXPECT_GE(system.objective->evaluate(point), value);
    auto sense = static_cast<Sense>(pick(0, 2));
    Real slack = sense == Sense::Equal ? Real(0) : Real::ratio(pick(0, 3), 7);
    if (sense == Sense::GreaterEqual)
      slack = -slack;
    ASSERT_TRUE(addRow(system, sum, sense, value + slack, {}));
    EXPECT_FALSE(system.infeasible);
    auto violation = findViolation(system, point);
    EXPECT_FALSE(violation) << *violation;
  }
}

} // namespace
