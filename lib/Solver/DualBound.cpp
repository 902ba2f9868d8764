//===- DualBound.cpp - Safe bounds from dual vectors ------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Solver/DualBound.h"
#include "qev/Support/Interval.h"

namespace qev {

/// 0 for a multiplier that its row does not allow: y >= 0 for <=, y <= 0 for
/// >=.
static double admit(const Row &row, double multiplier) {
  if (!std::isfinite(multiplier) ||
      (row.sense == Sense::LessEqual && multiplier < 0) ||
      (row.sense == Sense::GreaterEqual && multiplier > 0))
    return 0;
  return multiplier;
}

/// y.b + sum_j max(r_j l_j, r_j u_j), with or without the objective in r.
static double getUpperBound(const System &system,
                            llvm::ArrayRef<double> multipliers,
                            const Objective *objective) {
  assert(multipliers.size() == system.rows.size());
  std::vector<Interval> reduced(system.variables.size());
  double bound = 0;
  if (objective) {
    bound = objective->constant;
    for (const Term &term : objective->terms)
      reduced[term.variable] += Interval(term.coefficient);
  }
  for (size_t i = 0; i < system.rows.size(); ++i) {
    const Row &row = system.rows[i];
    double y = admit(row, multipliers[i]);
    if (y == 0)
      continue;
    bound = addUp(bound, mulUp(y, row.rhs));
    for (const Term &term : row.terms)
      reduced[term.variable] += Interval(-y) * Interval(term.coefficient);
  }
  for (size_t j = 0; j < reduced.size(); ++j) {
    const Variable &variable = system.variables[j];
    bound = addUp(bound, (reduced[j] * Interval(variable.lo, variable.hi)).hi);
  }
  // Overflow of both signs has no meaning.
  return std::isnan(bound) ? infinity : bound;
}

double getSafeDualBound(const System &system,
                        llvm::ArrayRef<double> multipliers) {
  return getUpperBound(system, multipliers,
                       system.objective ? &*system.objective : nullptr);
}

bool provesInfeasible(const System &system,
                      llvm::ArrayRef<double> multipliers) {
  return getUpperBound(system, multipliers, nullptr) < 0;
}

Real getExactDualBound(const System &system,
                       llvm::ArrayRef<double> multipliers) {
  assert(multipliers.size() == system.rows.size());
  std::vector<Real> reduced(system.variables.size());
  Real bound;
  if (system.objective) {
    bound = Real::fromDouble(system.objective->constant);
    for (const Term &term : system.objective->terms)
      reduced[term.variable] += Real::fromDouble(term.coefficient);
  }
  for (size_t i = 0; i < system.rows.size(); ++i) {
    const Row &row = system.rows[i];
    Real y = Real::fromDouble(admit(row, multipliers[i]));
    bound += y * Real::fromDouble(row.rhs);
    for (const Term &term : row.terms)
      reduced[term.variable] -= y * Real::fromDouble(term.coefficient);
  }
  for (size_t j = 0; j < reduced.size(); ++j) {
    const Variable &variable = system.variables[j];
    bound += reduced[j] * Real::fromDouble(reduced[j].sign() > 0 ? variable.hi
                                                                 : variable.lo);
  }
  return bound;
}

} // namespace qev
