//===- ExpectedDiagnostics.h - Checking diagnostics in tests ----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A test says in comments which diagnostics it expects:
//
//   // expected-error@+1 {{zero point 200 is outside}}
//
// `@+N`, `@-N` and `@N` name the line, none means this line, `@unknown` a
// diagnostic that has none. `expected-warning`, `-note` and `-remark` likewise.
// The text must occur in `message [id]`.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_PASS_EXPECTEDDIAGNOSTICS_H
#define QEV_PASS_EXPECTEDDIAGNOSTICS_H

#include "qev/Support/Diagnostics.h"

namespace qev {

/// Compares what was reported with what the text expects. Writes what is
/// missing and what is too much to `os`; true if nothing is.
bool checkExpectedDiagnostics(llvm::StringRef text, llvm::StringRef name,
                              llvm::ArrayRef<Diagnostic> reported,
                              llvm::raw_ostream &os);

} // namespace qev

#endif // QEV_PASS_EXPECTEDDIAGNOSTICS_H
