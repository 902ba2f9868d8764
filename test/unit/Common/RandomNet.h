//===- RandomNet.h - Random nets for property tests -------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Nets of one to three affine layers, and pairs of a float net and a quantized
// net of the same topology with independent numbers, so that deltas are large
// and every branch is taken. All randomness comes from the seed.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TEST_UNIT_COMMON_RANDOMNET_H
#define QEV_TEST_UNIT_COMMON_RANDOMNET_H

#include "qev/IR/Module.h"
#include "qev/Interp/Interp.h"
#include <random>

namespace qev {

struct RandomNetOptions {
  unsigned maxLayers = 3;
  int64_t maxWidth = 4;
  /// Sprinkle ops that transformations remove: reshapes to and fro, clamps of
  /// clamps, neutral constants, constants that are computed, quantizers twice,
  /// dead ops.
  bool redundant = false;
  /// Numbers of few bits and scales that are powers of two only: then every
  /// operation on constants is exact in float32, and ties are frequent.
  bool dyadic = false;
  /// Quantize values, not only weights, per axis in some layers.
  bool perAxisValues = true;
};

/// A float net and a quantized net with equal inputs, layers and outputs.
struct RandomPair {
  std::unique_ptr<Net> first, second;
};

class RandomNets {
public:
  explicit RandomNets(uint64_t seed, RandomNetOptions options = {});

  std::unique_ptr<Net> makeFloatNet(llvm::StringRef name);
  std::unique_ptr<Net> makeQuantizedNet(llvm::StringRef name);
  /// @first and @second.
  RandomPair makePair();
  /// Both in a module, with a query @q about them over a random region.
  std::unique_ptr<Module> makePairModule();

  /// A box around numbers that the nets' inputs are made for; some elements
  /// fixed, some boxes points, some grids.
  InputRegion makeRegion(const Op &input);
  /// A point of a region: often a corner, and where the net quantizes its
  /// input often a tie.
  ExactTensor makePoint(const Net &net, const InputRegion &region);
  /// Any point, for nets with one input.
  ExactTensor makeInput(const Net &net);

  bool chance(double probability);
  int64_t integer(int64_t lo, int64_t hi);

private:
  struct Layer {
    int64_t width;
    enum { None, Relu, Clip } activation;
    bool hasBias;
    bool bare; ///< quantized net: no quantizer behind this layer
  };
  struct Topology {
    Shape input;
    std::vector<Layer> layers;
  };

  Topology makeTopology();
  std::unique_ptr<Net> build(const Topology &topology, llvm::StringRef name,
                             bool quantized);
  Op *addLayer(Net &net, Op *x, const Layer &layer, bool quantized);
  Op *addQuantizer(Net &net, Op *x);
  Op *addWeights(Net &net, int64_t outs, int64_t ins, bool quantized);
  Op *addBias(Net &net, int64_t outs, bool quantized);
  Op *addActivation(Net &net, Op *x, const Layer &layer);
  /// Perhaps some ops that do nothing, or nothing much, to x.
  Op *addRedundancy(Net &net, Op *x);
  Op *addFloats(Net &net, llvm::ArrayRef<int64_t> shape);
  Op *addUnary(Net &net, OpKind kind, Op *x);
  Op *addBinary(Net &net, OpKind kind, Op *a, Op *b);
  Op *addClip(Net &net, Op *x);

  float number();
  float scale();
  Storage valueStorage();
  QuantType valueType(llvm::ArrayRef<int64_t> shape);

  std::mt19937_64 engine;
  RandomNetOptions options;
};

/// The quantizer of the net's input, if there is one.
const Op *findInputQuantizer(const Net &net);

} // namespace qev

#endif // QEV_TEST_UNIT_COMMON_RANDOMNET_H
