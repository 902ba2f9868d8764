//===- Numbers.h - Random numbers that hurt ---------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TEST_UNIT_SUPPORT_NUMBERS_H
#define QEV_TEST_UNIT_SUPPORT_NUMBERS_H

#include "qev/Support/Real.h"
#include <bit>
#include <cmath>
#include <limits>
#include <random>

namespace qev {

/// Doubles of every magnitude, with many edges of the format among them.
class DoubleSource {
public:
  explicit DoubleSource(unsigned seed) : engine(seed) {}

  uint64_t bits() { return engine(); }
  int64_t between(int64_t lo, int64_t hi) {
    return lo +
           static_cast<int64_t>(bits() % (static_cast<uint64_t>(hi - lo) + 1));
  }

  /// Any finite double.
  double next() {
    using Limits = std::numeric_limits<double>;
    static constexpr double edges[] = {0.0,
                                       -0.0,
                                       1.0,
                                       -1.0,
                                       0.5,
                                       3.0,
                                       0.1,
                                       Limits::denorm_min(),
                                       -Limits::denorm_min(),
                                       Limits::min(),
                                       -Limits::min(),
                                       Limits::max(),
                                       Limits::lowest(),
                                       0x1p-537,
                                       0x1p512,
                                       0x1p-960,
                                       0x1p53};
    switch (bits() % 4) {
    case 0: { // any bit pattern
      double value;
      do
        value = std::bit_cast<double>(bits());
      while (!std::isfinite(value));
      return value;
    }
    case 1: // near an edge
      return step(edges[bits() % std::size(edges)],
                  static_cast<int>(between(-2, 2)));
    case 2: // few bits: sums, products and quotients are often exact
      return std::ldexp(static_cast<double>(between(-64, 64)),
                        static_cast<int>(between(-20, 20)));
    default: // everyday sizes
      return std::ldexp(
          static_cast<double>(between(-(int64_t(1) << 53), int64_t(1) << 53)),
          static_cast<int>(between(-60, -40)));
    }
  }

  static double step(double value, int steps) {
    double towards = steps < 0 ? std::numeric_limits<double>::lowest()
                               : std::numeric_limits<double>::max();
    for (int i = 0; i < std::abs(steps); ++i)
      value = std::nextafter(value, towards);
    return value;
  }

private:
  std::mt19937_64 engine;
};

/// The value of a finite double by GMP alone.
inline mpq_class toRational(double value) { return mpq_class(value); }

} // namespace qev

#endif // QEV_TEST_UNIT_SUPPORT_NUMBERS_H
