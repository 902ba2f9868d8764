//===- WriterFuzzer.cpp - Text of others as qev writes it -------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Fuzz.h"
#include "qev/Driver/Report.h"
#include "qev/Support/Json.h"
#include "qev/Support/Text.h"
#include <cmath>
#include <cstring>

using namespace qev;
using namespace qev::fuzz;

/// The text, cut at its blanks, wherever a report holds words of others, and
/// its bytes as numbers.
static void checkReport(llvm::StringRef text) {
  SampleResult sample;
  auto takeWord = [&] {
    auto [word, rest] = text.split(' ');
    text = rest;
    return word.str();
  };
  auto takeNumber = [&] {
    double number = 0;
    std::memcpy(&number, text.data(), std::min(text.size(), sizeof number));
    text = text.drop_front(std::min(text.size(), sizeof number));
    return std::isnan(number) ? infinity : number;
  };
  double lo = -std::fabs(takeNumber()), hi = std::fabs(takeNumber());
  sample.outputs.push_back({0, Interval(lo, hi), std::nullopt});
  sample.seconds.total = takeNumber();
  sample.verdict = static_cast<Verdict>(text.size() % 4);
  Report report;
  report.command = "verify";
  report.first.path = takeWord();
  report.first.info.producer = takeWord();
  report.second.info.notes.push_back(takeWord());
  sample.closedBy = "solver";
  sample.verdictTrust.push_back(Trust::unchecked(takeWord()));
  sample.reason = takeWord();
  sample.notes.push_back(text.str());
  report.requested = 1;
  report.add(sample);

  std::string shown, json;
  llvm::raw_string_ostream os(shown), jsonOs(json);
  {
    TextFilter filter(os);
    printModels(report, filter);
    printSample(report, sample, {}, filter);
    printSummary(report, filter);
  }
  require(isShowable(shown), "a report that cannot be shown: " + shown);
  ReportJson writer(jsonOs);
  writer.add(report, sample);
  writer.finish(report);
  require(isShowable(json), "a record that cannot be shown: " + json);
  auto parsed = llvm::json::parse(json);
  require(bool(parsed), "a record that does not read back: " + json);
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef text = toText(data, size);
  std::string escaped = escapeText(text);
  require(isShowable(escaped) &&
              escaped.find_first_of("\n\t") == std::string::npos,
          "escaped text that cannot be shown: " + escaped);
  std::string shown = printForeign(text);
  require(isShowable(shown) && shown.size() <= 4 * 200 + 16,
          "text of others that is too long: " + shown);
  std::vector<std::string> words = {text.str()};
  llvm::json::Object object{{escaped, escaped},
                            {"bytes", toJson(llvm::ArrayRef(words))}};
  std::string json = printJson(std::move(object));
  require(isShowable(json) && !llvm::StringRef(json).contains('\t'),
          "JSON that cannot be shown: " + json);
  auto parsed = llvm::json::parse(json);
  require(bool(parsed), "JSON that does not read back: " + json);
  require(printJson(*parsed) == json, "JSON that changes: " + json);
  checkReport(text);
  return 0;
}
