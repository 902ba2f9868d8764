//===- ExpectedDiagnostics.cpp - Checking diagnostics in tests --*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Pass/ExpectedDiagnostics.h"
#include "llvm/Support/Regex.h"

namespace qev {

namespace {

struct Expectation {
  Severity severity;
  unsigned line; ///< of the diagnostic; 0: none
  unsigned writtenAt;
  std::string text;
  bool met = false;
};

} // namespace

static Severity getSeverity(llvm::StringRef name) {
  return name == "error"     ? Severity::Error
         : name == "warning" ? Severity::Warning
         : name == "note"    ? Severity::Note
                             : Severity::Remark;
}

/// The line that `@+1`, `@-1`, `@7`, `@unknown` or nothing names.
static unsigned getLine(llvm::StringRef place, unsigned here) {
  if (place.empty())
    return here;
  if (place == "@unknown")
    return 0;
  bool below = place.starts_with("@+"), above = place.starts_with("@-");
  unsigned number = 0;
  // The pattern has checked that these are digits; too many name no line.
  if (place.drop_front(below || above ? 2 : 1).getAsInteger(10, number))
    return ~0u;
  return below ? here + number : above ? here - number : number;
}

static std::vector<Expectation> findExpectations(llvm::StringRef text) {
  llvm::Regex pattern("expected-(error|warning|note|remark)"
                      " *(@unknown|@[+-]?[0-9]+)? *\\{\\{(.*)\\}\\}");
  std::vector<Expectation> result;
  llvm::SmallVector<llvm::StringRef> lines, groups;
  text.split(lines, '\n');
  for (auto [index, line] : llvm::enumerate(lines))
    if (pattern.match(line, &groups)) {
      auto here = static_cast<unsigned>(index + 1);
      result.push_back({getSeverity(groups[1]), getLine(groups[2], here), here,
                        groups[3].str()});
    }
  return result;
}

bool checkExpectedDiagnostics(llvm::StringRef text, llvm::StringRef name,
                              llvm::ArrayRef<Diagnostic> reported,
                              llvm::raw_ostream &os) {
  std::vector<Expectation> expected = findExpectations(text);
  bool good = true;
  for (const Diagnostic &diagnostic : reported) {
    std::string message =
        diagnostic.message + " [" + getDiagName(diagnostic.id).str() + "]";
    auto match = llvm::find_if(expected, [&](const Expectation &e) {
      return !e.met && e.severity == diagnostic.severity &&
             e.line == diagnostic.line &&
             message.find(e.text) != std::string::npos;
    });
    if (match != expected.end()) {
      match->met = true;
      continue;
    }
    os << "unexpected diagnostic: ";
    diagnostic.print(os);
    os << "\n";
    good = false;
  }
  for (const Expectation &e : expected)
    if (!e.met) {
      os << name << ":" << e.writtenAt
         << ": expected diagnostic did not come: " << e.text << "\n";
      good = false;
    }
  return good;
}

} // namespace qev
