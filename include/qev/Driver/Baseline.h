//===- Baseline.h - Comparing a report with an earlier one ------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_DRIVER_BASELINE_H
#define QEV_DRIVER_BASELINE_H

#include "qev/Driver/Report.h"
#include <map>

namespace qev {

/// What counts of an earlier report: verdicts, and how far delta may go.
struct Baseline {
  struct Sample {
    std::optional<Verdict> verdict; ///< none where there was no claim
    /// The largest |delta| that is not excluded, of an attack the largest
    /// witnessed one; by output. Unbounded ones are infinite.
    std::map<int64_t, double> proved, witnessed;
  };
  std::map<int64_t, Sample> samples;

  /// The JSON that qev wrote. Fails with `file-read` or `file-format`.
  static llvm::Expected<Baseline> read(llvm::StringRef path);

  /// A sentence for each sample with a worse verdict, and for each output whose
  /// |delta| may go more than a millionth further than before. Samples and
  /// outputs that one of the two does not have are not compared.
  std::vector<std::string> findRegressions(const Report &report) const;
};

} // namespace qev

#endif // QEV_DRIVER_BASELINE_H
