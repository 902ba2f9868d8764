//===- PairBench.h - What bounds of one pair of models cost -----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TOOLS_PAIRBENCH_H
#define QEV_TOOLS_PAIRBENCH_H

#include "qev/Driver/Question.h"
#include "llvm/Support/JSON.h"

namespace qev {

struct PairBenchOptions {
  std::string firstPath, secondPath;
  RegionOptions region;
  std::vector<Method> methods; ///< in this order
  bool encode = true;          ///< with the bounds of the last sound method
  unsigned points = 8;         ///< of each region to be executed exactly
  unsigned repeat = 1;         ///< each measurement; the least time counts
};

/// Measures every stage from two files to bounds and constraints, sample by
/// sample and method by method. A method that does not apply says why in place
/// of its figures; every other failure is an error.
llvm::Expected<llvm::json::Object> benchPair(const PairBenchOptions &options);

} // namespace qev

#endif // QEV_TOOLS_PAIRBENCH_H
