//===- Mps.h - Systems as MPS files -----------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The dialect that ten solvers read the same way; docs/Encoding.md has its
// rules. Always a minimisation: 2^exponent times the negated objective, without
// its constant. Strict rows are written closed. What the short names mean is in
// the map (Map.h).
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TARGET_MPS_H
#define QEV_TARGET_MPS_H

#include "qev/Encode/System.h"
#include "llvm/Support/raw_ostream.h"

namespace qev {

/// Columns in the order of `system.variables`. A system that is proved
/// infeasible is written as one impossible row.
void writeMps(const System &system, llvm::raw_ostream &os);

/// Name of a variable: `x12` continuous, `k12` integer, `b12` binary.
std::string getVariableName(const System &system, unsigned variable);
/// `r12`.
std::string getRowName(unsigned row);
/// The variable of that name in either of its spellings, if there is one.
std::optional<unsigned> findVariable(const System &system,
                                     llvm::StringRef name);

} // namespace qev

#endif // QEV_TARGET_MPS_H
