//===- TextTest.cpp - Text of others on its way out ---------------*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/Text.h"
#include "qev/Support/Json.h"
#include "llvm/ADT/StringExtras.h"
#include "gtest/gtest.h"

using namespace qev;

namespace {

TEST(TextTest, KeepsWhatCanBeSeen) {
  for (llvm::StringRef text : {"", "/layers.0/Gemm \\x", "\xc3\xa9",
                               "\xe5\xb1\x82", "\xf0\x9f\x90\x8d"}) {
    EXPECT_EQ(escapeText(text), text);
    EXPECT_EQ(printForeign(text), text);
  }
}

TEST(TextTest, EscapesAllElse) {
  EXPECT_EQ(escapeText(llvm::StringRef("a\0b\n\t\x1b[2J\x7f", 10)),
            "a\\x00b\\x0a\\x09\\x1b[2J\\x7f");
  // C1 controls, line and paragraph separators, bidi controls, a tag.
  EXPECT_EQ(escapeText("\xc2\x9b|\xe2\x80\xa8|\xe2\x80\xa9"),
            "\\u009b|\\u2028|\\u2029");
  EXPECT_EQ(escapeText("\xe2\x80\xae\xe2\x81\xa6\xd8\x9c"),
            "\\u202e\\u2066\\u061c");
  EXPECT_EQ(escapeText("\xf3\xa0\x80\xa1"), "\\U000e0021");
  // No UTF-8: a lone byte, a cut sequence, an overlong one, a surrogate.
  EXPECT_EQ(escapeText("\xff\xc3"), "\\xff\\xc3");
  EXPECT_EQ(escapeText("\xe2\x80"), "\\xe2\\x80");
  EXPECT_EQ(escapeText("\xc0\xaf"), "\\xc0\\xaf");
  EXPECT_EQ(escapeText("\xed\xa0\x80"), "\\xed\\xa0\\x80");
}

TEST(TextTest, CutsInTheMiddle) {
  std::string name(longestName, 'a');
  EXPECT_EQ(printForeign(name), name);
  name += "zz";
  EXPECT_EQ(printForeign(name, 20), std::string(12, 'a') + "...aaazz");
  EXPECT_EQ(printForeign(name).size(), longestName);
  // An escape or a character is not cut in two.
  for (llvm::StringRef unit :
       {"\xff", "\xc3\xa9", "\xe2\x80\xae", "\xf0\x9f\x90\x8d"})
    for (size_t shift = 0; shift < 12; ++shift) {
      std::string text(shift, 'a');
      for (size_t i = 0; i < 1000; ++i)
        text += unit;
      std::string shown = printForeign(text);
      auto [head, tail] = llvm::StringRef(shown).split("...");
      std::string one = escapeText(unit);
      EXPECT_EQ((head.size() - shift) % one.size(), 0u);
      EXPECT_EQ(tail.size() % one.size(), 0u);
      EXPECT_EQ(escapeText(shown), shown);
    }
}

TEST(TextTest, FiltersLines) {
  std::string text;
  llvm::raw_string_ostream os(text);
  {
    TextFilter filter(os);
    filter << "a\x1b" << "[0m\n\xc3"; // a character in two pieces
    EXPECT_EQ(text, "a\\x1b[0m\n");
    filter << "\xa9\nb\r\nlast";
  }
  EXPECT_EQ(text, "a\\x1b[0m\n\xc3\xa9\nb\\x0d\nlast");
}

TEST(TextTest, JsonIsReadable) {
  llvm::json::Object inner{{"\xc2\x9b", "\xe2\x80\xa8\x1b"}};
  EXPECT_EQ(printJson(llvm::json::Array{std::move(inner)}),
            "[\n  {\n    \"\\\\u009b\": \"\\\\u2028\\\\x1b\"\n  }\n]\n");
}

TEST(TextTest, JsonByPieces) {
  llvm::json::Object first{{"b", "\x1b"}, {"a", std::nan("")}},
      element{{"x", llvm::json::Array{1, 2}}};
  std::string text;
  llvm::raw_string_ostream os(text);
  JsonStream stream(os);
  stream.begin();
  stream.addMembers(llvm::json::Object(first));
  stream.beginArray("c");
  stream.addElement(llvm::json::Object(element));
  stream.addElement(nullptr);
  stream.endArray();
  stream.beginArray("d");
  stream.endArray();
  stream.addMembers(llvm::json::Object{{"e", nullptr}});
  stream.end();
  // As they are sorted, it is the text of the whole.
  llvm::json::Object whole = first;
  whole["c"] = llvm::json::Array{std::move(element), nullptr};
  whole["d"] = llvm::json::Array();
  whole["e"] = nullptr;
  EXPECT_EQ(text, printJson(std::move(whole)));
}

} // namespace
