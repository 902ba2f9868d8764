//===- ArrayFuzzer.cpp - Files of numbers -----------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Fuzz.h"
#include "qev/Import/Array.h"

using namespace qev;
using namespace qev::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto array = readArray(writeInput(toText(data, size), QEV_FUZZ_EXTENSION));
  if (!array)
    checkError(array.takeError());
  return 0;
}
