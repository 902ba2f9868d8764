//===- PruneStable.cpp - Drop activations a region decides ------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Clamp.h"
#include "DeadOps.h"
#include "PassBases.h"
#include "Queries.h"

namespace qev {

namespace {

class PruneStablePass final : public PruneStableBase<Pass> {
public:
  llvm::LogicalResult run(Module &module,
                          DiagnosticEngine &diagnostics) override;

private:
  /// Returns whether it changed the net.
  llvm::Expected<bool> pruneNet(const Module &module, Net &net);
  bool pruneOp(Net &net, Op &op, const Clamp &clamp, const Box &argument);
};

} // namespace

/// Every decision rests on all elements at once.
bool PruneStablePass::pruneOp(Net &net, Op &op, const Clamp &clamp,
                              const Box &argument) {
  auto isBelow = [&](float bound) {
    return llvm::all_of(argument,
                        [&](const Interval &x) { return x.hi <= bound; });
  };
  auto isAbove = [&](float bound) {
    return llvm::all_of(argument,
                        [&](const Interval &x) { return x.lo >= bound; });
  };
  // Always at one end: x <= lo gives lo, x >= hi gives hi.
  std::optional<float> constant;
  if (clamp.lo && isBelow(*clamp.lo))
    constant = clamp.lo;
  else if (clamp.hi && isAbove(*clamp.hi))
    constant = clamp.hi;
  if (constant) {
    op.kind = OpKind::Const;
    op.operands.clear();
    op.attributes.clear();
    op.data = ConstData::ofFloats(
        std::vector<float>(op.type.getNumElements(), *constant));
    ++numConstant;
    return true;
  }
  Clamp left = clamp;
  if (left.lo && isAbove(*left.lo))
    left.lo.reset();
  if (left.hi && isBelow(*left.hi))
    left.hi.reset();
  if (left.isIdentity()) {
    net.replaceAllUses(&op, op.operands[0]);
    ++numActive;
    return true;
  }
  if (left.lo == clamp.lo && left.hi == clamp.hi)
    return false;
  setClamp(op, left);
  ++numLoosened;
  return true;
}

llvm::Expected<bool> PruneStablePass::pruneNet(const Module &module, Net &net) {
  const Query *query = nullptr;
  for (const auto &each : module.queries) {
    if (!isAbout(*each, net))
      continue;
    if (query)
      return makeError(DiagId::Usage, "@" + net.name,
                       "queries @" + query->name + " and @" + each->name +
                           " are both about this net; it can be pruned for "
                           "one region only");
    query = each.get();
  }
  if (!query)
    return false;
  auto bounds = computeBounds(net, query->inputs, method.get());
  if (!bounds)
    return bounds.takeError();
  // Values in the region stay what they are, so the bounds stay true while ops
  // are rewritten.
  bool changed = false;
  for (const auto &op : net.ops) {
    std::optional<Clamp> clamp = getClamp(*op);
    if (!clamp || op->operands[0]->is(OpKind::Const))
      continue;
    auto argument = bounds->find(op->operands[0]);
    if (argument != bounds->end())
      changed |= pruneOp(net, *op, *clamp, argument->second);
  }
  if (changed)
    eraseDeadOps(net);
  return changed;
}

llvm::LogicalResult PruneStablePass::run(Module &module,
                                         DiagnosticEngine &diagnostics) {
  for (const auto &net : module.nets) {
    auto changed = pruneNet(module, *net);
    if (!changed) {
      llvm::handleAllErrors(changed.takeError(),
                            [&](const DiagnosticError &error) {
                              diagnostics.report(error.get());
                            });
      return llvm::failure();
    }
    if (*changed)
      dropFacts(module, *net);
  }
  return llvm::success();
}

std::unique_ptr<Pass> createPruneStablePass() {
  return std::make_unique<PruneStablePass>();
}

} // namespace qev
