//===- Backends.h - The solvers behind createSolver -------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_SOLVER_BACKENDS_H
#define QEV_LIB_SOLVER_BACKENDS_H

#include "qev/Solver/Solver.h"

namespace qev {

/// Null if HiGHS is not linked.
std::unique_ptr<Solver> createHighs();
std::unique_ptr<Solver> createZ3();

/// Floating-point values of a point, those of integer variables rounded to
/// integers; nothing if one is not finite.
std::optional<std::vector<Real>> makePoint(const System &system,
                                           llvm::ArrayRef<double> values);

/// Upper bound of the maximum in the objective's terms, from a lower bound of
/// the minimisation that solvers see.
double toUpperBound(const Objective &objective, double lowerBound);

} // namespace qev

#endif // QEV_LIB_SOLVER_BACKENDS_H
