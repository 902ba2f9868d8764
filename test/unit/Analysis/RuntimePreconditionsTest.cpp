//===- RuntimePreconditionsTest.cpp - Each rule, kept and broken -*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/RuntimePreconditions.h"
#include "qev/IR/Parser.h"
#include <gtest/gtest.h>

using namespace qev;

namespace {

using Rule = RuntimeRule;

/// A quantized layer of two inputs and one output, and what may vary in it.
struct LayerText {
  std::string x = "u8, 0.5:0", weights = "3, -2", weightType = "i8, 0.5:0";
  std::string bias = "dense<7> : tensor<1xq<i32, 0.25:0>>";
  std::string between = "", activation = "%xd"; ///< ops in front of the layer
  std::string output = "u8, 1:0";

  /// `true`, or `false: ` and the text, of the finding of this rule; a holding
  /// one with text gives `true: ` and the text, none at all nothing.
  std::string check(Rule rule) const {
    std::string text =
        "module @m attributes {version = 1, semantics = real} {\n"
        "  net @n(%x: tensor<2xf32>) -> tensor<1xf32> {\n"
        "    %xq = quantize %x : tensor<2xq<" +
        x +
        ">>\n"
        "    %xd = dequantize %xq : tensor<2xf32>\n" +
        between + "    %w = const dense<" + weights + "> : tensor<1x2xq<" +
        weightType + ">>\n";
    if (!bias.empty())
      text += "    %b = const " + bias + "\n";
    text += "    %h = affine " + activation + ", %w" +
            (bias.empty() ? "" : ", %b") + " : tensor<1xf32>\n" +
            "    %yq = quantize %h : tensor<1xq<" + output +
            ">>\n"
            "    %y = dequantize %yq : tensor<1xf32>\n    return %y\n  }\n}\n";
    DiagnosticEngine diagnostics([](const Diagnostic &diagnostic) {
      ADD_FAILURE() << diagnostic.str();
    });
    auto module = parseModule(text, "test.qev", diagnostics);
    if (!module)
      return "no module";
    EXPECT_TRUE(isQuantized(*module->nets[0]));
    std::string result;
    for (const RuntimeFinding &finding :
         findRuntimePreconditions(*module->nets[0]))
      if (finding.rule == rule &&
          (rule != Rule::DoubleQuantize || finding.op->name == "xq2"))
        result += (finding.holds ? "true" : "false") +
                  (finding.text.empty() ? "" : ": " + finding.text);
    return result;
  }
};

TEST(RuntimePreconditions, AccumulatorUpToTheLastUnit) {
  LayerText layer{.x = "u16, 0.5:0", .weights = "-120, 7"};
  // 65535 * 127 = 8322945
  layer.bias = "dense<2139160702> : tensor<1xq<i32, 0.25:0>>";
  EXPECT_EQ(layer.check(Rule::Accumulator), "true");
  layer.bias = "dense<-2139160703> : tensor<1xq<i32, 0.25:0>>";
  EXPECT_EQ(layer.check(Rule::Accumulator),
            "false: row 0 reaches 2147483648, 2147483647 fits");
  // The zero point in the middle halves the reach, weights have one as well.
  layer.x = "u16, 0.5:32768";
  EXPECT_EQ(layer.check(Rule::Accumulator), "true");
  layer = {.x = "i16, 0.5:-32768", .weightType = "i16, 0.5:-32765", .bias = ""};
  EXPECT_EQ(layer.check(Rule::Accumulator), // 65535 * (32768 + 32763)
            "false: row 0 reaches 4294574085, 2147483647 fits");
}

TEST(RuntimePreconditions, AFloatBiasCountsInAccumulatorUnits) {
  LayerText layer{.weights = "0, 0",
                  .bias = "dense<536870911> : tensor<1xf32>"};
  // float32 makes it 2^29: 2^31 units of a quarter.
  EXPECT_EQ(layer.check(Rule::Accumulator),
            "false: row 0 reaches 2147483648, 2147483647 fits");
  layer.bias = "dense<536870848> : tensor<1xf32>";
  EXPECT_EQ(layer.check(Rule::Accumulator), "true");
}

TEST(RuntimePreconditions, MultipliersAreNormal) {
  EXPECT_EQ(LayerText().check(Rule::Multiplier), "true");
  EXPECT_EQ(LayerText({.x = "u8, 1e-30:0", .weightType = "i8, 1e-10:0"})
                .check(Rule::Multiplier),
            "false: row 0 has s_x s_w = 1e-40");
  EXPECT_EQ(LayerText({.x = "u8, 1e-30:0", .output = "u8, 1e9:0"})
                .check(Rule::Multiplier),
            "false: row 0 has s_x s_w / s_y = 5e-40");
}

TEST(RuntimePreconditions, BiasScale) {
  EXPECT_EQ(LayerText().check(Rule::BiasScale), "true");
  EXPECT_EQ(LayerText({.bias = ""}).check(Rule::BiasScale), "");
  EXPECT_EQ(LayerText({.bias = "dense<7> : tensor<1xq<i32, 0.5:0>>"})
                .check(Rule::BiasScale),
            "false: row 0 has 0.5, not 0.25");
  // 0.1 * 0.1 in float32, not 0.01: the neighbour below does not do.
  LayerText rounded{.x = "u8, 0.1:0", .weightType = "i8, 0.1:0"};
  rounded.bias = "dense<7> : tensor<1xq<i32, 0.010000001:0>>";
  EXPECT_EQ(rounded.check(Rule::BiasScale), "true");
  rounded.bias = "dense<7> : tensor<1xq<i32, 0.01:0>>";
  EXPECT_EQ(rounded.check(Rule::BiasScale),
            "false: row 0 has 0.01, not 0.010000001");
  EXPECT_EQ(
      LayerText({.bias = "dense<7> : tensor<1xf32>"}).check(Rule::BiasScale),
      "true: float; runtimes quantize it to int32, which adds up to 0.125 LSB");
}

TEST(RuntimePreconditions, FormOfTheLayer) {
  EXPECT_EQ(LayerText().check(Rule::WeightOnly), "true");
  LayerText layer{.between = "    %r = reshape %xd : tensor<1x2xf32>\n"
                             "    %s = reshape %r : tensor<2xf32>\n",
                  .activation = "%s"};
  EXPECT_EQ(layer.check(Rule::WeightOnly), "true");
  layer = {.activation = "%x"};
  EXPECT_EQ(layer.check(Rule::WeightOnly),
            "false: its activation is the float %x");
  EXPECT_EQ(layer.check(Rule::Accumulator), ""); // no integer kernel

  EXPECT_EQ(LayerText({.weightType = "i8@0, {0.5:0}"}).check(Rule::ScaleAxis),
            "true");
  layer = {.weightType = "i8@1, {0.5:0, 0.25:0}"};
  EXPECT_EQ(layer.check(Rule::ScaleAxis),
            "false: the weights have a scale for each input");
  EXPECT_EQ(LayerText({.x = "u8@0, {0.5:0, 0.25:0}"}).check(Rule::ScaleAxis),
            "false: %xq has several scales");
}

TEST(RuntimePreconditions, PairsOfProductsInInt16) {
  auto check = [](const char *weights, const char *x = "u8, 0.5:0",
                  const char *type = "i8, 0.5:0") {
    return LayerText({.x = x, .weights = weights, .weightType = type})
        .check(Rule::Int16Pairs);
  };
  EXPECT_EQ(check("64, 64"), "true"); // 32640
  EXPECT_EQ(check("64, 65"), "false: row 0 reaches 255 (65 + 64) = 32895");
  EXPECT_EQ(check("-64, -64"), "true");
  EXPECT_EQ(check("-64, -65"), "false: row 0 reaches 255 (-65 + -64) = -32895");
  EXPECT_EQ(check("127, -128"), "true"); // each sign alone
  // Signed activations are shifted by 128.
  EXPECT_EQ(check("64, 65", "i8, 0.5:0"),
            "false: row 0 reaches 255 (65 + 64) = 32895");
  EXPECT_EQ(check("127, 127", "u8<0:129>, 0.5:0"),
            "true"); // 129 * 254 = 32766
  EXPECT_EQ(check("127, 127", "u8<0:130>, 0.5:0"),
            "false: row 0 reaches 130 (127 + 127) = 33020");
  EXPECT_EQ(check("200, 200", "u8, 0.5:0", "u8, 0.5:0"), ""); // exact kernels
  EXPECT_EQ(check("127, 127", "u16, 0.5:0"), "");
}

TEST(RuntimePreconditions, ConsecutiveQuantizers) {
  LayerText layer{.between =
                      "    %xq2 = quantize %xd : tensor<2xq<u8, 0.25:0>>\n"
                      "    %xd2 = dequantize %xq2 : tensor<2xf32>\n",
                  .activation = "%xd2"};
  EXPECT_EQ(layer.check(Rule::DoubleQuantize), "false: it quantizes %xd anew");
  layer.between = "    %r = relu %xd : tensor<2xf32>\n"
                  "    %xq2 = quantize %r : tensor<2xq<u8, 0.25:0>>\n"
                  "    %xd2 = dequantize %xq2 : tensor<2xf32>\n";
  EXPECT_EQ(layer.check(Rule::DoubleQuantize), "true");
}

} // namespace
