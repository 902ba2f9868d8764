//===- VnnLibAnswer.h - What solvers of VNN-LIB print -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_DRIVER_VNNLIBANSWER_H
#define QEV_DRIVER_VNNLIBANSWER_H

#include "qev/Driver/Report.h"
#include <set>

namespace qev {

/// The cases of a query are one question: what is kept of their samples is what
/// its answer needs.
class VnnLibAnswer {
public:
  void add(const SampleResult &sample);
  /// sat, unsat, unknown or timed-out; of sat also the values of all variables,
  /// row-major, one on a line. The report is about the same samples.
  void print(const Report &report, llvm::raw_ostream &os) const;
  /// The notes of all samples, each once.
  void printNotes(llvm::raw_ostream &os) const;

private:
  llvm::StringRef getWord(const Report &report) const;

  bool isTimedOut = false;       ///< some sample
  std::optional<Replay> witness; ///< of the first sample that has one
  std::set<std::string> trusted; ///< words of solvers
  std::vector<std::string> notes;
};

} // namespace qev

#endif // QEV_DRIVER_VNNLIBANSWER_H
