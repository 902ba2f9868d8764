//===- RowBuilder.cpp - Exact sums into rows of doubles ---------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowBuilder.h"
#include "qev/Support/Interval.h"
#include "llvm/ADT/STLExtras.h"
#include <map>

namespace qev::encoding {

/// Solvers drop or distrust smaller coefficients.
static constexpr double smallestCoefficient = 1e-7;

void LinearSum::add(const Real &factor, const AffineValue &value) {
  constant += factor * value.offset;
  if (value.variable)
    add(factor * value.scale, *value.variable);
}

std::vector<std::pair<unsigned, Real>> LinearSum::collect() const {
  std::map<unsigned, Real> sums;
  for (const Term &term : doubles)
    sums[term.variable] += Real::fromDouble(term.coefficient);
  for (const auto &[variable, coefficient] : reals)
    sums[variable] += coefficient;
  std::vector<std::pair<unsigned, Real>> result;
  for (auto &[variable, coefficient] : sums)
    if (!coefficient.isZero())
      result.emplace_back(variable, std::move(coefficient));
  return result;
}

std::optional<std::vector<Term>> LinearSum::collectDoubles() const {
  if (!reals.empty())
    return std::nullopt;
  std::vector<Term> terms = doubles;
  llvm::sort(terms, [](const Term &a, const Term &b) {
    return a.variable < b.variable;
  });
  for (size_t i = 1; i < terms.size(); ++i)
    if (terms[i].variable == terms[i - 1].variable)
      return std::nullopt;
  return terms;
}

static Interval getRange(const System &system, unsigned variable) {
  return {system.variables[variable].lo, system.variables[variable].hi};
}

int chooseExponent(const System &system, llvm::ArrayRef<Term> terms) {
  bool smallIntegers = true;
  double largest = 0;
  for (const Term &term : terms) {
    double magnitude = std::fabs(term.coefficient);
    smallIntegers &= magnitude <= 0x1p16 && magnitude == std::floor(magnitude);
    largest = std::fmax(largest, magnitude);
  }
  if (smallIntegers)
    return 0;
  double smallest = largest;
  for (const Term &term : terms) {
    double magnitude = std::fabs(term.coefficient);
    double width = getRange(system, term.variable).width();
    if (magnitude / largest * width > smallestCoefficient)
      smallest = std::fmin(smallest, magnitude);
  }
  int exponent = -std::ilogb(largest);
  int low = std::ilogb(smallest) + exponent;
  return exponent + std::clamp(-20 - low, 0, 24);
}

/// Scales the terms and moves those that become too small into the error.
static void scale(const System &system, RoundedSum &sum, int exponent) {
  sum.exponent = exponent;
  llvm::erase_if(sum.terms, [&](Term &term) {
    double scaled = std::ldexp(term.coefficient, exponent);
    if (std::fabs(scaled) < smallestCoefficient) {
      sum.error += Interval(term.coefficient) * getRange(system, term.variable);
      return true;
    }
    term.coefficient = scaled; // exact: not subnormal
    return false;
  });
}

/// The terms as doubles, not yet scaled; nothing if one is out of range.
static std::optional<RoundedSum> roundTerms(const System &system,
                                            const LinearSum &sum) {
  RoundedSum result;
  if (auto exact = sum.collectDoubles()) {
    result.terms = std::move(*exact);
    return result;
  }
  for (const auto &[variable, coefficient] : sum.collect()) {
    double rounded = coefficient.toDouble();
    if (std::isinf(rounded))
      return std::nullopt;
    Real error = coefficient - Real::fromDouble(rounded);
    if (!error.isZero())
      result.error += Interval::around(error) * getRange(system, variable);
    if (rounded != 0)
      result.terms.push_back({variable, rounded});
  }
  return result;
}

bool addRow(System &system, const LinearSum &sum, Sense sense, const Real &rhs,
            const Origin &origin, int step, bool strict, double margin) {
  std::optional<RoundedSum> rounded = roundTerms(system, sum);
  if (!rounded)
    return false;
  scale(system, *rounded, chooseExponent(system, rounded->terms));
  if (!std::isfinite(rounded->error.lo) || !std::isfinite(rounded->error.hi))
    return false;

  // terms + error (sense) rhs - constant, all times 2^exponent.
  Real unit = Real::powerOfTwo(rounded->exponent);
  Real target = (rhs - sum.constant) * unit;
  Real outward = Real::fromDouble(margin);
  Real most = target - Real::fromDouble(rounded->error.lo) * unit + outward;
  Real least = target - Real::fromDouble(rounded->error.hi) * unit - outward;

  auto emit = [&](Sense written, double value) {
    if (!rounded->terms.empty()) {
      system.rows.push_back({rounded->terms, written, value, strict, origin,
                             step, rounded->exponent});
      return;
    }
    bool holds = written == Sense::LessEqual      ? 0 <= value
                 : written == Sense::GreaterEqual ? 0 >= value
                                                  : value == 0;
    if (strict && value == 0)
      holds = false;
    if (!holds && !system.infeasible)
      system.infeasible = "a required relation between constants does not hold";
  };
  switch (sense) {
  case Sense::LessEqual:
    emit(sense, most.toDoubleUp());
    break;
  case Sense::GreaterEqual:
    emit(sense, least.toDoubleDown());
    break;
  case Sense::Equal:
    if (most == least && most.isDouble()) {
      emit(sense, most.toDouble());
      break;
    }
    emit(Sense::LessEqual, most.toDoubleUp());
    emit(Sense::GreaterEqual, least.toDoubleDown());
    break;
  }
  return true;
}

bool setObjective(System &system, const LinearSum &sum) {
  std::optional<RoundedSum> rounded = roundTerms(system, sum);
  if (!rounded)
    return false;
  // Bring the range of the objective near 100: far above the tolerances.
  Interval range;
  double largest = 0;
  for (const Term &term : rounded->terms) {
    range += Interval(term.coefficient) * getRange(system, term.variable);
    largest = std::fmax(largest, std::fabs(term.coefficient));
  }
  int exponent = 0;
  if (double width = range.width(); width > 0 && std::isfinite(width))
    exponent = std::clamp(6 - std::ilogb(width), -60, 60);
  if (largest > 0)
    exponent = std::min(exponent, 20 - std::ilogb(largest));
  scale(system, *rounded, exponent);
  if (!std::isfinite(rounded->error.hi))
    return false;
  for (Term &term : rounded->terms)
    term.coefficient = std::ldexp(term.coefficient, -exponent);
  Real constant = sum.constant + Real::fromDouble(rounded->error.hi);
  system.objective =
      Objective{std::move(rounded->terms), constant.toDoubleUp(), exponent};
  return true;
}

} // namespace qev::encoding
