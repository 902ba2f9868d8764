//===- LangRefTest.cpp - The reference says what the code does --*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Examples.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/MemoryBuffer.h"
#include <gtest/gtest.h>

using namespace qev;

namespace {

std::string readReference() {
  auto file = llvm::MemoryBuffer::getFile(QEV_TEST_DIR "/../docs/LangRef.md");
  EXPECT_TRUE(static_cast<bool>(file));
  return file ? (*file)->getBuffer().str() : "";
}

/// The code block that starts with `start`.
std::string getBlock(llvm::StringRef text, llvm::StringRef start) {
  size_t at = text.find(("```\n" + start).str());
  EXPECT_NE(at, llvm::StringRef::npos);
  return text.substr(at + 4).split("```").first.str();
}

TEST(LangRefTest, ExampleReadsBack) {
  std::string example = getBlock(readReference(), "module @tiny");
  DiagnosticEngine diagnostics(
      [](const Diagnostic &problem) { ADD_FAILURE() << problem.str(); });
  auto module = parseModule(example, "LangRef.md", diagnostics);
  ASSERT_TRUE(module);
  EXPECT_EQ(toText(*module), example);
}

TEST(LangRefTest, DiagnosticIsWhatTheParserSays) {
  std::string block = getBlock(readReference(), "tiny.qev:13:");
  llvm::SmallVector<llvm::StringRef> lines;
  llvm::StringRef(block).split(lines, '\n');
  // The second line is that of the text.
  std::string text = "module @m attributes {version = 1, semantics = real} {\n"
                     "net @n(%x: tensor<2xf32>) -> tensor<2xf32> {\n" +
                     std::string(10, '\n') + lines[1].str();
  DiagnosticEngine diagnostics;
  EXPECT_FALSE(parseModule(text, "tiny.qev", diagnostics));
  ASSERT_EQ(diagnostics.all().size(), 1u);
  EXPECT_EQ(diagnostics.all()[0].str() + "\n", block);
}

TEST(LangRefTest, NamesEveryOpAndApproximation) {
  std::string reference = readReference();
  auto expectText = [&](const llvm::Twine &text) {
    EXPECT_NE(reference.find(text.str()), std::string::npos) << text.str();
  };
#define QEV_OP(KIND, MNEMONIC, MIN, MAX, SUMMARY) expectText("`" MNEMONIC);
#include "qev/IR/Ops.def"
#define QEV_APPROXIMATION(ID, TEXT, MEANING)                                   \
  expectText("| " TEXT " | " MEANING " |");
#include "qev/IR/Approximations.def"
}

} // namespace
