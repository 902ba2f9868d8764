//===- Step.cpp - Ops as linear maps and clamps -----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/Step.h"
#include "llvm/Support/ErrorHandling.h"

namespace qev {

double roundToStep(double x, double scale) {
  double quotient = x / scale;
  if (!std::isfinite(quotient) || std::fabs(quotient) >= 0x1p52)
    return quotient; // beyond every code: only the clamp matters
  double below = std::floor(quotient);
  double distance = quotient - below;
  // The quotient is off by at most 2^-53 |quotient|: away from ties the double
  // decides; near one, rationals do.
  double doubt = 0x1p-50 * (1 + std::fabs(quotient));
  if (std::fabs(distance - 0.5) > doubt)
    return distance < 0.5 ? below : below + 1;
  return (Real::fromDouble(x) / Real::fromDouble(scale))
      .roundHalfEven()
      .get_d();
}

double ClampStep::apply(double x) const {
  // Codes inside the clamp have at most 17 bits, so their products with the
  // step are exact; others only have to lie on the right side of the clamp.
  if (step != 0 && std::isfinite(x))
    x = roundToStep(x, step) * step;
  return std::fmin(std::fmax(x, lo), hi);
}

bool isClampStep(const Op &op) {
  return op.is(OpKind::Relu) || op.is(OpKind::Clip) || op.is(OpKind::Quantize);
}

ClampStep getClampStep(const Op &op, int64_t element) {
  ClampStep step;
  if (op.is(OpKind::Relu)) {
    step.lo = 0;
  } else if (op.is(OpKind::Clip)) {
    if (std::optional<float> max = op.getFloatAttr("max"))
      step.hi = *max;
    if (std::optional<float> min = op.getFloatAttr("min"))
      step.lo = std::fmin(*min, step.hi); // min > max means max everywhere
  } else {
    assert(op.is(OpKind::Quantize) && "not an element-wise step");
    double scale = op.type.getScale(element);
    auto zero = static_cast<double>(op.type.getZeroPoint(element));
    const Storage &storage = op.type.getQuant().storage;
    step.step = scale;
    step.lo = (static_cast<double>(storage.min) - zero) * scale;
    step.hi = (static_cast<double>(storage.max) - zero) * scale;
  }
  return step;
}

const Op *skipTransparent(const Op *op) {
  while (op->is(OpKind::Reshape) ||
         (op->is(OpKind::Dequantize) && !op->operands[0]->is(OpKind::Const)))
    op = op->operands[0];
  return op;
}

Box codesToReals(const TensorType &type, const Box &codes) {
  Box reals;
  reals.reserve(codes.size());
  for (auto [i, code] : llvm::enumerate(codes)) {
    auto zero = static_cast<double>(type.getZeroPoint(i));
    double scale = type.getScale(i);
    // Differences of codes are integers below 2^33, exact; the product of a
    // 16-bit code is exact too, that of a 32-bit constant is rounded outward.
    reals.emplace_back(mulDown(code.lo - zero, scale),
                       mulUp(code.hi - zero, scale));
  }
  return reals;
}

Box getRealBox(const NetBounds &bounds, const Op &op) {
  const Box &box = bounds.find(&op)->second;
  return op.type.isQuantized() ? codesToReals(op.type, box) : box;
}

} // namespace qev
