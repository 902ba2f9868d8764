//===- VnnLibTest.cpp - Tests of VNN-LIB texts ------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Import/VnnLib.h"
#include <gtest/gtest.h>
#include <random>

using namespace qev;

namespace {

const char *const header = "(vnnlib-version <2.0>)\n"
                           "(declare-network f (declare-input X real [2,2]) "
                           "(declare-output Y real [3]))\n"
                           "(declare-network q (declare-input XQ Real [2,2]) "
                           "(declare-output YQ real []))\n";

VnnLibQuery read(const std::string &text) {
  return llvm::cantFail(parseVnnLib(text, "t.vnnlib"));
}

std::string failOf(const std::string &text) {
  auto query = parseVnnLib(text, "t.vnnlib");
  EXPECT_FALSE(bool(query)) << text;
  return query ? "" : llvm::toString(query.takeError());
}

TEST(VnnLib, Version2) {
  VnnLibQuery query = read(
      std::string(header) +
      "(assert (<= (+ (* 2 X[1,0]) 0.5 (- Y [2])) (* 3 (- YQ 1 YQ)))) ; end");
  EXPECT_TRUE(query.isVersion2);
  ASSERT_EQ(query.networks.size(), 2u);
  EXPECT_EQ(query.networks[1].name, "q");
  EXPECT_EQ(query.networks[0].inputs[0].shape, (Shape{2, 2}));
  EXPECT_TRUE(query.networks[1].outputs[0].shape.empty());
  ASSERT_EQ(query.always.size(), 1u);
  ASSERT_EQ(query.cases.size(), 1u);
  EXPECT_TRUE(query.cases[0].empty());
  // 2 X - Y + 0.5 <= -3, what cancels is left out: -2 X + Y >= 3.5.
  const VnnLibRow &row = query.always[0];
  ASSERT_EQ(row.terms.size(), 2u);
  for (const auto &[element, factor] : row.terms) {
    EXPECT_EQ(element.network, 0u);
    EXPECT_EQ(factor, element.isInput ? Real(-2) : Real(1));
    EXPECT_EQ(element.element, 2);
  }
  EXPECT_EQ(row.rhs, Real::ratio(7, 2));
  EXPECT_FALSE(row.strict);
  EXPECT_EQ(row.where, "t.vnnlib:4:9");
}

TEST(VnnLib, Version1) {
  VnnLibQuery query = read("(set-logic QF_LRA)\n"
                           "(declare-const X_0 Real)(declare-fun X_1 () Real)\n"
                           "(declare-const Y_0 Real)\n"
                           "(assert (>= 1e-3 X_0))(assert (< -0.1 X_1))\n"
                           "(check-sat)");
  EXPECT_FALSE(query.isVersion2);
  ASSERT_EQ(query.networks.size(), 1u);
  EXPECT_EQ(query.networks[0].inputs[0].shape, Shape{2});
  EXPECT_EQ(query.networks[0].outputs[0].shape, Shape{1});
  ASSERT_EQ(query.always.size(), 2u);
  EXPECT_EQ(query.always[0].rhs, Real::ratio(-1, 1000));
  EXPECT_EQ(query.always[0].terms[0].second, Real(-1));
  EXPECT_TRUE(query.always[1].strict);
  EXPECT_EQ(query.always[1].rhs, Real::ratio(-1, 10));
  // A comment ends with its line, however lines end.
  for (std::string end : {"\n", "\r\n", "\r"})
    EXPECT_EQ(read("; X" + end + "(declare-const X_0 Real)")
                  .networks[0]
                  .inputs[0]
                  .shape,
              Shape{1});
}

TEST(VnnLib, CasesMultiply) {
  VnnLibQuery query =
      read(std::string(header) +
           "(assert (or (> YQ 1) (and (< YQ 0) (or (> Y[0] 1) (!= Y[1] 2)))))"
           "(assert (or (> Y[0] 1) (== Y[2] 1)))");
  EXPECT_TRUE(query.always.empty());
  EXPECT_EQ(query.cases.size(), 8u);
  EXPECT_TRUE(read(std::string(header) + "(assert (or))").cases.empty());
  std::string many = header;
  for (int i = 0; i < 40; ++i)
    many += "(assert (!= YQ 0))";
  EXPECT_NE(failOf(many).find("the condition has too many cases [query-claim]"),
            std::string::npos);
}

/// Neither numbers nor cases grow without bound.
TEST(VnnLib, SizesAreBounded) {
  auto repeat = [](const std::string &text, int count) {
    std::string all;
    for (int i = 0; i != count; ++i)
      all += text;
    return all;
  };
  auto compare = [](const std::string &term) {
    return std::string(header) + "(assert (>= YQ " + term + "))";
  };
  EXPECT_EQ(read(compare("(* " + repeat("1e300 ", 2) + ")")).always.size(), 1u);
  const char *tooLarge =
      "a number here takes more than 32768 bits [number-range]";
  for (const std::string &term :
       {"(* " + repeat("1e300 ", 20'000) + ")",
        "(* " + repeat("1e-300 ", 20'000) + ")",
        "(* " + repeat("(+ 1 YQ", 199 - 2) + repeat(")", 199 - 2) +
            " 1e-5000 1e-5000)",
        "0." + std::string(90'000, '1')})
    EXPECT_NE(failOf(compare(term)).find(tooLarge), std::string::npos)
        << term.size();
  // The product of all denominators.
  std::string fractions = "(+ ";
  for (int i = 1; i != 20'000; ++i)
    fractions += "1/" + std::to_string(2 * i + 1) + " ";
  EXPECT_NE(failOf(compare(fractions + ")")).find(tooLarge), std::string::npos);
  EXPECT_NE(
      failOf(compare("1e1000000000")).find("is neither a number nor a name"),
      std::string::npos);
  // Long rows are as many cases as short ones, and larger.
  std::string sum = "(+ X[0,0] X[0,1] X[1,0] X[1,1])";
  std::string many = header;
  for (int i = 0; i < 16; ++i)
    many += "(assert (!= YQ " + sum + "))";
  EXPECT_NE(failOf(many).find("the condition has too many cases [query-claim]"),
            std::string::npos);
}

/// What holds always or never is evaluated.
TEST(VnnLib, ComparisonsOfNumbers) {
  for (auto [comparison, cases] :
       {std::pair("(<= 1 2)", 1), {"(<= 2 1)", 0},
        {"(< 1 2)", 1},           {"(< 1 1)", 0},
        {"(<= 1 1)", 1},          {"(> 1 2)", 0},
        {"(> 2 1)", 1},           {"(> 1 1)", 0},
        {"(>= 1 1)", 1},          {"(>= 1 2)", 0},
        {"(== 1 1.0)", 1},        {"(== 1 2)", 0},
        {"(= 1 1)", 1},           {"(= 2 1)", 0},
        {"(!= 1 1)", 0},          {"(!= 1 2)", 1},
        {"(> (- YQ YQ) 1)", 0},   {"(== (* 0 Y[0]) 0)", 1},
        {"(< YQ YQ)", 0},         {"(>= (+ YQ 1) (+ 0.5 YQ))", 1}}) {
    SCOPED_TRACE(comparison);
    auto readIt = [&](const std::string &before, const std::string &after) {
      return read(header + ("(assert " + before) + comparison + after + ")");
    };
    VnnLibQuery query = readIt("", "");
    EXPECT_TRUE(query.always.empty());
    EXPECT_EQ(query.cases.size(), static_cast<size_t>(cases));
    query = readIt("(and (> YQ 1) ", ")");
    EXPECT_EQ(query.cases.size(), static_cast<size_t>(cases));
    EXPECT_EQ(query.always.size(), static_cast<size_t>(cases));
    query = readIt("(or (> YQ 1) (> Y[0] 1) ", ")");
    EXPECT_EQ(query.cases.size(), static_cast<size_t>(cases) + 2);
  }
}

TEST(VnnLib, Likeness) {
  EXPECT_FALSE(read(header).networks[1].likeness);
  // Before or behind the tensors, whose names do not matter.
  for (const char *text :
       {"(declare-network g (equal-to f) (declare-input A real [2,2]) "
        "(declare-output B real [3]))",
        "(declare-network g (declare-input A real [2,2]) "
        "(declare-output B real [3]) (isomorphic-to f))"}) {
    auto networks = read(std::string(header) + text).networks;
    ASSERT_TRUE(networks[2].likeness);
    EXPECT_EQ(networks[2].likeness->network, 0u);
    EXPECT_EQ(networks[2].likeness->isEqual,
              std::string(text).find("equal-to") != std::string::npos);
  }
}

/// In time that grows with its length: images have many elements.
TEST(VnnLib, LongConjunctions) {
  std::string text = std::string(header) + "(assert (and";
  for (int i = 0; i < 100'000; ++i)
    text += " (<= YQ 1) (>= YQ 0)";
  EXPECT_EQ(read(text + "))").always.size(), 200'000u);
}

TEST(VnnLib, WrongTexts) {
  auto expectError = [](const std::string &text, const std::string &error) {
    EXPECT_EQ(failOf(text), "t.vnnlib:" + error);
  };
  auto inHeader = [&](const std::string &text, const std::string &error) {
    expectError(header + text, "4:" + error);
  };
  expectError("(assert", "1:1: error: this '(' is not closed [syntax]");
  expectError(")", "1:1: error: ')' closes nothing [syntax]");
  expectError("x ]", "1:3: error: unexpected ']' [syntax]");
  expectError("[1,x]", "1:1: error: expected '[', integers and ']' [syntax]");
  expectError("[1", "1:1: error: ']' is missing [syntax]");
  expectError(
      "(maximise X)",
      "1:1: error: expected (vnnlib-version ...), (declare-network ...), "
      "(declare-const ...) or (assert ...) [syntax]");
  expectError("(vnnlib-version <3.0>)",
              "1:1: error: expected (vnnlib-version <2.0>) [syntax]");
  expectError(
      "(declare-const Z_0 Real)",
      "1:16: error: expected X_ or Y_ and a number, found 'Z_0' [syntax]");
  expectError("(declare-const X_0 Int)",
              "1:1: error: expected (declare-const X_0 Real) [syntax]");
  expectError("(declare-const X_0 Real)(declare-const X_0 Real)",
              "1:40: error: 'X_0' is declared twice [redefinition]");
  expectError("(declare-const X_1 Real)",
              "1:16: error: X_0 is not declared [undefined-value]");
  expectError("(declare-const X_0 Real)(assert (<= X_0 [1] 1))",
              "1:41: error: version 1.0 has elements, and no tensors to index "
              "[syntax]");
  for (const char *mixed :
       {"(declare-const X_0 Real)\n(vnnlib-version <2.0>)(assert (> X_0 0))",
        "(declare-const Y_0 Real)\n(declare-network f)(assert (> Y_0 0))",
        "(declare-network f)\n(declare-fun X_0 () Real)(assert (> X_0 0))"})
    expectError(mixed, "2:1: error: networks of version 2.0 and constants of "
                       "version 1.0 in one text [syntax]");
  expectError("(declare-network f (declare-input X float32 [1]))",
              "1:37: error: elements of type 'float32' ask for what a runtime "
              "computes, which is not in this version; declare them 'real' "
              "[semantics-unsupported]");
  expectError(
      "(declare-network f (declare-hidden H real [1] \"h\"))",
      "1:20: error: only (declare-input ...), (declare-output ...), "
      "(equal-to ...) and (isomorphic-to ...) are supported in a network "
      "[query-claim]");
  expectError(
      "(declare-network f (equal-to g))",
      "1:30: error: no network 'g' is declared before [undefined-value]");
  expectError(
      "(declare-network f (equal-to f))",
      "1:30: error: no network 'f' is declared before [undefined-value]");
  inHeader("(declare-network g (isomorphic-to))",
           "20: error: expected a network's name [syntax]");
  inHeader(
      "(declare-network g (equal-to f) (isomorphic-to q))",
      "33: error: network 'g' is equal or isomorphic to one network at most "
      "[query-claim]");
  expectError(
      std::string(header) +
          "(declare-network g (equal-to f) (declare-input A real [2,2]) "
          "(declare-output B real [3]))\n(declare-network h (equal-to g))",
      "5:30: error: network 'g' is equal or isomorphic to another one "
      "itself; name that one [query-claim]");
  inHeader("(declare-network g (isomorphic-to f) (declare-input A real [4]) "
           "(declare-output B real [3]))",
           "20: error: network 'g' declares other inputs or outputs than 'f', "
           "which it is like [query-claim]");
  inHeader("(declare-network g (equal-to f) (declare-input A real [2,2]))",
           "20: error: network 'g' declares other inputs or outputs than 'f', "
           "which it is like [query-claim]");
  expectError("(declare-network f (declare-input X real [0]))",
              "1:42: error: the shape has no element, or too many [type-rule]");
  expectError("(declare-network f (declare-input X real "
              "[4294967296,4294967296]))",
              "1:42: error: the shape has no element, or too many [type-rule]");
  inHeader("(declare-network f)",
           "18: error: network 'f' is declared twice [redefinition]");
  inHeader("(assert (> Z 1))",
           "12: error: 'Z' is not declared [undefined-value]");
  inHeader("(assert (> X[0] 1))",
           "12: error: 'X' needs 2 indices, got 1 [undefined-value]");
  inHeader("(assert (> X[0,2] 1))",
           "12: error: index 2 of 'X' is outside 0-1 [undefined-value]");
  inHeader("(assert (> (* YQ Y[0]) 1))",
           "12: error: a product of two variables is not linear [query-claim]");
  inHeader("(assert (> YQ 1 2))", "17: error: more than two operands [syntax]");
  inHeader("(assert (> YQ))", "9: error: an operand is missing [syntax]");
  inHeader("(assert (> YQ (+)))", "15: error: an operand is missing [syntax]");
  inHeader("(assert (not (> YQ 1)))",
           "9: error: expected and, or, <, <=, >, >=, == or != [syntax]");
  inHeader("(assert (> YQ (/ 1 2)))", "15: error: expected +, - or * [syntax]");
  inHeader("(assert YQ)", "1: error: expected one condition [syntax]");
  inHeader("(assert (> YQ 1..2))",
           "15: error: '1..2' is neither a number nor a name [syntax]");
  inHeader("(assert (> YQ 1e999))",
           "15: error: '1e999' is beyond the largest double [number-range]");
  std::string deep;
  for (int i = 0; i < 100000; ++i)
    deep += "(and ";
  EXPECT_NE(failOf("(assert " + deep).find("parentheses inside each other"),
            std::string::npos);
}

/// Whatever the text, reading ends, with a query or with an error.
TEST(VnnLib, MutatedTexts) {
  std::string text =
      std::string(header) +
      "(assert (and (<= X[0,0] 0.5) (>= X[0,0] -1e-3) (== X[1,1] XQ[1,1])))\n"
      "(assert (or (> (- Y[0] YQ) 0.1) (and (< Y[1] (+ 1 2)) (!= YQ 3))))\n";
  std::mt19937 random(7);
  unsigned good = 0;
  for (int round = 0; round < 20000; ++round) {
    std::string mutated = text;
    for (int i = static_cast<int>(random() % 3); i >= 0; --i) {
      size_t at = random() % mutated.size(), length = random() % 12;
      switch (random() % 3) {
      case 0:
        mutated.erase(at, length);
        break;
      case 1:
        mutated.insert(at, text.substr(random() % text.size(), length));
        break;
      case 2:
        mutated[at] = static_cast<char>(random());
      }
    }
    auto query = parseVnnLib(mutated, "t.vnnlib");
    good += bool(query);
    llvm::consumeError(query.takeError());
  }
  EXPECT_GT(good, 500u);
}

} // namespace
