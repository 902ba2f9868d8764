//===- CaseTest.cpp - What a case makes of answers --------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Case.h"
#include "qev/Solver/Solver.h"
#include "gtest/gtest.h"

using namespace qev;

namespace {

/// x and x + x: delta is x.
std::unique_ptr<Net> makeNet(bool doubles) {
  auto net = std::make_unique<Net>("n");
  Op *x = net->add(OpKind::Input, "x", TensorType::f32({1}));
  if (doubles)
    x = net->add(OpKind::Add, "y", x->type, {x, x});
  net->outputs = {x};
  return net;
}

TEST(Case, ABoundBelowTheClaimSaysNothingBelowTheClaim) {
  auto first = makeNet(false), second = makeNet(true);
  ExactNet exactFirst(*first), exactSecond(*second);
  InputRegion region{"x", {0}, {Real::ratio(3, 8)}};
  Box ranges = {Interval(-1, 1)};
  for (const Trust &trust :
       {Trust::safeDual(), Trust::tolerance("highs 1.0, dual bound")}) {
    Obligation obligation;
    obligation.epsilon = Real::ratio(1, 2);
    Case sample(exactFirst, exactSecond, region, {obligation},
                {ranges, ranges, ranges}, {});
    // No delta is 1/2 or more, so any number bounds those.
    sample.bound(0, 0.25, trust);
    EXPECT_TRUE(sample.isClosed(0));
    EXPECT_EQ(sample.getBracket().getProved(0), Interval(-1, 0.5))
        << trust.words;
    EXPECT_TRUE(sample.tryInput({{Real::ratio(3, 8)}}, "test"));
    EXPECT_TRUE(sample.getNotes().empty());
  }
}

} // namespace
