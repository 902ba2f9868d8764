//===- Passes.h - The passes of the project ---------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TRANSFORMS_PASSES_H
#define QEV_TRANSFORMS_PASSES_H

#include "qev/Analysis/BoundOracle.h"
#include "qev/Pass/Registry.h"

namespace qev {

#define QEV_PASS_BEGIN(CLASS, NAME, EFFECT, SUMMARY, DESCRIPTION)              \
  std::unique_ptr<Pass> create##CLASS##Pass();
#include "qev/Transforms/Passes.def"

std::unique_ptr<Pass> createTightenBoundsPass(BoundOracleFactory makeOracle);

/// All passes and pipelines of Passes.def. `makeOracle` gives `tighten-bounds`
/// its solver; without, that pass refuses to run.
PassRegistry makePassRegistry(const BoundOracleFactory &makeOracle = nullptr);

/// Runs a pipeline of these passes, `normalize` for one. An error in the text
/// or in a pass is reported; so is a module that a pass left not well formed.
llvm::LogicalResult runPipeline(Module &module, llvm::StringRef text,
                                DiagnosticEngine &diagnostics);

} // namespace qev

#endif // QEV_TRANSFORMS_PASSES_H
