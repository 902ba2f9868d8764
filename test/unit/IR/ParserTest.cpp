//===- ParserTest.cpp - Tests of the text form ------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/IR/Parser.h"
#include "Examples.h"
#include <gtest/gtest.h>

using namespace qev;

namespace {

std::unique_ptr<Module> parse(llvm::StringRef text) {
  DiagnosticEngine diagnostics(
      [](const Diagnostic &diagnostic) { ADD_FAILURE() << diagnostic.str(); });
  return parseModule(text, "test.qev", diagnostics);
}

/// The complaints about a text, one per line, without excerpts.
std::string complain(llvm::StringRef text) {
  DiagnosticEngine diagnostics;
  EXPECT_FALSE(parseModule(text, "t", diagnostics));
  std::string all;
  for (Diagnostic diagnostic : diagnostics.all()) {
    diagnostic.excerpt.clear();
    all += (all.empty() ? "" : "\n") + diagnostic.str();
  }
  return all;
}

std::string inModule(llvm::StringRef body) {
  return ("module @m attributes {version = 1, semantics = real} {\n" + body +
          "\n}")
      .str();
}

/// A net of one input with three elements, and these ops; the last is `%y`.
std::string inNet(llvm::StringRef ops, llvm::StringRef result = "3xf32") {
  return inModule("net @n(%x: tensor<3xf32>) -> tensor<" + result.str() +
                  "> {\n" + ops.str() + "\nreturn %y\n}");
}

TEST(ParserTest, ExamplesReadBack) {
  for (llvm::StringRef text : {tinyText, zooText}) {
    auto module = parse(text);
    ASSERT_TRUE(module);
    EXPECT_EQ(toText(*module), text.ltrim().str());
  }
}

TEST(ParserTest, NothingPrintedLooksLikeFileCheck) {
  for (llvm::StringRef text : {tinyText, zooText}) {
    std::string printed = toText(*parse(text));
    EXPECT_EQ(printed.find("[["), std::string::npos);
    EXPECT_EQ(printed.find("{{"), std::string::npos);
  }
}

TEST(ParserTest, EveryNameReadsBack) {
  std::vector<std::string> names = {
      "",        " ",        "\"",    "\\",
      "%",       "@x",       "a b",   "/0/Gemm_output_0",
      "onnx::X", "[[x]]",    "{{x}}", "[[[[",
      "a//b",    "\n",       "\t\r",  std::string(1, '\0'),
      "ünï",     "\xff\xfe", "x\"",   "5",
      "-1",      "return",   "a-b",   "\\5B"};
  std::string every;
  for (int byte = 0; byte < 256; ++byte)
    every += static_cast<char>(byte);
  names.push_back(every);
  for (const std::string &name : names) {
    Module module;
    module.name = name;
    module.nets.push_back(std::make_unique<Net>(name));
    Net &net = *module.nets.back();
    net.source = name;
    net.ops.push_back(std::make_unique<Op>());
    Op &op = *net.ops.back();
    op.kind = OpKind::Input;
    op.name = name;
    op.type = TensorType::f32({2});
    op.location = {{LocationPart::Node, 3, name, "Gemm"},
                   {LocationPart::Init, 0, name}};
    net.outputs = {&op};
    auto query = std::make_unique<Query>();
    query->name = name;
    query->inputs = {{name, {0, 0}, {1, 1}}};
    query->first = query->second = &net;
    module.queries.push_back(std::move(query));
    std::string text = toText(module);
    EXPECT_EQ(text.find("[["), std::string::npos);
    EXPECT_EQ(text.find("{{"), std::string::npos);
    auto copy = parse(text);
    ASSERT_TRUE(copy) << text;
    EXPECT_EQ(toText(*copy), text);
    EXPECT_EQ(copy->name, name);
    EXPECT_EQ(copy->nets[0]->name, name);
    // An empty source prints as none.
    EXPECT_EQ(copy->nets[0]->source, name);
    EXPECT_EQ(copy->nets[0]->ops[0]->name, name);
    EXPECT_EQ(copy->nets[0]->ops[0]->location, op.location);
    EXPECT_EQ(copy->queries[0]->inputs[0].name, name);
  }
}

TEST(ParserTest, ReadsWhatItSays) {
  auto module = parse(tinyText);
  ASSERT_TRUE(module);
  EXPECT_EQ(module->name, "tiny");
  const Net &net = *module->findNet("int8");
  EXPECT_EQ(net.source, "tiny.int8.onnx");
  const Op &weights = *net.find("w1");
  EXPECT_EQ(Shape(weights.type.getShape()), (Shape{2, 2}));
  EXPECT_EQ(weights.type.getScale(3), 0.015625f);
  EXPECT_EQ(weights.data->getCodes(), (std::vector<int32_t>{64, -32, 48, 16}));
  const Op &h1 = *net.find("h1");
  EXPECT_EQ(h1.operands.size(), 3u);
  EXPECT_EQ(h1.operands[1], &weights);
  EXPECT_EQ(h1.location[1], (LocationPart{LocationPart::Node, 3, "fc1"}));
  EXPECT_EQ(*net.find("xq")->bounds, std::vector<Interval>(2, {0, 128}));
  const Query &query = *module->findQuery("close");
  EXPECT_EQ(query.first, module->findNet("f32"));
  EXPECT_EQ(query.second, &net);
  EXPECT_EQ(*std::get<DeltaClaim>(query.claim).epsilon[0], Real::ratio(1, 32));
  const Twin &twin = *module->twins[0];
  EXPECT_EQ(twin.query, &query);
  EXPECT_EQ(twin.pairs[0].second, net.find("xd"));
  EXPECT_EQ((*twin.pairs[3].delta)[0].hi, infinity);
  EXPECT_EQ(twin.pairs[3].by, (std::vector{Approximation::RoundToNearest,
                                           Approximation::ReluTriangle}));
}

TEST(ParserTest, NumbersKeepTheirKind) {
  auto module = parse(inModule(R"(
    net @n(%x: tensor<2xf32> in box<[0.1, 0.3], [-1e-320, 1e308]>) -> tensor<2xf32> {
      %y = const dense<0.1, 1e-45> : tensor<2xf32>
      return %y
    }
    query @q: for (%x: grid<2 x [0, 255/256] step 0.1 offset 1e-30>), claim linf(@n - @n) <= 0.05)"));
  ASSERT_TRUE(module);
  const Net &net = *module->nets[0];
  EXPECT_EQ(net.ops[1]->data->getFloats(),
            (std::vector<float>{0.1f, 0x1p-149f}));
  EXPECT_EQ((*net.ops[0]->bounds)[0], Interval(0.1, 0.3));
  EXPECT_EQ((*net.ops[0]->bounds)[1], Interval(-1e-320, 1e308));
  const Query &query = *module->queries[0];
  EXPECT_EQ(query.inputs[0].hi[1], Real::ratio(255, 256));
  EXPECT_EQ(query.inputs[0].grids[0].step, Real::ratio(1, 10));
  EXPECT_EQ(*std::get<DeltaClaim>(query.claim).epsilon[1], Real::ratio(1, 20));
  auto copy = parse(toText(*module));
  ASSERT_TRUE(copy);
  EXPECT_EQ(copy->queries[0]->inputs[0].grids, query.inputs[0].grids);
  EXPECT_EQ(copy->nets[0]->ops[1]->data, net.ops[1]->data);
}

TEST(ParserTest, BlanksCommentsAndOptionalPartsAreFree) {
  EXPECT_TRUE(parse("// a comment\r\n"
                    "module@m attributes{version=1,semantics=real}{//}\n"
                    "net@n(%x:tensor<1x1xf32>)->(tensor<1x1xf32>){"
                    "%y=const dense<-1>:tensor<1x1xf32>return%x}}//"));
  auto module = parse(inModule(""));
  ASSERT_TRUE(module);
  EXPECT_TRUE(module->nets.empty());
}

TEST(ParserTest, ElidedConstantsDoNotReadBack) {
  PrintOptions options;
  options.elideConstants = 3;
  std::string text = toText(*parse(tinyText), options);
  EXPECT_NE(text.find("%w1 = const dense<elided 4> : tensor<2x2xf32>"),
            std::string::npos);
  EXPECT_NE(text.find("%b1 = const dense<0.25, -0.5>"), std::string::npos);
  EXPECT_EQ(complain(text), "t:3:23: error: an elided constant cannot be read "
                            "back [syntax]");
}

TEST(ParserTest, PointsIntoTheText) {
  DiagnosticEngine diagnostics;
  EXPECT_FALSE(parseModule(inNet("\t%y = relu %z : tensor<3xf32>"), "t.qev",
                           diagnostics));
  ASSERT_EQ(diagnostics.all().size(), 1u);
  EXPECT_EQ(diagnostics.all()[0].line, 3u);
  EXPECT_EQ(diagnostics.all()[0].str(),
            "t.qev:3:12: error: %z is not defined [undefined-value]\n"
            "\t%y = relu %z : tensor<3xf32>\n"
            "\t          ^");
  // The verifier's complaints point too.
  DiagnosticEngine more;
  EXPECT_FALSE(parseModule(inNet("  %y = relu %x : tensor<4xf32>", "4xf32"),
                           "t.qev", more));
  ASSERT_EQ(more.all().size(), 1u);
  EXPECT_EQ(more.all()[0].line, 3u);
  EXPECT_EQ(more.all()[0].str(),
            "t.qev:3:3: error: 'relu' must have type tensor<3xf32>, got "
            "tensor<4xf32> [op-shape]\n"
            "  %y = relu %x : tensor<4xf32>\n"
            "  ^");
}

TEST(ParserTest, LongLinesAreCutAroundThePlace) {
  std::string numbers;
  for (int i = 0; i < 1000; ++i)
    numbers += "1, ";
  DiagnosticEngine diagnostics;
  EXPECT_FALSE(parseModule(inNet("%y = const dense<" + numbers + "? " +
                                 numbers + "> : tensor<3xf32>"),
                           "t", diagnostics));
  ASSERT_EQ(diagnostics.all().size(), 1u);
  llvm::StringRef excerpt = diagnostics.all()[0].excerpt;
  auto [line, caret] = excerpt.split('\n');
  EXPECT_EQ(line.size(), 100u);
  EXPECT_EQ(caret.size(), 61u);
  EXPECT_EQ(line[60], '?');
}

TEST(ParserTest, ComplainsOnceAboutSyntax) {
  const std::pair<std::string, const char *> cases[] = {
      {"", "t:1:1: error: expected 'module', found the end of the text "
           "[syntax]"},
      {"\xff", "t:1:1: error: unexpected character [syntax]"},
      {"module @m attributes {version = 2, semantics = real} {}",
       "t:1:33: error: version 2 of the IR is not known, only version 1 "
       "[syntax]"},
      {"module @m attributes {version = 1, semantics = exact} {}",
       "t:1:48: error: expected 'real' or 'runtime', found 'exact' [syntax]"},
      {inModule("") + "x",
       "t:3:2: error: expected the end of the text, found 'x' [syntax]"},
      {"module @", "t:1:8: error: a name must follow here [syntax]"},
      {"module @\"a\nb\"",
       "t:1:8: error: string without closing quote [syntax]"},
      {"module @\"a\\q\"", "t:1:8: error: unknown escape in a string [syntax]"},
      {inModule("net"),
       "t:3:1: error: expected '@' and the net's name, found '}' [syntax]"},
      {inNet("%y = sigmoid %x : tensor<3xf32>"),
       "t:3:6: error: expected the name of an operator, found 'sigmoid' "
       "[syntax]"},
      {inNet("%y = input : tensor<3xf32>"),
       "t:3:6: error: expected the name of an operator, found 'input' "
       "[syntax]"},
      {inNet("%y = const dense<> : tensor<3xf32>"),
       "t:3:18: error: expected a number, found '>' [syntax]"},
      {inNet("%y = const dense<1/3> : tensor<3xf32>"),
       "t:3:18: error: expected a decimal number [syntax]"},
      {inNet("%y = const dense<inf> : tensor<3xf32>"),
       "t:3:18: error: expected a decimal number [syntax]"},
      {inNet("%y = const dense<1.5> : tensor<3xq<i8, 1:0>>"),
       "t:3:18: error: expected an integer [syntax]"},
      {inNet("%y = relu %x : tensor<3f32>"),
       "t:3:23: error: expected 'f32' or 'q', found '3' [syntax]"},
      {inNet("%y = quantize %x : tensor<3xq<f8, 1:0>>"),
       "t:3:31: error: expected a storage type such as 'i8' or 'u8', found "
       "'f8' [syntax]"},
      {inNet("%y = clip %x {min 0} : tensor<3xf32>"),
       "t:3:19: error: expected '=', found '0' [syntax]"},
      {inNet("%y = relu %x : tensor<3xf32> loc(somewhere)"),
       "t:3:34: error: expected 'node' or 'init', found 'somewhere' [syntax]"},
      {inModule("query @q: for (%x: ball<[0, 1]>)"),
       "t:2:20: error: expected 'box', 'grid' or 'levels', found 'ball' "
       "[syntax]"},
      {inNet("%y = relu %x : tensor<3xf32> in box<3 x [1/2, 1]>"),
       "t:3:42: error: expected a decimal number, 'inf' or '-inf', found "
       "'1/2' [syntax]"},
  };
  for (const auto &[text, message] : cases)
    EXPECT_EQ(complain(text), message) << text;
}

TEST(ParserTest, ComplainsAboutNumbers) {
  const std::pair<std::string, const char *> cases[] = {
      {inNet("%y = const dense<1e39> : tensor<3xf32>"),
       "t:3:18: error: number is outside the range of f32 [number-range]"},
      {inNet("%y = const dense<-1e-46> : tensor<3xf32>"),
       "t:3:18: error: number is outside the range of f32 [number-range]"},
      {inNet("%y = quantize %x : tensor<3xq<u8, 1e-50:0>>"),
       "t:3:35: error: number is outside the range of f32 [number-range]"},
      {inNet("%y = relu %x : tensor<3xf32> in box<3 x [0, 1e309]>"),
       "t:3:45: error: number is outside the range of a double "
       "[number-range]"},
      {inNet("%y = relu %x : tensor<3xf32> loc(node 9223372036854775808 "
             "\"a\")"),
       "t:3:39: error: integer does not fit in 64 bits [number-range]"},
      {inNet("%y = relu %x : tensor<99999999999999999999xf32>"),
       "t:3:23: error: dimension does not fit in 64 bits [number-range]"},
      {inModule("query @q: for (%x: box<[0, 1e5001]>)"),
       "t:2:28: error: number has a denominator of zero, an exponent beyond "
       "5000 or more than 100000 characters [number-range]"},
      {inModule("query @q: for (%x: box<[0, 1/0]>)"),
       "t:2:28: error: number has a denominator of zero, an exponent beyond "
       "5000 or more than 100000 characters [number-range]"},
      {inModule("query @q: for (%x: box<[0, 0." + std::string(100'000, '1') +
                "]>)"),
       "t:2:28: error: number has a denominator of zero, an exponent beyond "
       "5000 or more than 100000 characters [number-range]"},
      {inModule("query @q: for (%x: box<268435456 x [0, 1]>)"),
       "t:2:24: error: repeated elements of this module exceed one gigabyte "
       "[number-range]"},
  };
  for (const auto &[text, message] : cases)
    EXPECT_EQ(complain(text), message) << text;
}

TEST(ParserTest, NumbersNearTheEndsOfF32) {
  // What must be accepted, with the nearest float32 by exact arithmetic.
  for (llvm::StringRef text :
       {"1e-45", "7.1e-46", "1.17549435e-38", "1.1754943e-38", "3.4028235e38",
        "3.4028235677973366e38", "16777217", "16777219", "0.1", "0e99", "0",
        "-0.0", "1.00000017881393432617187499", "1.00000017881393421514957253",
        "1.00000017881393432617187501"}) {
    auto module =
        parse(inNet("%y = const dense<" + text.str() + "> : tensor<3xf32>"));
    ASSERT_TRUE(module) << text.str();
    EXPECT_EQ(module->nets[0]->find("y")->data->getFloats()[0],
              Real::parse(text)->toFloat())
        << text.str();
  }
  for (llvm::StringRef text :
       {"7e-46", "3.4028235677973367e38", "1e400", "1e-400", "1e99999999999"})
    EXPECT_NE(
        complain(inNet("%y = const dense<" + text.str() + "> : tensor<3xf32>"))
            .find("[number-range]"),
        std::string::npos)
        << text.str();
}

} // namespace
