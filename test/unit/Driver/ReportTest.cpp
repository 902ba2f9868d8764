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

Report makeReport(std::initializer_list<Verdict> verdicts) {
  Report report;
  report.command = "verify";
  for (Verdict verdict : verdicts)
    report.samples.push_back(
        makeSample(static_cast<int64_t>(report.samples.size()), verdict));
  report.requested = report.samples.size();
  return report;
}

std::string print(const Report &report, const SampleResult &sample) {
  std::string text;
  llvm::raw_string_ostream os(text);
  printSample(report, sample, {}, os);
  return text;
}

TEST(Report, FalsifiedBeatsUnknownBeatsVerified) {
  using enum Verdict;
  EXPECT_EQ(makeReport({Verified, Verified}).getExitStatus(), 0);
  EXPECT_EQ(makeReport({Verified, Unknown}).getExitStatus(), 3);
  EXPECT_EQ(makeReport({Unknown, Falsified, Verified}).getExitStatus(), 1);
  EXPECT_EQ(makeReport({Bounded, Bounded}).getExitStatus(), 0);
}

TEST(Report, WhatWasLeftOutIsNotVerified) {
  Report report = makeReport({Verdict::Verified});
  report.requested = 2;
  EXPECT_EQ(report.getVerdict(), Verdict::Unknown);
  EXPECT_EQ(report.getExitStatus(), 3);
  report = makeReport({Verdict::Bounded});
  report.samples[0].isInterrupted = true;
  EXPECT_EQ(report.getExitStatus(), 3);
  report = makeReport({Verdict::Falsified});
  report.requested = 2;
  EXPECT_EQ(report.getExitStatus(), 1);
}

TEST(Report, JsonNumbersRoundTrip) {
  Report report = makeReport({Verdict::Falsified});
  SampleResult &sample = report.samples[0];
  double awkward = nextUp(0.1);
  sample.outputs = {{0, Interval(-awkward, 1 / 3.0), Interval(5e-324)},
                    {1, Interval::everything(), std::nullopt}};
  Replay replay{{{Real::fromDouble(awkward), Real::ratio(1, 3)}},
                {Real(0)},
                {Real::ratio(1, 10)}};
  sample.witness = Witness{0, std::nullopt, replay};
  auto parsed = llvm::json::parse(printJson(toJson(report)));
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
  Report report = makeReport({Verdict::Falsified});
  report.seconds = infinity;
  SampleResult &sample = report.samples[0];
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
  auto parsed = llvm::json::parse(printJson(toJson(report)));
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

TEST(Report, TextRoundsProvedOutwardAndWitnessedInward) {
  Report report = makeReport({Verdict::Bounded});
  SampleResult &sample = report.samples[0];
  sample.outputs = {{0, Interval(-0.12345678, 0.12345612),
                     Interval(-0.02345678, 0.02345698)}};
  sample.predicted = 1;
  std::string text = print(report, sample);
  EXPECT_NE(text.find("[-0.123457, 0.123457]"), std::string::npos) << text;
  EXPECT_NE(text.find("[-0.0234567, 0.0234569]"), std::string::npos) << text;
}

TEST(Report, AClaimIsShownAsItWasAsked) {
  Report report = makeReport({Verdict::Verified});
  SampleResult &sample = report.samples[0];
  sample.claim = DeltaClaim{{Real::ratio(1, 20), Real::ratio(1, 20)}};
  EXPECT_NE(print(report, sample).find("|delta| <= 0.05"), std::string::npos);
  sample.claim = DeltaClaim{{Real(1), Real(2)}};
  EXPECT_NE(print(report, sample).find("for each output"), std::string::npos);
  sample.claim = TopOneClaim{Real::ratio(1, 4)};
  EXPECT_NE(print(report, sample).find("by more than 0.25"), std::string::npos);
}

TEST(Report, AClaimIsShownAtAnySize) {
  Report report = makeReport({Verdict::Verified});
  SampleResult &sample = report.samples[0];
  sample.claim = DeltaClaim{{*Real::parse("1e-400")}};
  EXPECT_NE(print(report, sample).find("|delta| <= 1e-400 ("),
            std::string::npos)
      << print(report, sample);
  sample.claim = DeltaClaim{{*Real::parse("2e400")}};
  EXPECT_NE(print(report, sample).find("|delta| <= 2e+400 ("),
            std::string::npos)
      << print(report, sample);
}

TEST(Report, WitnessedNumbersAreToldApart) {
  Report report = makeReport({Verdict::Falsified});
  SampleResult &sample = report.samples[0];
  auto number = [](llvm::StringRef text) { return *Real::parse(text); };
  auto printed = [&](const Claim &claim, ExactTensor first,
                     ExactTensor second) {
    sample.claim = claim;
    sample.witness =
        Witness{0, std::nullopt,
                Replay{{{Real(0)}}, std::move(first), std::move(second)}};
    std::string text = print(report, sample);
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
  Report report = makeReport({Verdict::Falsified});
  SampleResult &sample = report.samples[0];
  sample.claim = TopOneClaim{};
  sample.witness =
      Witness{1, std::nullopt,
              Replay{{{Real(0)}}, {Real(1), Real(3)}, {Real(1), Real(1)}}};
  std::string text = print(report, sample);
  EXPECT_NE(text.find("(1 against 1); a tie goes to the lower index; the first "
                      "model leads by 2, --top1-margin D asks where"),
            std::string::npos)
      << text;
}

TEST(Report, TheTrustedSolverIsNamed) {
  Report report = makeReport({Verdict::Verified});
  report.samples[0].trust = {
      Trust::tolerance("highs 1.0, dual bound, feasibility 1e-07")};
  report.samples[0].outputs = {{0, Interval(0, 1), std::nullopt}};
  EXPECT_NE(
      print(report, report.samples[0])
          .find("rests on: outward-rounded bounds; highs 1.0, dual bound"),
      std::string::npos);
}

TEST(Report, SummaryNamesTheWorstSample) {
  Report report =
      makeReport({Verdict::Verified, Verdict::Falsified, Verdict::Verified});
  report.samples[1].outputs = {{0, Interval(-1, 1), Interval(-0.75, 0)}};
  report.samples[2].outputs = {{0, Interval(-9, 9), Interval(0, 0.5)}};
  std::string text;
  llvm::raw_string_ostream os(text);
  printSummary(report, os);
  EXPECT_EQ(llvm::StringRef(text).split(" (").first,
            "3 samples: 2 verified, 1 falsified; worst sample 1, |delta| up to "
            "0.75 witnessed");
}

} // namespace
