//===- Explain.h - Which layer an error comes from --------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The shares of a bound (Analysis/Attribution.h), gathered by layer: an affine
// op and what follows up to the next one. What stands before the first is the
// input.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_DRIVER_EXPLAIN_H
#define QEV_DRIVER_EXPLAIN_H

#include "qev/Analysis/Bounds.h"
#include "llvm/Support/JSON.h"
#include <map>

namespace qev {

struct Explanation {
  struct Layer {
    unsigned number = 0; ///< from 1 in the order of the net; 0: the input
    std::string name;    ///< of the first model's node
    std::map<ErrorSource, double> shares; ///< none of Arithmetic and Methods
    double total() const;
  };
  int64_t output = 0;
  bool isUpper = true;
  double bound = 0; ///< the sum of all that follows
  std::vector<Layer> layers;
  double arithmetic = 0;
  double methods = 0; ///< 0 or what other methods took off
};

std::vector<Explanation> explain(const Twin &twin,
                                 llvm::ArrayRef<Attribution> attributions);

/// What to do about the largest share that is the quantized model's own, as one
/// line without an end; empty if nothing widens the bound,
/// or if there is none.
std::string advise(const Explanation &explanation);

/// The table, and the advice.
void printExplanation(const Explanation &explanation, llvm::raw_ostream &os);
llvm::json::Value toJson(const Explanation &explanation);

} // namespace qev

#endif // QEV_DRIVER_EXPLAIN_H
