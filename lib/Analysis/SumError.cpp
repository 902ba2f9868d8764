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
  constexpr uint64_t hidden = uint64_t(1) << 52;
  int unit = unitOfZero;
  for (double value : values) {
    if (value == 0)
      continue;
    auto bits = llvm::bit_cast<uint64_t>(value);
    auto exponent = static_cast<int>(bits >> 52 & 0x7ff);
    if (exponent == 0x7ff)
      return -unitOfZero; // nothing is exact here
    // The value is fraction * 2^(exponent - 1075); a subnormal one has no
    // hidden bit and the exponent of the smallest normal ones.
    uint64_t fraction = (bits & (hidden - 1)) | (exponent ? hidden : 0);
    unit = std::min(unit,
                    std::max(exponent, 1) - 1075 + llvm::countr_zero(fraction));
  }
  return unit;
}

} // namespace qev
