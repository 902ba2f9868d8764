//===- System.h - Constraints on a pair of nets -----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a solver is asked: maximise a linear form over the variables, or find a
// point, subject to rows, bounds and integrality. Neutral to solvers; every
// number is an exact double, so that a writer has no choices of its own.
//
// Two views of the same question live side by side. MILP solvers read
// `variables` and `rows`. Exact writers (SMT) replace what belongs to a Step,
// its rows and its binaries, by the exact sentence the Step says: rounding half
// to even with its strict and its closed ends, saturation by case.
//
// Soundness: a System encoded as a proof contains every real execution of the
// two nets over the region. Products that are no doubles are rounded, and the
// error times the variable's bounds widens the right-hand side of the row.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ENCODE_SYSTEM_H
#define QEV_ENCODE_SYSTEM_H

#include "qev/IR/Module.h"

namespace qev {

/// Which of the two nets something comes from; Both for inputs and relations.
enum class Side { First, Second, Both };

/// What a variable or a row says about one element of an op's value.
enum class Role {
  Input,      ///< variable: an input element, or the number of its grid point
  Sum,        ///< variable: a sum, in units of the element; row: its definition
  Activation, ///< variable: an unstable relu or clip
  Code,       ///< variable: quantizer's integer before the zero point is added
  Below,      ///< binary: the argument is clamped from below; row likewise
  Above,      ///< binary: the argument is clamped from above; row likewise
  Window,     ///< row: the rounding window, or output = input when not clamped
  Difference, ///< row: a proved bound on second - first
  Hull,       ///< row: a facet of a neuron's twin hull
  Goal,       ///< row: what the goal requires of the outputs
};
llvm::StringRef getName(Role role);
llvm::StringRef getName(Side side);

struct Origin {
  Side side = Side::Both;
  const Op *op = nullptr; ///< null for Goal; lives as long as its net
  int64_t element = 0;    ///< row-major; of a Goal: its number
  Role role = Role::Goal;
};

enum class VariableKind { Continuous, Integer, Binary };

struct Variable {
  VariableKind kind = VariableKind::Continuous;
  double lo = 0, hi = 0; ///< finite; integers unless the kind is Continuous
  /// In every real execution the value is an integer, whatever `kind` asks.
  bool integral = false;
  Origin origin;
  /// The element of `origin` is scale * variable + offset: as a real number, of
  /// a quantized op the code minus the zero point. Means nothing for binaries.
  Real scale = 1, offset;
  /// The Step whose case split this binary is; -1 for all other variables.
  int step = -1;
};

struct Term {
  unsigned variable;
  double coefficient; ///< not 0, at least 1e-7 in magnitude
};

enum class Sense { LessEqual, Equal, GreaterEqual };

struct Row {
  std::vector<Term> terms; ///< by increasing variable, each once, not empty
  Sense sense = Sense::Equal;
  double rhs = 0;
  /// The inequality is strict; MILP solvers read the closed one.
  bool strict = false;
  Origin origin;
  /// The Step that this row (with others) encodes; -1 for a row of its own.
  int step = -1;
  /// It is the exact row times 2^exponent.
  int exponent = 0;
  /// Of a goal: how much less than the question asks for it asks for, in its
  /// own units (Goal::loosening).
  double loosened = 0;
};

/// Proof: contains every execution, windows closed. Witness: windows shrunk, so
/// that a solver's point replays on the same codes; proves nothing.
enum class Purpose { Proof, Witness };

/// A real number as a function of the variables: scale * variable + offset, or
/// just the offset. Every element of every op is one of these.
struct AffineValue {
  Real scale;
  std::optional<unsigned> variable;
  Real offset;

  static AffineValue constant(Real value) {
    return {0, std::nullopt, std::move(value)};
  }
  bool isConstant() const { return !variable; }
};

enum class Rounding {
  None,    ///< a clamp only
  Relaxed, ///< any real within half a step of the argument
  Exact,   ///< the nearest integer, ties to even
};

/// output = clamp(round(input / unit), lo, hi), the clamp's missing sides never
/// being reached. With Rounding::Relaxed, output = clamp(r, lo, hi) for some
/// real r with |r - input / unit| <= 1/2.
struct Step {
  AffineValue input;
  Real unit = 1; ///< positive
  Rounding rounding = Rounding::None;
  std::optional<Real> lo, hi;
  unsigned output; ///< a variable
  Origin origin;
};

/// maximise terms + constant; the constant is an upper bound of the true one.
struct Objective {
  std::vector<Term> terms; ///< may be empty
  double constant = 0;
  /// Solvers see 2^exponent * terms, whose range is then about 100.
  int exponent = 0;
  /// What bounds say about the maximum, in magnitude, if it is known: what a
  /// tolerance is measured against.
  double magnitude = infinity;

  Real evaluate(llvm::ArrayRef<Real> point) const;
};

struct System {
  Purpose purpose = Purpose::Proof;
  std::vector<Variable> variables;
  std::vector<Row> rows;
  std::vector<Step> steps;
  std::optional<Objective> objective; ///< none: any point answers

  /// Why no execution can meet the goal, if encoding alone has proved that;
  /// variables and rows are then incomplete.
  std::optional<std::string> infeasible;

  std::vector<InputRegion> regions;
  std::vector<std::vector<AffineValue>>
      inputs; ///< of each region, each element
  std::vector<AffineValue> firstOutputs,
      secondOutputs; ///< reals, outputs in a row, or those of the goal's pair
  std::string firstName, secondName;
  /// An input of the region, a tensor for each of `inputs`, whose execution no
  /// solver may call impossible (Solver.h); empty: none is named.
  std::vector<std::vector<Real>> execution;

  bool hasIntegers() const;
  /// Every kind becomes Continuous: the linear relaxation, a superset.
  void relaxIntegers();
};

/// AffineValue at a point.
Real evaluate(const AffineValue &value, llvm::ArrayRef<Real> point);

/// The input that a solver's point means, one tensor per region: numbers of
/// grid points rounded to integers, all clamped into the region. Only a
/// candidate: replay decides what it is worth.
std::vector<std::vector<Real>> readInputs(const System &system,
                                          llvm::ArrayRef<Real> point);

/// The point that an execution of both nets is; `getElement` gives the value of
/// an element, of a quantized op its code.
std::vector<Real>
makePoint(const System &system,
          llvm::function_ref<Real(Side side, const Op &op, int64_t element)>
              getElement);

/// Sets the binaries of the steps so that their rows hold wherever the step's
/// sentence does; for points that know only the other variables.
void completePoint(const System &system, std::vector<Real> &point);

/// What a point violates, first by variables, then by rows, then (if asked) by
/// the steps' exact sentences; nothing if it satisfies the system exactly.
std::optional<std::string> findViolation(const System &system,
                                         llvm::ArrayRef<Real> point,
                                         bool checkSteps = false);

} // namespace qev

#endif // QEV_ENCODE_SYSTEM_H
