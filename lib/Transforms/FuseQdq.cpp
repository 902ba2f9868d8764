//===- FuseQdq.cpp - Activations into ranges of codes -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Clamp.h"
#include "DeadOps.h"
#include "PassBases.h"
#include "llvm/ADT/STLExtras.h"

namespace qev {

namespace {

struct CodeRange {
  int64_t min, max;

  int64_t apply(int64_t code) const {
    return std::min(std::max(code, min), max);
  }
  /// The codes of `inner` after clamping them to this range.
  CodeRange after(const CodeRange &inner) const {
    return {apply(inner.min), apply(inner.max)};
  }
  friend bool operator==(const CodeRange &, const CodeRange &) = default;
};

class FuseQdqPass final : public FuseQdqBase<NetPass> {
  bool runOnNet(Net &net) override;

  /// Each tries one rewrite at this op and says whether it was done.
  bool absorbClampBefore(Op &quantize);
  bool mergeRequantize(Net &net, Op &quantize);
  bool dropIdleClamp(Net &net, Op &op);
  bool absorbClampBehind(Net &net, Op &op);
};

} // namespace

static CodeRange getRange(const QuantType &type) {
  return {type.storage.min, type.storage.max};
}

static void setRange(Op &quantize, const CodeRange &range) {
  QuantType type = quantize.type.getQuant();
  type.storage = type.storage.narrowed(range.min, range.max);
  quantize.type =
      TensorType::quantized(quantize.type.getShape(), std::move(type));
}

/// sat(rne(x / scale) + zero point), exactly.
static int64_t quantizeExactly(const Real &x, const QuantType &type,
                               size_t slice) {
  mpz_class code = (x / Real::fromDouble(type.scales[slice])).roundHalfEven() +
                   static_cast<long>(type.zeroPoints[slice]);
  if (code < static_cast<long>(type.storage.min))
    return type.storage.min;
  if (code > static_cast<long>(type.storage.max))
    return type.storage.max;
  return code.get_si();
}

static Real dequantizeExactly(int64_t code, const QuantType &type,
                              size_t slice) {
  return Real(code - type.zeroPoints[slice]) *
         Real::fromDouble(type.scales[slice]);
}

/// The range that `ofSlice` gives for all slices alike; nothing where they
/// differ or one has none.
static std::optional<CodeRange> getCommonRange(
    const QuantType &type,
    llvm::function_ref<std::optional<CodeRange>(size_t slice)> ofSlice) {
  std::optional<CodeRange> common = ofSlice(0);
  for (size_t slice = 1; common && slice < type.scales.size(); ++slice)
    if (ofSlice(slice) != common)
      return std::nullopt;
  return common;
}

//===----------------------------------------------------------------------===//
// Rewrites
//===----------------------------------------------------------------------===//

/// Q(clamp(x, lo, hi)) = clamp(Q(x), Q(lo), Q(hi)), since Q is monotone.
bool FuseQdqPass::absorbClampBefore(Op &quantize) {
  std::optional<Clamp> clamp = getClamp(*quantize.operands[0]);
  if (!clamp)
    return false;
  const QuantType &type = quantize.type.getQuant();
  auto range = getCommonRange(type, [&](size_t slice) {
    CodeRange codes = getRange(type);
    if (clamp->lo)
      codes.min = quantizeExactly(Real::fromDouble(*clamp->lo), type, slice);
    if (clamp->hi)
      codes.max = quantizeExactly(Real::fromDouble(*clamp->hi), type, slice);
    return std::optional(codes);
  });
  if (!range)
    return false;
  setRange(quantize, *range);
  quantize.operands[0] = quantize.operands[0]->operands[0];
  ++numBefore;
  return true;
}

/// With the same scale and zero point, rne((q - z) s / s) + z = q: only the
/// ranges of the two quantizers act.
bool FuseQdqPass::mergeRequantize(Net &net, Op &quantize) {
  if (!quantize.operands[0]->is(OpKind::Dequantize))
    return false;
  Op &source = *quantize.operands[0]->operands[0];
  const QuantType &from = source.type.getQuant();
  const QuantType &to = quantize.type.getQuant();
  if (from.axis != to.axis || from.scales != to.scales ||
      from.zeroPoints != to.zeroPoints)
    return false;
  CodeRange range = getRange(to).after(getRange(from));
  if (range == getRange(from)) {
    net.replaceAllUses(&quantize, &source);
  } else if (source.is(OpKind::Quantize)) {
    setRange(quantize, range);
    quantize.operands[0] = source.operands[0];
  } else {
    return false;
  }
  ++numRequantized;
  return true;
}

/// A clamp that moves no value of the codes in range.
bool FuseQdqPass::dropIdleClamp(Net &net, Op &op) {
  std::optional<Clamp> clamp = getClamp(op);
  if (!clamp || !op.operands[0]->is(OpKind::Dequantize))
    return false;
  const QuantType &type = op.operands[0]->operands[0]->type.getQuant();
  for (size_t slice = 0; slice < type.scales.size(); ++slice)
    if ((clamp->lo && dequantizeExactly(type.storage.min, type, slice) <
                          Real::fromDouble(*clamp->lo)) ||
        (clamp->hi && dequantizeExactly(type.storage.max, type, slice) >
                          Real::fromDouble(*clamp->hi)))
      return false;
  net.replaceAllUses(&op, op.operands[0]);
  ++numIdle;
  return true;
}

/// max((q - z) s, (k - z) s) = (max(q, k) - z) s, and likewise min.
bool FuseQdqPass::absorbClampBehind(Net &net, Op &op) {
  std::optional<Clamp> clamp = getClamp(op);
  if (!clamp || !op.operands[0]->is(OpKind::Dequantize))
    return false;
  Op &quantize = *op.operands[0]->operands[0];
  auto uses = net.countUses();
  if (!quantize.is(OpKind::Quantize) || uses[&quantize] != 1 ||
      uses[op.operands[0]] != 1)
    return false;
  const QuantType &type = quantize.type.getQuant();
  Storage full = Storage::full(type.storage.isSigned, type.storage.bits);
  auto range = getCommonRange(type, [&](size_t slice) {
    CodeRange codes = getRange(type);
    // An end that acts must be the value of a code of the storage type.
    auto findCode = [&](float bound) -> std::optional<int64_t> {
      Real code =
          Real::fromDouble(bound) / Real::fromDouble(type.scales[slice]) +
          Real(type.zeroPoints[slice]);
      if (!code.isInteger() || code < Real(full.min) || Real(full.max) < code)
        return std::nullopt;
      return code.floor().get_si();
    };
    CodeRange bounds = codes;
    if (clamp->lo && dequantizeExactly(codes.min, type, slice) <
                         Real::fromDouble(*clamp->lo)) {
      auto code = findCode(*clamp->lo);
      if (!code)
        return std::optional<CodeRange>();
      bounds.min = *code;
      bounds.max = std::max(bounds.max, *code);
    }
    if (clamp->hi && Real::fromDouble(*clamp->hi) <
                         dequantizeExactly(codes.max, type, slice)) {
      auto code = findCode(*clamp->hi);
      if (!code)
        return std::optional<CodeRange>();
      bounds.max = *code;
      bounds.min = std::min(bounds.min, *code);
    }
    return std::optional(bounds.after(codes));
  });
  if (!range)
    return false;
  setRange(quantize, *range);
  net.replaceAllUses(&op, op.operands[0]);
  ++numAfter;
  return true;
}

//===----------------------------------------------------------------------===//
// The pass
//===----------------------------------------------------------------------===//

/// Reshapes of codes have the type of what they reshape.
static void retypeReshapes(Net &net) {
  for (const auto &op : net.ops)
    if (op->is(OpKind::Reshape))
      op->type = op->operands[0]->type.withShape(op->type.getShape());
}

bool FuseQdqPass::runOnNet(Net &net) {
  bool changed = false;
  for (bool again = true; again;) {
    again = false;
    // In program order, types of earlier ops are final except for what
    // absorbClampBehind narrows; then the next round looks again.
    for (const auto &op : net.ops) {
      bool rewritten =
          op->is(OpKind::Quantize)
              ? absorbClampBefore(*op) || mergeRequantize(net, *op)
              : dropIdleClamp(net, *op) || absorbClampBehind(net, *op);
      if (!rewritten)
        continue;
      retypeReshapes(net);
      again = true;
    }
    if (again)
      eraseDeadOps(net);
    changed |= again;
  }
  return changed;
}

std::unique_ptr<Pass> createFuseQdqPass() {
  return std::make_unique<FuseQdqPass>();
}

} // namespace qev
