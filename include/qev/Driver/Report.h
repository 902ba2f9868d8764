//===- Report.h - Results for people and for programs -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The JSON fields are a contract (docs/Interface.md); text is for reading.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_DRIVER_REPORT_H
#define QEV_DRIVER_REPORT_H

#include "qev/Driver/Verify.h"
#include "qev/Import/VnnLib.h"
#include "llvm/Support/JSON.h"

namespace qev {

struct Report {
  std::string command;         ///< verify, bound or attack
  llvm::json::Object question; ///< what was asked (Record.h)
  Method method = Method::Best;
  ModelFile first, second;
  std::vector<SampleResult> samples;
  size_t requested = 0; ///< more than `samples` where the run was interrupted
  double seconds = 0;
  /// Of a VNN-LIB query that names the models' files: what it declares.
  std::vector<VnnLibNetwork> networks = {};

  /// The earlier run that this one is compared with, and what its report says
  /// about its models.
  struct ComparedWith {
    std::string path;
    llvm::json::Object first, second;
  };
  std::optional<ComparedWith> baseline;
  std::vector<std::string> regressions = {}; ///< against the baseline

  bool isCutShort() const;
  size_t count(Verdict verdict) const;
  /// The first sample of largest severity; null without samples.
  const SampleResult *findWorst() const;
  /// falsified beats unknown beats verified beats bounded.
  Verdict getVerdict() const;
  /// 0 verified or bounded, 1 falsified or worse than the baseline, 3 unknown
  /// or stopped early; an attack that refutes nothing is done with 0.
  int getExitStatus() const;
};

/// The largest witnessed |delta| of a sample, without witnesses the largest
/// proved one.
double getSeverity(const SampleResult &sample);

llvm::json::Value toJson(const ModelFile &file);
/// To be written with printJson (Support/Json.h), which knows what to do with
/// numbers that are not finite.
llvm::json::Value toJson(const Report &report);

struct TextOptions {
  bool isVerbose = false;   ///< also times, approximations and the models
  bool explainsAll = false; ///< every explanation, not that of the worst end
};
/// The two models, for `-v`.
void printModels(const Report &report, llvm::raw_ostream &os);
/// One sample: verdict line, table of brackets, what it rests on.
void printSample(const Report &report, const SampleResult &sample,
                 const TextOptions &options, llvm::raw_ostream &os);
/// The first of those lines.
void printVerdict(const SampleResult &sample, llvm::raw_ostream &os);
/// What solvers of VNN-LIB print: sat, unsat, unknown or timed-out; of sat also
/// the values of all variables, row-major, one on a line.
void printVnnLib(const Report &report, llvm::raw_ostream &os);
/// The notes of all samples, each once.
void printNotes(const Report &report, llvm::raw_ostream &os);
/// The counts over all samples, and which of them has the largest difference.
void printSummary(const Report &report, llvm::raw_ostream &os);

} // namespace qev

#endif // QEV_DRIVER_REPORT_H
