//===- Keep.h - Keeping what solvers are asked ------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_DRIVER_KEEP_H
#define QEV_DRIVER_KEEP_H

#include "qev/Driver/Obligation.h"
#include "llvm/Support/Error.h"

namespace qev {

/// Writes NAME.mps, NAME.map.json and, of a decision, NAME.smt2 into the folder
/// (made if absent), NAME being `sample0_output_3_above_relaxed_proof`.
llvm::Error keepSystem(llvm::StringRef folder, int64_t sample,
                       const Obligation &obligation, llvm::StringRef stage,
                       const System &system);

} // namespace qev

#endif // QEV_DRIVER_KEEP_H
