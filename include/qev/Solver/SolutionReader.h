//===- SolutionReader.h - Reading solvers' solution files -------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Understands the solution files of HiGHS, CBC, GLPK, SCIP and lp_solve and
// plain `name value` lists (Gurobi, COPT), told apart by their first lines, and
// the bounds in the output of HiGHS, CBC and SCIP.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SOLVER_SOLUTIONREADER_H
#define QEV_SOLVER_SOLUTIONREADER_H

#include "qev/Encode/System.h"
#include "llvm/Support/Error.h"

namespace qev {

/// What a solution file says, in the terms of the MPS file: a minimisation.
struct Solution {
  enum Status { Optimal, Feasible, Infeasible, Unbounded, Stopped, Unknown };
  Status status = Unknown;
  std::string statusText;
  /// Of the point: the printed number and what printing rounded off.
  std::optional<Interval> objective;
  /// One per variable; those not listed are 0, as the formats that leave out
  /// zeros mean it. None if the file has no point.
  std::optional<std::vector<double>> values;
};

/// Fails with `solver-failed` on text that is none of the formats, names a
/// variable that is not there, or has a number that cannot be read.
llvm::Expected<Solution> readSolution(const System &system,
                                      llvm::StringRef text);

/// Lower bound of the minimum that a program's output states last, less what
/// printing may have rounded off.
std::optional<double> readDualBound(llvm::StringRef log);
/// Whether the output of GLPK says that there is no point; its solution files
/// do not tell that from having found none.
bool saysInfeasible(llvm::StringRef log);
/// The version that CBC, HiGHS, GLPK or SCIP print of themselves.
std::optional<std::string> readVersion(llvm::StringRef log);

} // namespace qev

#endif // QEV_SOLVER_SOLUTIONREADER_H
