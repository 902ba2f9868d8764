//===- TwinRefiner.cpp - Method twin, pair by pair --------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/TwinRefiner.h"
#include "qev/Analysis/Attribution.h"
#include "qev/Analysis/FacetMixing.h"
#include "qev/Analysis/HullPlanes.h"
#include "qev/Analysis/Recheck.h"

namespace qev {

TwinRefiner::TwinRefiner(
    const Twin &twin, const std::vector<PairStep> &steps,
    const std::vector<std::unique_ptr<AffineDifference>> &affine,
    llvm::ArrayRef<InputRegion> inputs, const AnalyzedNet &first,
    const AnalyzedNet &second, Passes passes, bool keepsSlopes)
    : passes(passes), keepsSlopes(keepsSlopes),
      relaxed{twin, steps, affine, first, second, {}, {}, {}}, inputs(inputs) {}

static bool isFinite(const Hexagon &hexagon) {
  return std::isfinite(hexagon.x.magnitude()) &&
         std::isfinite(hexagon.y.magnitude()) &&
         std::isfinite(hexagon.e.magnitude());
}

void TwinRefiner::prepare(int pair, std::vector<Box> &deltas) {
  const PairStep &step = relaxed.steps[pair];
  if (step.kind != PairStep::Clamp)
    return;
  int64_t size = relaxed.twin.pairs[pair].first->type.getNumElements();
  auto build = [&] {
    std::vector<NeuronStep> neurons;
    for (int64_t i = 0; i < size; ++i) {
      Hexagon hexagon = relaxed.getOperand(step, i);
      neurons.emplace_back(
          hexagon,
          describeClamp(step.first, relaxed.first.exactRoundings, i, hexagon.x),
          describeClamp(step.second, relaxed.second.exactRoundings, i,
                        hexagon.y));
    }
    return neurons;
  };
  std::vector<NeuronStep> neurons = build();
  bool isInput =
      step.from == PairStep::inputs || relaxed.inputs.count(step.from);
  if (!isInput && !isNarrowed[step.from]) {
    // Where both sides are one linear piece, a narrower e changes no plane; it
    // is taken along where rows end at the inputs at once.
    bool isCheap = relaxed.inputs.count(relaxed.steps[step.from].from);
    std::vector<int64_t> elements;
    for (auto [i, neuron] : llvm::enumerate(neurons))
      if (neuron.hull || isCheap)
        elements.push_back(i);
    narrow(step.from, elements, passes.inner, deltas);
    isNarrowed[step.from] = true;
    neurons = build();
  }
  relaxed.neurons.emplace(pair, std::move(neurons));
}

void TwinRefiner::add(int pair, std::vector<Box> &deltas) {
  const Pair &values = relaxed.twin.pairs[pair];
  const Box &x = relaxed.first.relaxed.reals.find(values.first)->second;
  const Box &y = relaxed.second.relaxed.reals.find(values.second)->second;
  std::vector<Hexagon> &hexagons = relaxed.hexagons.emplace_back();
  for (size_t i = 0; i < x.size(); ++i) {
    Hexagon hexagon{x[i], y[i], deltas[pair][i]};
    if (isFinite(hexagon))
      hexagon.tighten();
    isAllFinite &= isFinite(hexagon);
    deltas[pair][i] = hexagon.e;
    hexagons.push_back(hexagon);
  }
  isNarrowed.push_back(false);

  const PairStep &step = relaxed.steps[pair];
  bool isElementWise = step.kind == PairStep::Scale ||
                       step.kind == PairStep::Clamp ||
                       step.kind == PairStep::Same;
  auto before = paths.find(step.from);
  if (!isElementWise ||
      (step.from != PairStep::inputs && before == paths.end()))
    return;
  std::vector<const PairStep *> path;
  if (step.from != PairStep::inputs)
    path = before->second;
  if (path.size() == longestPath)
    return;
  path.push_back(&step);
  if (!path[0]->firstOperand)
    return; // the pair of the inputs themselves
  const Op *root = skipReshapes(path[0]->firstOperand);
  auto ops = relaxed.twin.first->getInputs();
  auto position = llvm::find(ops, root) - ops.begin();
  if (auto hull = makeInputHull(path, inputs[position],
                                relaxed.first.relaxed.reals.find(root)->second,
                                relaxed.first, relaxed.second))
    relaxed.inputs.emplace(pair, std::move(*hull));
  paths.emplace(pair, std::move(path));
}

void TwinRefiner::narrow(int pair, llvm::ArrayRef<int64_t> elements,
                         unsigned count, std::vector<Box> &deltas) {
  if (elements.empty() || relaxed.isStopped() || !isAllFinite)
    return;
  Narrowing *kept = nullptr;
  if (keepsSlopes) {
    kept = &narrowings[pair];
    kept->elements = elements.vec();
  }
  Vector tops = boundErrorsByMixing(relaxed, pair, elements, count,
                                    kept ? &kept->slopes : nullptr);
  for (auto [i, element] : llvm::enumerate(elements)) {
    double hi = tops[i], lo = -tops[elements.size() + i];
    Hexagon &hexagon = relaxed.hexagons[pair][element];
    // A bound that overflowed says nothing: comparisons with NaN are false.
    if (hi < hexagon.e.hi)
      hexagon.e = Interval(hexagon.e.lo, hi);
    if (lo > hexagon.e.lo)
      hexagon.e = Interval(lo, hexagon.e.hi);
    hexagon.tighten();
    isAllFinite &= isFinite(hexagon);
    deltas[pair][element] = hexagon.e;
  }
}

void TwinRefiner::narrowOutputs(int pair, std::vector<Box> &deltas) {
  std::vector<int64_t> all(relaxed.hexagons[pair].size());
  for (auto [i, element] : llvm::enumerate(all))
    element = static_cast<int64_t>(i);
  narrow(pair, all, passes.outputs, deltas);
  isNarrowed[pair] = true;
}

std::vector<Attribution>
TwinRefiner::attributeOutputs(int pair, const Box &proved) const {
  auto kept = narrowings.find(pair);
  if (kept != narrowings.end())
    return attributeErrors(relaxed, pair, kept->second.elements,
                           kept->second.slopes, proved);
  // Without finite ranges there are no rows.
  std::vector<Attribution> result;
  for (bool isUpper : {true, false})
    for (auto [i, range] : llvm::enumerate(proved)) {
      double bound = isUpper ? range.hi : range.lo;
      result.push_back({static_cast<int64_t>(i),
                        isUpper,
                        bound,
                        {{pair, ErrorSource::Methods, bound}}});
    }
  return result;
}

bool TwinRefiner::hasPlanes(int pair) const {
  return !relaxed.inputs.count(pair) &&
         llvm::any_of(
             relaxed.neurons.find(pair)->second,
             [](const NeuronStep &neuron) { return neuron.hull.has_value(); });
}

void TwinRefiner::recheck(Recheck &result) const {
  for (const auto &[pair, kept] : narrowings)
    recheckErrors(relaxed, pair, kept.elements, kept.slopes, result);
}

std::vector<PairPlanes> TwinRefiner::getPlanes() const {
  std::vector<PairPlanes> result(relaxed.hexagons.size());
  for (const auto &[pair, neurons] : relaxed.neurons) {
    const PairStep &step = relaxed.steps[pair];
    PairPlanes &planes = result[pair];
    planes.first = step.firstOperand;
    planes.second = step.secondOperand;
    for (auto [i, neuron] : llvm::enumerate(neurons)) {
      if (!neuron.hull || !isFinite(relaxed.hexagons[pair][i]))
        continue;
      addFacets(planes, static_cast<int64_t>(i), *neuron.hull);
    }
  }
  return result;
}

} // namespace qev
