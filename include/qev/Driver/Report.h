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
#include "qev/Support/Json.h"
#include <array>

namespace qev {

struct Report {
  std::string command;         ///< verify, bound or attack
  llvm::json::Object question; ///< what was asked (Record.h), if recorded
  Method method = Method::Best;
  ModelFile first, second;
  size_t requested = 0; ///< more than `count()` where the run was interrupted
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

  /// Counts a sample, which is not kept: there may be millions.
  void add(const SampleResult &sample);
  size_t count() const { return sums.samples; }
  size_t count(Verdict verdict) const {
    return sums.verdicts[static_cast<size_t>(verdict)];
  }
  bool isAboutTopOne() const { return sums.areTopOne; } ///< all samples
  /// The first sample of largest severity; none without samples.
  struct Worst {
    int64_t index = 0;
    double severity = 0;
  };
  std::optional<Worst> getWorst() const { return sums.worst; }

  bool isCutShort() const;
  /// falsified beats unknown beats verified beats bounded.
  Verdict getVerdict() const;
  /// 0 verified or bounded, 1 falsified or worse than the baseline, 3 unknown
  /// or stopped early; an attack that refutes nothing is done with 0.
  int getExitStatus() const;

private:
  struct {
    size_t samples = 0;
    std::array<size_t, 4> verdicts = {};
    bool areCutShort = false; ///< some
    bool areTopOne = true;
    std::optional<Worst> worst;
  } sums;
};

/// The largest witnessed |delta| of a sample, without witnesses the largest
/// proved one.
double getSeverity(const SampleResult &sample);

/// Its path and digests.
llvm::json::Value toJson(const ModelFile &file);

/// The report as JSON, written while samples finish: what is known before the
/// first, the samples, and what all of them come to.
class ReportJson {
public:
  explicit ReportJson(llvm::raw_ostream &os) : stream(os) {}
  void add(const Report &report, const SampleResult &sample);
  void finish(const Report &report);

private:
  /// Before the first sample, if there is any.
  void begin(const Report &report);

  JsonStream stream;
  bool hasBegun = false;
};

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
/// The counts over all samples, and which of them has the largest difference.
void printSummary(const Report &report, llvm::raw_ostream &os);

} // namespace qev

#endif // QEV_DRIVER_REPORT_H
