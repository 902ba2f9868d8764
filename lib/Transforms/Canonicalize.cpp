//===- Canonicalize.cpp - Bring ops into one form ---------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Clamp.h"
#include "DeadOps.h"
#include "PassBases.h"
#include "qev/Analysis/Linear.h"

namespace qev {

namespace {

class CanonicalizePass final : public CanonicalizeBase<NetPass> {
  bool runOnNet(Net &net) override;

  /// Rewrites the op where it stands; `changed` says whether. Returns the value
  /// that takes its place, or null if it stays.
  Op *simplify(Net &net, Op &op);
  Op *simplifyReshape(Op &op);
  Op *simplifyClamp(Op &op);
  Op *simplifySum(Net &net, Op &op);
  Op *simplifyProduct(Op &op);
  void moveConstantBehind(Op &op);

  bool changed = false;
};

} // namespace

/// Whether every element of a constant denotes this number.
static bool isAll(const Op &op, const Real &number) {
  if (!op.is(OpKind::Const))
    return false;
  for (int64_t i = 0, size = op.type.getNumElements(); i < size; ++i)
    if (getConstantElement(op, i) != number)
      return false;
  return true;
}

Op *CanonicalizePass::simplifyReshape(Op &op) {
  if (op.operands[0]->is(OpKind::Reshape)) {
    op.operands[0] = op.operands[0]->operands[0];
    ++numMerged;
    changed = true;
  }
  return op.operands[0]->type == op.type ? op.operands[0] : nullptr;
}

Op *CanonicalizePass::simplifyClamp(Op &op) {
  Clamp clamp = *getClamp(op);
  if (std::optional<Clamp> inner = getClamp(*op.operands[0])) {
    clamp = clamp.after(*inner);
    op.operands[0] = op.operands[0]->operands[0];
    setClamp(op, clamp);
    ++numMerged;
    changed = true;
  }
  if (clamp.isRelu() && !op.is(OpKind::Relu)) {
    setClamp(op, clamp);
    ++numRewritten;
    changed = true;
  }
  return clamp.isIdentity() ? op.operands[0] : nullptr;
}

void CanonicalizePass::moveConstantBehind(Op &op) {
  if (!op.operands[0]->is(OpKind::Const) || op.operands[1]->is(OpKind::Const))
    return;
  std::swap(op.operands[0], op.operands[1]);
  ++numRewritten;
  changed = true;
}

/// A constant with the negated floats of `constant`: exact.
static Op *addNegated(Net &net, const Op &constant) {
  std::vector<float> negated;
  for (float value : constant.data->getFloats())
    negated.push_back(value == 0 ? 0 : -value);
  return net.addConst(constant.name + "_neg", constant.type,
                      ConstData::ofFloats(std::move(negated)),
                      constant.location);
}

Op *CanonicalizePass::simplifySum(Net &net, Op &op) {
  if (op.is(OpKind::Add))
    moveConstantBehind(op);
  Op &left = *op.operands[0], &right = *op.operands[1];
  if (left.type == op.type && isAll(right, 0))
    return &left;
  if (op.is(OpKind::Sub) && !left.is(OpKind::Const) &&
      right.is(OpKind::Const) && right.data->isFloat()) {
    op.kind = OpKind::Add;
    op.operands[1] = addNegated(net, right);
    ++numRewritten;
    changed = true;
  }
  return nullptr;
}

Op *CanonicalizePass::simplifyProduct(Op &op) {
  if (op.is(OpKind::Mul))
    moveConstantBehind(op);
  Op &left = *op.operands[0], &right = *op.operands[1];
  return left.type == op.type && isAll(right, 1) ? &left : nullptr;
}

Op *CanonicalizePass::simplify(Net &net, Op &op) {
  switch (op.kind) {
  case OpKind::Reshape:
    return simplifyReshape(op);
  case OpKind::Relu:
  case OpKind::Clip:
    return simplifyClamp(op);
  case OpKind::Add:
  case OpKind::Sub:
    return simplifySum(net, op);
  case OpKind::Mul:
  case OpKind::Div:
    return simplifyProduct(op);
  case OpKind::Input:
  case OpKind::Const:
  case OpKind::Affine:
  case OpKind::Quantize:
  case OpKind::Dequantize:
    return nullptr;
  }
  llvm_unreachable("every operator has a case");
}

bool CanonicalizePass::runOnNet(Net &net) {
  changed = false;
  // By index: constants may be added at the end meanwhile.
  for (size_t i = 0, size = net.ops.size(); i < size; ++i) {
    Op *op = net.ops[i].get();
    if (Op *replacement = simplify(net, *op)) {
      net.replaceAllUses(op, replacement);
      ++numErased;
      changed = true;
    }
  }
  if (changed) {
    net.sortTopologically();
    eraseDeadOps(net);
  }
  return changed;
}

std::unique_ptr<Pass> createCanonicalizePass() {
  return std::make_unique<CanonicalizePass>();
}

} // namespace qev
