//===- SolutionReader.cpp - Reading solvers' solution files -----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Solver/SolutionReader.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Target/Mps.h"
#include "llvm/ADT/StringExtras.h"

namespace qev {

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

static std::optional<double> readNumber(llvm::StringRef text) {
  double value = 0;
  if (text.getAsDouble(value) || std::isnan(value))
    return std::nullopt;
  return value;
}

/// The number with what printing may have rounded off: one unit of the last
/// place where a fixed number of places is printed, else of the 11th digit;
/// the programs that print digits print 12 or more.
static std::optional<Interval> readPrinted(llvm::StringRef text,
                                           bool fixedPlaces) {
  std::optional<double> value = readNumber(text);
  if (!value || std::isinf(*value) || std::fabs(*value) >= 1e20)
    return std::nullopt; // 1e20 is SCIP's infinity
  double error = mulUp(std::fabs(*value), 1e-11);
  if (fixedPlaces) {
    llvm::StringRef places = text.split('.').second;
    error = addUp(error, std::pow(10.0, -static_cast<double>(places.size())));
  }
  return Interval(subDown(*value, error), addUp(*value, error));
}

//===----------------------------------------------------------------------===//
// Formats
//===----------------------------------------------------------------------===//

namespace {

class Reader {
public:
  Reader(const System &system, llvm::StringRef text) : system(system) {
    text.split(lines, '\n');
    for (llvm::StringRef &line : lines)
      line = line.trim();
  }

  llvm::Expected<Solution> read() {
    for (llvm::StringRef line : lines) {
      if (line.empty())
        continue;
      llvm::Error error = line == "Model status"              ? readHighs()
                          : line.starts_with("c Problem:")    ? readGlpk()
                          : line.contains("objective value ") ? readCbc(line)
                          : line.starts_with("solution status:") ||
                                  line.starts_with("objective value:") ||
                                  line.starts_with("no solution")
                              ? readScip()
                          : isLpSolve() ? readLpSolve()
                                        : readList();
      if (error)
        return error;
      return std::move(solution);
    }
    return fail("it is empty");
  }

private:
  llvm::Error fail(const llvm::Twine &why) const {
    return makeError(DiagId::SolverFailed, "",
                     "cannot read the solution file: " + why);
  }

  static llvm::SmallVector<llvm::StringRef, 6> split(llvm::StringRef line) {
    llvm::SmallVector<llvm::StringRef, 6> words;
    llvm::SplitString(line, words);
    return words;
  }

  llvm::Error set(llvm::StringRef name, llvm::StringRef text) {
    std::optional<unsigned> variable = findVariable(system, name);
    if (!variable)
      return fail("there is no variable '" + name + "'");
    return set(*variable, text);
  }
  llvm::Error set(unsigned variable, llvm::StringRef text) {
    std::optional<double> value = readNumber(text);
    if (!value)
      return fail("'" + text + "' is no number");
    if (!solution.values)
      solution.values.emplace(system.variables.size(), 0.0);
    (*solution.values)[variable] = *value;
    return llvm::Error::success();
  }

  /// `Model status / # Primal solution values / Objective v / # Columns n`.
  llvm::Error readHighs() {
    bool feasible = false;
    for (size_t i = 0; i + 1 < lines.size(); ++i) {
      llvm::StringRef next = lines[i + 1];
      if (lines[i] == "Model status") {
        solution.statusText = next.str();
        solution.status =
            next == "Optimal" ? Solution::Optimal
            : next == "Infeasible" || next == "Primal infeasible or unbounded"
                ? Solution::Infeasible
            : next == "Unbounded"    ? Solution::Unbounded
            : next.contains("limit") ? Solution::Stopped
                                     : Solution::Unknown;
      } else if (lines[i] == "# Primal solution values") {
        feasible = next == "Feasible";
      } else if (lines[i].starts_with("# Dual")) {
        break;
      } else if (feasible && lines[i].starts_with("Objective ")) {
        solution.objective = readPrinted(split(lines[i])[1], false);
      } else if (feasible && lines[i].starts_with("# Columns")) {
        for (++i; i < lines.size() && !lines[i].starts_with("#"); ++i) {
          auto words = split(lines[i]);
          if (words.size() != 2)
            return fail("'" + lines[i] + "' is no name and value");
          if (llvm::Error error = set(words[0], words[1]))
            return error;
        }
        --i;
      }
    }
    return llvm::Error::success();
  }

  /// `Optimal - objective value v`, then `index name value cost`.
  llvm::Error readCbc(llvm::StringRef first) {
    llvm::StringRef state = first.split(" - objective").first;
    solution.statusText = state.str();
    solution.status = state == "Optimal" ? Solution::Optimal
                      : state == "Infeasible" || state == "Integer infeasible"
                          ? Solution::Infeasible
                      : state == "Unbounded"            ? Solution::Unbounded
                      : state.starts_with("Stopped on") ? Solution::Stopped
                                                        : Solution::Unknown;
    // Whatever stands below any other status is no point.
    if (solution.status != Solution::Optimal &&
        (solution.status != Solution::Stopped || state.contains("no integer")))
      return llvm::Error::success();
    solution.objective = readPrinted(split(first).back(), true);
    solution.values.emplace(system.variables.size(), 0.0); // zeros may lack
    for (llvm::StringRef line : llvm::drop_begin(lines)) {
      line.consume_front("**"); // slightly out of bounds
      auto words = split(line);
      // With all values printed, rows come first.
      if (words.size() < 3 || words[1].starts_with("r"))
        continue;
      if (llvm::Error error = set(words[1], words[2]))
        return error;
    }
    return llvm::Error::success();
  }

  /// `s mip rows cols o obj`, `s bas rows cols f f obj`, `j col [stat] value`.
  llvm::Error readGlpk() {
    bool hasPoint = false, isMip = false;
    for (llvm::StringRef line : lines) {
      auto words = split(line);
      if (words.empty())
        continue;
      if (words[0] == "s" && words.size() >= 6) {
        isMip = words[1] == "mip";
        llvm::StringRef primal = words[4];
        bool optimal = isMip ? primal == "o" : primal == "f" && words[5] == "f";
        solution.statusText = line.str();
        hasPoint = optimal || primal == "f";
        solution.status = optimal         ? Solution::Optimal
                          : primal == "n" ? Solution::Infeasible
                                          : Solution::Stopped;
        if (hasPoint)
          solution.objective = readPrinted(words.back(), false);
      } else if (words[0] == "j" && hasPoint) {
        unsigned column = 0;
        if (words.size() < (isMip ? 3u : 4u) ||
            words[1].getAsInteger(10, column) || column == 0 ||
            column > system.variables.size())
          return fail("'" + line + "' is no column");
        if (llvm::Error error = set(column - 1, words[isMip ? 2 : 3]))
          return error;
      }
    }
    return llvm::Error::success();
  }

  /// `solution status: s`, `objective value: v`, `name value (obj:c)`.
  llvm::Error readScip() {
    solution.status = Solution::Feasible;
    for (llvm::StringRef line : lines) {
      auto [key, rest] = line.split(':');
      auto words = split(line);
      if (words.empty() || line.starts_with("no solution")) {
        continue;
      } else if (key == "solution status") {
        llvm::StringRef state = rest.trim();
        solution.statusText = state.str();
        solution.status = state == "optimal solution found" ? Solution::Optimal
                          : state == "infeasible" ? Solution::Infeasible
                          : state == "unbounded"  ? Solution::Unbounded
                                                  : Solution::Stopped;
      } else if (key == "objective value") {
        solution.objective = readPrinted(rest.trim(), false);
        solution.values.emplace(system.variables.size(), 0.0); // zeros lack
      } else if (words.size() >= 2) {
        if (llvm::Error error = set(words[0], words[1]))
          return error;
      }
    }
    return llvm::Error::success();
  }

  bool isLpSolve() const {
    for (llvm::StringRef line : lines)
      if (line.starts_with("Actual values of the variables") ||
          line == "This problem is infeasible")
        return true;
    return false;
  }

  /// The output of lp_solve -S3: a table of variables, then one of rows.
  llvm::Error readLpSolve() {
    bool inVariables = false;
    for (llvm::StringRef line : lines) {
      auto words = split(line);
      if (line == "This problem is infeasible") {
        solution.status = Solution::Infeasible;
      } else if (line.starts_with("Value of objective function:")) {
        // A sub-optimal point is said to be one before its value is.
        if (solution.status != Solution::Stopped)
          solution.status = Solution::Optimal;
        solution.objective = readPrinted(words.back(), true);
      } else if (line.starts_with("SUBOPTIMAL") ||
                 line.contains("sub-optimal")) {
        solution.status = Solution::Stopped;
      } else if (line.starts_with("Actual values of")) {
        inVariables = line.contains("variables");
      } else if (inVariables && words.size() == 2) {
        if (llvm::Error error = set(words[0], words[1]))
          return error;
      }
    }
    solution.statusText = lines.front().str();
    return llvm::Error::success();
  }

  /// `name value` with comments: a point without a claim.
  llvm::Error readList() {
    solution.status = Solution::Feasible;
    for (llvm::StringRef line : lines) {
      if (line.empty() || line.starts_with("#"))
        continue;
      auto words = split(line);
      if (words.size() != 2)
        return fail("'" + line + "' is no name and value");
      if (llvm::Error error = set(words[0], words[1]))
        return error;
    }
    return llvm::Error::success();
  }

  const System &system;
  llvm::SmallVector<llvm::StringRef, 0> lines;
  Solution solution;
};

} // namespace

llvm::Expected<Solution> readSolution(const System &system,
                                      llvm::StringRef text) {
  return Reader(system, text).read();
}

//===----------------------------------------------------------------------===//
// Logs
//===----------------------------------------------------------------------===//

std::optional<double> readDualBound(llvm::StringRef log) {
  std::optional<double> result;
  while (!log.empty()) {
    llvm::StringRef line;
    std::tie(line, log) = log.split('\n');
    line = line.trim();
    // CBC prints three places, HiGHS and SCIP twelve digits and more.
    bool isCbc = line.consume_front("Lower bound:");
    if (!isCbc && !line.consume_front("Dual bound ") &&
        !line.consume_front("Dual Bound "))
      continue;
    if (auto value = readPrinted(line.ltrim(" :"), isCbc))
      result = value->lo;
  }
  return result;
}

bool saysInfeasible(llvm::StringRef log) {
  return log.contains("PROBLEM HAS NO PRIMAL FEASIBLE SOLUTION") ||
         log.contains("PROBLEM HAS NO INTEGER FEASIBLE SOLUTION");
}

std::optional<std::string> readVersion(llvm::StringRef log) {
  while (!log.empty()) {
    llvm::StringRef line;
    std::tie(line, log) = log.split('\n');
    for (llvm::StringRef lead :
         {"Version: ", "Running HiGHS ", "SCIP version ",
          "GLPSOL--GLPK LP/MIP Solver ", "GLPSOL: GLPK LP/MIP Solver, v"})
      if (line.consume_front(lead))
        return line.take_until([](char c) { return c == ' ' || c == '\r'; })
            .str();
  }
  return std::nullopt;
}

} // namespace qev
