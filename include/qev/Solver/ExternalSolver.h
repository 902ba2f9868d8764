//===- ExternalSolver.h - Solvers as programs -------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Runs a program on an MPS file. A template is a command line, split as a shell
// splits words but run without one, with the placeholders
//
//   {mps}   the model          {sol}  where the solution file goes
//   {time}  seconds, rounded   {map}  the sidecar map (Map.h)
//   up to an integer           {tol}  feasibility tolerance
//   {options}  a HiGHS options file with the gaps and tolerances
//
// Without {sol} the program's output is read as the solution. The answer is
// read from the solution file and the program's output. A solution file holds
// no dual bound; one is known where the status says optimal or the output of a
// known program states it.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SOLVER_EXTERNALSOLVER_H
#define QEV_SOLVER_EXTERNALSOLVER_H

#include "qev/Solver/Solver.h"

namespace qev {

/// Fails with `usage` on a template without {mps} or with another placeholder,
/// and with `solver-missing` if its program is not on the PATH. `name` is that
/// of a built-in template, or empty: then the program's.
llvm::Expected<std::unique_ptr<Solver>>
createExternalSolver(llvm::StringRef name, llvm::StringRef commandTemplate);

/// The built-in template of `highs`, `cbc`, `glpsol` or `scip`.
std::optional<llvm::StringRef> getBuiltinTemplate(llvm::StringRef name);

} // namespace qev

#endif // QEV_SOLVER_EXTERNALSOLVER_H
