//===- ProgramsTest.cpp - Tests of solvers as programs -*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Child.h"
#include "Process.h"
#include "qev/Solver/ExternalSolver.h"
#include "qev/Solver/SolutionReader.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "gtest/gtest.h"
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace qev;

namespace {

/// max k0 + x1/3 with 2 k0 + x1 <= 7.5, k0 >= x1, k0 in [-3, 5],
/// x1 in [-1, 10], x2 = 0.25; the optimum is 4 - 1/6.
System makeSystem() {
  System system;
  for (auto [kind, lo, hi] :
       {std::tuple(VariableKind::Integer, -3.0, 5.0),
        std::tuple(VariableKind::Continuous, -1.0, 10.0),
        std::tuple(VariableKind::Continuous, 0.25, 0.25)}) {
    Variable variable;
    variable.kind = kind;
    variable.lo = lo;
    variable.hi = hi;
    system.variables.push_back(variable);
  }
  system.rows = {{{{0, 2.0}, {1, 1.0}}, Sense::LessEqual, 7.5, false, {}},
                 {{{0, 1.0}, {1, -1.0}}, Sense::GreaterEqual, 0, false, {}}};
  system.objective = Objective{{{0, 1.0}, {1, 1.0 / 3}}, 0, 0};
  return system;
}

std::string getMessage(llvm::Error error) {
  return llvm::toString(std::move(error));
}

//===----------------------------------------------------------------------===//
// Solution files, as the programs wrote them
//===----------------------------------------------------------------------===//

void expectOptimum(const Solution &solution, double error) {
  EXPECT_EQ(solution.status, Solution::Optimal);
  ASSERT_TRUE(solution.objective);
  EXPECT_TRUE(solution.objective->contains(-(4 - 0.5 / 3)));
  EXPECT_LE(solution.objective->width(), error);
  ASSERT_TRUE(solution.values);
  EXPECT_EQ(*solution.values, (std::vector<double>{4, -0.5, 0.25}));
}

Solution read(const char *text) {
  System system = makeSystem();
  return llvm::cantFail(readSolution(system, text));
}

TEST(SolutionReader, Highs) {
  expectOptimum(read(R"(Model status
Optimal

# Primal solution values
Feasible
Objective -3.8333333333333
# Columns 3
k0 4
x1 -0.5
x2 0.25
# Rows 2
r0 7.5
r1 4.5

# Dual solution values
None

# Basis
HiGHS_basis_file v2
None
)"),
                1e-9);
  Solution none = read("Model status\nInfeasible\n\n# Primal solution values\n"
                       "None\n\n# Dual solution values\nNone\n");
  EXPECT_EQ(none.status, Solution::Infeasible);
  EXPECT_FALSE(none.values);
  Solution stopped = read("Model status\nTime limit reached\n\n"
                          "# Primal solution values\nNone\n");
  EXPECT_EQ(stopped.status, Solution::Stopped);
  EXPECT_EQ(stopped.statusText, "Time limit reached");
}

TEST(SolutionReader, Cbc) {
  expectOptimum(read(R"(Optimal - objective value -3.83333333
      0 r0                   7.5             -0.33333333
      1 r1                   4.5                       0
      0 k0                     4             -0.33333333
      1 x1                  -0.5                       0
      2 x2                  0.25                       0
)"),
                1e-7);
  // Infeasible files list values all the same.
  for (const char *text :
       {"Infeasible - objective value -4.16666667\n"
        "**       1 x1                  -2.5                       0\n",
        "Integer infeasible - objective value -0.75000000\n"
        "      0 k0                  0.75                       0\n"}) {
    Solution none = read(text);
    EXPECT_EQ(none.status, Solution::Infeasible);
    EXPECT_FALSE(none.values);
  }
  Solution stopped =
      read("Stopped on time - objective value -3.00000000\n"
           "      0 k0                     3             -0.33333333\n");
  EXPECT_EQ(stopped.status, Solution::Stopped);
  EXPECT_EQ(*stopped.values, (std::vector<double>{3, 0, 0}));
  EXPECT_FALSE(read("Stopped on time (no integer solution - continuous used) - "
                    "objective value -4.1\n"
                    "      0 k0   3.5    0\n")
                   .values);
}

TEST(SolutionReader, Glpk) {
  expectOptimum(read(R"(c Problem:    QEV
c Rows:       2
c Columns:    3
c Non-zeros:  4
c Status:     INTEGER OPTIMAL
c Objective:  OBJ = -3.833333333 (MINimum)
c
s mip 2 3 o -3.83333333333333
i 1 7.5
i 2 4.5
j 1 4
j 2 -0.5
j 3 0.25
e o f
)"),
                1e-9);
  Solution linear = read("c Problem:    QEV\nc Status:     OPTIMAL\n"
                         "s bas 2 3 f f -3.91666666666667\n"
                         "i 1 u 7.5 -0.5\ni 2 b 5.25 0\nj 1 b 4.25 0\n"
                         "j 2 l -1 0.166666666666667\nj 3 s 0.25 0\ne o f\n");
  EXPECT_EQ(linear.status, Solution::Optimal);
  EXPECT_EQ(*linear.values, (std::vector<double>{4.25, -1, 0.25}));
  EXPECT_EQ(read("c Problem:    QEV\ns mip 2 3 n 0\nj 1 0\ne o f\n").status,
            Solution::Infeasible);
  Solution unknown = read("c Problem:    QEV\ns bas 2 3 u u 0\nj 1 s 0 0\n");
  EXPECT_EQ(unknown.status, Solution::Stopped);
  EXPECT_FALSE(unknown.values);
  EXPECT_TRUE(saysInfeasible("Preprocessing...\n"
                             "PROBLEM HAS NO PRIMAL FEASIBLE SOLUTION\n"));
  EXPECT_FALSE(saysInfeasible("INTEGER OPTIMAL SOLUTION FOUND\n"));
}

TEST(SolutionReader, Scip) {
  expectOptimum(
      read("solution status: optimal solution found\n"
           "objective value:                    -3.83333333333333\n"
           "k0                                                  4 \t(obj:-1)\n"
           "x1                                               -0.5 "
           "\t(obj:-0.333333333333333)\n"
           "x2                                               0.25 \t(obj:0)\n"),
      1e-9);
  EXPECT_EQ(read("solution status: infeasible\nno solution available\n").status,
            Solution::Infeasible);
  EXPECT_EQ(read("solution status: time limit reached\n").status,
            Solution::Stopped);
  // Without a status nothing is claimed.
  EXPECT_EQ(read("objective value:   -1\nk0   1 \t(obj:-1)\n").status,
            Solution::Feasible);
}

TEST(SolutionReader, LpSolveAndLists) {
  expectOptimum(read(R"(
Value of objective function: -3.83333333

Actual values of the variables:
k0                              4
x1                           -0.5
x2                           0.25

Actual values of the constraints:
r0                            7.5
r1                            4.5
)"),
                1e-7);
  EXPECT_EQ(read("\nThis problem is infeasible").status, Solution::Infeasible);
  EXPECT_EQ(read("\nThe model is sub-optimal. Only a faster solution was "
                 "found.\n\nValue of objective function: -3\n\n"
                 "Actual values of the variables:\nk0 3\nx1 0\nx2 0\n")
                .status,
            Solution::Stopped);
  Solution list = read("# Objective value = -3.8\nk0 4\nx1 -0.5\nx2 0.25\n");
  EXPECT_EQ(list.status, Solution::Feasible);
  EXPECT_EQ(*list.values, (std::vector<double>{4, -0.5, 0.25}));
}

TEST(SolutionReader, RefusesWhatItDoesNotUnderstand) {
  System system = makeSystem();
  auto refuse = [&](const char *text) {
    auto solution = readSolution(system, text);
    return solution ? "read" : getMessage(solution.takeError());
  };
  EXPECT_EQ(refuse(" \n"), "error: cannot read the solution file: it is empty "
                           "[solver-failed]");
  EXPECT_EQ(refuse("x0 1\n"),
            "error: cannot read the solution file: there is no variable 'x0' "
            "[solver-failed]");
  EXPECT_EQ(refuse("k0 one\n"), "error: cannot read the solution file: 'one' "
                                "is no number [solver-failed]");
  EXPECT_EQ(refuse("Segmentation fault (core dumped)\n"),
            "error: cannot read the solution file: 'Segmentation fault (core "
            "dumped)' is no name and value [solver-failed]");
  EXPECT_EQ(refuse("c Problem:    QEV\ns mip 2 3 o -3\nj 9 0\n"),
            "error: cannot read the solution file: 'j 9 0' is no column "
            "[solver-failed]");
}

TEST(SolutionReader, DualBoundsAndVersions) {
  auto bound = readDualBound("Solving report\n  Primal bound      -3.8\n"
                             "  Dual bound        -3.83333333333\n  Gap 0%\n");
  ASSERT_TRUE(bound);
  EXPECT_LE(*bound, -3.83333333333);
  EXPECT_GE(*bound, -3.8333333334);
  bound = readDualBound("Dual Bound         : -3.83333333333333e+00\n");
  ASSERT_TRUE(bound);
  EXPECT_NEAR(*bound, -3.8333333333, 1e-9);
  // CBC prints three places: the rest may have been rounded off.
  bound = readDualBound("Lower bound:                    -3.833\n");
  ASSERT_TRUE(bound);
  EXPECT_LE(*bound, -3.8335);
  EXPECT_FALSE(readDualBound("  Dual bound        -inf\n"));
  EXPECT_FALSE(readDualBound("Dual Bound         : -1.00000000000000e+20\n"));
  EXPECT_FALSE(readDualBound("Src | BestBound  Dual bound\n"));
  EXPECT_EQ(readVersion("Welcome to the CBC MILP Solver \nVersion: 2.10.8 \n"),
            "2.10.8");
  EXPECT_EQ(readVersion("Running HiGHS 1.15.1 (git hash: 0): Copyright\n"),
            "1.15.1");
  EXPECT_EQ(readVersion("GLPSOL--GLPK LP/MIP Solver 5.0\n"), "5.0");
}

//===----------------------------------------------------------------------===//
// Programs
//===----------------------------------------------------------------------===//

void checkProgram(const char *name) {
  auto solver = createExternalSolver(name, *getBuiltinTemplate(name));
  if (!solver) {
    llvm::consumeError(solver.takeError());
    GTEST_SKIP() << "no " << name;
  }
  System system = makeSystem();
  Answer answer = (*solver)->solve(system);
  ASSERT_EQ(answer.kind, Answer::Optimal) << answer.reason;
  EXPECT_GE(*answer.bound, 4 - 0.5 / 3);
  EXPECT_LE(*answer.bound, 4 - 0.5 / 3 + 1e-6);
  EXPECT_EQ((*answer.point)[0], Real(4));
  EXPECT_NE(answer.trust.words.find(name), std::string::npos);
  EXPECT_TRUE(llvm::StringRef(answer.trust.words).contains('.'))
      << answer.trust.words;

  System linear = system;
  linear.relaxIntegers();
  answer = (*solver)->solve(linear);
  ASSERT_EQ(answer.kind, Answer::Optimal) << answer.reason;
  EXPECT_NEAR(*answer.bound, 4.25 - 1.0 / 3, 1e-6);

  for (System *base : {&system, &linear}) {
    System none = *base;
    none.variables[0].lo = 5;
    EXPECT_EQ((*solver)->solve(none).kind, Answer::Infeasible);
    System decision = *base;
    decision.objective.reset();
    EXPECT_EQ((*solver)->solve(decision).kind, Answer::Feasible);
  }
}

TEST(Programs, Cbc) { checkProgram("cbc"); }
TEST(Programs, Glpsol) { checkProgram("glpsol"); }
TEST(Programs, Highs) { checkProgram("highs"); }
// Neither Debian nor PyPI has the program: for who has it,
// qevSolverTests --gtest_also_run_disabled_tests.
TEST(Programs, DISABLED_Scip) { checkProgram("scip"); }

TEST(Programs, TemplatesAreChecked) {
  auto refuse = [](const char *text) {
    auto solver = createSolver(text);
    return solver ? "created" : getMessage(solver.takeError());
  };
  EXPECT_EQ(refuse("cmd:"), "error: the command of 'cmd:' is empty [usage]");
  EXPECT_EQ(refuse("cmd:cat {sol}"), "error: the command 'cat {sol}' names no "
                                     "model: {mps} is missing [usage]");
  EXPECT_EQ(refuse("cmd:cat {mps} {out}"),
            "error: no placeholder '{out}': expected {mps}, {sol}, {time}, "
            "{map}, {tol} or {options} [usage]");
  EXPECT_EQ(refuse("cmd:no-such-solver {mps}"),
            "error: 'no-such-solver' is not on the PATH [solver-missing]");
  EXPECT_EQ(refuse("highx"),
            "error: no solver 'highx', did you mean 'highs'? [unknown-name]");
  EXPECT_EQ(refuse("something"),
            "error: no solver 'something': expected auto, highs, cbc, glpsol, "
            "scip, z3, none or cmd:TEMPLATE [unknown-name]");
}

TEST(Programs, AnyProgramCanAnswer) {
  System system = makeSystem();
  auto say = [&](const std::string &script) {
    auto solver = createSolver("cmd:sh -c '" + script + "' {mps} {sol}");
    return llvm::cantFail(std::move(solver))->solve(system);
  };
  // $0 is the model, $1 the solution.
  Answer answer = say("echo k0 3 > \"$1\"; echo x1 0 >> \"$1\"");
  EXPECT_EQ(answer.kind, Answer::Stopped); // a point, but no claim
  EXPECT_FALSE(answer.bound);
  EXPECT_EQ((*answer.point)[0], Real(3));
  answer = say("echo oops; exit 7");
  EXPECT_EQ(answer.kind, Answer::Failed);
  EXPECT_EQ(answer.reason, "sh (exit code 7): cannot read the solution file: "
                           "it is empty");
  answer = say("kill -9 $$");
  EXPECT_EQ(answer.kind, Answer::Failed);
  EXPECT_TRUE(llvm::StringRef(answer.reason).starts_with("sh failed: "));
  // In the units of the columns, which are 64 wide: 0.25 = 2^-8 * 64.
  answer = say("grep -q ENDATA \"$0\" && (echo Optimal - objective value "
               "-3.83333333; echo 2 x2 64 0) > \"$1\"");
  EXPECT_EQ(answer.kind, Answer::Optimal) << answer.reason;
  EXPECT_EQ(answer.trust,
            Trust::unchecked("sh, status, its default tolerances"));
}

TEST(Programs, APipeIsNoSolution) {
  auto solver = llvm::cantFail(
      createSolver("cmd:sh -c 'rm \"$1\"; mkfifo \"$1\"' {mps} {sol}"));
  Answer answer = solver->solve(makeSystem());
  EXPECT_EQ(answer.kind, Answer::Failed);
  EXPECT_EQ(answer.reason, "sh: the solution file is no regular file");
}

/// A value that looks like a placeholder is none.
TEST(Programs, PlaceholdersAreFilledOnce) {
  llvm::SmallString<128> folder;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("qev", folder));
  std::string odd = (folder + "/{mps}{sol}").str();
  ASSERT_FALSE(llvm::sys::fs::create_directory(odd));
  const char *before = std::getenv("TMPDIR");
  std::string kept = before ? before : "";
  ::setenv("TMPDIR", odd.c_str(), 1);
  auto solver = llvm::cantFail(createSolver(
      "cmd:sh -c 'echo k0 3 > \"$1\"; grep -q ENDATA \"$0\"' {mps} {sol}"));
  Answer answer = solver->solve(makeSystem());
  if (before)
    ::setenv("TMPDIR", kept.c_str(), 1);
  else
    ::unsetenv("TMPDIR");
  EXPECT_EQ(answer.kind, Answer::Stopped) << answer.reason;
  ASSERT_TRUE(answer.point);
  EXPECT_EQ((*answer.point)[0], Real(3));
  EXPECT_FALSE(llvm::sys::fs::remove(odd)) << "a file is left";
  (void)llvm::sys::fs::remove_directories(folder);
}

TEST(Programs, ATemporaryFileThatCannotBeMade) {
  const char *before = std::getenv("TMPDIR");
  std::string kept = before ? before : "";
  ::setenv("TMPDIR", "/no/such/folder", 1);
  Answer answer =
      llvm::cantFail(createSolver("cmd:true {mps}"))->solve(makeSystem());
  if (before)
    ::setenv("TMPDIR", kept.c_str(), 1);
  else
    ::unsetenv("TMPDIR");
  EXPECT_EQ(answer.kind, Answer::Failed);
  EXPECT_EQ(answer.reason, "a temporary file cannot be made: No such file or "
                           "directory");
}

TEST(Programs, LimitsEndAProgram) {
  auto solver = llvm::cantFail(createSolver("cmd:sh -c 'sleep 60' {mps}"));
  System system = makeSystem();
  SolveLimits limits;
  limits.seconds = 0.05;
  Answer answer = solver->solve(system, limits);
  EXPECT_EQ(answer.kind, Answer::Stopped);
  EXPECT_EQ(answer.reason, "time limit");
  EXPECT_LT(answer.seconds, 20);

  std::atomic<bool> stop = false;
  limits.seconds = infinity;
  limits.stop = &stop;
  std::thread other([&] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    stop = true;
  });
  answer = solver->solve(system, limits);
  other.join();
  EXPECT_EQ(answer.kind, Answer::Stopped);
  EXPECT_EQ(answer.reason, "interrupted");
  EXPECT_LT(answer.seconds, 20);
  EXPECT_EQ(solver->solve(system, limits).reason, "interrupted");
}

TEST(Process, SaysHowAProgramEnds) {
  auto run = [](llvm::StringRef program, const std::string &script) {
    return runProcess(program, {"-c", script}, "/dev/null", 60, nullptr);
  };
  ProcessResult result = run("/bin/sh", "exit 127");
  EXPECT_EQ(result.kind, ProcessResult::Exited);
  EXPECT_EQ(result.exitCode, 127);
  result = run("/bin/sh", "kill -9 $$");
  EXPECT_EQ(result.kind, ProcessResult::Failed);
  EXPECT_EQ(result.message, "it was ended by signal 9");
  result = run("/no/such/program", "");
  EXPECT_EQ(result.kind, ProcessResult::Failed);
  EXPECT_EQ(result.message, "No such file or directory");
  result = runProcess("/bin/sh", {}, "/no/such/folder/log", 60, nullptr);
  EXPECT_EQ(result.kind, ProcessResult::Failed);
  EXPECT_EQ(result.message, "No such file or directory");
}

/// A script ends with what it waits for.
TEST(Process, ItsProgramsEndWithIt) {
  int ends[2]; // open at the other end as long as one of them runs
  ASSERT_EQ(::pipe(ends), 0);
  std::string inherit = "sleep 600 >&" + std::to_string(ends[1]) + "; true";
  EXPECT_EQ(
      runProcess("/bin/sh", {"-c", inherit}, "/dev/null", 0.3, nullptr).kind,
      ProcessResult::TimedOut);
  ::close(ends[1]);
  char byte;
  EXPECT_EQ(::read(ends[0], &byte, 1), 0);
  ::close(ends[0]);
}

/// Nor does anything run on that a program leaves behind.
TEST(Process, NothingStaysBehind) {
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  std::string leave = "sleep 600 >&" + std::to_string(ends[1]) + " & exit 3";
  ProcessResult result =
      runProcess("/bin/sh", {"-c", leave}, "/dev/null", 60, nullptr);
  EXPECT_EQ(result.kind, ProcessResult::Exited);
  EXPECT_EQ(result.exitCode, 3);
  ::close(ends[1]);
  char byte;
  EXPECT_EQ(::read(ends[0], &byte, 1), 0);
  ::close(ends[0]);
}

TEST(Process, StartsWithoutOurSignalHandling) {
  auto before = std::signal(SIGXFSZ, SIG_IGN);
  // Half a KiB is the unit of ulimit.
  std::string script =
      "test $(ulimit -f) = " + std::to_string(mostProgramOutput / 512) +
      " && kill -XFSZ $$";
  EXPECT_EQ(
      runProcess("/bin/sh", {"-c", script}, "/dev/null", 60, nullptr).message,
      "it was ended by signal " + std::to_string(SIGXFSZ));
  std::signal(SIGXFSZ, before);
}

TEST(Process, ReadsRegularFilesOnly) {
  llvm::SmallString<128> path;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("qev", "sol", path));
  llvm::FileRemover remover(path);
  auto fail = [&] { return llvm::toString(readProgramFile(path).takeError()); };
  EXPECT_EQ(llvm::cantFail(readProgramFile(path)), "");
  ASSERT_EQ(::truncate(path.c_str(), mostProgramOutput + 1), 0);
  EXPECT_EQ(fail(),
            path.str().str() +
                ": error: is larger than 268435456 bytes [solver-failed]");
  ASSERT_EQ(::unlink(path.c_str()), 0);
  ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
  EXPECT_EQ(fail(),
            path.str().str() + ": error: is no regular file [file-read]");
  ASSERT_EQ(::unlink(path.c_str()), 0);
  ASSERT_EQ(::symlink("/dev/zero", path.c_str()), 0);
  EXPECT_EQ(fail(),
            path.str().str() + ": error: is no regular file [file-read]");
}

//===----------------------------------------------------------------------===//
// Children
//===----------------------------------------------------------------------===//

TEST(Child, ReturnsWhatTheWorkSays) {
  std::string text(1 << 20, 'x'); // more than a pipe holds
  ChildResult result = runInChild(
      [&](SharedState &shared) {
        shared.lowerBound = -1.5;
        return text;
      },
      60, nullptr);
  EXPECT_EQ(result.kind, ChildResult::Done);
  EXPECT_EQ(result.output, text);
  EXPECT_EQ(result.lowerBound, -1.5);
}

/// Neither a stack nor the parent's handlers, nothing but the reason.
TEST(Child, ACrashIsOneReason) {
  testing::internal::CaptureStderr();
  auto before =
      std::signal(SIGABRT, [](int) { ::write(STDERR_FILENO, "?", 1); });
  ChildResult result = runInChild(
      [](SharedState &) -> std::string {
        std::fputs("about to crash", stderr);
        std::abort();
      },
      60, nullptr);
  std::signal(SIGABRT, before);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_EQ(result.kind, ChildResult::Failed);
  EXPECT_EQ(result.message, "it was ended by signal 6");
}

TEST(Child, PrintsNothing) {
  testing::internal::CaptureStdout();
  ChildResult result = runInChild(
      [](SharedState &) -> std::string {
        std::puts("libraries do this");
        std::fflush(stdout);
        return "";
      },
      60, nullptr);
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "");
  EXPECT_EQ(result.kind, ChildResult::Done);
}

TEST(Child, FailuresOfTheWorkAreSeen) {
  auto fails = [](llvm::function_ref<std::string(SharedState &)> work) {
    return runInChild(work, 60, nullptr).kind;
  };
  EXPECT_EQ(fails([](SharedState &) -> std::string { ::_exit(0); }),
            ChildResult::Failed);
  EXPECT_EQ(fails([](SharedState &) -> std::string { throw 1; }),
            ChildResult::Failed);
  EXPECT_EQ(fails([](SharedState &) -> std::string {
              ::kill(::getpid(), SIGKILL);
              return "";
            }),
            ChildResult::Failed);
}

TEST(Child, IsAskedToStopAndThenEnded) {
  auto polite = [](SharedState &shared) -> std::string {
    while (!shared.stop)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return "stopped";
  };
  ChildResult result = runInChild(polite, 0.05, nullptr, 30);
  EXPECT_EQ(result.kind, ChildResult::Done);
  EXPECT_EQ(result.output, "stopped");

  auto deaf = [](SharedState &shared) -> std::string {
    shared.lowerBound = 7;
    for (;;)
      std::this_thread::sleep_for(std::chrono::seconds(1));
  };
  result = runInChild(deaf, 0.05, nullptr, 0.05);
  EXPECT_EQ(result.kind, ChildResult::TimedOut);
  EXPECT_EQ(result.lowerBound, 7);
  std::atomic<bool> stop = true;
  EXPECT_EQ(runInChild(deaf, 60, &stop, 0.05).kind, ChildResult::Interrupted);
}

/// Random equalities over binaries ("market split"): small, but hard.
System makeHardSystem() {
  System system;
  uint64_t state = 1;
  auto next = [&] {
    state = state * 6364136223846793005u + 1442695040888963407u;
    return static_cast<double>(state >> 33) / 21474836.48;
  };
  const unsigned numBinaries = 40, numRows = 5;
  for (unsigned i = 0; i < numBinaries; ++i) {
    Variable variable;
    variable.kind = VariableKind::Binary;
    variable.hi = 1;
    system.variables.push_back(variable);
  }
  system.objective.emplace();
  for (unsigned r = 0; r < numRows; ++r) {
    Row row;
    double sum = 0;
    for (unsigned i = 0; i < numBinaries; ++i) {
      row.terms.push_back({i, 1 + std::floor(next())});
      sum += row.terms.back().coefficient;
    }
    // Two slacks take up what the binaries miss; their sum is minimised.
    for (double sign : {1.0, -1.0}) {
      Variable slack;
      slack.hi = 10000;
      auto index = static_cast<unsigned>(system.variables.size());
      system.variables.push_back(slack);
      row.terms.push_back({index, sign});
      system.objective->terms.push_back({index, -1.0});
    }
    row.rhs = std::floor(sum / 2);
    system.rows.push_back(row);
  }
  return system;
}

TEST(Solvers, LinkedOnesStopWhenAsked) {
  for (const char *name : {"highs", "z3"}) {
    auto solver = createSolver(name);
    if (!solver) {
      llvm::consumeError(solver.takeError());
      continue;
    }
    System system = makeHardSystem();
    SolveLimits limits;
    limits.seconds = 0.5;
    Answer answer = (*solver)->solve(system, limits);
    EXPECT_EQ(answer.kind, Answer::Stopped) << name << ": " << answer.reason;
    EXPECT_LT(answer.seconds, 20) << name;
    std::atomic<bool> stop = false;
    limits.seconds = infinity;
    limits.stop = &stop;
    std::thread other([&] {
      std::this_thread::sleep_for(std::chrono::milliseconds(300));
      stop = true;
    });
    answer = (*solver)->solve(system, limits);
    other.join();
    EXPECT_EQ(answer.kind, Answer::Stopped) << name << ": " << answer.reason;
    EXPECT_EQ(answer.reason, "interrupted") << name;
    EXPECT_LT(answer.seconds, 20) << name;
    if (answer.bound) {
      // Slacks cost at least nothing, but for the tolerance.
      EXPECT_LE(*answer.bound, 1e-3) << name;
    }
  }
}

TEST(Solvers, DecidedSystemsNeedNone) {
  auto none = llvm::cantFail(createSolver("none"));
  System system;
  system.objective = Objective{{}, 1.5, 0};
  Answer answer = none->solve(system);
  EXPECT_EQ(answer.kind, Answer::Optimal);
  EXPECT_EQ(answer.bound, 1.5);
  EXPECT_EQ(answer.trust, Trust::bounds());
  system.infeasible = "bounds";
  EXPECT_EQ(none->solve(system).kind, Answer::Infeasible);
  answer = none->solve(makeSystem());
  EXPECT_EQ(answer.kind, Answer::Stopped);
  EXPECT_EQ(answer.reason, "no solver is used");
  SolveLimits limits;
  limits.seconds = 0;
  EXPECT_EQ(none->solve(makeSystem(), limits).reason, "no time left");
}

TEST(Solvers, AreListedWithVersions) {
  bool z3 = false;
  for (llvm::StringRef name : listSolvers())
    z3 |= name.starts_with("z3 ") && name.ends_with("(linked)");
  EXPECT_TRUE(z3);
}

} // namespace
