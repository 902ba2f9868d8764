//===- DishonestSolvers.cpp - Solvers that lie, fail or never end *- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TinyPairs.h"
#include "gtest/gtest.h"
#include <thread>

using namespace qev;
using namespace qev::test;

namespace {

class FakeSolver : public Solver {
public:
  using Function = std::function<Answer(const System &, const SolveLimits &)>;
  explicit FakeSolver(Function function) : function(std::move(function)) {}
  std::string getName() const override { return "fake 1"; }

private:
  Answer run(const System &system, const SolveLimits &limits) const override {
    Answer answer = function(system, limits);
    answer.trust = Trust::tolerance("fake 1, dual bound");
    return answer;
  }
  Function function;
};

/// Solvers are asked about executions in general too, to see whether they lie.
bool isAboutGoal(const System &system) {
  return llvm::any_of(system.rows, [](const Row &row) {
    return row.origin.role == Role::Goal;
  });
}

Answer makeAnswer(Answer::Kind kind, std::optional<double> bound = {}) {
  Answer answer;
  answer.kind = kind;
  answer.bound = bound;
  return answer;
}

/// A true claim that bounds leave open.
class OpenClaim : public testing::Test {
protected:
  OpenClaim() {
    for (unsigned seed = 0; !pair; ++seed) {
      TinyPairs tiny(seed);
      ModelPair candidate = tiny.make();
      region = tiny.makeRegion();
      runs = TinyPairs::tryAll(candidate, region);
      Real largest;
      for (const Replay &run : runs)
        for (size_t i = 0; i < run.first.size(); ++i)
          largest =
              std::max(largest, run.getDelta(static_cast<int64_t>(i)).abs());
      question.epsilon = printReal(largest);
      VerifyOptions options;
      if (llvm::cantFail(verifySample(candidate, region, question, options))
              .verdict == Verdict::Unknown)
        pair.emplace(std::move(candidate));
    }
  }

  SampleResult ask(FakeSolver::Function function, double timeout = 10) {
    FakeSolver solver(std::move(function));
    VerifyOptions options;
    options.solver = &solver;
    options.exactSolver = exactSolver.get();
    options.trusted = trusted;
    options.timeout = timeout;
    options.stop = &stop;
    return llvm::cantFail(verifySample(*pair, region, question, options));
  }

  void expectSoundBrackets(const SampleResult &result) {
    for (const OutputResult &output : result.outputs)
      for (const Replay &run : runs)
        EXPECT_TRUE(output.proved.contains(run.getDelta(output.index)));
  }

  std::optional<ModelPair> pair;
  SampleRegion region;
  std::vector<Replay> runs;
  QuestionOptions question;
  std::atomic<bool> stop{false};
  std::unique_ptr<Solver> exactSolver;
  Trust::Grade trusted = Trust::Grade::Tolerance;
};

TEST_F(OpenClaim, WhatASolverSaysIsNamed) {
  SampleResult result = ask([](const System &system, const SolveLimits &) {
    return makeAnswer(isAboutGoal(system) ? Answer::Infeasible
                                          : Answer::Stopped);
  });
  EXPECT_EQ(result.verdict, Verdict::Verified);
  EXPECT_EQ(result.closedBy, "solver");
  EXPECT_EQ(result.verdictTrust,
            std::vector<Trust>{Trust::tolerance("fake 1, dual bound")});
}

TEST_F(OpenClaim, APointThatDoesNotReplayRefutesNothing) {
  SampleResult result = ask([](const System &system, const SolveLimits &) {
    Answer answer =
        makeAnswer(system.objective ? Answer::Stopped : Answer::Feasible);
    if (system.objective)
      answer.bound = 1000;
    answer.point.emplace();
    for (const Variable &variable : system.variables)
      answer.point->push_back(Real::fromDouble(variable.lo));
    return answer;
  });
  EXPECT_EQ(result.verdict, Verdict::Unknown);
  EXPECT_EQ(result.closedBy, "");
  EXPECT_FALSE(result.witness);
  EXPECT_NE(result.reason.find("unconfirmed: the point that fake 1 gives"),
            std::string::npos)
      << result.reason;
  expectSoundBrackets(result);
}

TEST_F(OpenClaim, ABoundThatReplaysContradictIsReported) {
  question = {};
  SampleResult result = ask([](const System &system, const SolveLimits &) {
    Answer answer = makeAnswer(Answer::Stopped, -1000);
    answer.point.emplace();
    for (const Variable &variable : system.variables)
      answer.point->push_back(Real::fromDouble(variable.lo));
    return answer;
  });
  EXPECT_EQ(result.verdict, Verdict::Bounded);
  ASSERT_FALSE(result.notes.empty());
  EXPECT_NE(result.notes[0].find("is contradicted by the replayed"),
            std::string::npos)
      << result.notes[0];
  EXPECT_TRUE(result.trust.empty());
  expectSoundBrackets(result);
}

TEST_F(OpenClaim, WhoFindsNoExecutionAtAllIsNotBelieved) {
  SampleResult result = ask([](const System &, const SolveLimits &) {
    return makeAnswer(Answer::Infeasible);
  });
  EXPECT_EQ(result.verdict, Verdict::Unknown);
  EXPECT_TRUE(result.trust.empty());
  EXPECT_NE(result.reason.find("fake 1 finds no execution at all in a region "
                               "that has some: it is not believed"),
            std::string::npos)
      << result.reason;
}

TEST_F(OpenClaim, WhoExcludesAKnownExecutionIsNotBelieved) {
  auto isFixed = [](const System &system) {
    return llvm::all_of(system.variables, [](const Variable &variable) {
      return variable.origin.role != Role::Input || variable.lo == variable.hi;
    });
  };
  SampleResult result = ask([&](const System &system, const SolveLimits &) {
    return makeAnswer(isAboutGoal(system) || isFixed(system)
                          ? Answer::Infeasible
                          : Answer::Stopped);
  });
  EXPECT_EQ(result.verdict, Verdict::Unknown);
  EXPECT_NE(result.reason.find("excludes an input whose execution is known"),
            std::string::npos)
      << result.reason;
}

TEST_F(OpenClaim, AnOptimumThatViolatesItsSystemIsNotBelieved) {
  SampleResult result = ask([](const System &system, const SolveLimits &) {
    Answer answer = makeAnswer(Answer::Optimal, -1000);
    for (answer.point.emplace();
         answer.point->size() < system.variables.size();)
      answer.point->emplace_back(1000000);
    return answer;
  });
  EXPECT_EQ(result.verdict, Verdict::Unknown);
  EXPECT_NE(result.reason.find("calls a point optimal that violates"),
            std::string::npos)
      << result.reason;
}

TEST_F(OpenClaim, OneContradictionDropsAllWords) {
  std::atomic<unsigned> calls{0};
  SampleResult result = ask([&](const System &system, const SolveLimits &) {
    // Honest at first, it seems.
    bool lies = ++calls > 3;
    return makeAnswer(isAboutGoal(system) || lies ? Answer::Infeasible
                                                  : Answer::Stopped);
  });
  EXPECT_EQ(result.verdict, Verdict::Unknown);
  EXPECT_TRUE(result.trust.empty());
  expectSoundBrackets(result);
}

TEST_F(OpenClaim, WithoutTrustASolversWordClosesNothing) {
  trusted = Trust::Grade::Exact;
  std::atomic<unsigned> proofs{0};
  SampleResult result = ask([&](const System &system, const SolveLimits &) {
    proofs += system.hasIntegers() && system.purpose == Purpose::Proof;
    return makeAnswer(isAboutGoal(system) ? Answer::Infeasible
                                          : Answer::Stopped);
  });
  EXPECT_EQ(result.verdict, Verdict::Unknown);
  EXPECT_TRUE(result.trust.empty());
  EXPECT_EQ(proofs, 0u) << "nothing is asked whose answer would not count";
}

TEST_F(OpenClaim, AnExactSolverDecidesWhatIsSmall) {
  trusted = Trust::Grade::Exact;
  exactSolver = llvm::cantFail(createSolver("z3"));
  SampleResult result = ask([](const System &, const SolveLimits &) {
    return makeAnswer(Answer::Stopped);
  });
  EXPECT_EQ(result.verdict, Verdict::Verified);
  EXPECT_EQ(getGrade(result.verdictTrust), Trust::Grade::Exact);
}

TEST_F(OpenClaim, NoExecutionAtAllIsReported) {
  question = {};
  SampleResult result = ask([](const System &, const SolveLimits &) {
    return makeAnswer(Answer::Infeasible);
  });
  EXPECT_EQ(result.verdict, Verdict::Bounded);
  EXPECT_NE(result.reason.find("no execution at all in a region that has some"),
            std::string::npos)
      << result.reason;
  expectSoundBrackets(result);
}

TEST_F(OpenClaim, AFailureIsTheReason) {
  SampleResult result = ask([](const System &, const SolveLimits &) {
    Answer answer;
    answer.reason = "fake 1 failed";
    return answer;
  });
  EXPECT_EQ(result.verdict, Verdict::Unknown);
  EXPECT_EQ(result.reason, "fake 1 failed");
}

TEST_F(OpenClaim, GivingUpEarlyIsNotAskedAgain) {
  std::atomic<unsigned> calls{0};
  SampleResult result = ask([&](const System &, const SolveLimits &) {
    ++calls;
    return makeAnswer(Answer::Stopped);
  });
  EXPECT_EQ(result.verdict, Verdict::Unknown);
  EXPECT_LE(calls, 4 * 2 * result.outputs.size());
}

TEST_F(OpenClaim, TheTimeLimitHolds) {
  constexpr double timeout = 0.3;
  SampleResult result = ask(
      [](const System &, const SolveLimits &limits) {
        Clock clock;
        while (clock.seconds() < limits.seconds && !*limits.stop)
          std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return makeAnswer(Answer::Stopped);
      },
      timeout);
  EXPECT_EQ(result.verdict, Verdict::Unknown);
  EXPECT_EQ(result.reason, "timeout of 0.3 s reached");
  EXPECT_GE(result.seconds.total, timeout);
  EXPECT_LT(result.seconds.total, 10 * timeout) << "a slow machine's worth";
}

TEST_F(OpenClaim, ASolverThatIgnoresItsLimitIsStopped) {
  SampleResult result = ask(
      [](const System &, const SolveLimits &limits) {
        while (!*limits.stop)
          std::this_thread::sleep_for(std::chrono::milliseconds(5));
        return makeAnswer(Answer::Stopped);
      },
      0.3);
  EXPECT_EQ(result.verdict, Verdict::Unknown);
}

TEST_F(OpenClaim, TheUserMayInterrupt) {
  SampleResult result = ask([&](const System &, const SolveLimits &limits) {
    stop = true;
    while (!*limits.stop)
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    return makeAnswer(Answer::Stopped);
  });
  EXPECT_EQ(result.verdict, Verdict::Unknown);
  EXPECT_EQ(result.reason, "interrupted");
  EXPECT_TRUE(result.isInterrupted);
  EXPECT_EQ(result.outputs.size(), static_cast<size_t>(pair->getNumOutputs()));
}

TEST_F(OpenClaim, AReplayBeatsASolversWord) {
  // The same input, once the claim is false.
  Real half = *Real::parse(question.epsilon) * Real::ratio(1, 2);
  Obligation above, below;
  const Replay *worst = nullptr;
  for (const Replay &run : runs)
    for (size_t i = 0; i < run.first.size(); ++i)
      if (auto output = static_cast<int64_t>(i);
          run.getDelta(output).abs() > half) {
        worst = &run;
        above.output = below.output = output;
      }
  ASSERT_TRUE(worst);
  below.sign = -1;
  above.epsilon = below.epsilon = half;
  Box wide(worst->first.size(), Interval(-100, 100));
  Case sample(*pair->firstExact, *pair->secondExact, region.inputs,
              {above, below}, {wide, wide, wide}, {});
  sample.settle(0, Trust::tolerance("fake 1, dual bound"));
  sample.settle(1, Trust::tolerance("fake 1, dual bound"));
  EXPECT_EQ(sample.countOpen(), 0u);
  InputPoint far = worst->input;
  far[0][0] = 1000;
  EXPECT_FALSE(sample.tryInput(far, "x")) << "outside the region";
  EXPECT_FALSE(sample.isRefuted());
  sample.tryInput(worst->input, "attack");
  EXPECT_TRUE(sample.isRefuted());
  EXPECT_EQ(sample.getRefuter(), "attack");
  EXPECT_FALSE(sample.getNotes().empty());
  // Its word about the other side counts no more either.
  EXPECT_EQ(sample.countOpen(), 2u);
}

TEST_F(OpenClaim, ASolversBoundIsLoosened) {
  Obligation above;
  Box wide(runs[0].first.size(), Interval(-8, 8));
  Case sample(*pair->firstExact, *pair->secondExact, region.inputs, {above},
              {wide, wide, wide}, {});
  sample.bound(0, 4, Trust::tolerance("fake 1, dual bound"));
  double end = sample.getBracket().getEnd(0, 1);
  EXPECT_GT(end, 4);
  EXPECT_LT(end, 4.0001);
  sample.bound(0, 4, Trust::safeDual());
  EXPECT_EQ(sample.getBracket().getEnd(0, 1), 4);
}

} // namespace
