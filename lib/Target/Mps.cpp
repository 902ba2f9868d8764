//===- Mps.cpp - Systems as MPS files ---------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Target/Mps.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

namespace qev {

std::string getVariableName(const System &system, unsigned variable) {
  switch (system.variables[variable].kind) {
  case VariableKind::Continuous:
    return "x" + std::to_string(variable);
  case VariableKind::Integer:
    return "k" + std::to_string(variable);
  case VariableKind::Binary:
    return "b" + std::to_string(variable);
  }
  llvm_unreachable("all kinds are named");
}

std::string getRowName(unsigned row) { return "r" + std::to_string(row); }

std::optional<unsigned> findVariable(const System &system,
                                     llvm::StringRef name) {
  unsigned index = 0;
  if (name.size() < 2 || name.drop_front().getAsInteger(10, index) ||
      index >= system.variables.size() ||
      name != getVariableName(system, index))
    return std::nullopt;
  return index;
}

namespace {

/// Fields at the classic columns 2, 5, 15 and 25, which every reader takes
/// whether it goes by columns or by blanks.
class MpsWriter {
public:
  MpsWriter(const System &system, llvm::raw_ostream &os)
      : system(system), os(os) {}

  void write() {
    os << "NAME          QEV       FREE\n";
    os << "ROWS\n N  OBJ\n";
    for (unsigned i = 0; i < system.rows.size(); ++i)
      os << " " << getSense(system.rows[i].sense) << "  " << getRowName(i)
         << "\n";
    writeColumns();
    os << "RHS\n";
    for (unsigned i = 0; i < system.rows.size(); ++i)
      if (system.rows[i].rhs != 0)
        writeField("RHS", getRowName(i), system.rows[i].rhs);
    os << "BOUNDS\n";
    for (unsigned i = 0; i < system.variables.size(); ++i)
      writeBounds(i);
    os << "ENDATA\n";
  }

private:
  static char getSense(Sense sense) {
    switch (sense) {
    case Sense::LessEqual:
      return 'L';
    case Sense::Equal:
      return 'E';
    case Sense::GreaterEqual:
      return 'G';
    }
    llvm_unreachable("all senses are named");
  }

  void writeField(llvm::StringRef first, llvm::StringRef second, double value) {
    os << "    " << llvm::left_justify(first, 10)
       << llvm::left_justify(second, 10) << printReal(value) << "\n";
  }

  void writeColumns() {
    // By column: the entries of each variable, its objective first.
    std::vector<std::vector<std::pair<unsigned, double>>> columns(
        system.variables.size());
    for (unsigned i = 0; i < system.rows.size(); ++i)
      for (const Term &term : system.rows[i].terms)
        columns[term.variable].emplace_back(i, term.coefficient);
    std::vector<double> cost(system.variables.size(), 0.0);
    if (system.objective)
      for (const Term &term : system.objective->terms)
        cost[term.variable] =
            -std::ldexp(term.coefficient, system.objective->exponent);

    os << "COLUMNS\n";
    bool inIntegers = false;
    unsigned markers = 0;
    auto mark = [&](bool integers) {
      if (integers != inIntegers)
        os << "    " << llvm::left_justify("M" + std::to_string(markers++), 10)
           << "'MARKER'                 '" << (integers ? "INTORG" : "INTEND")
           << "'\n";
      inIntegers = integers;
    };
    for (unsigned i = 0; i < columns.size(); ++i) {
      mark(system.variables[i].kind != VariableKind::Continuous);
      std::string name = getVariableName(system, i);
      // Every column appears, or its bounds would name an unknown one.
      if (cost[i] != 0 || columns[i].empty())
        writeField(name, "OBJ", cost[i]);
      for (auto [row, coefficient] : columns[i])
        writeField(name, getRowName(row), coefficient);
    }
    mark(false);
  }

  void writeBounds(unsigned index) {
    const Variable &variable = system.variables[index];
    std::string name = getVariableName(system, index);
    auto bound = [&](llvm::StringRef type, std::optional<double> value) {
      os << " " << type << " BND       ";
      if (value)
        os << llvm::left_justify(name, 10) << printReal(*value) << "\n";
      else
        os << name << "\n";
    };
    if (variable.lo == variable.hi)
      return bound("FX", variable.lo);
    bound("LO", variable.lo);
    bound("UP", variable.hi);
  }

  const System &system;
  llvm::raw_ostream &os;
};

} // namespace

void writeMps(const System &system, llvm::raw_ostream &os) {
  if (!system.infeasible && !system.variables.empty()) {
    MpsWriter(system, os).write();
    return;
  }
  // Nothing is left to decide: one column for the readers that need one, and
  // one row that it cannot meet if there is no point.
  System decided;
  decided.variables.push_back({});
  if (system.infeasible) {
    decided.rows.push_back({{{0, 1.0}}, Sense::GreaterEqual, 1.0, false, {}});
    os << "* " << *system.infeasible << "\n";
  }
  MpsWriter(decided, os).write();
}

} // namespace qev
