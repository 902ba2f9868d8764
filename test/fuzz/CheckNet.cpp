//===- CheckNet.cpp - What a net that was read has to survive ---*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "CheckNet.h"
#include "Fuzz.h"
#include "qev/IR/Parser.h"
#include "qev/IR/Printer.h"
#include "qev/IR/Verifier.h"
#include "qev/Interp/Interp.h"
#include "qev/Transforms/Passes.h"

namespace qev::fuzz {

static std::string toText(const Module &module) {
  std::string text;
  llvm::raw_string_ostream os(text);
  print(module, os);
  return text;
}

static std::string getFirst(const DiagnosticEngine &diagnostics) {
  return diagnostics.all().empty() ? "" : diagnostics.all().front().str();
}

void checkModule(const Module &module) {
  DiagnosticEngine diagnostics;
  require(llvm::succeeded(verify(module, diagnostics)),
          "an invalid module: " + getFirst(diagnostics));
  std::string text = toText(module);
  auto copy = parseModule(text, "printed", diagnostics);
  require(copy != nullptr, "what was printed does not read back: " +
                               getFirst(diagnostics) + "\n" + text);
  require(toText(*copy) == text, "what was read back differs:\n" + text);
}

/// Whether exact execution takes no time worth speaking of.
static bool isSmall(const Net &net) {
  int64_t elements = 0;
  for (const auto &op : net.ops)
    elements += op->type.getNumElements();
  return net.ops.size() <= 100 && elements <= 5000;
}

static ExactTensor runAtOrigin(const Net &net) {
  std::vector<ExactTensor> inputs;
  for (const Op *input : net.getInputs())
    inputs.emplace_back(input->type.getNumElements(), Real(0));
  return getOutputs(net, runExact(net, inputs));
}

void checkNet(std::unique_ptr<Net> net) {
  if (!isSmall(*net))
    return;
  Module module;
  module.name = "fuzzed";
  module.nets.push_back(std::move(net));
  checkModule(module);
  ExactTensor before = runAtOrigin(*module.nets[0]);
  DiagnosticEngine diagnostics;
  require(llvm::succeeded(runPipeline(module, "normalize", diagnostics)),
          "normalize fails: " + getFirst(diagnostics));
  checkModule(module);
  require(runAtOrigin(*module.nets[0]) == before,
          "normalizing has changed values");
}

} // namespace qev::fuzz
