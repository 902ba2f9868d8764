//===- LinearOracle.h - Ranges of differences by programs -------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SOLVER_LINEARORACLE_H
#define QEV_SOLVER_LINEARORACLE_H

#include "qev/Analysis/BoundOracle.h"

namespace qev {

/// Encodes what a pair depends on, with difference and hull rows, and maximises
/// one end after the other with the linked HiGHS: the only solver that hands
/// out dual vectors and counts nodes, so that bounds can be checked and runs
/// repeated. With relaxed rounding as linear programs, whose bounds are safe
/// dual bounds; or with exact rounding as integer programs, whose bounds are
/// loosened by a millionth of the range known before, for HiGHS works to a
/// tolerance. Fails with `solver-missing` where HiGHS is not linked.
llvm::Expected<std::unique_ptr<BoundOracle>>
createLinearOracle(const BoundOracleOptions &options);

} // namespace qev

#endif // QEV_SOLVER_LINEARORACLE_H
