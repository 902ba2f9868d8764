//===- InterpTest.cpp - The reference interpreter ---------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Interp/Interp.h"
#include "qev/IR/Parser.h"
#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cmath>
#include <random>

using namespace qev;

namespace {

/// The only net of a module whose body is `net`.
struct Parsed {
  std::unique_ptr<Module> module;
  const Net &net() const { return *module->nets.front(); }
};

Parsed parse(llvm::StringRef net) {
  DiagnosticEngine diagnostics(
      [](const Diagnostic &diagnostic) { ADD_FAILURE() << diagnostic.str(); });
  std::string text =
      ("module @m attributes {version = 1, semantics = real} {\n" + net + "}\n")
          .str();
  Parsed result{parseModule(text, "test.qev", diagnostics)};
  if (!result.module)
    std::abort(); // the failure above says why
  return result;
}

ExactTensor exact(llvm::ArrayRef<llvm::StringRef> numbers) {
  ExactTensor values;
  for (llvm::StringRef number : numbers)
    values.push_back(Real::parse(number).value());
  return values;
}

std::string str(llvm::ArrayRef<Real> values) {
  std::string text;
  for (const Real &value : values)
    text += (text.empty() ? "" : " ") + printReal(value);
  return text;
}

/// The first output in exact mode, printed.
std::string runExactly(llvm::StringRef net,
                       llvm::ArrayRef<llvm::StringRef> input) {
  Parsed parsed = parse(net);
  auto values = runExact(parsed.net(), {exact(input)});
  return str(getOutputs(parsed.net(), values));
}

/// The last op in float32 mode.
Float32Tensor runInFloat32(llvm::StringRef net, Float32Tensor input) {
  Parsed parsed = parse(net);
  return runFloat32(parsed.net(), {std::move(input)}).back();
}

//===----------------------------------------------------------------------===//
// Quantizers
//===----------------------------------------------------------------------===//

TEST(Quantize, RoundsHalfToEvenBeforeAddingTheZeroPoint) {
  const char *net = R"(
  net @n(%x: tensor<8xf32>) -> tensor<8xf32> {
    %q = quantize %x : tensor<8xq<u8, 1:1>>
    %y = dequantize %q : tensor<8xf32>
    return %y
  })";
  // Codes 1 3 3 1 0 255 0 2: ties go to an even quotient, not an even code.
  EXPECT_EQ(runExactly(net, {"0.5", "1.5", "2.5", "-0.5", "-1.5", "1e30",
                             "-1e30", "0.5000000000000000000001"}),
            "0 2 2 0 -1 254 -1 1");
  EXPECT_EQ(
      runInFloat32(net, {0.5, 1.5, 2.5, -0.5, -1.5, INFINITY, -INFINITY, NAN}),
      Float32Tensor({0, 2, 2, 0, -1, 254, -1, -1}));
}

TEST(Quantize, SaturatesAtTheNarrowedRange) {
  const char *net = R"(
  net @n(%x: tensor<3xf32>) -> tensor<3xf32> {
    %q = quantize %x : tensor<3xq<i8<-7:7>, 0.5:0>>
    %y = dequantize %q : tensor<3xf32>
    return %y
  })";
  EXPECT_EQ(runExactly(net, {"-100", "3.5", "3.8"}), "-3.5 3.5 3.5");
  EXPECT_EQ(runInFloat32(net, {-100, 3.5, 3.8f}),
            Float32Tensor({-3.5, 3.5, 3.5}));
}

TEST(Quantize, HasItsOwnScalePerSlice) {
  const char *net = R"(
  net @n(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
    %q = quantize %x : tensor<2x2xq<i8@1, {1:0, 0.25:3}>>
    %y = dequantize %q : tensor<2x2xf32>
    return %y
  })";
  EXPECT_EQ(runExactly(net, {"1.4", "1.4", "-1.6", "-1.6"}), "1 1.5 -2 -1.5");
}

TEST(Quantize, DividesExactlyByScalesThatAreNoPowersOfTwo) {
  // The float32 quotient of 0.35 (as float32) by 0.1 (as float32) is 3.5, a
  // tie that goes to 4; the exact quotient is below it and goes to 3.
  const char *net = R"(
  net @n(%x: tensor<1xf32>) -> tensor<1xf32> {
    %q = quantize %x : tensor<1xq<u8, 0.1:0>>
    %r = reshape %q : tensor<1x1xq<u8, 0.1:0>>
    %s = reshape %r : tensor<1xq<u8, 0.1:0>>
    %y = dequantize %s : tensor<1xf32>
    return %y
  })";
  float x = 0.35f;
  ASSERT_EQ(x / 0.1f, 3.5f);
  ASSERT_LT(Real::fromDouble(x) / Real::fromDouble(0.1f), *Real::parse("3.5"));
  Parsed parsed = parse(net);
  EXPECT_EQ(str(runExact(parsed.net(), {{Real::fromDouble(x)}})[1]), "3");
  EXPECT_EQ(runFloat32(parsed.net(), {{x}})[1], Float32Tensor({4}));
}

TEST(Dequantize, OfLargeCodesRoundsTwiceInFloat32) {
  // 2^24 + 1 is no float32.
  const char *net = R"(
  net @n(%x: tensor<1xf32>) -> tensor<1xf32> {
    %c = const dense<16777217> : tensor<1xq<i32, 0.5:0>>
    %y = add %x, %c : tensor<1xf32>
    return %y
  })";
  EXPECT_EQ(runExactly(net, {"0"}), "8388608.5");
  EXPECT_EQ(runInFloat32(net, {0}), Float32Tensor({8388608}));
}

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

TEST(Affine, SumsInIndexOrderInFloat32) {
  const char *net = R"(
  net @n(%x: tensor<3xf32>) -> tensor<2xf32> {
    %w = const dense<1, 1, 1; 1, 0, 1> : tensor<2x3xf32>
    %b = const dense<0.5, 0.25> : tensor<2xf32>
    %y = affine %x, %w, %b : tensor<2xf32>
    return %y
  })";
  EXPECT_EQ(runExactly(net, {"1e8", "1", "-1e8"}), "1.5 0.25");
  // 1e8 + 1 is 1e8 in float32; the bias comes last.
  EXPECT_EQ(runInFloat32(net, {1e8, 1, -1e8}), Float32Tensor({0.5, 0.25}));
}

TEST(Affine, TakesQuantizedWeightsAndRows) {
  const char *net = R"(
  net @n(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
    %w = const dense<10, 12; 9, 0> : tensor<2x2xq<u8@0, {0.5:10, 0.25:1}>>
    %b = const dense<-3, 8> : tensor<2xq<i32, 0.125:0>>
    %y = affine %x, %w, %b : tensor<2x2xf32>
    return %y
  })";
  // Rows (0, 1) and (2, -0.25); biases -0.375 and 1.
  EXPECT_EQ(runExactly(net, {"1", "1/3", "0", "4"}), "-1/24 35/12 3.625 0");
}

TEST(Affine, TakesQuotientsOfDifferentDenominators) {
  const char *net = R"(
  net @n(%x: tensor<3xf32>) -> tensor<1xf32> {
    %d = const dense<3, 5, 14> : tensor<3xf32>
    %q = div %x, %d : tensor<3xf32>
    %w = const dense<1, -2, 0.5> : tensor<1x3xf32>
    %y = affine %q, %w : tensor<1xf32>
    return %y
  })";
  EXPECT_EQ(runExactly(net, {"1", "1", "1"}), "-13/420");
  EXPECT_EQ(runExactly(net, {"0", "0", "0"}), "0");
}

TEST(Elementwise, Broadcasts) {
  const char *net = R"(
  net @n(%x: tensor<2x2xf32>) -> tensor<2x2xf32> {
    %a = const dense<1, 2> : tensor<2xf32>
    %s = sub %a, %x : tensor<2x2xf32>
    %m = const dense<3, -2> : tensor<2x1xq<i8, 0.5:1>>
    %p = mul %s, %m : tensor<2x2xf32>
    %d = const dense<3> : tensor<f32>
    %y = div %p, %d : tensor<2x2xf32>
    return %y
  })";
  // (1, 2) - x, rows times 1 and -1.5, divided by 3.
  EXPECT_EQ(runExactly(net, {"0", "0", "0", "4"}), "1/3 2/3 -0.5 1");
  EXPECT_EQ(runInFloat32(net, {0, 0, 0, 4}),
            Float32Tensor({1.0f / 3, 2.0f / 3, -0.5, 1}));
}

TEST(Elementwise, ClampsAtBoundsThatAreThere) {
  const char *net = R"(
  net @n(%x: tensor<3xf32>) -> tensor<3xf32> {
    %r = relu %x : tensor<3xf32>
    %a = clip %r {max = 2.5} : tensor<3xf32>
    %y = clip %a {min = 0.5} : tensor<3xf32>
    return %y
  })";
  EXPECT_EQ(runExactly(net, {"-1", "1/3", "7"}), "0.5 0.5 2.5");
  EXPECT_EQ(runInFloat32(net, {-1, 1, 7}), Float32Tensor({0.5, 1, 2.5}));
  for (double value : runInFloat32(net, {NAN, NAN, NAN}))
    EXPECT_TRUE(std::isnan(value)) << value;
}

TEST(Elementwise, ClipWithCrossedBoundsGivesTheUpperOne) {
  Op x, clip;
  x.type = clip.type = TensorType::f32({2});
  clip.kind = OpKind::Clip;
  clip.operands = {&x};
  clip.attributes = {{"min", 3.0f}, {"max", 1.0f}};
  ExactTensor in = exact({"0", "9"});
  EXPECT_EQ(str(evaluateExact(clip, {&in})), "1 1");
}

//===----------------------------------------------------------------------===//
// Properties
//===----------------------------------------------------------------------===//

Op constant(TensorType type, std::vector<float> values) {
  Op op;
  op.kind = OpKind::Const;
  op.type = std::move(type);
  op.data = ConstData::ofFloats(std::move(values));
  return op;
}

TEST(Affine, EqualsTheSumOfRationals) {
  // Weights of wildly different magnitude, so that sums leave one machine word,
  // and inputs with and without denominators.
  std::mt19937 random(1);
  for (int round = 0; round != 200; ++round) {
    int64_t outputs = 1 + random() % 3, inputs = 1 + random() % 6;
    auto number = [&] {
      if (random() % 4 == 0)
        return 0.0f;
      int exponent = static_cast<int>(random() % (round % 2 ? 220 : 20)) - 120;
      return std::ldexp(static_cast<float>(random() % 2001) - 1000, exponent);
    };
    std::vector<float> w(outputs * inputs), b(outputs);
    std::generate(w.begin(), w.end(), number);
    std::generate(b.begin(), b.end(), number);
    ExactTensor x;
    for (int64_t k = 0; k != inputs; ++k)
      x.push_back(Real::fromDouble(number()) /
                  Real(round % 3 ? 1 : 1 + int(random() % 30)));

    Op input, affine;
    input.type = TensorType::f32({1, inputs});
    Op weights = constant(TensorType::f32({outputs, inputs}), w);
    Op bias = constant(TensorType::f32({outputs}), b);
    affine.kind = OpKind::Affine;
    affine.type = TensorType::f32({1, outputs});
    affine.operands = {&input, &weights, &bias};
    ExactTensor weightValues = evaluateExact(weights, {});
    ExactTensor biasValues = evaluateExact(bias, {});
    ExactTensor y = evaluateExact(affine, {&x, &weightValues, &biasValues});

    for (int64_t n = 0; n != outputs; ++n) {
      Real sum = Real::fromDouble(b[n]);
      for (int64_t k = 0; k != inputs; ++k)
        sum += x[k] * Real::fromDouble(w[n * inputs + k]);
      EXPECT_EQ(y[n], sum) << "round " << round;
    }
  }
}

TEST(Quantize, EqualsTheDefinitionInRationals) {
  std::mt19937 random(2);
  for (int round = 0; round != 2000; ++round) {
    float scale = std::ldexp(static_cast<float>(1 + random() % 1000),
                             static_cast<int>(random() % 60) - 50);
    int64_t zeroPoint = static_cast<int64_t>(random() % 256) - 128;
    // Near a tie, on it, or anywhere.
    Real x = Real::fromDouble(scale) * Real(int(random() % 301) - 150);
    if (random() % 2)
      x += Real::fromDouble(scale) * Real::powerOfTwo(-1);
    if (random() % 3 == 0)
      x += Real::ratio(int(random() % 3) - 1, 1 + random() % 1000000);

    Op input, quantize;
    input.type = TensorType::f32({1});
    quantize.kind = OpKind::Quantize;
    quantize.type = TensorType::quantized(
        {1}, {Storage::full(true, 8), std::nullopt, {scale}, {zeroPoint}});
    quantize.operands = {&input};
    ExactTensor in = {x};
    mpz_class code = (x / Real::fromDouble(scale)).roundHalfEven() +
                     mpz_class(static_cast<long>(zeroPoint));
    code = code < -128 ? mpz_class(-128) : code > 127 ? mpz_class(127) : code;
    EXPECT_EQ(evaluateExact(quantize, {&in})[0], Real(code));
  }
}

TEST(Modes, AgreeWhereFloat32IsExact) {
  const char *net = R"(
  net @n(%x: tensor<2xf32>) -> tensor<1xf32> {
    %xq = quantize %x : tensor<2xq<u8, 0.0078125:0>>
    %xd = dequantize %xq : tensor<2xf32>
    %w1 = const dense<64, -32; 48, 16> : tensor<2x2xq<i8, 0.015625:0>>
    %b1 = const dense<0.25, -0.5> : tensor<2xf32>
    %h1 = affine %xd, %w1, %b1 : tensor<2xf32>
    %a1 = relu %h1 : tensor<2xf32>
    %aq = quantize %a1 : tensor<2xq<u8, 0.0078125:0>>
    %ad = dequantize %aq : tensor<2xf32>
    %w2 = const dense<64, -64> : tensor<1x2xq<i8, 0.015625:0>>
    %y = affine %ad, %w2 : tensor<1xf32>
    return %y
  })";
  Parsed parsed = parse(net);
  std::mt19937 random(3);
  for (int round = 0; round != 300; ++round) {
    Float32Tensor x = {random() % 4096 / 4096.0, random() % 4096 / 4096.0};
    auto floats = runFloat32(parsed.net(), {x});
    auto reals = runExact(parsed.net(),
                          {{Real::fromDouble(x[0]), Real::fromDouble(x[1])}});
    ASSERT_EQ(floats.size(), parsed.net().ops.size());
    for (auto [f, r] : llvm::zip_equal(floats, reals))
      for (auto [number, value] : llvm::zip_equal(f, r))
        EXPECT_EQ(Real::fromDouble(number), value);
  }
}

TEST(Run, BindsInputsByPositionAndReadsAllOutputs) {
  Parsed parsed = parse(R"(
  net @n(%a: tensor<1xf32>, %b: tensor<1xf32>) -> (tensor<1xf32>, tensor<1xq<u8, 0.5:2>>) {
    %s = sub %a, %b : tensor<1xf32>
    %q = quantize %b : tensor<1xq<u8, 0.5:2>>
    return %s, %q
  })");
  auto values = runExact(parsed.net(), {exact({"3"}), exact({"1"})});
  EXPECT_EQ(str(values.back()), "4");                      // the code
  EXPECT_EQ(str(getOutputs(parsed.net(), values)), "2 1"); // and its meaning
}

TEST(ExactNet, RunsAsRunExactDoes) {
  // Constants as codes, as floats, behind ops, and as an output.
  Parsed parsed = parse(R"(
  net @n(%x: tensor<2xf32>) -> (tensor<2x2xf32>, tensor<2x2xq<i8, 0.3:1>>) {
    %xq = quantize %x : tensor<2xq<u8, 0.1:3>>
    %xd = dequantize %xq : tensor<2xf32>
    %w = const dense<64, -32; 48, 16> : tensor<2x2xq<i8, 0.3:1>>
    %c = const dense<0.25, -0.5> : tensor<2xf32>
    %r = relu %c : tensor<2xf32>
    %h = affine %xd, %w, %c : tensor<2xf32>
    %wd = dequantize %w : tensor<2x2xf32>
    %g = affine %h, %w : tensor<2xf32>
    %s = mul %g, %wd : tensor<2x2xf32>
    %y = add %s, %r : tensor<2x2xf32>
    return %y, %w
  })");
  ExactNet ready(parsed.net());
  std::mt19937 random(5);
  for (int round = 0; round != 20; ++round) {
    std::vector<ExactTensor> x = {
        {Real::ratio(random() % 100, 77), Real::ratio(random() % 100, 64)}};
    auto values = runExact(parsed.net(), x);
    EXPECT_EQ(ready.run(x), getOutputs(parsed.net(), values));
  }
}

} // namespace
