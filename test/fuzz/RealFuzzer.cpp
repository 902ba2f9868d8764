//===- RealFuzzer.cpp - Numbers as text -------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Fuzz.h"
#include "qev/Support/Real.h"

using namespace qev;
using namespace qev::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto number = Real::parse(toText(data, size));
  if (!number)
    return 0;
  auto again = Real::parse(printReal(*number));
  require(again && *again == *number, "a number does not read back");
  double down = number->toDoubleDown(), up = number->toDoubleUp();
  require(down <= up && down <= number->toDouble() && number->toDouble() <= up,
          "a number lies outside its own ends");
  require(!printRounded(*number).empty(), "a number prints as nothing");
  return 0;
}
