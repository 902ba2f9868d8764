//===- VerdictsTest.cpp - Verdicts against trying every input -*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Common/LongTests.h"
#include "TinyPairs.h"
#include "gtest/gtest.h"

using namespace qev;
using namespace qev::test;

namespace {

struct Tally {
  unsigned verified = 0, falsified = 0, unknown = 0;
  void count(Verdict verdict) {
    verified += verdict == Verdict::Verified;
    falsified += verdict == Verdict::Falsified;
    unknown += verdict == Verdict::Unknown;
  }
};

bool refutesTopOne(const Replay &run, const Real &margin) {
  int64_t winner = getWinner(run.first);
  for (size_t i = 0; i < run.first.size(); ++i)
    if (static_cast<int64_t>(i) != winner &&
        run.first[winner] - run.first[i] <= margin)
      return false;
  return getWinner(run.second) != winner;
}

Real getLargest(const std::vector<Replay> &runs) {
  Real largest;
  for (const Replay &run : runs)
    for (size_t i = 0; i < run.first.size(); ++i)
      largest = std::max(largest, run.getDelta(static_cast<int64_t>(i)).abs());
  return largest;
}

class Checker {
public:
  explicit Checker(const char *solverName) {
    if (!solverName)
      return;
    auto created = createSolver(solverName);
    if (created)
      solver = std::move(*created);
    else
      llvm::consumeError(created.takeError());
  }
  bool hasSolver() const { return solver != nullptr; }

  /// Asks, and compares with what trying every input has shown.
  SampleResult check(const ModelPair &pair, const SampleRegion &region,
                     const std::vector<Replay> &runs,
                     const QuestionOptions &question, bool isRefutable) {
    VerifyOptions options;
    options.solver = solver.get();
    options.attack = attack;
    options.timeout = 600; // no verdict depends on it, however slow the machine
    SampleResult result =
        llvm::cantFail(verifySample(pair, region, question, options));
    if (result.verdict == Verdict::Verified) {
      EXPECT_FALSE(isRefutable);
    }
    if (result.verdict == Verdict::Falsified) {
      EXPECT_TRUE(isRefutable);
      EXPECT_TRUE(contains(region.inputs, result.witness->replay.input));
    }
    for (const OutputResult &output : result.outputs) {
      for (const Replay &run : runs)
        EXPECT_TRUE(output.proved.contains(run.getDelta(output.index)));
      EXPECT_TRUE(!output.witnessed ||
                  output.proved.contains(*output.witnessed));
    }
    // Closed windows admit both sides of a tie, so a point need not replay;
    // but nothing may contradict what was said before.
    for (llvm::StringRef note : result.notes)
      EXPECT_TRUE(note.starts_with("unconfirmed: ")) << note.str();
    tally.count(result.verdict);
    return result;
  }

  bool attack = true;
  Tally tally;

private:
  std::unique_ptr<Solver> solver;
};

void checkTopOne(Checker &checker, unsigned numSeeds) {
  for (unsigned seed = 0; seed < scaleLength(numSeeds); ++seed) {
    SCOPED_TRACE(seed);
    TinyPairs tiny(seed);
    ModelPair pair = tiny.make();
    if (pair.first().outputs.size() > 1)
      continue; // no winner
    SampleRegion region = tiny.makeRegion();
    auto runs = TinyPairs::tryAll(pair, region);
    for (const char *margin : {"0", "1/4"}) {
      Real exact = *Real::parse(margin);
      bool isRefutable = llvm::any_of(
          runs, [&](const Replay &run) { return refutesTopOne(run, exact); });
      QuestionOptions question;
      question.topOneMargin = margin;
      checker.check(pair, region, runs, question, isRefutable);
    }
  }
}

void checkEpsilon(Checker &checker, unsigned numSeeds) {
  for (unsigned seed = 0; seed < scaleLength(numSeeds); ++seed) {
    SCOPED_TRACE(seed);
    TinyPairs tiny(seed);
    if (seed % 4 == 0)
      tiny.reshapeOutputs();
    ModelPair pair = tiny.make();
    SampleRegion region = tiny.makeRegion();
    auto runs = TinyPairs::tryAll(pair, region);
    Real largest = getLargest(runs);
    for (const Real &epsilon :
         {largest, largest + Real::ratio(1, 100),
          largest - Real::ratio(1, 1000), largest * Real::ratio(1, 2)}) {
      if (epsilon.sign() < 0)
        continue;
      QuestionOptions question;
      question.epsilon = printReal(epsilon);
      checker.check(pair, region, runs, question, epsilon < largest);
    }
  }
}

/// A row that holds for some runs, often just so.
OutputRow makeRow(TinyPairs &tiny, const std::vector<Replay> &runs) {
  OutputRow row;
  auto numOutputs = static_cast<int64_t>(runs[0].first.size());
  for (int64_t i = 0; i < numOutputs; ++i)
    for (auto *parts : {&row.form.first, &row.form.second})
      if (tiny.chance(50) || (i == 0 && row.form.first.empty()))
        parts->push_back({i, Real::ratio(tiny.pick(-4, 4), 2)});
  std::vector<Real> values;
  for (const Replay &run : runs) {
    Real sum;
    for (const auto &[output, factor] : row.form.first)
      sum += factor * run.first[output];
    for (const auto &[output, factor] : row.form.second)
      sum += factor * run.second[output];
    values.push_back(sum);
  }
  llvm::sort(values);
  // The largest value, or one of the larger ones.
  auto count = static_cast<int64_t>(values.size());
  row.rhs =
      values[tiny.pick(tiny.chance(50) ? count / 2 : count - 1, count - 1)];
  if (tiny.chance(30))
    row.rhs += Real::ratio(1, tiny.pick(20, 1000));
  row.strict = tiny.chance(50);
  return row;
}

void checkNever(Checker &checker, unsigned numSeeds) {
  for (unsigned seed = 0; seed < scaleLength(numSeeds); ++seed) {
    SCOPED_TRACE(seed);
    TinyPairs tiny(seed);
    if (seed % 4 == 0)
      tiny.reshapeOutputs();
    ModelPair pair = tiny.make();
    SampleRegion region = tiny.makeRegion();
    auto runs = TinyPairs::tryAll(pair, region);
    NeverClaim claim;
    for (int64_t i = tiny.pick(0, 2); i >= 0; --i) {
      auto &rows = claim.violations.emplace_back();
      for (int64_t j = tiny.pick(0, 2); j >= 0; --j)
        rows.push_back(makeRow(tiny, runs));
    }
    bool isRefutable = llvm::any_of(runs, [&](const Replay &run) {
      return llvm::any_of(claim.violations, [&](const auto &rows) {
        return llvm::all_of(
            rows, [&](const OutputRow &row) { return holds(row, run); });
      });
    });
    region.claim = claim;
    SampleResult result = checker.check(pair, region, runs, {}, isRefutable);
    if (!result.witness)
      continue;
    const auto &rows = claim.violations[*result.witness->violation];
    for (const OutputRow &row : rows)
      EXPECT_TRUE(holds(row, result.witness->replay));
  }
}

TEST(Verdicts, NeverByBoundsAndAttack) {
  Checker checker(nullptr);
  checkNever(checker, 600);
  EXPECT_GT(checker.tally.verified, scaleLength(20));
  EXPECT_GT(checker.tally.falsified, scaleLength(100));
}

TEST(Verdicts, NeverByHighs) {
  Checker checker("highs");
  if (!checker.hasSolver())
    GTEST_SKIP() << "no HiGHS";
  checkNever(checker, 400);
  EXPECT_GT(checker.tally.verified, scaleLength(50));
  EXPECT_GT(checker.tally.falsified, scaleLength(100));
}

TEST(Verdicts, NeverByZ3IsAlwaysDecided) {
  Checker checker("z3");
  checkNever(checker, 100);
  EXPECT_EQ(checker.tally.unknown, scaleLength(0));
}

TEST(Verdicts, TopOneByBoundsAndAttack) {
  Checker checker(nullptr);
  checkTopOne(checker, 400);
  EXPECT_GT(checker.tally.verified, scaleLength(20));
  EXPECT_GT(checker.tally.falsified, scaleLength(20));
}

TEST(Verdicts, TopOneByHighs) {
  Checker checker("highs");
  if (!checker.hasSolver())
    GTEST_SKIP() << "no HiGHS";
  checkTopOne(checker, 400);
  EXPECT_GT(checker.tally.verified, scaleLength(100));
  EXPECT_GT(checker.tally.falsified, scaleLength(100));
}

TEST(Verdicts, TopOneByZ3IsAlwaysDecided) {
  Checker checker("z3");
  checkTopOne(checker, 60);
  EXPECT_EQ(checker.tally.unknown, scaleLength(0));
}

TEST(Verdicts, EpsilonByBoundsAndAttack) {
  Checker checker(nullptr);
  checkEpsilon(checker, 400);
  EXPECT_GT(checker.tally.verified, scaleLength(20));
  EXPECT_GT(checker.tally.falsified, scaleLength(100));
}

TEST(Verdicts, EpsilonByHighs) {
  Checker checker("highs");
  if (!checker.hasSolver())
    GTEST_SKIP() << "no HiGHS";
  checkEpsilon(checker, 200);
  EXPECT_GT(checker.tally.verified, scaleLength(100));
  EXPECT_GT(checker.tally.falsified, scaleLength(100));
}

TEST(Verdicts, EpsilonByZ3IsAlwaysDecided) {
  Checker checker("z3");
  checkEpsilon(checker, 60);
  EXPECT_EQ(checker.tally.unknown, 0u);
}

TEST(Verdicts, BracketWithoutAClaim) {
  Checker checker("highs");
  if (!checker.hasSolver())
    GTEST_SKIP() << "no HiGHS";
  unsigned narrow = 0;
  for (unsigned seed = 0; seed < scaleLength(60); ++seed) {
    SCOPED_TRACE(seed);
    TinyPairs tiny(seed);
    ModelPair pair = tiny.make();
    SampleRegion region = tiny.makeRegion();
    auto runs = TinyPairs::tryAll(pair, region);
    SampleResult result = checker.check(pair, region, runs, {}, false);
    EXPECT_EQ(result.verdict, Verdict::Bounded);
    narrow += result.reason.empty();
  }
  EXPECT_GT(narrow, scaleLength(20));
}

TEST(Verdicts, ANetAgainstItselfByBounds) {
  Checker checker(nullptr);
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    TinyPairs tiny(seed);
    ModelPair pair = tiny.makeWithItself();
    SampleRegion region = tiny.makeRegion();
    auto runs = TinyPairs::tryAll(pair, region);
    QuestionOptions epsilon, topOne;
    epsilon.epsilon = "0";
    topOne.topOne = true;
    for (const QuestionOptions &question : {epsilon, topOne}) {
      if (question.topOne && pair.first().outputs.size() > 1)
        continue; // no winner
      SampleResult result = checker.check(pair, region, runs, question, false);
      EXPECT_EQ(result.verdict, Verdict::Verified);
      EXPECT_EQ(result.closedBy, "bounds");
      EXPECT_TRUE(result.trust.empty());
      for (const OutputResult &output : result.outputs)
        EXPECT_EQ(output.proved, Interval(0));
    }
  }
}

TEST(Verdicts, APointIsExecuted) {
  Checker checker(nullptr);
  for (unsigned seed = 0; seed < 200; ++seed) {
    SCOPED_TRACE(seed);
    TinyPairs tiny(seed);
    ModelPair pair = tiny.make();
    SampleRegion region = tiny.makeRegion();
    for (InputRegion &input : region.inputs)
      input.hi = input.lo;
    auto runs = TinyPairs::tryAll(pair, region);
    ASSERT_EQ(runs.size(), 1u);
    Real largest = getLargest(runs);
    QuestionOptions same, less, topOne;
    same.epsilon = printReal(largest);
    less.epsilon = printReal(largest * Real::ratio(1, 3));
    topOne.topOne = true;
    bool loses = refutesTopOne(runs[0], 0);
    for (bool attack : {true, false}) {
      checker.attack = attack;
      for (auto [question, isRefutable] : {std::pair(&same, false),
                                           {&less, !largest.isZero()},
                                           {&topOne, loses}}) {
        if (question->topOne && pair.first().outputs.size() > 1)
          continue; // no winner
        SampleResult result =
            checker.check(pair, region, runs, *question, isRefutable);
        EXPECT_NE(result.verdict, Verdict::Unknown);
        EXPECT_EQ(result.closedBy, "execution");
      }
    }
  }
}

} // namespace
