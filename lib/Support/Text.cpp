//===- Text.cpp - Text of others on its way out -----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/Text.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
#include "llvm/Support/Unicode.h"

namespace qev {

namespace {

/// The first character of a text.
struct Character {
  explicit Character(llvm::StringRef text);

  size_t length = 1; ///< in bytes
  bool isUtf8 = false;
  llvm::UTF32 code = 0;
};

} // namespace

Character::Character(llvm::StringRef text) {
  const auto *begin = text.bytes_begin(), *at = begin;
  isUtf8 =
      llvm::convertUTF8Sequence(&at, text.bytes_end(), &code,
                                llvm::strictConversion) == llvm::conversionOK;
  if (isUtf8)
    length = at - begin;
  else
    code = *begin;
}

size_t getPrintableLength(llvm::StringRef text) {
  if (text.empty())
    return 0;
  if (llvm::isASCII(text.front()))
    return llvm::isPrint(text.front());
  Character first(text);
  bool isSeen = first.isUtf8 &&
                llvm::sys::unicode::isPrintable(static_cast<int>(first.code));
  return isSeen ? first.length : 0;
}

/// Takes the first character off the text, appends it, and returns how many
/// characters that are.
static size_t moveCharacter(llvm::StringRef &text, std::string &result) {
  if (size_t length = getPrintableLength(text)) {
    result += text.take_front(length);
    text = text.drop_front(length);
    return 1;
  }
  Character first(text);
  text = text.drop_front(first.length);
  bool isByte = !first.isUtf8 || first.code < 0x80;
  unsigned digits = isByte ? 2 : first.code < 0x10000 ? 4 : 8;
  result += isByte ? "\\x" : digits == 4 ? "\\u" : "\\U";
  // Not by the width of utohexstr, which makes three digits of 0.
  std::string hex = llvm::utohexstr(first.code, /*LowerCase=*/true);
  result.append(digits - hex.size(), '0');
  result += hex;
  return 2 + digits;
}

std::string escapeText(llvm::StringRef text) {
  std::string result;
  result.reserve(text.size());
  while (!text.empty())
    moveCharacter(text, result);
  return result;
}

std::string printForeign(llvm::StringRef text, size_t most) {
  const llvm::StringLiteral mark = "...";
  std::string result;
  size_t tail = most / 4, head = most - tail - mark.size();
  size_t count = 0, headBytes = 0;
  llvm::StringRef rest = text;
  while (!rest.empty() && count <= most) {
    count += moveCharacter(rest, result);
    if (count <= head)
      headBytes = result.size();
  }
  if (count <= most)
    return result;
  result.resize(headBytes);
  // From where on the end is short enough; a character is not cut.
  rest = text.take_back(tail);
  for (;;) {
    while (!rest.empty() && (rest.bytes_begin()[0] & 0xc0) == 0x80)
      rest = rest.drop_front();
    std::string end;
    size_t length = 0;
    for (llvm::StringRef left = rest; !left.empty();)
      length += moveCharacter(left, end);
    if (length <= tail) {
      result += mark.str();
      result += end;
      return result;
    }
    rest = rest.drop_front();
  }
}

void TextFilter::write_impl(const char *data, size_t size) {
  position += size;
  llvm::StringRef text(data, size);
  while (text.contains('\n')) {
    auto [before, after] = text.split('\n');
    line += before;
    os << escapeText(line) << "\n";
    line.clear();
    text = after;
  }
  line += text;
}

TextFilter::~TextFilter() { os << escapeText(line); }

} // namespace qev
