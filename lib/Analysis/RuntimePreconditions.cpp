//===- RuntimePreconditions.cpp - What a runtime claim rests on -*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/RuntimePreconditions.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>

namespace qev {

llvm::StringRef describe(RuntimeRule rule) {
  switch (rule) {
  case RuntimeRule::WeightOnly:
    return "quantized weights meet quantized activations";
  case RuntimeRule::ScaleAxis:
    return "weight scales lie on the output axis";
  case RuntimeRule::Accumulator:
    return "accumulators fit int32";
  case RuntimeRule::Multiplier:
    return "multipliers are normal floats";
  case RuntimeRule::BiasScale:
    return "bias scale is fl(s_x s_w)";
  case RuntimeRule::Int16Pairs:
    return "pairs of products fit int16 (u8 x s8 kernels without VNNI)";
  case RuntimeRule::DoubleQuantize:
    return "no consecutive quantizers";
  }
  llvm_unreachable("all rules are described");
}

namespace {

using Findings = std::vector<RuntimeFinding>;

/// An affine whose weights are codes.
class Layer {
public:
  Layer(const Op &op, Findings &findings)
      : op(op), x(skipReshapes(op.operands[0])), weights(*op.operands[1]),
        bias(op.operands.size() > 2 ? op.operands[2] : nullptr),
        rows(weights.type.getShape()[0]), columns(weights.type.getShape()[1]),
        findings(findings) {}

  /// Whether the layer has the form of an integer kernel.
  bool checkForm();
  void checkAccumulators();
  /// `output`: the quantizer behind the layer, or null.
  void checkMultipliers(const Op *output);
  void checkBiasScale(const Op *output);
  void checkInt16Pairs();

private:
  void add(RuntimeRule rule, bool holds, std::string text = "") {
    findings.push_back({rule, &op, holds, std::move(text)});
  }
  /// The rule is broken at this row.
  void refuse(RuntimeRule rule, int64_t row, const llvm::Twine &text) {
    add(rule, false, ("row " + llvm::Twine(row) + text).str());
  }
  const QuantType &codes() const { return x->operands[0]->type.getQuant(); }
  float getUnit(int64_t row) const {
    return codes().scales[0] * weights.type.getScale(row * columns);
  }
  int64_t getWeight(int64_t row, int64_t column) const {
    return weights.data->getCodes()[row * columns + column];
  }
  /// |bias| in units of the accumulator, as the runtime holds it, rounded up.
  Real getBiasUnits(int64_t row) const;

  const Op &op, *x, &weights, *bias;
  int64_t rows, columns;
  Findings &findings;
};

} // namespace

bool Layer::checkForm() {
  bool quantized = x->is(OpKind::Dequantize);
  add(RuntimeRule::WeightOnly, quantized,
      quantized ? "" : "its activation is the float %" + x->name);
  if (!quantized)
    return false;
  bool one = !codes().isPerAxis();
  bool onRows = weights.type.getQuant().axis.value_or(0) == 0;
  add(RuntimeRule::ScaleAxis, one && onRows,
      !one      ? "%" + x->operands[0]->name + " has several scales"
      : !onRows ? "the weights have a scale for each input"
                : "");
  return one && onRows;
}

Real Layer::getBiasUnits(int64_t row) const {
  if (!bias)
    return 0;
  if (!bias->type.isQuantized())
    return Real((Real::fromDouble(bias->data->getFloats()[row]).abs() /
                 (Real::fromDouble(codes().scales[0]) *
                  Real::fromDouble(weights.type.getScale(row * columns))))
                    .ceil());
  return Real(bias->data->getCodes()[row] - bias->type.getZeroPoint(row)).abs();
}

void Layer::checkAccumulators() {
  const QuantType &type = codes();
  int64_t reach = std::max(type.storage.max - type.zeroPoints[0],
                           type.zeroPoints[0] - type.storage.min);
  Real most;
  int64_t worst = 0;
  for (int64_t row = 0; row < rows; ++row) {
    // At most 2^28 products below 2^34.
    int64_t sum = 0;
    int64_t zero = weights.type.getZeroPoint(row * columns);
    for (int64_t k = 0; k < columns; ++k)
      sum += std::abs(getWeight(row, k) - zero) * reach;
    Real total = Real(sum) + getBiasUnits(row);
    if (total > most) {
      most = total;
      worst = row;
    }
  }
  if (most >= Real::powerOfTwo(31))
    return refuse(RuntimeRule::Accumulator, worst,
                  " reaches " + printReal(most) + ", 2147483647 fits");
  add(RuntimeRule::Accumulator, true);
}

void Layer::checkMultipliers(const Op *output) {
  for (int64_t row = 0; row < rows; ++row) {
    float unit = getUnit(row);
    if (!std::isnormal(unit))
      return refuse(RuntimeRule::Multiplier, row,
                    " has s_x s_w = " + printReal(unit));
    float m = output ? unit / output->type.getScale(row) : unit;
    if (!std::isnormal(m))
      return refuse(RuntimeRule::Multiplier, row,
                    " has s_x s_w / s_y = " + printReal(m));
  }
  add(RuntimeRule::Multiplier, true);
}

void Layer::checkBiasScale(const Op *output) {
  if (!bias)
    return;
  if (!bias->type.isQuantized()) {
    float most = 0;
    for (int64_t row = 0; row < rows; ++row)
      most = std::fmax(most, getUnit(row) /
                                 (output ? output->type.getScale(row) : 1));
    return add(RuntimeRule::BiasScale, true,
               "float; runtimes quantize it to int32, which adds up to " +
                   printReal(most / 2) + (output ? " LSB" : " to the output"));
  }
  for (int64_t row = 0; row < rows; ++row)
    if (bias->type.getScale(row) != getUnit(row))
      return refuse(RuntimeRule::BiasScale, row,
                    " has " + printReal(bias->type.getScale(row)) + ", not " +
                        printReal(getUnit(row)));
  add(RuntimeRule::BiasScale, true);
}

/// Signed activations are shifted to unsigned ones by these runtimes. Codes
/// start at 0, so only weights of one sign add up; a lone weight is paired
/// with 0.
void Layer::checkInt16Pairs() {
  const Storage &from = codes().storage, &by = weights.type.getQuant().storage;
  if (from.bits != 8 || by.bits != 8 || !by.isSigned)
    return;
  int64_t most = from.max + (from.isSigned ? 128 : 0);
  for (int64_t row = 0; row < rows; ++row) {
    int64_t high[2] = {0, 0}, low[2] = {0, 0}; // the outer one first
    for (int64_t k = 0; k < columns; ++k) {
      int64_t w = getWeight(row, k);
      high[1] = std::max(high[1], std::min(w, high[0]));
      high[0] = std::max(high[0], w);
      low[1] = std::min(low[1], std::max(w, low[0]));
      low[0] = std::min(low[0], w);
    }
    for (auto [w1, w2] :
         {std::pair(high[0], high[1]), std::pair(low[0], low[1])})
      if (int64_t sum = most * (w1 + w2); sum > 32767 || sum < -32768)
        return refuse(RuntimeRule::Int16Pairs, row,
                      " reaches " + llvm::Twine(most) + " (" + llvm::Twine(w1) +
                          " + " + llvm::Twine(w2) + ") = " + llvm::Twine(sum));
  }
  add(RuntimeRule::Int16Pairs, true);
}

bool isQuantized(const Net &net) {
  return llvm::any_of(net.ops,
                      [](const auto &op) { return op->type.isQuantized(); });
}

Findings findRuntimePreconditions(const Net &net) {
  // The quantizer that a value goes into, perhaps through what fuses with it.
  llvm::DenseMap<const Op *, const Op *> quantizers;
  for (const auto &op : llvm::reverse(net.ops)) {
    const Op *quantizer = op->is(OpKind::Quantize) ? op.get() : nullptr;
    if (op->is(OpKind::Relu) || op->is(OpKind::Clip))
      quantizer = quantizers.lookup(op.get());
    if (quantizer)
      quantizers[op->operands[0]] = quantizer;
  }
  Findings findings;
  for (const auto &op : net.ops) {
    if (op->is(OpKind::Quantize)) {
      const Op *source = skipReshapes(op->operands[0]);
      bool doubled = source->is(OpKind::Dequantize);
      findings.push_back(
          {RuntimeRule::DoubleQuantize, op.get(), !doubled,
           doubled ? "it quantizes %" + source->name + " anew" : ""});
    }
    if (!op->is(OpKind::Affine) || !op->operands[1]->type.isQuantized())
      continue;
    Layer layer(*op, findings);
    if (!layer.checkForm())
      continue;
    const Op *output = quantizers.lookup(op.get());
    layer.checkAccumulators();
    layer.checkMultipliers(output);
    layer.checkBiasScale(output);
    layer.checkInt16Pairs();
  }
  return findings;
}

} // namespace qev
