//===- Json.cpp - JSON that every reader takes ------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/Json.h"
#include "qev/Support/Text.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

namespace qev {

static void makeReadable(llvm::json::Value &value) {
  switch (value.kind()) {
  case llvm::json::Value::Null:
  case llvm::json::Value::Boolean:
    return;
  case llvm::json::Value::String:
    value = escapeText(*value.getAsString());
    return;
  case llvm::json::Value::Number:
    if (!std::isfinite(*value.getAsNumber()))
      value = nullptr;
    return;
  case llvm::json::Value::Array:
    for (llvm::json::Value &element : *value.getAsArray())
      makeReadable(element);
    return;
  case llvm::json::Value::Object: {
    llvm::json::Object readable;
    for (auto &[key, member] : *value.getAsObject()) {
      makeReadable(member);
      readable[escapeText(key)] = std::move(member);
    }
    value = std::move(readable);
    return;
  }
  }
  llvm_unreachable("all kinds are looked at");
}

std::string printJson(llvm::json::Value value) {
  makeReadable(value);
  return llvm::formatv("{0:2}\n", value).str();
}

size_t measureNesting(llvm::StringRef json) {
  size_t depth = 0, deepest = 0;
  bool inString = false;
  for (size_t i = 0; i < json.size(); ++i) {
    char c = json[i];
    if (inString && c == '\\')
      ++i; // whatever is escaped
    else if (c == '"')
      inString = !inString;
    else if (!inString && (c == '[' || c == '{'))
      deepest = std::max(deepest, ++depth);
    else if (!inString && (c == ']' || c == '}') && depth > 0)
      --depth;
  }
  return deepest;
}

llvm::json::Array toJson(llvm::ArrayRef<std::string> words) {
  llvm::json::Array array;
  for (const std::string &word : words)
    array.push_back(escapeText(word));
  return array;
}

} // namespace qev
