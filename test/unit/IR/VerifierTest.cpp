//===- VerifierTest.cpp - Tests of the verifier, rule by rule ---*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What text can say is tested in test/IR/*.qev too, through qev-opt; here also
// what only a program can build.
//
//===----------------------------------------------------------------------===//

#include "qev/IR/Verifier.h"
#include "Examples.h"
#include <gtest/gtest.h>

using namespace qev;

namespace {

class VerifierTest : public testing::Test {
protected:
  VerifierTest() {
    DiagnosticEngine ignored;
    module = parseModule(zooText, "zoo", ignored);
    a = module->findNet("a");
    b = module->findNet("b");
  }

  /// All complaints about the module, one per line.
  std::string complain() {
    DiagnosticEngine diagnostics;
    bool ok = succeeded(verify(*module, diagnostics));
    EXPECT_EQ(ok, diagnostics.getNumErrors() == 0);
    std::string all;
    for (const Diagnostic &diagnostic : diagnostics.all())
      all += (all.empty() ? "" : "\n") + diagnostic.str();
    return all;
  }
  Query &query(llvm::StringRef name) { return *module->findQuery(name); }

  std::unique_ptr<Module> module;
  Net *a, *b;
};

TEST_F(VerifierTest, AcceptsTheZoo) { EXPECT_EQ(complain(), ""); }

TEST_F(VerifierTest, NT1_UniqueNames) {
  a->find("t")->name = "c";
  EXPECT_EQ(complain(), "@a %c: error: %c is defined twice [redefinition]");
}

TEST_F(VerifierTest, NT2_OperandsFirst) {
  a->find("add")->operands[0] = a->find("sub");
  EXPECT_EQ(complain(), "@a %add: error: an operand is not defined before its "
                        "use [undefined-value]");
  a->find("add")->operands[0] = b->find("x");
  EXPECT_NE(complain(), "");
  a->find("add")->operands[0] = nullptr;
  EXPECT_NE(complain(), "");
}

TEST_F(VerifierTest, NT3_Inputs) {
  std::swap(a->ops[1], a->ops[2]);
  EXPECT_EQ(complain(), "@a %\"/in:1\": error: inputs must come before other "
                        "ops [net-signature]");
  std::swap(a->ops[1], a->ops[2]);
  a->find("x")->type =
      a->outputs[1]->type.withShape(a->find("x")->type.getShape());
  EXPECT_NE(complain().find("@a %x: error: an input must be f32, got "
                            "tensor<2x3xq<u4, 0.1:3>> [net-signature]"),
            std::string::npos);
}

TEST_F(VerifierTest, NT4_Outputs) {
  a->outputs.clear();
  EXPECT_EQ(complain(), "@a: error: a net needs at least one output "
                        "[net-signature]");
  a->outputs = {b->find("x")};
  EXPECT_EQ(complain(), "@a: error: an output is not a value of the net "
                        "[net-signature]");
}

TEST_F(VerifierTest, TypesAreChecked) {
  QuantType quant = a->outputs[1]->type.getQuant();
  quant.scales[0] = 0;
  a->find("q")->type = TensorType::quantized({3, 1, 2}, quant);
  EXPECT_EQ(complain(), "@a %q: error: scale must be finite and positive, got "
                        "0 [quant-scale]");
}

TEST_F(VerifierTest, OC1_Data) {
  a->find("t")->data.reset();
  EXPECT_EQ(complain(), "@a %t: error: constant without data [const-data]");
  a->find("t")->data = ConstData::ofFloats({1, 2});
  EXPECT_EQ(complain(), "@a %t: error: constant has 2 floats, its type is "
                        "tensor<f32> [const-data]");
  a->find("t")->data = ConstData::ofCodes({1});
  EXPECT_EQ(complain(), "@a %t: error: constant has 1 codes, its type is "
                        "tensor<f32> [const-data]");
  a->find("t")->data = ConstData();
  EXPECT_NE(complain(), "");
  a->find("t")->data = ConstData::ofFloats({1});
  a->find("1")->data = ConstData::ofFloats({1});
  EXPECT_EQ(complain(), "@a %1: error: only constants have data [const-data]");
}

TEST_F(VerifierTest, OC2_FiniteFloats) {
  a->find("t")->data = ConstData::ofFloats({std::nanf("")});
  EXPECT_EQ(complain(),
            "@a %t: error: element 0 is not finite: nan [const-data]");
}

TEST_F(VerifierTest, OC3_CodesInRange) {
  a->find("n")->data = ConstData::ofCodes({0, 127, 0});
  EXPECT_EQ(complain(), "@a %n: error: element 1 is 127, outside the range "
                        "[-127, 126] of its type [const-data]");
}

TEST_F(VerifierTest, OP1_OperandCounts) {
  a->find("1")->operands.push_back(a->find("x"));
  EXPECT_EQ(complain(),
            "@a %1: error: 'clip' takes 1 operands, got 2 [op-operands]");
  a->find("1")->operands.clear();
  EXPECT_EQ(complain(),
            "@a %1: error: 'clip' takes 1 operands, got 0 [op-operands]");
}

TEST_F(VerifierTest, OP2_OnlyConstantCodesAreReals) {
  Op *codes = a->outputs[1];
  Op *sum = a->add(OpKind::Add, "sum", TensorType::f32({2, 3}),
                   {a->find("x"), codes});
  EXPECT_EQ(complain(), "@a %sum: error: 'add' operand 2 must be f32 or a "
                        "constant, got tensor<2x3xq<u4, 0.1:3>> [op-type]");
  sum->operands[1] = a->find("k");
  EXPECT_EQ(complain(), "");
  sum->kind = OpKind::Relu;
  sum->operands = {a->find("k")};
  EXPECT_EQ(complain(), "@a %sum: error: 'relu' operand 1 must be f32, got "
                        "tensor<2x3xq<i32@0, {0.1:0, 1e-40:7}>> [op-type]");
}

TEST_F(VerifierTest, OP11_InferredTypes) {
  a->find("2")->type = TensorType::f32({3, 2});
  EXPECT_EQ(complain(), "@a %2: error: 'clip' must have type tensor<2x3xf32>, "
                        "got tensor<3x2xf32> [op-shape]\n"
                        "@a %3: error: 'clip' must have type tensor<3x2xf32>, "
                        "got tensor<2x3xf32> [op-shape]");
}

TEST_F(VerifierTest, OA_Attributes) {
  Op &clip = *a->find("1");
  clip.attributes["size"] = int64_t(1);
  EXPECT_EQ(complain(), "@a %1: error: 'clip' has no attribute 'size' "
                        "[op-attribute]");
  clip.attributes.erase("size");
  clip.attributes["min"] = int64_t(1);
  EXPECT_EQ(complain(), "@a %1: error: attribute 'min' is of the wrong kind or "
                        "not finite [op-attribute]");
  clip.attributes["min"] = std::numeric_limits<float>::infinity();
  EXPECT_NE(complain().find("not finite"), std::string::npos);
  clip.attributes["min"] = 6.5f;
  EXPECT_EQ(complain(), "@a %1: error: 'clip' needs min <= max, got 6.5 and 6 "
                        "[op-attribute]");
}

TEST_F(VerifierTest, BD1_Bounds) {
  a->find("3")->bounds = {Interval(0, 1)};
  EXPECT_EQ(complain(),
            "@a %3: error: expected 6 intervals, got 1 [bounds-shape]");
  std::vector<Interval> box(6, {0, 1});
  box[2].hi = -1;
  a->find("3")->bounds = box;
  EXPECT_EQ(complain(), "@a %3: error: interval [0, -1] holds no real number "
                        "[bounds-shape]");
  box[2] = Interval(infinity, infinity);
  a->find("3")->bounds = box;
  EXPECT_EQ(complain(), "@a %3: error: interval [inf, inf] holds no real "
                        "number [bounds-shape]");
}

TEST_F(VerifierTest, MD_UniqueNames) {
  b->name = "c";
  EXPECT_EQ(complain(), "@c: error: net @c is defined twice [redefinition]");
  b->name = "b";
  query("all").name = "some";
  EXPECT_EQ(complain(),
            "@some: error: query @some is defined twice [redefinition]");
}

TEST_F(VerifierTest, QR_Regions) {
  InputRegion &region = query("some").inputs[0];
  region.lo[1] = 3;
  EXPECT_EQ(complain(), "@some %x: error: region %x: range 1 is empty: [3, 2] "
                        "[query-region]");
  region.lo.pop_back();
  EXPECT_NE(complain().find("has 2 lower and 3 upper ends"), std::string::npos);
  region.lo = {0, 1, 2};
  region.grids[0].step = 0;
  EXPECT_EQ(complain(), "@some %x: error: region %x: grid step must be "
                        "positive, got 0 [query-region]");
  region.grids = {{Real(2), Real::ratio(1, 2)}};
  EXPECT_EQ(complain(), "@some %x: error: region %x: range 1 holds no grid "
                        "point: [1, 2] [query-region]");
  InputRegion &other = query("none").inputs[1];
  other.name = "x";
  region.grids.clear();
  EXPECT_EQ(complain(),
            "@none: error: region %x is defined twice [redefinition]");
}

TEST_F(VerifierTest, QC1_Nets) {
  query("all").first = nullptr;
  EXPECT_EQ(complain(), "@all: error: a claim needs two nets of the module "
                        "[query-claim]");
  Net other("b");
  query("all").first = &other;
  EXPECT_EQ(complain(), "@all: error: a claim needs two nets of the module "
                        "[query-claim]");
}

TEST_F(VerifierTest, QC2_Inputs) {
  InputRegion &region = query("all").inputs[0];
  region.lo.emplace_back(0);
  region.hi.emplace_back(0);
  EXPECT_EQ(complain(), "@all: error: input %x of net @b has 3 elements, "
                        "region %x has 4 [query-region]\n"
                        "@all: error: input %x of net @c has 3 elements, "
                        "region %x has 4 [query-region]");
  query("all").inputs.clear();
  EXPECT_EQ(complain(), "@all: error: net @b has 1 inputs, the query has 0 "
                        "regions [query-region]\n"
                        "@all: error: net @c has 1 inputs, the query has 0 "
                        "regions [query-region]");
}

TEST_F(VerifierTest, QC3_Outputs) {
  query("none").first = query("none").second = a;
  query("none").inputs[0] = {"x", std::vector<Real>(6), std::vector<Real>(6)};
  query("none").inputs[1] = {"y", {0}, {1}};
  EXPECT_EQ(complain(), "");
  query("none").claim = TopOneClaim{};
  EXPECT_EQ(complain(), "@none: error: a top-1 claim is about nets with one "
                        "output, net @a has 2 [query-claim]");
}

TEST_F(VerifierTest, QC4_Epsilons) {
  auto &claim = std::get<DeltaClaim>(query("all").claim);
  claim.epsilon.pop_back();
  EXPECT_EQ(complain(),
            "@all: error: the claim has 2 bounds, the outputs have 3 "
            "elements [query-claim]");
  claim.epsilon.emplace_back(Real::ratio(-1, 3));
  EXPECT_EQ(complain(), "@all: error: a bound must not be negative, got -1/3 "
                        "[query-claim]");
}

TEST_F(VerifierTest, QC5_Margin) {
  std::get<TopOneClaim>(query("top").claim).margin = -1;
  EXPECT_EQ(complain(), "@top: error: the margin must not be negative, got -1 "
                        "[query-claim]");
}

TEST_F(VerifierTest, QC6_Rows) {
  auto &claim = query("top").claim.emplace<NeverClaim>();
  EXPECT_EQ(complain(), "");
  auto &rows = claim.violations.emplace_back();
  EXPECT_EQ(complain(), "@top: error: a violation has no row [query-claim]");
  rows.emplace_back();
  EXPECT_EQ(complain(), "@top: error: a row names no output [query-claim]");
  rows[0].form.second = {{-1, 2}};
  EXPECT_EQ(complain(), "@top: error: output -1 is none of the 3 of the nets "
                        "[query-claim]");
}

TEST_F(VerifierTest, TW_Twins) {
  Twin &twin = *module->twins[0];
  Net *c = module->findNet("c");
  twin.pairs.push_back({b->find("x"), c->find("y"), {}, {}});
  EXPECT_EQ(complain(), "");
  twin.pairs[0].delta = {Interval(0, 1)};
  EXPECT_EQ(complain(), "@b ~ @c pair %x ~ %y: error: expected 3 intervals, "
                        "got 1 [bounds-shape]");
  twin.pairs[0].delta.reset();
  twin.pairs[0].by = {Approximation::ReluTriangle,
                      Approximation::RoundToNearest};
  EXPECT_EQ(complain(), "@b ~ @c pair %x ~ %y: error: approximations must be "
                        "sorted and unique [twin-pair]");
  twin.pairs[0].by = {Approximation::ReluTriangle, Approximation::ReluTriangle};
  EXPECT_NE(complain(), "");
  twin.pairs[0].by.clear();
  twin.pairs[0].second = b->find("x");
  EXPECT_EQ(complain(), "@b ~ @c: error: a pair names a value that is not in "
                        "its net [twin-pair]");
  twin.pairs.clear();
  twin.query = &query("bracket");
  EXPECT_EQ(complain(), "");
  twin.second = a;
  EXPECT_EQ(complain(), "@b ~ @a: error: query @bracket is about other nets "
                        "[twin-pair]");
  twin.pairs = {{b->find("x"), a->find("x"), {}, {}}};
  twin.query = nullptr;
  EXPECT_EQ(complain(), "@b ~ @a pair %x ~ %x: error: paired values have 3 and "
                        "6 elements [twin-pair]");
  twin.second = nullptr;
  EXPECT_EQ(complain(), "twin: error: a twin needs nets and a query of the "
                        "module [twin-pair]");
}

//===----------------------------------------------------------------------===//
// Inference alone
//===----------------------------------------------------------------------===//

std::string infer(const Op &op) {
  auto type = inferType(op);
  return type ? printType(*type) : llvm::toString(type.takeError());
}

TEST(InferenceTest, Affine) {
  Net net("n");
  auto constant = [&](const Shape &shape) {
    std::vector<float> values(getNumElements(shape), 1.0f);
    return net.addConst("c", TensorType::f32(shape),
                        ConstData::ofFloats(std::move(values)));
  };
  Op *x = net.add(OpKind::Input, "x", TensorType::f32({5, 4, 3}));
  Op *scalar = net.add(OpKind::Input, "s", TensorType::f32({}));
  Op *w = constant({2, 3});
  Op *y = net.add(OpKind::Affine, "y", {}, {x, w});
  EXPECT_EQ(infer(*y), "tensor<5x4x2xf32>");
  y->operands = {x, w, constant({2})};
  EXPECT_EQ(infer(*y), "tensor<5x4x2xf32>");
  y->operands = {x, w, constant({1})};
  EXPECT_EQ(infer(*y), "%y: error: 'affine' needs a bias of shape [2], got "
                       "tensor<1xf32> [op-shape]");
  y->operands = {x, constant({3, 2})};
  EXPECT_EQ(infer(*y),
            "%y: error: 'affine' needs x [..., K] and weights [N, K], got "
            "tensor<5x4x3xf32> and tensor<3x2xf32> [op-shape]");
  y->operands = {scalar, w};
  EXPECT_NE(infer(*y).find("[op-shape]"), std::string::npos);
  y->operands = {x, scalar};
  EXPECT_EQ(infer(*y), "%y: error: 'affine' operand 2 must be a constant "
                       "[op-operands]");
  y->operands = {x};
  EXPECT_EQ(infer(*y), "%y: error: 'affine' takes 2 to 3 operands, got 1 "
                       "[op-operands]");
}

TEST(InferenceTest, Div) {
  Net net("n");
  Op *x = net.add(OpKind::Input, "x", TensorType::f32({2}));
  Op *d = net.addConst("d", TensorType::f32({2}), ConstData::ofFloats({1, 2}));
  Op *y = net.add(OpKind::Div, "y", {}, {x, d});
  EXPECT_EQ(infer(*y), "tensor<2xf32>");
  d->data = ConstData::ofFloats({1, -0.0f});
  EXPECT_EQ(infer(*y),
            "%y: error: 'div' by zero: element 1 of '%d' [op-operands]");
  QuantType quant{Storage::full(true, 8), std::nullopt, {1}, {2}};
  d->type = TensorType::quantized({2}, quant);
  EXPECT_NE(infer(*y).find("[const-data]"), std::string::npos);
  d->data = ConstData::ofCodes({0, 2});
  EXPECT_EQ(infer(*y),
            "%y: error: 'div' by zero: element 1 of '%d' [op-operands]");
  d->data = ConstData::ofCodes({0, 1});
  EXPECT_EQ(infer(*y), "tensor<2xf32>");
  y->operands = {d, x};
  EXPECT_EQ(infer(*y),
            "%y: error: 'div' operand 2 must be a constant [op-operands]");
}

TEST(InferenceTest, Others) {
  Net net("n");
  Op *x = net.add(OpKind::Input, "x", TensorType::f32({2, 1}));
  Op *z = net.add(OpKind::Input, "z", TensorType::f32({3}));
  Op *w = net.add(OpKind::Input, "w", TensorType::f32({2}));
  Op *y = net.add(OpKind::Mul, "y", {}, {x, z});
  EXPECT_EQ(infer(*y), "tensor<2x3xf32>");
  y->operands = {z, w};
  EXPECT_EQ(infer(*y), "%y: error: 'mul' shapes do not broadcast: "
                       "tensor<3xf32> and tensor<2xf32> [op-shape]");
  QuantType perAxis{Storage::full(true, 8), 0, {1, 2}, {0, 0}};
  Op *q = net.add(OpKind::Quantize, "q", TensorType::quantized({2, 1}, perAxis),
                  {x});
  EXPECT_EQ(infer(*q), "tensor<2x1xq<i8@0, {1:0, 2:0}>>");
  Op *r =
      net.add(OpKind::Reshape, "r", TensorType::quantized({2}, perAxis), {q});
  EXPECT_EQ(infer(*r),
            "%r: error: 'reshape' cannot take a tensor quantized per axis, got "
            "tensor<2x1xq<i8@0, {1:0, 2:0}>> [op-type]");
  r->operands = {z};
  EXPECT_EQ(infer(*r), "%r: error: 'reshape' must keep the number of elements, "
                       "got tensor<3xf32> and tensor<2xq<i8@0, {1:0, 2:0}>> "
                       "[op-shape]");
  q->type = TensorType::f32({2, 1});
  EXPECT_EQ(infer(*q), "%q: error: 'quantize' must have a quantized type, got "
                       "tensor<2x1xf32> [op-type]");
  Op *d = net.add(OpKind::Dequantize, "d", {}, {q});
  EXPECT_EQ(infer(*d), "%d: error: 'dequantize' operand 1 must be quantized, "
                       "got tensor<2x1xf32> [op-type]");
  q->type = TensorType::quantized({2, 1}, perAxis);
  EXPECT_EQ(infer(*d), "tensor<2x1xf32>");
}

} // namespace
