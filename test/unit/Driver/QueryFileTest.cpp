//===- QueryFileTest.cpp - Tests of questions from files --------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TinyPairs.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "gtest/gtest.h"

using namespace qev;
using namespace qev::test;

namespace {

class TextFile {
public:
  TextFile(llvm::StringRef text, llvm::StringRef extension) {
    int file;
    EXPECT_FALSE(
        llvm::sys::fs::createTemporaryFile("query", extension, file, path));
    llvm::raw_fd_ostream(file, /*shouldClose=*/true) << text;
    remover.setFile(path);
  }
  std::string str() const { return path.str().str(); }

private:
  llvm::SmallString<128> path;
  llvm::FileRemover remover;
};

std::string failOf(const ModelPair &pair, llvm::StringRef text,
                   llvm::StringRef extension = "vnnlib") {
  TextFile file(text, extension);
  auto regions =
      readQueries(file.str(), *pair.firstOriginal, *pair.secondOriginal);
  EXPECT_FALSE(bool(regions)) << text.str();
  std::string message = regions ? "" : llvm::toString(regions.takeError());
  if (size_t at = message.find(file.str()); at != std::string::npos)
    message.replace(at, file.str().size(), "F");
  return message;
}

/// A condition as text, and what it says of an execution.
struct Formula {
  std::string text;
  std::function<bool(const Replay &)> holds;
};

class FormulaMaker {
public:
  FormulaMaker(TinyPairs &tiny, int64_t numInputs, int64_t numOutputs)
      : tiny(tiny), numInputs(numInputs), numOutputs(numOutputs) {}

  Formula make(int depth) {
    if (depth == 0 || tiny.chance(30))
      return makeComparison();
    bool isAnd = tiny.chance(50);
    std::vector<Formula> parts;
    std::string text = isAnd ? "(and" : "(or";
    for (int64_t i = tiny.pick(1, 3); i > 0; --i) {
      parts.push_back(make(depth - 1));
      text += " " + parts.back().text;
    }
    return {text + ")", [=](const Replay &run) {
              auto holds = [&](const Formula &part) { return part.holds(run); };
              return isAnd ? llvm::all_of(parts, holds)
                           : llvm::any_of(parts, holds);
            }};
  }

private:
  struct Term {
    std::string text;
    std::function<Real(const Replay &)> value;
  };

  Term makeNumber() {
    Real number = Real::ratio(tiny.pick(-8, 8), 8);
    return {printReal(number), [=](const Replay &) { return number; }};
  }

  Term makeInput() {
    int64_t input = tiny.pick(0, numInputs - 1);
    return {(tiny.chance(50) ? "X[" : "XQ[") + std::to_string(input) + "]",
            [=](const Replay &run) { return run.input[0][input]; }};
  }

  /// A number, in which the outputs cancel.
  Term makeCancelling() {
    Term one = makeTerm(), number = makeNumber();
    return {"(+ (- " + one.text + " " + one.text + ") " + number.text + ")",
            number.value};
  }

  Term makeTerm() {
    int64_t output = tiny.pick(0, numOutputs - 1);
    bool isFirst = tiny.chance(50);
    Term element{(isFirst ? "Y[" : "YQ[") + std::to_string(output) + "]",
                 [=](const Replay &run) {
                   return (isFirst ? run.first : run.second)[output];
                 }};
    int64_t number = tiny.pick(-3, 3);
    Real factor = Real::ratio(number, 2);
    switch (tiny.pick(0, 3)) {
    case 0:
      return element;
    case 1:
      return {"(* " + printReal(factor) + " " + element.text + ")",
              [=](const Replay &run) { return factor * element.value(run); }};
    case 2:
      return {"(- " + element.text + ")",
              [=](const Replay &run) { return -element.value(run); }};
    }
    Term other = makeTerm();
    return {"(- " + element.text + " " + other.text + " " + printReal(factor) +
                ")",
            [=](const Replay &run) {
              return element.value(run) - other.value(run) - factor;
            }};
  }

  /// Of outputs with a number; now and then of an input, or of numbers alone.
  Formula makeComparison() {
    bool isAboutInput = tiny.chance(25), isConstant = tiny.chance(15);
    Term left = isAboutInput ? makeInput()
                : isConstant ? makeCancelling()
                             : makeTerm();
    Term right = makeNumber();
    static const char *const relations[] = {"<=", ">=", "==", "<", ">", "!="};
    int64_t relation = tiny.pick(0, isAboutInput ? 2 : 5);
    if (tiny.chance(30))
      std::swap(left, right);
    return {std::string("(") + relations[relation] + " " + left.text + " " +
                right.text + ")",
            [=](const Replay &run) {
              Real x = left.value(run), y = right.value(run);
              switch (relation) {
              case 0:
                return x <= y;
              case 1:
                return x >= y;
              case 2:
                return x == y;
              case 3:
                return x < y;
              case 4:
                return x > y;
              }
              return x != y;
            }};
  }

  TinyPairs &tiny;
  int64_t numInputs, numOutputs;
};

/// Declarations, equal inputs and the region's ranges.
std::string makeHeader(const ModelPair &pair, const InputRegion &region,
                       const std::string &likeness = "") {
  std::string inputs = std::to_string(region.size());
  std::string outputs = std::to_string(pair.getNumOutputs());
  std::string text = "(vnnlib-version <2.0>)\n"
                     "(declare-network f (declare-input X real [" +
                     inputs + "]) (declare-output Y real [" + outputs +
                     "]))\n"
                     "(declare-network q " +
                     likeness + "(declare-input XQ real [" + inputs +
                     "]) (declare-output YQ real [" + outputs + "]))\n";
  for (int64_t i = 0; i < region.size(); ++i) {
    std::string index = "[" + std::to_string(i) + "]";
    text += "(assert (== XQ" + index + " X" + index + "))\n" +
            "(assert (and (>= X" + index + " " + printReal(region.lo[i]) +
            ") (<= XQ" + index + " " + printReal(region.hi[i]) + ")))\n";
  }
  return text;
}

/// Whether regions and claims say that a condition is met by an execution.
bool isMet(llvm::ArrayRef<SampleRegion> regions, const Replay &run) {
  return llvm::any_of(regions, [&](const SampleRegion &region) {
    if (region.isEmpty || !region.inputs[0].contains(run.input[0]))
      return false;
    if (!region.claim) // all cases are about inputs alone
      return true;
    return llvm::any_of(std::get<NeverClaim>(*region.claim).violations,
                        [&](const auto &rows) {
                          return llvm::all_of(rows, [&](const OutputRow &row) {
                            return holds(row, run);
                          });
                        });
  });
}

TEST(VnnLib, AConditionMeansWhatItSays) {
  unsigned met = 0, unmet = 0, empty = 0, plain = 0, several = 0;
  for (unsigned seed = 0; seed < 1500; ++seed) {
    SCOPED_TRACE(seed);
    TinyPairs tiny(seed);
    ModelPair pair = tiny.make();
    SampleRegion grid = tiny.makeRegion();
    if (grid.inputs.size() > 1 || pair.first().outputs.size() > 1)
      continue;
    Formula formula =
        FormulaMaker(tiny, grid.inputs[0].size(), pair.getNumOutputs()).make(2);
    bool isIsomorphic = tiny.chance(20);
    std::string text = makeHeader(pair, grid.inputs[0],
                                  isIsomorphic ? "(isomorphic-to f) " : "") +
                       "(assert " + formula.text + ")\n";
    TextFile file(text, "vnnlib");
    auto regions = llvm::cantFail(
        readQueries(file.str(), *pair.firstOriginal, *pair.secondOriginal));
    for (const Replay &run : TinyPairs::tryAll(pair, grid)) {
      bool answer = isMet(regions, run);
      EXPECT_EQ(answer, formula.holds(run)) << formula.text;
      (answer ? met : unmet) += 1;
    }
    for (const SampleRegion &region : regions)
      EXPECT_EQ(region.notes.size(), isIsomorphic + region.isEmpty);
    empty += regions[0].isEmpty;
    plain += !regions[0].claim;
    several += regions.size() > 1;
  }
  EXPECT_GT(met, 1000u);
  EXPECT_GT(unmet, 1000u);
  EXPECT_GT(empty, 50u);
  EXPECT_GT(plain, 50u);
  EXPECT_GT(several, 50u);
}

class OnePair : public testing::Test {
protected:
  OnePair() : pair(make()) {
    header = makeHeader(pair, InputRegion{"x", {0, 0}, {1, 1}});
  }

  /// Two inputs, and as many outputs as there are.
  static ModelPair make() {
    for (unsigned seed = 0;; ++seed) {
      TinyPairs tiny(seed);
      ModelPair pair = tiny.make();
      SampleRegion region = tiny.makeRegion();
      if (region.inputs.size() == 1 && region.inputs[0].size() == 2 &&
          pair.first().outputs.size() == 1)
        return pair;
    }
  }

  std::vector<SampleRegion> read(const std::string &text,
                                 llvm::StringRef extension = "vnnlib") {
    TextFile file(text, extension);
    return llvm::cantFail(
        readQueries(file.str(), *pair.firstOriginal, *pair.secondOriginal));
  }

  ModelPair pair;
  std::string header;
};

TEST_F(OnePair, CasesWithTheSameInputsAreOneRegion) {
  auto regions =
      read(header +
           "(assert (or (> Y[0] 1) (and (<= X[0] 0.5) (> Y[0] 2)) "
           "(and (<= XQ[0] 0.5) (> Y[1] 3)) (and (<= X[0] -1) (> Y[0] 3))))");
  ASSERT_EQ(regions.size(), 2u); // the last one has no input
  EXPECT_EQ(regions[0].index, 0);
  EXPECT_EQ(regions[1].index, 1);
  EXPECT_EQ(regions[1].inputs[0].hi[0], Real::ratio(1, 2));
  EXPECT_EQ(std::get<NeverClaim>(*regions[0].claim).violations.size(), 1u);
  EXPECT_EQ(std::get<NeverClaim>(*regions[1].claim).violations.size(), 2u);
}

TEST_F(OnePair, WithoutOutputsThereIsNoClaim) {
  auto regions = read(header);
  ASSERT_EQ(regions.size(), 1u);
  EXPECT_FALSE(regions[0].claim);
  EXPECT_TRUE(regions[0].notes.empty());
}

/// A claim is made for every region then, and any input refutes it there.
TEST_F(OnePair, ACaseWithoutOutputsIsMetByAnyInput) {
  auto regions =
      read(header + "(assert (or (> Y[0] 1) (<= X[0] 0.5) (and (<= X[0] 0.5) "
                    "(> Y[0] 2))))");
  ASSERT_EQ(regions.size(), 2u);
  EXPECT_EQ(std::get<NeverClaim>(*regions[0].claim).violations.size(), 1u);
  const auto &violations = std::get<NeverClaim>(*regions[1].claim).violations;
  ASSERT_EQ(violations.size(), 1u);
  EXPECT_EQ(violations, claimOfNoInput().violations);
  EXPECT_EQ(regions[1].inputs[0].hi[0], Real::ratio(1, 2));
}

TEST_F(OnePair, ConditionsThatNoInputMeets) {
  auto expectEmpty = [&](const std::string &text, llvm::StringRef why) {
    auto regions = read(text);
    ASSERT_EQ(regions.size(), 1u);
    EXPECT_TRUE(regions[0].isEmpty);
    EXPECT_TRUE(regions[0].inputs.empty());
    EXPECT_EQ(
        regions[0].notes,
        (std::vector{("no input meets the query's condition, whatever the "
                      "networks are" +
                      why)
                         .str()}));
  };
  expectEmpty(header + "(assert (<= X[1] -1/2))",
              ": element 1 of input 'x' would be at least 0 and at most -0.5");
  // The bounds of both networks count.
  expectEmpty(header + "(assert (>= XQ[0] 3))(assert (> Y[0] 1))",
              ": element 0 of input 'x' would be at least 3 and at most 1");
  expectEmpty(header + "(assert (or (> 1 2) (< Y[0] Y[0])))", "");
  auto regions = read(header + "(assert (<= 2 1))");
  EXPECT_TRUE(std::get<NeverClaim>(*regions[0].claim).violations.empty());
  // Nothing else need be said of the inputs then, but what makes them one.
  std::string loose = header;
  loose.erase(loose.find("(>= X[1] 0)"), 11);
  expectEmpty(loose + "(assert (<= X[0] -1))",
              ": element 0 of input 'x' would be at least 0 and at most -1");
  loose = header;
  loose.erase(loose.find("(assert (== XQ[0] X[0]))"), 24);
  EXPECT_EQ(failOf(pair, loose + "(assert (<= XQ[0] -1))"),
            "F: error: element 0 of input 'x' is not said to be equal in both "
            "networks [query-region]");
  regions = read("(declare-const X_0 Real)(declare-const X_1 Real)"
                 "(assert (and (>= X_0 0) (<= X_0 -1)))");
  ASSERT_EQ(regions.size(), 1u);
  EXPECT_TRUE(regions[0].isEmpty);
  EXPECT_FALSE(regions[0].claim); // that comes from options
}

TEST_F(OnePair, EqualAndIsomorphicNetworks) {
  InputRegion box{"x", {0, 0}, {1, 1}};
  auto isomorphic = read(makeHeader(pair, box, "(isomorphic-to f)"));
  EXPECT_EQ(
      isomorphic[0].notes,
      std::vector<std::string>{"network 'q' is declared isomorphic to 'f'; "
                               "nothing rests on that, and it is not "
                               "checked"});
  std::string equal = makeHeader(pair, box, "(equal-to f)");
  EXPECT_EQ(failOf(pair, equal),
            "F: error: network 'q' is declared equal to 'f', but their models "
            "are not the same network [query-claim]");
  TextFile file(equal, "vnnlib");
  auto copy = pair.firstOriginal->clone();
  auto regions =
      llvm::cantFail(readQueries(file.str(), *pair.firstOriginal, *copy));
  EXPECT_TRUE(regions[0].notes.empty());
}

TEST_F(OnePair, Version1SaysWhichInputs) {
  auto regions = read("(declare-const X_0 Real)(declare-const X_1 Real)"
                      "(declare-const Y_0 Real)"
                      "(assert (and (>= X_0 0) (>= X_1 0) (<= X_0 1)))"
                      "(assert (or (<= X_1 2) (<= X_1 3)))"
                      "(assert (or (>= Y_0 1) (<= Y_0 X_0)))");
  ASSERT_EQ(regions.size(), 2u);
  for (const SampleRegion &region : regions) {
    EXPECT_FALSE(region.claim);
    EXPECT_EQ(region.notes.size(), 1u);
  }
}

TEST_F(OnePair, WhatCannotBeAsked) {
  auto expect = [&](const std::string &text, llvm::StringRef error) {
    EXPECT_EQ(failOf(pair, text), ("F" + error).str());
  };
  auto wrong = [&](const std::string &formula, llvm::StringRef error) {
    expect(header + "(assert " + formula + ")",
           (":8:9: error: " + error).str());
  };
  const char *const rest =
      " of inputs is not supported, only numbers that they lie between, both "
      "included, and paired inputs of both networks that are equal "
      "[query-claim]";
  wrong("(< X[0] 1)", std::string("a strict inequality") + rest);
  wrong("(<= (+ X[0] X[1]) 1)", std::string("this relation") + rest);
  wrong("(== X[0] XQ[1])", std::string("this relation") + rest);
  wrong("(<= (- X[0] XQ[0]) 0.1)", std::string("this relation") + rest);
  wrong("(<= (- X[0] (* 2 XQ[0])) 0)", std::string("this relation") + rest);
  wrong("(<= Y[0] X[0])", "a relation between inputs and outputs is not "
                          "supported [query-claim]");
  std::string loose = header;
  loose.erase(loose.find("(assert (== XQ[1] X[1]))"), 24);
  expect(loose,
         ": error: element 1 of input 'x' is not said to be equal in both "
         "networks [query-region]");
  loose = header;
  loose.erase(loose.find("(>= X[1] 0)"), 11);
  expect(loose,
         ": error: element 1 of input 'x' has no lower bound [query-region]");
  expect("(vnnlib-version <2.0>)(declare-network f)",
         ": error: 1 networks are declared; two are compared [query-claim]");
  expect("(vnnlib-version <2.0>)(declare-network f)(declare-network g)",
         ": error: network 'f' declares 0 inputs, the model has 1 "
         "[query-claim]");
  std::string shape = header;
  std::string outputs = std::to_string(pair.getNumOutputs());
  shape.insert(shape.find("YQ real [") + 9, "1,");
  expect(shape, ": error: 'YQ' has shape [1, " + outputs +
                    "], the model's output 'yqd' has [" + outputs +
                    "] [query-claim]");
  expect("(declare-const X_0 Real)",
         ": error: 1 inputs X_i for the 2 of the models [query-region]");
  EXPECT_EQ(failOf(pair, "", "txt"),
            "--query: error: 'F' is neither a .qev nor a .vnnlib file [usage]");
}

std::string inModule(llvm::StringRef body) {
  return ("module @m attributes {version = 1, semantics = real} {\n" + body +
          "\n}\n")
      .str();
}

TEST_F(OnePair, QueriesOfTheIR) {
  auto regions = read(
      inModule(
          "query @a: for (%x: grid<2 x [0, 1] step 0.5>), claim "
          "linf(@second - @first) <= 0.1\n"
          "query @b: for (%x: box<2 x [0, 1]>), bracket(@second - @first)\n"
          "query @c: for (%x: box<2 x [0, 1]>)"),
      "qev");
  ASSERT_EQ(regions.size(), 3u);
  EXPECT_EQ(regions[0].inputs[0].grids.size(), 1u);
  EXPECT_EQ(*std::get<DeltaClaim>(*regions[0].claim).epsilon[0],
            Real::ratio(1, 10));
  EXPECT_FALSE(regions[1].claim);
  EXPECT_EQ(regions[2].index, 2);
}

TEST_F(OnePair, WrongQueriesOfTheIR) {
  auto expect = [&](const std::string &body, llvm::StringRef error) {
    EXPECT_EQ(failOf(pair, inModule(body), "qev"), error.str());
  };
  expect("", "F: error: holds no query [query-region]");
  for (std::string nets :
       {"@first - @second", "@first - @first", "@second - @second"})
    expect("query @a: for (%x: box<2 x [0, 1]>), claim linf(" + nets + ") <= 1",
           "F: @a: error: differences are @second - @first, the second model "
           "minus the first [query-claim]");
  expect("net @f(%x: tensor<2xf32>) -> tensor<2xf32> { return %x }\n"
         "query @a: for (%x: box<2 x [0, 1]>), claim never(@f, @f) "
         "or(and(@f[0] - @f[1] > 1))",
         "F: @a: error: net @f cannot stand for both models [query-claim]");
  expect(
      "query @a: for (%x: box<3 x [0, 1]>)",
      "F: @a: @a: error: input %x of net @first has 2 elements, region %x has "
      "3 [query-region]");
  expect(
      "net @f(%x: tensor<1xf32>) -> tensor<1xf32> { return %x }\n"
      "query @a: for (%x: box<[0, 1]>), claim linf(@f - @f) <= 1",
      "F: @a: @a: error: input %x of net @first has 2 elements, region %x has "
      "1 [query-region]");
  EXPECT_NE(failOf(pair, "module", "qev").find("[syntax]"), std::string::npos);
  std::string runtime = inModule("query @a: for (%x: box<2 x [0, 1]>)");
  runtime.replace(runtime.find("real"), 4, "runtime");
  EXPECT_EQ(failOf(pair, runtime, "qev"),
            "F: error: semantics 'runtime' is not in this version "
            "[semantics-unsupported]");
}

} // namespace
