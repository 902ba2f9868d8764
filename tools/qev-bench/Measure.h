//===- Measure.h - Clocks for pieces of work --------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TOOLS_MEASURE_H
#define QEV_TOOLS_MEASURE_H

#include "llvm/Support/JSON.h"
#include <algorithm>
#include <ctime>
#include <limits>

namespace qev {

/// What a piece of work took. The clock of the thread's CPU time is the figure:
/// it does not run while other programs have the processor.
struct Seconds {
  double cpu = std::numeric_limits<double>::infinity();
  double wall = std::numeric_limits<double>::infinity();

  llvm::json::Value toJson() const {
    return llvm::json::Object{{"cpu", cpu}, {"wall", wall}};
  }
};

class Stopwatch {
public:
  Seconds read() const {
    return {now(CLOCK_THREAD_CPUTIME_ID) - cpu, now(CLOCK_MONOTONIC) - wall};
  }

private:
  static double now(clockid_t clock) {
    timespec time;
    clock_gettime(clock, &time);
    return static_cast<double>(time.tv_sec) +
           static_cast<double>(time.tv_nsec) * 1e-9;
  }

  double cpu = now(CLOCK_THREAD_CPUTIME_ID);
  double wall = now(CLOCK_MONOTONIC);
};

/// Does the work, which gives an llvm::Expected, `repeat` times or until it
/// fails, and returns what it gave last. `least` becomes the least time of each
/// clock: what is more was spent on waiting for memory and caches that others
/// use.
template <typename Work>
auto measure(unsigned repeat, Seconds &least, Work &&work) {
  for (;;) {
    Stopwatch watch;
    auto result = work();
    Seconds taken = watch.read();
    least.cpu = std::min(least.cpu, taken.cpu);
    least.wall = std::min(least.wall, taken.wall);
    if (!result || --repeat == 0)
      return result;
  }
}

} // namespace qev

#endif // QEV_TOOLS_MEASURE_H
