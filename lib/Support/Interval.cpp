//===- Interval.cpp - Outward-rounded intervals -----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/Interval.h"

std::string qev::printInterval(const Interval &interval) {
  return "[" + printReal(interval.lo) + ", " + printReal(interval.hi) + "]";
}
