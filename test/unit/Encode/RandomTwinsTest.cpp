//===- RandomTwinsTest.cpp - Systems contain every execution -*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each exact execution of a random twin satisfies the proof system exactly:
// with the bounds of every sound method, rounding relaxed and exact, with rows
// of differences and of hull facets, as imported and normalised; and what
// floating-point solvers are asked in its place, by more than their tolerance.
//
//===----------------------------------------------------------------------===//

#include "../Analysis/CheckTwin.h"
#include "../Analysis/RandomTwin.h"
#include "../Common/LongTests.h"
#include "../Common/RandomNet.h"
#include "qev/Analysis/Align.h"
#include "qev/Analysis/TwinAnalyzer.h"
#include "qev/Encode/Conditioning.h"
#include "qev/Encode/Encode.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Transforms/Passes.h"
#include "gtest/gtest.h"

using namespace qev;
using namespace qev::test;

namespace {

/// What a test has met; it asserts that it was enough.
struct Coverage {
  uint64_t systems = 0, checks = 0, refused = 0, unaligned = 0;
  uint64_t binaries = 0, exactSteps = 0, differences = 0, hulls = 0,
           smaller = 0, wide = 0;
};

Real getValue(const Runner &first, const Runner &second, Side side,
              const Op &op, int64_t element) {
  return (side == Side::Second ? second : first).get(op)[element];
}

/// A bound that says nothing has no encoding; that is an error, never a row.
bool isFinite(const TwinBounds &bounds) {
  auto finite = [](const NetBounds &net) {
    return llvm::all_of(net, [](const auto &entry) {
      return llvm::all_of(entry.second, [](const Interval &range) {
        return std::isfinite(range.lo) && std::isfinite(range.hi);
      });
    });
  };
  return finite(bounds.first) && finite(bounds.second);
}

/// How far the point is from violating the rows and the bounds of continuous
/// variables, in their own units.
Real getRoom(const System &system, llvm::ArrayRef<Real> point) {
  Real room = 1;
  for (auto [variable, value] : llvm::zip_equal(system.variables, point))
    if (variable.kind == VariableKind::Continuous)
      room = std::min({room, value - Real::fromDouble(variable.lo),
                       Real::fromDouble(variable.hi) - value});
  for (const Row &row : system.rows) {
    Real sum;
    for (const Term &term : row.terms)
      sum += Real::fromDouble(term.coefficient) * point[term.variable];
    Real excess = sum - Real::fromDouble(row.rhs);
    EXPECT_NE(row.sense, Sense::Equal);
    room = std::min(room, row.sense == Sense::LessEqual ? -excess : excess);
  }
  return room;
}

/// An execution satisfies the conditioned systems, as they are and moved
/// outward, too, which means the same.
void checkConditioned(const System &system,
                      const std::array<ConditionedSystem, 2> &both,
                      llvm::ArrayRef<Real> point, Coverage &coverage) {
  for (const ConditionedSystem &conditioned : both) {
    ASSERT_FALSE(conditioned.system.infeasible);
    std::vector<Real> columns;
    for (auto [column, value] : llvm::zip_equal(conditioned.columns, point))
      columns.push_back((value - column.origin) *
                        Real::powerOfTwo(-column.exponent));
    ASSERT_EQ(conditioned.restore(columns), point.vec());
    auto violation = findViolation(conditioned.system, columns);
    ASSERT_FALSE(violation) << *violation;
    ASSERT_EQ(readInputs(conditioned.system, columns),
              readInputs(system, point));
    ASSERT_GE(conditioned.system.objective->evaluate(columns),
              system.objective->evaluate(point));
    for (auto [value, other] : llvm::zip_equal(
             system.secondOutputs, conditioned.system.secondOutputs))
      ASSERT_EQ(evaluate(value, point), evaluate(other, columns));
    if (&conditioned == &both[1]) {
      ASSERT_GE(getRoom(conditioned.system, columns),
                Real::fromDouble(outwardMargin));
    }
    for (const Variable &variable : conditioned.system.variables)
      coverage.wide += variable.kind == VariableKind::Continuous &&
                       variable.hi - variable.lo > 63;
  }
}

void checkTwin(Net &firstNet, Net &secondNet,
               llvm::ArrayRef<InputRegion> regions, unsigned numInputs,
               uint64_t choice, Coverage &coverage,
               llvm::function_ref<std::vector<ExactTensor>()> makeInput) {
  auto twin = alignNets(firstNet, secondNet);
  if (!twin) {
    llvm::consumeError(twin.takeError());
    ++coverage.unaligned;
    return;
  }
  TwinAnalyzer analyzer = llvm::cantFail(TwinAnalyzer::build(**twin));
  Runner first(firstNet), second(secondNet);
  std::vector<std::vector<ExactTensor>> inputs;
  for (unsigned i = 0; i < numInputs; ++i) {
    inputs.push_back(makeInput());
    if (i % 2 == 0)
      moveToBend(i % 4 ? first : second, inputs.back(), regions,
                 choice * 2862933555777941757u + i * 7046029254386353131u);
  }
  for (Method method : getSoundMethods()) {
    TwinBounds bounds =
        llvm::cantFail(analyzer.run(regions, method, {.planes = true}));
    for (Rounding rounding : {Rounding::Relaxed, Rounding::Exact}) {
      EncodeOptions options;
      options.rounding = rounding;
      int sign = choice % 2 ? 1 : -1;
      auto system =
          encode(**twin, bounds, regions, Goal::largestDelta(0, sign), options);
      if (!system) {
        std::string message = llvm::toString(system.takeError());
        // Numbers beyond doubles, or next to them, have no rows.
        ASSERT_TRUE(!isFinite(bounds) ||
                    message.find("range of doubles") != std::string::npos)
            << message;
        ++coverage.refused;
        continue;
      }
      ++coverage.systems;
      ASSERT_FALSE(system->infeasible) << *system->infeasible;
      for (const Variable &variable : system->variables)
        coverage.binaries += variable.kind == VariableKind::Binary;
      for (const Step &step : system->steps)
        coverage.exactSteps += step.rounding == Rounding::Exact;
      for (const Row &row : system->rows) {
        coverage.differences += row.origin.role == Role::Difference;
        coverage.hulls += row.origin.role == Role::Hull;
      }
      std::array both = {condition(*system, /*movesOutward=*/false),
                         condition(*system, /*movesOutward=*/true)};
      // The same up to an inner pair alone.
      Goal inner;
      inner.pair = choice % (*twin)->pairs.size();
      const Pair &pair = (*twin)->pairs[*inner.pair];
      System part =
          llvm::cantFail(encode(**twin, bounds, regions, inner, options));
      llvm::cantFail(
          setMaximum(part, *Goal::largestDelta(0, sign).maximise, infinity));
      ASSERT_LE(part.rows.size(), system->rows.size());
      coverage.smaller += part.rows.size() < system->rows.size();
      for (const auto &input : inputs) {
        first.run(input);
        second.run(input);
        std::vector<Real> partPoint =
            makePoint(part, [&](Side side, const Op &op, int64_t element) {
              return getValue(first, second, side, op, element);
            });
        auto partViolation = findViolation(part, partPoint, true);
        ASSERT_FALSE(partViolation) << *partViolation;
        ASSERT_GE(part.objective->evaluate(partPoint),
                  Real(sign) *
                      (toReals(*pair.second, second.get(*pair.second))[0] -
                       toReals(*pair.first, first.get(*pair.first))[0]));
        std::vector<Real> point =
            makePoint(*system, [&](Side side, const Op &op, int64_t element) {
              return getValue(first, second, side, op, element);
            });
        auto violation = findViolation(*system, point, /*checkSteps=*/true);
        ASSERT_FALSE(violation) << getName(method).str() << ": " << *violation;
        const Op &x = *firstNet.outputs[0], &y = *secondNet.outputs[0];
        Real delta = toReals(y, second.get(y))[0] - toReals(x, first.get(x))[0];
        ASSERT_GE(system->objective->evaluate(point), Real(sign) * delta);
        ASSERT_EQ(readInputs(*system, point), input);
        checkConditioned(*system, both, point, coverage);
        ASSERT_FALSE(testing::Test::HasFatalFailure());
        ++coverage.checks;
      }
    }
  }
}

TEST(RandomTwins, executionsSatisfyTheSystem) {
  Coverage coverage;
  for (int kind = 0; kind < 4; ++kind)
    for (uint64_t i = 0; i < scaleLength(120); ++i) {
      uint64_t seed = 40000 + 1000 * kind + i;
      SCOPED_TRACE(("seed " + llvm::Twine(seed)).str());
      RandomTwinOptions options;
      options.dyadic = kind == 1;
      options.quantizedFirst = kind == 2;
      options.maxWidth = kind == 3 ? 8 : 4;
      TwinMaker maker(seed, options);
      RandomTwin nets = maker.make();
      checkTwin(*nets.first, *nets.second, nets.regions, 8, seed, coverage,
                [&] { return maker.makeInput(nets); });
      ASSERT_FALSE(HasFatalFailure());
    }
  EXPECT_EQ(coverage.unaligned, 0u);
  EXPECT_EQ(coverage.refused, 0u);
  EXPECT_GT(coverage.checks, scaleLength(25000));
  EXPECT_GT(coverage.binaries, scaleLength(5000));
  EXPECT_GT(coverage.exactSteps, scaleLength(5000));
  EXPECT_GT(coverage.differences, scaleLength(50000));
  EXPECT_GT(coverage.hulls, scaleLength(5000));
  EXPECT_GT(coverage.smaller, scaleLength(1000));
  EXPECT_GT(coverage.wide, scaleLength(100000));
}

TEST(RandomTwins, numbersOfEverySizeAreEncodedOrRefused) {
  Coverage coverage;
  for (uint64_t seed = 0; seed < scaleLength(200); ++seed) {
    SCOPED_TRACE(("seed " + llvm::Twine(seed)).str());
    RandomTwinOptions options;
    options.extreme = true;
    options.quantizedFirst = seed % 4 == 0;
    TwinMaker maker(50000 + seed, options);
    RandomTwin nets = maker.make();
    checkTwin(*nets.first, *nets.second, nets.regions, 6, seed, coverage,
              [&] { return maker.makeInput(nets); });
    ASSERT_FALSE(HasFatalFailure());
  }
  EXPECT_GT(coverage.checks, scaleLength(5000));
  EXPECT_LT(coverage.refused, coverage.systems / 4);
}

TEST(RandomTwins, rawAndNormalizedNets) {
  Coverage raw, normalized;
  for (uint64_t seed = 0; seed < scaleLength(160); ++seed) {
    SCOPED_TRACE(("seed " + llvm::Twine(seed)).str());
    RandomNetOptions options;
    options.redundant = true;
    options.dyadic = seed % 3 == 0;
    RandomNets nets(600 + seed, options);
    auto module = nets.makePairModule();
    llvm::ArrayRef<InputRegion> regions = module->queries[0]->inputs;
    auto makeInput = [&]() -> std::vector<ExactTensor> {
      return {nets.makePoint(*module->nets[1], regions[0])};
    };
    checkTwin(*module->nets[0], *module->nets[1], regions, 5, seed, raw,
              makeInput);
    ASSERT_FALSE(HasFatalFailure());
    DiagnosticEngine diagnostics;
    ASSERT_TRUE(llvm::succeeded(runPipeline(*module, "normalize", diagnostics)))
        << diagnostics.all().front().str();
    checkTwin(*module->nets[0], *module->nets[1], regions, 5, seed, normalized,
              makeInput);
    ASSERT_FALSE(HasFatalFailure());
  }
  EXPECT_GT(raw.checks, scaleLength(1000));
  EXPECT_GT(normalized.checks, scaleLength(2000));
}

} // namespace
