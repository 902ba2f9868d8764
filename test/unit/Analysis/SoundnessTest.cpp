//===- SoundnessTest.cpp - Every execution lies in every proved bound -*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Random twins over random regions: each value of both nets and each difference
// of a pair, computed by the exact interpreter, lies in the interval of every
// method that may give a verdict. QEV_LONG_TESTS=N in the environment makes N
// times as many twins.
//
//===----------------------------------------------------------------------===//

#include "../Common/LongTests.h"
#include "../Common/RandomNet.h"
#include "CheckTwin.h"
#include "RandomTwin.h"
#include "qev/Analysis/Align.h"
#include "qev/Analysis/TwinAnalyzer.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Transforms/Passes.h"
#include "gtest/gtest.h"

using namespace qev;
using namespace qev::test;

namespace {

/// What a test has met; it asserts that it was enough.
struct Coverage {
  uint64_t twins = 0, triples = 0, pairs = 0, ties = 0, bends = 0;
  uint64_t unaligned = 0, refused = 0;
  uint64_t wide = 0;     ///< eight neurons in each layer, four unstable ones
  uint64_t narrower = 0; ///< ... where a joint method beats a baseline
  uint64_t points = 0, grids = 0, levels = 0;
  uint64_t planes = 0; ///< evaluated at an execution

  void print(llvm::StringRef name) const {
    llvm::errs() << name << ": " << twins << " twins, " << triples
                 << " triples, " << wide << " wide, " << pairs
                 << " pair elements, " << narrower << " narrowed, " << ties
                 << " ties, " << bends << " inputs moved to bends, " << points
                 << " points, " << grids << " grids, " << levels
                 << " with levels, " << unaligned << " not aligned, " << planes
                 << " planes at points, " << refused << " refused\n";
  }
};

bool isWide(const Net &net) {
  return llvm::all_of(net.ops, [](const auto &op) {
    return !op->is(OpKind::Affine) || op->type.getShape().back() >= 8;
  });
}

/// Checks all methods on one twin over one region.
class TwinCheck {
public:
  TwinCheck(Net &first, Net &second, llvm::ArrayRef<InputRegion> regions,
            Coverage &coverage)
      : first(first), second(second), regions(regions), coverage(coverage) {}

  void run(unsigned numInputs, uint64_t seed,
           llvm::function_ref<std::vector<ExactTensor>()> makeInput);

private:
  void checkNeverLooser(const std::vector<TwinBounds> &bounds,
                        const Twin &twin);

  Net &first, &second;
  llvm::ArrayRef<InputRegion> regions;
  Coverage &coverage;
};

/// The joint methods lie within both baselines: at every pair within Interval,
/// at the outputs within Symbolic. Best and Twin take other planes than each
/// other, by chance better ones.
void TwinCheck::checkNeverLooser(const std::vector<TwinBounds> &bounds,
                                 const Twin &twin) {
  auto methods = getSoundMethods();
  auto get = [&](Method method) -> const std::vector<Box> & {
    return bounds[llvm::find(methods, method) - methods.begin()].delta;
  };
  for (Method joint : {Method::Twin, Method::Best})
    for (Method baseline : {Method::Interval, Method::Symbolic}) {
      bool everywhere = baseline == Method::Interval;
      for (size_t pair = everywhere ? 0 : twin.pairs.size() - 1;
           pair < twin.pairs.size(); ++pair)
        for (auto [narrow, wide] :
             llvm::zip_equal(get(joint)[pair], get(baseline)[pair])) {
          ASSERT_TRUE(wide.contains(narrow))
              << getName(joint).str() << " " << printInterval(narrow)
              << " is looser than " << getName(baseline).str() << " "
              << printInterval(wide) << " at %" << twin.pairs[pair].first->name
              << " ~ %" << twin.pairs[pair].second->name;
          ++coverage.pairs;
          coverage.narrower += narrow != wide;
        }
    }
}

void TwinCheck::run(unsigned numInputs, uint64_t seed,
                    llvm::function_ref<std::vector<ExactTensor>()> makeInput) {
  auto twin = alignNets(first, second);
  if (!twin) {
    llvm::consumeError(twin.takeError());
    ++coverage.unaligned;
    return;
  }
  auto analyzer = TwinAnalyzer::build(**twin);
  if (!analyzer) {
    EXPECT_NE(llvm::toString(analyzer.takeError()), "");
    ++coverage.refused;
    return;
  }
  std::vector<TwinBounds> bounds;
  auto methods = getSoundMethods();
  for (Method method : methods) {
    auto computed = analyzer->run(regions, method, {.planes = true});
    if (!computed) {
      // Constants that are no doubles, for one; never silently.
      EXPECT_NE(llvm::toString(computed.takeError()), "");
      ++coverage.refused;
      return;
    }
    bounds.push_back(std::move(*computed));
  }
  ++coverage.twins;
  coverage.points += regions[0].isPoint();
  coverage.grids += !regions[0].grids.empty();
  coverage.levels += !regions[0].levels.empty();

  Executions executions(**twin);
  uint64_t choice = seed * 0x9e3779b97f4a7c15u;
  for (unsigned i = 0; i < numInputs; ++i) {
    std::vector<ExactTensor> input = makeInput();
    if (i % 4 == 0) {
      choice = choice * 6364136223846793005u + 1442695040888963407u;
      Runner &runner = i % 8 == 0 ? executions.first : executions.second;
      coverage.bends += moveToBend(runner, input, regions, choice >> 20);
    }
    executions.run(input);
    if (i % 8 == 0)
      for (const TwinBounds &proved : bounds) {
        auto violation = executions.findPlaneViolation(proved);
        ASSERT_FALSE(violation) << *violation;
        for (const PairPlanes &planes : proved.planes)
          coverage.planes += planes.planes.size();
      }
  }
  coverage.triples += executions.getCount();
  coverage.ties += executions.getTies();
  for (auto [method, proved] : llvm::zip_equal(methods, bounds)) {
    auto violation = executions.findViolation(proved);
    ASSERT_FALSE(violation) << getName(method).str() << ": " << *violation;
  }
  const TwinBounds &tight =
      bounds[llvm::find(methods, Method::Best) - methods.begin()];
  coverage.wide +=
      isWide(first) &&
      countUnstable(first, tight.first) + countUnstable(second, tight.second) >=
          4;
  checkNeverLooser(bounds, **twin);
  // One net alone.
  for (Method method : methods) {
    auto alone = computeBounds(second, regions, method);
    ASSERT_TRUE(static_cast<bool>(alone)) << llvm::toString(alone.takeError());
    auto violation = executions.findViolation(*alone, /*isFirst=*/false);
    ASSERT_FALSE(violation)
        << getName(method).str() << " alone: " << *violation;
  }
}

/// Random twins of this file's own making.
void checkTwins(llvm::StringRef name, uint64_t seed, unsigned count,
                unsigned inputs, const RandomTwinOptions &options,
                Coverage &coverage) {
  Coverage own;
  for (uint64_t i = 0; i < scaleLength(count); ++i) {
    SCOPED_TRACE((name + " seed " + llvm::Twine(seed + i)).str());
    TwinMaker maker(seed + i, options);
    RandomTwin twin = maker.make();
    TwinCheck(*twin.first, *twin.second, twin.regions, own)
        .run(inputs, seed + i, [&] { return maker.makeInput(twin); });
    if (testing::Test::HasFatalFailure())
      return;
  }
  own.print(name);
  // What cannot be compared must stay the exception.
  EXPECT_LT(own.unaligned + own.refused, scaleLength(count) / 4)
      << name.str();
  coverage.twins += own.twins;
  coverage.triples += own.triples;
  coverage.wide += own.wide;
  coverage.ties += own.ties;
  coverage.bends += own.bends;
  coverage.points += own.points;
  coverage.grids += own.grids;
  coverage.levels += own.levels;
  coverage.planes += own.planes;
  coverage.narrower += own.narrower;
  coverage.pairs += own.pairs;
}

TEST(Soundness, executionsLieInBounds) {
  Coverage total;
  RandomTwinOptions narrow, wide, dyadic, two;
  wide.minWidth = 8;
  wide.maxWidth = 10;
  dyadic.dyadic = true;
  two.quantizedFirst = true;
  two.minWidth = 8;
  two.maxWidth = 9;
  RandomTwinOptions dyadicWide = wide;
  dyadicWide.dyadic = true;
  checkTwins("narrow", 1000, 300, 60, narrow, total);
  checkTwins("wide", 2000000, 780, 50, wide, total);
  checkTwins("dyadic", 3000000, 200, 60, dyadic, total);
  checkTwins("dyadic wide", 4000000, 480, 50, dyadicWide, total);
  checkTwins("two quantized nets", 5000000, 160, 50, two, total);
  total.print("all");
  EXPECT_GE(total.triples, scaleLength(100000));
  EXPECT_GE(total.wide * 2, total.twins);
  EXPECT_GE(total.ties, total.triples / 10);
  EXPECT_GE(total.bends, total.triples / 100);
  EXPECT_GE(total.points, scaleLength(40));
  EXPECT_GE(total.grids, scaleLength(200));
  EXPECT_GE(total.levels, scaleLength(100));
  EXPECT_GE(total.planes, scaleLength(100000));
  EXPECT_GE(total.narrower * 4, total.pairs);
}

TEST(Soundness, numbersOfEverySize) {
  Coverage total;
  RandomTwinOptions extreme;
  extreme.extreme = true;
  extreme.maxWidth = 5;
  RandomTwinOptions two = extreme;
  two.quantizedFirst = true;
  checkTwins("extreme", 7000000, 800, 20, extreme, total);
  checkTwins("two extreme nets", 8000000, 300, 20, two, total);
  EXPECT_GE(total.triples, scaleLength(15000));
}

/// Not executed: what is compared is the methods.
TEST(Soundness, jointMethodsAreNeverLooser) {
  Coverage total;
  RandomTwinOptions small, deep;
  deep.maxLayers = 4;
  deep.maxWidth = 6;
  checkTwins("small", 10000000, 6500, 0, small, total);
  checkTwins("deep", 20000000, 4500, 0, deep, total);
  EXPECT_GE(total.twins, scaleLength(10000));
  EXPECT_GE(total.narrower * 4, total.pairs);
}

TEST(Soundness, aBatchIsBoundedLikeItsRegions) {
  for (uint64_t seed = 0; seed < 40; ++seed) {
    SCOPED_TRACE(("seed " + llvm::Twine(seed)).str());
    TwinMaker maker(30000000 + seed, {});
    RandomTwin nets = maker.make();
    auto twin = alignNets(*nets.first, *nets.second);
    if (!twin) {
      llvm::consumeError(twin.takeError());
      continue;
    }
    auto analyzer = llvm::cantFail(TwinAnalyzer::build(**twin));
    std::vector<std::vector<InputRegion>> regions;
    for (int i = 0; i < 7; ++i) {
      auto &region = regions.emplace_back(nets.regions);
      region[0].lo = maker.makeInput(nets)[0];
      region[0].hi = region[0].lo;
    }
    regions.push_back(nets.regions);
    auto batch = llvm::cantFail(
        analyzer.runBatch(regions, Method::Best, /*threads=*/3, {}));
    ASSERT_EQ(batch.size(), regions.size());
    for (auto [region, bounds] : llvm::zip_equal(regions, batch))
      EXPECT_EQ(llvm::cantFail(analyzer.run(region, Method::Best)).delta,
                bounds.delta);
    // One that is not a region of these nets.
    regions[3][0].lo.emplace_back(0);
    regions[5][0].lo.emplace_back(0);
    auto refused = analyzer.runBatch(regions, Method::Best, 3, {});
    ASSERT_FALSE(static_cast<bool>(refused));
    EXPECT_NE(llvm::toString(refused.takeError()).find("query-region"),
              std::string::npos);
  }
}

/// The generator of the transformations: constants that are computed,
/// quantizers twice, shared values; as imported and normalised.
TEST(Soundness, rawAndNormalizedNets) {
  Coverage raw, normalized;
  for (uint64_t seed = 0; seed < scaleLength(600); ++seed) {
    SCOPED_TRACE(("seed " + llvm::Twine(seed)).str());
    RandomNetOptions options;
    options.redundant = seed % 2 == 0;
    options.dyadic = seed % 3 == 0;
    RandomNets nets(seed, options);
    auto module = nets.makePairModule();
    llvm::ArrayRef<InputRegion> regions = module->queries[0]->inputs;
    auto makeInput = [&]() -> std::vector<ExactTensor> {
      return {nets.makePoint(*module->nets[1], regions[0])};
    };
    TwinCheck(*module->nets[0], *module->nets[1], regions, raw)
        .run(10, seed, makeInput);
    ASSERT_FALSE(HasFatalFailure());
    DiagnosticEngine diagnostics;
    ASSERT_TRUE(llvm::succeeded(runPipeline(*module, "normalize", diagnostics)))
        << diagnostics.all().front().str();
    TwinCheck(*module->nets[0], *module->nets[1], regions, normalized)
        .run(10, seed, makeInput);
    ASSERT_FALSE(HasFatalFailure());
  }
  raw.print("raw");
  normalized.print("normalized");
  EXPECT_GE(raw.triples, scaleLength(2000));
  EXPECT_GE(normalized.triples, scaleLength(4000));
}

//===----------------------------------------------------------------------===//
// Where the answer is known
//===----------------------------------------------------------------------===//

TEST(Soundness, aNetDoesNotDifferFromItself) {
  unsigned checked = 0;
  for (bool extreme : {false, true})
    for (uint64_t seed = 0; seed < scaleLength(400); ++seed) {
      SCOPED_TRACE(("seed " + llvm::Twine(seed)).str());
      RandomTwinOptions options;
      options.maxWidth = 6;
      options.extreme = extreme;
      TwinMaker maker(90000000 + seed, options);
      RandomTwin nets = maker.make();
      for (Net *net : {nets.first.get(), nets.second.get()}) {
        auto copy = net->clone();
        auto twin = alignNets(*net, *copy);
        ASSERT_TRUE(static_cast<bool>(twin))
            << llvm::toString(twin.takeError());
        auto bounds = computeBounds(**twin, nets.regions, Method::Best);
        if (!bounds) {
          llvm::consumeError(bounds.takeError());
          continue;
        }
        for (auto [pair, box] : llvm::zip_equal((*twin)->pairs, bounds->delta))
          for (const Interval &delta : box) {
            ASSERT_EQ(delta, Interval(0))
                << "%" << pair.first->name << " " << printInterval(delta);
            ++checked;
          }
      }
    }
  EXPECT_GT(checked, scaleLength(5000));
}

/// The sum of absolute terms behind each element: what rounding errors are
/// relative to. Where a quantizer's argument is not on one side of a tie for
/// sure, one step is added.
std::vector<std::vector<double>> getMagnitudes(const Net &net, Runner &runner,
                                               const NetBounds &bounds) {
  std::vector<std::vector<double>> result;
  llvm::DenseMap<const Op *, size_t> index;
  auto get = [&](const Op *op) -> const std::vector<double> & {
    return result[index.find(op)->second];
  };
  for (auto [position, op] : llvm::enumerate(net.ops)) {
    index[op.get()] = position;
    std::vector<double> magnitude;
    ExactTensor own = toReals(*op, runner.get(*op));
    for (auto [i, value] : llvm::enumerate(own)) {
      double sum = std::fabs(value.toDouble());
      if (op->is(OpKind::Affine)) {
        const auto &x = get(op->operands[0]);
        ExactTensor w = toReals(*op->operands[1], runner.get(*op->operands[1]));
        int64_t outs = op->type.getShape().back();
        size_t ins = w.size() / outs;
        for (size_t k = 0; k < ins; ++k)
          sum += std::fabs(w[(i % outs) * ins + k].toDouble()) *
                 x[(i / outs) * ins + k];
        if (op->operands.size() == 3)
          sum += get(op->operands[2])[i % outs];
      } else if (op->operands.size() == 2) {
        for (const Op *operand : op->operands) {
          auto map =
              getBroadcastMap(operand->type.getShape(), op->type.getShape());
          sum += get(operand)[map[i]];
        }
      } else if (op->is(OpKind::Quantize)) {
        Box codes = bounds.find(op.get())->second;
        sum += codes[i].width() * op->type.getScale(i) * 1e13;
      } else if (op->operands.size() == 1) {
        sum = std::fmax(sum, get(op->operands[0])[i]);
      }
      magnitude.push_back(sum);
    }
    result.push_back(std::move(magnitude));
  }
  return result;
}

TEST(Soundness, aPointIsNearlyAnExecution) {
  unsigned checked = 0, undecided = 0;
  for (uint64_t seed = 0; seed < scaleLength(400); ++seed) {
    SCOPED_TRACE(("seed " + llvm::Twine(seed)).str());
    RandomTwinOptions options;
    options.maxWidth = 8;
    options.dyadic = seed % 3 == 0;
    TwinMaker maker(60000000 + seed, options);
    RandomTwin nets = maker.make();
    InputRegion &region = nets.regions[0];
    region.lo = maker.makeInput(nets)[0];
    region.hi = region.lo;
    auto twin = alignNets(*nets.first, *nets.second);
    if (!twin) {
      llvm::consumeError(twin.takeError());
      continue;
    }
    Executions executions(**twin);
    executions.run({region.lo});
    for (Method method : getSoundMethods()) {
      TwinBounds bounds =
          llvm::cantFail(computeBounds(**twin, nets.regions, method));
      auto violation = executions.findViolation(bounds);
      ASSERT_FALSE(violation) << *violation;
      auto first = getMagnitudes(*nets.first, executions.first, bounds.first);
      auto second =
          getMagnitudes(*nets.second, executions.second, bounds.second);
      auto getMagnitude = [](const Net &net, const auto &all, const Op *op) {
        for (auto [i, candidate] : llvm::enumerate(net.ops))
          if (candidate.get() == op)
            return all[i];
        return all[0];
      };
      for (auto [pair, box] : llvm::zip_equal((*twin)->pairs, bounds.delta)) {
        auto x = getMagnitude(*nets.first, first, pair.first);
        auto y = getMagnitude(*nets.second, second, pair.second);
        for (auto [i, delta] : llvm::enumerate(box)) {
          undecided += y[i] > 1e6;
          // A few layers each contribute their own rounding.
          ASSERT_LE(delta.width(), 1e-12 * (x[i] + y[i]) + 1e-250)
              << getName(method).str() << " %" << pair.first->name;
          ++checked;
        }
      }
    }
  }
  EXPECT_GT(checked, scaleLength(10000));
  // Ties that doubles cannot decide stay rare.
  EXPECT_LT(undecided, checked / 10);
}

} // namespace
