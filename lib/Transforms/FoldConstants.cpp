//===- FoldConstants.cpp - Compute ops on constants -------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeadOps.h"
#include "PassBases.h"
#include "qev/Interp/Interp.h"
#include <cmath>

namespace qev {

namespace {

class FoldConstantsPass final : public FoldConstantsBase<NetPass> {
  bool runOnNet(Net &net) override;
};

} // namespace

/// Whether the op is computed element by element (or moves elements only), by
/// one operation for each.
static bool isElementwise(const Op &op) {
  switch (op.kind) {
  case OpKind::Add:
  case OpKind::Sub:
  case OpKind::Mul:
  case OpKind::Div:
  case OpKind::Relu:
  case OpKind::Clip:
  case OpKind::Reshape:
  case OpKind::Quantize:
    return true;
  case OpKind::Input:
  case OpKind::Const:
  case OpKind::Affine:
  case OpKind::Dequantize: // codes stay codes
    return false;
  }
  llvm_unreachable("every operator has a case");
}

/// The value of an op on constants, if exact and float32 arithmetic agree on
/// it: then no reading of the net changes. To round is right only for constants
/// that a model file computes, which import has folded; what is here may come
/// from a pass, and no runtime computes it.
static std::optional<ConstData> evaluate(const Op &op) {
  if (!llvm::all_of(op.operands, [](const Op *operand) {
        return operand->is(OpKind::Const);
      }))
    return std::nullopt;
  std::vector<ExactTensor> exact;
  std::vector<Float32Tensor> rounded;
  for (const Op *operand : op.operands) {
    exact.push_back(evaluateExact(*operand, {}));
    rounded.push_back(evaluateFloat32(*operand, {}));
  }
  std::vector<const ExactTensor *> exactOperands;
  std::vector<const Float32Tensor *> roundedOperands;
  for (auto [a, b] : llvm::zip_equal(exact, rounded)) {
    exactOperands.push_back(&a);
    roundedOperands.push_back(&b);
  }
  ExactTensor value = evaluateExact(op, exactOperands);
  Float32Tensor literal = evaluateFloat32(op, roundedOperands);
  for (auto [a, b] : llvm::zip_equal(value, literal))
    if (!std::isfinite(b) || a != Real::fromDouble(b))
      return std::nullopt;
  if (op.type.isQuantized())
    return ConstData::ofCodes({literal.begin(), literal.end()});
  return ConstData::ofFloats({literal.begin(), literal.end()});
}

/// `dequantize %c` of an integer constant.
static bool isDequantizedConstant(const Op &op) {
  return op.is(OpKind::Dequantize) && op.operands[0]->is(OpKind::Const);
}

/// Whether operands of the op may be codes of constants (OP2).
static bool takesCodes(const Op &op) {
  return op.is(OpKind::Add) || op.is(OpKind::Sub) || op.is(OpKind::Mul) ||
         op.is(OpKind::Div);
}

bool FoldConstantsPass::runOnNet(Net &net) {
  bool changed = false;
  for (const auto &op : net.ops) {
    if (takesCodes(*op))
      for (Op *&operand : op->operands)
        if (isDequantizedConstant(*operand)) {
          operand = operand->operands[0];
          ++numForwarded;
          changed = true;
        }
    if (!isElementwise(*op))
      continue;
    std::optional<ConstData> data = evaluate(*op);
    if (!data)
      continue;
    op->kind = OpKind::Const;
    op->operands.clear();
    op->attributes.clear();
    op->data = std::move(*data);
    ++numFolded;
    changed = true;
  }
  if (changed)
    eraseDeadOps(net);
  return changed;
}

std::unique_ptr<Pass> createFoldConstantsPass() {
  return std::make_unique<FoldConstantsPass>();
}

} // namespace qev
