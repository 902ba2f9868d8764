//===- ReportJson.cpp - Results for programs --------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Record.h"
#include "qev/Driver/Report.h"
#include "qev/Support/Json.h"
#include "qev/Support/Text.h"

namespace qev {

static llvm::json::Value toJson(const Interval &interval) {
  return llvm::json::Array{interval.lo, interval.hi};
}

llvm::json::Value toJson(const ModelFile &file) {
  llvm::json::Object object{{"path", escapeText(file.path)},
                            {"sha256", file.sha256}};
  llvm::json::Array external;
  for (const auto &[name, digest] : file.external)
    external.push_back(
        llvm::json::Object{{"path", escapeText(name)}, {"sha256", digest}});
  if (!external.empty())
    object["external"] = std::move(external);
  return object;
}

static llvm::json::Value toJson(const Claim &claim) {
  if (const auto *topOne = std::get_if<TopOneClaim>(&claim))
    return llvm::json::Object{{"kind", "top1"},
                              {"margin", topOne->margin.toDouble()}};
  if (const auto *never = std::get_if<NeverClaim>(&claim))
    return llvm::json::Object{
        {"kind", "never"},
        {"violations", static_cast<int64_t>(never->violations.size())}};
  const auto *delta = std::get_if<DeltaClaim>(&claim);
  if (!delta)
    return nullptr;
  llvm::json::Array epsilon;
  for (const std::optional<Real> &value : delta->epsilon)
    epsilon.push_back(value ? llvm::json::Value(value->toDouble())
                            : llvm::json::Value(nullptr));
  return llvm::json::Object{{"kind", "delta"}, {"epsilon", std::move(epsilon)}};
}

static llvm::json::Value toJson(const SampleResult &sample,
                                const Witness &witness) {
  const Replay &replay = witness.replay;
  llvm::json::Array input, exact;
  bool isDouble = true, isFloat = true;
  for (const ExactTensor &tensor : replay.input)
    for (const Real &value : tensor) {
      input.push_back(value.toDouble());
      exact.push_back(printReal(value));
      isDouble &= value.isDouble();
      isFloat &= value.isFloat();
    }
  llvm::json::Object object{
      {"output", witness.output},
      {"delta", replay.getDelta(witness.output).toDouble()},
      {"input", std::move(input)},
      {"input_type", isFloat    ? "float32"
                     : isDouble ? "float64"
                                : "rational"}};
  if (witness.violation)
    object["violation"] = static_cast<int64_t>(*witness.violation);
  // A grid of thirds has points that no double equals.
  if (!isDouble)
    object["input_exact"] = std::move(exact);
  if (std::holds_alternative<TopOneClaim>(sample.claim)) {
    object["first_winner"] = witness.output;
    object["second_winner"] = getWinner(replay.second);
  }
  return object;
}

static llvm::json::Array toJson(llvm::ArrayRef<Trust> grounds) {
  llvm::json::Array array;
  for (const Trust &trust : grounds)
    array.push_back(escapeText(trust.words));
  return array;
}

static llvm::json::Value toJson(const SampleResult &sample, bool isAttack) {
  llvm::json::Array outputs;
  for (const OutputResult &output : sample.outputs) {
    llvm::json::Object object{{"index", output.index}};
    if (!isAttack)
      object["proved"] = toJson(output.proved);
    if (output.witnessed)
      object["witnessed"] = toJson(*output.witnessed);
    outputs.push_back(std::move(object));
  }
  llvm::json::Array approximations;
  for (Approximation name : sample.approximations)
    approximations.push_back(getName(name));
  llvm::json::Object object{
      {"index", sample.index},
      {"verdict", getName(sample.verdict)},
      {"reason", escapeText(sample.reason)},
      {"closed_by", sample.closedBy},
      {"predicted", sample.predicted},
      {"region", llvm::json::Object{{"sha256", sample.regionHash}}},
      {"claim", toJson(sample.claim)},
      {"claim_exact", recordClaim(sample.claim)},
      {"outputs", std::move(outputs)},
      {"seconds", llvm::json::Object{{"bound", sample.seconds.bound},
                                     {"attack", sample.seconds.attack},
                                     {"search", sample.seconds.search},
                                     {"solve", sample.seconds.solve},
                                     {"total", sample.seconds.total}}},
      {"trust", toJson(sample.trust)},
      {"grade", getName(getGrade(sample.trust))},
      {"notes", toJson(sample.notes)},
      {"approximations", std::move(approximations)}};
  if (sample.recheck)
    object["recheck"] = llvm::json::Object{{"bounds", sample.recheck->bounds},
                                           {"tight", sample.recheck->tight}};
  if (!sample.explanations.empty()) {
    llvm::json::Array explanations;
    for (const Explanation &explanation : sample.explanations)
      explanations.push_back(toJson(explanation));
    object["explanations"] = std::move(explanations);
  }
  if (sample.witness)
    object["witness"] = toJson(sample, *sample.witness);
  return object;
}

void ReportJson::begin(const Report &report) {
  hasBegun = true;
  stream.begin();
  llvm::json::Object object{{"qev", QEV_VERSION},
                            {"schema", recordSchema},
                            {"question", llvm::json::Object(report.question)},
                            {"command", report.command},
                            {"semantics", "real"},
                            {"method", getName(report.method)},
                            {"sound", isSound(report.method)},
                            {"first", toJson(report.first)},
                            {"second", toJson(report.second)}};
  if (report.baseline)
    object["baseline"] = llvm::json::Object{
        {"path", escapeText(report.baseline->path)},
        {"first", llvm::json::Object(report.baseline->first)},
        {"second", llvm::json::Object(report.baseline->second)}};
  stream.addMembers(std::move(object));
  stream.beginArray("samples");
}

void ReportJson::add(const Report &report, const SampleResult &sample) {
  if (!hasBegun)
    begin(report);
  stream.addElement(toJson(sample, report.command == "attack"));
}

void ReportJson::finish(const Report &report) {
  if (!hasBegun)
    begin(report);
  stream.endArray();
  auto count = [&](Verdict verdict) {
    return static_cast<int64_t>(report.count(verdict));
  };
  llvm::json::Object summary{
      {"samples", static_cast<int64_t>(report.count())},
      {"requested", static_cast<int64_t>(report.requested)},
      {"verified", count(Verdict::Verified)},
      {"falsified", count(Verdict::Falsified)},
      {"unknown", count(Verdict::Unknown)},
      {"bounded", count(Verdict::Bounded)}};
  if (auto worst = report.getWorst())
    summary["worst_sample"] = worst->index;
  llvm::json::Object object{{"verdict", getName(report.getVerdict())},
                            {"seconds", report.seconds},
                            {"summary", std::move(summary)}};
  if (report.baseline)
    object["regressions"] = toJson(report.regressions);
  stream.addMembers(std::move(object));
  stream.end();
}

} // namespace qev
