//===- NeuronChoice.cpp - Which neurons are worth a solver ------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NeuronChoice.h"

namespace qev {

static bool isElementWise(const PairStep &step) {
  return step.kind == PairStep::Same || step.kind == PairStep::Scale ||
         step.kind == PairStep::Clamp;
}

/// The largest weight that multiplies each element of each pair in the next
/// affine op or sum; 0 where nothing reads it.
static std::vector<std::vector<double>>
getOutgoing(const Twin &twin, llvm::ArrayRef<PairStep> steps,
            const LinearMaps &maps) {
  std::vector<std::vector<double>> result;
  for (const Pair &pair : twin.pairs)
    result.emplace_back(pair.first->type.getNumElements());
  for (size_t i = steps.size(); i-- > 0;) {
    const PairStep &step = steps[i];
    for (int from : {step.from, step.fromRight}) {
      if (from == PairStep::inputs)
        continue;
      std::vector<double> &target = result[from];
      for (size_t e = 0; e < target.size(); ++e) {
        double weight = 1;
        if (step.kind == PairStep::Affine) {
          const Matrix &magnitudes = maps.getAffine(*step.second).magnitudes;
          weight = magnitudes.col(e % magnitudes.cols()).maxCoeff();
        } else if (isElementWise(step)) {
          weight = result[i][e];
        }
        target[e] = std::fmax(target[e], weight);
      }
    }
  }
  return result;
}

llvm::Expected<NeuronChoice> NeuronChoice::build(const Twin &twin,
                                                 const TwinAnalyzer &analyzer,
                                                 bool withOutputs) {
  auto steps = findPairSteps(twin);
  if (!steps)
    return steps.takeError();
  auto outgoing = getOutgoing(twin, *steps, analyzer.getSecondMaps());
  std::vector<bool> isInput; // input values alone decide it
  auto readsInput = [&](const PairStep &step) {
    return step.from == PairStep::inputs || isInput[step.from];
  };
  NeuronChoice choice;
  for (const PairStep &step : *steps) {
    isInput.push_back(isElementWise(step) && readsInput(step));
    if (step.kind != PairStep::Clamp || readsInput(step))
      continue;
    const PairStep &before = (*steps)[step.from];
    auto pair = static_cast<size_t>(step.from);
    if (before.kind == PairStep::Clamp ||
        (before.kind == PairStep::Affine && readsInput(before)))
      continue;
    choice.layers.push_back({pair, isInput.size() - 1, outgoing[pair]});
  }
  llvm::stable_sort(choice.layers, [](const Layer &a, const Layer &b) {
    return a.pair < b.pair;
  });
  size_t last = steps->size() - 1;
  if (withOutputs)
    choice.layers.push_back(
        {last, std::nullopt, std::vector<double>(outgoing[last].size(), 1.0)});
  return choice;
}

std::vector<int64_t> NeuronChoice::listOpen(const Layer &layer,
                                            const TwinBounds &bounds) {
  const Box &delta = bounds.delta[layer.pair];
  std::vector<int64_t> open;
  auto add = [&](int64_t element) {
    if (delta[element].width() > 0)
      open.push_back(element);
  };
  if (!layer.clamp) {
    for (size_t i = 0; i < delta.size(); ++i)
      add(static_cast<int64_t>(i));
    return open;
  }
  // Only neurons that no single linear piece describes have planes.
  for (const DifferencePlane &plane : bounds.planes[*layer.clamp].planes)
    if (open.empty() || open.back() != plane.element)
      add(plane.element);
  return open;
}

std::vector<int64_t> NeuronChoice::choose(size_t number,
                                          const TwinBounds &bounds,
                                          uint64_t atMost) const {
  const Layer &layer = layers[number];
  std::vector<int64_t> elements = listOpen(layer, bounds);
  uint64_t outputs = 0, later = 0;
  for (const Layer &other : llvm::drop_begin(layers, number + 1))
    (other.clamp ? later : outputs) += listOpen(other, bounds).size();
  uint64_t share = atMost;
  if (layer.clamp && !elements.empty()) {
    share -= std::min(outputs, share);
    // Not later than 2^32 elements each, so nothing overflows.
    share = std::min(share,
                     (share * elements.size() + elements.size() + later - 1) /
                         (elements.size() + later));
  }
  if (elements.size() > share) {
    const Box &delta = bounds.delta[layer.pair];
    auto score = [&](int64_t e) { return delta[e].width() * layer.weights[e]; };
    llvm::stable_sort(
        elements, [&](int64_t a, int64_t b) { return score(a) > score(b); });
    elements.resize(share);
    llvm::sort(elements);
  }
  return elements;
}

} // namespace qev
