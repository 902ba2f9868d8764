//===- Text.h - Text of others on its way out -------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Names of nodes, tensors, producers and files, and the words of solvers, are
// any bytes that somebody chose. What qev prints is UTF-8 of characters that
// can be seen: nothing moves a cursor, starts a line, or turns the direction of
// the text. All else is escaped, a byte as \x1b, a character beyond ASCII as
// \u202e.
//
// Diagnostic::print, printJson and TextFilter, which the commands print
// through, do it whatever they are given.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SUPPORT_TEXT_H
#define QEV_SUPPORT_TEXT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/raw_ostream.h"
#include <string>

namespace qev {

/// The bytes of the first character if it is UTF-8 and can be seen, else 0.
size_t getPrintableLength(llvm::StringRef text);

/// All of the text, escaped.
std::string escapeText(llvm::StringRef text);

/// What people read shows this many characters of a name. JSON has all of them,
/// so that names stay apart.
constexpr size_t longestName = 200;

/// The same, cut in the middle to `most` characters: beginnings and ends are
/// what tells long names apart.
std::string printForeign(llvm::StringRef text, size_t most = longestName);

/// Escapes what is written to it, line by line, on its way to another stream.
/// The last line is complete when the filter is gone.
class TextFilter : public llvm::raw_ostream {
public:
  explicit TextFilter(llvm::raw_ostream &os) : os(os) { SetUnbuffered(); }
  ~TextFilter() override;

private:
  void write_impl(const char *data, size_t size) override;
  uint64_t current_pos() const override { return position; }

  llvm::raw_ostream &os;
  std::string line; ///< that is not complete
  uint64_t position = 0;
};

} // namespace qev

#endif // QEV_SUPPORT_TEXT_H
