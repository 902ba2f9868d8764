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
#include <map>
#include <utility>

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

/// LLVM's own stream cannot be given up half-way, as a run that ends with an
/// error has to.
void JsonStream::writeValue(const llvm::json::Value &value, unsigned depth) {
  std::string text = llvm::formatv("{0:2}", value).str();
  // Within strings line ends are escaped.
  for (llvm::StringRef rest = text; !rest.empty();) {
    auto [line, behind] = rest.split('\n');
    os << line;
    if (line.size() < rest.size())
      os << "\n" << std::string(2 * depth, ' ');
    rest = behind;
  }
}

void JsonStream::beginMember(llvm::StringRef name) {
  os << (std::exchange(hasMember, true) ? ",\n  " : "\n  ");
  writeValue(name, 1);
  os << ": ";
}

void JsonStream::addMembers(llvm::json::Object members) {
  llvm::json::Value all = std::move(members);
  makeReadable(all);
  std::map<llvm::StringRef, const llvm::json::Value *> sorted;
  for (const auto &[name, value] : *all.getAsObject())
    sorted.emplace(name, &value);
  for (const auto &[name, value] : sorted) {
    beginMember(name);
    writeValue(*value, 1);
  }
}

void JsonStream::beginArray(llvm::StringRef name) {
  beginMember(escapeText(name));
  os << "[";
  hasElement = false;
}

void JsonStream::addElement(llvm::json::Value value) {
  makeReadable(value);
  os << (std::exchange(hasElement, true) ? ",\n    " : "\n    ");
  writeValue(value, 2);
}

void JsonStream::endArray() { os << (hasElement ? "\n  ]" : "]"); }

void JsonStream::end() { os << "\n}\n"; }

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
