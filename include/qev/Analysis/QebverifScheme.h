//===- QebverifScheme.h - The nets the QEBVerif tool reads ------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// QEBVerif (CAV 2023) fixes one quantization scheme. In the IR it reads
//
//   first:  input, mul f, (affine, relu)+, affine
//   second: input, mul 2^-8, quantize q<u8, 2^-8:0>, dequantize,
//           (affine, relu, clip, quantize q<u8<0:2^Q-1>, 2^-(Q-2):0>,
//            dequantize)+, affine
//
// with weights and biases of the second net in integers times powers of two.
// The relu and the clip may be missing where the quantizer's range does their
// work, reshapes may stand anywhere, and a net without `mul` has f = 1.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_QEBVERIFSCHEME_H
#define QEV_ANALYSIS_QEBVERIFSCHEME_H

#include "qev/Analysis/Linear.h"

namespace qev {

/// Corresponding layers y = W x + b of the two nets; exact real numbers.
struct QebverifLayer {
  Matrix firstWeights;
  Vector firstBias;
  Matrix secondWeights;
  Vector secondBias;
};

/// z is the integer input: a pixel in [0, 255].
struct QebverifScheme {
  static constexpr double secondFactor = 0x1p-8; ///< the second net reads z/256
  double firstFactor = 1;                        ///< the first reads f z
  unsigned bits = 0;                             ///< Q of the activations
  std::vector<QebverifLayer> layers;             ///< two or more

  /// The distance of the reals that neighbouring codes of an activation mean.
  double getStep() const { return std::ldexp(1.0, 2 - static_cast<int>(bits)); }
  double getTopCode() const { return std::ldexp(1.0, bits) - 1; }
};

/// Reads the scheme off the two nets; the pairs of the twin do not matter.
/// Fails with `method-unsupported` on any other net.
llvm::Expected<QebverifScheme> extractQebverifScheme(const Twin &twin);

} // namespace qev

#endif // QEV_ANALYSIS_QEBVERIFSCHEME_H
