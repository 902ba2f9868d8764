//===- DiagnosticsTest.cpp - Tests of diagnostics ---------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"
#include <gtest/gtest.h>

using namespace qev;

namespace {

TEST(DiagnosticsTest, PrintsPlaceMessageAndId) {
  Diagnostic diagnostic;
  diagnostic.id = DiagId::QuantScale;
  diagnostic.message = "scale must be positive";
  EXPECT_EQ(diagnostic.str(), "error: scale must be positive [quant-scale]");
  diagnostic.where = "net.qev:1:2";
  diagnostic.severity = Severity::Warning;
  diagnostic.excerpt = "q<u8, 0:0>\n      ^";
  EXPECT_EQ(diagnostic.str(),
            "net.qev:1:2: warning: scale must be positive [quant-scale]\n"
            "q<u8, 0:0>\n      ^");
}

TEST(DiagnosticsTest, IdsAreUniqueAndHyphenated) {
  llvm::StringSet<> seen;
  for (llvm::StringRef text : {
#define QEV_DIAGNOSTIC(ID, TEXT, MEANING) getDiagName(DiagId::ID),
#include "qev/Support/DiagnosticIds.def"
       }) {
    EXPECT_TRUE(seen.insert(text).second) << text.str();
    EXPECT_TRUE(llvm::all_of(text, [](char c) {
      return llvm::isLower(c) || llvm::isDigit(c) || c == '-';
    })) << text.str();
  }
}

TEST(DiagnosticsTest, StaysOneLine) {
  llvm::Error error =
      makeError(DiagId::ModelStructure, "m.onnx:#0 Gemm 'a\nb'",
                llvm::Twine("'\x1b[2J\xc3\xa9\x7f' is not defined"));
  EXPECT_EQ(llvm::toString(std::move(error)),
            "m.onnx:#0 Gemm 'a\\x0ab': error: '\\x1b[2J\xc3\xa9\\x7f' is not "
            "defined [model-structure]");
}

TEST(DiagnosticsTest, IsCut) {
  std::string name(15000, 'n');
  llvm::Error error = makeError(DiagId::OpUnsupported, "m.onnx:" + name,
                                "operator '" + name + "' is not supported");
  std::string text = llvm::toString(std::move(error));
  EXPECT_LT(text.size(), 1500u);
  EXPECT_TRUE(
      llvm::StringRef(text).ends_with("nn' is not supported [op-unsupported]"));
}

TEST(DiagnosticsTest, TravelsAsAnError) {
  llvm::Error error =
      makeError(DiagId::OpUnsupported, "net.onnx", "no such operator");
  ASSERT_TRUE(error.isA<DiagnosticError>());
  EXPECT_EQ(llvm::toString(std::move(error)),
            "net.onnx: error: no such operator [op-unsupported]");
}

TEST(DiagnosticsTest, EngineKeepsAndCounts) {
  DiagnosticEngine engine;
  engine.warning(DiagId::Align, "a", "first");
  engine.error(DiagId::Align, "b", "second");
  EXPECT_EQ(engine.getNumErrors(), 1u);
  ASSERT_EQ(engine.all().size(), 2u);
  EXPECT_EQ(engine.all()[1].str(), "b: error: second [align]");
}

TEST(DiagnosticsTest, EngineHandsOn) {
  std::vector<std::string> seen;
  DiagnosticEngine engine(
      [&](const Diagnostic &diagnostic) { seen.push_back(diagnostic.str()); });
  engine.error(DiagId::Usage, "", "an option is missing");
  EXPECT_EQ(seen,
            std::vector<std::string>({"error: an option is missing [usage]"}));
  EXPECT_EQ(engine.getNumErrors(), 1u);
  EXPECT_TRUE(engine.all().empty());
}

} // namespace
