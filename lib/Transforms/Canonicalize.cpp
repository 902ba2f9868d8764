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
#include "qev/Interp/Interp.h"
#include <cmath>

namespace qev {

namespace {

/// Element-wise ops on constants that are left in a net, with their values.
class ComputedConstants {
public:
  ComputedConstants() = default;
  explicit ComputedConstants(const Net &net);
  bool isConstant(const Op &op) const {
    return op.is(OpKind::Const) || values.count(&op);
  }
  /// Null if the op is a Const, or none of these.
  const ExactTensor *find(const Op &op) const {
    auto found = values.find(&op);
    return found == values.end() ? nullptr : &found->second;
  }

private:
  std::map<const Op *, ExactTensor> values; ///< in which nothing moves
};

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
  bool splitAddend(Net &net, Op &op);

  bool changed = false;
  ComputedConstants computed;
};

} // namespace

ComputedConstants::ComputedConstants(const Net &net) {
  for (const auto &op : net.ops) {
    if (op->operands.empty() || op->is(OpKind::Affine) ||
        !llvm::all_of(op->operands,
                      [&](const Op *each) { return isConstant(*each); }))
      continue;
    std::vector<ExactTensor> owned;
    owned.reserve(op->operands.size());
    llvm::SmallVector<const ExactTensor *> operands;
    for (const Op *operand : op->operands)
      operands.push_back(operand->is(OpKind::Const)
                             ? &owned.emplace_back(evaluateExact(*operand, {}))
                             : find(*operand));
    values[op.get()] = evaluateExact(*op, operands);
  }
}

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

/// Float32 tensors that add up to these numbers: each holds what the ones
/// before leave, rounded. A product of an int32, its scale and another float32
/// takes four; what takes more, as a quotient that no sum reaches, gives
/// nothing.
static std::vector<std::vector<float>> splitIntoFloats(ExactTensor numbers) {
  constexpr size_t most = 8;
  std::vector<std::vector<float>> terms;
  do {
    auto &term = terms.emplace_back();
    for (Real &number : numbers) {
      term.push_back(number.toFloat());
      // Where nothing is near, the rest would stay as it is.
      if (!std::isfinite(term.back()) || (term.back() == 0 && !number.isZero()))
        return {};
      number -= Real::fromDouble(term.back());
    }
    if (llvm::all_of(numbers, [](const Real &rest) { return rest.isZero(); }))
      return terms;
  } while (terms.size() < most);
  return {};
}

/// x + c of a constant c that is computed, and is no float32, is (x + c1) + c2
/// ..., with c1 + c2 + ... = c: each addend is a constant, so that sums need no
/// rounding and what pairs nets sees no second computed value.
bool CanonicalizePass::splitAddend(Net &net, Op &op) {
  bool isFirst = computed.find(*op.operands[0]);
  Op &addend = *op.operands[!isFirst], &value = *op.operands[isFirst];
  const ExactTensor *known = computed.find(addend);
  if (!known || computed.isConstant(value) ||
      addend.is(OpKind::Dequantize)) // integers, which fold-constants forwards
    return false;
  ExactTensor numbers = *known;
  bool isNegated = op.is(OpKind::Sub) && !isFirst; // x - c is x + -c
  if (isNegated)
    for (Real &number : numbers)
      number = -number;
  auto terms = splitIntoFloats(std::move(numbers));
  if (terms.empty())
    return false;
  OpKind kind = op.is(OpKind::Sub) && isFirst ? OpKind::Sub : OpKind::Add;
  Op *sum = &value;
  for (auto [i, term] : llvm::enumerate(terms)) {
    Op *constant =
        net.addConst(addend.name, addend.type,
                     ConstData::ofFloats(std::move(term)), addend.location);
    bool isLast = i + 1 == terms.size();
    Op *next = isLast
                   ? &op
                   : net.add(kind, op.name + "_sum", op.type, {}, op.location);
    next->kind = kind;
    // c - x is (c1 - x) + c2 ...
    next->operands = {sum, constant};
    if (kind == OpKind::Sub)
      std::swap(next->operands[0], next->operands[1]);
    kind = OpKind::Add;
    sum = next;
  }
  ++numRewritten;
  changed = true;
  return true;
}

Op *CanonicalizePass::simplifySum(Net &net, Op &op) {
  if (splitAddend(net, op))
    return nullptr;
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
  computed = ComputedConstants(net);
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
