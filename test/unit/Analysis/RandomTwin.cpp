//===- RandomTwin.cpp - Random pairs of nets over random regions *- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RandomTwin.h"
#include "../Common/RandomNet.h"
#include "qev/Analysis/Align.h"
#include "qev/IR/Verifier.h"
#include <cmath>

namespace qev::test {

int64_t TwinMaker::integer(int64_t lo, int64_t hi) {
  // Not std::uniform_int_distribution: the same numbers with every library.
  return lo +
         static_cast<int64_t>(engine() % static_cast<uint64_t>(hi - lo + 1));
}

bool TwinMaker::chance(double probability) {
  return static_cast<double>(engine() >> 11) * 0x1p-53 < probability;
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

float TwinMaker::number() {
  float value = options.dyadic || chance(0.2)
                    ? static_cast<float>(integer(-24, 24)) / 16
                    : static_cast<float>(integer(-1000000, 1000000)) / 700000;
  if (!options.extreme || chance(0.5))
    return value;
  return std::ldexp(value, pick({-149, -140, -126, -60, -20, 20, 40, 100}));
}

float TwinMaker::scale() {
  float value = options.dyadic || chance(0.3)
                    ? std::ldexp(1.0f, static_cast<int>(integer(-6, 0)))
                    : static_cast<float>(integer(1, 1000)) / 4000;
  if (options.extreme && chance(0.5))
    value = std::ldexp(value, pick({-149, -140, -126, -60, 20, 40, 100}));
  return value > 0 ? value : 0x1p-149f;
}

//===----------------------------------------------------------------------===//
// Parts of nets
//===----------------------------------------------------------------------===//

static Op *add(Net &net, OpKind kind, llvm::ArrayRef<Op *> operands) {
  Op *op = net.add(kind, "", operands[0]->type, operands);
  op->type = llvm::cantFail(inferType(*op));
  return op;
}

static Op *addFloats(Net &net, llvm::ArrayRef<int64_t> shape,
                     std::vector<float> values) {
  return net.addConst("", TensorType::f32(shape),
                      ConstData::ofFloats(std::move(values)));
}

static Op *addClip(Net &net, Op *x, std::optional<float> lo, float hi) {
  Op *clip = add(net, OpKind::Clip, {x});
  if (lo)
    clip->attributes["min"] = *lo;
  clip->attributes["max"] = hi;
  return clip;
}

Op *TwinMaker::addQuantizer(Net &net, Op *x, std::optional<float> like) {
  auto shape = x->type.getShape();
  QuantType type;
  type.storage =
      Storage::full(chance(0.5), pick<unsigned>({2, 3, 4, 8, 8, 8, 16}));
  const Storage full = type.storage;
  if (chance(0.2)) {
    int64_t a = integer(full.min, full.max), b = integer(full.min, full.max);
    if (chance(0.3))
      b = a; // one code
    type.storage = full.narrowed(std::min(a, b), std::max(a, b));
  }
  int64_t slices = 1;
  if (chance(0.15)) {
    type.axis = static_cast<int64_t>(shape.size()) - 1;
    slices = shape.back();
  }
  for (int64_t i = 0; i < slices; ++i) {
    type.scales.push_back(like ? *like : scale());
    type.zeroPoints.push_back(chance(0.4)   ? full.min
                              : chance(0.5) ? (full.min + full.max + 1) / 2
                                            : integer(full.min, full.max));
  }
  Op *codes = net.add(OpKind::Quantize, "",
                      TensorType::quantized(shape, std::move(type)), {x});
  return add(net, OpKind::Dequantize, {codes});
}

Op *TwinMaker::addWeights(Net &net, const Layer &layer, int64_t ins) {
  Shape shape{layer.outs, ins};
  if (chance(0.1)) // weights that stay floats, all or nearly all
    return addFloats(net, shape, layer.weights);
  QuantType type;
  type.storage = Storage::full(chance(0.8), pick<unsigned>({2, 4, 8, 8}));
  if (chance(0.4))
    type.axis = 0;
  int64_t slices = type.axis ? layer.outs : 1;
  std::vector<int32_t> codes;
  for (int64_t slice = 0; slice < slices; ++slice) {
    int64_t begin = type.axis ? slice * ins : 0;
    int64_t end = type.axis ? begin + ins : layer.outs * ins;
    float largest = 0;
    for (int64_t i = begin; i < end; ++i)
      largest = std::fmax(largest, std::fabs(layer.weights[i]));
    float step =
        largest * 2 / static_cast<float>(type.storage.max - type.storage.min);
    if (options.dyadic && step > 0)
      step = std::ldexp(1.0f, std::ilogb(step));
    if (options.extreme && chance(0.1)) // far from what it stands for
      step *= 0x1p20f;
    if (!(step > 0) || !std::isfinite(step))
      step = scale();
    int64_t zero = (type.storage.min + type.storage.max + 1) / 2;
    type.scales.push_back(step);
    type.zeroPoints.push_back(zero);
    for (int64_t i = begin; i < end; ++i) {
      double code =
          std::nearbyint(layer.weights[i] / step) + static_cast<double>(zero);
      codes.push_back(static_cast<int32_t>(
          std::fmin(std::fmax(code, static_cast<double>(type.storage.min)),
                    static_cast<double>(type.storage.max))));
    }
  }
  return net.addConst("", TensorType::quantized(shape, std::move(type)),
                      ConstData::ofCodes(std::move(codes)));
}

Op *TwinMaker::addBias(Net &net, const Layer &layer) {
  if (chance(0.5))
    return addFloats(net, {layer.outs}, layer.bias);
  QuantType type;
  type.storage = Storage::full(true, 32);
  float step = options.dyadic ? 0x1p-10f : scale() / 1000;
  if (options.extreme && chance(0.5))
    step = 0.1f; // 24 bits times 31: no double
  type.scales = {step > 0 ? step : 0x1p-149f};
  type.zeroPoints = {0};
  std::vector<int32_t> codes;
  for (float bias : layer.bias) {
    double code = std::nearbyint(bias / type.scales[0]);
    if (options.extreme && chance(0.3))
      code = static_cast<double>(integer(-2147483647, 2147483647));
    codes.push_back(static_cast<int32_t>(
        std::fmin(std::fmax(code, -2147483648.0), 2147483647.0)));
  }
  return net.addConst("", TensorType::quantized({layer.outs}, std::move(type)),
                      ConstData::ofCodes(std::move(codes)));
}

Op *TwinMaker::addActivation(Net &net, Op *x, const Layer &layer) {
  switch (layer.activation) {
  case Layer::None:
    return x;
  case Layer::Relu:
    return add(net, OpKind::Relu, {x});
  case Layer::Clip:
    return addClip(net, x, layer.clipLo, layer.clipHi);
  case Layer::ClipAbove:
    return addClip(net, x, std::nullopt, layer.clipHi);
  }
  llvm_unreachable("all activations are handled");
}

Op *TwinMaker::addNormalization(Net &net, Op *x, const Topology &topology,
                                bool isSecond) {
  if (topology.normalizes == 0)
    return x;
  // The second net's constants are a little different at times.
  float factor = topology.factor, shift = topology.shift;
  if (isSecond && chance(0.3)) {
    factor *= 1.25f;
    shift += 0.125f;
  }
  if (topology.normalizes == 1) {
    Op *scaled = add(net, OpKind::Div, {x, addFloats(net, {1}, {factor})});
    return add(net, OpKind::Sub, {scaled, addFloats(net, {1}, {shift})});
  }
  Op *scaled = add(net, OpKind::Mul, {addFloats(net, {1}, {factor}), x});
  return add(net, OpKind::Sub, {addFloats(net, {1}, {shift}), scaled});
}

Op *TwinMaker::addLayer(Net &net, Op *x, const Layer &layer, bool quantized,
                        bool isSecond) {
  int64_t ins = x->type.getShape().back();
  llvm::SmallVector<Op *, 3> operands{
      x, quantized ? addWeights(net, layer, ins)
                   : addFloats(net, {layer.outs, ins}, layer.weights)};
  if (layer.hasBias)
    operands.push_back(quantized ? addBias(net, layer)
                                 : addFloats(net, {layer.outs}, layer.bias));
  Op *value = add(net, OpKind::Affine, operands);
  if (layer.reshapes && isSecond) {
    Shape shape(value->type.getShape());
    value = net.add(OpKind::Reshape, "",
                    TensorType::f32({value->type.getNumElements()}), {value});
    value = net.add(OpKind::Reshape, "", TensorType::f32(shape), {value});
  }
  if (layer.sumsWithInput)
    value = add(net, layer.subtracts ? OpKind::Sub : OpKind::Add, {value, x});
  if (layer.doubles)
    value = add(net, OpKind::Add, {value, value});
  // A quantizer may stand for the activation.
  if (!quantized || chance(0.7))
    value = addActivation(net, value, layer);
  return quantized && chance(0.85) ? addQuantizer(net, value) : value;
}

//===----------------------------------------------------------------------===//
// Twins
//===----------------------------------------------------------------------===//

TwinMaker::Topology TwinMaker::makeTopology() {
  Topology topology;
  if (chance(0.25))
    topology.input.push_back(integer(1, 3)); // rows
  int64_t ins = integer(options.minWidth, options.maxWidth);
  topology.input.push_back(ins);
  topology.normalizes = chance(0.6) ? 0 : static_cast<int>(integer(1, 2));
  topology.factor = static_cast<float>(pick({1.0f, -2.0f, 3.0f, 0.3f}));
  topology.shift = static_cast<float>(integer(-10, 10)) / 10;
  for (int64_t i = integer(1, options.maxLayers); i > 0; --i) {
    Layer layer{};
    layer.sumsWithInput = chance(0.2);
    layer.outs =
        layer.sumsWithInput ? ins : integer(options.minWidth, options.maxWidth);
    layer.subtracts = chance(0.3);
    layer.doubles = chance(0.1);
    layer.reshapes = chance(0.2);
    layer.hasBias = chance(0.8);
    layer.activation = pick({Layer::Relu, Layer::Relu, Layer::Relu, Layer::Clip,
                             Layer::ClipAbove, Layer::None});
    float a = std::fabs(number());
    layer.clipLo = chance(0.6) ? 0 : -std::fabs(number());
    layer.clipHi = chance(0.1) ? layer.clipLo : a;
    for (int64_t k = 0; k < layer.outs * ins; ++k)
      layer.weights.push_back(chance(0.1) ? 0 : number());
    for (int64_t k = 0; k < layer.outs; ++k)
      layer.bias.push_back(chance(0.1) ? 0 : number() / 2);
    ins = layer.outs;
    topology.layers.push_back(std::move(layer));
  }
  return topology;
}

std::unique_ptr<Net> TwinMaker::build(const Topology &topology, bool quantized,
                                      bool isSecond) {
  auto net = std::make_unique<Net>(isSecond ? "second" : "first");
  Op *value = net->add(OpKind::Input, "x", TensorType::f32(topology.input));
  value = addNormalization(*net, value, topology, isSecond);
  if (quantized && chance(0.75))
    value = addQuantizer(*net, value,
                         chance(0.3) ? std::optional(0.125f) : std::nullopt);
  for (const Layer &layer : topology.layers)
    value = addLayer(*net, value, layer, quantized, isSecond);
  net->outputs.push_back(value);
  return net;
}

InputRegion TwinMaker::makeRegion(const Shape &shape) {
  InputRegion region;
  region.name = std::string("x");
  bool point = chance(0.05), wide = chance(options.minWidth > 1 ? 0.8 : 0.3),
       asymmetric = chance(0.2);
  auto denominator = pick<int64_t>({64, 75, 1000});
  for (int64_t i = 0, size = getNumElements(shape); i < size; ++i) {
    Real centre =
        Real::ratio(integer(-100, 100), denominator == 1000 ? 90 : 64);
    Real radius = Real::ratio(integer(0, wide ? 300 : 30), denominator);
    if (options.extreme && chance(0.1))
      centre *= Real::powerOfTwo(pick({-400, -200, 60}));
    if (options.extreme && chance(0.2))
      radius *= Real::powerOfTwo(pick({-1080, -400, -60, 60}));
    if (point || chance(0.1))
      radius = 0;
    region.lo.push_back(asymmetric ? centre : centre - radius);
    region.hi.push_back(centre + radius);
  }
  // One block of elements, or one for each.
  int64_t size = region.size(), blocks = chance(0.4) ? size : 1;
  if (chance(0.1)) {
    region.levels.resize(blocks);
    for (int64_t i = 0; i < size; ++i)
      for (int64_t k = integer(1, 5); k > 0; --k)
        region.levels[i * blocks / size].push_back(
            region.lo[i] +
            (region.hi[i] - region.lo[i]) * Real::ratio(integer(0, 12), 12));
    for (std::vector<Real> &levels : region.levels) {
      llvm::sort(levels);
      levels.erase(llvm::unique(levels), levels.end());
    }
    return region;
  }
  if (options.extreme || !chance(0.25))
    return region;
  // A grid that meets every range; neither its points nor the ends are doubles
  // in general.
  for (int64_t block = 0; block < blocks; ++block) {
    Real step = chance(0.5) ? Real::ratio(1, pick<int64_t>({8, 16, 32}))
                            : Real::ratio(1, pick<int64_t>({7, 10, 50}));
    Real offset =
        chance(0.5) ? Real(0) : Real::ratio(integer(-9, 9), 11) * step;
    region.grids.push_back({step, offset});
  }
  for (int64_t i = 0; i < size; ++i) {
    const auto &[step, offset] = *region.getGrid(i);
    Real last = Real(((region.hi[i] - offset) / step).floor()) * step + offset;
    region.lo[i] = std::min(region.lo[i], last);
  }
  return region;
}

RandomTwin TwinMaker::make() {
  Topology topology = makeTopology();
  RandomTwin twin;
  twin.first = build(topology, options.quantizedFirst, /*isSecond=*/false);
  twin.second = build(topology, /*quantized=*/true, /*isSecond=*/true);
  twin.regions.push_back(makeRegion(topology.input));
  return twin;
}

//===----------------------------------------------------------------------===//
// Points
//===----------------------------------------------------------------------===//

std::vector<ExactTensor> TwinMaker::makeInput(const RandomTwin &twin) {
  const InputRegion &region = twin.regions[0];
  const Op *quantizer = findInputQuantizer(*twin.second);
  bool corner = chance(0.25), ties = chance(0.4), centre = chance(0.05);
  ExactTensor point;
  for (int64_t i = 0; i < region.size(); ++i) {
    const Real &lo = region.lo[i], &hi = region.hi[i];
    Real x = lo + (hi - lo) * Real::ratio(integer(0, 997), 997);
    if (centre)
      x = (lo + hi) / Real(2);
    else if (corner)
      x = chance(0.5) ? lo : hi;
    if (region.isDiscrete()) {
      x = region.getNearest(i, x);
    } else if (quantizer && ties && chance(0.7)) {
      // A multiple of half a step: a tie if it is odd.
      Real half = Real::fromDouble(quantizer->type.getScale(i)) / Real(2);
      x = Real((x / half).floor()) * half;
    } else if (options.dyadic && chance(0.7)) {
      x = Real((x * Real(32)).floor()) / Real(32);
    }
    point.push_back(std::min(std::max(x, lo), hi));
  }
  return {point};
}

std::optional<AnalyzedTwin> tryAnalyze(const RandomTwin &nets) {
  auto twin = alignNets(*nets.first, *nets.second);
  if (!twin) {
    llvm::consumeError(twin.takeError());
    return std::nullopt;
  }
  auto analyzer = TwinAnalyzer::build(**twin);
  if (!analyzer) {
    llvm::consumeError(analyzer.takeError());
    return std::nullopt;
  }
  return AnalyzedTwin{std::move(*twin), std::move(*analyzer)};
}

} // namespace qev::test
