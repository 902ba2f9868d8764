//===- QuestionDifference.cpp - What two questions differ in ----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "QuestionDifference.h"
#include "qev/Support/Real.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <map>

namespace qev {

using llvm::json::Object;
using llvm::json::Value;

namespace {
/// One thing that a question says.
struct Fact {
  std::string value; ///< what counts
  std::string shown;
};
using Facts = std::map<std::string, Fact>;
} // namespace

static std::string print(const Value &value) {
  if (auto text = value.getAsString())
    return text->str();
  if (auto number = value.getAsNumber();
      number && !value.getAsInteger() && !value.getAsUINT64())
    return printReal(*number);
  return llvm::formatv("{0}", value).str();
}

/// `'a.npy' (sha256 0123abcd)`: the path alone may be the same on both sides.
static std::string printFile(const Object &file) {
  std::string text = "'" + file.getString("path").value_or("").str() + "'";
  if (auto digest = file.getString("sha256"))
    text += " (sha256 " + digest->take_front(8).str() + ")";
  return text;
}

static void addFacts(const Object &object, const std::string &place,
                     Facts &facts);

static void addFact(const std::string &name, const Value &value,
                    const std::string &place, Facts &facts) {
  const Object *object = value.getAsObject();
  if (const auto *array = value.getAsArray();
      array && !array->empty() && array->front().getAsObject()) {
    for (auto [i, element] : llvm::enumerate(*array))
      if (const Object *member = element.getAsObject())
        addFacts(*member,
                 array->size() > 1 ? " of input " + std::to_string(i) : "",
                 facts);
  } else if (object && object->get("path")) {
    Object rest = *object;
    rest.erase("path");
    if (auto *files = rest.getArray("files"))
      for (Value &file : *files)
        if (Object *one = file.getAsObject())
          one->erase("path");
    facts[name + place] = {print(std::move(rest)), printFile(*object)};
  } else if (object && object->get("exact")) {
    const Value *typed = object->get("typed");
    std::string exact = print(*object->get("exact"));
    facts[name + place] = {exact, typed ? print(*typed) : exact};
  } else if (object) {
    addFacts(*object, place, facts);
  } else if (!value.getAsNull()) {
    facts[name + place] = {print(value), print(value)};
  }
}

static void addFacts(const Object &object, const std::string &place,
                     Facts &facts) {
  for (const auto &[name, value] : object)
    if (name != "name")
      addFact(name.str(), value, place, facts);
}

std::optional<std::string> findDifference(const Object &there,
                                          const Object &here) {
  Facts before, now;
  addFacts(there, "", before);
  addFacts(here, "", now);
  std::vector<std::string> names{
      "command"}; // which decides on what else there is
  for (const Facts &facts : {before, now})
    for (const auto &[name, fact] : facts)
      names.push_back(name);
  for (const std::string &name : names) {
    auto was = before.find(name), is = now.find(name);
    bool had = was != before.end(), has = is != now.end();
    if (had == has && (!had || was->second.value == is->second.value))
      continue;
    return (had ? name + " " + was->second.shown : "no " + name) + " there, " +
           (has ? is->second.shown : "none") + " here";
  }
  return std::nullopt;
}

} // namespace qev
