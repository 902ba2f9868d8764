//===- Report.cpp - What all samples come to --------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Report.h"

namespace qev {

int getRank(Verdict verdict) {
  switch (verdict) {
  case Verdict::Bounded:
    return 0;
  case Verdict::Verified:
    return 1;
  case Verdict::Unknown:
    return 2;
  case Verdict::Falsified:
    return 3;
  }
  llvm_unreachable("all verdicts are ranked");
}

bool Report::isCutShort() const {
  return samples.size() < requested ||
         llvm::any_of(
             samples,
             [&](const SampleResult &sample) {
               return sample.isInterrupted ||
                      (command != "verify" && sample.isTimedOut);
             });
}

Verdict Report::getVerdict() const {
  // Of samples that were left out nothing is known.
  Verdict verdict = Verdict::Bounded;
  for (const SampleResult &sample : samples)
    if (getRank(sample.verdict) > getRank(verdict))
      verdict = sample.verdict;
  if (verdict == Verdict::Verified && isCutShort())
    return Verdict::Unknown;
  return verdict;
}

int Report::getExitStatus() const {
  if (!regressions.empty())
    return 1;
  switch (getVerdict()) {
  case Verdict::Verified:
    return 0;
  case Verdict::Falsified:
    return 1;
  case Verdict::Unknown:
    return command == "attack" && !isCutShort() ? 0 : 3;
  case Verdict::Bounded:
    return isCutShort() ? 3 : 0;
  }
  llvm_unreachable("all verdicts have a status");
}

double getSeverity(const SampleResult &sample) {
  double severity = 0;
  for (const OutputResult &output : sample.outputs)
    severity = std::fmax(severity,
                         output.witnessed.value_or(output.proved).magnitude());
  return severity;
}

const SampleResult *Report::findWorst() const {
  const SampleResult *worst = nullptr;
  for (const SampleResult &sample : samples)
    if (!worst || getSeverity(sample) > getSeverity(*worst))
      worst = &sample;
  return worst;
}

size_t Report::count(Verdict verdict) const {
  return llvm::count_if(samples, [&](const SampleResult &sample) {
    return sample.verdict == verdict;
  });
}

} // namespace qev
