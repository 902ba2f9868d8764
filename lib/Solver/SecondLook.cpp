//===- SecondLook.cpp - Doubting a solver's word ----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SecondLook.h"
#include "llvm/ADT/STLExtras.h"

namespace qev {

/// The system that every execution satisfies.
static System withoutGoal(const System &system) {
  System rest = system;
  rest.objective.reset();
  llvm::erase_if(rest.rows,
                 [](const Row &row) { return row.origin.role == Role::Goal; });
  return rest;
}

/// Fixes the input variables at the known execution, or at the double next to
/// it: near an execution there are others.
static void fixInputs(System &system) {
  for (auto [values, elements] :
       llvm::zip_equal(system.execution, system.inputs))
    for (auto [value, element] : llvm::zip_equal(values, elements)) {
      if (element.isConstant())
        continue;
      Variable &variable = system.variables[*element.variable];
      Real exact = (value - element.offset) / element.scale;
      if (variable.kind != VariableKind::Continuous)
        exact = Real(exact.roundHalfEven());
      variable.lo = variable.hi =
          std::clamp(exact.toDouble(), variable.lo, variable.hi);
    }
}

/// How far a point is from satisfying the system is measured against the
/// numbers it is made of: a millionth is far more than solvers and what they
/// print give away.
static bool violatesGrossly(const System &system, llvm::ArrayRef<Real> point) {
  constexpr double part = 1e-6;
  auto exceeds = [](double excess, double magnitude) {
    return excess > part * std::fmax(1, magnitude);
  };
  llvm::SmallVector<double> values;
  for (auto [variable, value] : llvm::zip_equal(system.variables, point)) {
    double x = value.toDouble();
    double magnitude =
        std::fmax(std::fabs(variable.lo), std::fabs(variable.hi));
    if (exceeds(x - variable.hi, magnitude) ||
        exceeds(variable.lo - x, magnitude))
      return true;
    values.push_back(x);
  }
  return llvm::any_of(system.rows, [&](const Row &row) {
    double sum = 0, magnitude = std::fabs(row.rhs);
    for (const Term &term : row.terms) {
      double product = term.coefficient * values[term.variable];
      sum += product;
      // An integer may have been rounded by the tolerance.
      magnitude += std::fabs(product) + std::fabs(term.coefficient);
    }
    return (row.sense != Sense::GreaterEqual &&
            exceeds(sum - row.rhs, magnitude)) ||
           (row.sense != Sense::LessEqual && exceeds(row.rhs - sum, magnitude));
  });
}

void doubt(const System &system, const SolveLimits &limits,
           llvm::StringRef name,
           llvm::function_ref<Answer(const System &, const SolveLimits &)> run,
           Answer &answer) {
  auto contradict = [&](const llvm::Twine &what) {
    answer = Answer();
    answer.reason = (name + " " + what + ": it is not believed").str();
    answer.isContradiction = true;
  };
  if (answer.kind == Answer::Optimal && answer.point &&
      violatesGrossly(system, *answer.point))
    return contradict("calls a point optimal that violates what it was asked");
  if (answer.kind != Answer::Infeasible)
    return;
  System rest = withoutGoal(system);
  System fixed = rest;
  if (!fixed.execution.empty())
    fixInputs(fixed);
  bool isAsked = rest.rows.size() == system.rows.size(); // it has no goal rows
  if (isAsked || run(rest, limits).kind == Answer::Infeasible)
    return contradict("finds no execution at all in a region that has some");
  if (!fixed.execution.empty() && run(fixed, limits).kind == Answer::Infeasible)
    return contradict("excludes an input whose execution is known");
}

} // namespace qev
