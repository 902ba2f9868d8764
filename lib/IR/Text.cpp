//===- Text.cpp - Names, strings and number lists as text -------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Text.h"
#include "qev/Support/Text.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ErrorHandling.h"

namespace qev {

bool isNameChar(char c) {
  return llvm::isAlnum(c) || c == '_' || c == '.' || c == '$';
}

std::string printString(llvm::StringRef text) {
  // What can be seen stays as it is; bytes of all else are escaped.
  std::string result = "\"";
  char previous = 0;
  while (!text.empty()) {
    char c = text.front();
    auto byte = static_cast<unsigned char>(c);
    bool doubled = c == previous && (c == '[' || c == '{');
    size_t length = getPrintableLength(text);
    if (c == '"' || c == '\\')
      result += {'\\', c};
    else if (length == 0 || doubled)
      result += {'\\', llvm::hexdigit(byte >> 4), llvm::hexdigit(byte & 15)};
    else
      result += text.take_front(length);
    previous = doubled ? 0 : c;
    text = text.drop_front(std::max<size_t>(length, 1));
  }
  return result + "\"";
}

std::string printName(char sigil, llvm::StringRef name) {
  bool bare = !name.empty() && llvm::all_of(name, isNameChar);
  return sigil + (bare ? name.str() : printString(name));
}

DiagId getDiagId(TypeError::Kind kind) {
  switch (kind) {
  case TypeError::Shape:
    return DiagId::TypeRule;
  case TypeError::Scale:
    return DiagId::QuantScale;
  case TypeError::ZeroPoint:
    return DiagId::QuantZeroPoint;
  case TypeError::Axis:
    return DiagId::QuantAxis;
  case TypeError::Storage:
    return DiagId::QuantStorage;
  }
  llvm_unreachable("every kind has an id");
}

llvm::ArrayRef<AttributeSpec> getAttributeSpecs(OpKind kind) {
  static constexpr AttributeSpec clip[] = {{"min", AttributeSpec::Float},
                                           {"max", AttributeSpec::Float}};
  switch (kind) {
  case OpKind::Clip:
    return clip;
  case OpKind::Input:
  case OpKind::Const:
  case OpKind::Affine:
  case OpKind::Add:
  case OpKind::Sub:
  case OpKind::Mul:
  case OpKind::Div:
  case OpKind::Relu:
  case OpKind::Reshape:
  case OpKind::Quantize:
  case OpKind::Dequantize:
    return {};
  }
  llvm_unreachable("every operator has a case");
}

} // namespace qev
