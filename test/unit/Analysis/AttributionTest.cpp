//===- AttributionTest.cpp - Tests of where bounds come from -*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RandomTwin.h"
#include "qev/Analysis/Align.h"
#include "qev/Analysis/TwinAnalyzer.h"
#include "gtest/gtest.h"
#include <set>

using namespace qev;
using namespace qev::test;

namespace {

struct Attributed {
  std::unique_ptr<Twin> twin;
  TwinBounds bounds;
};

std::optional<Attributed> attribute(const RandomTwin &nets, Method method) {
  auto twin = alignNets(*nets.first, *nets.second);
  if (!twin) {
    llvm::consumeError(twin.takeError());
    return std::nullopt;
  }
  auto analyzer = llvm::cantFail(TwinAnalyzer::build(**twin));
  auto bounds = analyzer.run(nets.regions, method, {.attributions = true});
  return Attributed{std::move(*twin), llvm::cantFail(std::move(bounds))};
}

/// All sources named at affine pairs, or at other ones.
std::set<ErrorSource> getSources(const Attributed &result, bool ofAffine) {
  std::set<ErrorSource> sources;
  for (const Attribution &attribution : result.bounds.attributions)
    for (const ErrorShare &share : attribution.shares)
      if (result.twin->pairs[share.pair].first->is(OpKind::Affine) == ofAffine)
        sources.insert(share.source);
  return sources;
}

/// Operand `index` of each affine op of `to` becomes the constant that it is in
/// `from`.
void copyConstants(Net &to, const Net &from, unsigned index) {
  std::vector<const Op *> affine;
  for (const auto &op : from.ops)
    if (op->is(OpKind::Affine))
      affine.push_back(op.get());
  size_t next = 0;
  for (const auto &op : to.ops) {
    if (!op->is(OpKind::Affine))
      continue;
    const Op *source = affine[next++];
    if (op->operands.size() <= index || source->operands.size() <= index)
      continue;
    op->operands[index]->type = source->operands[index]->type;
    op->operands[index]->data = source->operands[index]->data;
  }
}

TEST(Attribution, SharesAddUpToTheBound) {
  unsigned checked = 0, unnarrowed = 0;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomTwinOptions options;
    options.maxWidth = seed % 2 ? 4 : 10;
    options.dyadic = seed % 3 == 0;
    options.quantizedFirst = seed % 5 == 0;
    RandomTwin nets = TwinMaker(40000 + seed, options).make();
    for (Method method : {Method::Twin, Method::Best}) {
      auto result = attribute(nets, method);
      if (!result)
        continue;
      const Box &delta = result->bounds.delta.back();
      ASSERT_EQ(result->bounds.attributions.size(), 2 * delta.size());
      for (const Attribution &one : result->bounds.attributions) {
        const Interval &range = delta[one.element];
        ASSERT_EQ(one.bound, one.isUpper ? range.hi : range.lo);
        double sum = 0, size = 0;
        for (const ErrorShare &share : one.shares) {
          sum += share.amount;
          size += std::fabs(share.amount);
        }
        ASSERT_NEAR(sum, one.bound, 1e-12 * size);
        double sign = one.isUpper ? 1 : -1;
        for (const ErrorShare &share : one.shares) {
          // What is left to arithmetic is rounding alone, and other methods
          // only take off.
          if (share.source == ErrorSource::Arithmetic) {
            ASSERT_LE(std::fabs(share.amount), 1e-9 * size + 1e-12);
          }
          if (share.source == ErrorSource::Methods) {
            ASSERT_LE(sign * share.amount, 1e-12 * size);
            ++unnarrowed;
          }
        }
        ++checked;
      }
    }
  }
  EXPECT_GT(checked, 1500u);
  EXPECT_LT(unnarrowed, checked);
}

TEST(Attribution, AZeroedSourceVanishes) {
  unsigned weights = 0, biases = 0, twins = 0;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomTwinOptions options;
    options.maxWidth = 6;
    for (unsigned operand : {1u, 2u}) {
      RandomTwin nets = TwinMaker(50000 + seed, options).make();
      ErrorSource source =
          operand == 1 ? ErrorSource::Weights : ErrorSource::Bias;
      auto before = attribute(nets, Method::Best);
      if (!before)
        continue;
      copyConstants(*nets.first, *nets.second, operand);
      auto after = attribute(nets, Method::Best);
      ASSERT_TRUE(after.has_value());
      (operand == 1 ? weights : biases) +=
          getSources(*before, /*ofAffine=*/true).count(source);
      ASSERT_EQ(getSources(*after, /*ofAffine=*/true).count(source), 0u);
      ++twins;
    }
  }
  EXPECT_GT(twins, 200u);
  EXPECT_GT(weights, 50u);
  EXPECT_GT(biases, 50u);
}

TEST(Attribution, FloatNetsHaveNothingToRound) {
  unsigned checked = 0;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomTwinOptions options;
    options.maxWidth = 6;
    RandomTwin nets = TwinMaker(60000 + seed, options).make();
    nets.second = nets.first->clone();
    for (const auto &op : nets.second->ops)
      if (op->is(OpKind::Affine)) {
        std::vector<float> values(op->operands[1]->data->getFloats().begin(),
                                  op->operands[1]->data->getFloats().end());
        values[0] += 0.25F;
        op->operands[1]->data = ConstData::ofFloats(std::move(values));
      }
    auto result = attribute(nets, Method::Best);
    ASSERT_TRUE(result.has_value());
    for (bool ofAffine : {true, false})
      for (ErrorSource source : getSources(*result, ofAffine)) {
        ASSERT_NE(source, ErrorSource::Rounding);
        ASSERT_NE(source, ErrorSource::Saturation);
        ASSERT_NE(source, ErrorSource::Input);
        ASSERT_NE(source, ErrorSource::Bias);
      }
    checked += getSources(*result, true).count(ErrorSource::Weights);
  }
  EXPECT_GT(checked, 100u);
}

} // namespace
