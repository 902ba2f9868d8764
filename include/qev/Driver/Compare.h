//===- Compare.h - All samples of a comparison ------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_DRIVER_COMPARE_H
#define QEV_DRIVER_COMPARE_H

#include "qev/Driver/Report.h"
#include <functional>

namespace qev {

struct CompareOptions {
  /// `verify`; `bound`: no attack, no solver; `attack`: nothing else.
  std::string command;
  std::string firstPath, secondPath;
  /// In place of the paths: `NAME=FILE` for each network that the VNN-LIB file
  /// `region.query` declares.
  std::vector<std::string> networks;
  RegionOptions region;
  QuestionOptions question;
  VerifyOptions verify; ///< its threads and solver are set from these:
  unsigned threads = 1; ///< over samples, or over obligations of a single one
  std::string solver;
  std::string trust = "solver"; ///< or `none`
  std::string witnessFolder;    ///< empty: witnesses are not written
  std::string secondIo;         ///< `SCALE:ZP` of the second model, if said
  std::string baseline; ///< JSON of an earlier run to compare with, if any
  /// Whether the report says what was asked, for which all of the files with
  /// samples are read.
  bool recordsQuestion = false;
};

/// Called for each sample in the order asked for, as soon as it is its turn,
/// when it is counted in the report; nobody keeps it. An error ends the run.
using SampleSink =
    std::function<llvm::Error(const Report &, const SampleResult &)>;

/// Loads both models, then answers for every sample. Fails before any output
/// for a wrong option, file or name; in its turn for a sample whose region has
/// no input, and for what cannot be written.
llvm::Expected<Report> compareModels(const CompareOptions &options,
                                     const SampleSink &sink);

} // namespace qev

#endif // QEV_DRIVER_COMPARE_H
