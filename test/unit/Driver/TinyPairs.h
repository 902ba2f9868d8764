//===- TinyPairs.h - Pairs of nets whose every input can be tried *- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A float net of two layers and a quantized copy of it, over a small grid of
// inputs. Some have a second input behind the first layer, some a second output
// there. Weights, biases, scales and the grid are multiples of small powers of
// two, so that ties of quantizers, ties of outputs and saturation are common.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TEST_UNIT_DRIVER_TINYPAIRS_H
#define QEV_TEST_UNIT_DRIVER_TINYPAIRS_H

#include "qev/Driver/Verify.h"
#include <random>

namespace qev::test {

class TinyPairs {
public:
  explicit TinyPairs(unsigned seed) : random(seed) {
    inputs = pick(1, 2);
    hidden = pick(1, 3);
    outputs = pick(2, 3);
    hasSecondInput = chance(25);
    hasSecondOutput = chance(25);
    auto fill = [&](int64_t size, int range) {
      std::vector<float> values;
      for (int64_t i = 0; i < size; ++i)
        values.push_back(static_cast<float>(pick(-range, range)) / 4);
      return values;
    };
    w1 = fill(inputs * hidden, 4);
    b1 = fill(hidden, 2);
    w2 = fill(hidden * outputs, 4);
    b2 = fill(outputs, 2);
  }

  /// From now on the outputs are reshapes of what they would be.
  void reshapeOutputs() { hasShapes = true; }

  ModelPair make() {
    return llvm::cantFail(makePair({{}, makeFirst()}, {{}, makeSecond()}));
  }
  ModelPair makeWithItself() {
    auto net = chance(50) ? makeFirst() : makeSecond();
    net->name = "first";
    auto copy = net->clone();
    copy->name = "second";
    return llvm::cantFail(
        makePair({{}, std::move(net)}, {{}, std::move(copy)}));
  }

  SampleRegion makeRegion() {
    SampleRegion sample{0, {makeBox("x", inputs, 5)}};
    if (hasSecondInput)
      sample.inputs.push_back(makeBox("z", hidden, 1));
    return sample;
  }

  /// One exact replay for each point of the region.
  static std::vector<Replay> tryAll(const ModelPair &pair,
                                    const SampleRegion &region) {
    std::vector<Replay> all;
    InputPoint point;
    for (const InputRegion &box : region.inputs)
      point.push_back(box.lo);
    do
      all.push_back(replay(*pair.firstExact, *pair.secondExact, point));
    while (advance(region, point));
    return all;
  }

  int64_t pick(int64_t lo, int64_t hi) {
    return std::uniform_int_distribution<int64_t>(lo, hi)(random);
  }
  bool chance(int percent) { return pick(1, 100) <= percent; }

private:
  InputRegion makeBox(const char *name, int64_t size, int64_t mostSteps) {
    InputRegion region;
    region.name = name;
    Real step = Real::ratio(1, chance(50) ? 8 : 4);
    region.grids = {{step, chance(70) ? Real(0) : Real::ratio(1, 16)}};
    for (int64_t i = 0; i < size; ++i) {
      Real low = region.grids[0].offset + Real(pick(-4, 2)) * step;
      region.lo.push_back(low);
      region.hi.push_back(low + Real(pick(1, mostSteps)) * step);
    }
    return region;
  }

  /// The next point; false after the last.
  static bool advance(const SampleRegion &region, InputPoint &point) {
    for (auto [box, tensor] : llvm::zip_equal(region.inputs, point))
      for (auto [i, value] : llvm::enumerate(tensor)) {
        if (value != box.hi[i]) {
          value += box.grids[0].step;
          return true;
        }
        value = box.lo[i];
      }
    return false;
  }

  std::unique_ptr<Net> makeFirst() {
    auto net = std::make_unique<Net>("first");
    Op *x = net->add(OpKind::Input, "x", TensorType::f32({inputs}));
    Op *z = addSecondInput(*net);
    Op *h = affine(*net, x, hidden, w1, b1, "h");
    if (z)
      h = net->add(OpKind::Add, "s", h->type, {h, z});
    h = net->add(OpKind::Relu, "a", h->type, h);
    net->outputs = {affine(*net, h, outputs, w2, b2, "y")};
    if (hasSecondOutput)
      net->outputs.push_back(h);
    addReshapes(*net);
    return net;
  }

  std::unique_ptr<Net> makeSecond() {
    auto net = std::make_unique<Net>("second");
    Op *x = net->add(OpKind::Input, "x", TensorType::f32({inputs}));
    Op *z = addSecondInput(*net);
    if (chance(70))
      x = requantize(*net, x, chance(50) ? 0.25f : 0.125f, 4, "xq");
    Op *h = affine(*net, x, hidden, disturb(w1), b1, "h");
    if (z)
      h = net->add(OpKind::Add, "s", h->type, {h, z});
    if (chance(60))
      h = net->add(OpKind::Relu, "a", h->type, h);
    h = requantize(*net, h, chance(50) ? 0.25f : 0.5f, 3, "hq");
    Op *y = affine(*net, h, outputs, disturb(w2), b2, "y");
    if (chance(60))
      y = requantize(*net, y, chance(50) ? 0.25f : 0.5f, 3, "yq");
    net->outputs = {y};
    if (hasSecondOutput)
      net->outputs.push_back(h);
    addReshapes(*net);
    return net;
  }

  void addReshapes(Net &net) {
    if (hasShapes)
      for (Op *&output : net.outputs)
        output = net.add(OpKind::Reshape, output->name + "s",
                         TensorType::f32({1, output->type.getNumElements()}),
                         output);
  }

  Op *addSecondInput(Net &net) {
    return hasSecondInput
               ? net.add(OpKind::Input, "z", TensorType::f32({hidden}))
               : nullptr;
  }

  Op *affine(Net &net, Op *in, int64_t rows, llvm::ArrayRef<float> weights,
             llvm::ArrayRef<float> bias, const std::string &name) {
    int64_t columns = in->type.getShape()[0];
    Op *w = net.addConst(name + "w", TensorType::f32({rows, columns}),
                         ConstData::ofFloats(weights.vec()));
    Op *b = net.addConst(name + "b", TensorType::f32({rows}),
                         ConstData::ofFloats(bias.vec()));
    return net.add(OpKind::Affine, name, TensorType::f32({rows}), {in, w, b});
  }

  Op *requantize(Net &net, Op *in, float scale, unsigned bits,
                 const std::string &name) {
    QuantType quant;
    quant.storage = Storage::full(chance(50), bits);
    quant.scales = {scale};
    quant.zeroPoints = {chance(50)
                            ? quant.storage.min
                            : pick(quant.storage.min, quant.storage.max)};
    Op *codes = net.add(OpKind::Quantize, name,
                        TensorType::quantized(in->type.getShape(), quant), in);
    return net.add(OpKind::Dequantize, name + "d", in->type, codes);
  }

  /// A weight now and then moves by one step.
  std::vector<float> disturb(std::vector<float> weights) {
    for (float &weight : weights)
      if (chance(20))
        weight += chance(50) ? 0.125f : -0.125f;
    return weights;
  }

  std::mt19937 random;
  int64_t inputs, hidden, outputs;
  bool hasSecondInput, hasSecondOutput, hasShapes = false;
  std::vector<float> w1, b1, w2, b2;
};

/// Whether the outputs of a run are as the row says.
inline bool holds(const OutputRow &row, const Replay &run) {
  Real sum;
  for (const auto &[output, factor] : row.form.first)
    sum += factor * run.first[output];
  for (const auto &[output, factor] : row.form.second)
    sum += factor * run.second[output];
  return row.strict ? sum > row.rhs : sum >= row.rhs;
}

} // namespace qev::test

#endif // QEV_TEST_UNIT_DRIVER_TINYPAIRS_H
