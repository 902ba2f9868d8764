//===- Trust.h - What an answer rests on ------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Decisions are made by the grade; the words are for people. docs/Soundness.md,
// section 8, says what each grade assumes.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SOLVER_TRUST_H
#define QEV_SOLVER_TRUST_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include <string>
#include <tuple>
#include <vector>

namespace qev {

struct Trust {
  /// From what needs no trust to what needs most.
  enum class Grade {
    Bounds,    ///< arithmetic of ours alone
    SafeDual,  ///< arithmetic of ours on the multipliers of a solver
    Exact,     ///< a solver that computes in exact rationals
    Tolerance, ///< a solver's floating point, to the tolerance asked for
    Unchecked, ///< a solver's floating point, to whatever it does: never counts
  };
  Grade grade = Grade::Bounds;
  /// `safe dual bound`, `highs 1.15.1, dual bound, feasibility 1e-7`; empty for
  /// Bounds.
  std::string words = {};

  static Trust bounds() { return {}; }
  static Trust safeDual() { return {Grade::SafeDual, "safe dual bound"}; }
  static Trust exact(const std::string &solver) {
    return {Grade::Exact, solver + ", exact"};
  }
  static Trust tolerance(std::string words) {
    return {Grade::Tolerance, std::move(words)};
  }
  static Trust unchecked(std::string words) {
    return {Grade::Unchecked, std::move(words)};
  }

  /// No solver is believed. A replay that contradicts it is a bug of ours.
  bool isSafe() const { return grade <= Grade::SafeDual; }
  /// What was said was computed without a tolerance.
  bool isExact() const { return grade <= Grade::Exact; }

  friend bool operator==(const Trust &, const Trust &) = default;
  friend bool operator<(const Trust &a, const Trust &b) {
    return std::tie(a.grade, a.words) < std::tie(b.grade, b.words);
  }
};

/// `bounds`, `safe-dual`, `exact`, `tolerance`, `unchecked`.
llvm::StringRef getName(Trust::Grade grade);
/// The grade of what rests on all of them.
Trust::Grade getGrade(llvm::ArrayRef<Trust> grounds);

} // namespace qev

#endif // QEV_SOLVER_TRUST_H
