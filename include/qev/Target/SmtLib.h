//===- SmtLib.h - Systems as SMT-LIB text -----------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// SMT-LIB 2.6 in the decision form: QF_LRA without integers, else QF_LIRA.
// Numbers are exact. Steps are written as what they mean and not as their MILP
// rows: rounding half to even by the parity of the integer before the zero
// point, saturation by ite. So `unsat` and `sat` are exact but for products
// that were widened because they are no doubles.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TARGET_SMTLIB_H
#define QEV_TARGET_SMTLIB_H

#include "qev/Encode/System.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace qev {

struct SmtLibOptions {
  /// End with check-sat, get-value of the inputs, and exit.
  bool commands = true;
};

/// Names are those of the MPS writer. Fails with `encode-unsupported` if there
/// is an objective: SMT-LIB has none.
llvm::Error writeSmtLib(const System &system, llvm::raw_ostream &os,
                        const SmtLibOptions &options = {});

/// The objective without its constant, as a term of sort Real.
std::string printSmtObjective(const System &system);

/// An exact number as SMT-LIB text: `5.0`, `(- (/ 1.0 3.0))`; `5`, `(- 5)`.
std::string printSmtReal(const Real &value);
std::string printSmtInt(const Real &value);

} // namespace qev

#endif // QEV_TARGET_SMTLIB_H
