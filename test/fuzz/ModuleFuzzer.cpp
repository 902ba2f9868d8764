//===- ModuleFuzzer.cpp - Modules of the IR ---------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "CheckNet.h"
#include "Fuzz.h"
#include "qev/IR/Parser.h"

using namespace qev;
using namespace qev::fuzz;

/// What was read is valid; what was not has an error.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  DiagnosticEngine diagnostics;
  auto module = parseModule(toText(data, size), "fuzzed.qev", diagnostics);
  if (module)
    checkModule(*module);
  require(module || diagnostics.getNumErrors(), "refused without a reason");
  for (const Diagnostic &diagnostic : diagnostics.all())
    require(isShowable(diagnostic.str()), "a message that cannot be shown");
  return 0;
}
