//===- Source.cpp - A text and places in it ---------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Source.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/JSON.h"
#include <algorithm>

namespace qev {

size_t Source::getLine(const char *place) const {
  if (lines.empty()) {
    lines.push_back(text.begin());
    for (const char *at = text.begin(); at != text.end(); ++at)
      if (*at == '\n')
        lines.push_back(at + 1);
  }
  return std::upper_bound(lines.begin(), lines.end(), place) - lines.begin() -
         1;
}

std::string Source::getWhere(const char *place) const {
  size_t line = getLine(place);
  return (name + ":" + llvm::Twine(line + 1) + ":" +
          llvm::Twine(place - lines[line] + 1))
      .str();
}

void Source::addExcerpt(Diagnostic &diagnostic, const char *place) const {
  size_t line = getLine(place);
  diagnostic.line = static_cast<unsigned>(line + 1);
  // Lines of large constants are long: show what is around the place.
  constexpr size_t before = 60, after = 40;
  size_t column = place - lines[line];
  size_t start = column > before ? column - before : 0;
  auto excerpt = llvm::StringRef(lines[line], text.end() - lines[line])
                     .take_until([](char c) { return c == '\n' || c == '\r'; })
                     .substr(start, column - start + after)
                     .str();
  bool isUtf8 = llvm::json::isUTF8(excerpt);
  for (char &c : excerpt)
    if (c != '\t' && !llvm::isPrint(c) && (llvm::isASCII(c) || !isUtf8))
      c = '?';
  std::string caret;
  for (char c : llvm::StringRef(excerpt).take_front(column - start))
    caret += c == '\t' ? '\t' : ' ';
  diagnostic.excerpt = excerpt + "\n" + caret + "^";
}

Diagnostic Source::makeError(const char *place, DiagId id,
                             const llvm::Twine &message) const {
  Diagnostic diagnostic;
  diagnostic.id = id;
  diagnostic.where = getWhere(place);
  diagnostic.message = message.str();
  addExcerpt(diagnostic, place);
  return diagnostic;
}

} // namespace qev
