//===- RandomTwin.h - Random pairs of nets over random regions --*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The second net is what a quantizer would make of the first, so that deltas
// are small and every claim about them can be wrong by little; then things go
// against it: saturation, zero points inside the range, ties, sums of two
// layers, one-code quantizers, numbers of every size.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TEST_UNIT_ANALYSIS_RANDOMTWIN_H
#define QEV_TEST_UNIT_ANALYSIS_RANDOMTWIN_H

#include "qev/Analysis/TwinAnalyzer.h"
#include "qev/IR/Module.h"
#include "qev/Interp/Interp.h"
#include <random>

namespace qev::test {

struct RandomTwinOptions {
  int64_t minWidth = 1, maxWidth = 4;
  unsigned maxLayers = 3;
  /// All numbers of few bits: sums are exact, inputs meet many ties.
  bool dyadic = false;
  /// Both nets are quantized.
  bool quantizedFirst = false;
  /// Weights and scales of every size from subnormal to 2^40, biases of more
  /// bits than a double has, weights of the second net far above the first's.
  bool extreme = false;
};

/// A twin's nets and a region of their inputs.
struct RandomTwin {
  std::unique_ptr<Net> first, second;
  std::vector<InputRegion> regions;
};

/// Two nets paired, and what bounds their difference.
struct AnalyzedTwin {
  std::unique_ptr<Twin> twin;
  TwinAnalyzer analyzer;
};
/// None where the nets cannot be compared.
std::optional<AnalyzedTwin> tryAnalyze(const RandomTwin &nets);

class TwinMaker {
public:
  TwinMaker(uint64_t seed, RandomTwinOptions options)
      : engine(seed), options(options) {}

  RandomTwin make();
  std::vector<ExactTensor> makeInput(const RandomTwin &twin);

  int64_t integer(int64_t lo, int64_t hi);
  bool chance(double probability);
  template <typename T> T pick(std::initializer_list<T> values) {
    return values.begin()[integer(0, static_cast<int64_t>(values.size()) - 1)];
  }

private:
  /// A layer as both nets have it.
  struct Layer {
    int64_t outs;
    std::vector<float> weights, bias;
    enum { None, Relu, Clip, ClipAbove } activation;
    float clipLo, clipHi;
    bool hasBias;
    bool reshapes;      ///< the second net writes its values in another shape
    bool sumsWithInput; ///< residual: value + the layer's input, as wide
    bool subtracts;     ///< ... value - input
    bool doubles;       ///< value + value
  };
  struct Topology {
    Shape input;
    std::vector<Layer> layers;
    /// Of the input: 0 nothing, 1 x / c - m, 2 m - x * c.
    int normalizes;
    float factor, shift;
  };

  float number();
  float scale();
  Topology makeTopology();
  InputRegion makeRegion(const Shape &shape);
  std::unique_ptr<Net> build(const Topology &topology, bool quantized,
                             bool isSecond);
  Op *addNormalization(Net &net, Op *x, const Topology &topology,
                       bool isSecond);
  Op *addQuantizer(Net &net, Op *x, std::optional<float> like = std::nullopt);
  Op *addWeights(Net &net, const Layer &layer, int64_t ins);
  Op *addBias(Net &net, const Layer &layer);
  Op *addActivation(Net &net, Op *x, const Layer &layer);
  Op *addLayer(Net &net, Op *x, const Layer &layer, bool quantized,
               bool isSecond);

  std::mt19937_64 engine;
  RandomTwinOptions options;
};

} // namespace qev::test

#endif // QEV_TEST_UNIT_ANALYSIS_RANDOMTWIN_H
