//===- TightenBounds.cpp - Tightened ranges hold every execution *- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Analysis/CheckTwin.h"
#include "../Analysis/RandomTwin.h"
#include "qev/Analysis/HullPlanes.h"
#include "qev/Pass/PassManager.h"
#include "qev/Solver/LinearOracle.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Transforms/Passes.h"
#include "gtest/gtest.h"

using namespace qev;
using namespace qev::test;

namespace {

bool hasHighs() {
  auto oracle = createLinearOracle({});
  if (oracle)
    return true;
  llvm::consumeError(oracle.takeError());
  return false;
}

std::unique_ptr<Module> wrap(RandomTwin nets) {
  auto module = std::make_unique<Module>();
  module->name = "m";
  auto query = std::make_unique<Query>();
  query->name = "q";
  query->inputs = std::move(nets.regions);
  query->first = nets.first.get();
  query->second = nets.second.get();
  module->nets.push_back(std::move(nets.first));
  module->nets.push_back(std::move(nets.second));
  module->queries.push_back(std::move(query));
  return module;
}

struct Outcome {
  std::map<std::string, uint64_t> counts; ///< of the last pass
  std::string error;
};

Outcome runPasses(Module &module, llvm::StringRef pipeline,
                  const BoundOracleFactory &makeOracle) {
  PassRegistry registry = makePassRegistry(makeOracle);
  PassManager manager(registry);
  llvm::cantFail(manager.addPipeline(pipeline));
  DiagnosticEngine diagnostics;
  Outcome outcome;
  if (manager.run(module, diagnostics) != PassResult::Success)
    outcome.error = diagnostics.all().front().str();
  for (const Statistic *statistic : manager.getPasses().back()->getStatistics())
    outcome.counts[statistic->name.str()] = statistic->get();
  return outcome;
}

/// What a test has met; it asserts that it was enough.
struct Coverage {
  uint64_t twins = 0, refused = 0, solves = 0, tightened = 0;
  uint64_t ties = 0, executions = 0, trusting = 0, planes = 0;

  void print(llvm::StringRef name) const {
    llvm::errs() << name << ": " << twins << " twins, " << refused
                 << " refused, " << solves << " solves, " << tightened
                 << " tightened, " << executions << " executions, " << ties
                 << " ties, " << trusting << " trusting a solver, " << planes
                 << " planes\n";
  }
};

void checkTwin(uint64_t seed, RandomTwinOptions options,
               llvm::StringRef tighten, Coverage &coverage) {
  TwinMaker maker(seed, options);
  RandomTwin nets = maker.make();
  std::vector<std::vector<ExactTensor>> inputs;
  for (int i = 0; i < 24; ++i)
    inputs.push_back(maker.makeInput(nets));
  std::vector<InputRegion> regions = nets.regions;
  auto module = wrap(std::move(nets));
  Outcome before = runPasses(
      *module, "align-twins,annotate-bounds{method=interval}", nullptr);
  ASSERT_EQ(before.error, "");
  const Twin &twin = *module->twins[0];
  TwinBounds wide = *readBounds(twin);
  Outcome outcome = runPasses(*module, tighten, createLinearOracle);
  if (!outcome.error.empty()) {
    // Ranges that are not finite, and numbers beyond doubles, have no rows.
    EXPECT_TRUE(options.extreme) << outcome.error;
    EXPECT_NE(outcome.error.find("doubles"), std::string::npos)
        << outcome.error;
    ++coverage.refused;
    return;
  }
  TwinBounds narrow = *readBounds(twin);
  bool trusts = false;
  for (auto [pair, a, b] :
       llvm::zip_equal(twin.pairs, narrow.delta, wide.delta)) {
    for (auto [inner, outer] : llvm::zip_equal(a, b))
      ASSERT_TRUE(outer.contains(inner));
    bool names = llvm::is_contained(pair.by, Approximation::TrustsSolver);
    ASSERT_LE(trusts, names) << "a later pair does not say what it rests on";
    trusts = names;
  }
  // Hull rows over what is left hold as well.
  narrow.planes = llvm::cantFail(computePlanes(twin, narrow, regions));
  for (const PairPlanes &planes : narrow.planes)
    coverage.planes += planes.planes.size();
  Executions executions(twin);
  for (auto [i, input] : llvm::enumerate(inputs)) {
    if (i % 3 == 0)
      moveToBend(i % 2 ? executions.first : executions.second, input, regions,
                 seed * 2862933555777941757u + i);
    executions.run(input);
    auto violation = executions.findPlaneViolation(narrow);
    ASSERT_FALSE(violation) << *violation;
  }
  auto violation = executions.findViolation(narrow);
  ASSERT_FALSE(violation) << *violation;
  ++coverage.twins;
  coverage.solves += outcome.counts["solves"];
  coverage.tightened += outcome.counts["tightened"];
  coverage.trusting += trusts;
  coverage.ties += executions.getTies();
  coverage.executions += executions.getCount();
}

void checkMany(llvm::StringRef name, llvm::StringRef tighten, uint64_t count,
               Coverage &coverage) {
  for (int kind = 0; kind < 4; ++kind)
    for (uint64_t i = 0; i < count; ++i) {
      uint64_t seed = 70000 + 1000 * kind + i;
      SCOPED_TRACE(("seed " + llvm::Twine(seed)).str());
      RandomTwinOptions options;
      options.dyadic = kind == 1;
      options.quantizedFirst = kind == 2;
      options.minWidth = kind == 3 ? 6 : 1;
      options.maxWidth = kind == 3 ? 8 : 4;
      checkTwin(seed, options, tighten, coverage);
      if (::testing::Test::HasFatalFailure())
        return;
    }
  coverage.print(name);
}

TEST(TightenBounds, executionsLieInsideWithLp) {
  if (!hasHighs())
    GTEST_SKIP() << "HiGHS is not linked";
  Coverage all, inner;
  checkMany("lp", "tighten-bounds{with=lp,method=twin,budget=60}", 30, all);
  checkMany("lp, inner", "tighten-bounds{with=lp,outputs=false,budget=60}", 30,
            inner);
  EXPECT_EQ(all.refused + inner.refused, 0u);
  EXPECT_EQ(all.trusting + inner.trusting, 0u);
  EXPECT_GT(all.ties, 500u);
  EXPECT_GT(all.planes, 1500u);
  // A good part of what was asked got narrower.
  EXPECT_GT(all.tightened, all.solves / 5);
  EXPECT_GT(inner.tightened, inner.solves / 5);
}

TEST(TightenBounds, executionsLieInsideWithMilp) {
  if (!hasHighs())
    GTEST_SKIP() << "HiGHS is not linked";
  Coverage coverage;
  checkMany("milp", "tighten-bounds{with=milp,budget=8,nodes=5}", 4, coverage);
  EXPECT_EQ(coverage.refused, 0u);
  EXPECT_GT(coverage.tightened, coverage.solves / 5);
  EXPECT_GT(coverage.trusting, 5u);
}

TEST(TightenBounds, numbersOfEverySize) {
  if (!hasHighs())
    GTEST_SKIP() << "HiGHS is not linked";
  Coverage coverage;
  for (uint64_t seed = 0; seed < 150; ++seed) {
    SCOPED_TRACE(("seed " + llvm::Twine(seed)).str());
    RandomTwinOptions options;
    options.extreme = true;
    options.quantizedFirst = seed % 4 == 0;
    checkTwin(80000 + seed, options, "tighten-bounds{budget=30}", coverage);
    ASSERT_FALSE(HasFatalFailure());
  }
  coverage.print("extreme");
  EXPECT_LT(coverage.refused, coverage.twins / 4);
}

/// Answers each question with the same bound.
class FixedOracle final : public BoundOracle {
public:
  explicit FixedOracle(DeltaBound answer) : answer(answer) {}
  llvm::Expected<std::vector<DeltaBound>>
  bound(const Twin &, const TwinBounds &, llvm::ArrayRef<InputRegion>, size_t,
        llvm::ArrayRef<DeltaEnd> ends) override {
    return std::vector<DeltaBound>(ends.size(), answer);
  }

private:
  DeltaBound answer;
};

/// The first random twin whose outputs' widths are positive, tightened by an
/// oracle that says `answer`.
Outcome tightenWith(DeltaBound answer, std::unique_ptr<Module> &module) {
  for (uint64_t seed = 1;; ++seed) {
    RandomTwinOptions options;
    options.minWidth = 3;
    module = wrap(TwinMaker(seed, options).make());
    runPasses(*module, "align-twins,annotate-bounds", nullptr);
    const auto &delta = *module->twins[0]->pairs.back().delta;
    if (llvm::all_of(delta, [](const Interval &d) { return d.width() > 0; }))
      break;
  }
  return runPasses(*module, "tighten-bounds", [&](const BoundOracleOptions &) {
    return std::make_unique<FixedOracle>(answer);
  });
}

TEST(TightenBounds, aSolverThatAnExecutionContradictsIsNamed) {
  std::unique_ptr<Module> module;
  Outcome outcome = tightenWith({-1e6, /*isSafe=*/false}, module);
  EXPECT_NE(outcome.error.find("a solver says that the difference lies in"),
            std::string::npos)
      << outcome.error;
  EXPECT_NE(outcome.error.find("[contradiction]"), std::string::npos);
}

TEST(TightenBounds, withoutASolverThereIsOneClearError) {
  std::unique_ptr<Module> module;
  tightenWith({}, module);
  EXPECT_EQ(runPasses(*module, "tighten-bounds", nullptr).error,
            "@m: error: this tool hands no solver to tighten-bounds "
            "[solver-missing]");
}

TEST(TightenBounds, anOracleThatKnowsNothingChangesNothing) {
  std::unique_ptr<Module> module;
  Outcome outcome = tightenWith({infinity, /*isSafe=*/false}, module);
  EXPECT_EQ(outcome.error, "");
  EXPECT_GT(outcome.counts["solves"], 0u);
  EXPECT_EQ(outcome.counts["tightened"], 0u);
  for (const Pair &pair : module->twins[0]->pairs)
    EXPECT_FALSE(llvm::is_contained(pair.by, Approximation::TrustsSolver));
}

} // namespace
