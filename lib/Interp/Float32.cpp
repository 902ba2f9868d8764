//===- Float32.cpp - The interpreter in float32 -----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each function rounds once, to nearest with ties to even: the project is
// compiled without contraction into fused multiply-adds.
//
//===----------------------------------------------------------------------===//

#include "Evaluate.h"
#include "qev/Interp/Interp.h"
#include <cmath>

namespace qev {

namespace {

struct Float32Arithmetic {
  using Number = double; // always a float32 value or a code
  using Row = std::vector<float>;

  static float get(double x) { return static_cast<float>(x); }

  static double fromFloat(float value) { return value; }
  static double fromCode(int32_t code) { return code; }

  static double add(double a, double b) { return get(a) + get(b); }
  static double sub(double a, double b) { return get(a) - get(b); }
  static double mul(double a, double b) { return get(a) * get(b); }
  static double div(double a, double b) { return get(a) / get(b); }

  // A NaN stays one, as in runtimes: std::fmax would make it the bound.
  static double clampBelow(double x, float bound) {
    return x <= bound ? bound : x;
  }
  static double clampAbove(double x, float bound) {
    return x >= bound ? bound : x;
  }

  /// Integer difference, conversion (which rounds from 2^24 on), product.
  static double dequantize(double code, int64_t zeroPoint, float scale) {
    return get(code - static_cast<double>(zeroPoint)) * scale;
  }

  /// A NaN gives the smallest code, as runtimes on x86 do.
  static double quantize(double x, float scale, int64_t zeroPoint,
                         const Storage &storage) {
    double rounded = std::nearbyint(get(x) / scale);
    if (std::isnan(rounded))
      return static_cast<double>(storage.min);
    return std::fmin(std::fmax(rounded + static_cast<double>(zeroPoint),
                               static_cast<double>(storage.min)),
                     static_cast<double>(storage.max));
  }

  static Row makeRow(llvm::ArrayRef<double> x) { return {x.begin(), x.end()}; }

  static double dot(const Row &x, llvm::ArrayRef<double> weights,
                    const double *bias) {
    float sum = 0;
    for (auto [value, weight] : llvm::zip(x, weights))
      sum += value * get(weight);
    return bias ? sum + get(*bias) : sum;
  }
};

} // namespace

Float32Tensor evaluateFloat32(const Op &op,
                              llvm::ArrayRef<const Float32Tensor *> operands) {
  return Evaluator<Float32Arithmetic>(op, operands).run();
}

std::vector<Float32Tensor> runFloat32(const Net &net,
                                      llvm::ArrayRef<Float32Tensor> inputs) {
  return runNet<Float32Arithmetic>(net, inputs);
}

} // namespace qev
