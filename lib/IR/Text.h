//===- Text.h - Names, strings and number lists as text ---------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What printer and parser must agree on: which names stand bare, and how
// strings are escaped. Printed text never holds two opening brackets or braces
// in a row, which FileCheck would take for its own syntax.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_IR_TEXT_H
#define QEV_LIB_IR_TEXT_H

#include "qev/IR/Net.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/ADT/StringRef.h"
#include <string>

namespace qev {

/// The diagnostic that reports a malformed type.
DiagId getDiagId(TypeError::Kind kind);

/// Letters, digits, `_`, `.` and `$`: what a bare name consists of.
bool isNameChar(char c);

/// The name behind its sigil, quoted where needed: `%x`, `%"/0/Gemm"`.
std::string printName(char sigil, llvm::StringRef name);
/// `"..."` with `\"`, `\\` and `\HH` (two hexadecimal digits) as escapes.
std::string printString(llvm::StringRef text);

struct AttributeSpec {
  /// The alternative of Attribute that holds its value.
  enum Kind { Float, Integer, IntegerList };
  llvm::StringLiteral name;
  Kind kind;
};
/// The attributes an op of this kind may have, in printing order.
llvm::ArrayRef<AttributeSpec> getAttributeSpecs(OpKind kind);

} // namespace qev

#endif // QEV_LIB_IR_TEXT_H
