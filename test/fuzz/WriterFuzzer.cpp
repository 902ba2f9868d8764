//===- WriterFuzzer.cpp - Text of others as qev writes it -------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Fuzz.h"
#include "qev/Support/Json.h"
#include "qev/Support/Text.h"

using namespace qev;
using namespace qev::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef text = toText(data, size);
  std::string escaped = escapeText(text);
  require(isShowable(escaped) &&
              escaped.find_first_of("\n\t") == std::string::npos,
          "escaped text that cannot be shown: " + escaped);
  std::string shown = printForeign(text);
  require(isShowable(shown) && shown.size() <= 4 * 200 + 16,
          "text of others that is too long: " + shown);
  llvm::json::Object object{{escaped, escaped},
                            {"bytes", toJson({text.str()})}};
  std::string json = printJson(std::move(object));
  require(isShowable(json) && !llvm::StringRef(json).contains('\t'),
          "JSON that cannot be shown: " + json);
  auto parsed = llvm::json::parse(json);
  require(bool(parsed), "JSON that does not read back: " + json);
  require(printJson(*parsed) == json, "JSON that changes: " + json);
  return 0;
}
