//===- Solver.cpp - Asking solvers ------------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Solver/Solver.h"
#include "Backends.h"
#include "SecondLook.h"
#include "qev/Solver/ExternalSolver.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/Support/Program.h"
#include <chrono>

namespace qev {

llvm::StringRef getName(Answer::Kind kind) {
  switch (kind) {
  case Answer::Optimal:
    return "optimal";
  case Answer::Feasible:
    return "feasible";
  case Answer::Infeasible:
    return "infeasible";
  case Answer::Stopped:
    return "stopped";
  case Answer::Failed:
    return "failed";
  }
  llvm_unreachable("all kinds are named");
}

Solver::~Solver() = default;

/// What needs no solver: no point at all, or nothing left to choose.
static std::optional<Answer> decide(const System &system) {
  Answer answer;
  answer.trust = Trust::bounds();
  if (system.infeasible) {
    answer.kind = Answer::Infeasible;
    return answer;
  }
  if (!system.variables.empty())
    return std::nullopt;
  answer.kind = Answer::Feasible;
  answer.point.emplace();
  if (system.objective) {
    answer.kind = Answer::Optimal;
    answer.bound = system.objective->constant;
  }
  return answer;
}

Answer Solver::runConditioned(const System &system,
                              const SolveLimits &limits) const {
  bool isProof = system.purpose == Purpose::Proof;
  bool isSafe = !system.hasIntegers() && provesLinearPrograms();
  ConditionedSystem asked = condition(system, isProof && !isSafe);
  Answer answer;
  if (std::optional<Answer> decided = decide(asked.system))
    return *decided;
  if (isProof && !isSafe && asked.isTooFine) {
    answer.kind = Answer::Failed;
    answer.reason = "numbers beyond what " + getName() + " can tell apart";
    return answer;
  }
  auto start = std::chrono::steady_clock::now();
  answer = run(asked.system, limits);
  if (!answer.trust.isExact() && answer.kind != Answer::Failed && isProof) {
    std::chrono::duration<double> elapsed =
        std::chrono::steady_clock::now() - start;
    SolveLimits look = limits;
    look.seconds = std::fmax(
        1, std::fmin(limits.seconds - elapsed.count(), elapsed.count()));
    doubt(
        asked.system, look, getName(),
        [&](const System &other, const SolveLimits &inside) {
          return run(other, inside);
        },
        answer);
    // What holds to a tolerance is said with room for it.
    if (answer.bound)
      answer.bound =
          addUp(*answer.bound,
                std::ldexp(outwardMargin, -asked.system.objective->exponent));
  }
  if (answer.point)
    answer.point = asked.restore(*answer.point);
  return answer;
}

Answer Solver::solve(const System &system, const SolveLimits &limits) const {
  if (std::optional<Answer> decided = decide(system))
    return *decided;
  auto start = std::chrono::steady_clock::now();
  Answer answer;
  if (limits.stop && limits.stop->load()) {
    answer.kind = Answer::Stopped;
    answer.reason = "interrupted";
  } else if (!(limits.seconds > 0)) {
    answer.kind = Answer::Stopped;
    answer.reason = "no time left";
  } else {
    answer = isExact() ? run(system, limits) : runConditioned(system, limits);
  }
  answer.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - start)
          .count();
  if (answer.bound && std::isnan(*answer.bound))
    answer.bound.reset();
  return answer;
}

std::vector<Answer> Solver::solveEach(System &system,
                                      llvm::ArrayRef<Objective> objectives,
                                      const SolveLimits &limits) const {
  std::vector<Answer> answers;
  for (const Objective &objective : objectives) {
    system.objective = objective;
    answers.push_back(solve(system, limits));
  }
  return answers;
}

std::optional<std::vector<Real>> makePoint(const System &system,
                                           llvm::ArrayRef<double> values) {
  std::vector<Real> point;
  for (size_t i = 0; i < values.size(); ++i) {
    if (!std::isfinite(values[i]))
      return std::nullopt;
    Real value = Real::fromDouble(values[i]);
    if (system.variables[i].kind != VariableKind::Continuous)
      value = Real(value.roundHalfEven());
    point.push_back(std::move(value));
  }
  return point;
}

double toUpperBound(const Objective &objective, double lowerBound) {
  // Scaling by a power of two is exact unless it falls below the normals.
  double scaled = std::ldexp(-lowerBound, -objective.exponent);
  if (lowerBound != 0 && std::fabs(scaled) < 0x1p-1000)
    scaled = std::fmax(scaled, 0x1p-1000);
  return addUp(scaled, objective.constant);
}

//===----------------------------------------------------------------------===//
// Choosing by name
//===----------------------------------------------------------------------===//

namespace {
class NoSolver : public Solver {
  std::string getName() const override { return "none"; }
  Answer run(const System &, const SolveLimits &) const override {
    Answer answer;
    answer.kind = Answer::Stopped;
    answer.reason = "no solver is used";
    return answer;
  }
};
} // namespace

static constexpr llvm::StringLiteral solverNames[] = {
    "auto", "highs", "cbc", "glpsol", "scip", "z3", "none"};

static llvm::Error makeUnknown(llvm::StringRef name) {
  llvm::StringRef nearest;
  // Further away is no typing error.
  unsigned best = std::min<unsigned>(4, name.size() / 2 + 1);
  for (llvm::StringRef candidate : solverNames)
    if (unsigned distance = name.edit_distance(candidate); distance < best) {
      best = distance;
      nearest = candidate;
    }
  return makeError(
      DiagId::UnknownName, "",
      "no solver '" + name + "'" +
          (nearest.empty() ? llvm::Twine(": expected auto, highs, cbc, glpsol, "
                                         "scip, z3, none or cmd:TEMPLATE")
                           : ", did you mean '" + llvm::Twine(nearest) + "'?"));
}

static llvm::Expected<std::unique_ptr<Solver>> createAuto() {
  if (auto highs = createHighs())
    return highs;
  for (llvm::StringRef name : {"highs", "cbc", "glpsol"})
    if (llvm::sys::findProgramByName(name))
      return createExternalSolver(name, *getBuiltinTemplate(name));
  return makeError(DiagId::SolverMissing, "",
                   "no MILP solver: HiGHS is not linked, and neither highs nor "
                   "cbc nor glpsol is on the PATH");
}

llvm::Expected<std::unique_ptr<Solver>> createSolver(llvm::StringRef name) {
  if (name == "auto")
    return createAuto();
  if (name == "none")
    return std::make_unique<NoSolver>();
  if (name == "z3")
    return createZ3();
  if (name == "highs")
    if (auto highs = createHighs())
      return highs;
  if (auto commandTemplate = getBuiltinTemplate(name))
    return createExternalSolver(name, *commandTemplate);
  if (name.consume_front("cmd:"))
    return createExternalSolver("", name);
  return makeUnknown(name);
}

std::vector<std::string> listSolvers() {
  std::vector<std::string> result;
  if (auto highs = createHighs())
    result.push_back(highs->getName() + " (linked)");
  result.push_back(createZ3()->getName() + " (linked)");
  for (llvm::StringRef name : {"highs", "cbc", "glpsol", "scip"})
    if (auto program = llvm::sys::findProgramByName(name))
      result.push_back((name + " (" + *program + ")").str());
  return result;
}

} // namespace qev
