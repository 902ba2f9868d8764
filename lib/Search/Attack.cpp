//===- Attack.cpp - Looking for large differences ---------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Search/Attack.h"
#include <random>

namespace qev {

static Vector toDoubles(const InputPoint &point) {
  std::vector<double> values;
  for (const ExactTensor &tensor : point)
    for (const Real &value : tensor)
      values.push_back(value.toDouble());
  return Eigen::Map<Vector>(values.data(), static_cast<int64_t>(values.size()));
}

Attack::Attack(FastNet first, FastNet second,
               llvm::ArrayRef<InputRegion> region)
    : first(std::move(first)), second(std::move(second)),
      region(region.begin(), region.end()) {
  std::vector<double> low, high;
  for (const InputRegion &input : region)
    for (int64_t i = 0; i < input.size(); ++i) {
      low.push_back(input.lo[i].toDouble());
      high.push_back(input.hi[i].toDouble());
    }
  lo = toDoubles(snapToRegion(region, low));
  hi = toDoubles(snapToRegion(region, high));
}

static InputPoint snap(llvm::ArrayRef<InputRegion> region, const Vector &x) {
  return snapToRegion(region, llvm::ArrayRef(x.data(), x.size()));
}

InputPoint getCentre(llvm::ArrayRef<InputRegion> region) {
  std::vector<double> middles;
  for (const InputRegion &input : region)
    for (int64_t i = 0; i < input.size(); ++i)
      middles.push_back((input.lo[i].toDouble() + input.hi[i].toDouble()) / 2);
  return snapToRegion(region, middles);
}

double Attack::evaluate(const AttackGoal &goal, const Vector &x) {
  return goal.first.dot(first.run(x)) + goal.second.dot(second.run(x));
}

double Attack::climb(const AttackGoal &goal, Vector &x, const StopCheck &stop) {
  constexpr unsigned maxSteps = 20;
  double best = evaluate(goal, x);
  for (unsigned step = 0; step < maxSteps && !(stop && stop()); ++step) {
    Vector slope = first.gradient(goal.first) + second.gradient(goal.second);
    Vector corner = (slope.array() > 0).select(hi, lo);
    double value = evaluate(goal, corner);
    if (!(value > best))
      break;
    best = value;
    x = corner;
  }
  return best;
}

InputPoint Attack::run(const AttackGoal &goal, unsigned restarts, uint64_t seed,
                       const StopCheck &stop) {
  Vector bestPoint = toDoubles(getCentre(region));
  double best = climb(goal, bestPoint, stop);
  std::mt19937_64 random(seed);
  for (unsigned i = 0; i < restarts && !(stop && stop()); ++i) {
    Vector x(lo.size());
    // The top 53 bits, so that the same seed means the same point everywhere.
    for (int64_t j = 0; j < x.size(); ++j)
      x[j] = lo[j] +
             (hi[j] - lo[j]) * (static_cast<double>(random() >> 11) * 0x1p-53);
    x = toDoubles(snap(region, x));
    double value = climb(goal, x, stop);
    if (value > best) {
      best = value;
      bestPoint = x;
    }
  }
  return snap(region, bestPoint);
}

} // namespace qev
