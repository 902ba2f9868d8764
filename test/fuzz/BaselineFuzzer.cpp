//===- BaselineFuzzer.cpp - Records of earlier runs -------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Fuzz.h"
#include "qev/Driver/Baseline.h"

using namespace qev;
using namespace qev::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto baseline = Baseline::read(writeInput(toText(data, size), ".json"));
  if (!baseline)
    checkError(baseline.takeError());
  return 0;
}
