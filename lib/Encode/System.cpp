//===- System.cpp - Constraints on a pair of nets ---------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Encode/System.h"
#include "llvm/ADT/STLExtras.h"

namespace qev {

llvm::StringRef getName(Role role) {
  switch (role) {
  case Role::Input:
    return "input";
  case Role::Sum:
    return "sum";
  case Role::Activation:
    return "activation";
  case Role::Code:
    return "code";
  case Role::Below:
    return "below";
  case Role::Above:
    return "above";
  case Role::Window:
    return "window";
  case Role::Hull:
    return "hull";
  case Role::Difference:
    return "difference";
  case Role::Goal:
    return "goal";
  }
  llvm_unreachable("all roles are named");
}

llvm::StringRef getName(Side side) {
  switch (side) {
  case Side::First:
    return "first";
  case Side::Second:
    return "second";
  case Side::Both:
    return "both";
  }
  llvm_unreachable("all sides are named");
}

bool System::hasIntegers() const {
  return llvm::any_of(variables, [](const Variable &variable) {
    return variable.kind != VariableKind::Continuous;
  });
}

void System::relaxIntegers() {
  for (Variable &variable : variables)
    variable.kind = VariableKind::Continuous;
}

static Real sumTerms(llvm::ArrayRef<Term> terms, llvm::ArrayRef<Real> point) {
  Real sum;
  for (const Term &term : terms)
    sum += Real::fromDouble(term.coefficient) * point[term.variable];
  return sum;
}

Real Objective::evaluate(llvm::ArrayRef<Real> point) const {
  return sumTerms(terms, point) + Real::fromDouble(constant);
}

Real evaluate(const AffineValue &value, llvm::ArrayRef<Real> point) {
  return value.variable ? value.scale * point[*value.variable] + value.offset
                        : value.offset;
}

std::vector<std::vector<Real>> readInputs(const System &system,
                                          llvm::ArrayRef<Real> point) {
  std::vector<std::vector<Real>> result;
  for (auto [region, values] : llvm::zip_equal(system.regions, system.inputs)) {
    std::vector<Real> &tensor = result.emplace_back();
    for (auto [index, value] : llvm::enumerate(values))
      tensor.push_back(value.isConstant()
                           ? value.offset
                           : region.getNearest(static_cast<int64_t>(index),
                                               evaluate(value, point)));
  }
  return result;
}

void completePoint(const System &system, std::vector<Real> &point) {
  for (auto [index, variable] : llvm::enumerate(system.variables)) {
    if (variable.step < 0)
      continue;
    const Step &step = system.steps[variable.step];
    Real slack = point[step.output] * step.unit - evaluate(step.input, point);
    Real half;
    if (step.rounding != Rounding::None)
      half = step.unit * Real::powerOfTwo(-1);
    // Only a clamp can bring the output out of its window.
    bool clamped =
        variable.origin.role == Role::Above ? slack < -half : slack > half;
    point[index] = Real(clamped ? 1 : 0);
  }
}

std::vector<Real>
makePoint(const System &system,
          llvm::function_ref<Real(Side side, const Op &op, int64_t element)>
              getElement) {
  std::vector<Real> point;
  for (const Variable &variable : system.variables) {
    if (variable.step >= 0) {
      point.emplace_back();
      continue;
    }
    const Origin &origin = variable.origin;
    Real value = getElement(origin.side, *origin.op, origin.element);
    if (origin.op->type.isQuantized())
      value -= Real(origin.op->type.getZeroPoint(origin.element));
    point.push_back((value - variable.offset) / variable.scale);
  }
  completePoint(system, point);
  return point;
}

/// Whether output and input / unit are related as the step says.
static bool satisfies(const Step &step, llvm::ArrayRef<Real> point) {
  Real argument = evaluate(step.input, point) / step.unit;
  const Real &output = point[step.output];
  auto saturate = [&](Real x) {
    if (step.hi && x > *step.hi)
      x = *step.hi;
    if (step.lo && x < *step.lo)
      x = *step.lo;
    return x;
  };
  switch (step.rounding) {
  case Rounding::None:
    return output == saturate(argument);
  case Rounding::Relaxed:
    // The clamp is monotone, so its image of an interval is an interval.
    return saturate(argument - Real::powerOfTwo(-1)) <= output &&
           output <= saturate(argument + Real::powerOfTwo(-1));
  case Rounding::Exact:
    return output == saturate(Real(argument.roundHalfEven()));
  }
  llvm_unreachable("all roundings are handled");
}

std::optional<std::string> findViolation(const System &system,
                                         llvm::ArrayRef<Real> point,
                                         bool checkSteps) {
  if (point.size() != system.variables.size())
    return "the point has the wrong number of values";
  for (auto [index, variable] : llvm::enumerate(system.variables)) {
    const Real &value = point[index];
    if (value < Real::fromDouble(variable.lo) ||
        value > Real::fromDouble(variable.hi))
      return "variable " + std::to_string(index) + " is out of bounds";
    if (variable.kind != VariableKind::Continuous && !value.isInteger())
      return "variable " + std::to_string(index) + " is no integer";
  }
  for (auto [index, row] : llvm::enumerate(system.rows)) {
    Real sum = sumTerms(row.terms, point), rhs = Real::fromDouble(row.rhs);
    bool holds = row.sense == Sense::LessEqual      ? sum <= rhs
                 : row.sense == Sense::GreaterEqual ? sum >= rhs
                                                    : sum == rhs;
    if (!holds || (row.strict && sum == rhs))
      return "row " + std::to_string(index) + " (" +
             getName(row.origin.role).str() + ") does not hold";
  }
  if (checkSteps)
    for (auto [index, step] : llvm::enumerate(system.steps))
      if (!satisfies(step, point))
        return "step " + std::to_string(index) + " does not hold";
  return std::nullopt;
}

} // namespace qev
