//===- Real.h - Exact rational numbers --------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The number every exact claim rests on. A Real is (numerator / denominator) *
// 2^exponent with odd numerator and odd denominator. Every finite float and
// every sum and product of floats has denominator 1 (a dyadic), and then no
// gcd is ever taken; division and decimals of a query bring in denominators.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SUPPORT_REAL_H
#define QEV_SUPPORT_REAL_H

#include "llvm/ADT/StringRef.h"
#include <compare>
#include <gmpxx.h>
#include <optional>
#include <string>

namespace qev {

class Real {
public:
  Real() = default;
  Real(int64_t value);
  Real(int value) : Real(static_cast<int64_t>(value)) {}
  explicit Real(mpz_class value);

  /// The exact value of a finite double or float.
  static Real fromDouble(double value);
  static Real ratio(const mpz_class &numerator, const mpz_class &denominator);
  /// 2^exponent.
  static Real powerOfTwo(int64_t exponent);
  /// An exact decimal (`-1.5e-3`) or fraction (`1/3`, `-7/20`). Nothing else:
  /// no sign `+`, no blanks, no nan or inf. Exponents beyond +-5000 are
  /// refused, and text of more than longestText characters.
  static std::optional<Real> parse(llvm::StringRef text);
  static constexpr size_t longestText = 100'000;

  bool isZero() const { return numerator == 0; }
  int sign() const { return sgn(numerator); }
  bool isDyadic() const { return !denominator; }
  bool isInteger() const { return isDyadic() && exponent >= 0; }
  /// The canonical parts: numerator / denominator * 2^exponent, the first two
  /// odd and coprime, the denominator positive (0 is 0 / 1 * 2^0). For loops
  /// that bring many numbers to one exponent.
  const mpz_class &getNumerator() const { return numerator; }
  const mpz_class &getDenominator() const;
  int64_t getExponent() const { return exponent; }
  /// What it takes to write all parts down as they are, zeros included.
  int64_t getSizeInBits() const;
  /// Whether toDouble (toFloat) gives back exactly this value.
  bool isDouble() const;
  bool isFloat() const;

  /// Nearest double (float), ties to even; infinite when out of range.
  double toDouble() const;
  float toFloat() const;
  /// The largest double <= this, the smallest double >= this.
  double toDoubleDown() const;
  double toDoubleUp() const;

  /// Integer parts. roundHalfEven is the rounding of QuantizeLinear.
  mpz_class floor() const;
  mpz_class ceil() const;
  mpz_class roundHalfEven() const;
  mpq_class toMpq() const;

  Real operator-() const;
  Real &operator+=(const Real &other);
  Real &operator-=(const Real &other);
  Real &operator*=(const Real &other);
  /// The divisor must not be zero.
  Real &operator/=(const Real &other);
  friend Real operator+(Real a, const Real &b) { return a += b; }
  friend Real operator-(Real a, const Real &b) { return a -= b; }
  friend Real operator*(Real a, const Real &b) { return a *= b; }
  friend Real operator/(Real a, const Real &b) { return a /= b; }
  friend bool operator==(const Real &a, const Real &b) {
    return a.exponent == b.exponent && a.numerator == b.numerator &&
           a.denominator == b.denominator;
  }
  friend std::strong_ordering operator<=>(const Real &a, const Real &b);
  /// This times 2^bits.
  Real shifted(int64_t bits) const;
  Real abs() const { return sign() < 0 ? -*this : *this; }

private:
  void canonicalize();
  void add(const Real &other, bool negated);
  std::optional<double> getIfPlainDouble() const;

  mpz_class numerator; // odd, or 0 with exponent 0 and denominator 1
  /// Odd, above 1, coprime to the numerator. None stands for 1: most numbers
  /// are dyadic and then own one big integer instead of two.
  std::optional<mpz_class> denominator;
  int64_t exponent = 0;
};

/// Text that reads back to the same number where the reader knows the kind of
/// number: the shortest decimal of a double or a float (`0.1`), and for a Real
/// its exact decimal if that has at most 17 significant digits (`0.05`), else a
/// fraction (`1/3`). Infinities print as `inf` and `-inf`.
std::string printReal(double value);
std::string printReal(float value);
std::string printReal(const Real &value);

/// For the eye: `digits` (at least 1) significant digits, rounded to nearest
/// with ties to even, laid out as %g does. Of any size: 10^400 is `1e+400`, and
/// what is not 0 never prints as 0.
std::string printRounded(const Real &value, unsigned digits = 6);

} // namespace qev

#endif // QEV_SUPPORT_REAL_H
