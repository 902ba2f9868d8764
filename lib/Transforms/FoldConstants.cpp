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

/// Whether the op is computed element by element (or moves elements only), so
/// that float32 evaluation rounds the way every runtime does.
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
  case OpKind::Affine:     // the order of its sums is open
  case OpKind::Dequantize: // codes stay codes
    return false;
  }
  llvm_unreachable("every operator has a case");
}

/// The value of an op on float constants, if it is finite.
static std::optional<ConstData> evaluate(const Op &op) {
  std::vector<Float32Tensor> values;
  for (const Op *operand : op.operands) {
    if (!operand->is(OpKind::Const) || !operand->data->isFloat())
      return std::nullopt;
    const auto &floats = operand->data->getFloats();
    values.emplace_back(floats.begin(), floats.end());
  }
  std::vector<const Float32Tensor *> operands;
  for (const Float32Tensor &value : values)
    operands.push_back(&value);
  Float32Tensor result = evaluateFloat32(op, operands);
  if (!llvm::all_of(result, [](double x) { return std::isfinite(x); }))
    return std::nullopt;
  if (op.type.isQuantized())
    return ConstData::ofCodes({result.begin(), result.end()});
  return ConstData::ofFloats({result.begin(), result.end()});
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
