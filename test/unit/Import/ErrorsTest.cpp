//===- ErrorsTest.cpp - What the importer refuses ---------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Models in text form; those that this form cannot say are in
// BinaryModelTest.cpp.
//
//===----------------------------------------------------------------------===//

#include "Fixture.h"

using namespace qev;

namespace {

using Errors = ImportTest;

TEST_F(Errors, OfFiles) {
  EXPECT_EQ(complaint(path("none.onnx")),
            "none.onnx: error: cannot be read: No such file or directory "
            "[file-read]");
  EXPECT_EQ(complaint(write("m.onnxtxt", "<ir_version: 8>\nm (float[1] x) => "
                                         "(float[1] y) { y = Relu(x }")),
            "m.onnxtxt:2:45: error: not a model in ONNX's text form: Expected "
            "character ) not found [file-format]");
  EXPECT_EQ(complaintOfText("m (float[1] x) => (float[1] y) { y = Relu(x) } )"),
            "m.onnxtxt:2:48: error: not a model in ONNX's text form: Expected "
            "character = not found [file-format]");
  EXPECT_EQ(
      complaintOfText("m (float[1] x) => (float[1] y) < float a = {1e-60} "
                      "> { y = Add(x, a) }"),
      "m.onnxtxt:2:50: error: not a model in ONNX's text form: malformed "
      "number (stof) [file-format]");
  EXPECT_EQ(complaint(write("m.onnxtxt", llvm::StringRef("a\0b", 3))),
            "m.onnxtxt: error: is no text: there is a zero byte in it "
            "[file-format]");
  EXPECT_EQ(complaint(write("m.onnxtxt", std::string(100000, '<'))),
            "m.onnxtxt: error: brackets nest deeper than 500 [file-format]");
}

/// A few bytes ask for a lot: what is made is counted before, of all a model.
TEST_F(Errors, OfSize) {
  for (
      const auto &[body, wanted] : {
          std::pair<std::string, std::string>(
              "m (float[268435456] x) => (float[268435456] y) { y = Relu(x) }",
              ": input 'x': error: computed values have 268435456 elements up "
              "to here, at most 4194304 are supported [size-limit]"),
          {"m (float[2097152] x) => (float[2097152] z) { y = Relu(x) z = "
           "Relu(y) }",
           ":#1 Relu (unnamed, output 'z'): error: computed values have "
           "6291456 "
           "elements up to here, at most 4194304 are supported [size-limit]"},
          {"m (float[1,4096] x) => (float y) <int64[2] s = {4096, 4096}> { c = "
           "ConstantOfShape(s) y = MatMul(x, c) }",
           ":#0 ConstantOfShape (unnamed, output 'c'): error: constants made "
           "from others have 16777216 elements up to here, at most 1048608 are "
           "supported [size-limit]"},
          {"m (float[2] x) => (float y) <int64[2] s = {1, 1024}, int64[2] t = "
           "{1025, 1}> { a = ConstantOfShape(s) b = ConstantOfShape(t) c = "
           "Add(a, b) y = Add(x, c) }",
           ":#2 Add (unnamed, output 'c'): error: constants made from others "
           "have 1051665 elements up to here, at most 1048640 are supported "
           "[size-limit]"},
          {"m (float[2] x) => (float y) <int64[1] s = {2000000000}> { a = "
           "ConstantOfShape(s) y = Add(x, a) }",
           ":#0 ConstantOfShape (unnamed, output 'a'): error: constants made "
           "from others have 2000000000 elements up to here, at most 1048592 "
           "are supported [size-limit]"},
      })
    EXPECT_EQ(complaintOfText(body), "m.onnxtxt" + wanted);
}

/// No long chain of steps gets around it: neither by what it makes, nor by what
/// is kept of where that comes from.
TEST_F(Errors, OfSizeInSmallSteps) {
  for (auto [step, wanted] :
       {std::pair("Cast<to = 1>(", ""), {"Transpose(", "constants made"}}) {
    std::string body = "m (float[1] x) => (float y) <float[1] w0 = {1}> {";
    for (int i = 0; i != 10'000; ++i)
      body += "w" + std::to_string(i + 1) + " = " + step + "w" +
              std::to_string(i) + ")\n";
    body += "y = Add(x, w10000) }";
    if (llvm::StringRef(wanted).empty())
      EXPECT_TRUE(importText(body).net); // of the type it has: nothing is made
    else
      EXPECT_NE(complaintOfText(body).find(wanted), std::string::npos);
  }
}

struct Refused {
  const char *body;
  const char *complaint;
  int opset = 13;

  // NOLINTNEXTLINE(readability-identifier-naming): GoogleTest looks for it
  friend void PrintTo(const Refused &model, std::ostream *os) {
    *os << model.complaint;
  }
};

class RefusedModels : public ImportTest,
                      public testing::WithParamInterface<Refused> {};

TEST_P(RefusedModels, Complain) {
  EXPECT_EQ(complaintOfText(GetParam().body, GetParam().opset),
            std::string("m.onnxtxt") + GetParam().complaint);
}

// The whole graph.
INSTANTIATE_TEST_SUITE_P(
    Graph, RefusedModels,
    testing::Values(
        Refused{"m (float[1] x) => (float[1] y) { y = Relu(z) }",
                ": error: 'z', an input of node #0 Relu, is not defined "
                "[model-structure]"},
        Refused{"m (float[1] x) => (float[1] y) { z = Relu(x) }",
                ": error: output 'y' is not defined [model-structure]"},
        Refused{"m (float[1] x) => (float[1] y) { y = Add(x, z)  z = Relu(y) }",
                ": error: node #0 Add depends on itself: the graph has a cycle "
                "[model-structure]"},
        Refused{"m (float[1] x) => (float[1] y) { y = Relu(x)  y = Relu(x) }",
                ": error: 'y' is defined twice, the second time by node #1 "
                "[model-structure]"},
        Refused{"m (float[1] x) => (float[1] y) { x = Relu(x)  y = Relu(x) }",
                ": error: 'x' is defined twice, the second time by node #0 "
                "[model-structure]"},
        Refused{"m (float[1] x, float[1] x) => (float[1] y) { y = Relu(x) }",
                ": error: input 'x' is defined twice [model-structure]"},
        Refused{"m () => (float y) { y = Constant<value_float = 1.0>() }",
                ": error: the graph has no input [model-structure]"},
        Refused{"m (float[1] x) => () { y = Relu(x) }",
                ": error: the graph has no output [model-structure]"},
        Refused{
            "m (float[1] x) => (float y) { y = Constant<value_float = 1.0>() }",
            ": error: output 'y' is a constant [op-unsupported]"},
        Refused{"m (int32[1] x) => (float[1] y) < float s = {1} > { y = "
                "DequantizeLinear(x, s) }",
                ": error: input 'x' has element type int32, only float32 and "
                "integers of up to 16 bits are supported [op-unsupported]"},
        Refused{"m (uint8[1] x) => (uint8[1] y) { y = Identity(x) }",
                ": error: input 'x' is a tensor of uint8 that goes to no "
                "DequantizeLinear, which would say what it stands for "
                "[op-unsupported]"},
        Refused{"m (uint8[1] x) => (float[1] y) { y = Cast<to = 1>(x) }",
                ": error: input 'x' is a tensor of uint8 that goes to node #0 "
                "Cast, only DequantizeLinear says what it stands for "
                "[op-unsupported]"},
        Refused{"m (uint8[2] x) => (float[2] y) < float[2] s = {1, 2} > { y = "
                "DequantizeLinear<axis = 0>(x, s) }",
                ":#0 DequantizeLinear (unnamed, output 'y') input 's': error: "
                "scales along an axis are not supported where a graph's input "
                "is dequantized [op-unsupported]"},
        Refused{"m (uint8[1] x) => (float[1] y) < float s = {1} > { t = "
                "Identity(s) y = DequantizeLinear(x, t) }",
                ":#1 DequantizeLinear (unnamed, output 'y') input 't': error: "
                "'t' is neither an initializer nor a Constant, as it must be "
                "where a graph's input is dequantized [op-unsupported]"},
        Refused{"m (float[] x) => (float[1] y) { y = Relu(x) }",
                ": error: input 'x' has no shape [op-unsupported]"},
        Refused{"m (float[1, N] x) => (float[1] y) { y = Relu(x) }",
                ": error: input 'x' has no fixed size in dimension 1, only the "
                "first may be "
                "open [op-unsupported]"},
        Refused{"m (float[0] x) => (float[1] y) { y = Relu(x) }",
                ": error: input 'x': dimension must be at least 1, got 0 "
                "[type-rule]"},
        Refused{"m (float[4294967296, 4294967296] x) => (float[1] y) { y = "
                "Relu(x) }",
                ": error: input 'x': tensor has more than 268435456 elements "
                "[type-rule]"},
        Refused{
            "m (float[1] x) => (float[1] y) { y = Relu(x) }",
            ": error: operator set version 26 is not supported, only 7 to 25 "
            "[op-unsupported]",
            26},
        Refused{
            "m (float[1] x) => (float[1] y) { y = Relu(x) }",
            ": error: operator set version 6 is not supported, only 7 to 25 "
            "[op-unsupported]",
            6}));

// Operators and attributes.
INSTANTIATE_TEST_SUITE_P(
    Operators, RefusedModels,
    testing::Values(
        Refused{"m (float[1] x) => (float[1] y) { y = Sigmoid(x) }",
                ":#0 Sigmoid (unnamed, output 'y'): error: operator 'Sigmoid' "
                "is not "
                "supported [op-unsupported]"},
        Refused{
            "m (float[1] x) => (float[1] y) { y, s, z = "
            "DynamicQuantizeLinear(x) }",
            ":#0 DynamicQuantizeLinear (unnamed, output 'y'): error: operator "
            "'DynamicQuantizeLinear' is not supported: its scale depends on "
            "the data; "
            "quantize statically, in QDQ format [op-unsupported]"},
        Refused{
            "m (float[1] x) => (float[1] y) { y = com.microsoft.QGemm(x) }",
            ":#0 com.microsoft.QGemm (unnamed, output 'y'): error: operator "
            "'com.microsoft.QGemm' is not supported: of this domain only "
            "QuantizeLinear "
            "and DequantizeLinear are read; quantize with "
            "quant_format=QuantFormat.QDQ [op-unsupported]"},
        Refused{
            "m (float[1] x) => (float[1] y) < float s = {1} > { q = "
            "com.microsoft.QuantizeLinear(x, s)  y = DequantizeLinear(q, s) }",
            ":#0 com.microsoft.QuantizeLinear (unnamed, output 'q'): error: "
            "the operator "
            "set of its domain is not imported [model-structure]"},
        Refused{
            "m (float[1] x) => (float[1] y) { y = Relu(x, x) }",
            ":#0 Relu (unnamed, output 'y'): error: needs 1 inputs in version "
            "13, got 2 "
            "[op-operands]"},
        Refused{
            "m (float[1] x) => (float[1] y) { y = Add(x) }",
            ":#0 Add (unnamed, output 'y'): error: needs 2 inputs in version "
            "13, got 1 "
            "[op-operands]"},
        Refused{"m (float[1] x) => (float[1] y) { y, mask = Dropout(x) }",
                ":#0 Dropout (unnamed, output 'y'): error: output 'mask' "
                "besides the first "
                "is not supported [op-unsupported]"},
        Refused{"m (float[1] x) => (float[1] y) { y = Relu<slope = 1.0>(x) }",
                ":#0 Relu (unnamed, output 'y'): error: attribute 'slope' is "
                "not supported "
                "in version 13 [op-unsupported]"},
        Refused{"m (float[1, 1] x) => (float[1, 1] y) { y = Flatten<axis = "
                "1.0>(x) }",
                ":#0 Flatten (unnamed, output 'y'): error: attribute 'axis' "
                "must be of type "
                "INT [model-structure]"},
        Refused{
            "m (float[1] x) => (float[1] y) { y = Mul(x, x) }",
            ":#0 Mul (unnamed, output 'y'): error: the product of two computed "
            "tensors "
            "is not linear; one factor must be a constant [op-unsupported]"},
        Refused{"m (float[1] x) => (float[1] y) { y = Div(x, x) }",
                ":#0 Div (unnamed, output 'y') input 'x': error: the divisor "
                "must be a "
                "constant [op-unsupported]"},
        Refused{"m (float[1] x) => (float[1] y) < float c = {0} > { y = Div(x, "
                "c) }",
                ":#0 Div (unnamed, output 'y'): error: 'div' by zero: element "
                "0 of '%c' "
                "[op-operands]"},
        Refused{
            "m (float[2] x) => (float[2] y) < float[3] c = {1, 2, 3} > { y = "
            "Add(x, c) }",
            ":#0 Add (unnamed, output 'y'): error: 'add' shapes do not "
            "broadcast: "
            "tensor<2xf32> and tensor<3xf32> [op-shape]"},
        Refused{"m (float[65536, 1] x) => (float[1] y) < float[1, 1] c = {1} > "
                "{ z = "
                "Reshape(x, s)  s = Constant<value_ints = [1, -1]>()  y = "
                "Add(x, z) }",
                ":#2 Add (unnamed, output 'y'): error: tensor has more than "
                "268435456 "
                "elements [op-shape]"},
        Refused{"m (float[1] x) => (float[1] y) < int64 c = {1} > { y = Add(x, "
                "c) }",
                ":#0 Add (unnamed, output 'y') input 'c': error: element type "
                "int64 is not "
                "supported here [op-unsupported]"},
        Refused{"m (float[1] x) => (float[1] y) < float a = {3e38} > { b = "
                "Add(a, a)  "
                "y = Add(x, b) }",
                ":#1 Add (unnamed, output 'y') input 'b': error: element 0 of "
                "the constant "
                "is inf [tensor-data]"},
        Refused{"m (float[1] x) => (float[1] y) < float s = {1} > { q = "
                "QuantizeLinear(x, s)  y = Relu(q) }",
                ":#1 Relu (unnamed, output 'y') input 'q': error: quantized "
                "integers are not "
                "supported here, only what DequantizeLinear makes of them "
                "[op-unsupported]"},
        Refused{"m (float[1] x) => (float[1] y) < int8 c = {1}, float s = {1} "
                "> { d = "
                "DequantizeLinear(c, s)  e = Relu(d)  y = Add(x, e) }",
                ":#1 Relu (unnamed, output 'e'): error: 'relu' operand 1 must "
                "be f32, got "
                "tensor<q<i8, 1:0>> [op-type]"}));

// Linear layers, bounds and shapes.
INSTANTIATE_TEST_SUITE_P(
    Shapes, RefusedModels,
    testing::Values(
        Refused{"m (float[1, 2] x) => (float[1, 1] y) < float[3, 1] w = {1, 2, "
                "3} > { y "
                "= Gemm(x, w) }",
                ":#0 Gemm (unnamed, output 'y'): error: 'affine' needs x [..., "
                "K] and weights "
                "[N, K], got tensor<1x2xf32> and tensor<1x3xf32> [op-shape]"},
        Refused{"m (float[2] x) => (float[1, 1] y) < float[2, 1] w = {1, 2} > "
                "{ y = "
                "Gemm(x, w) }",
                ":#0 Gemm (unnamed, output 'y') input 'x': error: must have "
                "rank 2, got rank "
                "1 [op-shape]"},
        Refused{"m (float[2, 2] x) => (float[1, 1] y) < float[2, 1] w = {1, 2} "
                "> { y = "
                "Gemm<transA = 1>(x, w) }",
                ":#0 Gemm (unnamed, output 'y') input 'x': error: transA=1 is "
                "supported for "
                "vectors only [op-unsupported]"},
        Refused{"m (float[1, 1] x) => (float[1, 1] y) { y = Gemm(x, x) }",
                ":#0 Gemm (unnamed, output 'y') input 'x': error: weights must "
                "be a constant "
                "[op-unsupported]"},
        Refused{"m (float[1, 1] x) => (float[1, 1] y) < float[1, 1] w = {1}, "
                "float[2] c "
                "= {1, 2} > { y = Gemm(x, w, c) }",
                ":#0 Gemm (unnamed, output 'y') input 'c': error: does not "
                "broadcast to the "
                "shape of the product [op-shape]"},
        Refused{"m (float[1, 1] x) => (float[1, 1] y) < float[1, 1, 1] w = {1} "
                "> { y = "
                "MatMul(x, w) }",
                ":#0 MatMul (unnamed, output 'y') input 'w': error: weights "
                "must have rank 2, "
                "got rank 3 [op-unsupported]"},
        Refused{"m (float[2, 2] x) => (float[1, 2] y) < float[1, 1] w = {1} > "
                "{ y = MatMul(w, x) }",
                ":#0 MatMul (unnamed, output 'y') input 'x': error: "
                "tensor<2x2xf32> does not fit a constant on the left, "
                "tensor<1x1xf32> [op-shape]"},
        Refused{"m (float[1, 1] x) => (float[1, 1] y) < float[1, 1, 1] w = {1} "
                "> { y = MatMul(w, x) }",
                ":#0 MatMul (unnamed, output 'y') input 'w': error: weights "
                "must have rank 2, got rank 3 [op-unsupported]"},
        Refused{"m (float[1] x) => (float[1] y) < float[2] b = {1, 2} > { y = "
                "Clip(x, "
                "b) }",
                ":#0 Clip (unnamed, output 'y') input 'b': error: must be one "
                "float32 number "
                "[model-structure]"},
        Refused{"m (float[1] x) => (float[1] y) < float b = {1} > { y = "
                "Clip(x, b) }",
                ":#0 Clip (unnamed, output 'y'): error: needs 1 inputs in "
                "version 10, got 2 [op-operands]",
                10},
        Refused{"m (float[1] x) => (float[1] y) { y = Clip<min = 1.0>(x) }",
                ":#0 Clip (unnamed, output 'y'): error: attribute 'min' is not "
                "supported in "
                "version 13 [op-unsupported]"},
        Refused{"m (float[2] x) => (float[1] y) < int64[1] s = {3} > { y = "
                "Reshape(x, "
                "s) }",
                ":#0 Reshape (unnamed, output 'y'): error: the new shape has "
                "not as many "
                "elements as the input [op-shape]"},
        Refused{
            "m (float[2] x) => (float[1] y) < int64[2] s = {-1, -1} > { y = "
            "Reshape(x, s) }",
            ":#0 Reshape (unnamed, output 'y') input 's': error: more than one "
            "dimension "
            "is -1 [op-shape]"},
        Refused{"m (float[2] x) => (float[1] y) < int64[2] s = {-1, 3} > { y = "
                "Reshape(x, s) }",
                ":#0 Reshape (unnamed, output 'y') input 's': error: no size "
                "of the dimension "
                "-1 fits the input [op-shape]"},
        Refused{"m (float[2] x) => (float[1] y) < int64[2] s = {2, 0} > { y = "
                "Reshape(x, "
                "s) }",
                ":#0 Reshape (unnamed, output 'y') input 's': error: dimension "
                "1 is to be "
                "copied and the input has none such [op-shape]"},
        Refused{"m (float[2] x) => (float[1] y) { y = Reshape(x, x) }",
                ":#0 Reshape (unnamed, output 'y') input 'x': error: must be a "
                "constant "
                "[op-unsupported]"},
        Refused{"m (float[2, 2] x) => (float[1] y) { y = Transpose(x) }",
                ":#0 Transpose (unnamed, output 'y'): error: transposing a "
                "computed tensor is "
                "supported for dimensions of size 1 only [op-unsupported]"},
        Refused{"m (float[2, 2] x) => (float[1] y) { y = Transpose<perm = [0, "
                "2]>(x) }",
                ":#0 Transpose (unnamed, output 'y'): error: perm is no "
                "permutation of the "
                "input's dimensions [op-attribute]"},
        Refused{"m (float[1, 2] x) => (float[1] y) < int64[1] a = {1} > { y = "
                "Squeeze(x, "
                "a) }",
                ":#0 Squeeze (unnamed, output 'y'): error: axis 1 has size 2, "
                "not 1 "
                "[op-shape]"},
        Refused{"m (float[1, 2] x) => (float[1] y) < int64[1] a = {5} > { y = "
                "Squeeze(x, "
                "a) }",
                ":#0 Squeeze (unnamed, output 'y'): error: axis 5 is outside "
                "rank 2 "
                "[op-attribute]"},
        Refused{"m (float[2] x) => (float[1] y) < int64[2] a = {0, -3} > { y = "
                "Unsqueeze(x, a) }",
                ":#0 Unsqueeze (unnamed, output 'y'): error: an axis is named "
                "twice "
                "[op-attribute]"},
        Refused{"m (float[1] x) => (float[1] y) < int64[2] d = {1, 2}, int64 i "
                "= {2} > { "
                "s = Gather(d, i)  y = Reshape(x, s) }",
                ":#0 Gather (unnamed, output 's') input 'i': error: index 2 is "
                "outside "
                "dimension 0 of size 2 [number-range]"},
        Refused{
            "m (float[1] x) => (float[1] y) < int64[1] n = {99999999} > { s = "
            "ConstantOfShape(n)  y = Add(x, s) }",
            ":#0 ConstantOfShape (unnamed, output 's'): error: constants made "
            "from others have 99999999 elements up to here, at most 1048592 "
            "are "
            "supported [size-limit]"},
        Refused{
            "m (float[1] x) => (float[1] y) < int64[1] n = {-1} > { s = "
            "ConstantOfShape(n)  y = Add(x, s) }",
            ":#0 ConstantOfShape (unnamed, output 's') input 'n': error: the "
            "shape is "
            "negative or too large [op-shape]"},
        Refused{
            "m (float[1] x) => (float[1] y) < int8[1] h > { h = Relu(x)  y = "
            "Relu(h) }",
            ":#0 Relu (unnamed, output 'h'): error: output 'h' is declared "
            "with "
            "elements of int8, it has float32 [model-structure]"},
        Refused{"m (float[1] x) => (float[1] y) < float f = {300.5} > { s = "
                "Cast<to = "
                "3>(f)  y = Add(x, s) }",
                ":#0 Cast (unnamed, output 's') input 'f': error: element 0 is "
                "300.5, outside "
                "the range of int8 [op-unsupported]"},
        Refused{"m (float[1] x) => (float[1] y) { y = Cast<to = 11>(x) }",
                ":#0 Cast (unnamed, output 'y'): error: casting to float64 is "
                "not supported "
                "here [op-unsupported]"},
        Refused{"m (float[1] x) => (float[1] y) { s = Constant<value_string = "
                "\"a\">()  "
                "y = Add(x, s) }",
                ":#0 Constant (unnamed, output 's'): error: a constant without "
                "value, "
                "value_float(s) or value_int(s) is not supported "
                "[op-unsupported]"}));

// Quantizers.
INSTANTIATE_TEST_SUITE_P(
    Quantizers, RefusedModels,
    testing::Values(
        Refused{"m (float[1] x) => (float[1] y) < float s = {0} > { q = "
                "QuantizeLinear(x, s)  y = DequantizeLinear(q, s) }",
                ":#0 QuantizeLinear (unnamed, output 'q') input 's': error: "
                "scale must be "
                "finite and positive, got 0 [quant-scale]"},
        Refused{"m (float[1] x) => (float[1] y) < float s = {-0.5} > { q = "
                "QuantizeLinear(x, s)  y = DequantizeLinear(q, s) }",
                ":#0 QuantizeLinear (unnamed, output 'q') input 's': error: "
                "scale must be "
                "finite and positive, got -0.5 [quant-scale]"},
        Refused{
            "m (float[1] x) => (float[1] y) { q = QuantizeLinear(x, x)  y = "
            "DequantizeLinear(q, x) }",
            ":#0 QuantizeLinear (unnamed, output 'q') input 'x': error: must "
            "be a "
            "constant [op-unsupported]"},
        Refused{"m (float[2] x) => (float[1] y) < float[2] s = {1, 2} > { q = "
                "QuantizeLinear(x, s)  y = DequantizeLinear(q, s) }",
                ":#0 QuantizeLinear (unnamed, output 'q'): error: axis 1 is "
                "outside the "
                "input's rank 1 [quant-axis]"},
        Refused{
            "m (float[1, 3] x) => (float[1] y) < float[2] s = {1, 2} > { q = "
            "QuantizeLinear(x, s)  y = DequantizeLinear(q, s) }",
            ":#0 QuantizeLinear (unnamed, output 'q') input 's': error: "
            "there "
            "are 2 "
            "scales for axis 1 of size 3 [quant-axis]"},
        Refused{
            "m (float[1, 2] x) => (float[1] y) < float[2] s = {1, 2}, int8 z "
            "= "
            "{0} > "
            "{ q = QuantizeLinear(x, s, z)  y = DequantizeLinear(q, s, z) }",
            ":#0 QuantizeLinear (unnamed, output 'q') input 'z': error: "
            "there "
            "are 1 zero "
            "points for 2 scales [quant-axis]"},
        Refused{"m (float[1, 2] x) => (float[1] y) < float[1, 2] s = {1, 2} > "
                "{ q = "
                "QuantizeLinear(x, s)  y = DequantizeLinear(q, s) }",
                ":#0 QuantizeLinear (unnamed, output 'q') input 's': error: "
                "scales of rank 2 "
                "(blocks) are not supported [op-unsupported]"},
        Refused{"m (float[1, 2] x) => (float[1] y) < float s = {1} > { q = "
                "QuantizeLinear<block_size = 2>(x, s)  y = DequantizeLinear(q, "
                "s) }",
                ":#0 QuantizeLinear (unnamed, output 'q'): error: block_size "
                "is not supported "
                "[op-unsupported]",
                21},
        Refused{"m (float[1] x) => (float[1] y) < float s = {1}, int64 z = {0} "
                "> { q = "
                "QuantizeLinear(x, s, z)  y = DequantizeLinear(q, s, z) }",
                ":#0 QuantizeLinear (unnamed, output 'q'): error: quantized "
                "tensors of type "
                "int64 are not supported [op-unsupported]"},
        Refused{
            "m (float[1] x) => (float[1] y) < float s = {1}, int8 z = {0}, "
            "uint8 w = "
            "{0} > { q = QuantizeLinear(x, s, z)  y = DequantizeLinear(q, s, "
            "w) }",
            ":#1 DequantizeLinear (unnamed, output 'y') input 'w': error: "
            "zero "
            "point is of "
            "type uint8, the quantized tensor of type int8 "
            "[model-structure]"},
        Refused{
            "m (float[1] x) => (float[1] y) < float s = {1}, float t = {2} > "
            "{ "
            "q = "
            "QuantizeLinear(x, s)  y = DequantizeLinear(q, t) }",
            ":#1 DequantizeLinear (unnamed, output 'y') input 'q': error: "
            "scale, zero "
            "point or axis differ from those of the QuantizeLinear before it "
            "[op-unsupported]"},
        Refused{"m (float[1] x) => (float[1] y) < float s = {1} > { q = "
                "QuantizeLinear<output_dtype = 17>(x, s)  y = "
                "DequantizeLinear(q, s) }",
                ":#0 QuantizeLinear (unnamed, output 'q'): error: output_dtype "
                "float8e4m3fn "
                "is not supported [op-unsupported]",
                21},
        Refused{"m (float[1] x) => (float[1] y) < float s = {1}, int8 z = {0} "
                "> { q = "
                "QuantizeLinear<output_dtype = 2>(x, s, z)  y = "
                "DequantizeLinear(q, s, "
                "z) }",
                ":#0 QuantizeLinear (unnamed, output 'q'): error: output_dtype "
                "is uint8, the "
                "zero point of type int8 [model-structure]",
                21},
        Refused{"m (float[1] x) => (float[1] y) < float s = {1} > { q = "
                "QuantizeLinear<precision = 10>(x, s)  y = DequantizeLinear(q, "
                "s) }",
                ":#0 QuantizeLinear (unnamed, output 'q'): error: precision "
                "other than "
                "float32 is not supported [op-unsupported]",
                23},
        Refused{"m (float[1] x) => (float[1] y) < float s = {1}, int32 b = "
                "{1}, int32 z "
                "= {1} > { d = DequantizeLinear(b, s, z)  y = Add(x, d) }",
                ":#0 DequantizeLinear (unnamed, output 'd') input 'z': error: "
                "zero point of "
                "int32 must be 0, got 1 [quant-zero-point]"},
        Refused{"m (float[1] x) => (float[1] y) < float s = {1}, int64 b = {1} "
                "> { d = "
                "DequantizeLinear(b, s)  y = Add(x, d) }",
                ":#0 DequantizeLinear (unnamed, output 'd'): error: quantized "
                "tensors of type "
                "int64 are not supported [op-unsupported]"},
        Refused{"m (float[1] x) => (float[1] y) < float s = {1} > { y = "
                "DequantizeLinear(x, s) }",
                ":#0 DequantizeLinear (unnamed, output 'y') input 'x': error: "
                "must be a "
                "tensor of integers [model-structure]"},
        Refused{"m (float[1] x) => (float[1] y) < float s = {1}, int8 z = "
                "{300} > { q = "
                "QuantizeLinear(x, s, z)  y = DequantizeLinear(q, s, z) }",
                ":#0 QuantizeLinear (unnamed, output 'q') input 'z': error: "
                "element 0 is 300, "
                "outside the range of int8 [tensor-data]"},
        Refused{"m (float[1] x) => (float[1] y) < float s = {1}, uint8 z = "
                "{0}, uint8 lo "
                "= {20}, uint8 hi = {10} > { q = QuantizeLinear(x, s, z)  c = "
                "Clip(q, , "
                "hi)  d = Clip(c, lo)  y = DequantizeLinear(d, s, z) }",
                ":#2 Clip (unnamed, output 'd'): error: the bounds leave no "
                "code of [0, 10] "
                "[op-unsupported]"},
        Refused{
            "m (float[1, 2] x) => (float[2] y) < float[2] s = {1, 2} > { q = "
            "QuantizeLinear(x, s)  r = Squeeze(q)  y = DequantizeLinear(r, "
            "s) "
            "}",
            ":#1 Squeeze (unnamed, output 'r'): error: integers with scales "
            "along an axis "
            "cannot change their shape [op-unsupported]"}));

// What is there from a version of the operator set on, or up to one, and what
// no version has.
INSTANTIATE_TEST_SUITE_P(
    Versions, RefusedModels,
    testing::Values(
        Refused{"m (float[1, 2] x) => (float[1, 2] y) { y = Flatten<axis = "
                "-1>(x) }",
                ":#0 Flatten (unnamed, output 'y'): error: axis -1 is outside "
                "rank 2 [op-attribute]",
                10},
        Refused{
            "m (float[1, 2] x) => (float[2] y) { y = Squeeze<axes = [-2]>(x) }",
            ":#0 Squeeze (unnamed, output 'y'): error: axis -2 is outside rank "
            "2 [op-attribute]",
            10},
        Refused{"m (float[1] x) => (float[1] y) { y = Clip<min = 1.0, max = "
                "-1.0>(x) }",
                ":#0 Clip (unnamed, output 'y'): error: min 1 is above max -1, "
                "which has no meaning in version 10 and below [number-range]",
                10},
        Refused{"m (float[1] x) => (float[1] y) < float s = {1}> { q = "
                "QuantizeLinear<output_dtype = 22>(x, s)  c = Clip(q)  y = "
                "DequantizeLinear(c, s) }",
                ":#1 Clip (unnamed, output 'c') input 'q': error: elements of "
                "int4 cannot be clipped [model-structure]",
                21},
        Refused{"m (float[1] x) => (float[1] y) < float s = {1} > { q = "
                "QuantizeLinear(x, s)  y = DequantizeLinear(q, s) }",
                ":#0 QuantizeLinear (unnamed, output 'q'): error: the "
                "operator is there from version 10 of its operator set on, "
                "imported is version 9 [model-structure]",
                9},
        Refused{"m (float[1, 1] x) => (float[1, 1] y) < float[1, 1] w = {1} "
                "> { y = Gemm(x, w) }",
                ":#0 Gemm (unnamed, output 'y'): error: needs 3 inputs in "
                "version 10, got 2 [op-operands]",
                10},
        Refused{"m (float[1, 1] x) => (float[1] y) < int64[1] a = {0} > { y "
                "= Squeeze(x, a) }",
                ":#0 Squeeze (unnamed, output 'y'): error: needs 1 inputs in "
                "version 12, got 2 [op-operands]",
                12},
        Refused{"m (float[1] x) => (float[1, 1] y) { y = Unsqueeze<axes = "
                "[0]>(x) }",
                ":#0 Unsqueeze (unnamed, output 'y'): error: needs 2 inputs "
                "in version 13, got 1 [op-operands]"},
        Refused{"m (float[1] x) => (float[1] y) < float r = {0.5} > { y = "
                "Dropout(x, r) }",
                ":#0 Dropout (unnamed, output 'y'): error: needs 1 inputs in "
                "version 11, got 2 [op-operands]",
                11},
        Refused{
            "m (float[1] x) => (float[1] y) { y = Dropout<ratio = 0.5>(x) }",
            ":#0 Dropout (unnamed, output 'y'): error: attribute 'ratio' is "
            "not supported in version 13 [op-unsupported]"},
        Refused{
            "m (float[1, 2] x) => (float[1] y) < float[2] s = {1, 2} > { q = "
            "QuantizeLinear<axis = 1>(x, s)  y = DequantizeLinear(q, s) }",
            ":#0 QuantizeLinear (unnamed, output 'q'): error: attribute "
            "'axis' is not supported in version 12 [op-unsupported]",
            12},
        Refused{
            "m (float[1] x) => (float[1] y) < float s = {1} > { q = "
            "QuantizeLinear<output_dtype = 3>(x, s)  y = DequantizeLinear(q, "
            "s) }",
            ":#0 QuantizeLinear (unnamed, output 'q'): error: attribute "
            "'output_dtype' is not supported in version 20 [op-unsupported]",
            20},
        Refused{"m (float[1] x) => (float[1] y) < float s = {1} > { q = "
                "QuantizeLinear<precision = 1>(x, s)  y = "
                "DequantizeLinear(q, s) }",
                ":#0 QuantizeLinear (unnamed, output 'q'): error: attribute "
                "'precision' is not supported in version 22 [op-unsupported]",
                22},
        Refused{
            "m (float[1] x) => (float[1] y) < float s = {1} > { q = "
            "QuantizeLinear(x, s)  y = DequantizeLinear<output_dtype = 1>(q, "
            "s) }",
            ":#1 DequantizeLinear (unnamed, output 'y'): error: attribute "
            "'output_dtype' is not supported in version 21 [op-unsupported]",
            21},
        Refused{
            "m (float[1] x) => (float[1] y) < float s = {1}, int16 z = {0} > "
            "{ q = QuantizeLinear(x, s, z)  y = DequantizeLinear(q, s, z) }",
            ":#0 QuantizeLinear (unnamed, output 'q'): error: quantized "
            "tensors of type int16 are there from version 21 on, imported is "
            "version 20 [model-structure]",
            20},
        Refused{"m (float[1] x) => (float[1] y) < float s = {1}, int8 z = "
                "{0}, int8 lo = {-9} > { q = QuantizeLinear(x, s, z)  c = "
                "Clip(q, lo)  y = DequantizeLinear(c, s, z) }",
                ":#1 Clip (unnamed, output 'c') input 'q': error: integers "
                "are clipped from version 12 on, imported is version 11 "
                "[model-structure]",
                11},
        Refused{"m (float[2] x) => (float[1] y) { s = Shape<start = 0>(x)  y "
                "= Reshape(x, s) }",
                ":#0 Shape (unnamed, output 's'): error: attribute 'start' "
                "is not supported in version 14 [op-unsupported]",
                14},
        Refused{"m (float[2] x) => (float[1] y) { c = Constant<value_float = "
                "1.0>()  y = Add(x, c) }",
                ":#0 Constant (unnamed, output 'c'): error: attribute "
                "'value_float' is not supported in version 11 [op-unsupported]",
                11},
        // Names of optional operands and results may be empty, but not be
        // more than there are.
        Refused{"m (float[1] x) => (float[1] y) { y = Relu(x, ) }",
                ":#0 Relu (unnamed, output 'y'): error: needs 1 inputs in "
                "version 13, got 2 [op-operands]"}));

// What an operator takes is more than a number of operands.
INSTANTIATE_TEST_SUITE_P(
    Operands, RefusedModels,
    testing::Values(
        Refused{"m (float[2] x) => (float[2] y) < int64 s = {2} > { y = "
                "Reshape(x, s) }",
                ":#0 Reshape (unnamed, output 'y') input 's': error: must be a "
                "list of int64 numbers [model-structure]"},
        Refused{"m (float[1, 2] x) => (float[2] y) < int64 s = {0} > { y = "
                "Squeeze(x, s) }",
                ":#0 Squeeze (unnamed, output 'y') input 's': error: must be a "
                "list of int64 numbers [model-structure]"},
        Refused{"m (float[1, 2] x) => (float[2] y) < int64[0] s = {} > { y = "
                "Squeeze(x, s) }",
                ":#0 Squeeze (unnamed, output 'y'): error: names an empty list "
                "of axes [op-attribute]"},
        Refused{"m (float[2] x) => (float[2] y) < float[1, 1] lo = {2} > { y = "
                "Clip(x, lo) }",
                ":#0 Clip (unnamed, output 'y') input 'lo': error: must be one "
                "float32 number [model-structure]"},
        Refused{"m (float[2] x) => (float[2] y) < float[1] v = {1}, float[1] w "
                "= {2} > { c = Concat(v, w)  y = Add(x, c) }",
                ":#0 Concat (unnamed, output 'c'): error: names no axis "
                "[op-attribute]"},
        Refused{"m (float[1] x) => (float[1] y) < float r = {0.5}, bool[1] t = "
                "{0} > { y = Dropout(x, r, t) }",
                ":#0 Dropout (unnamed, output 'y') input 't': error: the "
                "training mode must be one bool [model-structure]"},
        Refused{"m (float[2] x) => (float[1, 2] y) < int32[2] s = {1, 2} > { "
                "y = Reshape(x, s) }",
                ":#0 Reshape (unnamed, output 'y') input 's': error: must be "
                "a list of int64 numbers [model-structure]"},
        Refused{"m (float[2] x) => (float[2] y) < int64[1] s = {2} > { c = "
                "ConstantOfShape<value = float {2.0}>(s)  y = Add(x, c) }",
                ":#0 ConstantOfShape (unnamed, output 'c'): error: value "
                "must be a list of one element [op-attribute]"},
        Refused{"m (float[1] x) => (float[1] y) < float s = {1}, int8 z = {0}, "
                "int32 lo = {-9} > { q = QuantizeLinear(x, s, z)  c = Clip(q, "
                "lo)  y = DequantizeLinear(c, s, z) }",
                ":#1 Clip (unnamed, output 'c') input 'lo': error: must be one "
                "number of type int8, that of the input [model-structure]"},
        Refused{"m (float[1] x) => (float[1] y) < float s = {1} > { q = "
                "QuantizeLinear(x, s)  d = Dropout(q)  y = "
                "DequantizeLinear(d, s) }",
                ":#1 Dropout (unnamed, output 'd') input 'q': error: must be "
                "float32 numbers [model-structure]"},
        Refused{"m (float[1] x) => (float[1] y) < float[1] r = {0.5} > { y = "
                "Dropout(x, r) }",
                ":#0 Dropout (unnamed, output 'y') input 'r': error: the ratio "
                "must be a float32 number from 0 to below 1 [model-structure]"},
        Refused{"m (uint8[1] x) => (float[1] y) < float s = {1}, uint8 z = "
                "{1} > { y = DequantizeLinear(x, , z) }",
                ":#0 DequantizeLinear (unnamed, output 'y'): error: input 2 "
                "is missing [op-operands]"}));

} // namespace
