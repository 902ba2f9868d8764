//===- Real.cpp - Exact rational numbers ------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/Real.h"
#include "llvm/ADT/StringExtras.h"
#include <cassert>
#include <charconv>
#include <cmath>
#include <limits>

namespace qev {

namespace {

mpz_class shiftLeft(const mpz_class &value, uint64_t bits) {
  mpz_class result;
  mpz_mul_2exp(result.get_mpz_t(), value.get_mpz_t(), bits);
  return result;
}

mpz_class tenToThe(unsigned power) {
  mpz_class result;
  mpz_ui_pow_ui(result.get_mpz_t(), 10, power);
  return result;
}

/// The binary format a value is rounded to: `digits` significant bits, values
/// below 2^minExponent spaced by 2^(minExponent - digits + 1).
struct Format {
  int digits;
  int minExponent; // of the smallest normal number
  int maxExponent; // the largest finite number is below 2^(maxExponent + 1)
};
constexpr Format doubleFormat{53, -1022, 1023};
constexpr Format floatFormat{24, -126, 127};

enum class Direction { Down, Nearest, Up };

} // namespace

//===----------------------------------------------------------------------===//
// Construction
//===----------------------------------------------------------------------===//

Real::Real(int64_t value) {
  static_assert(sizeof(long) == sizeof(int64_t));
  numerator = static_cast<long>(value);
  canonicalize();
}

Real::Real(mpz_class value) : numerator(std::move(value)) { canonicalize(); }

Real Real::fromDouble(double value) {
  assert(std::isfinite(value) && "only finite numbers are real");
  int exponent = 0;
  // frexp gives a fraction of 53 bits, so 2^53 times it is an integer.
  double fraction = std::frexp(value, &exponent);
  Real result(static_cast<int64_t>(std::ldexp(fraction, 53)));
  if (!result.isZero())
    result.exponent += exponent - 53;
  return result;
}

Real Real::ratio(const mpz_class &numerator, const mpz_class &denominator) {
  assert(denominator != 0 && "denominator of zero");
  return Real(numerator) /= Real(denominator);
}

Real Real::powerOfTwo(int64_t exponent) {
  Real result(1);
  result.exponent = exponent;
  return result;
}

std::optional<Real> Real::parse(llvm::StringRef text) {
  auto allDigits = [](llvm::StringRef digits) {
    return !digits.empty() && llvm::all_of(digits, llvm::isDigit);
  };
  bool negative = text.consume_front("-");
  Real value;
  if (text.contains('/')) {
    auto [over, under] = text.split('/');
    if (!allDigits(over) || !allDigits(under))
      return std::nullopt;
    mpz_class divisor(under.str(), 10);
    if (divisor == 0)
      return std::nullopt;
    value = ratio(mpz_class(over.str(), 10), divisor);
  } else {
    size_t mark = text.find_first_of("eE");
    llvm::StringRef mantissa = text.take_front(mark);
    int64_t power = 0;
    if (mark != llvm::StringRef::npos) {
      llvm::StringRef digits = text.drop_front(mark + 1);
      bool down = digits.consume_front("-");
      if (!down)
        digits.consume_front("+");
      if (!allDigits(digits) || digits.getAsInteger(10, power) || power > 5000)
        return std::nullopt;
      power = down ? -power : power;
    }
    auto [whole, fraction] = mantissa.split('.');
    if (!allDigits(whole) || (mantissa.contains('.') && !allDigits(fraction)))
      return std::nullopt;
    power -= static_cast<int64_t>(fraction.size());
    value = Real(mpz_class((whole + fraction).str(), 10));
    if (power >= 0)
      value *= Real(tenToThe(power));
    else
      value /= Real(tenToThe(-power));
  }
  return negative ? -value : value;
}

void Real::canonicalize() {
  if (numerator == 0) {
    denominator = 1;
    exponent = 0;
    return;
  }
  if (mp_bitcnt_t zeros = mpz_scan1(numerator.get_mpz_t(), 0)) {
    numerator >>= zeros;
    exponent += static_cast<int64_t>(zeros);
  }
  if (denominator == 1)
    return;
  if (mp_bitcnt_t zeros = mpz_scan1(denominator.get_mpz_t(), 0)) {
    denominator >>= zeros;
    exponent -= static_cast<int64_t>(zeros);
  }
  mpz_class common = gcd(numerator, denominator);
  if (common != 1) {
    numerator /= common;
    denominator /= common;
  }
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

Real Real::operator-() const {
  Real result = *this;
  result.numerator = -result.numerator;
  return result;
}

Real &Real::operator+=(const Real &other) {
  if (other.isZero())
    return *this;
  if (isZero())
    return *this = other;
  int64_t low = std::min(exponent, other.exponent);
  mpz_class mine = shiftLeft(numerator, exponent - low);
  mpz_class theirs = shiftLeft(other.numerator, other.exponent - low);
  if (isDyadic() && other.isDyadic()) {
    numerator = mine + theirs;
  } else {
    numerator = mine * other.denominator + theirs * denominator;
    denominator *= other.denominator;
  }
  exponent = low;
  canonicalize();
  return *this;
}

Real &Real::operator*=(const Real &other) {
  bool dyadic = isDyadic() && other.isDyadic();
  numerator *= other.numerator;
  exponent += other.exponent;
  if (numerator == 0 || !dyadic) {
    denominator *= other.denominator;
    canonicalize();
  } // Products of odd numbers are odd: nothing to reduce.
  return *this;
}

Real &Real::operator/=(const Real &other) {
  assert(!other.isZero() && "division by zero");
  mpz_class divisor = other.numerator;
  numerator *= other.denominator;
  if (divisor < 0) {
    numerator = -numerator;
    divisor = -divisor;
  }
  denominator *= divisor;
  exponent -= other.exponent;
  canonicalize();
  return *this;
}

std::strong_ordering operator<=>(const Real &a, const Real &b) {
  if (a.sign() != b.sign())
    return a.sign() <=> b.sign();
  if (a == b)
    return std::strong_ordering::equal;
  return (a - b).sign() <=> 0;
}

//===----------------------------------------------------------------------===//
// Rounding
//===----------------------------------------------------------------------===//

mpz_class Real::floor() const {
  if (exponent >= 0 && denominator == 1)
    return shiftLeft(numerator, exponent);
  mpz_class over = exponent > 0 ? shiftLeft(numerator, exponent) : numerator;
  mpz_class under =
      exponent < 0 ? shiftLeft(denominator, -exponent) : denominator;
  mpz_class result;
  mpz_fdiv_q(result.get_mpz_t(), over.get_mpz_t(), under.get_mpz_t());
  return result;
}

mpz_class Real::ceil() const { return -(-*this).floor(); }

mpz_class Real::roundHalfEven() const {
  // The candidates are floor(x) and floor(x) + 1; the distance decides.
  mpz_class below = floor();
  auto distance = *this - Real(below) <=> Real::powerOfTwo(-1);
  bool up = distance > 0 || (distance == 0 && mpz_odd_p(below.get_mpz_t()));
  return up ? mpz_class(below + 1) : below;
}

/// Rounds |value| = numerator/denominator * 2^exponent to `format`.
static double roundTo(const Format &format, Direction direction,
                      const Real &value) {
  if (value.isZero())
    return 0.0;
  bool negative = value.sign() < 0;
  Real magnitude = value.abs();
  // Find the place of the leading bit, then the spacing of the format there.
  mpq_class quotient = magnitude.toMpq();
  int64_t leading =
      static_cast<int64_t>(
          mpz_sizeinbase(quotient.get_num_mpz_t(), 2)) -
      static_cast<int64_t>(mpz_sizeinbase(quotient.get_den_mpz_t(), 2));
  if (magnitude < Real::powerOfTwo(leading))
    --leading; // now 2^leading <= magnitude < 2^(leading + 1)
  int64_t spacing = std::max<int64_t>(leading, format.minExponent) -
                    (format.digits - 1);
  Real scaled = magnitude * Real::powerOfTwo(-spacing);
  bool towardZero = direction != Direction::Nearest &&
                    (direction == Direction::Down) != negative;
  mpz_class steps = direction == Direction::Nearest ? scaled.roundHalfEven()
                    : towardZero                    ? scaled.floor()
                                                    : scaled.ceil();
  double result;
  if (Real(steps) * Real::powerOfTwo(spacing) >=
      Real::powerOfTwo(format.maxExponent + 1)) {
    // Beyond the largest finite number of the format.
    double largest = std::ldexp(std::ldexp(1.0, format.digits) - 1.0,
                                format.maxExponent - format.digits + 1);
    result = towardZero ? largest : std::numeric_limits<double>::infinity();
  } else {
    result = std::ldexp(steps.get_d(), static_cast<int>(spacing));
  }
  return negative ? -result : result;
}

/// The value itself if it plainly is a double: a dyadic with a short numerator
/// far from overflow and underflow.
std::optional<double> Real::getIfPlainDouble() const {
  if (!isDyadic() || mpz_sizeinbase(numerator.get_mpz_t(), 2) > 53 ||
      exponent < -1000 || exponent > 900)
    return std::nullopt;
  return std::ldexp(numerator.get_d(), static_cast<int>(exponent));
}

double Real::toDouble() const {
  if (std::optional<double> plain = getIfPlainDouble())
    return *plain;
  return roundTo(doubleFormat, Direction::Nearest, *this);
}
float Real::toFloat() const {
  return static_cast<float>(roundTo(floatFormat, Direction::Nearest, *this));
}
double Real::toDoubleDown() const {
  if (std::optional<double> plain = getIfPlainDouble())
    return *plain;
  return roundTo(doubleFormat, Direction::Down, *this);
}
double Real::toDoubleUp() const {
  if (std::optional<double> plain = getIfPlainDouble())
    return *plain;
  return roundTo(doubleFormat, Direction::Up, *this);
}

static bool isExactly(const Real &value, double rounded) {
  return std::isfinite(rounded) && Real::fromDouble(rounded) == value;
}
bool Real::isDouble() const {
  if (getIfPlainDouble())
    return true;
  return isDyadic() && isExactly(*this, toDouble());
}
bool Real::isFloat() const { return isDyadic() && isExactly(*this, toFloat()); }

mpq_class Real::toMpq() const {
  mpq_class result(numerator, denominator);
  if (exponent >= 0)
    mpq_mul_2exp(result.get_mpq_t(), result.get_mpq_t(), exponent);
  else
    mpq_div_2exp(result.get_mpq_t(), result.get_mpq_t(), -exponent);
  return result;
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

template <typename T> static std::string shortest(T value) {
  if (std::isnan(value))
    return "nan";
  if (std::isinf(value))
    return value < 0 ? "-inf" : "inf";
  if (value == 0)
    return "0"; // no -0: it equals 0 in every operator of the IR
  char buffer[64];
  auto end = std::to_chars(buffer, buffer + sizeof buffer, value).ptr;
  return std::string(buffer, end);
}

std::string printReal(double value) { return shortest(value); }
std::string printReal(float value) { return shortest(value); }

std::string printReal(const Real &value) {
  if (value.isZero())
    return "0";
  // A terminating decimal has a denominator 2^a 5^b; with at most 17 digits
  // and places it is shorter than the fraction.
  for (unsigned places = 0; places <= 25; ++places) {
    Real scaled = value.abs() * Real(tenToThe(places));
    if (!scaled.isInteger())
      continue;
    std::string digits = scaled.floor().get_str();
    if (digits.size() > 17)
      break;
    if (digits.size() <= places)
      digits.insert(0, places + 1 - digits.size(), '0');
    if (places)
      digits.insert(digits.size() - places, 1, '.');
    return (value.sign() < 0 ? "-" : "") + digits;
  }
  return value.toMpq().get_str();
}

} // namespace qev
