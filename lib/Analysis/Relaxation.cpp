//===- Relaxation.cpp - Lines below and above a step ------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/Relaxation.h"

namespace qev {

/// Slopes of the lines below and above min(max(v, lo), hi) for v in [l, u].
static std::pair<double, double> chooseSlopes(const ClampStep &step, double l,
                                              double u) {
  double lower = 1, upper = 1;
  if (l < step.lo) {
    lower = (l - step.lo) + (u - step.lo) <= 0 ? 0 : 1;
    upper = (u - step.lo) / (u - l);
    l = step.lo;
    if (u <= l) // below the clamp altogether
      return {0, 0};
  }
  if (u > step.hi) {
    if (l >= step.hi)
      return {0, 0};
    lower *= (step.hi - l) / (u - l);
    double bend = step.hi - step.step;
    upper *= (l - bend) + (u - bend) >= 0 ? 0 : 1;
  }
  return {lower, upper};
}

/// An upper bound of clamp(x + noise) - slope * x over [l, u]. The function is
/// piecewise linear, so the ends and the two bends decide; a bend is only known
/// up to rounding, so it is taken as an interval.
static double offsetUp(const ClampStep &step, double noise, double slope,
                       const Interval &x) {
  auto valueUp = [&](double at) {
    double image = std::fmin(std::fmax(addUp(at, noise), step.lo), step.hi);
    return addUp(image, mulUp(-slope, at));
  };
  double offset = std::fmax(valueUp(x.lo), valueUp(x.hi));
  for (double corner : {step.lo, step.hi}) {
    if (std::isinf(corner))
      continue;
    Interval bend = Interval(corner) - Interval(noise);
    if (meet(bend, x)) // at the bend the image is the corner itself
      offset = std::fmax(offset, addUp(corner, mulUp(-slope, bend.lo)));
  }
  return offset;
}

LinePair relax(const ClampStep &step, const Interval &x, bool isExact) {
  if ((isExact || step.step == 0) && step.lo <= x.lo && x.hi <= step.hi)
    return {}; // the identity
  Interval image = step.apply(x);
  if (image.isPoint() || !std::isfinite(x.lo) || !std::isfinite(x.hi))
    return {{0, image.lo}, {0, image.hi}};
  double noise = isExact ? 0 : step.halfStep();
  auto [lower, upper] =
      chooseSlopes(step, subDown(x.lo, noise), addUp(x.hi, noise));
  // The lower line is the mirrored upper one: -clamp(-x) has the clamp range
  // [-hi, -lo].
  ClampStep mirrored{-step.hi, -step.lo, step.step};
  return {{lower, -offsetUp(mirrored, noise, lower, -x)},
          {upper, offsetUp(step, noise, upper, x)}};
}

} // namespace qev
