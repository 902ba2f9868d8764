//===- NetTest.cpp - Tests of nets and regions ------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/IR/Module.h"
#include <gtest/gtest.h>

using namespace qev;

namespace {

TensorType two() { return TensorType::f32({2}); }

TEST(NetTest, NamesAreMadeUnique) {
  Net net("n");
  EXPECT_EQ(net.add(OpKind::Input, "x", two())->name, "x");
  EXPECT_EQ(net.add(OpKind::Input, "x", two())->name, "x_1");
  EXPECT_EQ(net.add(OpKind::Input, "x_2", two())->name, "x_2");
  EXPECT_EQ(net.add(OpKind::Input, "x", two())->name, "x_3");
  EXPECT_EQ(net.add(OpKind::Relu, "", two())->name, "relu");
  EXPECT_EQ(net.add(OpKind::Relu, "", two())->name, "relu_1");
  EXPECT_EQ(net.find("x_3"), net.ops[3].get());
  EXPECT_EQ(net.find("y"), nullptr);
  EXPECT_EQ(net.getInputs().size(), 4u);
}

TEST(NetTest, UsesAreCountedAndReplaced) {
  Net net("n");
  Op *x = net.add(OpKind::Input, "x", two());
  Op *a = net.add(OpKind::Relu, "a", two(), {x});
  Op *b = net.add(OpKind::Add, "b", two(), {a, a});
  net.outputs = {b, a};
  auto uses = net.countUses();
  EXPECT_EQ(uses[x], 1u);
  EXPECT_EQ(uses[a], 3u);
  EXPECT_EQ(uses[b], 1u);
  net.replaceAllUses(a, x);
  EXPECT_EQ(b->operands[0], x);
  EXPECT_EQ(net.outputs[1], x);
  EXPECT_EQ(net.countUses()[a], 0u);
  net.erase([&](const Op &op) { return &op == a; });
  EXPECT_EQ(net.ops.size(), 2u);
}

TEST(NetTest, TheSameNetHasTheSameOps) {
  Net net("n");
  Op *x = net.add(OpKind::Input, "x", two());
  Op *c = net.addConst("c", two(), ConstData::ofFloats({1, 2}));
  Op *a = net.add(OpKind::Add, "a", two(), {x, c});
  Op *b = net.add(OpKind::Clip, "b", two(), {a});
  b->attributes["min"] = 0.0f;
  net.outputs = {b, a};
  auto change = [&](llvm::function_ref<void(Net &)> how) {
    auto copy = net.clone();
    how(*copy);
    return copy;
  };
  EXPECT_TRUE(net.isSameAs(*change([](Net &copy) {
    copy.name = "other";
    copy.ops[2]->name = "other";
    copy.ops[2]->location = {{LocationPart::Node, 3, "other"}};
  })));
  for (llvm::function_ref<void(Net &)> how :
       std::initializer_list<llvm::function_ref<void(Net &)>>{
           [](Net &copy) { copy.outputs.pop_back(); },
           [](Net &copy) { std::swap(copy.outputs[0], copy.outputs[1]); },
           [](Net &copy) { copy.ops[2]->kind = OpKind::Mul; },
           [](Net &copy) { copy.ops[2]->operands[1] = copy.ops[0].get(); },
           [](Net &copy) { copy.ops[0]->type = TensorType::f32({3}); },
           [](Net &copy) { copy.ops[1]->data = ConstData::ofFloats({1, 3}); },
           [](Net &copy) { copy.ops[3]->attributes["min"] = 1.0f; },
           [](Net &copy) {
             copy.add(OpKind::Relu, "r", two(), {copy.ops[0].get()});
           }})
    EXPECT_FALSE(net.isSameAs(*change(how)));
}

TEST(NetDeathTest, ErasedOpsAreNotUsed) {
  Net net("n");
  Op *x = net.add(OpKind::Input, "x", two());
  net.outputs = {net.add(OpKind::Relu, "a", two(), {x})};
  EXPECT_DEATH(net.erase([&](const Op &op) { return &op == x; }), "still used");
  EXPECT_DEATH(net.erase([&](const Op &op) { return &op != x; }), "an output");
}

TEST(NetTest, SortsOperandsFirst) {
  Net net("n");
  Op *x = net.add(OpKind::Input, "x", two());
  Op *a = net.add(OpKind::Relu, "a", two(), {x});
  Op *b = net.add(OpKind::Relu, "b", two(), {a});
  Op *z = net.add(OpKind::Input, "z", two());
  Op *c = net.add(OpKind::Add, "c", two(), {x, z});
  a->operands = {c}; // now b <- a <- c
  net.sortTopologically();
  std::vector<Op *> order;
  for (const auto &op : net.ops)
    order.push_back(op.get());
  EXPECT_EQ(order, (std::vector{x, z, c, a, b}));
  net.sortTopologically(); // stable
  for (auto [i, op] : llvm::enumerate(net.ops))
    EXPECT_EQ(op.get(), order[i]);
}

/// Whatever comes and goes, also of many with one name.
TEST(NetTest, FindsByName) {
  Net net("n");
  Op *x = net.add(OpKind::Input, "x", two());
  std::vector<Op *> ops;
  for (int i = 0; i < 200'000; ++i)
    ops.push_back(net.add(OpKind::Relu, "y", two(), {x}));
  EXPECT_EQ(net.find("y"), ops[0]);
  EXPECT_EQ(net.find("y_199999"), ops[199'999]);
  EXPECT_EQ(net.find("y_200000"), nullptr);
  net.erase([&](const Op &op) { return &op == ops[1] || &op == ops[0]; });
  EXPECT_EQ(net.find("y"), nullptr);
  EXPECT_EQ(net.find("y_1"), nullptr);
  EXPECT_EQ(net.add(OpKind::Relu, "y", two(), {x})->name, "y");
  EXPECT_EQ(net.add(OpKind::Relu, "y", two(), {x})->name, "y_1");
  EXPECT_EQ(net.add(OpKind::Relu, "y", two(), {x})->name, "y_200000");
  net.sortTopologically();
  EXPECT_EQ(net.find("y_199999"), ops[199'999]);
}

TEST(NetTest, SortsLongChains) {
  Net net("n");
  Op *first = net.add(OpKind::Input, "x", two());
  std::vector<std::unique_ptr<Op>> chain;
  Op *previous = first;
  for (int i = 0; i < 200000; ++i) {
    auto op = std::make_unique<Op>();
    op->kind = OpKind::Relu;
    op->type = two();
    op->operands = {previous};
    previous = op.get();
    chain.push_back(std::move(op));
  }
  for (auto &op : llvm::reverse(chain))
    net.ops.push_back(std::move(op));
  net.sortTopologically();
  for (size_t i = 1; i < net.ops.size(); ++i)
    ASSERT_EQ(net.ops[i]->operands[0], net.ops[i - 1].get());
}

TEST(NetTest, ClonesShareNothingButPayloads) {
  Net net("n");
  net.source = "file";
  Op *x = net.add(OpKind::Input, "x", two());
  Op *c = net.addConst("c", two(), ConstData::ofFloats({1, 2}),
                       {{LocationPart::Init, 0, "w"}});
  Op *y = net.add(OpKind::Add, "y", two(), {x, c});
  y->bounds = {Interval(0, 1), Interval(0, 1)};
  net.outputs = {y};
  auto copy = net.clone();
  EXPECT_EQ(copy->source, "file");
  EXPECT_EQ(copy->find("y")->operands[1], copy->find("c"));
  EXPECT_NE(copy->find("c"), c);
  EXPECT_EQ(copy->outputs[0], copy->find("y"));
  EXPECT_EQ(copy->find("y")->bounds, y->bounds);
  EXPECT_EQ(copy->find("c")->location, c->location);
  EXPECT_EQ(&copy->find("c")->data->getFloats(), &c->data->getFloats());
}

TEST(NetTest, LocationsFuseWithoutDuplicates) {
  Location a = {{LocationPart::Node, 1, "a"}, {LocationPart::Init, 0, "w"}};
  Location b = {{LocationPart::Init, 0, "w"}, {LocationPart::Node, 2, "b"}};
  EXPECT_EQ(fuseLocations(a, b),
            (Location{a[0], a[1], {LocationPart::Node, 2, "b"}}));
  EXPECT_EQ(fuseLocations({}, b), b);
}

TEST(NetTest, TablesReadBack) {
#define QEV_OP(KIND, MNEMONIC, MIN, MAX, SUMMARY)                              \
  EXPECT_EQ(getOpKind(getMnemonic(OpKind::KIND)), OpKind::KIND);
#include "qev/IR/Ops.def"
  EXPECT_EQ(getOpKind("sigmoid"), std::nullopt);
#define QEV_APPROXIMATION(ID, TEXT, MEANING)                                   \
  EXPECT_EQ(getApproximation(getName(Approximation::ID)), Approximation::ID);
#include "qev/IR/Approximations.def"
  EXPECT_EQ(getApproximation("guess"), std::nullopt);
}

TEST(RegionTest, IntervalsAreOutward) {
  InputRegion region{"x", {Real::ratio(1, 3)}, {Real::ratio(2, 3)}, {}, {}};
  EXPECT_EQ(region.getInterval(0),
            Interval::around(Real::ratio(1, 3), Real::ratio(2, 3)));
  EXPECT_FALSE(region.isPoint());
  // With a grid: from the first to the last point inside.
  region.lo = {Real::ratio(-5, 2)};
  region.hi = {Real::ratio(5, 2)};
  region.grids = {{Real(1), Real::ratio(1, 4)}};
  EXPECT_EQ(region.getInterval(0), Interval(-1.75, 2.25));
  region.grids = {{Real::ratio(1, 3), Real(0)}};
  EXPECT_EQ(region.getInterval(0),
            Interval::around(Real::ratio(-7, 3), Real::ratio(7, 3)));
  // Ends that are grid points count.
  region.grids = {{Real::ratio(1, 2), Real(7)}};
  EXPECT_EQ(region.getInterval(0), Interval(-2.5, 2.5));
}

TEST(RegionTest, NearestPointsLieInIt) {
  InputRegion region{"x", {Real::ratio(1, 4)}, {2}, {}, {}};
  EXPECT_EQ(region.getNearest(0, 0), Real::ratio(1, 4));
  EXPECT_EQ(region.getNearest(0, Real::ratio(1, 3)), Real::ratio(1, 3));
  region.grids = {{1, Real::ratio(1, 2)}};
  EXPECT_EQ(region.getNearest(0, -7), Real::ratio(1, 2));
  EXPECT_EQ(region.getNearest(0, 7), Real::ratio(3, 2));
  region.grids.clear();
  region.levels = {{0, 1, Real::ratio(7, 4), 3}};
  EXPECT_EQ(region.getNearest(0, 0), 1);
  EXPECT_EQ(region.getNearest(0, Real::ratio(3, 2)), Real::ratio(7, 4));
  EXPECT_EQ(region.getNearest(0, 3), Real::ratio(7, 4));
}

TEST(RegionTest, ContainsItsPoints) {
  InputRegion region{"x", {0, 0}, {1, 2}, {}, {}};
  EXPECT_TRUE(region.contains({0, 2}));
  EXPECT_TRUE(region.contains({Real::ratio(1, 3), 0}));
  EXPECT_FALSE(region.contains({0, Real(2) + Real::powerOfTwo(-200)}));
  EXPECT_FALSE(region.contains({-Real::powerOfTwo(-200), 0}));
  EXPECT_FALSE(region.contains({0}));
  region.grids = {{Real::ratio(1, 10), Real::ratio(1, 100)}};
  EXPECT_TRUE(region.contains({*Real::parse("0.41"), *Real::parse("1.91")}));
  EXPECT_FALSE(region.contains({*Real::parse("0.41"), *Real::parse("1.9")}));
  // The double next to 0.41 is not 0.41.
  EXPECT_FALSE(region.contains({Real::fromDouble(0.41), *Real::parse("0.01")}));
}

} // namespace
