//===- Conditioning.cpp - Systems for floating-point solvers ----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Encode/Conditioning.h"
#include "RowBuilder.h"
#include "qev/Support/Interval.h"
#include "llvm/ADT/STLExtras.h"

namespace qev {

/// Columns are from 2^6 to 2^7 wide.
static constexpr int widthExponent = 6;
/// A column that starts further from 0 than this times its width gets an origin
/// of its own; others keep 0, for which rows stay as they are.
static constexpr double farAway = 0x1p10;
/// Part of what bounds say about a goal that the margin may come up to.
static constexpr double largestPart = 0x1p-16;

static Column chooseColumn(const Variable &variable) {
  Column column;
  if (variable.kind != VariableKind::Continuous)
    return column;
  double width = subUp(variable.hi, variable.lo);
  double magnitude = std::fmax(std::fabs(variable.lo), std::fabs(variable.hi));
  if (magnitude == 0 || !std::isfinite(width))
    return column;
  if (width > 0 && magnitude > farAway * width)
    column.origin = Real::fromDouble(variable.lo);
  double size = width > 0 ? width : magnitude;
  // Far enough from the ends of the doubles for products with coefficients.
  column.exponent = std::clamp(std::ilogb(size) - widthExponent, -500, 500);
  return column;
}

/// (x - origin) / 2^exponent, rounded once.
static double toColumn(const Column &column, double x, bool up) {
  Real value = (Real::fromDouble(x) - column.origin) *
               Real::powerOfTwo(-column.exponent);
  return up ? value.toDoubleUp() : value.toDoubleDown();
}

static Variable toColumn(const Column &column, Variable variable,
                         bool movesOutward) {
  if (variable.kind != VariableKind::Continuous)
    return variable;
  variable.lo = toColumn(column, variable.lo, /*up=*/false);
  variable.hi = toColumn(column, variable.hi, /*up=*/true);
  if (movesOutward) {
    variable.lo = subDown(variable.lo, outwardMargin);
    variable.hi = addUp(variable.hi, outwardMargin);
  }
  variable.offset += variable.scale * column.origin;
  variable.scale *= Real::powerOfTwo(column.exponent);
  variable.integral &= column.exponent == 0 && column.origin.isZero();
  return variable;
}

static AffineValue toColumns(llvm::ArrayRef<Column> columns,
                             AffineValue value) {
  if (value.isConstant())
    return value;
  const Column &column = columns[*value.variable];
  value.offset += value.scale * column.origin;
  value.scale *= Real::powerOfTwo(column.exponent);
  return value;
}

static encoding::LinearSum toColumns(llvm::ArrayRef<Column> columns,
                                     llvm::ArrayRef<Term> terms) {
  encoding::LinearSum sum;
  for (const Term &term : terms) {
    const Column &column = columns[term.variable];
    sum.add(std::ldexp(term.coefficient, column.exponent), term.variable);
    if (!column.origin.isZero())
      sum.constant += Real::fromDouble(term.coefficient) * column.origin;
  }
  return sum;
}

/// Whether the row's own rounding errors hide the tolerance, or moving it by
/// the margin gives away more than a small part of what is asked.
static bool isTooFine(const System &system, const Row &row) {
  double reach = std::fabs(row.rhs);
  for (const Term &term : row.terms) {
    const Variable &variable = system.variables[term.variable];
    reach += std::fabs(term.coefficient) *
             std::fmax(std::fabs(variable.lo), std::fabs(variable.hi));
  }
  if (!(reach * 0x1p-51 < solverTolerance))
    return true;
  return row.loosened > 0 &&
         outwardMargin > largestPart / loosenedPart * row.loosened;
}

static bool isTooFine(const Objective &objective) {
  // Of what is always 0 nothing is to be found out.
  return objective.magnitude > 0 &&
         std::ldexp(outwardMargin, -objective.exponent) >
             largestPart * objective.magnitude;
}

ConditionedSystem condition(const System &system, bool movesOutward) {
  ConditionedSystem result;
  System &conditioned = result.system;
  conditioned.purpose = system.purpose;
  conditioned.regions = system.regions;
  conditioned.firstName = system.firstName;
  conditioned.secondName = system.secondName;
  conditioned.execution = system.execution;
  conditioned.infeasible = system.infeasible;
  for (const Variable &variable : system.variables) {
    result.columns.push_back(chooseColumn(variable));
    conditioned.variables.push_back(
        toColumn(result.columns.back(), variable, movesOutward));
  }
  for (const auto &values : system.inputs) {
    auto &elements = conditioned.inputs.emplace_back();
    for (const AffineValue &value : values)
      elements.push_back(toColumns(result.columns, value));
  }
  for (auto [from, to] :
       {std::pair(&system.firstOutputs, &conditioned.firstOutputs),
        std::pair(&system.secondOutputs, &conditioned.secondOutputs)})
    for (const AffineValue &value : *from)
      to->push_back(toColumns(result.columns, value));

  for (const Row &row : system.rows) {
    size_t before = conditioned.rows.size();
    if (!encoding::addRow(conditioned, toColumns(result.columns, row.terms),
                          row.sense, Real::fromDouble(row.rhs), row.origin,
                          row.step, row.strict,
                          movesOutward ? outwardMargin : 0)) {
      result.isTooFine = true;
      continue; // less is asked
    }
    for (Row &written :
         llvm::MutableArrayRef(conditioned.rows).drop_front(before)) {
      written.loosened = std::ldexp(row.loosened, written.exponent);
      written.exponent += row.exponent;
      result.isTooFine |= movesOutward && isTooFine(conditioned, written);
    }
  }
  if (system.objective) {
    encoding::LinearSum sum =
        toColumns(result.columns, system.objective->terms);
    sum.constant += Real::fromDouble(system.objective->constant);
    if (encoding::setObjective(conditioned, sum)) {
      conditioned.objective->magnitude = system.objective->magnitude;
      result.isTooFine |= movesOutward && isTooFine(*conditioned.objective);
    } else {
      conditioned.objective = Objective{{}, infinity};
      result.isTooFine = true;
    }
  }
  return result;
}

std::vector<Real> ConditionedSystem::restore(llvm::ArrayRef<Real> point) const {
  std::vector<Real> restored;
  for (auto [column, value] : llvm::zip_equal(columns, point))
    restored.push_back(column.origin +
                       Real::powerOfTwo(column.exponent) * value);
  return restored;
}

} // namespace qev
