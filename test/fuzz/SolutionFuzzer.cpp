//===- SolutionFuzzer.cpp - What solvers write ------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Fuzz.h"
#include "qev/Solver/SolutionReader.h"

using namespace qev;
using namespace qev::fuzz;

/// Two numbers in whose terms solutions are.
static const System &getSystem() {
  static const System system = [] {
    System made;
    Variable number;
    number.hi = 1;
    made.variables.push_back(number);
    number.kind = VariableKind::Integer;
    made.variables.push_back(number);
    return made;
  }();
  return system;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef text = toText(data, size);
  auto solution = readSolution(getSystem(), text);
  if (solution)
    require(!solution->values || solution->values->size() == 2,
            "a point of another size");
  else
    checkError(solution.takeError());
  readDualBound(text);
  saysInfeasible(text);
  readVersion(text);
  return 0;
}
