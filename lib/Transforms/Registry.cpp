//===- Registry.cpp - The passes of the project -----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Pass/PassManager.h"
#include "qev/Transforms/Passes.h"

namespace qev {

PassRegistry makePassRegistry(const BoundOracleFactory &makeOracle) {
  PassRegistry registry;
#define QEV_PASS_BEGIN(CLASS, NAME, EFFECT, SUMMARY, DESCRIPTION)              \
  registry.passes.push_back({NAME, Effect::EFFECT, SUMMARY, DESCRIPTION,       \
                             [] { return create##CLASS##Pass(); }});
#define QEV_PIPELINE(NAME, TEXT, USE)                                          \
  registry.pipelines.push_back({NAME, TEXT, USE});
#include "qev/Transforms/Passes.def"
  for (PassInfo &info : registry.passes)
    if (info.name == "tighten-bounds")
      info.create = [makeOracle] {
        return createTightenBoundsPass(makeOracle);
      };
  return registry;
}

llvm::LogicalResult runPipeline(Module &module, llvm::StringRef text,
                                DiagnosticEngine &diagnostics) {
  PassRegistry registry = makePassRegistry();
  PassManager manager(registry);
  bool failed = false;
  llvm::handleAllErrors(manager.addPipeline(text),
                        [&](const DiagnosticError &error) {
                          diagnostics.report(error.get());
                          failed = true;
                        });
  return llvm::success(!failed &&
                       manager.run(module, diagnostics) == PassResult::Success);
}

} // namespace qev
