//===- Recheck.cpp - Steps and constants in rationals --------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/Recheck.h"

namespace qev {

ExactEnvelope::ExactEnvelope(const ClampedValue &value)
    : lowest(Real::fromDouble(value.step.apply(value.argument.lo))),
      highest(Real::fromDouble(value.step.apply(value.argument.hi))) {
  const ClampStep &step = value.step;
  if (!value.isExact)
    noise = Real::fromDouble(step.step) / Real(2);
  bends = {lowest - noise, lowest + noise, highest - noise, highest + noise};
  for (auto [end, kept] : {std::pair(step.lo, &lo), std::pair(step.hi, &hi)})
    if (std::isfinite(end)) {
      *kept = Real::fromDouble(end);
      bends.push_back(**kept - noise);
      bends.push_back(**kept + noise);
    }
}

/// A step is monotone, so it also stays within the images of the ends.
Real ExactEnvelope::at(const Real &x, const Real &shift, int side) const {
  Real value = x + shift;
  if (lo)
    value = std::max(value, *lo);
  if (hi)
    value = std::min(value, *hi);
  return side > 0 ? std::min(value, highest) : std::max(value, lowest);
}

ExactScaling getExactScaling(const Op *op, int64_t element) {
  if (!op)
    return {};
  const Op &constant = *getConstOperand(*op);
  auto map = getBroadcastMap(constant.type.getShape(), op->type.getShape());
  Real c = getConstantElement(constant, map[element]);
  if (op->is(OpKind::Mul))
    return {c, 0};
  if (op->is(OpKind::Div))
    return {Real(1) / c, 0};
  if (op->is(OpKind::Add))
    return {1, c};
  assert(op->is(OpKind::Sub) && "not an element-wise linear op");
  if (&constant == op->operands[0])
    return {-1, c};
  return {1, -c};
}

Real getExactBias(const AffineMap &map, int64_t output) {
  return map.biasConstant ? getConstantElement(*map.biasConstant, output)
                          : Real();
}

void compareExactly(double computed, const Real &exact, double magnitude,
                    const std::string &where, Recheck &result) {
  ++result.bounds;
  Real excess = Real::fromDouble(computed) - exact;
  if (excess.sign() < 0)
    result.violations.push_back("the bound " + printReal(computed) + " of " +
                                where + " is below the exact " +
                                printReal(exact.toDouble()));
  else
    result.tight += excess.toDouble() <= 1e-9 * magnitude;
}

std::vector<Real> multiplyExactly(llvm::ArrayRef<Real> row,
                                  const Matrix &weights) {
  std::vector<Real> result(weights.cols());
  for (int64_t o = 0; o < weights.rows(); ++o) {
    if (row[o].isZero())
      continue;
    for (int64_t i = 0; i < weights.cols(); ++i)
      if (weights(o, i) != 0)
        result[i] += row[o] * Real::fromDouble(weights(o, i));
  }
  return result;
}

} // namespace qev
