//===- Diagnostics.h - Errors as values -------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every complaint about a user's input is a Diagnostic: where, what was found
// and what was wanted, and an id from the table DiagnosticIds.def. It prints as
//
//   tiny.qev:13:50: error: zero point 200 is outside ... [quant-zero-point]
//   net.onnx:#5 QuantizeLinear 'a1_q': error: scale must ... [quant-scale]
//
// Functions that can fail return llvm::Expected or llvm::Error carrying a
// DiagnosticError; passes report through a DiagnosticEngine and return
// llvm::LogicalResult.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SUPPORT_DIAGNOSTICS_H
#define QEV_SUPPORT_DIAGNOSTICS_H

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <functional>
#include <string>

namespace qev {

enum class DiagId {
#define QEV_DIAGNOSTIC(ID, TEXT, MEANING) ID,
#include "qev/Support/DiagnosticIds.def"
};

/// The id as it is printed, e.g. `quant-zero-point`.
llvm::StringRef getDiagName(DiagId id);

enum class Severity { Error, Warning, Note, Remark };

struct Diagnostic {
  Severity severity = Severity::Error;
  DiagId id;
  std::string
      where; ///< `file:line:column`, `file:#5 Op 'name'`, `file`; may be empty
  std::string message; ///< lower case, no full stop
  std::string excerpt; ///< the source line and a caret below it; may be empty
  unsigned line = 0;   ///< line in the source text, 0 when it has none

  /// As text that can be seen, whatever names are in it (Text.h).
  void print(llvm::raw_ostream &os) const;
  std::string str() const;
};

/// A Diagnostic travelling as an llvm::Error.
class DiagnosticError : public llvm::ErrorInfo<DiagnosticError> {
public:
  static char ID;
  explicit DiagnosticError(Diagnostic diagnostic)
      : diagnostic(std::move(diagnostic)) {}
  const Diagnostic &get() const { return diagnostic; }
  void log(llvm::raw_ostream &os) const override { diagnostic.print(os); }
  std::error_code convertToErrorCode() const override;

private:
  Diagnostic diagnostic;
};

llvm::Error makeError(DiagId id, const llvm::Twine &where,
                      const llvm::Twine &message);

/// Collects what passes and the verifier report, in order.
class DiagnosticEngine {
public:
  using Handler = std::function<void(const Diagnostic &)>;

  /// Without a handler, diagnostics are kept and can be read with `all`.
  explicit DiagnosticEngine(Handler handler = {})
      : handler(std::move(handler)) {}

  void report(Diagnostic diagnostic);
  void error(DiagId id, const llvm::Twine &where, const llvm::Twine &message);
  void warning(DiagId id, const llvm::Twine &where, const llvm::Twine &message);
  void note(DiagId id, const llvm::Twine &where, const llvm::Twine &message);
  unsigned getNumErrors() const { return numErrors; }
  llvm::ArrayRef<Diagnostic> all() const { return kept; }

private:
  Handler handler;
  std::vector<Diagnostic> kept;
  unsigned numErrors = 0;
};

} // namespace qev

#endif // QEV_SUPPORT_DIAGNOSTICS_H
