//===- Verify.cpp - Check the rules of the IR -------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PassBases.h"
#include "qev/IR/Verifier.h"

namespace qev {

namespace {

class VerifyPass final : public VerifyBase<Pass> {
public:
  bool supports(Semantics) const override { return true; }
  llvm::LogicalResult run(Module &module,
                          DiagnosticEngine &diagnostics) override {
    return verify(module, diagnostics);
  }
};

} // namespace

std::unique_ptr<Pass> createVerifyPass() {
  return std::make_unique<VerifyPass>();
}

} // namespace qev
