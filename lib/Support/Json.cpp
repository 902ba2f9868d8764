//===- Json.cpp - JSON that every reader takes ------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/Json.h"
#include "llvm/Support/FormatVariadic.h"
#include <cmath>

namespace qev {

static void dropNonFinite(llvm::json::Value &value) {
  switch (value.kind()) {
  case llvm::json::Value::Null:
  case llvm::json::Value::Boolean:
  case llvm::json::Value::String:
    return;
  case llvm::json::Value::Number:
    if (!std::isfinite(*value.getAsNumber()))
      value = nullptr;
    return;
  case llvm::json::Value::Array:
    for (llvm::json::Value &element : *value.getAsArray())
      dropNonFinite(element);
    return;
  case llvm::json::Value::Object:
    for (auto &member : *value.getAsObject())
      dropNonFinite(member.second);
    return;
  }
  llvm_unreachable("all kinds are looked at");
}

std::string printJson(llvm::json::Value value) {
  dropNonFinite(value);
  return llvm::formatv("{0:2}\n", value).str();
}

llvm::json::Array toJson(llvm::ArrayRef<std::string> words) {
  llvm::json::Array array;
  for (const std::string &word : words)
    array.push_back(llvm::json::fixUTF8(word));
  return array;
}

} // namespace qev
