//===- Source.cpp - A text and places in it ---------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Source.h"
#include "qev/Support/Text.h"
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
                     .substr(start, column - start + after);
  std::string shown, caret;
  for (llvm::StringRef rest = excerpt; !rest.empty();) {
    bool isTab = rest.front() == '\t';
    size_t length = getPrintableLength(rest);
    if (rest.begin() < place)
      caret += isTab ? '\t' : ' ';
    shown += isTab ? "\t" : length ? rest.take_front(length) : "?";
    rest = rest.drop_front(std::max<size_t>(length, 1));
  }
  diagnostic.excerpt = shown + "\n" + caret + "^";
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
