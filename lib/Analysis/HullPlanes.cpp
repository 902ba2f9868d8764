//===- HullPlanes.cpp - Facets of twin hulls from given bounds --*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/HullPlanes.h"
#include "qev/Analysis/Lattice.h"
#include "qev/Analysis/TwinSubstitution.h"

namespace qev {

void addFacets(PairPlanes &planes, int64_t element, const TwinHull &hull) {
  for (const Plane &p : hull.getFacetsAbove(-1, 1))
    planes.planes.push_back({element, true, p.slopeX, p.slopeE, p.offset});
  // X - Y from above is Y - X from below.
  for (const Plane &p : hull.getFacetsAbove(1, -1))
    planes.planes.push_back({element, false, -p.slopeX, -p.slopeE, -p.offset});
}

/// Of the values a step starts from; nothing where a range says nothing.
static std::optional<Hexagon> getHexagon(const Interval &x, const Interval &y,
                                         const Interval &e) {
  for (const Interval &range : {x, y, e})
    if (!std::isfinite(range.magnitude()))
      return std::nullopt;
  if (!meet(y - x, e))
    return std::nullopt;
  Hexagon hexagon{x, y, e};
  hexagon.tighten();
  return hexagon;
}

llvm::Expected<std::vector<PairPlanes>>
computePlanes(const Twin &twin, const TwinBounds &bounds,
              llvm::ArrayRef<InputRegion> inputs) {
  auto steps = findPairSteps(twin);
  if (!steps)
    return steps.takeError();
  ExactRoundings firstExact = findExactRoundings(*twin.first, inputs);
  ExactRoundings secondExact = findExactRoundings(*twin.second, inputs);
  std::vector<PairPlanes> result(twin.pairs.size());
  for (auto [step, planes] : llvm::zip_equal(*steps, result)) {
    if (step.kind != PairStep::Clamp ||
        !bounds.first.contains(step.firstOperand) ||
        !bounds.second.contains(step.secondOperand))
      continue;
    planes.first = step.firstOperand;
    planes.second = step.secondOperand;
    Box xs = getRealBox(bounds.first, *step.firstOperand);
    Box ys = getRealBox(bounds.second, *step.secondOperand);
    for (size_t i = 0; i < xs.size(); ++i) {
      Interval e = step.from == PairStep::inputs ? Interval(0)
                                                 : bounds.delta[step.from][i];
      auto hexagon = getHexagon(xs[i], ys[i], e);
      if (!hexagon)
        continue;
      auto element = static_cast<int64_t>(i);
      NeuronStep neuron(
          *hexagon, describeClamp(step.first, firstExact, element, hexagon->x),
          describeClamp(step.second, secondExact, element, hexagon->y));
      if (neuron.hull)
        addFacets(planes, element, *neuron.hull);
    }
  }
  return result;
}

} // namespace qev
