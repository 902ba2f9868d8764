//===- Replay.cpp - Exact execution of both nets on one input ---*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Search/Replay.h"

namespace qev {

Replay replay(const ExactNet &first, const ExactNet &second, InputPoint input) {
  Replay result;
  result.first = first.run(input);
  result.second = second.run(input);
  result.input = std::move(input);
  return result;
}

bool contains(llvm::ArrayRef<InputRegion> region, const InputPoint &point) {
  return llvm::all_of(llvm::zip_equal(region, point), [](const auto &both) {
    return std::get<0>(both).contains(std::get<1>(both));
  });
}

static Real snapToFloat(const InputRegion &region, int64_t i, double wanted) {
  auto inside = [&](float value) {
    if (!std::isfinite(value))
      return false;
    Real exact = Real::fromDouble(value);
    return region.lo[i] <= exact && exact <= region.hi[i];
  };
  auto nearest = static_cast<float>(wanted);
  // Next to an end of the range, the nearest float32 may be just outside.
  for (float value : {nearest, std::nextafterf(nearest, INFINITY),
                      std::nextafterf(nearest, -INFINITY)})
    if (inside(value))
      return Real::fromDouble(value);
  double lo = region.lo[i].toDouble();
  return std::fabs(wanted - lo) <= std::fabs(wanted - region.hi[i].toDouble())
             ? region.lo[i]
             : region.hi[i];
}

InputPoint snapToRegion(llvm::ArrayRef<InputRegion> region,
                        llvm::ArrayRef<double> wanted) {
  InputPoint point;
  size_t next = 0;
  for (const InputRegion &input : region) {
    ExactTensor &values = point.emplace_back();
    for (int64_t i = 0; i < input.size(); ++i) {
      double value = wanted[next++];
      // Also maps a NaN or infinite wish to a point of the range.
      value = std::fmin(std::fmax(value, input.lo[i].toDouble()),
                        input.hi[i].toDouble());
      values.push_back(input.isDiscrete()
                           ? input.getNearest(i, Real::fromDouble(value))
                           : snapToFloat(input, i, value));
    }
  }
  return point;
}

} // namespace qev
