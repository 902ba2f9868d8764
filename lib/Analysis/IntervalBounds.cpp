//===- IntervalBounds.cpp - Interval arithmetic through one op --*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/IntervalBounds.h"
#include "qev/Analysis/Step.h"
#include "qev/Analysis/SumError.h"

namespace qev {

static Box getOperandBox(const Op &operand, const NetBounds &bounds) {
  return operand.is(OpKind::Const) ? getConstant(operand)
                                   : getRealBox(bounds, operand);
}

static Box getCodes(const Op &constant) {
  Box codes;
  for (int32_t code : constant.data->getCodes())
    codes.emplace_back(code);
  return codes;
}

static Box propagateAffine(const AffineMap &map, const Box &x) {
  int64_t outs = map.weights.rows(), ins = map.weights.cols();
  Box y;
  y.reserve(map.rows * outs);
  for (int64_t row = 0; row < map.rows; ++row) {
    Ends in{llvm::ArrayRef(x).slice(row * ins, ins)};
    Vector magnitude = map.magnitudes * in.magnitude();
    int unit = map.unit + in.getUnit();
    for (int64_t o = 0; o < outs; ++o) {
      auto w = map.weights.row(o).transpose().array();
      auto atLo = w * in.lo.array(), atHi = w * in.hi.array();
      double error = getSumError(magnitude[o], ins, unit);
      y.push_back(Interval::orEverything(
          addDown(subDown(atLo.min(atHi).sum(), error), map.bias[o].lo),
          addUp(addUp(atLo.max(atHi).sum(), error), map.bias[o].hi)));
    }
  }
  return y;
}

static Interval divide(const Interval &a, double b) {
  Interval numerator = b < 0 ? -a : a;
  return {divDown(numerator.lo, std::fabs(b)),
          divUp(numerator.hi, std::fabs(b))};
}

static Box propagateBinary(const Op &op, const NetBounds &bounds) {
  Box a = getOperandBox(*op.operands[0], bounds);
  Box b = getOperandBox(*op.operands[1], bounds);
  auto mapA =
      getBroadcastMap(op.operands[0]->type.getShape(), op.type.getShape());
  auto mapB =
      getBroadcastMap(op.operands[1]->type.getShape(), op.type.getShape());
  Box y;
  y.reserve(mapA.size());
  for (auto [i, j] : llvm::zip_equal(mapA, mapB)) {
    if (op.is(OpKind::Add))
      y.push_back(a[i] + b[j]);
    else if (op.is(OpKind::Sub))
      y.push_back(a[i] - b[j]);
    else if (op.is(OpKind::Mul))
      y.push_back(a[i] * b[j]);
    else if (b[j].isPoint())
      y.push_back(divide(a[i], b[j].lo));
    else // a 32-bit code times its scale: the divisor is a small interval
      y.push_back(hull(divide(a[i], b[j].lo), divide(a[i], b[j].hi)));
  }
  return y;
}

static Box propagateStep(const Op &op, const Box &x) {
  Box y;
  y.reserve(x.size());
  for (auto [i, interval] : llvm::enumerate(x)) {
    Interval reals = getClampStep(op, i).apply(interval);
    if (!op.is(OpKind::Quantize)) {
      y.push_back(reals);
      continue;
    }
    double scale = op.type.getScale(i);
    auto zero = static_cast<double>(op.type.getZeroPoint(i));
    // Exact: the ends are codes times the scale.
    y.emplace_back(std::round(reals.lo / scale) + zero,
                   std::round(reals.hi / scale) + zero);
  }
  return y;
}

Box propagateIntervals(const Op &op, const LinearMaps &maps,
                       const NetBounds &bounds) {
  switch (op.kind) {
  case OpKind::Input:
    llvm_unreachable("inputs have their region");
  case OpKind::Const:
    return op.data->isFloat() ? getConstant(op) : Box();
  case OpKind::Affine:
    return propagateAffine(maps.getAffine(op),
                           getOperandBox(*op.operands[0], bounds));
  case OpKind::Add:
  case OpKind::Sub:
  case OpKind::Mul:
  case OpKind::Div:
    return propagateBinary(op, bounds);
  case OpKind::Relu:
  case OpKind::Clip:
  case OpKind::Quantize:
    return propagateStep(op, getOperandBox(*op.operands[0], bounds));
  case OpKind::Reshape:
    // Codes stay codes.
    if (!op.operands[0]->is(OpKind::Const))
      return bounds.find(op.operands[0])->second;
    if (op.type.isQuantized())
      return getCodes(*op.operands[0]);
    return getConstant(*op.operands[0]);
  case OpKind::Dequantize:
    return getOperandBox(*op.operands[0], bounds);
  }
  llvm_unreachable("all op kinds are handled");
}

Box getInputBox(const InputRegion &region) {
  Box box;
  box.reserve(region.size());
  for (int64_t i = 0; i < region.size(); ++i)
    box.push_back(region.getInterval(i));
  return box;
}

} // namespace qev
