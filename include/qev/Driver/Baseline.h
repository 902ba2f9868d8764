//===- Baseline.h - Comparing a report with an earlier one ------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_DRIVER_BASELINE_H
#define QEV_DRIVER_BASELINE_H

#include "qev/Driver/Regions.h"
#include "qev/Driver/Report.h"
#include <map>

namespace qev {

/// What counts of an earlier report: what was asked, verdicts, and how far
/// delta may go.
struct Baseline {
  struct Sample {
    Verdict verdict = Verdict::Unknown;
    std::string regionHash;
    llvm::json::Value claim = nullptr; ///< exact, as recordClaim writes it
    /// The largest |delta| that is not excluded, of an attack the largest
    /// witnessed one; by output. Unbounded ones are infinite.
    std::map<int64_t, double> proved, witnessed;
  };
  std::string path;
  llvm::json::Object first, second; ///< the models, by path and digests
  llvm::json::Object question;
  std::map<int64_t, Sample> samples;

  /// The JSON that qev wrote. Fails with `file-read`, `file-format`, or `usage`
  /// for a record that does not hold its question, or in another form.
  static llvm::Expected<Baseline> read(llvm::StringRef path);

  /// Fails with `usage` and what differs unless both answer the same question.
  /// Models may differ; so may the words for a region, if it is the same one.
  /// Makes each of the regions, one at a time, and fails with what is wrong
  /// with one.
  llvm::Error checkSameQuestion(const llvm::json::Object &question,
                                const Regions &regions) const;

  /// A sentence if the sample's verdict is worse, and for each output whose
  /// |delta| may go more than a millionth further than before, or that one of
  /// the two does not have. The questions are the same.
  std::vector<std::string> findRegressions(const SampleResult &sample,
                                           bool isAttack) const;
};

} // namespace qev

#endif // QEV_DRIVER_BASELINE_H
