//===- SumError.cpp - What adding up in doubles can cost --------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/SumError.h"
#include "llvm/ADT/bit.h"

namespace qev {

int getUnit(llvm::ArrayRef<double> values) {
  int unit = unitOfZero;
  for (double value : values) {
    if (value == 0)
      continue;
    if (!std::isfinite(value))
      return -unitOfZero; // nothing is exact here
    int exponent = 0;
    // 53 bits of fraction, so 2^53 times it is an integer.
    auto mantissa = static_cast<int64_t>(
        std::ldexp(std::frexp(std::fabs(value), &exponent), 53));
    unit = std::min(unit, exponent - 53 + llvm::countr_zero(
                                              static_cast<uint64_t>(mantissa)));
  }
  return unit;
}

} // namespace qev
