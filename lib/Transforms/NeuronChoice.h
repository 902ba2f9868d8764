//===- NeuronChoice.h - Which neurons are worth a solver --------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_TRANSFORMS_NEURONCHOICE_H
#define QEV_LIB_TRANSFORMS_NEURONCHOICE_H

#include "qev/Analysis/TwinAnalyzer.h"

namespace qev {

/// The pairs of a twin whose ranges of delta decide the planes of a clamp
/// behind them, in program order, and last the outputs. Pairs that input values
/// alone decide, and affine ones of these, are left out: the analyses maximise
/// over them exactly.
class NeuronChoice {
public:
  static llvm::Expected<NeuronChoice>
  build(const Twin &twin, const TwinAnalyzer &analyzer, bool withOutputs);

  size_t getNumLayers() const { return layers.size(); }
  size_t getPair(size_t layer) const { return layers[layer].pair; }
  /// Elements by number, at most so many for this layer and those after it: the
  /// outputs are served first, the other layers share what is left by their
  /// sizes. Of a layer those come first whose width of delta times the largest
  /// weight behind them is largest.
  std::vector<int64_t> choose(size_t layer, const TwinBounds &bounds,
                              uint64_t atMost) const;

private:
  struct Layer {
    size_t pair;
    std::optional<size_t> clamp; ///< none: the outputs
    std::vector<double> weights; ///< one per element
  };
  static std::vector<int64_t> listOpen(const Layer &layer,
                                       const TwinBounds &bounds);

  std::vector<Layer> layers;
};

} // namespace qev

#endif // QEV_LIB_TRANSFORMS_NEURONCHOICE_H
