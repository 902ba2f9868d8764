//===- TargetTest.cpp - Tests of the writers -*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/Diagnostics.h"
#include "qev/Target/Map.h"
#include "qev/Target/Mps.h"
#include "qev/Target/SmtLib.h"
#include "llvm/Support/JSON.h"
#include "gtest/gtest.h"

using namespace qev;

namespace {

/// max k0 + x1/4 + 10 with 2 k0 + x1 <= 7.5 and k0 - x1 > -1; b2 belongs to a
/// step: k0 = clamp(rne(x3 / 0.5), -3, 5), x3 fixed.
struct Small {
  Net net{"f"};
  System system;

  Small() {
    Op *op = net.add(OpKind::Input, "x", TensorType::f32({4}));
    auto add = [&](VariableKind kind, double lo, double hi, Role role,
                   int step) {
      Variable variable;
      variable.kind = kind;
      variable.lo = lo;
      variable.hi = hi;
      variable.step = step;
      variable.origin = {Side::First, op,
                         static_cast<int64_t>(system.variables.size()), role};
      system.variables.push_back(variable);
    };
    add(VariableKind::Integer, -3, 5, Role::Code, -1);
    add(VariableKind::Continuous, -1, 0.1, Role::Sum, -1);
    add(VariableKind::Binary, 0, 1, Role::Below, 0);
    add(VariableKind::Continuous, 0.25, 0.25, Role::Input, -1);
    Origin goal{Side::Both, nullptr, 0, Role::Goal};
    system.rows.push_back(
        {{{0, 2.0}, {1, 1.0}}, Sense::LessEqual, 7.5, false, goal});
    system.rows.push_back(
        {{{0, 1.0}, {1, -1.0}}, Sense::GreaterEqual, -1, true, goal});
    system.rows.push_back({{{0, 0.5}, {2, -4.0}, {3, -1.0}},
                           Sense::LessEqual,
                           0.25,
                           false,
                           {Side::First, op, 0, Role::Window},
                           0});
    Step step;
    step.input = {1, 3u, 0};
    step.unit = Real::ratio(1, 2);
    step.rounding = Rounding::Exact;
    step.lo = -3;
    step.output = 0;
    system.steps.push_back(step);
    system.objective = Objective{{{0, 1.0}, {1, 0.25}}, 10, 3};
    system.firstName = "f";
    system.secondName = "q";
    system.regions = {{"x", {0}, {1}}};
    system.inputs = {
        {{Real::ratio(1, 3), 3u, Real(1)}, AffineValue::constant(2)}};
    system.firstOutputs = {{1, 1u, 0}};
    system.secondOutputs = {{1, 0u, 0}};
  }
};

std::string getMps(const System &system) {
  std::string text;
  llvm::raw_string_ostream os(text);
  writeMps(system, os);
  return text;
}

TEST(Mps, WritesTheDialect) {
  Small small;
  EXPECT_EQ(getMps(small.system), R"(NAME          QEV       FREE
ROWS
 N  OBJ
 L  r0
 G  r1
 L  r2
COLUMNS
    M0        'MARKER'                 'INTORG'
    k0        OBJ       -8
    k0        r0        2
    k0        r1        1
    k0        r2        0.5
    M1        'MARKER'                 'INTEND'
    x1        OBJ       -2
    x1        r0        1
    x1        r1        -1
    M2        'MARKER'                 'INTORG'
    b2        r2        -4
    M3        'MARKER'                 'INTEND'
    x3        r2        -1
RHS
    RHS       r0        7.5
    RHS       r1        -1
    RHS       r2        0.25
BOUNDS
 LO BND       k0        -3
 UP BND       k0        5
 LO BND       x1        -1
 UP BND       x1        0.1
 LO BND       b2        0
 UP BND       b2        1
 FX BND       x3        0.25
ENDATA
)");
}

TEST(Mps, WhatIsDecidedStillIsAProblem) {
  System system;
  EXPECT_EQ(getMps(system), R"(NAME          QEV       FREE
ROWS
 N  OBJ
COLUMNS
    x0        OBJ       0
RHS
BOUNDS
 FX BND       x0        0
ENDATA
)");
  system.infeasible = "the bounds exclude each other";
  EXPECT_EQ(getMps(system), R"(* the bounds exclude each other
NAME          QEV       FREE
ROWS
 N  OBJ
 G  r0
COLUMNS
    x0        r0        1
RHS
    RHS       r0        1
BOUNDS
 FX BND       x0        0
ENDATA
)");
}

TEST(Mps, NamesReadBack) {
  Small small;
  for (unsigned i = 0; i < small.system.variables.size(); ++i)
    EXPECT_EQ(findVariable(small.system, getVariableName(small.system, i)), i);
  for (const char *name : {"", "k", "x0", "k00", "k4", "r0", "k-1"})
    EXPECT_FALSE(findVariable(small.system, name)) << name;
}

std::string getSmt(const System &system, const SmtLibOptions &options = {}) {
  std::string text;
  llvm::raw_string_ostream os(text);
  if (llvm::Error error = writeSmtLib(system, os, options))
    return llvm::toString(std::move(error));
  return text;
}

TEST(SmtLib, StepsReplaceTheirRows) {
  Small small;
  EXPECT_EQ(getSmt(small.system),
            "error: SMT-LIB has no objectives: ask a decision "
            "[encode-unsupported]");
  small.system.objective.reset();
  EXPECT_EQ(getSmt(small.system), R"((set-info :smt-lib-version 2.6)
(set-info :status unknown)
(set-option :produce-models true)
(set-logic QF_LIRA)
; code of @f %x element 0
(declare-const k0 Int)
(assert (<= (- 3) k0 5))
; sum of @f %x element 1
(declare-const x1 Real)
(assert (<= (- 1.0) x1 (/ 3602879701896397.0 36028797018963968.0)))
; input of @f %x element 3
(declare-const x3 Real)
(assert (<= (/ 1.0 4.0) x3 (/ 1.0 4.0)))
(declare-const n0 Int)
(assert (let ((d (- x3 (* (/ 1.0 2.0) (to_real n0))))) (and (<= (- (/ 1.0 4.0)) d (/ 1.0 4.0)) (or (< (- (/ 1.0 4.0)) d (/ 1.0 4.0)) (= (mod n0 2) 0)))))
(assert (= k0 (ite (< n0 (- 3)) (- 3) n0)))
(assert (<= (+ (* 2.0 (to_real k0)) x1) (/ 15.0 2.0)))
(assert (> (+ (to_real k0) (* (- 1.0) x1)) (- 1.0)))
(check-sat)
(get-value (x3))
(exit)
)");
}

TEST(SmtLib, RelaxedStepsNeedNoIntegers) {
  Small small;
  small.system.relaxIntegers();
  small.system.steps[0].rounding = Rounding::Relaxed;
  EXPECT_EQ(printSmtObjective(small.system), "(+ x0 (* (/ 1.0 4.0) x1))");
  small.system.objective.reset();
  std::string text = getSmt(small.system);
  EXPECT_NE(text.find("(set-logic QF_LRA)"), std::string::npos);
  EXPECT_EQ(text.find("Int"), std::string::npos);
  EXPECT_NE(text.find(R"((assert (>= (* (/ 1.0 2.0) x0) (- x3 (/ 1.0 4.0))))
(assert (or (<= (* (/ 1.0 2.0) x0) (+ x3 (/ 1.0 4.0))) (= x0 (- 3.0)))))"),
            std::string::npos)
      << text;
}

TEST(SmtLib, Numbers) {
  EXPECT_EQ(printSmtReal(0), "0.0");
  EXPECT_EQ(printSmtReal(-5), "(- 5.0)");
  EXPECT_EQ(printSmtReal(Real::ratio(-1, 3)), "(- (/ 1.0 3.0))");
  EXPECT_EQ(printSmtReal(Real::powerOfTwo(70)), "1180591620717411303424.0");
  EXPECT_EQ(printSmtInt(-128), "(- 128)");
}

TEST(Map, SaysWhatNamesMean) {
  Small small;
  std::string text;
  llvm::raw_string_ostream os(text);
  writeMap(small.system, os);
  auto parsed = llvm::json::parse(text);
  ASSERT_TRUE(static_cast<bool>(parsed));
  const llvm::json::Object &map = *parsed->getAsObject();
  EXPECT_EQ(map.getInteger("version"), 1);
  EXPECT_EQ(map.getObject("objective")->getInteger("exponent"), 3);
  EXPECT_EQ(map.getObject("objective")->getString("offset"), "10");
  auto &input = *map.getArray("inputs")->front().getAsObject();
  EXPECT_EQ(input.getString("name"), "x");
  const llvm::json::Array &elements = *input.getArray("elements");
  EXPECT_EQ(elements[0].getAsObject()->getString("variable"), "x3");
  EXPECT_EQ(elements[0].getAsObject()->getString("scale"), "1/3");
  EXPECT_EQ(elements[1].getAsObject()->getString("constant"), "2");
  const llvm::json::Array &variables = *map.getArray("variables");
  ASSERT_EQ(variables.size(), 4u);
  const llvm::json::Object &code = *variables[0].getAsObject();
  EXPECT_EQ(code.getString("name"), "k0");
  EXPECT_EQ(code.getString("net"), "f");
  EXPECT_EQ(code.getString("op"), "x");
  EXPECT_EQ(code.getString("role"), "code");
  EXPECT_EQ(variables[2].getAsObject()->getString("role"), "below");
  const llvm::json::Object &row = *map.getArray("rows")->front().getAsObject();
  EXPECT_EQ(row.getString("name"), "r0");
  EXPECT_EQ(row.getString("role"), "goal");
}

} // namespace
