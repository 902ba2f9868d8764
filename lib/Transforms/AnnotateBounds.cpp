//===- AnnotateBounds.cpp - Write proved ranges into the IR -----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PassBases.h"
#include "Queries.h"

namespace qev {

namespace {

class AnnotateBoundsPass final : public AnnotateBoundsBase<Pass> {
public:
  llvm::LogicalResult run(Module &module,
                          DiagnosticEngine &diagnostics) override;

private:
  /// The one query for which `isWanted` holds, null if there is none. Fails if
  /// there are several.
  llvm::Expected<Query *>
  chooseQuery(const Module &module, const llvm::Twine &where,
              llvm::function_ref<bool(const Query &)> isWanted);
  llvm::Error annotateTwin(const Module &module, Twin &twin);
  llvm::Error annotateNet(const Module &module, Net &net);
  /// One net can hold the bounds of one query.
  llvm::Error claimNet(const Net &net, const Query &query);
  void write(Net &net, const NetBounds &bounds);
  llvm::Error annotateAll(Module &module);

  llvm::DenseMap<const Net *, const Query *> queryOf;
};

} // namespace

llvm::Expected<Query *> AnnotateBoundsPass::chooseQuery(
    const Module &module, const llvm::Twine &where,
    llvm::function_ref<bool(const Query &)> isWanted) {
  Query *chosen = nullptr;
  for (const auto &query : module.queries) {
    if (!isWanted(*query) ||
        (!queryName.get().empty() && query->name != queryName.get()))
      continue;
    if (chosen)
      return makeError(DiagId::Usage, where,
                       "queries @" + chosen->name + " and @" + query->name +
                           " are both about this; choose with option 'query'");
    chosen = query.get();
  }
  return chosen;
}

llvm::Error AnnotateBoundsPass::claimNet(const Net &net, const Query &query) {
  const Query *&holder = queryOf[&net];
  if (holder && holder != &query)
    return makeError(DiagId::Usage, "@" + net.name,
                     "bounds are wanted for queries @" + holder->name +
                         " and @" + query.name +
                         "; choose with option 'query'");
  holder = &query;
  return llvm::Error::success();
}

void AnnotateBoundsPass::write(Net &net, const NetBounds &bounds) {
  for (const auto &op : net.ops) {
    op->bounds.reset();
    if (op->is(OpKind::Const))
      continue;
    auto found = bounds.find(op.get());
    if (found == bounds.end())
      continue;
    op->bounds = found->second;
    ++numOps;
  }
}

llvm::Error AnnotateBoundsPass::annotateTwin(const Module &module, Twin &twin) {
  auto query =
      chooseQuery(module, "@" + twin.first->name + " ~ @" + twin.second->name,
                  [&](const Query &each) {
                    return twin.query
                               ? twin.query == &each
                               : isAbout(each, *twin.first, *twin.second);
                  });
  if (!query)
    return query.takeError();
  if (!*query)
    return llvm::Error::success();
  for (const Net *net : {twin.first, twin.second})
    if (llvm::Error error = claimNet(*net, **query))
      return error;
  auto bounds = computeBounds(twin, (*query)->inputs, method.get());
  if (!bounds)
    return bounds.takeError();
  twin.query = *query;
  write(*twin.first, bounds->first);
  write(*twin.second, bounds->second);
  for (auto [pair, delta, by] :
       llvm::zip_equal(twin.pairs, bounds->delta, bounds->by)) {
    pair.delta = delta;
    pair.by = by;
    ++numPairs;
  }
  return llvm::Error::success();
}

llvm::Error AnnotateBoundsPass::annotateNet(const Module &module, Net &net) {
  auto query = chooseQuery(module, "@" + net.name, [&](const Query &each) {
    return isAbout(each, net);
  });
  if (!query)
    return query.takeError();
  if (!*query)
    return llvm::Error::success();
  queryOf[&net] = *query;
  auto bounds = computeBounds(net, (*query)->inputs, method.get());
  if (!bounds)
    return bounds.takeError();
  write(net, *bounds);
  return llvm::Error::success();
}

llvm::Error AnnotateBoundsPass::annotateAll(Module &module) {
  if (!queryName.get().empty() && !module.findQuery(queryName.get())) {
    std::vector<llvm::StringRef> known;
    for (const auto &query : module.queries)
      known.emplace_back(query->name);
    llvm::StringRef nearest = findNearest(queryName.get(), known);
    return makeError(DiagId::UnknownName, "@" + module.name,
                     "no query '@" + queryName.get() + "'" +
                         (nearest.empty() ? "" : ", did you mean '@") +
                         nearest + (nearest.empty() ? "" : "'?"));
  }
  for (const auto &twin : module.twins)
    if (llvm::Error error = annotateTwin(module, *twin))
      return error;
  for (const auto &net : module.nets)
    if (!queryOf.contains(net.get()))
      if (llvm::Error error = annotateNet(module, *net))
        return error;
  if (queryOf.empty())
    return makeError(DiagId::Usage, "@" + module.name,
                     "bounds need a query about a net or a twin");
  return llvm::Error::success();
}

llvm::LogicalResult AnnotateBoundsPass::run(Module &module,
                                            DiagnosticEngine &diagnostics) {
  queryOf.clear();
  bool failed = false;
  llvm::handleAllErrors(annotateAll(module), [&](const DiagnosticError &error) {
    diagnostics.report(error.get());
    failed = true;
  });
  return llvm::failure(failed);
}

std::unique_ptr<Pass> createAnnotateBoundsPass() {
  return std::make_unique<AnnotateBoundsPass>();
}

} // namespace qev
