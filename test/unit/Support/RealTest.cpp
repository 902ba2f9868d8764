//===- RealTest.cpp - Tests of exact numbers --------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/Real.h"
#include "Numbers.h"
#include <gtest/gtest.h>

using namespace qev;

namespace {

/// A Real and the same number by GMP alone.
struct Both {
  Real real;
  mpq_class rational;
};

Both randomNumber(DoubleSource &source) {
  if (source.bits() % 3) {
    double value = source.next();
    return {Real::fromDouble(value), toRational(value)};
  }
  mpz_class over(static_cast<long>(source.between(-1000, 1000)));
  mpz_class under(static_cast<long>(source.between(1, 1000)));
  mpq_class rational(over, under);
  rational.canonicalize();
  return {Real::ratio(over, under), rational};
}

void expectCanonical(const Real &value) {
  if (value.isZero()) {
    EXPECT_EQ(value.getExponent(), 0);
    EXPECT_EQ(value.getDenominator(), 1);
    return;
  }
  EXPECT_TRUE(mpz_odd_p(value.getNumerator().get_mpz_t()));
  EXPECT_TRUE(mpz_odd_p(value.getDenominator().get_mpz_t()));
  EXPECT_GT(value.getDenominator(), 0);
  EXPECT_EQ(gcd(value.getNumerator(), value.getDenominator()), 1);
}

TEST(RealTest, ArithmeticAgreesWithRationals) {
  DoubleSource source(1);
  for (int i = 0; i < 20000; ++i) {
    Both a = randomNumber(source), b = randomNumber(source);
    EXPECT_EQ((a.real + b.real).toMpq(), a.rational + b.rational);
    EXPECT_EQ((a.real - b.real).toMpq(), a.rational - b.rational);
    EXPECT_EQ((a.real * b.real).toMpq(), a.rational * b.rational);
    if (!b.real.isZero()) {
      EXPECT_EQ((a.real / b.real).toMpq(), a.rational / b.rational);
    }
    EXPECT_EQ((-a.real).toMpq(), -a.rational);
    EXPECT_EQ(a.real.abs().toMpq(), abs(a.rational));
    EXPECT_EQ(a.real < b.real, a.rational < b.rational);
    EXPECT_EQ(a.real == b.real, a.rational == b.rational);
    // Numbers whose leading bits agree, over different powers of two.
    Real above = a.real + a.real.abs() * Real::powerOfTwo(-70);
    EXPECT_EQ(a.real < above, !a.real.isZero());
    EXPECT_EQ(-a.real > -above, !a.real.isZero());
    EXPECT_FALSE(above < a.real);
    EXPECT_EQ(a.real.sign(), sgn(a.rational));
    expectCanonical(a.real + b.real);
    expectCanonical(a.real * b.real);
    expectCanonical(a.real - a.real);
  }
}

TEST(RealTest, OperandsMayAlias) {
  DoubleSource source(2);
  for (int i = 0; i < 2000; ++i) {
    Both a = randomNumber(source);
    Real sum = a.real, difference = a.real, product = a.real, one = a.real;
    sum += sum;
    difference -= difference;
    product *= product;
    EXPECT_EQ(sum.toMpq(), 2 * a.rational);
    EXPECT_TRUE(difference.isZero());
    EXPECT_EQ(product.toMpq(), a.rational * a.rational);
    if (!one.isZero()) {
      one /= one;
      EXPECT_EQ(one, Real(1));
    }
  }
}

TEST(RealTest, IntegersOfAllSizes) {
  for (int64_t value : {std::numeric_limits<int64_t>::min(),
                        std::numeric_limits<int64_t>::max(), int64_t(0),
                        int64_t(-1), int64_t(1) << 40}) {
    EXPECT_EQ(Real(value).toMpq(), mpq_class(static_cast<long>(value)));
    EXPECT_EQ(Real(value).floor(), mpz_class(static_cast<long>(value)));
    EXPECT_TRUE(Real(value).isInteger());
  }
  EXPECT_EQ(Real::powerOfTwo(-3), Real::ratio(1, 8));
  EXPECT_FALSE(Real::powerOfTwo(-3).isInteger());
  EXPECT_FALSE(Real::ratio(4, 3).isInteger());
  EXPECT_TRUE(Real::ratio(-12, 3).isInteger());
}

TEST(RealTest, IntegerPartsAgreeWithRationals) {
  DoubleSource source(3);
  for (int i = 0; i < 20000; ++i) {
    Both a = randomNumber(source);
    // Keep the integers small enough to read, and many halves among them.
    if (abs(a.rational) > 1000000)
      continue;
    if (i % 3 == 0) {
      long k = source.between(-50, 50);
      a = {Real::ratio(k, 2), mpq_class(k, 2)};
      a.rational.canonicalize();
    }
    mpz_class down, up;
    mpz_fdiv_q(down.get_mpz_t(), a.rational.get_num_mpz_t(),
               a.rational.get_den_mpz_t());
    mpz_cdiv_q(up.get_mpz_t(), a.rational.get_num_mpz_t(),
               a.rational.get_den_mpz_t());
    EXPECT_EQ(a.real.floor(), down);
    EXPECT_EQ(a.real.ceil(), up);
    mpq_class toDown = a.rational - down, toUp = up - a.rational;
    mpz_class nearest = toDown < toUp                  ? down
                        : toUp < toDown                ? up
                        : mpz_even_p(down.get_mpz_t()) ? down
                                                       : up;
    EXPECT_EQ(a.real.roundHalfEven(), nearest) << a.rational;
  }
}

TEST(RealTest, TiesGoToEven) {
  const std::pair<const char *, int> cases[] = {
      {"0.5", 0},   {"1.5", 2},   {"2.5", 2},    {"-0.5", 0},
      {"-1.5", -2}, {"-2.5", -2}, {"0.4999", 0}, {"-0.5000001", -1},
      {"7/2", 4},   {"5/2", 2},   {"1/3", 0},    {"-7/2", -4}};
  for (auto [text, rounded] : cases)
    EXPECT_EQ(Real::parse(text)->roundHalfEven(), rounded) << text;
}

//===----------------------------------------------------------------------===//
// Conversions
//===----------------------------------------------------------------------===//

template <typename T> T neighbour(T value, int direction) {
  return std::nextafter(value, direction * std::numeric_limits<T>::infinity());
}

/// An infinite value stands for the first power of two out of range, as IEEE
/// 754 says for rounding to nearest.
template <typename T> mpq_class toNearestScale(T value) {
  if (std::isfinite(value))
    return mpq_class(static_cast<double>(value));
  mpq_class limit = 1;
  mpq_mul_2exp(limit.get_mpq_t(), limit.get_mpq_t(),
               std::numeric_limits<T>::max_exponent);
  return value < 0 ? mpq_class(-limit) : limit;
}

template <typename T> bool hasEvenMantissa(T value) {
  if (std::isinf(value))
    return true;
  if constexpr (sizeof(T) == 4)
    return std::bit_cast<uint32_t>(value) % 2 == 0;
  else
    return std::bit_cast<uint64_t>(value) % 2 == 0;
}

template <typename T> void expectNearest(const Real &real, T rounded) {
  mpq_class value = real.toMpq();
  mpq_class distance = abs(toNearestScale(rounded) - value);
  if (std::isinf(rounded)) {
    // Beyond half the gap between the largest number and the power above.
    mpq_class largest =
        toNearestScale(std::copysign(std::numeric_limits<T>::max(), rounded));
    EXPECT_GE(abs(value), abs(largest + toNearestScale(rounded)) / 2);
    return;
  }
  for (int direction : {-1, 1}) {
    T other = neighbour(rounded, direction);
    mpq_class otherDistance = abs(toNearestScale(other) - value);
    EXPECT_LE(distance, otherDistance) << value;
    if (distance == otherDistance) {
      EXPECT_TRUE(hasEvenMantissa(rounded)) << value;
    }
  }
}

void expectDirected(const Real &real) {
  mpq_class value = real.toMpq();
  double down = real.toDoubleDown(), up = real.toDoubleUp();
  if (std::isfinite(down)) {
    EXPECT_LE(toRational(down), value);
  }
  double aboveDown = neighbour(down, 1);
  if (std::isfinite(aboveDown)) {
    EXPECT_GT(toRational(aboveDown), value);
  }
  if (std::isfinite(up)) {
    EXPECT_GE(toRational(up), value);
  }
  double belowUp = neighbour(up, -1);
  if (std::isfinite(belowUp)) {
    EXPECT_LT(toRational(belowUp), value);
  }
  EXPECT_NE(down, std::numeric_limits<double>::infinity());
  EXPECT_NE(up, -std::numeric_limits<double>::infinity());
}

void expectConversions(const Real &real) {
  expectNearest<double>(real, real.toDouble());
  expectNearest<float>(real, real.toFloat());
  expectDirected(real);
  EXPECT_EQ(real.isDouble(), real.toDoubleDown() == real.toDoubleUp() &&
                                 std::isfinite(real.toDoubleUp()));
  EXPECT_EQ(real.isFloat(), std::isfinite(real.toFloat()) &&
                                toRational(real.toFloat()) == real.toMpq());
}

TEST(RealTest, ConversionsOfRandomNumbers) {
  DoubleSource source(4);
  for (int i = 0; i < 5000; ++i) {
    Both a = randomNumber(source), b = randomNumber(source);
    expectConversions(a.real);
    expectConversions(a.real + b.real);
    expectConversions(a.real * b.real);
    if (!b.real.isZero())
      expectConversions(a.real / b.real);
  }
}

TEST(RealTest, ConversionsAroundMidpoints) {
  // Midpoints between neighbours, and the numbers just beside them: where a
  // double computed on the way to a float would round twice.
  DoubleSource source(5);
  Real hair = Real::powerOfTwo(-1200);
  for (int i = 0; i < 5000; ++i) {
    auto single = std::bit_cast<float>(static_cast<uint32_t>(source.bits()));
    double wide = source.next();
    if (i % 3 == 0) // subnormal floats
      single = std::bit_cast<float>(
          static_cast<uint32_t>(source.bits() & 0x807fffffu));
    for (auto [a, b] : {std::pair<double, double>(single, neighbour(single, 1)),
                        std::pair(wide, neighbour(wide, 1))}) {
      if (!std::isfinite(a) || !std::isfinite(b))
        continue;
      Real middle =
          (Real::fromDouble(a) + Real::fromDouble(b)) * Real::powerOfTwo(-1);
      for (const Real &value : {middle, middle + hair, middle - hair})
        expectConversions(value);
    }
  }
}

TEST(RealTest, ConversionsAtTheEndsOfTheRange) {
  for (int exponent : {-1200, -1075, -1074, -1073, -1023, -1022, -1021, -151,
                       -150,  -149,  -148,  -127,  -126,  -125,  126,   127,
                       128,   129,   1022,  1023,  1024,  1025,  3000})
    for (int64_t numerator : {int64_t(1), int64_t(3), (int64_t(1) << 24) - 1,
                              (int64_t(1) << 25) - 1, (int64_t(1) << 53) - 1,
                              (int64_t(1) << 54) - 1, (int64_t(1) << 55) + 1})
      for (int shift : {0, -23, -24, -25, -52, -53, -54, -55})
        for (int sign : {-1, 1})
          expectConversions(Real(sign * numerator) *
                            Real::powerOfTwo(exponent + shift));
  EXPECT_EQ(Real::parse("1e400")->toDouble(),
            std::numeric_limits<double>::infinity());
  EXPECT_EQ(Real::parse("1e400")->toDoubleDown(),
            std::numeric_limits<double>::max());
  EXPECT_EQ(Real::parse("-1e400")->toDoubleUp(),
            std::numeric_limits<double>::lowest());
  EXPECT_EQ(Real::parse("1e-400")->toDoubleUp(),
            std::numeric_limits<double>::denorm_min());
  EXPECT_EQ(Real::parse("1e-400")->toDoubleDown(), 0);
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

TEST(RealTest, ParsesDecimalsAndFractions) {
  EXPECT_EQ(*Real::parse("0.05"), Real::ratio(1, 20));
  EXPECT_EQ(*Real::parse("-1.5e-3"), Real::ratio(-3, 2000));
  EXPECT_EQ(*Real::parse("2E+3"), Real(2000));
  EXPECT_EQ(*Real::parse("-7/20"), Real::ratio(-7, 20));
  EXPECT_EQ(*Real::parse("007"), Real(7));
  EXPECT_EQ(*Real::parse("-0"), Real());
  EXPECT_EQ(*Real::parse("0e5000"), Real());
  EXPECT_TRUE(Real::parse("1e5000"));
  for (const char *text :
       {"",      "-",     "+1",     "1.",      ".5",
        "1e",    "1e+",   "1e5001", "1e-5001", "1e99999999999999999999",
        "inf",   "nan",   "1/0",    "1/-2",    "-/2",
        "1/2/3", "1.5/2", "0x10",   " 1",      "1 ",
        "1_0",   "1e1.5", "--1",    "1e--1",   "1,5"})
    EXPECT_FALSE(Real::parse(text)) << text;
}

TEST(RealTest, TextReadsBack) {
  DoubleSource source(6);
  for (int i = 0; i < 20000; ++i) {
    Both a = randomNumber(source);
    EXPECT_EQ(*Real::parse(printReal(a.real)), a.real);
    double value = source.next();
    EXPECT_EQ(Real::parse(printReal(value))->toDouble(), value);
    float single = Real::fromDouble(value).toFloat();
    if (std::isfinite(single)) {
      EXPECT_EQ(Real::parse(printReal(single))->toFloat(), single);
    }
  }
}

TEST(RealTest, PrintsTheShortestText) {
  EXPECT_EQ(printReal(0.1), "0.1");
  EXPECT_EQ(printReal(0.1f), "0.1");
  EXPECT_EQ(printReal(static_cast<double>(0.1f)), "0.10000000149011612");
  EXPECT_EQ(printReal(-0.0), "0");
  EXPECT_EQ(printReal(-std::numeric_limits<double>::infinity()), "-inf");
  EXPECT_EQ(printReal(Real::ratio(1, 20)), "0.05");
  EXPECT_EQ(printReal(Real::ratio(-1, 3)), "-1/3");
  EXPECT_EQ(printReal(Real(-1500)), "-1500");
  EXPECT_EQ(printReal(Real::powerOfTwo(-60)), "1/1152921504606846976");
  EXPECT_EQ(printReal(Real::fromDouble(0.0078125)), "0.0078125");
}

TEST(RealTest, RoundedTextIsThatOfPrintf) {
  DoubleSource source(7);
  for (int i = 0; i < 20000; ++i) {
    double value = source.next();
    for (unsigned digits : {1, 6, 17}) {
      char text[64];
      std::snprintf(text, sizeof text, "%.*g", static_cast<int>(digits),
                    value + 0.0);
      EXPECT_EQ(printRounded(Real::fromDouble(value), digits), text);
    }
  }
}

TEST(RealTest, RoundsNumbersOfAnySize) {
  EXPECT_EQ(printRounded(*Real::parse("1e-400")), "1e-400");
  EXPECT_EQ(printRounded(*Real::parse("-123456789e391")), "-1.23457e+399");
  EXPECT_EQ(printRounded(*Real::parse("9.999996e4999")), "1e+5000");
  EXPECT_EQ(printRounded(Real::ratio(2, 3), 3), "0.667");
  EXPECT_EQ(printRounded(Real::ratio(999999, 1000), 5), "1000");
  EXPECT_EQ(printRounded(Real::ratio(1, 3), 40),
            "0.3333333333333333333333333333333333333333");
}

} // namespace
