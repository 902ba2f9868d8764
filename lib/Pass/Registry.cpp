//===- Registry.cpp - Passes by their names ---------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Pass/Registry.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/FormatVariadic.h"

namespace qev {

llvm::StringRef getText(Effect effect) {
  switch (effect) {
  case Effect::KeepsNets:
    return "nets stay as they are";
  case Effect::Exact:
    return "exact: outputs keep their real value for every input";
  case Effect::ExactOnRegion:
    return "exact on the query's region only";
  case Effect::OverApproximates:
    return "over-approximates: nets stay, proved ranges may be wider than the "
           "truth";
  }
  llvm_unreachable("every effect has a text");
}

const PassInfo *PassRegistry::findPass(llvm::StringRef name) const {
  for (const PassInfo &info : passes)
    if (info.name == name)
      return &info;
  return nullptr;
}

const PipelineInfo *PassRegistry::findPipeline(llvm::StringRef name) const {
  for (const PipelineInfo &info : pipelines)
    if (info.name == name)
      return &info;
  return nullptr;
}

llvm::StringRef findNearest(llvm::StringRef name,
                            llvm::ArrayRef<llvm::StringRef> candidates) {
  llvm::StringRef nearest;
  // A third of the letters may be wrong, but not all of a short name.
  size_t fewest = name.size() / 3 + 2;
  for (llvm::StringRef candidate : candidates) {
    size_t edits = name.edit_distance(candidate);
    if (edits < fewest && edits < candidate.size()) {
      fewest = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

void printPassList(const PassRegistry &registry, llvm::raw_ostream &os) {
  size_t width = 0;
  for (const PassInfo &info : registry.passes)
    width = std::max(width, info.name.size());
  for (const PipelineInfo &info : registry.pipelines)
    width = std::max(width, info.name.size());
  auto line = [&](llvm::StringRef name, llvm::StringRef summary) {
    os << "  " << name;
    os.indent(width - name.size() + 2) << summary << "\n";
  };
  os << "Passes:\n";
  for (const PassInfo &info : registry.passes)
    line(info.name, info.summary);
  os << "Pipelines:\n";
  for (const PipelineInfo &info : registry.pipelines)
    line(info.name, info.summary);
}

static void printPass(const PassInfo &info, llvm::raw_ostream &os) {
  os << "\n## `" << info.name << "`: " << info.summary << "\n\n"
     << info.description << "\n\nEffect: " << getText(info.effect) << ".\n";
  std::unique_ptr<Pass> pass = info.create();
  if (!pass->getOptions().empty()) {
    os << "\n| option | default | value | meaning |\n|---|---|---|---|\n";
    for (const PassOption *option : pass->getOptions())
      os << "| `" << option->name << "` | `" << option->print() << "` | "
         << option->describe() << " | " << option->text << " |\n";
  }
  if (!pass->getStatistics().empty()) {
    os << "\n| statistic | counts |\n|---|---|\n";
    for (const Statistic *statistic : pass->getStatistics())
      os << "| `" << statistic->name << "` | " << statistic->text << " |\n";
  }
}

void printPassDocs(const PassRegistry &registry, llvm::raw_ostream &os) {
  os << "<!-- Written by qev-opt --print-pass-docs; edit "
        "include/qev/Transforms/Passes.def instead. -->\n\n"
        "# Passes\n\n"
        "`qev-opt --pipeline='a,b{x=1}'` runs passes in this order, `b` with "
        "an option. A pass that changes a net\nalso drops ops that nothing "
        "uses, and what was proved of the net: bounds of values, and twins.\n";
  for (const PassInfo &info : registry.passes)
    printPass(info, os);
  os << "\n## Pipelines\n\n| name | stands for | use |\n|---|---|---|\n";
  for (const PipelineInfo &info : registry.pipelines)
    os << "| `" << info.name << "` | `" << info.text << "` | " << info.summary
       << " |\n";
}

} // namespace qev
