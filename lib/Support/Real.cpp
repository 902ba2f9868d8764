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

/// The length of |value| in bits; 1 for 0.
int64_t countBits(const mpz_class &value) {
  return static_cast<int64_t>(mpz_sizeinbase(value.get_mpz_t(), 2));
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
  if (text.size() > longestText)
    return std::nullopt;
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
    denominator.reset();
    exponent = 0;
    return;
  }
  if (mp_bitcnt_t zeros = mpz_scan1(numerator.get_mpz_t(), 0)) {
    numerator >>= zeros;
    exponent += static_cast<int64_t>(zeros);
  }
  if (isDyadic())
    return;
  if (mp_bitcnt_t zeros = mpz_scan1(denominator->get_mpz_t(), 0)) {
    *denominator >>= zeros;
    exponent -= static_cast<int64_t>(zeros);
  }
  mpz_class common = gcd(numerator, *denominator);
  if (common != 1) {
    numerator /= common;
    *denominator /= common;
  }
  if (*denominator == 1)
    denominator.reset();
}

const mpz_class &Real::getDenominator() const {
  static const mpz_class one = 1;
  return denominator ? *denominator : one;
}

int64_t Real::getSizeInBits() const {
  return countBits(numerator) + countBits(getDenominator()) +
         std::abs(exponent);
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

Real Real::operator-() const {
  Real result = *this;
  mpz_neg(result.numerator.get_mpz_t(), result.numerator.get_mpz_t());
  return result;
}

/// Adds or subtracts. The other number may be this one.
void Real::add(const Real &other, bool negated) {
  if (other.isZero())
    return;
  if (isZero()) {
    *this = negated ? -other : other;
    return;
  }
  // Bring both to the lower exponent. (This one and itself have the same, and
  // nothing is shifted before it is read.)
  mpz_class shifted;
  const mpz_class *theirs = &other.numerator;
  if (exponent > other.exponent) {
    numerator <<= exponent - other.exponent;
    exponent = other.exponent;
  } else if (exponent < other.exponent) {
    shifted = shiftLeft(other.numerator, other.exponent - exponent);
    theirs = &shifted;
  }
  if (isDyadic() && other.isDyadic()) {
    if (negated)
      numerator -= *theirs;
    else
      numerator += *theirs;
  } else {
    mpz_class mine = numerator * other.getDenominator();
    mpz_class scaled = *theirs * getDenominator();
    denominator = mpz_class(getDenominator() * other.getDenominator());
    numerator = negated ? mpz_class(mine - scaled) : mpz_class(mine + scaled);
  }
  canonicalize();
}

Real &Real::operator+=(const Real &other) {
  add(other, /*negated=*/false);
  return *this;
}

Real &Real::operator-=(const Real &other) {
  add(other, /*negated=*/true);
  return *this;
}

Real &Real::operator*=(const Real &other) {
  bool dyadic = isDyadic() && other.isDyadic();
  numerator *= other.numerator;
  exponent += other.exponent;
  if (numerator == 0 || !dyadic) {
    denominator = mpz_class(getDenominator() * other.getDenominator());
    canonicalize();
  } // Products of odd numbers are odd: nothing to reduce.
  return *this;
}

Real Real::shifted(int64_t bits) const {
  Real result = *this;
  if (!isZero())
    result.exponent += bits;
  return result;
}

Real &Real::operator/=(const Real &other) {
  assert(!other.isZero() && "division by zero");
  mpz_class divisor = other.numerator;
  numerator *= other.getDenominator();
  if (divisor < 0) {
    numerator = -numerator;
    divisor = -divisor;
  }
  denominator = mpz_class(getDenominator() * divisor);
  exponent -= other.exponent;
  canonicalize();
  return *this;
}

std::strong_ordering operator<=>(const Real &a, const Real &b) {
  if (a.sign() != b.sign())
    return a.sign() <=> b.sign();
  if (a.isDyadic() && b.isDyadic() && a.sign() != 0) {
    // The place of the leading bit decides.
    auto getTop = [](const Real &x) {
      return countBits(x.numerator) + x.exponent;
    };
    if (auto order = getTop(a) <=> getTop(b); order != 0)
      return a.sign() > 0 ? order : 0 <=> order;
    if (a.exponent == b.exponent)
      return cmp(a.numerator, b.numerator) <=> 0;
  }
  if (a == b)
    return std::strong_ordering::equal;
  return (a - b).sign() <=> 0;
}

//===----------------------------------------------------------------------===//
// Rounding
//===----------------------------------------------------------------------===//

mpz_class Real::floor() const {
  if (isInteger())
    return shiftLeft(numerator, exponent);
  mpz_class result;
  if (isDyadic()) {
    mpz_fdiv_q_2exp(result.get_mpz_t(), numerator.get_mpz_t(), -exponent);
    return result;
  }
  mpz_class over = exponent > 0 ? shiftLeft(numerator, exponent) : numerator;
  mpz_class under =
      exponent < 0 ? shiftLeft(*denominator, -exponent) : *denominator;
  mpz_fdiv_q(result.get_mpz_t(), over.get_mpz_t(), under.get_mpz_t());
  return result;
}

mpz_class Real::ceil() const { return -(-*this).floor(); }

mpz_class Real::roundHalfEven() const {
  // The candidates are floor(x) and floor(x) + 1; the distance decides.
  mpz_class below = floor();
  if (isInteger())
    return below;
  if (isDyadic()) {
    // The first bit behind the point says at least a half. The last one is set,
    // so it is exactly a half if they are the same bit.
    uint64_t places = -exponent;
    if (mpz_tstbit(numerator.get_mpz_t(), places - 1) &&
        (places > 1 || mpz_odd_p(below.get_mpz_t())))
      ++below;
    return below;
  }
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
  int64_t leading = countBits(value.getNumerator()) -
                    countBits(value.getDenominator()) + value.getExponent();
  if (!value.isDyadic() && magnitude < Real::powerOfTwo(leading))
    --leading; // now 2^leading <= magnitude < 2^(leading + 1)
  int64_t spacing =
      std::max<int64_t>(leading, format.minExponent) - (format.digits - 1);
  Real scaled = magnitude.shifted(-spacing);
  bool towardZero = direction != Direction::Nearest &&
                    (direction == Direction::Down) != negative;
  mpz_class steps = direction == Direction::Nearest ? scaled.roundHalfEven()
                    : towardZero                    ? scaled.floor()
                                                    : scaled.ceil();
  double result;
  if (steps != 0 && countBits(steps) + spacing > format.maxExponent + 1) {
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
  if (!isDyadic() || countBits(numerator) > 53 || exponent < -1000 ||
      exponent > 900)
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
  mpq_class result(numerator, getDenominator());
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

/// |value| / 10^power, rounded.
static mpz_class divideByPowerOfTen(const Real &value, int64_t power) {
  Real scaled = value.abs();
  if (power >= 0)
    scaled /= Real(tenToThe(power));
  else
    scaled *= Real(tenToThe(-power));
  return scaled.roundHalfEven();
}

std::string printRounded(const Real &value, unsigned digits) {
  if (value.isZero())
    return "0";
  // The place of the first digit: from a power of two below the value, which
  // may be too low, up to where there are no more digits than wanted.
  int64_t bits = countBits(value.getNumerator()) -
                 countBits(value.getDenominator()) + value.getExponent() - 2;
  auto place =
      static_cast<int64_t>(std::floor(static_cast<double>(bits) * 0.30103));
  std::string text = divideByPowerOfTen(value, place - digits + 1).get_str();
  while (text.size() > digits)
    text = divideByPowerOfTen(value, ++place - digits + 1).get_str();
  text.erase(text.find_last_not_of('0') + 1);
  bool isScientific = place < -4 || place >= static_cast<int64_t>(digits);
  auto point =
      static_cast<size_t>(isScientific ? 1 : std::max<int64_t>(place + 1, 1));
  if (!isScientific && place < 0)
    text.insert(0, -place, '0');
  if (text.size() < point)
    text.append(point - text.size(), '0');
  if (text.size() > point)
    text.insert(point, ".");
  if (isScientific) {
    std::string power = std::to_string(std::abs(place));
    text +=
        (place < 0 ? "e-" : "e+") + (power.size() < 2 ? "0" + power : power);
  }
  return (value.sign() < 0 ? "-" : "") + text;
}

} // namespace qev
