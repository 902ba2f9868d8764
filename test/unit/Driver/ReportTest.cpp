//===- ReportTest.cpp - Results for people and programs ---------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Report.h"
#include "qev/Support/Json.h"
#include "gtest/gtest.h"

using namespace qev;

namespace {

SampleResult makeSample(int64_t index, Verdict verdict) {
  SampleResult sample;
  sample.index = index;
  sample.verdict = verdict;
  return sample;
}

/// A report, and the samples that it does not keep.
struct Results {
  Report report;
  std::vector<SampleResult> samples;

  Results(std::initializer_list<Verdict> verdicts) {
    report.command = "verify";
    for (Verdict verdict : verdicts)
      samples.push_back(
          makeSample(static_cast<int64_t>(samples.size()), verdict));
    report.requested = samples.size();
  }
  /// The report when all samples are counted.
  Report add() const {
    Report all = report;
    for (const SampleResult &sample : samples)
      all.add(sample);
    return all;
  }
  std::string printJson() const {
    std::string text;
    llvm::raw_string_ostream os(text);
    ReportJson json(os);
    for (const SampleResult &sample : samples)
      json.add(report, sample);
    json.finish(add());
    return text;
  }
};

std::string print(const Report &report, const SampleResult &sample) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printSample(report, sample, {}, os);
  return text;
}

TEST(Report, FalsifiedBeatsUnknownBeatsVerified) {
  using enum Verdict;
  EXPECT_EQ(Results({Verified, Verified}).add().getExitStatus(), 0);
  EXPECT_EQ(Results({Verified, Unknown}).add().getExitStatus(), 3);
  EXPECT_EQ(Results({Unknown, Falsified, Verified}).add().getExitStatus(), 1);
  EXPECT_EQ(Results({Bounded, Bounded}).add().getExitStatus(), 0);
}

TEST(Report, WhatWasLeftOutIsNotVerified) {
  Results run({Verdict::Verified});
  run.report.requested = 2;
  EXPECT_EQ(run.add().getVerdict(), Verdict::Unknown);
  EXPECT_EQ(run.add().getExitStatus(), 3);
  run = Results({Verdict::Bounded});
  run.samples[0].isInterrupted = true;
  EXPECT_EQ(run.add().getExitStatus(), 3);
  run = Results({Verdict::Falsified});
  run.report.requested = 2;
  EXPECT_EQ(run.add().getExitStatus(), 1);
}

TEST(Report, JsonNumbersRoundTrip) {
  Results run({Verdict::Falsified});
  SampleResult &sample = run.samples[0];
  double awkward = nextUp(0.1);
  sample.outputs = {{0, Interval(-awkward, 1 / 3.0), Interval(5e-324)},
                    {1, Interval::everything(), std::nullopt}};
  Replay replay{{{Real::fromDouble(awkward), Real::ratio(1, 3)}},
                {Real(0)},
                {Real::ratio(1, 10)}};
  sample.witness = Witness{0, std::nullopt, replay};
  auto parsed = llvm::json::parse(run.printJson());
  ASSERT_TRUE(bool(parsed));
  const auto &object =
      *(*parsed->getAsObject()->getArray("samples"))[0].getAsObject();
  const auto &outputs = *object.getArray("outputs");
  const auto &proved = *outputs[0].getAsObject()->getArray("proved");
  EXPECT_EQ(proved[0].getAsNumber(), -awkward);
  EXPECT_EQ(proved[1].getAsNumber(), 1 / 3.0);
  EXPECT_EQ((*outputs[0].getAsObject()->getArray("witnessed"))[0].getAsNumber(),
            5e-324);
  // JSON has no infinities.
  EXPECT_EQ((*outputs[1].getAsObject()->getArray("proved"))[0],
            llvm::json::Value(nullptr));
  const auto &witness = *object.getObject("witness");
  EXPECT_EQ((*witness.getArray("input"))[0].getAsNumber(), awkward);
  EXPECT_EQ(witness.getString("input_type"), "rational");
  EXPECT_EQ((*witness.getArray("input_exact"))[1], llvm::json::Value("1/3"));
  EXPECT_EQ(witness.getNumber("delta"), 0.1);
}

TEST(Report, JsonHasNoInfinities) {
  Results run({Verdict::Falsified});
  run.report.seconds = infinity;
  SampleResult &sample = run.samples[0];
  sample.seconds.total = std::nan("");
  sample.outputs = {{0, Interval::everything(), Interval(-infinity)}};
  Real huge = *Real::parse("1e400");
  sample.claim = DeltaClaim{{huge}};
  sample.witness =
      Witness{0, std::nullopt, Replay{{{huge}}, {Real(0)}, {-huge}}};
  Explanation explanation;
  explanation.bound = infinity;
  explanation.methods = -infinity;
  explanation.arithmetic = std::nan("");
  explanation.layers = {{1, "fc", {{ErrorSource::Weights, infinity}}}};
  sample.explanations = {explanation};
  auto parsed = llvm::json::parse(run.printJson());
  ASSERT_TRUE(bool(parsed));
  const auto &object =
      *(*parsed->getAsObject()->getArray("samples"))[0].getAsObject();
  const llvm::json::Value null(nullptr);
  EXPECT_EQ(*parsed->getAsObject()->get("seconds"), null);
  EXPECT_EQ(*object.getObject("seconds")->get("total"), null);
  EXPECT_EQ((*object.getObject("claim")->getArray("epsilon"))[0], null);
  const auto &witness = *object.getObject("witness");
  EXPECT_EQ(*witness.get("delta"), null);
  EXPECT_EQ((*witness.getArray("input"))[0], null);
  EXPECT_EQ(witness.getString("input_type"), "rational");
  EXPECT_EQ((*witness.getArray("input_exact"))[0].getAsString()->size(), 401u);
  const auto &explained = *(*object.getArray("explanations"))[0].getAsObject();
  for (const char *field : {"bound", "methods", "arithmetic"})
    EXPECT_EQ(*explained.get(field), null) << field;
  EXPECT_EQ(*(*explained.getArray("shares"))[0].getAsObject()->get("amount"),
            null);
  EXPECT_EQ(explained.getString("advice"), "");
}

TEST(Report, JsonIsOneObjectOfAnyNumberOfSamples) {
  for (const Results &run :
       {Results({}), Results({Verdict::Bounded}),
        Results({Verdict::Verified, Verdict::Unknown, Verdict::Verified})}) {
    std::string text = run.printJson();
    auto parsed = llvm::json::parse(text);
    ASSERT_TRUE(bool(parsed)) << text;
    const auto &object = *parsed->getAsObject();
    EXPECT_EQ(object.getArray("samples")->size(), run.samples.size());
    EXPECT_EQ(object.getObject("summary")->getInteger("samples"),
              static_cast<int64_t>(run.samples.size()));
    EXPECT_EQ(object.getObject("summary")->get("worst_sample") != nullptr,
              !run.samples.empty());
    EXPECT_LT(text.find("\n  \"second\""), text.find("\n  \"samples\""));
    EXPECT_LT(text.find("\n  \"samples\""), text.find("\n  \"verdict\""));
  }
}

TEST(Report, TextRoundsProvedOutwardAndWitnessedInward) {
  Results run({Verdict::Bounded});
  SampleResult &sample = run.samples[0];
  sample.outputs = {{0, Interval(-0.12345678, 0.12345612),
                     Interval(-0.02345678, 0.02345698)}};
  sample.predicted = 1;
  std::string text = print(run.report, sample);
  EXPECT_NE(text.find("[-0.123457, 0.123457]"), std::string::npos) << text;
  EXPECT_NE(text.find("[-0.0234567, 0.0234569]"), std::string::npos) << text;
}

TEST(Report, AClaimIsShownAsItWasAsked) {
  Results run({Verdict::Verified});
  SampleResult &sample = run.samples[0];
  sample.claim = DeltaClaim{{Real::ratio(1, 20), Real::ratio(1, 20)}};
  EXPECT_NE(print(run.report, sample).find("|delta| <= 0.05"),
            std::string::npos);
  sample.claim = DeltaClaim{{Real(1), Real(2)}};
  EXPECT_NE(print(run.report, sample).find("for each output"),
            std::string::npos);
  sample.claim = TopOneClaim{Real::ratio(1, 4)};
  EXPECT_NE(print(run.report, sample).find("by more than 0.25"),
            std::string::npos);
}

TEST(Report, AClaimIsShownAtAnySize) {
  Results run({Verdict::Verified});
  SampleResult &sample = run.samples[0];
  sample.claim = DeltaClaim{{Real::parse("1e-400")}};
  EXPECT_NE(print(run.report, sample).find("|delta| <= 1e-400 ("),
            std::string::npos)
      << print(run.report, sample);
  sample.claim = DeltaClaim{{Real::parse("2e400")}};
  EXPECT_NE(print(run.report, sample).find("|delta| <= 2e+400 ("),
            std::string::npos)
      << print(run.report, sample);
}

TEST(Report, WitnessedNumbersAreToldApart) {
  Results run({Verdict::Falsified});
  SampleResult &sample = run.samples[0];
  auto number = [](llvm::StringRef text) { return *Real::parse(text); };
  auto printed = [&](const Claim &claim, ExactTensor first,
                     ExactTensor second) {
    sample.claim = claim;
    sample.witness =
        Witness{0, std::nullopt,
                Replay{{{Real(0)}}, std::move(first), std::move(second)}};
    std::string text = print(run.report, sample);
    return llvm::StringRef(text)
        .split("witness: ")
        .second.split(", replayed")
        .first.str();
  };
  EXPECT_EQ(printed(TopOneClaim{}, {number("2"), number("1")},
                    {number("1"), number("1.5")}),
            "output 0 wins in the first model (2 against 1), output 1 in the "
            "second (1.5 against 1)");
  // A lead that six digits do not show.
  EXPECT_EQ(
      printed(TopOneClaim{}, {number("1.23456789"), number("1.23456788")},
              {number("1.234567891"), number("1.234567892")}),
      "output 0 wins in the first model (1.23456789 against 1.23456788), "
      "output 1 in the second (1.234567892 against 1.234567891); the first "
      "model leads by 1e-08, --top1-margin D asks where it leads by more "
      "than D");
  // A difference just beyond epsilon.
  EXPECT_EQ(printed(DeltaClaim{{number("0.05")}}, {number("1")},
                    {number("0.9499999999")}),
            "delta of output 0 is -0.0500000001 (1 in the first model, 0.95 in "
            "the second)");
  EXPECT_EQ(
      printed(DeltaClaim{{number("1")}}, {number("0")}, {number("-3e390")}),
      "delta of output 0 is -3e+390 (0 in the first model, -3e+390 in the "
      "second)");
}

TEST(Report, ATieOfTheSecondModelIsNamed) {
  Results run({Verdict::Falsified});
  SampleResult &sample = run.samples[0];
  sample.claim = TopOneClaim{};
  sample.witness =
      Witness{1, std::nullopt,
              Replay{{{Real(0)}}, {Real(1), Real(3)}, {Real(1), Real(1)}}};
  std::string text = print(run.report, sample);
  EXPECT_NE(text.find("(1 against 1); a tie goes to the lower index; the first "
                      "model leads by 2, --top1-margin D asks where"),
            std::string::npos)
      << text;
}

TEST(Report, TheTrustedSolverIsNamed) {
  Results run({Verdict::Verified});
  run.samples[0].trust = {
      Trust::tolerance("highs 1.0, dual bound, feasibility 1e-07")};
  run.samples[0].outputs = {{0, Interval(0, 1), std::nullopt}};
  EXPECT_NE(
      print(run.report, run.samples[0])
          .find("rests on: outward-rounded bounds; highs 1.0, dual bound"),
      std::string::npos);
}

TEST(Report, SummaryNamesTheWorstSample) {
  Results run({Verdict::Verified, Verdict::Falsified, Verdict::Verified});
  run.samples[1].outputs = {{0, Interval(-1, 1), Interval(-0.75, 0)}};
  run.samples[2].outputs = {{0, Interval(-9, 9), Interval(0, 0.5)}};
  std::string text;
  llvm::raw_string_ostream os(text);
  printSummary(run.add(), os);
  EXPECT_EQ(llvm::StringRef(text).split(" (").first,
            "3 samples: 2 verified, 1 falsified; worst sample 1, |delta| up to "
            "0.75 witnessed");
}

} // namespace
