//===- CheckTwin.h - Executions against proved bounds -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Many exact executions of two nets are collected into the smallest doubles
// around each value and each difference; a method's bounds hold for all of them
// if and only if they contain those doubles.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TEST_UNIT_ANALYSIS_CHECKTWIN_H
#define QEV_TEST_UNIT_ANALYSIS_CHECKTWIN_H

#include "qev/Analysis/Bounds.h"
#include "qev/Interp/Interp.h"
#include <string>

namespace qev::test {

/// Every method that may give a verdict; one that is added later is in it.
std::vector<Method> getSoundMethods();

/// The values of all ops of one net, executed many times.
class Runner {
public:
  explicit Runner(const Net &net);
  /// Values indexed like net.ops, valid until the next call.
  const std::vector<ExactTensor> &run(llvm::ArrayRef<ExactTensor> inputs);
  const ExactTensor &get(const Op &op) const {
    return values[index.find(&op)->second];
  }

  const Net &net;
  /// Executed quantizer elements whose argument was a tie.
  uint64_t ties = 0;

private:
  std::vector<ExactTensor> values;
  llvm::DenseMap<const Op *, size_t> index;
};

/// The hull of exact numbers, in doubles outward.
struct Hull {
  double lo = infinity, hi = -infinity;
  void add(const Real &x) {
    lo = std::fmin(lo, x.toDoubleDown());
    hi = std::fmax(hi, x.toDoubleUp());
  }
  /// Exactly if the interval contains every number added: no double lies
  /// between a number and its rounding.
  bool liesIn(const Interval &interval) const {
    return interval.lo <= lo && hi <= interval.hi;
  }
};

/// What a twin did on some inputs.
class Executions {
public:
  explicit Executions(const Twin &twin);
  void run(llvm::ArrayRef<ExactTensor> inputs);
  /// The first value or difference outside the bounds, or nothing.
  std::optional<std::string> findViolation(const TwinBounds &bounds) const;
  std::optional<std::string> findViolation(const NetBounds &bounds,
                                           bool isFirst) const;
  /// A plane of the bounds that the last execution is not below (above),
  /// exactly.
  std::optional<std::string> findPlaneViolation(const TwinBounds &bounds) const;
  uint64_t getTies() const { return first.ties + second.ties; }
  uint64_t getCount() const { return count; }

  const Twin &twin;
  Runner first, second;

private:
  using Hulls = std::vector<std::vector<Hull>>;
  Hulls firstHulls, secondHulls; ///< like net.ops; codes of quantized ops
  Hulls deltaHulls;              ///< like twin.pairs
  uint64_t count = 0;
};

/// Moves one coordinate of the input so that an argument of a quantizer, relu
/// or clip of the net comes to lie exactly on a tie or a bend, if that can be
/// done inside the region. `choice` is any number.
bool moveToBend(Runner &runner, std::vector<ExactTensor> &inputs,
                llvm::ArrayRef<InputRegion> regions, uint64_t choice);

/// Elements of clamping ops whose argument may lie on both sides of an end.
unsigned countUnstable(const Net &net, const NetBounds &bounds);

} // namespace qev::test

#endif // QEV_TEST_UNIT_ANALYSIS_CHECKTWIN_H
