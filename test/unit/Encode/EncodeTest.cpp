//===- EncodeTest.cpp - Tests of the encoder -*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Encode/Encode.h"
#include "TinyTwins.h"
#include "gtest/gtest.h"

using namespace qev;
using namespace qev::test;

namespace {

/// The point of a system that an execution is.
std::vector<Real> getPoint(const System &system, const TinyTwin &tiny,
                           const Execution &run) {
  llvm::DenseMap<const Op *, const ExactTensor *> values;
  for (size_t i = 0; i < run.first.size(); ++i)
    values[tiny.first.ops[i].get()] = &run.first[i];
  for (size_t i = 0; i < run.second.size(); ++i)
    values[tiny.second.ops[i].get()] = &run.second[i];
  return makePoint(system, [&](Side, const Op &op, int64_t element) {
    return (*values[&op])[element];
  });
}

/// Each execution satisfies the proof system, exactly, and its objective is at
/// least the true difference.
void checkContains(const TinyTwin &tiny, const std::vector<Execution> &runs,
                   const TwinBounds &bounds, Rounding rounding, unsigned seed) {
  EncodeOptions options;
  options.rounding = rounding;
  for (int sign : {1, -1}) {
    auto system = encode(tiny.twin, bounds, tiny.regions,
                         Goal::largestDelta(0, sign), options);
    ASSERT_TRUE(static_cast<bool>(system))
        << seed << ": " << llvm::toString(system.takeError());
    ASSERT_FALSE(system->infeasible) << seed << ": " << *system->infeasible;
    for (const Execution &run : runs) {
      std::vector<Real> point = getPoint(*system, tiny, run);
      auto violation = findViolation(*system, point, /*checkSteps=*/true);
      ASSERT_FALSE(violation) << seed << ": " << *violation;
      Real delta = Real(sign) * (run.secondOutput[0] - run.firstOutput[0]);
      EXPECT_GE(system->objective->evaluate(point), delta) << seed;
      // What is read back is the input that was executed.
      EXPECT_EQ(readInputs(*system, point), run.inputs) << seed;
      for (size_t i = 0; i < run.secondOutput.size(); ++i) {
        EXPECT_EQ(evaluate(system->secondOutputs[i], point),
                  run.secondOutput[i]);
        EXPECT_EQ(evaluate(system->firstOutputs[i], point), run.firstOutput[i]);
      }
    }
  }
}

TEST(Encode, ProofContainsEveryExecution) {
  unsigned binaries = 0, exactSteps = 0, clamps = 0, constants = 0;
  for (unsigned seed = 0; seed < 300; ++seed) {
    auto tiny = TinyMaker(seed).make();
    auto runs = tiny->executeAll();
    TwinBounds tight = getHull(*tiny, runs);
    TwinBounds wide = getWideBounds(*tiny);
    for (const TwinBounds *bounds : {&tight, &wide})
      for (Rounding rounding : {Rounding::Relaxed, Rounding::Exact})
        checkContains(*tiny, runs, *bounds, rounding, seed);
    EncodeOptions exact;
    exact.rounding = Rounding::Exact;
    System system = llvm::cantFail(encode(tiny->twin, wide, tiny->regions,
                                          Goal::largestDelta(0, 1), exact));
    for (const Variable &variable : system.variables)
      binaries += variable.kind == VariableKind::Binary;
    for (const Step &step : system.steps) {
      exactSteps += step.rounding == Rounding::Exact;
      clamps += step.rounding == Rounding::None;
    }
    for (const AffineValue &value : system.secondOutputs)
      constants += value.isConstant();
  }
  // The nets do contain what the encoder distinguishes.
  EXPECT_GT(binaries, 400u);
  EXPECT_GT(exactSteps, 400u);
  EXPECT_GT(clamps, 100u);
  EXPECT_GT(constants, 10u);
}

TEST(Encode, RowsAreWhatSolversRead) {
  for (unsigned seed = 0; seed < 100; ++seed) {
    auto tiny = TinyMaker(seed).make();
    TwinBounds bounds = getHull(*tiny, tiny->executeAll());
    System system = llvm::cantFail(encode(tiny->twin, bounds, tiny->regions,
                                          Goal::largestDelta(0, 1), {}));
    for (const Variable &variable : system.variables) {
      EXPECT_LE(variable.lo, variable.hi);
      EXPECT_TRUE(std::isfinite(variable.lo) && std::isfinite(variable.hi));
      if (variable.integral) {
        EXPECT_EQ(variable.lo, std::floor(variable.lo));
        EXPECT_EQ(variable.hi, std::floor(variable.hi));
      }
    }
    for (const Row &row : system.rows) {
      ASSERT_FALSE(row.terms.empty());
      for (size_t i = 0; i < row.terms.size(); ++i) {
        EXPECT_GE(std::fabs(row.terms[i].coefficient), 1e-7);
        if (i > 0) {
          EXPECT_LT(row.terms[i - 1].variable, row.terms[i].variable);
        }
      }
    }
  }
}

/// One neuron after a quantizer of scale 1/2, range [-2, 2].
struct OneQuantizer {
  TinyTwin tiny;
  Op *codes;
  TwinBounds bounds;

  OneQuantizer(const Real &lo, const Real &hi, std::optional<Real> step) {
    QuantType quant{
        Storage::full(true, 8).narrowed(1, 5), std::nullopt, {0.5f}, {3}};
    Op *x = tiny.first.add(OpKind::Input, "x", TensorType::f32({1}));
    Op *y = tiny.second.add(OpKind::Input, "x", TensorType::f32({1}));
    codes = tiny.second.add(OpKind::Quantize, "q",
                            TensorType::quantized({1}, quant), y);
    tiny.first.outputs = {x};
    tiny.second.outputs = {codes};
    tiny.twin.pairs = {{x, codes, {}, {}}};
    InputRegion region{"x", {lo}, {hi}};
    if (step)
      region.grids = {{*step, 0}};
    tiny.regions = {region};
    Interval range = Interval::around(lo, hi);
    bounds.first[x] = bounds.second[y] = {range};
    auto run = [&](const Real &input) {
      return tiny.execute({{input}}).second[1][0].toDouble();
    };
    bounds.second[codes] = {Interval(run(lo), run(hi))};
    bounds.delta = {{Interval(-10, 10)}};
    bounds.by.resize(1);
  }

  System encodeIt(const EncodeOptions &options, const Goal &goal) {
    return llvm::cantFail(
        encode(tiny.twin, bounds, tiny.regions, goal, options));
  }
};

TEST(Encode, AGridOnTheQuantizersLatticeNeedsNoRounding) {
  OneQuantizer net(-1, 1, Real::ratio(1, 2));
  EncodeOptions exact;
  exact.rounding = Rounding::Exact;
  System system = net.encodeIt(exact, Goal::largestDelta(0, 1));
  EXPECT_EQ(system.variables.size(), 1u);
  EXPECT_TRUE(system.steps.empty());
  // x and its code times 1/2 are the same thing, so delta is 0.
  EXPECT_TRUE(system.rows.empty());
  EXPECT_TRUE(system.objective->terms.empty());
  EXPECT_EQ(system.objective->constant, 0);
}

TEST(Encode, ATieLiesInBothWindowsOfAProofAndInNoneOfAWitness) {
  OneQuantizer net(0, 1, std::nullopt);
  EncodeOptions options;
  options.rounding = Rounding::Exact;
  System proof = net.encodeIt(options, Goal::largestDelta(0, 1));
  ASSERT_EQ(proof.variables.size(), 2u);
  Real tie = Real::ratio(1, 4);
  EXPECT_FALSE(findViolation(proof, {tie, 0}));
  EXPECT_FALSE(findViolation(proof, {tie, 1}));
  EXPECT_FALSE(findViolation(proof, {tie, 0}, true)); // half to even
  EXPECT_TRUE(findViolation(proof, {tie, 1}, true));
  options.purpose = Purpose::Witness;
  options.margin = 0.0625;
  System witness = net.encodeIt(options, Goal::largestDelta(0, 1));
  EXPECT_TRUE(findViolation(witness, {tie, 0}));
  EXPECT_TRUE(findViolation(witness, {tie, 1}));
  // The windows end 1/16 of a step of 1/2 before the tie.
  EXPECT_FALSE(findViolation(witness, {tie - Real::ratio(1, 32), 0}));
  EXPECT_TRUE(findViolation(witness, {tie - Real::ratio(1, 33), 0}));
}

TEST(Encode, SaturationIsACaseAndTheExactStepKeepsItsEnds) {
  OneQuantizer net(-3, 3, std::nullopt);
  EncodeOptions options;
  options.rounding = Rounding::Exact;
  System system = net.encodeIt(options, Goal::largestDelta(0, 1));
  ASSERT_EQ(system.steps.size(), 1u);
  EXPECT_EQ(system.steps[0].lo, Real(-2));
  EXPECT_EQ(system.steps[0].hi, Real(2));
  ASSERT_EQ(system.variables.size(), 4u); // x, k, above, below
  for (const auto &[x, k] : {std::pair(Real(3), 2),
                             {Real(-3), -2},
                             {Real(1), 2},
                             {Real::ratio(5, 4), 2}}) {
    std::vector<Real> point{x, k, 0, 0};
    completePoint(system, point);
    EXPECT_FALSE(findViolation(system, point, true));
  }
  std::vector<Real> wrong{Real(3), 1, 1, 0};
  EXPECT_TRUE(findViolation(system, wrong));
  // At 5/4 a tie would round to 2 or 3: 3 saturates, so the step needs its end
  // although the closed window of 2 reaches that far.
  OneQuantizer edge(0, Real::ratio(5, 4), std::nullopt);
  System atEdge = edge.encodeIt(options, Goal::largestDelta(0, 1));
  ASSERT_EQ(atEdge.steps.size(), 1u);
  EXPECT_EQ(atEdge.variables.size(), 2u); // no binaries
}

TEST(Encode, ContradictingBoundsAreInfeasible) {
  OneQuantizer net(0, 1, std::nullopt);
  net.bounds.second[net.codes] = {Interval(3.25, 3.75)};
  System system = net.encodeIt({}, Goal::largestDelta(0, 1));
  ASSERT_TRUE(system.infeasible);
  EXPECT_EQ(*system.infeasible,
            "the bounds of @q %q element 0 exclude each other");
}

TEST(Encode, GoalsAboutConstantsAreDecided) {
  OneQuantizer net(1, 1, std::nullopt); // both outputs are 1
  EXPECT_TRUE(net.encodeIt({}, Goal::exceedingDelta(0, 1, 0)).infeasible);
  EXPECT_FALSE(net.encodeIt({}, Goal::exceedingDelta(0, 1, 0, /*strict=*/false))
                   .infeasible);
  EXPECT_FALSE(net.encodeIt({}, Goal::exceedingDelta(0, -1, Real::ratio(-1, 9)))
                   .infeasible);
}

std::string getMessage(llvm::Expected<System> system) {
  return system ? "no error" : llvm::toString(system.takeError());
}

TEST(Encode, WhatHasNoEncodingIsAnError) {
  TinyTwin tiny;
  for (Net *net : {&tiny.first, &tiny.second}) {
    Op *x = net->add(OpKind::Input, "x", TensorType::f32({2}));
    net->outputs = {net->add(OpKind::Mul, "m", x->type, {x, x})};
  }
  tiny.regions = {{"x", {0, 0}, {1, 1}}};
  EXPECT_EQ(getMessage(encode(tiny.twin, TwinBounds(), tiny.regions,
                              Goal::largestDelta(0, 1), {})),
            "@f %m: error: a product of two variables is not linear "
            "[encode-unsupported]");

  OneQuantizer net(0, 1, std::nullopt);
  auto ask = [&](const Goal &goal, const EncodeOptions &options = {}) {
    return getMessage(
        encode(net.tiny.twin, net.bounds, net.tiny.regions, goal, options));
  };
  EXPECT_EQ(ask(Goal::largestDelta(1, 1)),
            "error: the goal names output 1 of 1 [encode-unsupported]");
  EncodeOptions options;
  options.margin = 0.5;
  EXPECT_EQ(ask(Goal::largestDelta(0, 1), options),
            "error: the margin must be at least 0 and below 0.5, got 0.5 "
            "[encode-unsupported]");
  net.bounds.second.erase(net.codes);
  EXPECT_EQ(ask(Goal::largestDelta(0, 1)),
            "@q %q: error: no bounds of element 0 [bounds-shape]");
  net.bounds.second[net.codes] = {Interval::everything()};
  EXPECT_EQ(ask(Goal::largestDelta(0, 1)),
            "@q %q: error: the bounds of element 0 are not finite: [-inf, inf] "
            "[bounds-shape]");
}

} // namespace
