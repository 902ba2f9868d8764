//===- IntervalTest.cpp - Tests of outward-rounded intervals ----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/Interval.h"
#include "Numbers.h"
#include <gtest/gtest.h>

using namespace qev;

namespace {

/// `up` is an upper bound of `exact`, and the tightest one or its neighbour
/// where `mayStep` (results so small that their error term underflows).
void expectUp(double up, const Real &exact, bool mayStep) {
  double tightest = exact.toDoubleUp();
  EXPECT_TRUE(up == tightest || (mayStep && up == nextUp(tightest)))
      << printReal(up) << " instead of " << printReal(tightest) << " for "
      << exact.toMpq();
}
void expectDown(double down, const Real &exact, bool mayStep) {
  expectUp(-down, -exact, mayStep);
}

bool isTiny(const Real &value) { return value.abs() <= Real::powerOfTwo(-959); }

TEST(IntervalTest, DirectedOperationsAgreeWithExactOnes) {
  DoubleSource source(11);
  for (int i = 0; i < 100000; ++i) {
    double a = source.next(), b = source.next();
    if (i % 4 == 0) // sums that nearly cancel
      b = -DoubleSource::step(a, static_cast<int>(source.between(-3, 3)));
    Real x = Real::fromDouble(a), y = Real::fromDouble(b);
    expectUp(addUp(a, b), x + y, false);
    expectDown(addDown(a, b), x + y, false);
    expectUp(subUp(a, b), x - y, false);
    expectDown(subDown(a, b), x - y, false);
    Real product = x * y;
    expectUp(mulUp(a, b), product, isTiny(product));
    expectDown(mulDown(a, b), product, isTiny(product));
    if (b != 0) {
      Real quotient = x / y;
      bool mayStep = isTiny(quotient) || isTiny(x);
      expectUp(divUp(a, b), quotient, mayStep);
      expectDown(divDown(a, b), quotient, mayStep);
    }
  }
}

TEST(IntervalTest, ExactResultsStayExact) {
  EXPECT_EQ(addUp(0.5, 0.25), 0.75);
  EXPECT_EQ(mulUp(0.0078125, 3.5), mulDown(0.0078125, 3.5));
  EXPECT_EQ(divUp(3.0, 0.125), 24);
  EXPECT_EQ(divDown(3.0, 0.125), 24);
  EXPECT_LT(divDown(1.0, 3.0), divUp(1.0, 3.0));
}

TEST(IntervalTest, Infinities) {
  EXPECT_EQ(addUp(infinity, -5.0), infinity);
  EXPECT_EQ(addDown(-infinity, 1e308), -infinity);
  EXPECT_EQ(mulUp(infinity, 0.0), 0);
  EXPECT_EQ(mulUp(infinity, -2.0), -infinity);
  EXPECT_EQ(divUp(infinity, -2.0), -infinity);
  double most = std::numeric_limits<double>::max();
  EXPECT_EQ(addUp(most, most), infinity);
  EXPECT_EQ(addDown(most, most), most);
  EXPECT_EQ(mulUp(most, -2.0), -most);
  EXPECT_EQ(mulDown(most, -2.0), -infinity);
  Interval all = Interval::everything();
  EXPECT_EQ(all + all, all);
  EXPECT_EQ(all - all, all);
  EXPECT_EQ(all * Interval(0.0), Interval(0.0));
  EXPECT_EQ(all * Interval(-1.0, 2.0), all);
  EXPECT_EQ(all.width(), infinity);
}

Interval randomInterval(DoubleSource &source) {
  double a = source.next(), b = source.next();
  if (source.bits() % 8 == 0)
    a = -infinity;
  if (source.bits() % 8 == 0)
    b = infinity;
  return {std::fmin(a, b), std::fmax(a, b)};
}

/// A finite number of the interval.
double pick(DoubleSource &source, const Interval &interval) {
  double most = std::numeric_limits<double>::max();
  double lo = std::fmax(interval.lo, -most), hi = std::fmin(interval.hi, most);
  switch (source.bits() % 3) {
  case 0:
    return lo;
  case 1:
    return hi;
  default:
    double x = source.next();
    return std::fmin(std::fmax(x, lo), hi);
  }
}

TEST(IntervalTest, OperationsContainTheResults) {
  DoubleSource source(12);
  for (int i = 0; i < 50000; ++i) {
    Interval a = randomInterval(source), b = randomInterval(source);
    double x = pick(source, a), y = pick(source, b);
    ASSERT_TRUE(a.contains(x) && b.contains(y));
    Real p = Real::fromDouble(x), q = Real::fromDouble(y);
    EXPECT_TRUE((a + b).contains(p + q));
    EXPECT_TRUE((a - b).contains(p - q));
    EXPECT_TRUE((a * b).contains(p * q));
    EXPECT_TRUE((-a).contains(-p));
    EXPECT_TRUE(hull(a, b).contains(p) && hull(a, b).contains(q));
    EXPECT_LE(std::fabs(x), a.magnitude());
    if (auto both = meet(a, b)) {
      EXPECT_EQ(both->contains(x), b.contains(x));
      EXPECT_EQ(both->contains(y), a.contains(y));
    } else {
      EXPECT_FALSE(b.contains(x) || a.contains(y));
    }
    double lo = std::fmin(x, y), hi = std::fmax(x, y);
    double z = pick(source, a);
    EXPECT_TRUE(clamp(a, lo, hi).contains(std::fmin(std::fmax(z, lo), hi)));
  }
}

TEST(IntervalTest, AroundAnExactValue) {
  Interval third = Interval::around(Real::ratio(1, 3));
  EXPECT_EQ(nextUp(third.lo), third.hi);
  EXPECT_TRUE(third.contains(Real::ratio(1, 3)));
  EXPECT_FALSE(third.contains(Real::ratio(1, 3) + Real::powerOfTwo(-50)));
  EXPECT_TRUE(Interval::around(Real::ratio(1, 4)).isPoint());
  EXPECT_EQ(Interval::around(*Real::parse("1e400")).hi, infinity);
  EXPECT_TRUE(Interval::everything().contains(*Real::parse("-1e400")));
}

TEST(IntervalTest, Prints) {
  EXPECT_EQ(printInterval(Interval(-0.1, infinity)), "[-0.1, inf]");
}

TEST(IntervalDeathTest, IsNeverEmpty) {
  EXPECT_DEATH(Interval(1.0, 0.0), "empty or NaN interval");
  EXPECT_DEATH(Interval(std::nan("")), "empty or NaN interval");
}

} // namespace
