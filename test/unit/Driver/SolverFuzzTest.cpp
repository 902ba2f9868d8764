//===- SolverFuzzTest.cpp - Pairs that floating-point solvers get wrong *- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kinds of pairs on which a solver's word went wrong: layers whose numbers are
// many orders of magnitude apart, float nets one unit in the last place apart,
// ordinary pairs in regions of radius 1e-6 and less, and two quantized nets
// with codes of up to 16 bits. Claims are set a little below differences that
// exact executions reach, so that `verified` is a contradiction, and brackets
// must contain them all. No attack helps.
//
//===----------------------------------------------------------------------===//

#include "../Common/LongTests.h"
#include "qev/Driver/Verify.h"
#include "gtest/gtest.h"
#include <map>
#include <random>

using namespace qev;

namespace {

class HardPair {
public:
  enum Kind { BadlyScaled, NearlyEqual, TinyRadius, BothQuantized };

  HardPair(Kind kind, unsigned seed) : kind(kind), random(seed) {
    inputs = pick(1, 3);
    outputs = pick(1, 2);
    auto first = std::make_unique<Net>("first");
    auto second = std::make_unique<Net>("second");
    Op *x = first->add(OpKind::Input, "x", TensorType::f32({inputs}));
    Op *y = second->add(OpKind::Input, "x", TensorType::f32({inputs}));
    int64_t layers = pick(1, 2);
    for (int64_t layer = 0; layer <= layers; ++layer) {
      bool isLast = layer == layers;
      addLayer(*first, *second, x, y, isLast ? outputs : pick(2, 4), isLast);
    }
    first->outputs = {x};
    second->outputs = {y};
    pair.emplace(llvm::cantFail(
        makePair({{}, std::move(first)}, {{}, std::move(second)})));
    makeRegion();
    execute();
  }

  std::optional<ModelPair> pair;
  SampleRegion region;
  std::vector<Replay> runs; ///< corners, the centre, and points in between

  /// The largest |delta| of all runs.
  Real getReached() const {
    Real reached;
    for (const Replay &run : runs)
      for (int64_t i = 0; i < outputs; ++i)
        reached = std::max(reached, run.getDelta(i).abs());
    return reached;
  }
  bool isReached(const OutputResult &output) const {
    return llvm::all_of(runs, [&](const Replay &run) {
      return output.proved.contains(run.getDelta(output.index));
    });
  }

private:
  int64_t pick(int64_t lo, int64_t hi) {
    return std::uniform_int_distribution<int64_t>(lo, hi)(random);
  }
  double uniform(double lo, double hi) {
    return std::uniform_real_distribution<double>(lo, hi)(random);
  }
  /// 1, or of badly scaled pairs some other size.
  double makeSize() {
    return kind == BadlyScaled ? std::pow(10, uniform(-9, 8)) : 1;
  }

  float disturb(float weight, double size) {
    if (kind == NearlyEqual)
      return std::nextafter(weight, pick(0, 1) ? 10.0f : -10.0f);
    return static_cast<float>(weight + uniform(-0.02, 0.02) * size);
  }

  void addLayer(Net &first, Net &second, Op *&x, Op *&y, int64_t rows,
                bool isLast) {
    std::string name = "l" + std::to_string(first.ops.size());
    int64_t columns = x->type.getShape()[0];
    double layerSize = makeSize();
    std::vector<float> weights, others, bias;
    for (int64_t row = 0; row < rows; ++row) {
      double size = pick(0, 3) ? layerSize : makeSize();
      for (int64_t i = 0; i < columns; ++i) {
        weights.push_back(static_cast<float>(uniform(-1, 1) * size));
        others.push_back(disturb(weights.back(), size));
      }
      bias.push_back(static_cast<float>(uniform(-0.5, 0.5) * size));
    }
    auto add = [&](Net &net, Op *&value, const std::vector<float> &numbers) {
      Op *w = net.addConst(name + "w", TensorType::f32({rows, columns}),
                           ConstData::ofFloats(numbers));
      Op *b = net.addConst(name + "b", TensorType::f32({rows}),
                           ConstData::ofFloats(bias));
      value =
          net.add(OpKind::Affine, name, TensorType::f32({rows}), {value, w, b});
      if (!isLast)
        value = net.add(OpKind::Relu, name + "a", value->type, value);
    };
    add(first, x, weights);
    add(second, y, others);
    if (kind == BothQuantized)
      quantize(first, x, layerSize, name);
    if (kind == BothQuantized || (kind != NearlyEqual && pick(0, 1)))
      quantize(second, y, layerSize, name);
  }

  void quantize(Net &net, Op *&value, double size, const std::string &name) {
    QuantType quant;
    int64_t bits = kind == BothQuantized ? pick(6, 16) : pick(3, 8);
    quant.storage = Storage::full(/*isSigned=*/true, bits);
    quant.scales = {static_cast<float>(
        size * std::pow(2, uniform(-static_cast<double>(bits), 2 - bits)))};
    quant.zeroPoints = {0};
    Op *codes =
        net.add(OpKind::Quantize, name + "q",
                TensorType::quantized(value->type.getShape(), quant), value);
    value = net.add(OpKind::Dequantize, name + "d",
                    TensorType::f32(value->type.getShape()), codes);
  }

  void makeRegion() {
    InputRegion box;
    box.name = "x";
    double radius =
        kind == TinyRadius ? std::pow(10, uniform(-9, -5)) : uniform(0.2, 1);
    for (int64_t i = 0; i < inputs; ++i) {
      double centre = uniform(-1, 1);
      box.lo.push_back(Real::fromDouble(centre - radius));
      box.hi.push_back(Real::fromDouble(centre + radius));
    }
    region = {0, {box}};
  }

  void execute() {
    const InputRegion &box = region.inputs[0];
    auto run = [&](llvm::function_ref<Real(int64_t)> at) {
      ExactTensor point;
      for (int64_t i = 0; i < inputs; ++i)
        point.push_back(box.lo[i] + (box.hi[i] - box.lo[i]) * at(i));
      runs.push_back(replay(*pair->firstExact, *pair->secondExact, {point}));
    };
    for (int64_t corner = 0; corner < 1 << inputs; ++corner)
      run([&](int64_t i) { return Real(corner >> i & 1); });
    run([](int64_t) { return Real::ratio(1, 2); });
    for (int i = 0; i < 60; ++i)
      run([&](int64_t) { return Real::ratio(pick(0, 1024), 1024); });
  }

  Kind kind;
  std::mt19937 random;
  int64_t inputs, outputs;
};

class SolverFuzz : public testing::TestWithParam<const char *> {};

TEST_P(SolverFuzz, NoVerdictAgainstAnExecution) {
  auto solver = createSolver(GetParam());
  if (!solver) {
    llvm::consumeError(solver.takeError());
    GTEST_SKIP() << GetParam() << " is not installed";
  }
  std::map<std::string, int> counts;
  for (unsigned seed = 0; seed < test::scaleLength(10); ++seed)
    for (HardPair::Kind kind :
         {HardPair::BadlyScaled, HardPair::NearlyEqual, HardPair::TinyRadius,
          HardPair::BothQuantized}) {
      HardPair hard(kind, seed);
      VerifyOptions options;
      options.solver = solver->get();
      options.attack = false;
      options.timeout = 4;
      QuestionOptions question;
      // Claims: just below what is reached, or the bracket alone.
      Real reached = hard.getReached();
      if (seed % 3)
        question.epsilon = printReal(
            reached * (Real(1) - Real::powerOfTwo(seed % 2 ? -20 : -6)));
      SampleResult result = llvm::cantFail(
          verifySample(*hard.pair, hard.region, question, options));
      ++counts[getName(result.verdict).str() +
               (result.closedBy.empty() ? "" : " by " + result.closedBy)];
      if (!question.epsilon.empty() && !reached.isZero()) {
        EXPECT_NE(result.verdict, Verdict::Verified)
            << "kind " << kind << " seed " << seed << " epsilon "
            << question.epsilon;
      }
      for (const OutputResult &output : result.outputs) {
        EXPECT_TRUE(hard.isReached(output))
            << "kind " << kind << " seed " << seed << " output " << output.index
            << " " << printInterval(output.proved);
      }
    }
  for (const auto &[what, count] : counts)
    std::cout << GetParam() << ": " << count << " " << what << "\n";
}

INSTANTIATE_TEST_SUITE_P(Solvers, SolverFuzz,
                         testing::Values("auto", "cbc", "glpsol"));

} // namespace
