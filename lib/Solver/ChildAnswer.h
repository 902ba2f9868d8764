//===- ChildAnswer.h - A linked solver's answer from a child -----*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_SOLVER_CHILDANSWER_H
#define QEV_LIB_SOLVER_CHILDANSWER_H

#include "qev/Solver/Solver.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace qev {

/// What `solve` answers in a child process (Child.h), which is ended where it
/// outlives the limits. Then the answer is what its `lowerBound` proves, on
/// `trust`. `solve` uses the limits it is given.
Answer solveInChild(const System &system, const SolveLimits &limits,
                    llvm::StringRef name, const Trust &trust,
                    llvm::function_ref<Answer(const SolveLimits &,
                                              std::atomic<double> &lowerBound)>
                        solve);

} // namespace qev

#endif // QEV_LIB_SOLVER_CHILDANSWER_H
