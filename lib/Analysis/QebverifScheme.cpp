//===- QebverifScheme.cpp - The nets the QEBVerif tool reads ----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/QebverifScheme.h"
#include "qev/Analysis/Step.h"
#include "qev/Support/Diagnostics.h"

namespace qev {

namespace {

/// The ops of a net from its input to its output, read one after the other.
class Chain {
public:
  static llvm::Expected<Chain> build(const Net &net);

  /// The next op if it is of this kind; then it is consumed.
  const Op *take(OpKind kind) {
    if (position == ops.size() || !ops[position]->is(kind))
      return nullptr;
    return ops[position++];
  }
  llvm::Expected<const Op *> expect(OpKind kind);
  bool isAtEnd() const { return position == ops.size(); }
  llvm::Error refuse(const Op *op, const llvm::Twine &reason) const;

  const Net &net;
  LinearMaps maps;

private:
  Chain(const Net &net, LinearMaps maps) : net(net), maps(std::move(maps)) {}

  std::vector<const Op *> ops; // without reshapes
  size_t position = 0;
};

} // namespace

llvm::Error Chain::refuse(const Op *op, const llvm::Twine &reason) const {
  std::string where = "@" + net.name;
  if (op)
    where += " %" + op->name;
  return makeError(DiagId::MethodUnsupported, where,
                   "not of QEBVerif's scheme: " + reason);
}

llvm::Expected<const Op *> Chain::expect(OpKind kind) {
  if (const Op *op = take(kind))
    return op;
  std::string wanted = "'" + getMnemonic(kind).str() + "'";
  if (isAtEnd())
    return refuse(nullptr, "ends where " + wanted + " was expected");
  const Op *found = ops[position];
  return refuse(found, "'" + getMnemonic(found->kind) + "' where " + wanted +
                           " was expected");
}

llvm::Expected<Chain> Chain::build(const Net &net) {
  auto maps = LinearMaps::build(net);
  if (!maps)
    return maps.takeError();
  Chain chain(net, std::move(*maps));
  if (net.outputs.size() != 1 || net.getInputs().size() != 1)
    return chain.refuse(nullptr, "it must have one input and one output");
  const Op *op = net.outputs[0];
  while (!op->is(OpKind::Input)) {
    if (!op->is(OpKind::Reshape))
      chain.ops.push_back(op);
    const Op *operand = nullptr;
    for (const Op *candidate : op->operands) {
      if (candidate->is(OpKind::Const))
        continue;
      if (operand)
        return chain.refuse(op, "'" + getMnemonic(op->kind) +
                                    "' of two values that are no constants");
      operand = candidate;
    }
    if (!operand)
      return chain.refuse(op, "does not depend on the input");
    op = operand;
  }
  std::reverse(chain.ops.begin(), chain.ops.end());
  return chain;
}

/// The factor of an optional `mul` or `div` by one number.
static llvm::Expected<double> takeFactor(Chain &chain) {
  const Op *op = chain.take(OpKind::Mul);
  bool divides = !op;
  if (!op)
    op = chain.take(OpKind::Div);
  if (!op)
    return 1.0;
  const Box &values = chain.maps.getOperand(*op);
  for (const Interval &value : values)
    if (!value.isPoint() || value != values.front())
      return chain.refuse(op, "inputs scaled by different numbers");
  double value = values.front().lo;
  return divides ? 1 / value : value;
}

static bool isPowerOfTwo(double x) {
  int exponent;
  return std::frexp(x, &exponent) == 0.5;
}

/// One power-of-two scale and zero point 0.
static bool isFixedPoint(const TensorType &type) {
  if (!type.isQuantized())
    return false;
  const QuantType &quant = type.getQuant();
  return isPowerOfTwo(quant.scales.front()) && llvm::all_equal(quant.scales) &&
         llvm::all_of(quant.zeroPoints, [](int64_t z) { return z == 0; });
}

static Vector getBias(const AffineMap &map) {
  Vector bias(map.bias.size());
  for (auto [i, value] : llvm::enumerate(map.bias))
    bias[i] = value.lo; // a point: floats, and codes of at most 32 bits
  return bias;
}

static llvm::Expected<const AffineMap *> expectAffine(Chain &chain,
                                                      bool isQuantized) {
  auto op = chain.expect(OpKind::Affine);
  if (!op)
    return op.takeError();
  const AffineMap &map = chain.maps.getAffine(**op);
  if (map.rows != 1)
    return chain.refuse(*op, "a layer applied to " + llvm::Twine(map.rows) +
                                 " vectors at once");
  for (const Op *constant : llvm::drop_begin((*op)->operands)) {
    if (!isQuantized && constant->type.isQuantized())
      return chain.refuse(constant, "a quantized constant in the first net");
    if (isQuantized && !isFixedPoint(constant->type))
      return chain.refuse(constant, "weights and biases of the second net must "
                                    "have one power-of-two scale and zero "
                                    "point 0, got " +
                                        printType(constant->type));
  }
  return &map;
}

static llvm::Error extractFirst(Chain chain, QebverifScheme &scheme) {
  auto factor = takeFactor(chain);
  if (!factor)
    return factor.takeError();
  scheme.firstFactor = *factor;
  while (true) {
    auto map = expectAffine(chain, false);
    if (!map)
      return map.takeError();
    QebverifLayer &layer = scheme.layers.emplace_back();
    layer.firstWeights = (*map)->weights;
    layer.firstBias = getBias(**map);
    if (chain.isAtEnd())
      break;
    if (auto relu = chain.expect(OpKind::Relu); !relu)
      return relu.takeError();
  }
  if (scheme.layers.size() < 2)
    return chain.refuse(nullptr, "no hidden layer");
  return llvm::Error::success();
}

/// The input reaches the second net as z * 2^-8, without rounding.
static llvm::Error checkInput(Chain &chain) {
  auto factor = takeFactor(chain);
  if (!factor)
    return factor.takeError();
  auto quantize = chain.expect(OpKind::Quantize);
  if (!quantize)
    return quantize.takeError();
  const TensorType &type = (*quantize)->type;
  const Storage &storage = type.getQuant().storage;
  if (*factor != QebverifScheme::secondFactor || !isFixedPoint(type) ||
      type.getScale(0) != QebverifScheme::secondFactor || storage.min > 0 ||
      storage.max < 255)
    return chain.refuse(*quantize, "the input must be multiplied by 2^-8 and "
                                   "quantized in u8 with scale 2^-8, zero "
                                   "point 0");
  if (auto dequantize = chain.expect(OpKind::Dequantize); !dequantize)
    return dequantize.takeError();
  return llvm::Error::success();
}

/// Reads relu, clips and quantizer of a hidden layer: together a rounding to
/// multiples of 2^-(Q-2) between 0 and 2^Q - 1 of them. Returns Q.
static llvm::Expected<unsigned> takeActivation(Chain &chain) {
  Interval range = Interval::everything(); // of what reaches the quantizer
  while (true) {
    const Op *op = chain.take(OpKind::Relu);
    if (!op)
      op = chain.take(OpKind::Clip);
    if (!op)
      break;
    range = getClampStep(*op, 0).apply(range);
  }
  auto quantize = chain.expect(OpKind::Quantize);
  if (!quantize)
    return quantize.takeError();
  if (auto dequantize = chain.expect(OpKind::Dequantize); !dequantize)
    return dequantize.takeError();
  const TensorType &type = (*quantize)->type;
  double step = type.getScale(0);
  // Rounding is monotone and keeps the ends, which are multiples of the step:
  // so clamping before it and clamping after it are the same.
  range = getClampStep(**quantize, 0).apply(range);
  unsigned bits = 2;
  while (bits < 16 && std::ldexp(step, bits - 2) < 1)
    ++bits;
  QebverifScheme wanted{.bits = bits, .layers = {}};
  if (isFixedPoint(type) && step == wanted.getStep() &&
      range == Interval(0, wanted.getTopCode() * step))
    return bits;
  return chain.refuse(*quantize,
                      "an activation of Q bits must have scale 2^-(Q-2), zero "
                      "point 0 and codes 0 to 2^Q - 1, got reals " +
                          printInterval(range) + " in " + printType(type));
}

static llvm::Error extractSecond(Chain chain, QebverifScheme &scheme) {
  if (llvm::Error error = checkInput(chain))
    return error;
  for (auto [i, layer] : llvm::enumerate(scheme.layers)) {
    auto map = expectAffine(chain, true);
    if (!map)
      return map.takeError();
    layer.secondWeights = (*map)->weights;
    layer.secondBias = getBias(**map);
    if (layer.secondWeights.rows() != layer.firstWeights.rows() ||
        layer.secondWeights.cols() != layer.firstWeights.cols())
      return chain.refuse(nullptr, "layer " + llvm::Twine(i) +
                                       " differs in shape from the first "
                                       "net's");
    if (i + 1 == scheme.layers.size())
      break;
    auto bits = takeActivation(chain);
    if (!bits)
      return bits.takeError();
    if (i > 0 && *bits != scheme.bits)
      return chain.refuse(nullptr, "activations of " +
                                       llvm::Twine(scheme.bits) + " and of " +
                                       llvm::Twine(*bits) + " bits");
    scheme.bits = *bits;
  }
  if (!chain.isAtEnd())
    return chain.refuse(nullptr,
                        "more layers than the first net, or a quantized "
                        "output");
  return llvm::Error::success();
}

llvm::Expected<QebverifScheme> extractQebverifScheme(const Twin &twin) {
  auto first = Chain::build(*twin.first);
  if (!first)
    return first.takeError();
  auto second = Chain::build(*twin.second);
  if (!second)
    return second.takeError();
  QebverifScheme scheme;
  if (llvm::Error error = extractFirst(std::move(*first), scheme))
    return error;
  if (llvm::Error error = extractSecond(std::move(*second), scheme))
    return error;
  return scheme;
}

} // namespace qev
