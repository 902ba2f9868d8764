//===- TinyTwins.h - Random pairs of nets small enough to enumerate *- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Pairs of nets on an input grid whose every point can be executed exactly.
// They mix what real quantizers emit: any zero point and range, scales per
// tensor and per slice, several quantizers in a row, none at the input, weights
// as codes and as floats, missing ReLUs, and scales that are no powers of two.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TEST_UNIT_ENCODE_TINYTWINS_H
#define QEV_TEST_UNIT_ENCODE_TINYTWINS_H

#include "qev/Analysis/Bounds.h"
#include "qev/Interp/Interp.h"
#include <random>

namespace qev::test {

struct Execution {
  std::vector<ExactTensor> inputs;
  std::vector<ExactTensor> first, second; ///< as runExact returns them
  ExactTensor firstOutput, secondOutput;
};

struct TinyTwin {
  Net first{"f"}, second{"q"};
  Twin twin{&first, &second, nullptr, {}};
  std::vector<InputRegion> regions;

  TinyTwin() = default;
  TinyTwin(const TinyTwin &) = delete;

  Execution execute(std::vector<ExactTensor> inputs) const {
    Execution run;
    run.inputs = std::move(inputs);
    run.first = runExact(first, run.inputs);
    run.second = runExact(second, run.inputs);
    run.firstOutput = getOutputs(first, run.first);
    run.secondOutput = getOutputs(second, run.second);
    return run;
  }

  /// One execution for each point of the grid.
  std::vector<Execution> executeAll() const {
    std::vector<std::vector<Real>> levels;
    const InputRegion &region = regions[0];
    for (int64_t i = 0; i < region.size(); ++i) {
      std::vector<Real> &values = levels.emplace_back();
      const auto &grid = region.grids[0];
      Real k(((region.lo[i] - grid.offset) / grid.step).ceil());
      for (Real x; (x = grid.offset + k * grid.step) <= region.hi[i];
           k += Real(1))
        values.push_back(x);
    }
    std::vector<Execution> result;
    std::vector<size_t> index(levels.size());
    for (;;) {
      ExactTensor point;
      for (size_t i = 0; i < index.size(); ++i)
        point.push_back(levels[i][index[i]]);
      result.push_back(execute({point}));
      size_t i = 0;
      while (i < index.size() && ++index[i] == levels[i].size())
        index[i++] = 0;
      if (i == index.size())
        return result;
    }
  }
};

/// The tightest bounds there are: the hull of all executions.
inline TwinBounds getHull(const TinyTwin &tiny,
                          const std::vector<Execution> &runs) {
  TwinBounds bounds;
  auto include = [](Box &box, size_t i, const Real &value, bool isFirst) {
    Interval point = Interval::around(value);
    if (isFirst)
      box.push_back(point);
    else
      box[i] = hull(box[i], point);
  };
  bounds.delta.resize(tiny.twin.pairs.size());
  bounds.by.resize(tiny.twin.pairs.size());
  for (const Execution &run : runs) {
    bool isFirst = &run == &runs.front();
    llvm::DenseMap<const Op *, const ExactTensor *> values;
    for (auto [net, tensors, table] :
         {std::tuple(&tiny.first, &run.first, &bounds.first),
          std::tuple(&tiny.second, &run.second, &bounds.second)})
      for (size_t op = 0; op < net->ops.size(); ++op) {
        values[net->ops[op].get()] = &(*tensors)[op];
        for (size_t i = 0; i < (*tensors)[op].size(); ++i)
          include((*table)[net->ops[op].get()], i, (*tensors)[op][i], isFirst);
      }
    for (size_t p = 0; p < tiny.twin.pairs.size(); ++p) {
      const Pair &pair = tiny.twin.pairs[p];
      ExactTensor x = toReals(*pair.first, *values[pair.first]);
      ExactTensor y = toReals(*pair.second, *values[pair.second]);
      for (size_t i = 0; i < x.size(); ++i)
        include(bounds.delta[p], i, y[i] - x[i], isFirst);
    }
  }
  return bounds;
}

/// Interval bounds of each net by itself, and their difference.
inline TwinBounds getWideBounds(const TinyTwin &tiny) {
  TwinBounds bounds;
  bounds.first =
      llvm::cantFail(computeBounds(tiny.first, tiny.regions, Method::Interval));
  bounds.second = llvm::cantFail(
      computeBounds(tiny.second, tiny.regions, Method::Interval));
  auto getReals = [](const NetBounds &table, const Op &op) {
    Box box = table.find(&op)->second;
    for (size_t i = 0; op.type.isQuantized() && i < box.size(); ++i)
      box[i] =
          (box[i] - Interval(static_cast<double>(op.type.getZeroPoint(i)))) *
          Interval(op.type.getScale(i));
    return box;
  };
  for (const Pair &pair : tiny.twin.pairs) {
    Box x = getReals(bounds.first, *pair.first);
    Box y = getReals(bounds.second, *pair.second);
    for (size_t i = 0; i < x.size(); ++i)
      x[i] = y[i] - x[i];
    bounds.delta.push_back(std::move(x));
    bounds.by.emplace_back();
  }
  return bounds;
}

/// Whether an execution meets a tie of a quantizer, where the closed windows of
/// the encoding admit both neighbours.
inline bool meetsTie(const Net &net, const std::vector<ExactTensor> &values) {
  llvm::DenseMap<const Op *, size_t> index;
  for (size_t i = 0; i < net.ops.size(); ++i) {
    const Op &op = *net.ops[i];
    index[&op] = i;
    if (!op.is(OpKind::Quantize))
      continue;
    ExactTensor in = toReals(*op.operands[0], values[index[op.operands[0]]]);
    for (size_t e = 0; e < in.size(); ++e) {
      Real twice = in[e] / Real::fromDouble(op.type.getScale(e)) * Real(2);
      if (twice.isInteger() && !(twice * Real::powerOfTwo(-1)).isInteger())
        return true;
    }
  }
  return false;
}

class TinyMaker {
public:
  explicit TinyMaker(unsigned seed) : random(seed) {}

  std::unique_ptr<TinyTwin> make() {
    auto tiny = std::make_unique<TinyTwin>();
    int64_t width = pick(1, 2);
    addRegion(*tiny, width);
    Op *x = tiny->first.add(OpKind::Input, "x", TensorType::f32({width}));
    Op *y = tiny->second.add(OpKind::Input, "x", TensorType::f32({width}));
    if (chance(80))
      y = addQuantizer(tiny->second, y, "x", 0.0, 1.0);
    tiny->twin.pairs.push_back({x, y, {}, {}});
    int64_t layers = pick(1, 2);
    for (int64_t layer = 0; layer < layers; ++layer) {
      int64_t next = pick(1, layer + 1 == layers ? 2 : 3);
      std::tie(x, y) = addLayer(*tiny, x, y, width, next, layer);
      width = next;
    }
    tiny->first.outputs = {x};
    tiny->second.outputs = {y};
    return tiny;
  }

private:
  int64_t pick(int64_t lo, int64_t hi) {
    return std::uniform_int_distribution<int64_t>(lo, hi)(random);
  }
  bool chance(int percent) { return pick(1, 100) <= percent; }
  /// A float with few bits, or with all of them.
  float real(double lo, double hi) {
    double value = std::uniform_real_distribution<double>(lo, hi)(random);
    if (roundNumbers)
      value = std::round(value * 8) / 8;
    return static_cast<float>(value);
  }

  void addRegion(TinyTwin &tiny, int64_t width) {
    roundNumbers = chance(30);
    InputRegion region;
    region.name = "x";
    int64_t denominator = roundNumbers ? 8 : pick(3, 12);
    region.grids = {{Real::ratio(1, denominator),
                     chance(50) ? Real(0) : Real::ratio(1, 7)}};
    for (int64_t i = 0; i < width; ++i) {
      int64_t lo = pick(-4, 4);
      region.lo.push_back(Real::ratio(lo, denominator));
      region.hi.push_back(Real::ratio(lo + pick(1, 6), denominator));
    }
    tiny.regions.push_back(std::move(region));
  }

  Op *addQuantizer(Net &net, Op *in, const std::string &name, double lo,
                   double hi) {
    int64_t count = in->type.getNumElements();
    QuantType quant;
    quant.storage = Storage::full(chance(50), pick(2, 5));
    if (chance(30) && quant.storage.bits > 2)
      quant.storage = quant.storage.narrowed(quant.storage.min + 1,
                                             quant.storage.max - pick(0, 1));
    if (chance(30))
      quant.axis = 0;
    auto levels = static_cast<double>(quant.storage.max - quant.storage.min);
    for (int64_t i = 0; i < (quant.axis ? count : 1); ++i) {
      auto scale = static_cast<float>((hi - lo) / levels *
                                       (chance(50) ? 1.0 : 0.4 + 0.1 * i));
      if (roundNumbers)
        scale = std::exp2(std::round(std::log2(scale)));
      quant.scales.push_back(scale);
      // At the lower end the saturation is a ReLU.
      quant.zeroPoints.push_back(
          chance(50) ? quant.storage.min
                     : pick(quant.storage.min, quant.storage.max));
    }
    Op *codes = net.add(OpKind::Quantize, name + "q",
                        TensorType::quantized(in->type.getShape(), quant), in);
    Op *reals = net.add(OpKind::Dequantize, name + "d",
                        TensorType::f32(in->type.getShape()), codes);
    if (!chance(15))
      return reals;
    // A second quantizer, of the same scale or of another one.
    TensorType again = codes->type;
    if (chance(50)) {
      QuantType other = again.getQuant();
      for (float &scale : other.scales)
        scale *= 1.3f;
      again = TensorType::quantized(in->type.getShape(), other);
    }
    codes = net.add(OpKind::Quantize, name + "qq", again, reals);
    return net.add(OpKind::Dequantize, name + "dd",
                   TensorType::f32(in->type.getShape()), codes);
  }

  Op *addActivation(Net &net, Op *in, int kind, const std::string &name) {
    if (kind == 0)
      return in;
    Op *op = net.add(kind == 1 ? OpKind::Relu : OpKind::Clip, name + "a",
                     in->type, in);
    if (kind == 2) {
      op->attributes["min"] = -0.25f;
      op->attributes["max"] = 0.75f;
    }
    return op;
  }

  std::pair<Op *, Op *> addLayer(TinyTwin &tiny, Op *x, Op *y, int64_t from,
                                 int64_t to, int64_t layer) {
    std::string name = "h" + std::to_string(layer);
    std::vector<float> weights, bias;
    for (int64_t i = 0; i < from * to; ++i)
      weights.push_back(chance(15) ? 0.0f : real(-1.5, 1.5));
    for (int64_t i = 0; i < to; ++i)
      bias.push_back(real(-0.5, 0.5));
    int kind = static_cast<int>(pick(0, 2));

    Net &f = tiny.first, &q = tiny.second;
    Op *w = f.addConst(name + "w", TensorType::f32({to, from}),
                       ConstData::ofFloats(weights));
    Op *b = f.addConst(name + "b", TensorType::f32({to}),
                       ConstData::ofFloats(bias));
    Op *hx = f.add(OpKind::Affine, name, TensorType::f32({to}), {x, w, b});
    Op *ax = addActivation(f, hx, kind, name);

    Op *hy = addQuantizedAffine(q, y, weights, bias, from, to, name);
    Op *ay = chance(70) ? addActivation(q, hy, kind, name) : hy;
    tiny.twin.pairs.push_back({hx, hy, {}, {}});
    if (ax != hx || ay != hy)
      tiny.twin.pairs.push_back({ax, ay, {}, {}});
    if (chance(85)) {
      ay = addQuantizer(q, ay, name, 0.0, 1.5);
      tiny.twin.pairs.push_back({ax, ay, {}, {}});
    }
    if (chance(25)) { // a scaling that both nets have, and a residual sum
      std::vector<float> factor{real(0.5, 1.5) + 0.125f};
      TensorType scalar = TensorType::f32({1});
      for (auto [net, value] : {std::pair(&f, &ax), std::pair(&q, &ay)}) {
        Op *constant =
            net->addConst(name + "c", scalar, ConstData::ofFloats(factor));
        Op *scaled = net->add(chance(50) ? OpKind::Mul : OpKind::Div,
                              name + "m", (*value)->type, {*value, constant});
        Op *other = net == &f ? hx : hy;
        *value = net->add(chance(50) ? OpKind::Add : OpKind::Sub, name + "s",
                          other->type, {scaled, other});
      }
      tiny.twin.pairs.push_back({ax, ay, {}, {}});
    }
    return {ax, ay};
  }

  Op *addQuantizedAffine(Net &net, Op *in, const std::vector<float> &weights,
                         const std::vector<float> &bias, int64_t from,
                         int64_t to, const std::string &name) {
    Op *w, *b;
    if (chance(20)) { // weights stay floats
      std::vector<float> moved = weights;
      for (float &weight : moved)
        weight += real(-0.1, 0.1);
      w = net.addConst(name + "w", TensorType::f32({to, from}),
                       ConstData::ofFloats(moved));
    } else {
      QuantType quant;
      quant.storage = Storage::full(true, 4);
      int64_t slices = 1;
      if (chance(50)) {
        quant.axis = chance(70) ? 0 : 1;
        slices = *quant.axis == 0 ? to : from;
      }
      for (int64_t i = 0; i < slices; ++i) {
        quant.scales.push_back(roundNumbers ? 0.25f
                                            : 0.2f + 0.01f * real(0, 5));
        quant.zeroPoints.push_back(chance(80) ? 0 : pick(-2, 2));
      }
      TensorType type = TensorType::quantized({to, from}, quant);
      std::vector<int32_t> codes;
      for (int64_t i = 0; i < from * to; ++i)
        codes.push_back(static_cast<int32_t>(std::clamp<double>(
            std::round(weights[i] / type.getScale(i)) + type.getZeroPoint(i),
            -8, 7)));
      w = net.addConst(name + "w", type, ConstData::ofCodes(codes));
    }
    if (chance(50)) {
      b = net.addConst(name + "b", TensorType::f32({to}),
                       ConstData::ofFloats(bias));
    } else {
      QuantType quant;
      quant.storage = Storage::full(true, 32);
      quant.scales = {0.001234567f};
      quant.zeroPoints = {0};
      std::vector<int32_t> codes;
      for (float value : bias)
        codes.push_back(
            static_cast<int32_t>(std::round(value / quant.scales[0])));
      b = net.addConst(name + "b", TensorType::quantized({to}, quant),
                       ConstData::ofCodes(codes));
    }
    return net.add(OpKind::Affine, name, TensorType::f32({to}), {in, w, b});
  }

  std::mt19937 random;
  bool roundNumbers = false;
};

} // namespace qev::test

#endif // QEV_TEST_UNIT_ENCODE_TINYTWINS_H
