//===- RuntimePreconditions.h - What a runtime claim rests on ---*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A claim about what a float32 runtime computes, literally or with quantized
// layers fused into integer kernels, holds only for nets with these properties.
// They depend on the net alone, not on a region.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_RUNTIMEPRECONDITIONS_H
#define QEV_ANALYSIS_RUNTIMEPRECONDITIONS_H

#include "qev/IR/Net.h"

namespace qev {

enum class RuntimeRule {
  /// Quantized weights meet a quantized activation, else no integer kernel
  /// takes the layer and the runtimes differ.
  WeightOnly,
  /// One activation scale, weight scales per tensor or on the output axis.
  ScaleAxis,
  /// sum |w - z_w| max |x - z_x| + |bias| < 2^31, x over all codes.
  Accumulator,
  /// s_x s_w, and s_x s_w / s_y before a quantizer, are normal floats.
  Multiplier,
  /// The bias has the scale fl(s_x s_w), or is float.
  BiasScale,
  /// Kernels without VNNI add two products in int16: a_max (w1 + w2) fits.
  Int16Pairs,
  /// No quantizer directly behind another one's dequantize.
  DoubleQuantize,
};
inline constexpr RuntimeRule allRuntimeRules[] = {
    RuntimeRule::WeightOnly,     RuntimeRule::ScaleAxis,
    RuntimeRule::Accumulator,    RuntimeRule::Multiplier,
    RuntimeRule::BiasScale,      RuntimeRule::Int16Pairs,
    RuntimeRule::DoubleQuantize,
};
/// For people: `accumulators fit int32`.
llvm::StringRef describe(RuntimeRule rule);

/// One rule at one op.
struct RuntimeFinding {
  RuntimeRule rule;
  const Op *op; ///< the affine, or the second quantize
  bool holds;
  std::string text; ///< why not; where it holds, what to know, or empty
};

/// Whether the net holds codes anywhere.
bool isQuantized(const Net &net);

/// What applies to a normalised net, in the order of its ops. A layer that
/// breaks WeightOnly or ScaleAxis is not looked at further.
std::vector<RuntimeFinding> findRuntimePreconditions(const Net &net);

} // namespace qev

#endif // QEV_ANALYSIS_RUNTIMEPRECONDITIONS_H
