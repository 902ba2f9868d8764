//===- AlignTwins.cpp - Pair corresponding values ---------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PassBases.h"
#include "Queries.h"
#include "qev/Analysis/Align.h"
#include "llvm/ADT/STLExtras.h"

namespace qev {

namespace {

class AlignTwinsPass final : public AlignTwinsBase<Pass> {
public:
  bool supports(Semantics) const override { return true; }
  llvm::LogicalResult run(Module &module,
                          DiagnosticEngine &diagnostics) override;

private:
  llvm::LogicalResult addTwin(Module &module, Net &first, Net &second,
                              Query *query, DiagnosticEngine &diagnostics);
};

} // namespace

llvm::LogicalResult AlignTwinsPass::addTwin(Module &module, Net &first,
                                            Net &second, Query *query,
                                            DiagnosticEngine &diagnostics) {
  auto twin = alignNets(first, second);
  if (!twin) {
    llvm::handleAllErrors(twin.takeError(), [&](const DiagnosticError &error) {
      diagnostics.report(error.get());
    });
    return llvm::failure();
  }
  (*twin)->query = query;
  ++numTwins;
  numPairs += (*twin)->pairs.size();
  llvm::erase_if(module.twins, [&](const std::unique_ptr<Twin> &other) {
    return other->first == &first && other->second == &second &&
           (!other->query || other->query == query);
  });
  module.twins.push_back(std::move(*twin));
  return llvm::success();
}

llvm::LogicalResult AlignTwinsPass::run(Module &module,
                                        DiagnosticEngine &diagnostics) {
  bool named = false;
  for (const auto &query : module.queries) {
    if (!query->first || !query->second)
      continue;
    named = true;
    if (llvm::failed(addTwin(module, *query->first, *query->second, query.get(),
                             diagnostics)))
      return llvm::failure();
  }
  if (named || module.nets.size() < 2)
    return llvm::success();
  if (module.nets.size() > 2) {
    diagnostics.error(DiagId::Usage, "@" + module.name,
                      llvm::Twine(module.nets.size()) +
                          " nets and no query that names two of them");
    return llvm::failure();
  }
  Net &first = *module.nets[0], &second = *module.nets[1];
  std::vector<Query *> about;
  for (const auto &query : module.queries)
    if (isAbout(*query, first, second))
      about.push_back(query.get());
  return addTwin(module, first, second,
                 about.size() == 1 ? about.front() : nullptr, diagnostics);
}

std::unique_ptr<Pass> createAlignTwinsPass() {
  return std::make_unique<AlignTwinsPass>();
}

} // namespace qev
