//===- VnnLibFuzzer.cpp - Queries of VNN-LIB --------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Fuzz.h"
#include "qev/Driver/Question.h"
#include "qev/IR/Parser.h"

using namespace qev;
using namespace qev::fuzz;

/// Two nets as queries may be about.
static const Module &getNets() {
  static const std::unique_ptr<Module> module = [] {
    DiagnosticEngine diagnostics;
    auto parsed = parseModule(
        R"(module @nets attributes {version = 1, semantics = real} {
  net @first(%X: tensor<1x2xf32>) -> tensor<1x2xf32> {
    %w = const dense<1, 2; 3, 4> : tensor<2x2xf32>
    %Y = affine %X, %w : tensor<1x2xf32>
    return %Y
  }
  net @second(%X: tensor<1x2xf32>) -> tensor<1x2xf32> {
    %w = const dense<1, 2; 3, 5> : tensor<2x2xf32>
    %Y = affine %X, %w : tensor<1x2xf32>
    return %Y
  }
})",
        "nets", diagnostics);
    if (!parsed)
      require(false, diagnostics.all().front().str());
    return parsed;
  }();
  return *module;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string path = writeInput(toText(data, size), ".vnnlib");
  auto regions = readQueries(path, *getNets().nets[0], *getNets().nets[1]);
  if (!regions)
    checkError(regions.takeError());
  return 0;
}
