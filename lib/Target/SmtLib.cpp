//===- SmtLib.cpp - Systems as SMT-LIB text ---------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Target/SmtLib.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Target/Mps.h"

namespace qev {

static std::string negate(bool negative, const std::string &text) {
  return negative ? "(- " + text + ")" : text;
}

std::string printSmtInt(const Real &value) {
  return negate(value.sign() < 0, value.abs().floor().get_str());
}

std::string printSmtReal(const Real &value) {
  mpq_class magnitude = value.abs().toMpq();
  std::string text = magnitude.get_num().get_str() + ".0";
  if (magnitude.get_den() != 1)
    text = "(/ " + text + " " + magnitude.get_den().get_str() + ".0)";
  return negate(value.sign() < 0, text);
}

namespace {

class SmtLibWriter {
public:
  SmtLibWriter(const System &system, llvm::raw_ostream &os)
      : system(system), os(os) {}

  void writeHeader() {
    os << "(set-info :smt-lib-version 2.6)\n"
          "(set-info :status unknown)\n"
          "(set-option :produce-models true)\n"
       << "(set-logic " << (system.hasIntegers() ? "QF_LIRA" : "QF_LRA")
       << ")\n";
  }

  void writeSystem() {
    if (system.infeasible) {
      os << "; " << *system.infeasible << "\n(assert false)\n";
      return;
    }
    for (unsigned i = 0; i < system.variables.size(); ++i)
      if (system.variables[i].step < 0)
        declare(i);
    for (const Step &step : system.steps)
      writeStep(step);
    for (const Row &row : system.rows)
      if (row.step < 0)
        writeRow(row);
  }

  void writeCommands() {
    os << "(check-sat)\n";
    std::string names;
    for (const auto &input : system.inputs)
      for (const AffineValue &value : input)
        if (value.variable)
          names += " " + getVariableName(system, *value.variable);
    if (!names.empty() && !system.infeasible)
      os << "(get-value (" << names.substr(1) << "))\n";
    os << "(exit)\n";
  }

  std::string sum(llvm::ArrayRef<Term> terms) const {
    if (terms.empty())
      return "0.0";
    std::string text;
    for (const Term &term : terms)
      text +=
          " " + times(Real::fromDouble(term.coefficient), real(term.variable));
    return terms.size() == 1 ? text.substr(1) : "(+" + text + ")";
  }

private:
  bool isInt(unsigned variable) const {
    return system.variables[variable].kind != VariableKind::Continuous;
  }

  /// The variable as a term of sort Real.
  std::string real(unsigned variable) const {
    std::string name = getVariableName(system, variable);
    return isInt(variable) ? "(to_real " + name + ")" : name;
  }

  static std::string times(const Real &factor, const std::string &term) {
    if (factor == Real(1))
      return term;
    return "(* " + printSmtReal(factor) + " " + term + ")";
  }

  std::string value(const AffineValue &v) const {
    if (v.isConstant())
      return printSmtReal(v.offset);
    std::string text = times(v.scale, real(*v.variable));
    return v.offset.isZero()
               ? text
               : "(+ " + text + " " + printSmtReal(v.offset) + ")";
  }

  void declare(unsigned index) {
    const Variable &variable = system.variables[index];
    std::string name = getVariableName(system, index);
    os << "; " << getName(variable.origin.role);
    if (const Op *op = variable.origin.op) {
      os << " of ";
      if (variable.origin.side != Side::Both)
        os << "@"
           << (variable.origin.side == Side::First ? system.firstName
                                                   : system.secondName)
           << " ";
      os << "%" << op->name << " element " << variable.origin.element;
    }
    os << "\n(declare-const " << name
       << (isInt(index) ? " Int)\n" : " Real)\n");
    Real lo = Real::fromDouble(variable.lo), hi = Real::fromDouble(variable.hi);
    auto print = isInt(index) ? printSmtInt : printSmtReal;
    os << "(assert (<= " << print(lo) << " " << name << " " << print(hi)
       << "))\n";
  }

  void writeRow(const Row &row) {
    const char *relation = "=";
    if (row.sense == Sense::LessEqual)
      relation = row.strict ? "<" : "<=";
    else if (row.sense == Sense::GreaterEqual)
      relation = row.strict ? ">" : ">=";
    os << "(assert (" << relation << " " << sum(row.terms) << " "
       << printSmtReal(Real::fromDouble(row.rhs)) << "))\n";
  }

  /// Where a clamp is missing, `inside` is all there is.
  static std::string clamp(const std::string &inside,
                           const std::optional<std::string> &lo,
                           const std::optional<std::string> &hi) {
    std::string text = inside;
    if (hi)
      text = "(ite (> " + inside + " " + *hi + ") " + *hi + " " + text + ")";
    if (lo)
      text = "(ite (< " + inside + " " + *lo + ") " + *lo + " " + text + ")";
    return text;
  }

  void writeStep(const Step &step) {
    switch (step.rounding) {
    case Rounding::None:
      return writeClamp(step);
    case Rounding::Relaxed:
      return writeRelaxed(step);
    case Rounding::Exact:
      return writeRounding(step);
    }
    llvm_unreachable("all roundings are handled");
  }

  void writeClamp(const Step &step) {
    auto end = [&](const std::optional<Real> &x) -> std::optional<std::string> {
      if (!x)
        return std::nullopt;
      return printSmtReal(*x * step.unit);
    };
    os << "(assert (= " << times(step.unit, real(step.output)) << " "
       << clamp(value(step.input), end(step.lo), end(step.hi)) << "))\n";
  }

  /// Within half a unit of the argument, or at the end it lies beyond.
  void writeRelaxed(const Step &step) {
    std::string output = times(step.unit, real(step.output));
    std::string half = printSmtReal(step.unit * Real::powerOfTwo(-1));
    auto orAt = [&](const std::string &window, const std::optional<Real> &end) {
      if (!end)
        return window;
      return "(or " + window + " (= " + real(step.output) + " " +
             printSmtReal(*end) + "))";
    };
    std::string input = value(step.input);
    os << "(assert "
       << orAt("(>= " + output + " (- " + input + " " + half + "))", step.hi)
       << ")\n(assert "
       << orAt("(<= " + output + " (+ " + input + " " + half + "))", step.lo)
       << ")\n";
  }

  /// n = rne(input / unit): no further than half a unit away, and that far only
  /// if n is even. The parity is that of n, before any zero point.
  void writeRounding(const Step &step) {
    std::string output = getVariableName(system, step.output), n = output;
    if (step.lo || step.hi) {
      n = "n" + std::to_string(step.output);
      os << "(declare-const " << n << " Int)\n";
    }
    Real half = step.unit * Real::powerOfTwo(-1);
    std::string up = printSmtReal(half), down = printSmtReal(-half);
    os << "(assert (let ((d (- " << value(step.input) << " "
       << times(step.unit, "(to_real " + n + ")") << "))) (and (<= " << down
       << " d " << up << ") (or (< " << down << " d " << up << ") (= (mod " << n
       << " 2) 0)))))\n";
    if (step.lo || step.hi) {
      auto end =
          [](const std::optional<Real> &x) -> std::optional<std::string> {
        if (!x)
          return std::nullopt;
        return printSmtInt(*x);
      };
      os << "(assert (= " << output << " "
         << clamp(n, end(step.lo), end(step.hi)) << "))\n";
    }
  }

  const System &system;
  llvm::raw_ostream &os;
};

} // namespace

std::string printSmtObjective(const System &system) {
  return SmtLibWriter(system, llvm::nulls()).sum(system.objective->terms);
}

llvm::Error writeSmtLib(const System &system, llvm::raw_ostream &os,
                        const SmtLibOptions &options) {
  if (system.objective)
    return makeError(DiagId::EncodeUnsupported, "",
                     "SMT-LIB has no objectives: ask a decision");
  SmtLibWriter writer(system, os);
  if (options.commands)
    writer.writeHeader();
  writer.writeSystem();
  if (options.commands)
    writer.writeCommands();
  return llvm::Error::success();
}

} // namespace qev
