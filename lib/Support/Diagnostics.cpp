//===- Diagnostics.cpp - Errors as values -----------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/Diagnostics.h"
#include "qev/Support/Text.h"

namespace qev {

char DiagnosticError::ID = 0;

llvm::StringRef getDiagName(DiagId id) {
  switch (id) {
#define QEV_DIAGNOSTIC(ID, TEXT, MEANING)                                      \
  case DiagId::ID:                                                             \
    return TEXT;
#include "qev/Support/DiagnosticIds.def"
  }
  llvm_unreachable("all ids are in the table");
}

static llvm::StringRef getName(Severity severity) {
  switch (severity) {
  case Severity::Error:
    return "error";
  case Severity::Warning:
    return "warning";
  case Severity::Note:
    return "note";
  case Severity::Remark:
    return "remark";
  }
  llvm_unreachable("all severities are named");
}

void Diagnostic::print(llvm::raw_ostream &os) const {
  // Names come from files as they are; a diagnostic stays one line that can be
  // read.
  constexpr size_t longestPlace = 3 * longestName, longestMessage = 800;
  if (!where.empty())
    os << printForeign(where, longestPlace) << ": ";
  os << getName(severity) << ": " << printForeign(message, longestMessage)
     << " [" << getDiagName(id) << "]";
  if (!excerpt.empty())
    os << "\n" << excerpt;
}

std::string Diagnostic::str() const {
  std::string text;
  llvm::raw_string_ostream os(text);
  print(os);
  return text;
}

std::error_code DiagnosticError::convertToErrorCode() const {
  return llvm::inconvertibleErrorCode();
}

static Diagnostic makeDiagnostic(Severity severity, DiagId id,
                                 const llvm::Twine &where,
                                 const llvm::Twine &message) {
  Diagnostic diagnostic;
  diagnostic.severity = severity;
  diagnostic.id = id;
  diagnostic.where = where.str();
  diagnostic.message = message.str();
  return diagnostic;
}

llvm::Error makeError(DiagId id, const llvm::Twine &where,
                      const llvm::Twine &message) {
  return llvm::make_error<DiagnosticError>(
      makeDiagnostic(Severity::Error, id, where, message));
}

void DiagnosticEngine::report(Diagnostic diagnostic) {
  numErrors += diagnostic.severity == Severity::Error;
  if (handler)
    handler(diagnostic);
  else
    kept.push_back(std::move(diagnostic));
}

void DiagnosticEngine::error(DiagId id, const llvm::Twine &where,
                             const llvm::Twine &message) {
  report(makeDiagnostic(Severity::Error, id, where, message));
}

void DiagnosticEngine::warning(DiagId id, const llvm::Twine &where,
                               const llvm::Twine &message) {
  report(makeDiagnostic(Severity::Warning, id, where, message));
}

void DiagnosticEngine::note(DiagId id, const llvm::Twine &where,
                            const llvm::Twine &message) {
  report(makeDiagnostic(Severity::Note, id, where, message));
}

} // namespace qev
