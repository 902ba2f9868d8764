//===- Registry.h - Passes by their names -----------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_PASS_REGISTRY_H
#define QEV_PASS_REGISTRY_H

#include "qev/Pass/Pass.h"
#include <functional>

namespace qev {

/// What a pass does to the meaning of a module.
enum class Effect {
  KeepsNets,        ///< nets stay as they are
  Exact,            ///< outputs keep their exact real value for every input
  ExactOnRegion,    ///< ... for every input in the region of the net's query
  OverApproximates, ///< nets stay; adds facts that may be wider than the truth
};
/// One sentence for the documentation.
llvm::StringRef getText(Effect effect);

struct PassInfo {
  llvm::StringRef name;
  Effect effect;
  llvm::StringRef summary;
  llvm::StringRef description;
  std::function<std::unique_ptr<Pass>()> create;
};

/// A pipeline that has a name.
struct PipelineInfo {
  llvm::StringRef name;
  llvm::StringRef text; ///< names passes only
  llvm::StringRef summary;
};

/// The passes a tool knows, in the order of their table.
struct PassRegistry {
  std::vector<PassInfo> passes;
  std::vector<PipelineInfo> pipelines;

  const PassInfo *findPass(llvm::StringRef name) const;
  const PipelineInfo *findPipeline(llvm::StringRef name) const;
};

/// The candidate with the fewest edits from `name`, if it is near enough to be
/// what was meant; else an empty string.
llvm::StringRef findNearest(llvm::StringRef name,
                            llvm::ArrayRef<llvm::StringRef> candidates);

/// One line per pass and pipeline.
void printPassList(const PassRegistry &registry, llvm::raw_ostream &os);
/// docs/Passes.md.
void printPassDocs(const PassRegistry &registry, llvm::raw_ostream &os);

} // namespace qev

#endif // QEV_PASS_REGISTRY_H
