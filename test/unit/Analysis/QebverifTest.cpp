//===- QebverifTest.cpp - Tests of the numbers of the QEBVerif tool -*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/Qebverif.h"
#include "qev/Analysis/Align.h"
#include "qev/Support/Diagnostics.h"
#include <gtest/gtest.h>

using namespace qev;

namespace {

/// What differs between the nets of the tests; the rest is the scheme.
struct Spec {
  unsigned bits = 4; ///< Q
  float firstFactor = 0x1p-7F;
  float secondFactor = 0x1p-8F;
  float inputScale = 0x1p-8F;
  float weightScale = 0.25F;
  int64_t weightZero = 0;
  float biasScale = 0.0625F;
  int64_t topCode = -1; ///< of the activations; -1 for 2^Q - 1
  bool isFused = false; ///< relu and clip in the quantizer's range
  bool quantizesOutput = false;
  bool widensChain = false; ///< adds a value to itself
};

/// Weights [N][K] and biases of a layer: floats and codes.
struct Layer {
  int64_t ins, outs;
  std::vector<float> weights, bias;
  std::vector<int32_t> weightCodes, biasCodes;
};

class Builder {
public:
  Builder(const Spec &spec, const std::vector<Layer> &layers)
      : spec(spec), first("f"), second("q") {
    buildFirst(layers);
    buildSecond(layers);
    twin = {&first, &second, nullptr, {}};
  }
  Spec spec;
  Net first, second;
  Twin twin;

private:
  static TensorType q(llvm::ArrayRef<int64_t> shape, Storage storage,
                      float scale, int64_t zero = 0) {
    return TensorType::quantized(shape,
                                 {storage, std::nullopt, {scale}, {zero}});
  }
  static Op *scaleInput(Net &net, Op *x, float factor) {
    Op *constant = net.addConst("factor", TensorType::f32({}),
                                ConstData::ofFloats({factor}));
    return net.add(OpKind::Mul, "u", x->type, {x, constant});
  }
  static Op *quantize(Net &net, Op *x, const TensorType &type) {
    Op *code = net.add(OpKind::Quantize, "xq", type, {x});
    return net.add(OpKind::Dequantize, "xd", x->type, {code});
  }

  void buildFirst(const std::vector<Layer> &layers) {
    Op *x =
        first.add(OpKind::Input, "x", TensorType::f32({1, layers.front().ins}));
    x = scaleInput(first, x, spec.firstFactor);
    for (const Layer &layer : layers) {
      Op *w = first.addConst("w", TensorType::f32({layer.outs, layer.ins}),
                             ConstData::ofFloats(layer.weights));
      Op *b = first.addConst("b", TensorType::f32({layer.outs}),
                             ConstData::ofFloats(layer.bias));
      auto type = TensorType::f32({1, layer.outs});
      x = first.add(OpKind::Affine, "h", type, {x, w, b});
      if (&layer != &layers.back())
        x = first.add(OpKind::Relu, "a", type, {x});
    }
    first.outputs = {x};
  }

  void buildSecond(const std::vector<Layer> &layers) {
    Op *x = second.add(OpKind::Input, "x",
                       TensorType::f32({1, layers.front().ins}));
    x = scaleInput(second, x, spec.secondFactor);
    x = quantize(
        second, x,
        q({1, layers.front().ins}, Storage::full(false, 8), spec.inputScale));
    for (const Layer &layer : layers) {
      Op *w = second.addConst("w",
                              q({layer.outs, layer.ins}, Storage::full(true, 8),
                                spec.weightScale, spec.weightZero),
                              ConstData::ofCodes(layer.weightCodes));
      Op *b = second.addConst(
          "b", q({layer.outs}, Storage::full(true, 32), spec.biasScale),
          ConstData::ofCodes(layer.biasCodes));
      x = second.add(OpKind::Affine, "h", TensorType::f32({1, layer.outs}),
                     {x, w, b});
      if (&layer != &layers.back() || spec.quantizesOutput)
        x = addActivation(x);
    }
    second.outputs = {x};
  }

  Op *addActivation(Op *x) {
    auto step = static_cast<float>(std::ldexp(1.0, 2 - int(spec.bits)));
    int64_t top =
        spec.topCode < 0 ? (int64_t(1) << spec.bits) - 1 : spec.topCode;
    Storage storage = Storage::full(false, 8);
    if (spec.isFused)
      return quantize(second, x,
                      q(x->type.getShape(), storage.narrowed(0, top), step));
    x = second.add(OpKind::Relu, "r", x->type, {x});
    x = second.add(OpKind::Clip, "c", x->type, {x});
    x->attributes["min"] = 0.0F;
    x->attributes["max"] = static_cast<float>(top) * step;
    if (spec.widensChain)
      x = second.add(OpKind::Add, "s", x->type, {x, x});
    return quantize(second, x, q(x->type.getShape(), storage, step));
  }
};

InputRegion makeRegion(llvm::ArrayRef<std::pair<int, int>> ranges) {
  InputRegion region;
  region.grids = {{Real(1), Real(0)}};
  for (auto [lo, hi] : ranges) {
    region.lo.emplace_back(lo);
    region.hi.emplace_back(hi);
  }
  return region;
}

/// The text of the diagnostic, or nothing where there is a result.
std::string complain(const Twin &twin, const InputRegion &region,
                     Method method = Method::QebverifSym) {
  auto box = computeQebverif(twin, region, method);
  return box ? "" : llvm::toString(box.takeError());
}

/// One neuron a layer: y = 1 x, then 1 y in the first net, 3/4 x and y + 1/16
/// in the second; the step is 1/4.
std::vector<Layer> makeLine() {
  return {{1, 1, {1}, {0}, {3}, {0}}, {1, 1, {1}, {0}, {4}, {1}}};
}

} // namespace

/// By hand, z in [64, 128], x = z/128, x~ = z/256.
/// Con: delta = -z/256 in [-1/2, -1/4]; behind the first layer 3/4 delta - 1/4
/// x
/// +- 1/8 = [-3/8 - 1/4 - 1/8, -3/16 - 1/8 + 1/8] = [-3/4, -3/16]; codes 3/4
/// and 3/2 round (half up) to y in [1/4, 1/2]; x is active and y within its
/// range: delta stays; then + 1/16. Sym: y - x = 3z/1024 +- 1/8 - z/128 =
/// -5z/1024 +- 1/8: the same.
TEST(QebverifTest, DoesWhatHandsDo) {
  for (bool isFused : {false, true}) {
    Spec spec;
    spec.isFused = isFused;
    Builder nets(spec, makeLine());
    for (Method method : {Method::QebverifCon, Method::QebverifSym}) {
      auto box = computeQebverif(nets.twin, makeRegion({{{64, 128}}}), method);
      ASSERT_TRUE(bool(box)) << llvm::toString(box.takeError());
      EXPECT_EQ(*box, Box({Interval(-0.6875, -0.125)}));
    }
  }
}

/// At z = 64 the true difference is 1/4 + 1/16 - 1/2 = -3/16, while Con takes
/// the output for rounded to 1/4: an empty interval, and an error.
TEST(QebverifTest, ReportsEmptyIntervals) {
  Builder nets(Spec(), makeLine());
  EXPECT_EQ(complain(nets.twin, makeRegion({{{64, 64}}}), Method::QebverifCon),
            "@q %h_1: error: method 'qebverif-con' is unsound here: its "
            "interval of output 0 is empty, [-0.1875, -0.25] "
            "[method-unsupported]");
  EXPECT_EQ(complain(nets.twin, makeRegion({{{64, 64}}})), "");
}

/// Layers with weights given by a formula.
static std::vector<Layer> makeLayers(llvm::ArrayRef<int64_t> sizes) {
  std::vector<Layer> layers;
  for (int k = 0; k + 1 < static_cast<int>(sizes.size()); ++k) {
    Layer layer{sizes[k], sizes[k + 1], {}, {}, {}, {}};
    for (int i = 0; i < layer.outs; ++i) {
      for (int j = 0; j < layer.ins; ++j) {
        int code = (7 * i * i + 13 * j + 5 * i * j + 3 * k) % 15 - 7;
        int shift = (3 * i + 5 * j) % 7 - 3;
        layer.weightCodes.push_back(code);
        layer.weights.push_back(static_cast<float>(code + shift) / 4);
      }
      int code = (11 * i + 2 * k) % 17 - 8;
      layer.biasCodes.push_back(4 * code); // of scale 1/16
      layer.bias.push_back(static_cast<float>(code + i % 3 - 1) / 4);
    }
    layers.push_back(std::move(layer));
  }
  return layers;
}

/// Against a prototype in numpy that agrees with the published program's
/// numbers on its MNIST nets P1 and P2 (Q = 4, 6, 8, 10; 30 images; all
/// outputs) to the six digits known. It back-substitutes through the max nodes
/// too. These nets meet all cases of the activations but one.
TEST(QebverifTest, AgreesWithThePrototype) {
  struct Expected {
    std::vector<int64_t> sizes;
    unsigned bits;
    Method method;
    Box outputs;
  };
  const Expected expected[] = {
      {{3, 16, 2},
       4,
       Method::QebverifCon,
       {{-6.622434593737125, 2.5425402359105647},
        {-2.423916489351541, 7.341808999888599}}},
      {{3, 16, 2},
       4,
       Method::QebverifSym,
       {{-4.00061716498541, 0.22328428775072107},
        {0.04828826826997101, 4.965697992267087}}},
      {{3, 16, 2},
       6,
       Method::QebverifCon,
       {{-5.802122093737125, 1.7925402359105647},
        {-1.7207914893515408, 6.662121499888599}}},
      {{3, 16, 2},
       6,
       Method::QebverifSym,
       {{-3.0325995868604103, -0.8027267416610435},
        {0.840036315144971, 4.151313801090614}}},
      {{3, 16, 16, 2},
       4,
       Method::QebverifCon,
       {{-13.398238198194615, 27.753798615991965},
        {-28.021639217827612, 15.340050880531836}}},
      {{3, 16, 16, 2},
       4,
       Method::QebverifSym,
       {{-11.058717532649641, 21.217738230428964},
        {-21.492478861258224, 9.575237323768553}}},
      {{3, 16, 16, 2},
       6,
       Method::QebverifCon,
       {{-14.523238198194615, 29.191298615991965},
        {-29.459139217827612, 17.027550880531834}}},
      {{3, 16, 16, 2},
       6,
       Method::QebverifSym,
       {{-5.234911753843415, 15.656715016244762},
        {-17.42969022095884, 4.849694352980185}}},
  };
  for (const Expected &wanted : expected) {
    for (bool isFused : {false, true}) {
      Spec spec;
      spec.bits = wanted.bits;
      spec.firstFactor = 0x1.010102p-8F; // 1/255
      spec.isFused = isFused;
      Builder nets(spec, makeLayers(wanted.sizes));
      auto box = computeQebverif(nets.twin,
                                 makeRegion({{8, 72}, {68, 132}, {148, 212}}),
                                 wanted.method);
      ASSERT_TRUE(bool(box)) << llvm::toString(box.takeError());
      ASSERT_EQ(box->size(), wanted.outputs.size());
      for (auto [got, want] : llvm::zip_equal(*box, wanted.outputs)) {
        EXPECT_NEAR(got.lo, want.lo, 1e-10);
        EXPECT_NEAR(got.hi, want.hi, 1e-10);
      }
    }
  }
}

TEST(QebverifTest, RefusesOtherSchemes) {
  InputRegion region = makeRegion({{{64, 128}}});
  auto refuse = [&](auto change) {
    Spec spec;
    change(spec);
    return complain(Builder(spec, makeLine()).twin, region);
  };
  EXPECT_EQ(refuse([](Spec &) {}), "");
  EXPECT_EQ(refuse([](Spec &s) { s.weightScale = 0.3F; }),
            "@q %w: error: not of QEBVerif's scheme: weights and biases of the "
            "second net must have one power-of-two scale and zero point 0, got "
            "tensor<1x1xq<i8, 0.3:0>> [method-unsupported]");
  EXPECT_EQ(refuse([](Spec &s) { s.weightZero = 1; }),
            "@q %w: error: not of QEBVerif's scheme: weights and biases of the "
            "second net must have one power-of-two scale and zero point 0, got "
            "tensor<1x1xq<i8, 0.25:1>> [method-unsupported]");
  EXPECT_NE(refuse([](Spec &s) { s.biasScale = 0.1F; }).find("@q %b: "),
            std::string::npos);
  std::string input = "@q %xq: error: not of QEBVerif's scheme: the input must "
                      "be multiplied by 2^-8 and quantized in u8 with scale "
                      "2^-8, zero point 0 [method-unsupported]";
  EXPECT_EQ(refuse([](Spec &s) { s.inputScale = 0x1p-7F; }), input);
  EXPECT_EQ(refuse([](Spec &s) { s.secondFactor = 0x1p-7F; }), input);
  EXPECT_EQ(refuse([](Spec &s) { s.topCode = 14; }),
            "@q %xq_1: error: not of QEBVerif's scheme: an activation of Q "
            "bits must have scale 2^-(Q-2), zero point 0 and codes 0 to 2^Q - "
            "1, got reals [0, 3.5] in tensor<1x1xq<u8, 0.25:0>> "
            "[method-unsupported]");
  EXPECT_EQ(refuse([](Spec &s) { s.widensChain = true; }),
            "@q %s: error: not of QEBVerif's scheme: 'add' of two values that "
            "are no constants [method-unsupported]");
  EXPECT_EQ(refuse([](Spec &s) { s.quantizesOutput = true; }),
            "@q: error: not of QEBVerif's scheme: more layers than the first "
            "net, or a quantized output [method-unsupported]");
}

TEST(QebverifTest, RefusesOtherNets) {
  InputRegion region = makeRegion({{{64, 128}}});
  Builder nets(Spec(), makeLine());
  Twin swapped{&nets.second, &nets.first, nullptr, {}};
  EXPECT_EQ(complain(swapped, region),
            "@q %xq: error: not of QEBVerif's scheme: 'quantize' where "
            "'affine' was expected [method-unsupported]");
  Twin same{&nets.first, &nets.first, nullptr, {}};
  EXPECT_EQ(complain(same, region),
            "@f %h: error: not of QEBVerif's scheme: 'affine' where 'quantize' "
            "was expected [method-unsupported]");
  std::vector<Layer> one = {makeLine().back()};
  EXPECT_EQ(complain(Builder(Spec(), one).twin, region),
            "@f: error: not of QEBVerif's scheme: no hidden layer "
            "[method-unsupported]");
}

TEST(QebverifTest, RefusesOtherRegions) {
  Builder nets(Spec(), makeLine());
  std::string where = "@f: error: QEBVerif's inputs are the integers of a box "
                      "in [0, 255]: ";
  std::string id = " [method-unsupported]";
  EXPECT_EQ(complain(nets.twin, makeRegion({{{250, 256}}})),
            where + "element 0 has the range [250, 256]" + id);
  EXPECT_EQ(complain(nets.twin, makeRegion({{0, 1}, {0, 1}})),
            where + "the region does not fit the input" + id);
  InputRegion box = makeRegion({{{64, 128}}});
  box.grids.clear();
  EXPECT_EQ(complain(nets.twin, box),
            where + "the region is no grid of step 1 through 0" + id);
  InputRegion shifted = makeRegion({{{64, 128}}});
  shifted.grids[0].offset = Real::ratio(1, 2);
  EXPECT_EQ(complain(nets.twin, shifted),
            where + "the region is no grid of step 1 through 0" + id);
  InputRegion point = makeRegion({{{64, 64}}});
  point.grids.clear();
  EXPECT_EQ(complain(nets.twin, point), "");
}

/// They must not be mistaken for bounds.
TEST(QebverifTest, IsNoMethodOfComputeBounds) {
  Builder nets(Spec(), makeLine());
  auto twin = alignNets(nets.first, nets.second);
  ASSERT_TRUE(bool(twin)) << llvm::toString(twin.takeError());
  InputRegion region = makeRegion({{{64, 128}}});
  for (Method method : {Method::QebverifCon, Method::QebverifSym}) {
    EXPECT_FALSE(isSound(method));
    auto bounds = computeBounds(**twin, region, method);
    ASSERT_FALSE(bool(bounds));
    EXPECT_NE(llvm::toString(bounds.takeError()).find("[method-unsupported]"),
              std::string::npos);
    auto single = computeBounds(nets.first, region, method);
    ASSERT_FALSE(bool(single));
    EXPECT_NE(llvm::toString(single.takeError()).find("[method-unsupported]"),
              std::string::npos);
  }
}
