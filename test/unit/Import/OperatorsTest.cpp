//===- OperatorsTest.cpp - What each ONNX operator becomes ------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fixture.h"

using namespace qev;

namespace {

using Operators = ImportTest;

//===----------------------------------------------------------------------===//
// Quantizers
//===----------------------------------------------------------------------===//

// Weights behind DequantizeLinear, per axis, and an int32 bias.
constexpr const char *qdqLinear = R"(
qlin (float[N, 2] x) => (float[N, 2] y)
< float xs = {0.5}, int8 xz = {-128},
  int8[2, 2] wq = {127, -3, 64, 12}, float[2] ws = {0.25, 0.125}, int8[2] wz = {0, 1},
  int32[2] bq = {100, -50}, float[2] bs = {0.125, 0.0625}, int32[2] bz = {0, 0},
  float[1] ys = {1.0}, int8 yz = {-128} >
{ xq = QuantizeLinear(x, xs, xz)
  xd = DequantizeLinear(xq, xs, xz)
  wd = DequantizeLinear<axis = 0>(wq, ws, wz)
  bd = DequantizeLinear<axis = -1>(bq, bs, bz)
  g = Gemm<transB = 1>(xd, wd, bd)
  yq = QuantizeLinear(g, ys, yz)
  y = DequantizeLinear(yq, ys, yz) })";

TEST_F(Operators, QuantizedLinearLayer) {
  auto model = importText(qdqLinear);
  std::string text;
  llvm::raw_string_ostream os(text);
  model.net->source = "qlin.onnx";
  print(*model.net, os);
  EXPECT_EQ(text,
            R"(net @n(%x: tensor<1x2xf32>) -> tensor<1x2xf32> from "qlin.onnx" {
  %xq = quantize %x : tensor<1x2xq<i8, 0.5:-128>> loc(node 0 QuantizeLinear "")
  %xd = dequantize %xq : tensor<1x2xf32> loc(node 1 DequantizeLinear "")
  %wq = const dense<127, -3; 64, 12> : tensor<2x2xq<i8@0, {0.25:0, 0.125:1}>> loc(init "wq")
  %bq = const dense<100, -50> : tensor<2xq<i32@0, {0.125:0, 0.0625:0}>> loc(init "bq")
  %g = affine %xd, %wq, %bq : tensor<1x2xf32> loc(fused node 2 DequantizeLinear "", node 3 DequantizeLinear "", node 4 Gemm "")
  %yq = quantize %g : tensor<1x2xq<i8, 1:-128>> loc(node 5 QuantizeLinear "")
  %y = dequantize %yq : tensor<1x2xf32> loc(node 6 DequantizeLinear "")
  return %y
}
)");
}

TEST_F(Operators, TellsWhatTheFileSays) {
  auto model = importText(qdqLinear);
  EXPECT_EQ(model.info.irVersion, 8);
  ASSERT_EQ(model.info.opsets.size(), 1u);
  EXPECT_EQ(model.info.opsets[0], std::pair(std::string(), int64_t(13)));
  EXPECT_EQ(model.info.operators.at("DequantizeLinear"), 4u);
  EXPECT_EQ(model.info.operators.at("Gemm"), 1u);
  ASSERT_EQ(model.info.notes.size(), 1u);
  EXPECT_EQ(model.info.notes[0],
            "input 'x': the first dimension 'N' is open and taken as 1");
}

TEST_F(Operators, ZeroPointMayBeAbsent) {
  EXPECT_EQ(ops(R"(
m (float[2] x) => (float[2] y) < float s = {0.5} >
{ q = QuantizeLinear(x, s)  y = DequantizeLinear(q, s) })"),
            "%q = quantize %x : tensor<2xq<u8, 0.5:0>>\n"
            "%y = dequantize %q : tensor<2xf32>\nreturn %y\n");
  // From version 21 on an attribute may name the type (5 is int16).
  EXPECT_EQ(ops(R"(
m (float[2] x) => (float[2] y) < float s = {0.5} >
{ q = QuantizeLinear<output_dtype = 5>(x, s)  y = DequantizeLinear(q, s) })",
                21),
            "%q = quantize %x : tensor<2xq<i16, 0.5:0>>\n"
            "%y = dequantize %q : tensor<2xf32>\nreturn %y\n");
}

TEST_F(Operators, AxisIsIgnoredForOneScale) {
  EXPECT_EQ(ops(R"(
m (float[2] x) => (float[2] y) < float[1] s = {0.5}, uint8 z = {3} >
{ q = QuantizeLinear<axis = 1>(x, s, z)  y = DequantizeLinear<axis = 0>(q, s, z) })"),
            "%q = quantize %x : tensor<2xq<u8, 0.5:3>>\n"
            "%y = dequantize %q : tensor<2xf32>\nreturn %y\n");
}

TEST_F(Operators, ClipOfCodesNarrowsTheQuantizer) {
  // Q, reshaped, clipped twice and cast to the type it has; the wider quantizer
  // is gone.
  EXPECT_EQ(ops(R"(
m (float[1, 2] x) => (float[2] y)
< float s = {0.5}, int8 z = {0}, int8 lo = {-8}, int8 hi = {7}, int8 lower = {-7} >
{ q = QuantizeLinear(x, s, z)
  r = Flatten<axis = 0>(q)
  t = Squeeze(r)
  c = Clip(t, lo, hi)
  d = Clip(c, lower)
  e = Cast<to = 3>(d)
  f = Identity(e)
  y = DequantizeLinear(f, s, z) })"),
            "%d = quantize %x : tensor<1x2xq<i8<-7:7>, 0.5:0>>\n"
            "%d_1 = reshape %d : tensor<2xq<i8<-7:7>, 0.5:0>>\n"
            "%y = dequantize %d_1 : tensor<2xf32>\nreturn %y\n");
}

TEST_F(Operators, ClipOfCodesKeepsTheOtherUsersRange) {
  EXPECT_EQ(ops(R"(
m (float[2] x) => (float[2] y)
< float s = {0.5}, uint8 z = {0}, uint8 hi = {15} >
{ q = QuantizeLinear(x, s, z)
  c = Clip(q, , hi)
  a = DequantizeLinear(c, s, z)
  b = DequantizeLinear(q, s, z)
  y = Sub(a, b) })"),
            "%q = quantize %x : tensor<2xq<u8, 0.5:0>>\n"
            "%c = quantize %x : tensor<2xq<u8<0:15>, 0.5:0>>\n"
            "%a = dequantize %c : tensor<2xf32>\n"
            "%b = dequantize %q : tensor<2xf32>\n"
            "%y = sub %a, %b : tensor<2xf32>\nreturn %y\n");
}

TEST_F(Operators, FloatWeightsBehindAQuantizerBecomeIntegers) {
  // -1.2 / 0.25 = -4.8 rounds to -5; 0.625 / 0.25 = 2.5 is a tie and goes to 2;
  // 100 saturates at 127 and is clipped to 7.
  EXPECT_EQ(ops(R"(
m (float[1, 3] x) => (float[1, 1] y)
< float[3, 1] w = {-1.2, 0.625, 100.0}, float s = {0.25}, int8 z = {1},
  int8 lo = {-7}, int8 hi = {7} >
{ q = QuantizeLinear(w, s, z)
  c = Clip(q, lo, hi)
  d = DequantizeLinear(c, s, z)
  y = MatMul(x, d) })"),
            "%q = const dense<-4, 3, 7> : tensor<1x3xq<i8, 0.25:1>>\n"
            "%y = affine %x, %q : tensor<1x1xf32>\nreturn %y\n");
}

TEST_F(Operators, BiasComputedInTheGraphIsFoldedInFloat32) {
  // The TorchScript exporter: Cast truncates. 1 / (0.1f * 0.3f) = 33.33.
  EXPECT_EQ(ops(R"(
m (float[1, 1] x) => (float[1, 1] y)
< float[1, 1] w = {2.0}, float[1] b = {-1.0}, float xs = {0.1}, float ws = {0.3} >
{ bs = Mul(xs, ws)
  r = Div(b, bs)
  q = Cast<to = 6>(r)
  one = Constant<value = int64[1] {1}>()
  z0 = ConstantOfShape<value = int64[1] {0}>(one)
  z = Cast<to = 6>(z0)
  bias = DequantizeLinear<axis = 0>(q, bs, z)
  y = Gemm(x, w, bias) })"),
            "%w = const dense<2> : tensor<1x1xf32>\n"
            "%q = const dense<-33> : tensor<1xq<i32, 0.030000001:0>>\n"
            "%y = affine %x, %w, %q : tensor<1x1xf32>\nreturn %y\n");
}

//===----------------------------------------------------------------------===//
// Linear layers
//===----------------------------------------------------------------------===//

TEST_F(Operators, GemmBringsWeightsToOutputsByInputs) {
  EXPECT_EQ(ops(R"(
m (float[1, 3] x) => (float[1, 2] y)
< float[3, 2] w = {1, 2, 3, 4, 5, 6} >
{ y = Gemm(x, w) })"),
            "%w = const dense<1, 3, 5; 2, 4, 6> : tensor<2x3xf32>\n"
            "%y = affine %x, %w : tensor<1x2xf32>\nreturn %y\n");
}

TEST_F(Operators, TransposeMovesTheAxisOfScales) {
  EXPECT_EQ(
      ops(R"(
m (float[1, 3] x) => (float[1, 2] y)
< int8[3, 2] w = {1, 2, 3, 4, 5, 6}, float[2] s = {1, 0.5}, int8[2] z = {0, 1},
  int8[2, 3] v = {1, 2, 3, 4, 5, 6} >
{ d = DequantizeLinear(w, s, z)
  h = MatMul(x, d)
  e = DequantizeLinear<axis = 0>(v, s, z)
  t = Transpose(e)
  u = Transpose<perm = [1, 0]>(t)
  z2 = Gemm<transB = 1>(x, u)
  y = Add(h, z2) })"),
      "%w = const dense<1, 3, 5; 2, 4, 6> : tensor<2x3xq<i8@0, {1:0, 0.5:1}>>\n"
      "%h = affine %x, %w : tensor<1x2xf32>\n"
      "%v = const dense<1, 2, 3; 4, 5, 6> : tensor<2x3xq<i8@0, {1:0, 0.5:1}>>\n"
      "%z2 = affine %x, %v : tensor<1x2xf32>\n"
      "%y = add %h, %z2 : tensor<1x2xf32>\nreturn %y\n");
}

TEST_F(Operators, GemmBiasOfEveryRowForm) {
  auto bias = [&](llvm::StringRef type, llvm::StringRef values) {
    std::string text =
        ops(("m (float[1, 1] x) => (float[1, 2] y) < float[1, 2] "
             "w = {1, 2}, float" +
             type + " c = {" + values + "} > { y = Gemm(x, w, c) }")
                .str());
    return llvm::StringRef(text).split('\n').second.split('\n').first.str();
  };
  EXPECT_EQ(bias("[2]", "3, 4"), "%c = const dense<3, 4> : tensor<2xf32>");
  EXPECT_EQ(bias("[1, 2]", "3, 4"), "%c = const dense<3, 4> : tensor<2xf32>");
  EXPECT_EQ(bias("", "3"), "%c = const dense<3> : tensor<2xf32>");
  EXPECT_EQ(bias("[1]", "3"), "%c = const dense<3> : tensor<2xf32>");
  EXPECT_EQ(bias("[1, 1]", "3"), "%c = const dense<3> : tensor<2xf32>");
}

TEST_F(Operators, GemmAddendOfSeveralRowsIsAdded) {
  EXPECT_EQ(ops(R"(
m (float[2, 1] x) => (float[2, 2] y)
< float[1, 2] w = {1, 2}, float[2, 1] c = {3, 4} >
{ y = Gemm(x, w, c) })"),
            "%w = const dense<1; 2> : tensor<2x1xf32>\n"
            "%y_affine = affine %x, %w : tensor<2x2xf32>\n"
            "%c = const dense<3; 4> : tensor<2x1xf32>\n"
            "%y = add %y_affine, %c : tensor<2x2xf32>\nreturn %y\n");
}

TEST_F(Operators, GemmFactorsAreSteps) {
  // 0.1f * 3 is no float32; a quantized C stays integers.
  EXPECT_EQ(ops(R"(
m (float[1, 1] x) => (float[1, 1] y)
< float[1, 1] w = {2}, float[1] c = {3}, int32[1] b = {5}, float s = {0.5} >
{ h = Gemm<alpha = 0.5, beta = 0.1>(x, w, c)
  d = DequantizeLinear(b, s)
  y = Gemm<beta = 2.0>(h, w, d) })"),
            "%w = const dense<2> : tensor<1x1xf32>\n"
            "%h_affine = affine %x, %w : tensor<1x1xf32>\n"
            "%h_alpha = const dense<0.5> : tensor<f32>\n"
            "%h_mul = mul %h_affine, %h_alpha : tensor<1x1xf32>\n"
            "%c = const dense<3> : tensor<1xf32>\n"
            "%h_beta = const dense<0.1> : tensor<f32>\n"
            "%h_mul_1 = mul %c, %h_beta : tensor<1xf32>\n"
            "%h = add %h_mul, %h_mul_1 : tensor<1x1xf32>\n"
            // The weights are transposed for each use.
            "%w_1 = const dense<2> : tensor<1x1xf32>\n"
            "%y_affine = affine %h, %w_1 : tensor<1x1xf32>\n"
            "%b = const dense<5> : tensor<1xq<i32, 0.5:0>>\n"
            "%y_beta = const dense<2> : tensor<f32>\n"
            "%y_mul = mul %b, %y_beta : tensor<1xf32>\n"
            "%y = add %y_affine, %y_mul : tensor<1x1xf32>\nreturn %y\n");
}

TEST_F(Operators, GemmWithoutBetaHasNoAddend) {
  EXPECT_EQ(ops(R"(
m (float[1, 1] x) => (float[1, 1] y) < float[1, 1] w = {2}, float[1] c = {3} >
{ y = Gemm<beta = 0.0, transA = 1, transB = 1>(x, w, c) })"),
            "%y_reshape = reshape %x : tensor<1x1xf32>\n"
            "%w = const dense<2> : tensor<1x1xf32>\n"
            "%y = affine %y_reshape, %w : tensor<1x1xf32>\nreturn %y\n");
}

TEST_F(Operators, MatMulOfVectors) {
  EXPECT_EQ(ops(R"(
m (float[2] x) => (float y)
< float[2, 3] w = {1, 2, 3, 4, 5, 6}, float[3] v = {7, 8, 9} >
{ h = MatMul(x, w)
  y = MatMul(h, v) })"),
            "%w = const dense<1, 4; 2, 5; 3, 6> : tensor<3x2xf32>\n"
            "%h_reshape = reshape %x : tensor<1x2xf32>\n"
            "%h_affine = affine %h_reshape, %w : tensor<1x3xf32>\n"
            "%h = reshape %h_affine : tensor<3xf32>\n"
            "%v = const dense<7, 8, 9> : tensor<1x3xf32>\n"
            "%y_reshape = reshape %h : tensor<1x3xf32>\n"
            "%y_affine = affine %y_reshape, %v : tensor<1x1xf32>\n"
            "%y = reshape %y_affine : tensor<f32>\nreturn %y\n");
}

TEST_F(Operators, MatMulOfAConstantAndAColumn) {
  // W x, and a row of weights that gives one number.
  EXPECT_EQ(ops(R"(
m (float[1, 2, 1] x) => (float[1, 1] y)
< float[3, 2] w = {1, 2, 3, 4, 5, 6}, float[3] v = {7, 8, 9} >
{ h = MatMul(w, x)
  y = MatMul(v, h) })"),
            "%w = const dense<1, 2; 3, 4; 5, 6> : tensor<3x2xf32>\n"
            "%h_reshape = reshape %x : tensor<1x2xf32>\n"
            "%h_affine = affine %h_reshape, %w : tensor<1x3xf32>\n"
            "%h = reshape %h_affine : tensor<1x3x1xf32>\n"
            "%v = const dense<7, 8, 9> : tensor<1x3xf32>\n"
            "%y_reshape = reshape %h : tensor<1x3xf32>\n"
            "%y_affine = affine %y_reshape, %v : tensor<1x1xf32>\n"
            "%y = reshape %y_affine : tensor<1x1xf32>\nreturn %y\n");
}

TEST_F(Operators, MatMulOfAConstantAndAVector) {
  EXPECT_EQ(ops(R"(
m (float[2] x) => (float y)
< int8[3, 2] wq = {1, 2, 3, 4, 5, 6}, float[3] s = {0.5, 0.25, 2.0},
  float[3] v = {7, 8, 9} >
{ w = DequantizeLinear<axis = 0>(wq, s)
  h = MatMul(w, x)
  y = MatMul(v, h) })"),
            "%wq = const dense<1, 2; 3, 4; 5, 6> : tensor<3x2xq<i8@0, "
            "{0.5:0, 0.25:0, 2:0}>>\n"
            "%h = affine %x, %wq : tensor<3xf32>\n"
            "%v = const dense<7, 8, 9> : tensor<1x3xf32>\n"
            "%y_affine = affine %h, %v : tensor<1xf32>\n"
            "%y = reshape %y_affine : tensor<f32>\nreturn %y\n");
}

//===----------------------------------------------------------------------===//
// Element by element
//===----------------------------------------------------------------------===//

TEST_F(Operators, ConstantsAreFoldedOneRoundingAtATime) {
  // (0.1 + 0.2) * 10 / 3 in float32, not in rationals.
  auto model = importText(R"(
m (float[1] x) => (float[1] y)
< float a = {0.1}, float b = {0.2}, float c = {10}, float d = {3} >
{ s = Add(a, b)  p = Mul(s, c)  q = Div(p, d)  r = Relu(q)  y = Sub(x, r) })");
  float folded = (0.1f + 0.2f) * 10.0f / 3.0f;
  EXPECT_EQ(runFirstOutput(*model.net, {0}), Float32Tensor({-folded}));
  EXPECT_EQ(model.net->ops.size(), 3u);
  // What is folded belongs to the operands and all nodes it came through.
  Op *constant = model.net->outputs[0]->operands[1];
  ASSERT_EQ(constant->location.size(), 4u);
  EXPECT_EQ(constant->location[0].name, "a");
  EXPECT_EQ(constant->location[3].name, "d");
  EXPECT_EQ(model.net->outputs[0]->location.size(), 5u);
}

TEST_F(Operators, ClipOfFloats) {
  // Attributes up to version 10, inputs from 11 on; infinite bounds are none,
  // crossed ones are the upper one.
  EXPECT_EQ(ops(R"(
m (float[1] x) => (float[1] y) { y = Clip<min = -1.5, max = 2.0>(x) })",
                10),
            "%y = clip %x {min = -1.5, max = 2} : tensor<1xf32>\nreturn %y\n");
  EXPECT_EQ(ops(R"(
m (float[1] x) => (float[1] y) < float lo = {3.0}, float hi = {2.0} >
{ a = Clip(x, , hi)  b = Clip(a, lo)  c = Clip(b)  y = Clip(c, lo, hi) })"),
            "%a = clip %x {max = 2} : tensor<1xf32>\n"
            "%b = clip %a {min = 3} : tensor<1xf32>\n"
            "%y = clip %b {min = 2, max = 2} : tensor<1xf32>\nreturn %y\n");
}

//===----------------------------------------------------------------------===//
// Data movement and shapes
//===----------------------------------------------------------------------===//

TEST_F(Operators, DataMovementIsReshape) {
  EXPECT_EQ(ops(R"(
m (float[N, 1, 2, 3] x) => (float[6] y)
< int64[2] s0 = {0, -1}, int64[2] axes = {0, -1}, int64[3] s1 = {1, 2, 3}, bool t = {0} >
{ a = Reshape(x, s0)
  b = Unsqueeze(a, axes)
  c = Transpose<perm = [3, 2, 1, 0]>(b)
  d = Dropout(c, , t)
  e = Reshape<allowzero = 1>(d, s1)
  f = Identity(e)
  g = Flatten<axis = -2>(f)
  y = Squeeze(g) })",
                14),
            "%a = reshape %x : tensor<1x6xf32>\n"
            "%b = reshape %a : tensor<1x1x6x1xf32>\n"
            "%c = reshape %b : tensor<1x6x1x1xf32>\n"
            "%e = reshape %c : tensor<1x2x3xf32>\n"
            "%g = reshape %e : tensor<1x6xf32>\n"
            "%y = reshape %g : tensor<6xf32>\nreturn %y\n");
}

TEST_F(Operators, AxesAreAttributesUpToVersion12) {
  EXPECT_EQ(ops(R"(
m (float[1, 2] x) => (float[1, 2] y)
{ a = Squeeze<axes = [0]>(x)  y = Unsqueeze<axes = [-2]>(a) })",
                12),
            "%a = reshape %x : tensor<2xf32>\n"
            "%y = reshape %a : tensor<1x2xf32>\nreturn %y\n");
}

TEST_F(Operators, FlattenSpelledWithShapes) {
  EXPECT_EQ(ops(R"(
m (float[batch, 2, 3] x) => (float[1, 6] y)
{ s = Shape(x)
  i = Constant<value_int = 0>()
  n = Gather<axis = 0>(s, i)
  zero = Constant<value_ints = [0]>()
  m1 = Unsqueeze(n, zero)
  rest = Constant<value = int64[1] {-1}>()
  t = Concat<axis = 0>(m1, rest)
  y = Reshape(x, t) })"),
            "%y = reshape %x : tensor<1x6xf32>\nreturn %y\n");
}

TEST_F(Operators, ConstantForms) {
  EXPECT_EQ(ops(R"(
m (float[2] x) => (float[2] y)
{ a = Constant<value_float = 0.5>()
  b = Constant<value_floats = [1.0, 2.0]>()
  c = Constant<value = float[1] {4.0}>()
  d = Cast<to = 1>(n)
  n = Constant<value_int = 3>()
  p = Add(x, a)
  q = Add(p, b)
  r = Add(q, c)
  y = Mul(d, r) })"),
            "%a = const dense<0.5> : tensor<f32>\n"
            "%p = add %x, %a : tensor<2xf32>\n"
            "%b = const dense<1, 2> : tensor<2xf32>\n"
            "%q = add %p, %b : tensor<2xf32>\n"
            "%c = const dense<4> : tensor<1xf32>\n"
            "%r = add %q, %c : tensor<2xf32>\n"
            "%d = const dense<3> : tensor<f32>\n"
            "%y = mul %d, %r : tensor<2xf32>\nreturn %y\n");
}

//===----------------------------------------------------------------------===//
// Graphs
//===----------------------------------------------------------------------===//

TEST_F(Operators, NodesNobodyNeedsAreLeftOut) {
  EXPECT_EQ(ops(R"(
m (float[1] x) => (float[1] y) { z = Sigmoid(x)  y = Relu(x) })"),
            "%y = relu %x : tensor<1xf32>\nreturn %y\n");
}

TEST_F(Operators, WeightsMayBeListedAsInputs) {
  EXPECT_EQ(ops(R"(
m (float[1] w = {2.0}, float[1] x) => (float[1] y) { y = Mul(x, w) })"),
            "%w = const dense<2> : tensor<1xf32>\n"
            "%y = mul %x, %w : tensor<1xf32>\nreturn %y\n");
}

TEST_F(Operators, SeveralInputsAndOutputs) {
  auto model = importText(R"(
m (float[1] a, float[1] b) => (float[1] y, float[1] z)
{ z = Sub(a, b)  y = Relu(z) })");
  EXPECT_EQ(model.net->getInputs().size(), 2u);
  ASSERT_EQ(model.net->outputs.size(), 2u);
  EXPECT_EQ(model.net->outputs[0]->name, "y");
  EXPECT_EQ(model.net->outputs[1]->name, "z");
}

TEST_F(Operators, AConstantIsSharedByItsUsers) {
  EXPECT_EQ(ops(R"(
m (float[1] x) => (float[1] y) < float c = {2.0} >
{ a = Add(x, c)  b = Identity(c)  y = Sub(a, b) })"),
            "%c = const dense<2> : tensor<f32>\n"
            "%a = add %x, %c : tensor<1xf32>\n"
            "%y = sub %a, %c : tensor<1xf32>\nreturn %y\n");
}

} // namespace
