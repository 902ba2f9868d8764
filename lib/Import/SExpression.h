//===- SExpression.h - Nested lists in parentheses --------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_IMPORT_SEXPRESSION_H
#define QEV_LIB_IMPORT_SEXPRESSION_H

#include "qev/Support/Diagnostics.h"
#include <vector>

namespace qev {

/// One piece of a text: `word`, `[1,2]` or `(...)`; blanks and comments, from
/// `;` to the end of the line, separate them. Refers to the text.
struct SExpression {
  enum Kind { Word, Index, List } kind = Word;
  llvm::StringRef text;              ///< of a list its opening parenthesis
  std::vector<SExpression> children; ///< of a list
  std::vector<int64_t> numbers;      ///< of an index

  bool isWord(llvm::StringRef word) const {
    return kind == Word && text == word;
  }
  /// Whether it is a list that starts with this word.
  bool isCall(llvm::StringRef word) const {
    return kind == List && !children.empty() && children[0].isWord(word);
  }
};

/// A text with the name that its places are reported with.
class SText {
public:
  SText(llvm::StringRef text, llvm::StringRef path);

  /// All pieces at the top level. Fails with `syntax`.
  llvm::Expected<std::vector<SExpression>> parse() const;

  /// path:line:column
  std::string getWhere(const SExpression &piece) const {
    return getWhere(piece.text.begin());
  }
  llvm::Error error(DiagId id, const SExpression &piece,
                    const llvm::Twine &message) const {
    return makeError(id, getWhere(piece), message);
  }

private:
  std::string getWhere(const char *place) const;

  llvm::StringRef text, path;
  std::vector<const char *> lines; ///< where they begin
};

} // namespace qev

#endif // QEV_LIB_IMPORT_SEXPRESSION_H
