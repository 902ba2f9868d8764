//===- SExpression.cpp - Nested lists in parentheses ------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SExpression.h"
#include "llvm/ADT/StringExtras.h"

namespace qev {

SText::SText(llvm::StringRef text, llvm::StringRef path)
    : text(text), path(path), lines{text.begin()} {
  for (const char &c : text)
    if (c == '\n')
      lines.push_back(&c + 1);
}

std::string SText::getWhere(const char *place) const {
  auto next = std::upper_bound(lines.begin(), lines.end(), place);
  return (path + ":" + llvm::Twine(next - lines.begin()) + ":" +
          llvm::Twine(place - next[-1] + 1))
      .str();
}

llvm::Expected<std::vector<SExpression>> SText::parse() const {
  constexpr size_t deepest = 200; // readers of the pieces recurse
  auto fail = [&](const char *place, const llvm::Twine &message) {
    return makeError(DiagId::Syntax, getWhere(place), message);
  };
  // The lists that are open, the text itself first.
  std::vector<SExpression> open(1);
  for (const char *at = text.begin(); at != text.end();) {
    if (llvm::isSpace(*at)) {
      ++at;
    } else if (*at == ';') {
      at = std::find_if(at, text.end(),
                        [](char c) { return c == '\n' || c == '\r'; });
    } else if (*at == '(') {
      if (open.size() > deepest)
        return fail(at, "more than " + llvm::Twine(deepest) +
                            " parentheses inside each other");
      open.push_back({SExpression::List, llvm::StringRef(at, 1), {}, {}});
      ++at;
    } else if (*at == ')') {
      if (open.size() == 1)
        return fail(at, "')' closes nothing");
      SExpression list = std::move(open.back());
      open.pop_back();
      open.back().children.push_back(std::move(list));
      ++at;
    } else if (*at == '[') {
      const char *end = std::find(at, text.end(), ']');
      SExpression index{SExpression::Index, llvm::StringRef(at, 1), {}, {}};
      llvm::StringRef inside(at + 1, end - at - 1);
      for (llvm::StringRef part : llvm::split(inside, ','))
        if (!inside.trim().empty() &&
            part.trim().getAsInteger(10, index.numbers.emplace_back()))
          return fail(at, "expected '[', integers and ']'");
      if (end == text.end())
        return fail(at, "']' is missing");
      open.back().children.push_back(std::move(index));
      at = end + 1;
    } else {
      const char *end = std::find_if(at, text.end(), [](char c) {
        return llvm::isSpace(c) || llvm::StringRef("()[];").contains(c);
      });
      if (end == at)
        return fail(at, "unexpected ']'");
      open.back().children.push_back(
          {SExpression::Word, llvm::StringRef(at, end - at), {}, {}});
      at = end;
    }
  }
  if (open.size() > 1)
    return fail(open.back().text.begin(), "this '(' is not closed");
  return std::move(open.front().children);
}

} // namespace qev
