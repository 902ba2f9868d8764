//===- RandomNet.cpp - Random nets for property tests -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RandomNet.h"
#include "qev/IR/Verifier.h"
#include <cmath>

namespace qev {

RandomNets::RandomNets(uint64_t seed, RandomNetOptions options)
    : engine(seed), options(options) {}

//===----------------------------------------------------------------------===//
// Numbers and types
//===----------------------------------------------------------------------===//

int64_t RandomNets::integer(int64_t lo, int64_t hi) {
  // Not std::uniform_int_distribution: the same numbers with every library.
  return lo +
         static_cast<int64_t>(engine() % static_cast<uint64_t>(hi - lo + 1));
}

bool RandomNets::chance(double probability) {
  return static_cast<double>(engine() >> 11) * 0x1p-53 < probability;
}

/// A weight, bias or clip bound: of few bits, or any float32.
float RandomNets::number() {
  if (options.dyadic || chance(0.4))
    return static_cast<float>(integer(-24, 24)) / 8;
  return static_cast<float>(integer(-1000000, 1000000)) / 400000;
}

/// From steps that saturate at once to steps wider than most values.
float RandomNets::scale() {
  if (options.dyadic || chance(0.4))
    return std::ldexp(1.0f, static_cast<int>(integer(-6, 1)));
  if (chance(0.1))
    return chance(0.5) ? 1e-4f : 50.0f;
  return static_cast<float>(integer(1, 1000)) / 4000;
}

Storage RandomNets::valueStorage() {
  static constexpr unsigned widths[] = {2, 4, 8, 8, 8, 16};
  Storage full = Storage::full(chance(0.5), widths[integer(0, 5)]);
  if (chance(0.8))
    return full;
  int64_t a = integer(full.min, full.max), b = integer(full.min, full.max);
  return full.narrowed(std::min(a, b), std::max(a, b));
}

QuantType RandomNets::valueType(llvm::ArrayRef<int64_t> shape) {
  QuantType type;
  type.storage = valueStorage();
  int64_t slices = 1;
  if (options.perAxisValues && chance(0.15)) {
    type.axis = static_cast<int64_t>(shape.size()) - 1;
    slices = shape.back();
  }
  Storage full = Storage::full(type.storage.isSigned, type.storage.bits);
  bool alike = chance(0.5);
  for (int64_t i = 0; i < slices; ++i) {
    type.scales.push_back(scale());
    int64_t zeroPoint = chance(0.4) ? type.storage.min // does what a relu does
                        : chance(0.5) ? (full.min + full.max + 1) / 2
                                      : integer(full.min, full.max);
    type.zeroPoints.push_back(alike && i ? type.zeroPoints[0] : zeroPoint);
  }
  return type;
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

/// Its type by inference.
static Op *addInferred(Net &net, OpKind kind, llvm::ArrayRef<Op *> operands) {
  Op *op = net.add(kind, "", operands[0]->type, operands);
  op->type = llvm::cantFail(inferType(*op));
  return op;
}

Op *RandomNets::addUnary(Net &net, OpKind kind, Op *x) {
  return addInferred(net, kind, {x});
}

Op *RandomNets::addBinary(Net &net, OpKind kind, Op *a, Op *b) {
  return addInferred(net, kind, {a, b});
}

Op *RandomNets::addClip(Net &net, Op *x) {
  Op *clip = addUnary(net, OpKind::Clip, x);
  float a = chance(0.4) ? 0 : number(), b = number();
  if (chance(0.85))
    clip->attributes["min"] = std::min(a, b);
  if (chance(0.85))
    clip->attributes["max"] = std::max(a, b);
  return clip;
}

Op *RandomNets::addFloats(Net &net, llvm::ArrayRef<int64_t> shape) {
  std::vector<float> values(getNumElements(shape));
  bool zeros = chance(0.05); // a degenerate layer
  for (float &value : values)
    value = zeros || chance(0.1) ? 0 : number();
  return net.addConst("", TensorType::f32(shape),
                      ConstData::ofFloats(std::move(values)));
}

static Op *addSplat(Net &net, llvm::ArrayRef<int64_t> shape, float value) {
  return net.addConst(
      "", TensorType::f32(shape),
      ConstData::ofFloats(std::vector<float>(getNumElements(shape), value)));
}

Op *RandomNets::addWeights(Net &net, int64_t outs, int64_t ins,
                           bool quantized) {
  if (!quantized)
    return addFloats(net, {outs, ins});
  QuantType type;
  type.storage = Storage::full(chance(0.8), chance(0.3) ? 4 : 8);
  if (chance(0.4))
    type.axis = 0;
  for (int64_t i = 0, slices = type.axis ? outs : 1; i < slices; ++i) {
    type.scales.push_back(scale() / 8);
    type.zeroPoints.push_back(
        chance(0.6) ? (type.storage.min + type.storage.max + 1) / 2
                    : integer(type.storage.min, type.storage.max));
  }
  std::vector<int32_t> codes(outs * ins);
  for (int32_t &code : codes)
    code = static_cast<int32_t>(integer(type.storage.min, type.storage.max));
  return net.addConst("", TensorType::quantized({outs, ins}, std::move(type)),
                      ConstData::ofCodes(std::move(codes)));
}

Op *RandomNets::addBias(Net &net, int64_t outs, bool quantized) {
  if (!quantized || chance(0.5))
    return addFloats(net, {outs});
  QuantType type;
  type.storage = Storage::full(true, 32);
  if (chance(0.3))
    type.axis = 0;
  for (int64_t i = 0, slices = type.axis ? outs : 1; i < slices; ++i) {
    type.scales.push_back(scale() / 1024);
    type.zeroPoints.push_back(0);
  }
  std::vector<int32_t> codes(outs);
  for (int32_t &code : codes)
    code = static_cast<int32_t>(integer(-5000, 5000));
  return net.addConst("", TensorType::quantized({outs}, std::move(type)),
                      ConstData::ofCodes(std::move(codes)));
}

Op *RandomNets::addQuantizer(Net &net, Op *x) {
  auto shape = x->type.getShape();
  Op *codes = net.add(OpKind::Quantize, "",
                      TensorType::quantized(shape, valueType(shape)), {x});
  if (options.redundant && !codes->type.getQuant().isPerAxis() && chance(0.1)) {
    Shape flat{x->type.getNumElements()};
    codes = net.add(OpKind::Reshape, "", codes->type.withShape(flat), {codes});
    codes = net.add(OpKind::Reshape, "", codes->type.withShape(shape), {codes});
  }
  Op *value = addUnary(net, OpKind::Dequantize, codes);
  if (!options.redundant)
    return value;
  Op *unclamped = value;
  if (chance(0.3))
    value =
        chance(0.5) ? addUnary(net, OpKind::Relu, value) : addClip(net, value);
  // Other users of the codes, or of what they mean.
  if (chance(0.1))
    value = addBinary(net, OpKind::Add, value, unclamped);
  if (chance(0.1))
    value = addBinary(net, OpKind::Add, value,
                      addUnary(net, OpKind::Dequantize, codes));
  if (chance(0.2)) {
    // Once more, the same or with one thing different.
    QuantType type = codes->type.getQuant();
    Storage full = Storage::full(type.storage.isSigned, type.storage.bits);
    if (chance(0.2))
      type.scales.back() *= 2;
    if (chance(0.2))
      type.zeroPoints.back() = integer(full.min, full.max);
    if (chance(0.5))
      type.storage = full.narrowed(
          integer(full.min, full.min / 2 + full.max / 2), full.max);
    Op *again = net.add(OpKind::Quantize, "",
                        TensorType::quantized(shape, std::move(type)), {value});
    value = addUnary(net, OpKind::Dequantize, again);
  }
  return value;
}

Op *RandomNets::addActivation(Net &net, Op *x, const Layer &layer) {
  if (layer.activation == Layer::Relu)
    return addUnary(net, OpKind::Relu, x);
  return layer.activation == Layer::Clip ? addClip(net, x) : x;
}

Op *RandomNets::addRedundancy(Net &net, Op *x) {
  if (!options.redundant)
    return x;
  auto shape = Shape(x->type.getShape());
  while (chance(0.5)) {
    // A constant that has to be computed first.
    auto computed = [&] {
      Op *a = addFloats(net, {shape.back()}), *b = addFloats(net, {1});
      return addBinary(net, OpKind::Sub, a, b);
    };
    auto codes = [&](int32_t code, float step) {
      QuantType type{Storage::full(true, 8), std::nullopt, {step}, {-1}};
      return net.addConst(
          "", TensorType::quantized({shape.back()}, type),
          ConstData::ofCodes(std::vector<int32_t>(shape.back(), code)));
    };
    switch (integer(0, 11)) {
    case 0: {
      Op *flat = net.add(OpKind::Reshape, "",
                         TensorType::f32({x->type.getNumElements()}), {x});
      x = net.add(OpKind::Reshape, "", TensorType::f32(shape), {flat});
      break;
    }
    case 1:
      x = addClip(net, addClip(net, x));
      break;
    case 2:
      x = addUnary(net, OpKind::Relu, addClip(net, x));
      break;
    case 3:
      x = addBinary(net, OpKind::Add, addSplat(net, shape, 0), x);
      break;
    case 4:
      x = addBinary(net, chance(0.5) ? OpKind::Mul : OpKind::Div, x,
                    chance(0.5) ? addSplat(net, {1}, 1) : codes(3, 0.25f));
      break;
    case 5:
      x = addBinary(net, OpKind::Sub, x, codes(-1, 0.5f));
      break;
    case 6:
      x = addBinary(net, OpKind::Sub, x, addFloats(net, {shape.back()}));
      break;
    case 7:
      x = addBinary(net, OpKind::Mul, addFloats(net, {shape.back()}), x);
      break;
    case 8:
      x = addBinary(net, OpKind::Div, x,
                    addSplat(net, {1}, options.dyadic ? 4.0f : 3.0f));
      break;
    case 9:
      x = addBinary(net, OpKind::Add, x, computed());
      break;
    case 10: {
      // Weights that are quantized in the graph.
      QuantType type{Storage::full(true, 8), std::nullopt, {scale()}, {3}};
      Op *floats = addFloats(net, {shape.back()});
      Op *quantized = net.add(
          OpKind::Quantize, "",
          TensorType::quantized(floats->type.getShape(), type), {floats});
      x = addBinary(net, OpKind::Mul, x,
                    addUnary(net, OpKind::Dequantize, quantized));
      break;
    }
    case 11:
      addUnary(net, OpKind::Relu, x); // dead
      break;
    }
  }
  return x;
}

//===----------------------------------------------------------------------===//
// Nets
//===----------------------------------------------------------------------===//

RandomNets::Topology RandomNets::makeTopology() {
  Topology topology;
  if (chance(0.4))
    topology.input.push_back(integer(1, 2));
  topology.input.push_back(integer(1, options.maxWidth));
  for (int64_t i = integer(1, options.maxLayers); i > 0; --i) {
    Layer layer{};
    layer.width = integer(1, options.maxWidth);
    layer.activation = chance(0.6)   ? Layer::Relu
                       : chance(0.5) ? Layer::Clip
                                     : Layer::None;
    layer.hasBias = chance(0.7);
    layer.bare = chance(0.15);
    topology.layers.push_back(layer);
  }
  return topology;
}

Op *RandomNets::addLayer(Net &net, Op *x, const Layer &layer, bool quantized) {
  int64_t ins = x->type.getShape().back();
  llvm::SmallVector<Op *, 3> operands{
      addRedundancy(net, x), addWeights(net, layer.width, ins, quantized)};
  Op *bias = layer.hasBias ? addBias(net, layer.width, quantized) : nullptr;
  bool separate = options.redundant && chance(0.5);
  if (bias && !separate)
    operands.push_back(bias);
  Op *value = addInferred(net, OpKind::Affine, operands);
  if (bias && separate)
    value = addBinary(net, OpKind::Add, bias, value);
  value = addActivation(net, addRedundancy(net, value), layer);
  return quantized && !layer.bare ? addQuantizer(net, value) : value;
}

std::unique_ptr<Net> RandomNets::build(const Topology &topology,
                                       llvm::StringRef name, bool quantized) {
  auto net = std::make_unique<Net>(name.str());
  Op *value = net->add(OpKind::Input, "x", TensorType::f32(topology.input));
  if (quantized && !topology.layers.front().bare)
    value = addQuantizer(*net, value);
  for (const Layer &layer : topology.layers)
    value = addLayer(*net, value, layer, quantized);
  net->outputs.push_back(value);
  return net;
}

std::unique_ptr<Net> RandomNets::makeFloatNet(llvm::StringRef name) {
  return build(makeTopology(), name, /*quantized=*/false);
}

std::unique_ptr<Net> RandomNets::makeQuantizedNet(llvm::StringRef name) {
  return build(makeTopology(), name, /*quantized=*/true);
}

RandomPair RandomNets::makePair() {
  Topology topology = makeTopology();
  auto first = build(topology, "first", /*quantized=*/false);
  return {std::move(first), build(topology, "second", /*quantized=*/true)};
}

std::unique_ptr<Module> RandomNets::makePairModule() {
  auto module = std::make_unique<Module>();
  module->name = "random";
  RandomPair pair = makePair();
  auto query = std::make_unique<Query>();
  query->name = "q";
  query->first = pair.first.get();
  query->second = pair.second.get();
  query->inputs.push_back(makeRegion(*pair.first->getInputs()[0]));
  module->nets.push_back(std::move(pair.first));
  module->nets.push_back(std::move(pair.second));
  module->queries.push_back(std::move(query));
  return module;
}

//===----------------------------------------------------------------------===//
// Regions and points
//===----------------------------------------------------------------------===//

InputRegion RandomNets::makeRegion(const Op &input) {
  InputRegion region;
  region.name = input.name;
  bool point = chance(0.05), wide = chance(0.2);
  for (int64_t i = 0, size = input.type.getNumElements(); i < size; ++i) {
    // Ends are no doubles in general.
    Real centre = Real::ratio(integer(-300, 300), chance(0.5) ? 64 : 75);
    Real radius =
        Real::ratio(integer(0, wide ? 500 : 60), chance(0.5) ? 64 : 90);
    if (point || chance(0.1))
      radius = 0;
    region.lo.push_back(centre - radius);
    region.hi.push_back(centre + radius);
  }
  if (!chance(0.2))
    return region;
  // A grid that meets every range.
  region.grids = {{Real::ratio(1, chance(0.5) ? 8 : 10), 0}};
  for (auto [lo, hi] : llvm::zip_equal(region.lo, region.hi)) {
    lo = Real((lo / region.grids[0].step).floor()) * region.grids[0].step;
    hi = Real((hi / region.grids[0].step).ceil()) * region.grids[0].step;
  }
  return region;
}

const Op *findInputQuantizer(const Net &net) {
  for (const auto &op : net.ops)
    if (op->is(OpKind::Quantize) && op->operands[0]->is(OpKind::Input))
      return op.get();
  return nullptr;
}

ExactTensor RandomNets::makePoint(const Net &net, const InputRegion &region) {
  const Op *quantizer = findInputQuantizer(net);
  bool corner = chance(0.3), ties = chance(0.4);
  ExactTensor point;
  for (int64_t i = 0; i < region.size(); ++i) {
    const Real &lo = region.lo[i], &hi = region.hi[i];
    if (corner) {
      point.push_back(chance(0.5) ? lo : hi);
      continue;
    }
    Real x = lo + (hi - lo) * Real::ratio(integer(0, 997), 997);
    if (!region.grids.empty()) {
      const auto &[step, offset] = region.grids[0];
      x = offset + Real(((x - offset) / step).roundHalfEven()) * step;
    } else if (quantizer && ties && chance(0.7)) {
      // An odd multiple of half a step, or a multiple of it.
      Real half = Real::fromDouble(quantizer->type.getScale(i)) / Real(2);
      x = Real((x / half).floor()) * half;
    }
    point.push_back(std::min(std::max(x, lo), hi));
  }
  return point;
}

ExactTensor RandomNets::makeInput(const Net &net) {
  const Op &input = *net.getInputs()[0];
  InputRegion everywhere;
  everywhere.name = input.name;
  // Some far beyond all ranges of codes.
  Real radius = Real::ratio(chance(0.1) ? 1000000 : integer(1, 50), 8);
  everywhere.lo.assign(input.type.getNumElements(), -radius);
  everywhere.hi.assign(input.type.getNumElements(), radius);
  return makePoint(net, everywhere);
}

} // namespace qev
