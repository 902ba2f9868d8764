//===- Lexer.h - Tokens of the IR text --------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_IR_LEXER_H
#define QEV_LIB_IR_LEXER_H

#include "llvm/ADT/StringRef.h"
#include <string>

namespace qev {

struct Token {
  enum Kind {
    End,
    Bad,    ///< `text` is why
    Word,   ///< `tensor`, `round-to-nearest`
    Value,  ///< `%x`, `%"any name"`
    Symbol, ///< `@f32`, `@"any name"`
    String, ///< `"..."`
    Number, ///< `-1`, `0.5`, `1e-3`, `1/3`, `-inf`
    Punct   ///< one of `( ) { } [ ] < > , ; : = ~ -`, `->`, `<=`
  };
  Kind kind = End;
  llvm::StringRef spelling; ///< in the source
  std::string text;         ///< name or string, without sigil and escapes

  const char *begin() const { return spelling.data(); }
  bool isPunct(llvm::StringRef what) const {
    return kind == Punct && spelling == what;
  }
  bool isWord(llvm::StringRef what) const {
    return kind == Word && spelling == what;
  }
};

/// Splits a text into tokens; safe on any bytes. `//` starts a comment.
class Lexer {
public:
  explicit Lexer(llvm::StringRef text) : rest(text) {}

  Token next();
  /// Dimension lists have their own mode, so that `2x3xf32` is no hexadecimal
  /// number and no word: the digits of a dimension that follows here, without
  /// its `x`; empty if none does.
  llvm::StringRef nextDimension();

private:
  void skipBlanks();
  Token take(Token::Kind kind, size_t length);
  Token lexName(Token::Kind kind);
  Token lexQuoted(Token::Kind kind, size_t start);
  size_t measureNumber() const;

  llvm::StringRef rest;
};

} // namespace qev

#endif // QEV_LIB_IR_LEXER_H
