//===- ProgressWatch.cpp - Whether solving still pays -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/ProgressWatch.h"
#include <cmath>

namespace qev {

double ProgressWatch::getSlot(unsigned round) const {
  return std::ldexp(patience, static_cast<int>(round));
}

void ProgressWatch::record(double now, double before, double after) {
  if (!std::isfinite(patience))
    return;
  std::scoped_lock lock(mutex);
  if (!std::isfinite(before)) { // that there is an end at all is progress
    before = 1;
    after = std::isfinite(after) ? 0 : 1;
  }
  records.push_back({now, before, after});
  if (now < 0.9 * patience) // a first slot may end a little early
    return;
  double window = std::fmax(patience, now / 5);
  double widths = 0, narrowed = 0;
  for (const Record &record : records)
    if (record.time >= now - window) {
      widths += record.before;
      narrowed += record.before - record.after;
    }
  stuck |= narrowed < 0.01 * widths;
}

bool ProgressWatch::isStuck() const {
  std::scoped_lock lock(mutex);
  return stuck;
}

} // namespace qev
