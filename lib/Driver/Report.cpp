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

void Report::add(const SampleResult &sample) {
  ++sums.samples;
  ++sums.verdicts[static_cast<size_t>(sample.verdict)];
  sums.areCutShort |=
      sample.isInterrupted || (command != "verify" && sample.isTimedOut);
  sums.areTopOne &= std::holds_alternative<TopOneClaim>(sample.claim);
  double severity = getSeverity(sample);
  if (!sums.worst || severity > sums.worst->severity)
    sums.worst = {sample.index, severity};
}

bool Report::isCutShort() const {
  return count() < requested || sums.areCutShort;
}

Verdict Report::getVerdict() const {
  // Of samples that were left out nothing is known.
  Verdict worst = Verdict::Bounded;
  for (Verdict verdict :
       {Verdict::Verified, Verdict::Unknown, Verdict::Falsified})
    if (count(verdict) > 0 && getRank(verdict) > getRank(worst))
      worst = verdict;
  if (worst == Verdict::Verified && isCutShort())
    return Verdict::Unknown;
  return worst;
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

} // namespace qev
