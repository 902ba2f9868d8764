//===- TypesTest.cpp - Tests of shapes and types ----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/IR/Types.h"
#include <gtest/gtest.h>
#include <random>

using namespace qev;

namespace {

constexpr float inf = std::numeric_limits<float>::infinity();

TEST(ShapeTest, NumbersOfElements) {
  EXPECT_EQ(getNumElements({}), 1);
  EXPECT_EQ(getNumElements({2, 3, 4}), 24);
  EXPECT_EQ(getNumElements({int64_t(1) << 40, int64_t(1) << 40}),
            std::numeric_limits<int64_t>::max());
}

TEST(ShapeTest, Broadcasts) {
  EXPECT_EQ(broadcastShapes({2, 3}, {3}), (Shape{2, 3}));
  EXPECT_EQ(broadcastShapes({3}, {2, 1}), (Shape{2, 3}));
  EXPECT_EQ(broadcastShapes({}, {2, 1}), (Shape{2, 1}));
  EXPECT_EQ(broadcastShapes({}, {}), Shape());
  EXPECT_EQ(broadcastShapes({2}, {3}), std::nullopt);
  EXPECT_EQ(broadcastShapes({2, 3}, {2}), std::nullopt);
}

TEST(ShapeTest, BroadcastMapsAgreeWithIndices) {
  // Against the definition: missing axes and axes of size 1 are dropped.
  std::mt19937 engine(1);
  for (int round = 0; round < 500; ++round) {
    Shape to, from;
    for (size_t rank = engine() % 5; to.size() < rank;)
      to.push_back(1 + engine() % 3);
    for (size_t axis = engine() % (to.size() + 1); axis < to.size(); ++axis)
      from.push_back(engine() % 2 ? to[axis] : 1);
    auto map = getBroadcastMap(from, to);
    ASSERT_EQ(static_cast<int64_t>(map.size()), getNumElements(to));
    for (int64_t element = 0; element < getNumElements(to); ++element) {
      int64_t rest = element, source = 0, stride = 1;
      for (size_t fromLast = 1; fromLast <= to.size(); ++fromLast) {
        int64_t size = to[to.size() - fromLast];
        int64_t position = rest % size;
        rest /= size;
        if (fromLast > from.size())
          continue;
        int64_t mine = from[from.size() - fromLast];
        source += (mine == 1 ? 0 : position) * stride;
        stride *= mine;
      }
      EXPECT_EQ(map[element], source);
    }
  }
}

QuantType perTensor(Storage storage, float scale, int64_t zeroPoint) {
  return {storage, std::nullopt, {scale}, {zeroPoint}};
}

TEST(TypeTest, ScalesOfElements) {
  QuantType quant{Storage::full(true, 8), 1, {1, 2, 4}, {0, 1, 2}};
  TensorType type = TensorType::quantized({2, 3, 2}, quant);
  for (int64_t i = 0; i < 12; ++i) {
    EXPECT_EQ(type.getZeroPoint(i), i / 2 % 3);
    EXPECT_EQ(type.getScale(i), 1 << i / 2 % 3);
  }
  TensorType uniform =
      TensorType::quantized({}, perTensor(Storage::full(false, 8), 0.5, 7));
  EXPECT_EQ(uniform.getScale(0), 0.5f);
  EXPECT_EQ(uniform.getZeroPoint(0), 7);
}

TEST(TypeTest, Prints) {
  EXPECT_EQ(printType(TensorType::f32({})), "tensor<f32>");
  EXPECT_EQ(printType(TensorType::f32({2, 3})), "tensor<2x3xf32>");
  EXPECT_EQ(printType(TensorType::quantized(
                {2}, perTensor(Storage::full(false, 8), 0.1f, 128))),
            "tensor<2xq<u8, 0.1:128>>");
  EXPECT_EQ(
      printType(TensorType::quantized(
          {2}, perTensor(Storage::full(true, 8).narrowed(-127, 127), 0.5f, 0))),
      "tensor<2xq<i8<-127:127>, 0.5:0>>");
  QuantType perAxis{Storage::full(true, 8), 0, {1, 2}, {0, -1}};
  EXPECT_EQ(printType(TensorType::quantized({2}, perAxis)),
            "tensor<2xq<i8@0, {1:0, 2:-1}>>");
}

TEST(TypeTest, EqualityLooksInside) {
  QuantType quant = perTensor(Storage::full(false, 8), 0.1f, 128);
  TensorType a = TensorType::quantized({2}, quant);
  EXPECT_EQ(a, TensorType::quantized({2}, quant));
  EXPECT_FALSE(a == TensorType::f32({2}));
  EXPECT_FALSE(a == a.withShape({3}));
  quant.zeroPoints[0] = 127;
  EXPECT_FALSE(a == TensorType::quantized({2}, quant));
}

struct RuleCase {
  const char *rule;
  Shape shape;
  QuantType quant;
  bool isConstant;
  TypeError::Kind kind;
  const char *message;
};

TEST(TypeTest, RulesAreKept) {
  Storage u8 = Storage::full(false, 8), i8 = Storage::full(true, 8);
  Storage wide = i8;
  wide.bits = 33;
  const RuleCase cases[] = {
      {"TT1",
       {2, 0},
       perTensor(u8, 1, 0),
       false,
       TypeError::Shape,
       "dimension must be at least 1, got 0"},
      {"TT2",
       {1 << 20, 1 << 20},
       perTensor(u8, 1, 0),
       false,
       TypeError::Shape,
       "tensor has more than 268435456 elements"},
      {"QT1",
       {2},
       perTensor(u8, 0, 0),
       false,
       TypeError::Scale,
       "scale must be finite and positive, got 0"},
      {"QT1",
       {2},
       perTensor(u8, -1, 0),
       false,
       TypeError::Scale,
       "scale must be finite and positive, got -1"},
      {"QT1",
       {2},
       perTensor(u8, inf, 0),
       false,
       TypeError::Scale,
       "scale must be finite and positive, got inf"},
      {"QT1",
       {2},
       perTensor(u8, inf - inf, 0),
       false,
       TypeError::Scale,
       "scale must be finite and positive, got nan"},
      {"QT2",
       {2},
       perTensor(i8, 1, 200),
       false,
       TypeError::ZeroPoint,
       "zero point 200 is outside the range of storage 'i8' [-128, 127]"},
      {"QT2",
       {2},
       perTensor(u8, 1, -1),
       false,
       TypeError::ZeroPoint,
       "zero point -1 is outside the range of storage 'u8' [0, 255]"},
      {"QT3",
       {2},
       perTensor(Storage::full(true, 32), 1, 0),
       false,
       TypeError::Storage,
       "storage 'i32' is not between 2 and 16 bits wide, the limit of values "
       "that are not constants"},
      {"QT3",
       {2},
       perTensor(Storage::full(false, 17), 1, 0),
       true,
       TypeError::Storage,
       "storage 'u17' is not between 2 and 16 bits wide, the limit of unsigned "
       "constants"},
      {"QT3",
       {2},
       perTensor(Storage::full(false, 1), 1, 0),
       true,
       TypeError::Storage,
       "storage 'u1' is not between 2 and 16 bits wide, the limit of unsigned "
       "constants"},
      {"QT3",
       {2},
       perTensor(wide, 1, 0),
       true,
       TypeError::Storage,
       "storage 'i33' is not between 2 and 32 bits wide, the limit of signed "
       "constants"},
      {"QT4",
       {2},
       {u8, 0, {1, 1, 1}, {0, 0, 0}},
       false,
       TypeError::Axis,
       "expected one scale and zero point for each of 2 slices, got 3 and 3"},
      {"QT4",
       {2},
       {u8, std::nullopt, {1, 1}, {0, 0}},
       false,
       TypeError::Axis,
       "expected one scale and zero point for each of 1 slices, got 2 and 2"},
      {"QT4",
       {2},
       {u8, 0, {1, 1}, {0}},
       false,
       TypeError::Axis,
       "expected one scale and zero point for each of 2 slices, got 2 and 1"},
      {"QT5",
       {2},
       {u8, 1, {1, 1}, {0, 0}},
       false,
       TypeError::Axis,
       "axis 1 is outside a tensor of rank 1"},
      {"QT5",
       {},
       {u8, 0, {1}, {0}},
       false,
       TypeError::Axis,
       "axis 0 is outside a tensor of rank 0"},
      {"QT5",
       {2},
       {u8, -1, {1, 1}, {0, 0}},
       false,
       TypeError::Axis,
       "axis -1 is outside a tensor of rank 1"},
      {"QT6",
       {2},
       perTensor(i8.narrowed(-129, 0), 1, 0),
       false,
       TypeError::Storage,
       "range [-129, 0] is empty or outside storage 'i8' [-128, 127]"},
      {"QT6",
       {2},
       perTensor(u8.narrowed(5, 4), 1, 0),
       false,
       TypeError::Storage,
       "range [5, 4] is empty or outside storage 'u8' [0, 255]"},
  };
  for (const RuleCase &each : cases) {
    auto error = checkType(TensorType::quantized(each.shape, each.quant),
                           each.isConstant);
    ASSERT_TRUE(error) << each.rule << ": " << each.message;
    EXPECT_EQ(error->kind, each.kind) << each.rule;
    EXPECT_EQ(error->message, each.message) << each.rule;
  }
}

TEST(TypeTest, RulesAllow) {
  EXPECT_FALSE(checkType(TensorType::f32({}), false));
  for (unsigned bits = 2; bits <= 16; ++bits)
    for (bool isSigned : {false, true}) {
      Storage storage = Storage::full(isSigned, bits);
      for (int64_t zeroPoint : {storage.min, storage.max})
        EXPECT_FALSE(checkType(
            TensorType::quantized({2}, perTensor(storage, 1e-45f, zeroPoint)),
            false));
    }
  EXPECT_FALSE(checkType(
      TensorType::quantized({2}, perTensor(Storage::full(true, 32), 1, 0)),
      true));
  // QT2 looks at the storage type, not at the narrowed range.
  EXPECT_FALSE(checkType(
      TensorType::quantized(
          {2}, perTensor(Storage::full(true, 8).narrowed(1, 1), 1, -128)),
      false));
}

} // namespace
