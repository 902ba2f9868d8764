//===- DualBound.h - Safe bounds from dual vectors --------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Neumaier and Shcherbina (2004): for max c.x subject to A x {<=,=,>=} b and
// l <= x <= u, any y with y_i >= 0 for <= rows and y_i <= 0 for >= rows gives
//
//   c.x <= y.b + sum_j max(r_j l_j, r_j u_j),   r = c - A'y.
//
// So a bound costs no trust in the solver that found y. With c = 0, a bound
// below 0 proves that there is no point. Integrality is ignored, which is safe.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SOLVER_DUALBOUND_H
#define QEV_SOLVER_DUALBOUND_H

#include "qev/Encode/System.h"

namespace qev {

/// Upper bound on the maximum of the objective, constant included, from one
/// multiplier per row; a multiplier of the wrong sign or not finite counts as
/// 0. Outward-rounded. A system without objective has objective 0.
double getSafeDualBound(const System &system,
                        llvm::ArrayRef<double> multipliers);
/// The same in exact arithmetic; the reference.
Real getExactDualBound(const System &system,
                       llvm::ArrayRef<double> multipliers);
/// Whether the multipliers prove that the system has no point.
bool provesInfeasible(const System &system, llvm::ArrayRef<double> multipliers);

} // namespace qev

#endif // QEV_SOLVER_DUALBOUND_H
