//===- ProgressWatch.h - Whether solving still pays -------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A bracket has no end at which it is good enough for everyone. Who asks for
// one without saying how long to work on it gets it once work no longer narrows
// it: each obligation is worked on for `patience` seconds, in every further
// round for twice as long; and when those that were worked on lately, in the
// last `patience` seconds or the last fifth of the time, have narrowed by less
// than a hundredth together, that is the end.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_DRIVER_PROGRESSWATCH_H
#define QEV_DRIVER_PROGRESSWATCH_H

#include "qev/Support/Interval.h"
#include <mutex>
#include <vector>

namespace qev {

class ProgressWatch {
public:
  /// Seconds; infinite: work always pays.
  explicit ProgressWatch(double patience) : patience(patience) {}

  /// The most seconds for one obligation in round 0, 1, ...
  double getSlot(unsigned round) const;
  /// An obligation was worked on until `now`, seconds since the work began.
  /// What it is about was as wide as `before` and is as wide as `after`: 0
  /// where nothing is left to do.
  void record(double now, double before, double after);
  /// From the first such record on.
  bool isStuck() const;

private:
  struct Record {
    double time, before, after;
  };
  const double patience;
  mutable std::mutex mutex; ///< guards what follows
  std::vector<Record> records;
  bool stuck = false;
};

} // namespace qev

#endif // QEV_DRIVER_PROGRESSWATCH_H
