//===- CornerCasesTest.cpp - Bounds where numbers and shapes are odd -*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CheckTwin.h"
#include "qev/Analysis/Align.h"
#include "qev/Analysis/TwinAnalyzer.h"
#include "qev/IR/Verifier.h"
#include "gtest/gtest.h"

using namespace qev;
using namespace qev::test;

namespace {

Op *add(Net &net, OpKind kind, llvm::ArrayRef<Op *> operands) {
  Op *op = net.add(kind, "", operands[0]->type, operands);
  op->type = llvm::cantFail(inferType(*op));
  return op;
}

Op *addFloats(Net &net, llvm::ArrayRef<int64_t> shape,
              std::vector<float> values) {
  return net.addConst("", TensorType::f32(shape),
                      ConstData::ofFloats(std::move(values)));
}

/// One code of 32 bits.
Op *addCode(Net &net, int32_t code, float scale) {
  QuantType type{Storage::full(true, 32), std::nullopt, {scale}, {0}};
  return net.addConst("", TensorType::quantized({1}, std::move(type)),
                      ConstData::ofCodes({code}));
}

Op *addReshape(Net &net, Op *x, llvm::ArrayRef<int64_t> shape) {
  return net.add(OpKind::Reshape, "", x->type.withShape(shape), {x});
}

/// A quantizer of all 8-bit codes and the dequantizer behind it.
Op *addQuantizer(Net &net, Op *x, float scale) {
  QuantType type{Storage::full(true, 8), std::nullopt, {scale}, {0}};
  Op *codes = net.add(OpKind::Quantize, "",
                      TensorType::quantized(x->type.getShape(), type), {x});
  return add(net, OpKind::Dequantize, {codes});
}

/// Two nets with one input, a region, and what both compute in it.
struct Example {
  Net first{"first"}, second{"second"};
  Op *x, *y;
  InputRegion region;

  Example(int64_t size, const Real &lo, const Real &hi) {
    x = first.add(OpKind::Input, "x", TensorType::f32({size}));
    y = second.add(OpKind::Input, "x", TensorType::f32({size}));
    region.name = std::string("x");
    region.lo.assign(size, lo);
    region.hi.assign(size, hi);
  }
  /// The outputs' bounds by each method, all of which hold at the ends and in
  /// the middle of the region.
  std::vector<TwinBounds> check() {
    std::unique_ptr<Twin> twin = llvm::cantFail(alignNets(first, second));
    Executions executions(*twin);
    for (int k = 0; k <= 4; ++k) {
      ExactTensor point;
      for (auto [lo, hi] : llvm::zip_equal(region.lo, region.hi))
        point.push_back(lo + (hi - lo) * Real::ratio(k, 4));
      executions.run({point});
    }
    std::vector<TwinBounds> all;
    for (Method method : getSoundMethods()) {
      all.push_back(llvm::cantFail(computeBounds(*twin, region, method)));
      auto violation = executions.findViolation(all.back());
      EXPECT_FALSE(violation) << getName(method).str() << ": " << *violation;
    }
    return all;
  }
};

TEST(CornerCases, AProductThatUnderflowsIsNotZero) {
  // Of weights that differ by 2^-149, over inputs of 2^-1000.
  Example example(1, 0, Real::powerOfTwo(-1000));
  example.first.outputs = {
      add(example.first, OpKind::Affine,
          {example.x, addFloats(example.first, {1, 1}, {0})})};
  example.second.outputs = {
      add(example.second, OpKind::Affine,
          {example.y, addFloats(example.second, {1, 1}, {0x1p-149f})})};
  for (const TwinBounds &bounds : example.check())
    EXPECT_GT(bounds.delta.back()[0].hi, 0);
}

TEST(CornerCases, CoefficientsThatUnderflowAreCharged) {
  // Eight layers of 2^-149 leave a coefficient of 2^-1192, times 2^1000.
  Example example(1, 0, Real::powerOfTwo(1000));
  for (auto [net, value] :
       {std::pair{&example.first, example.x}, {&example.second, example.y}}) {
    for (int layer = 0; layer < 8; ++layer) {
      value = add(*net, OpKind::Affine,
                  {value, addFloats(*net, {1, 1}, {0x1p-149f})});
      value = add(*net, OpKind::Add, {value, value});
    }
    net->outputs = {value};
  }
  example.check();
}

TEST(CornerCases, CoefficientsThatCancelInABroadcastAreCharged) {
  // The three rows through the sum add up to 1, in doubles to 0.
  Example example(1, 0, 1);
  for (auto [net, value] :
       {std::pair{&example.first, example.x}, {&example.second, example.y}}) {
    Op *zeros =
        add(*net, OpKind::Affine, {value, addFloats(*net, {3, 1}, {0, 0, 0})});
    if (net == &example.second)
      value = addQuantizer(*net, value, 0.3f);
    net->outputs = {add(*net, OpKind::Affine,
                        {add(*net, OpKind::Add, {zeros, value}),
                         addFloats(*net, {1, 3}, {1, 0x1p60f, -0x1p60f})})};
  }
  example.check();
}

TEST(CornerCases, EndsThatAreNoGridPointsAreNoPointsOfTheHull) {
  // The one grid point, 1 + 2^-53, is no double; its neighbours are the ends of
  // the range and one step apart.
  Example example(1, 1, Real(1) + Real::powerOfTwo(-52));
  InputRegion &region = example.region;
  region.grids = {{Real::powerOfTwo(-52), Real::powerOfTwo(-53)}};
  for (auto [net, value] :
       {std::pair{&example.first, example.x}, {&example.second, example.y}}) {
    value = add(*net, OpKind::Sub, {value, addFloats(*net, {1}, {1})});
    if (net == &example.second)
      value = addQuantizer(*net, value, 0x1.8p-53f);
    net->outputs = {
        add(*net, OpKind::Affine, {value, addFloats(*net, {1, 1}, {1})})};
  }
  std::unique_ptr<Twin> twin =
      llvm::cantFail(alignNets(example.first, example.second));
  Executions executions(*twin);
  executions.run({{Real(1) + Real::powerOfTwo(-53)}});
  for (Method method : getSoundMethods()) {
    auto violation = executions.findViolation(
        llvm::cantFail(computeBounds(*twin, region, method)));
    EXPECT_FALSE(violation) << getName(method).str() << ": " << *violation;
  }
}

TEST(CornerCases, EqualEnclosuresAreNotEqualFactors) {
  // Two products of codes and scales between the same neighbouring doubles.
  for (OpKind kind : {OpKind::Mul, OpKind::Div, OpKind::Add, OpKind::Sub}) {
    Example example(1, 0, 1);
    example.first.outputs = {
        add(example.first, kind,
            {example.x, addCode(example.first, 2147483647, 8388611)})};
    example.second.outputs = {
        add(example.second, kind,
            {example.y, addCode(example.second, 1808230218, 9962451)})};
    for (const TwinBounds &bounds : example.check())
      EXPECT_NE(bounds.delta.back()[0], Interval(0));
  }
}

TEST(CornerCases, EqualConstantsOfManyBitsDoNotDiffer) {
  for (OpKind kind : {OpKind::Mul, OpKind::Div, OpKind::Add, OpKind::Sub}) {
    Example example(1, -1, 1);
    for (auto [net, value] :
         {std::pair{&example.first, example.x}, {&example.second, example.y}})
      net->outputs = {
          add(*net, kind, {value, addCode(*net, 2147483647, 8388611)})};
    std::vector<TwinBounds> all = example.check();
    EXPECT_EQ(all.back().delta.back()[0], Interval(0));
  }
}

TEST(CornerCases, TheConstantComesFirst) {
  Example example(2, -1, 2);
  example.first.outputs = {
      add(example.first, OpKind::Sub,
          {addFloats(example.first, {1}, {0.3f}), example.x})};
  example.second.outputs = {
      add(example.second, OpKind::Sub,
          {example.y, addFloats(example.second, {2}, {0.3f, 5})})};
  example.check();
}

TEST(CornerCases, ConstantsAreComputedWith) {
  Example example(2, -1, 2);
  auto build = [](Net &net, Op *x, float factor) {
    // relu(-c), c + c, rows of constants, reshaped codes.
    QuantType type{Storage::full(true, 8), std::nullopt, {0.5f}, {-3}};
    Op *codes = net.addConst("", TensorType::quantized({1, 2}, type),
                             ConstData::ofCodes({100, -100}));
    Op *reals = add(net, OpKind::Dequantize, {addReshape(net, codes, {2})});
    Op *clamped = add(net, OpKind::Relu, {addFloats(net, {2}, {-1, factor})});
    Op *fixed = add(net, OpKind::Affine,
                    {addFloats(net, {2}, {3, 4}),
                     addFloats(net, {2, 2}, {1, 2, factor, 0})});
    Op *value = add(net, OpKind::Affine,
                    {x, addFloats(net, {2, 2}, {1, -1, factor, 1})});
    for (Op *constant : {reals, clamped, fixed})
      value = add(net, OpKind::Add, {value, constant});
    net.outputs = {add(net, OpKind::Relu, {value})};
  };
  build(example.first, example.x, 2);
  build(example.second, example.y, 2.25f);
  // Computed constants pair with nothing, so each net for itself.
  for (Net *net : {&example.first, &example.second}) {
    auto alone = net->clone();
    auto values = runExact(*alone, {{Real(-1), Real(2)}});
    for (Method method : getSoundMethods()) {
      NetBounds bounds =
          llvm::cantFail(computeBounds(*alone, example.region, method));
      for (auto [op, value] : llvm::zip_equal(alone->ops, values))
        for (size_t i = 0; !op->is(OpKind::Const) && i < value.size(); ++i)
          EXPECT_TRUE(bounds.find(op.get())->second[i].contains(value[i]))
              << op->name << " " << getName(method).str();
    }
  }
}

TEST(CornerCases, ProductsOfValuesKeepTheirRange) {
  Net net("net");
  Op *x = net.add(OpKind::Input, "x", TensorType::f32({2}));
  Op *product = add(net, OpKind::Mul, {x, x});
  net.outputs = {
      add(net, OpKind::Affine, {product, addFloats(net, {1, 2}, {1, -1})})};
  InputRegion region{"x", {-1, 2}, {3, 4}};
  for (Method method : getSoundMethods()) {
    NetBounds bounds = llvm::cantFail(computeBounds(net, region, method));
    const Interval &range = bounds.find(net.outputs[0])->second[0];
    for (int a : {-1, 0, 3})
      for (int b : {2, 4})
        EXPECT_TRUE(range.contains(Real(a * a - b * b)));
  }
}

TEST(CornerCases, SumsThatBroadcastDifferentlyAreNoPair) {
  Example example(2, 0, 1);
  auto build = [](Net &net, Op *x, bool swapped) {
    Op *column = addReshape(net, add(net, OpKind::Relu, {x}), {2, 1});
    Op *row = addReshape(
        net, add(net, OpKind::Mul, {x, addFloats(net, {1}, {10})}), {1, 2});
    if (swapped) { // the transposed outer sum
      column = addReshape(net, column, {1, 2});
      row = addReshape(net, row, {2, 1});
    }
    net.outputs = {add(net, OpKind::Add, {column, row})};
  };
  build(example.first, example.x, false);
  build(example.second, example.y, true);
  auto twin = alignNets(example.first, example.second);
  ASSERT_TRUE(static_cast<bool>(twin)) << llvm::toString(twin.takeError());
  auto analyzer = TwinAnalyzer::build(**twin);
  ASSERT_FALSE(static_cast<bool>(analyzer));
  EXPECT_EQ(llvm::toString(analyzer.takeError()),
            "@first %add ~ @second %add: error: operands are broadcast "
            "differently [twin-pair]");
}

TEST(CornerCases, OuterSumsOfEqualLengths) {
  Example example(2, -1, 1);
  for (auto [net, value] :
       {std::pair{&example.first, example.x}, {&example.second, example.y}}) {
    if (net == &example.second)
      value = addQuantizer(*net, value, 0.25f);
    Op *sum =
        add(*net, OpKind::Add,
            {addReshape(*net, value, {2, 1}), addReshape(*net, value, {1, 2})});
    net->outputs = {add(
        *net, OpKind::Affine,
        {add(*net, OpKind::Relu, {sum}), addFloats(*net, {1, 2}, {1, -1})})};
  }
  example.check();
}

TEST(CornerCases, OverflowSaysNothingAndNothingWrong) {
  for (bool clamps : {false, true})
    for (const Real &radius : {Real(1), Real::powerOfTwo(1100)}) {
      Example example(2, -radius, radius);
      for (auto [net, value] : {std::pair{&example.first, example.x},
                                {&example.second, example.y}}) {
        float sign = net == &example.first ? 1 : -1;
        for (int layer = 0; layer < 10; ++layer) {
          value = add(*net, OpKind::Affine,
                      {value, addFloats(*net, {2, 2},
                                        {3e38f, sign * 2e38f, 0, 1e38f})});
          if (clamps)
            value = add(*net, OpKind::Relu, {value});
        }
        net->outputs = {value};
      }
      example.check();
    }
}

TEST(CornerCases, ATwinWithoutPairsIsRefused) {
  Example example(1, 0, 1);
  Twin twin{&example.first, &example.second, nullptr, {}};
  EXPECT_EQ(llvm::toString(TwinAnalyzer::build(twin).takeError()),
            "@first ~ @second: error: a twin without pairs has no bounds "
            "[twin-pair]");
}

TEST(CornerCases, NetsThatReturnTheirInput) {
  Example example(2, -1, 2);
  example.first.outputs = {example.x};
  example.second.outputs = {addReshape(example.second, example.y, {2, 1})};
  for (const TwinBounds &bounds : example.check())
    EXPECT_EQ(bounds.delta.back()[1], Interval(0));
}

} // namespace
