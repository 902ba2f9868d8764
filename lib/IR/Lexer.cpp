//===- Lexer.cpp - Tokens of the IR text ------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lexer.h"
#include "Text.h"
#include "llvm/ADT/StringExtras.h"

namespace qev {

static size_t countDigits(llvm::StringRef text) {
  return std::min(text.find_if_not(llvm::isDigit), text.size());
}

void Lexer::skipBlanks() {
  while (true) {
    rest = rest.ltrim(" \t\r\n");
    if (!rest.starts_with("//"))
      return;
    rest = rest.drop_until([](char c) { return c == '\n'; });
  }
}

Token Lexer::take(Token::Kind kind, size_t length) {
  Token token;
  token.kind = kind;
  token.spelling = rest.take_front(length);
  rest = rest.drop_front(token.spelling.size());
  return token;
}

/// A string from `rest[start]`, the opening quote, on.
Token Lexer::lexQuoted(Token::Kind kind, size_t start) {
  std::string text;
  size_t at = start + 1;
  auto bad = [&](llvm::StringRef why) {
    Token token = take(Token::Bad, at);
    token.text = why;
    return token;
  };
  while (true) {
    if (at >= rest.size() || rest[at] == '\n')
      return bad("string without closing quote");
    char c = rest[at++];
    if (c == '"')
      break;
    if (c != '\\') {
      text += c;
      continue;
    }
    llvm::StringRef escaped = rest.substr(at, 2);
    if (escaped.starts_with("\"") || escaped.starts_with("\\")) {
      text += escaped[0];
      at += 1;
    } else if (escaped.size() == 2 && llvm::isHexDigit(escaped[0]) &&
               llvm::isHexDigit(escaped[1])) {
      text += static_cast<char>(llvm::hexFromNibbles(escaped[0], escaped[1]));
      at += 2;
    } else {
      return bad("unknown escape in a string");
    }
  }
  Token token = take(kind, at);
  token.text = std::move(text);
  return token;
}

Token Lexer::lexName(Token::Kind kind) {
  if (rest.substr(1).starts_with("\""))
    return lexQuoted(kind, 1);
  size_t length = std::min(rest.find_if_not(isNameChar, 1), rest.size());
  Token token = take(length == 1 ? Token::Bad : kind, length);
  token.text =
      length == 1 ? "a name must follow here" : token.spelling.drop_front();
  return token;
}

/// Length of the number `rest` starts with, 0 if it is none.
size_t Lexer::measureNumber() const {
  size_t length = rest.starts_with("-") ? 1 : 0;
  if (llvm::StringRef word = rest.substr(length);
      word.starts_with("inf") && (word.size() == 3 || !isNameChar(word[3])))
    return length + 3;
  size_t digits = countDigits(rest.substr(length));
  if (digits == 0)
    return 0;
  length += digits;
  auto tail = [&] { return rest.substr(length); };
  if (tail().starts_with("/"))
    if (size_t under = countDigits(tail().substr(1)))
      return length + 1 + under;
  if (tail().starts_with("."))
    if (size_t places = countDigits(tail().substr(1)))
      length += 1 + places;
  if (tail().starts_with_insensitive("e")) {
    size_t sign =
        tail().substr(1).starts_with("-") || tail().substr(1).starts_with("+");
    if (size_t power = countDigits(tail().substr(1 + sign)))
      length += 1 + sign + power;
  }
  return length;
}

Token Lexer::next() {
  skipBlanks();
  if (rest.empty())
    return take(Token::End, 0);
  char c = rest.front();
  if (c == '%')
    return lexName(Token::Value);
  if (c == '@')
    return lexName(Token::Symbol);
  if (c == '"')
    return lexQuoted(Token::String, 0);
  if (size_t length = measureNumber())
    return take(Token::Number, length);
  if (llvm::isAlpha(c) || c == '_') {
    // Hyphens join words: `round-to-nearest`.
    size_t length = 1;
    while (length < rest.size() &&
           (llvm::isAlnum(rest[length]) || rest[length] == '_' ||
            (rest[length] == '-' && length + 1 < rest.size() &&
             llvm::isAlpha(rest[length + 1]))))
      ++length;
    return take(Token::Word, length);
  }
  if (rest.starts_with("->") || rest.starts_with("<=") ||
      rest.starts_with(">="))
    return take(Token::Punct, 2);
  if (llvm::StringRef("(){}[]<>,;:=~-+*").contains(c))
    return take(Token::Punct, 1);
  Token token = take(Token::Bad, 1);
  token.text = "unexpected character";
  return token;
}

llvm::StringRef Lexer::nextDimension() {
  skipBlanks();
  size_t digits = countDigits(rest);
  if (digits == 0 || !rest.substr(digits).starts_with("x"))
    return {};
  llvm::StringRef dimension = rest.take_front(digits);
  rest = rest.drop_front(digits + 1);
  return dimension;
}

} // namespace qev
