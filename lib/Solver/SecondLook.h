//===- SecondLook.h - Doubting a solver's word ------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a floating-point solver says is compared with what is known to exist. A
// look that finds nothing proves nothing: the answer's grade stays what it is.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_SOLVER_SECONDLOOK_H
#define QEV_LIB_SOLVER_SECONDLOOK_H

#include "qev/Solver/Solver.h"

namespace qev {

/// Turns an answer into Failed, with `isContradiction`, where the solver
///
/// - calls the system infeasible, and says the same of it without its goal
/// rows,
///   as it is or with the inputs alone fixed at `System::execution` (with all
///   variables fixed, presolving would only evaluate rows), although a region
///   is never empty;
/// - calls a point optimal that violates the system it was asked.
///
/// `run` asks the same solver with the same options.
void doubt(const System &system, const SolveLimits &limits,
           llvm::StringRef name,
           llvm::function_ref<Answer(const System &, const SolveLimits &)> run,
           Answer &answer);

} // namespace qev

#endif // QEV_LIB_SOLVER_SECONDLOOK_H
