//===- Source.h - A text and places in it -----------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_IR_SOURCE_H
#define QEV_LIB_IR_SOURCE_H

#include "qev/Support/Diagnostics.h"
#include "llvm/ADT/StringRef.h"
#include <vector>

namespace qev {

/// A text under a name. A place is a pointer into the text or to its end.
class Source {
public:
  Source(llvm::StringRef text, llvm::StringRef name) : text(text), name(name) {}

  llvm::StringRef getText() const { return text; }
  /// `name:line:column`, both from 1, columns in bytes.
  std::string getWhere(const char *place) const;
  /// An error with place, line and excerpt filled in.
  Diagnostic makeError(const char *place, DiagId id,
                       const llvm::Twine &message) const;
  /// Fills line and excerpt of a diagnostic that is about `place`.
  void addExcerpt(Diagnostic &diagnostic, const char *place) const;

private:
  /// Index of the line of a place, from 0.
  size_t getLine(const char *place) const;

  llvm::StringRef text;
  llvm::StringRef name;
  mutable std::vector<const char *> lines; ///< first bytes; made when needed
};

} // namespace qev

#endif // QEV_LIB_IR_SOURCE_H
