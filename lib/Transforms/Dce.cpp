//===- Dce.cpp - Drop ops that nothing uses ---------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeadOps.h"
#include "PassBases.h"
#include "llvm/ADT/DenseSet.h"

namespace qev {

unsigned eraseDeadOps(Net &net, llvm::ArrayRef<const Op *> roots) {
  llvm::DenseSet<const Op *> live(roots.begin(), roots.end());
  live.insert(net.outputs.begin(), net.outputs.end());
  // Users come after their operands, so one walk backwards finds all.
  for (const auto &op : llvm::reverse(net.ops)) {
    if (op->is(OpKind::Input))
      live.insert(op.get());
    if (live.contains(op.get()))
      live.insert(op->operands.begin(), op->operands.end());
  }
  size_t before = net.ops.size();
  net.erase([&](const Op &op) { return !live.contains(&op); });
  return static_cast<unsigned>(before - net.ops.size());
}

namespace {

class DcePass final : public DceBase<Pass> {
public:
  bool supports(Semantics) const override { return true; }

  llvm::LogicalResult run(Module &module, DiagnosticEngine &) override {
    std::vector<const Op *> paired;
    for (const auto &twin : module.twins)
      for (const Pair &pair : twin->pairs) {
        paired.push_back(pair.first);
        paired.push_back(pair.second);
      }
    // What is left keeps its values, so bounds and twins stay true.
    for (const auto &net : module.nets)
      numErased += eraseDeadOps(*net, paired);
    return llvm::success();
  }
};

} // namespace

std::unique_ptr<Pass> createDcePass() { return std::make_unique<DcePass>(); }

} // namespace qev
