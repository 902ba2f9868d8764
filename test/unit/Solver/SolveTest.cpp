//===- SolveTest.cpp - Solvers against enumeration -*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Common/LongTests.h"
#include "Process.h"
#include "TinySystems.h"
#include "qev/Solver/DualBound.h"
#include "qev/Target/Mps.h"
#include "qev/Target/SmtLib.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Program.h"
#include "gtest/gtest.h"
#include <map>

using namespace qev;
using namespace qev::test;

namespace {

const auto numCases = static_cast<unsigned>(scaleLength(200));
/// What floating-point solvers may be off by on these systems; they are asked
/// for 1e-7 and objectives are scaled up to about 100.
constexpr double tolerance = 1e-5;

/// Null if the solver is not there.
std::unique_ptr<Solver> tryCreate(llvm::StringRef name) {
  auto solver = createSolver(name);
  if (solver)
    return std::move(*solver);
  llvm::consumeError(solver.takeError());
  return nullptr;
}

/// The exact proof's optimum is that of enumeration, but for ties.
void checkOptimum(const Solver &solver, unsigned step) {
  unsigned solved = 0;
  for (unsigned seed = 0; seed < numCases; seed += step) {
    TinyCase tiny(seed);
    System system = tiny.encodeIt(Goal::largestDelta(0, 1), Rounding::Exact);
    Answer answer = solver.solve(system);
    ASSERT_EQ(answer.kind, Answer::Optimal) << seed << ": " << answer.reason;
    double largest = tiny.largest.toDouble();
    EXPECT_GE(*answer.bound, largest - tolerance) << seed;
    if (!tiny.hasTies) {
      EXPECT_LE(*answer.bound, largest + tolerance) << seed;
    }
    EXPECT_EQ(answer.point->size(), system.variables.size());
    EXPECT_NEAR(system.objective->evaluate(*answer.point).toDouble(),
                *answer.bound, tolerance)
        << seed;
    solved += answer.trust != Trust::bounds();
  }
  EXPECT_GT(solved, numCases / step / 2);
}

/// Points of the witness system replay on the codes that the solver saw.
void checkWitness(const Solver &solver, unsigned step) {
  unsigned found = 0;
  for (unsigned seed = 0; seed < numCases; seed += step) {
    TinyCase tiny(seed);
    System system = tiny.encodeIt(Goal::largestDelta(0, 1), Rounding::Exact,
                                  Purpose::Witness);
    Answer answer = solver.solve(system);
    if (answer.kind == Answer::Infeasible)
      continue; // every point of the grid is close to a tie
    ASSERT_EQ(answer.kind, Answer::Optimal) << seed << ": " << answer.reason;
    Real delta = tiny.replay(system, *answer.point);
    EXPECT_LE(delta, tiny.largest) << seed;
    EXPECT_NEAR(delta.toDouble(),
                system.objective->evaluate(*answer.point).toDouble(), tolerance)
        << seed;
    ++found;
  }
  EXPECT_GT(found, numCases / step / 2);
}

TEST(Highs, OptimumIsThatOfEnumeration) {
  auto highs = tryCreate("highs");
  if (!highs)
    GTEST_SKIP() << "no HiGHS";
  checkOptimum(*highs, 1);
}

TEST(Highs, WitnessesReplay) {
  auto highs = tryCreate("highs");
  if (!highs)
    GTEST_SKIP() << "no HiGHS";
  checkWitness(*highs, 1);
}

TEST(Cbc, OptimumIsThatOfEnumeration) {
  auto cbc = tryCreate("cbc");
  if (!cbc)
    GTEST_SKIP() << "no CBC";
  checkOptimum(*cbc, 1);
}

TEST(Cbc, WitnessesReplay) {
  auto cbc = tryCreate("cbc");
  if (!cbc)
    GTEST_SKIP() << "no CBC";
  checkWitness(*cbc, 5);
}

TEST(Glpsol, OptimumIsThatOfEnumeration) {
  auto glpsol = tryCreate("glpsol");
  if (!glpsol)
    GTEST_SKIP() << "no GLPK";
  checkOptimum(*glpsol, 2);
}

TEST(Z3, OptimumIsThatOfEnumerationTiesIncluded) {
  auto z3 = tryCreate("z3");
  ASSERT_TRUE(z3);
  for (unsigned seed = 0; seed < numCases; ++seed) {
    TinyCase tiny(seed);
    System system = tiny.encodeIt(Goal::largestDelta(0, 1), Rounding::Exact);
    Answer answer = z3->solve(system);
    ASSERT_EQ(answer.kind, Answer::Optimal) << seed << ": " << answer.reason;
    EXPECT_GE(Real::fromDouble(*answer.bound), tiny.largest) << seed;
    // Only coefficients that are no doubles keep it from being the same.
    EXPECT_LE(*answer.bound, tiny.largest.toDouble() + 1e-12) << seed;
    auto violation = findViolation(system, *answer.point, true);
    EXPECT_FALSE(violation) << seed << ": " << *violation;
    EXPECT_EQ(tiny.replay(system, *answer.point), tiny.largest) << seed;
  }
}

TEST(Z3, DecisionsAreThoseOfEnumeration) {
  auto z3 = tryCreate("z3");
  ASSERT_TRUE(z3);
  for (unsigned seed = 0; seed < numCases; ++seed) {
    TinyCase tiny(seed);
    Real below = tiny.largest - Real::powerOfTwo(-30),
         above = tiny.largest + Real::powerOfTwo(-30);
    Answer yes = z3->solve(
        tiny.encodeIt(Goal::exceedingDelta(0, 1, below), Rounding::Exact));
    EXPECT_EQ(yes.kind, Answer::Feasible) << seed << ": " << yes.reason;
    Answer no = z3->solve(
        tiny.encodeIt(Goal::exceedingDelta(0, 1, above), Rounding::Exact));
    EXPECT_EQ(no.kind, Answer::Infeasible) << seed << ": " << no.reason;
  }
}

/// Whether the first net's winner is unique beyond the margin and the second
/// one prefers the rival.
bool losesTopOne(const Execution &run, size_t winner, size_t rival,
                 const Real &margin) {
  for (size_t k = 0; k < run.firstOutput.size(); ++k)
    if (k != winner && run.firstOutput[winner] - run.firstOutput[k] <= margin)
      return false;
  const Real &mine = run.secondOutput[winner], &other = run.secondOutput[rival];
  return other > mine || (other == mine && rival < winner);
}

TEST(Z3, TopOneIsThatOfEnumeration) {
  auto z3 = tryCreate("z3");
  ASSERT_TRUE(z3);
  unsigned lost = 0, kept = 0;
  for (unsigned seed = 0; seed < 2 * numCases; ++seed) {
    TinyCase tiny(seed);
    if (tiny.runs[0].firstOutput.size() != 2)
      continue;
    for (size_t winner : {0, 1}) {
      Real margin = Real::ratio(seed % 3, 16);
      bool expected = llvm::any_of(tiny.runs, [&](const Execution &run) {
        return losesTopOne(run, winner, 1 - winner, margin);
      });
      Answer answer = z3->solve(tiny.encodeIt(
          Goal::losingTopOne(2, winner, 1 - winner, margin), Rounding::Exact));
      ASSERT_EQ(answer.kind, expected ? Answer::Feasible : Answer::Infeasible)
          << seed << " winner " << winner << ": " << answer.reason;
      (expected ? lost : kept)++;
    }
  }
  EXPECT_GT(lost, scaleLength(20));
  EXPECT_GT(kept, scaleLength(20));
}

TEST(Relaxation, ContainsTheExactOptimum) {
  auto highs = tryCreate("auto");
  if (!highs)
    GTEST_SKIP() << "no MILP solver";
  auto z3 = tryCreate("z3");
  for (unsigned seed = 0; seed < numCases; seed += 2) {
    TinyCase tiny(seed);
    System system = tiny.encodeIt(Goal::largestDelta(0, 1), Rounding::Relaxed);
    Answer answer = highs->solve(system);
    ASSERT_EQ(answer.kind, Answer::Optimal) << seed << ": " << answer.reason;
    EXPECT_GE(*answer.bound, tiny.largest.toDouble() - tolerance) << seed;
    // The exact sentence of a relaxed step is what its rows say.
    Answer exact = z3->solve(system);
    ASSERT_EQ(exact.kind, Answer::Optimal) << seed << ": " << exact.reason;
    EXPECT_NEAR(*exact.bound, *answer.bound, tolerance) << seed;
  }
}

TEST(LinearProgram, BoundNeedsNoTrust) {
  auto highs = tryCreate("highs");
  if (!highs || llvm::StringRef(highs->getName()) == "highs")
    GTEST_SKIP() << "HiGHS is not linked";
  unsigned solved = 0;
  for (unsigned seed = 0; seed < numCases; ++seed) {
    TinyCase tiny(seed);
    System system = tiny.encodeIt(Goal::largestDelta(0, 1), Rounding::Relaxed);
    system.relaxIntegers();
    Answer answer = highs->solve(system);
    ASSERT_EQ(answer.kind, Answer::Optimal) << seed << ": " << answer.reason;
    EXPECT_GE(Real::fromDouble(*answer.bound), tiny.largest) << seed;
    if (answer.trust == Trust::bounds())
      continue;
    EXPECT_EQ(answer.trust, Trust::safeDual());
    // Safe, and as tight as the optimum.
    EXPECT_NEAR(system.objective->evaluate(*answer.point).toDouble(),
                *answer.bound, tolerance)
        << seed;
    ++solved;
    // Asking for more than the bound is infeasible, provably.
    System decision = tiny.encodeIt(
        Goal::exceedingDelta(0, 1, Real::fromDouble(*answer.bound + 0.01)),
        Rounding::Relaxed);
    decision.relaxIntegers();
    Answer none = highs->solve(decision);
    EXPECT_EQ(none.kind, Answer::Infeasible) << seed;
    EXPECT_TRUE(none.trust.isSafe()) << seed << ": " << none.trust.words;
  }
  EXPECT_GT(solved, numCases / 2);
}

TEST(DualBound, OutwardOfExactAndAboveEveryPoint) {
  std::mt19937 random(3);
  std::normal_distribution<double> normal;
  for (unsigned seed = 0; seed < 50; ++seed) {
    TinyCase tiny(seed);
    System system = tiny.encodeIt(Goal::largestDelta(0, 1), Rounding::Relaxed);
    for (int round = 0; round < 10; ++round) {
      std::vector<double> multipliers(system.rows.size());
      for (double &multiplier : multipliers)
        multiplier = normal(random);
      double safe = getSafeDualBound(system, multipliers);
      Real exact = getExactDualBound(system, multipliers);
      EXPECT_GE(Real::fromDouble(safe), exact);
      EXPECT_NEAR(safe, exact.toDouble(), 1e-9 * (1 + std::fabs(safe)));
      EXPECT_GE(exact, tiny.largest);
      EXPECT_FALSE(provesInfeasible(system, multipliers));
    }
  }
}

TEST(DualBound, WrongSignsAndNonsenseCountAsZero) {
  System system;
  Variable variable;
  variable.hi = 2;
  system.variables = {variable};
  system.rows = {{{{0, 1.0}}, Sense::LessEqual, 1, false, {}},
                 {{{0, 1.0}}, Sense::GreaterEqual, 3, false, {}}};
  system.objective = Objective{{{0, 1.0}}, 5, 0};
  EXPECT_EQ(getSafeDualBound(system, {0.0, 0.0}), 7);
  EXPECT_EQ(getSafeDualBound(system, {1.0, 0.0}), 6);
  EXPECT_EQ(getSafeDualBound(system, {-1.0, infinity}), 7);
  EXPECT_EQ(getSafeDualBound(system, {std::nan(""), 0.5}), 7);
  EXPECT_TRUE(provesInfeasible(system, {1.0, -1.0}));
  EXPECT_TRUE(provesInfeasible(system, {0.0, -1.0})); // x <= 2 by its bound
  EXPECT_FALSE(provesInfeasible(system, {1.0, 1.0}));
}

//===----------------------------------------------------------------------===//
// Programs that read SMT-LIB
//===----------------------------------------------------------------------===//

/// First line that a program prints of the text, or nothing if it is not there.
std::optional<std::string> runSmt(llvm::StringRef program,
                                  llvm::StringRef text) {
  auto path = llvm::sys::findProgramByName(program);
  if (!path)
    return std::nullopt;
  llvm::SmallString<128> file, log;
  EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("qev", "smt2", file));
  EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("qev", "log", log));
  llvm::FileRemover removeFile(file), removeLog(log);
  {
    std::error_code error;
    llvm::raw_fd_ostream os(file, error);
    os << text;
  }
  ProcessResult result =
      runProcess(*path, {file.str().str()}, log, 60, nullptr);
  EXPECT_EQ(result.kind, ProcessResult::Exited);
  auto buffer = llvm::MemoryBuffer::getFile(log);
  return (*buffer)->getBuffer().split('\n').first.str();
}

void checkSmt(llvm::StringRef program) {
  if (!llvm::sys::findProgramByName(program))
    GTEST_SKIP() << "no " << program.str();
  for (unsigned seed = 0; seed < 40; ++seed) {
    TinyCase tiny(seed);
    for (Rounding rounding : {Rounding::Exact, Rounding::Relaxed})
      for (bool isAbove : {false, true}) {
        Real shift = Real::powerOfTwo(-30);
        System system = tiny.encodeIt(
            Goal::exceedingDelta(
                0, 1, isAbove ? tiny.largest + shift : tiny.largest - shift),
            rounding);
        std::string text;
        llvm::raw_string_ostream os(text);
        llvm::cantFail(writeSmtLib(system, os));
        std::string said = *runSmt(program, text);
        if (!isAbove)
          EXPECT_EQ(said, "sat") << seed << "\n" << text;
        else if (rounding == Rounding::Exact)
          EXPECT_EQ(said, "unsat") << seed << "\n" << text;
        else // the relaxation may or may not exceed it
          EXPECT_TRUE(said == "sat" || said == "unsat") << seed << said;
      }
  }
}

TEST(SmtLib, Cvc5AgreesWithEnumeration) { checkSmt("cvc5"); }
TEST(SmtLib, Z3ProgramAgreesWithEnumeration) { checkSmt("z3"); }

/// Of a relaxation enumeration knows only that it contains what there is: just
/// above the optimum the programs' answers can only be compared.
TEST(SmtLib, ProgramsAgreeOnRelaxations) {
  if (!llvm::sys::findProgramByName("z3") ||
      !llvm::sys::findProgramByName("cvc5"))
    GTEST_SKIP() << "no Z3 or no cvc5";
  std::map<std::string, unsigned> answers;
  for (unsigned seed = 0; seed < 40; ++seed) {
    TinyCase tiny(seed);
    System system = tiny.encodeIt(
        Goal::exceedingDelta(0, 1, tiny.largest + Real::powerOfTwo(-30)),
        Rounding::Relaxed);
    std::string text;
    llvm::raw_string_ostream os(text);
    llvm::cantFail(writeSmtLib(system, os));
    std::string said = *runSmt("z3", text);
    EXPECT_EQ(said, *runSmt("cvc5", text)) << seed << "\n" << text;
    ++answers[said];
  }
  EXPECT_EQ(answers["sat"] + answers["unsat"], 40u);
  EXPECT_GT(answers["sat"], 3u);
  EXPECT_GT(answers["unsat"], 3u);
}

} // namespace
