//===- Replay.h - Exact execution of both nets on one input -----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SEARCH_REPLAY_H
#define QEV_SEARCH_REPLAY_H

#include "qev/IR/Module.h"
#include "qev/Interp/Interp.h"

namespace qev {

/// One input for all inputs of a net, by position.
using InputPoint = std::vector<ExactTensor>;

/// What both nets compute on one input, in exact arithmetic: the judge of
/// witnesses. Outputs are reals (codes dequantized).
struct Replay {
  InputPoint input;
  ExactTensor first;
  ExactTensor second;

  /// second - first of output i.
  Real getDelta(int64_t i) const { return second[i] - first[i]; }
};

Replay replay(const ExactNet &first, const ExactNet &second, InputPoint input);

/// Whether the point lies in the region, on its grid where it has one.
bool contains(llvm::ArrayRef<InputRegion> region, const InputPoint &point);

/// The point of the region nearest to `wanted` (one double per element of all
/// inputs, concatenated) that a float32 input can express; where a range holds
/// no float32, one of its exact ends. Always inside the region, on its grid.
InputPoint snapToRegion(llvm::ArrayRef<InputRegion> region,
                        llvm::ArrayRef<double> wanted);

} // namespace qev

#endif // QEV_SEARCH_REPLAY_H
