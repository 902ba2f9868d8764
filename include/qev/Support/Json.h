//===- Json.h - JSON that every reader takes --------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SUPPORT_JSON_H
#define QEV_SUPPORT_JSON_H

#include "llvm/Support/JSON.h"

namespace qev {

/// The text of a report: members sorted by name, two blanks for each level, and
/// numbers that read back as they were. JSON knows no infinities and no NaN: a
/// number that is not finite, wherever it stands, becomes null. Strings and
/// keys are escaped as all text of others is (Text.h); one that may not be
/// UTF-8 goes through escapeText before it becomes a value. Everything that qev
/// reports as JSON is written by this function, or piece by piece by
/// JsonStream.
std::string printJson(llvm::json::Value value);

/// An object of the same text, with at least one member, written member by
/// member in the order in which they are given.
class JsonStream {
public:
  explicit JsonStream(llvm::raw_ostream &os) : os(os) {}

  void begin() { os << "{"; }
  /// Sorted among themselves.
  void addMembers(llvm::json::Object members);
  void beginArray(llvm::StringRef name);
  void addElement(llvm::json::Value value);
  void endArray();
  void end();

private:
  void beginMember(llvm::StringRef name);
  void writeValue(const llvm::json::Value &value, unsigned depth);

  llvm::raw_ostream &os;
  bool hasMember = false, hasElement = false;
};

/// How deep arrays and objects nest in a text of JSON, which LLVM's parser
/// recurses on.
size_t measureNesting(llvm::StringRef json);
/// Deeper text is not to be parsed; that of reports is some ten deep.
constexpr size_t deepestJson = 512;

/// Strings of any bytes, as names and paths may be; JSON is UTF-8.
llvm::json::Array toJson(llvm::ArrayRef<std::string> words);

} // namespace qev

#endif // QEV_SUPPORT_JSON_H
