//===- Linear.cpp - Ops that are linear -------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Encoder.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

namespace qev::encoding {

llvm::Error Encoder::addNet(const Net &net, Side side) {
  const auto &needed = side == Side::First ? neededFirst : neededSecond;
  for (const auto &op : net.ops)
    if (needed.contains(op.get()))
      if (llvm::Error error = addOp(net, *op, side))
        return error;
  return llvm::Error::success();
}

llvm::Error Encoder::addOp(const Net &net, const Op &op, Side side) {
  switch (op.kind) {
  case OpKind::Input:
    return llvm::Error::success(); // addInputs has been there
  case OpKind::Const:
    return llvm::Error::success(); // read where it is used
  case OpKind::Affine:
    return addAffine(net, op, side);
  case OpKind::Add:
  case OpKind::Sub:
  case OpKind::Mul:
  case OpKind::Div:
    return addElementwise(net, op, side);
  case OpKind::Relu:
  case OpKind::Clip:
  case OpKind::Quantize:
    return addStep(net, op, side);
  case OpKind::Dequantize:
    values[&op] = getReals(*op.operands[0]);
    return llvm::Error::success();
  case OpKind::Reshape:
    values[&op] = getValues(*op.operands[0]);
    return llvm::Error::success();
  }
  // An op that is added to the table later fails here until it has its case.
  return unsupported({net, op, side},
                     "op '" + getMnemonic(op.kind) + "' has no encoding");
}

//===----------------------------------------------------------------------===//
// Sums
//===----------------------------------------------------------------------===//

llvm::Expected<AffineValue>
Encoder::makeSum(const Place &place, const LinearSum &sum, const Real &unit) {
  // sum.constant counts in reals, the terms in units.
  auto doubles = sum.collectDoubles();
  std::vector<std::pair<unsigned, Real>> terms;
  if (!doubles || doubles->size() < 2)
    terms = sum.collect();
  size_t numTerms = std::max(terms.size(), doubles ? doubles->size() : 0);
  if (numTerms == 0)
    return AffineValue::constant(sum.constant);
  if (numTerms == 1)
    return AffineValue{terms[0].second * unit, terms[0].first, sum.constant};

  llvm::Expected<Interval> range = getBounds(place);
  if (!range)
    return range.takeError();
  // (real - constant) / unit, outward.
  Real one = (Real::fromDouble(range->lo) - sum.constant) / unit;
  Real other = (Real::fromDouble(range->hi) - sum.constant) / unit;
  Interval units = Interval::around(std::min(one, other), std::max(one, other));
  auto isIntegral = [&](unsigned variable) {
    return system.variables[variable].integral;
  };
  bool integral =
      doubles ? llvm::all_of(*doubles,
                             [&](const Term &term) {
                               return term.coefficient ==
                                          std::floor(term.coefficient) &&
                                      isIntegral(term.variable);
                             })
              : llvm::all_of(terms, [&](const auto &term) {
                  return term.second.isInteger() && isIntegral(term.first);
                });
  auto variable = addVariable(place, VariableKind::Continuous, units, integral,
                              Role::Sum, unit, sum.constant);
  if (!variable)
    return variable.takeError();
  // sum of terms - variable = 0
  LinearSum row = sum;
  row.constant = 0;
  row.add(-1.0, *variable);
  if (llvm::Error error = addRow(place, row, Sense::Equal, 0, Role::Sum))
    return error;
  return AffineValue{unit, *variable, sum.constant};
}

namespace {
/// The constant weights of an affine op, [N, K]. Each row has a unit: its scale
/// if all of it has one, so that its factors are integers, else 1.
class Weights {
public:
  explicit Weights(const Op &constant)
      : constant(constant), columns(constant.type.getShape().back()) {}

  /// The scale of row n, or nothing if factors are the real weights.
  std::optional<Real> getScale(int64_t n) const {
    if (!constant.type.isQuantized())
      return std::nullopt;
    float scale = constant.type.getScale(n * columns);
    for (int64_t i = 1; i < columns; ++i)
      if (constant.type.getScale(n * columns + i) != scale)
        return std::nullopt;
    return Real::fromDouble(scale);
  }
  /// Element (n, i) where its unit makes it a double for sure.
  std::optional<double> getDouble(int64_t n, int64_t i, bool inCodes) const {
    int64_t index = n * columns + i;
    if (!constant.type.isQuantized())
      return constant.data->getFloats()[index];
    if (!inCodes)
      return std::nullopt;
    return static_cast<double>(constant.data->getCodes()[index] -
                               constant.type.getZeroPoint(index));
  }
  Real getReal(int64_t n, int64_t i, bool inCodes) const {
    if (auto exact = getDouble(n, i, inCodes))
      return Real::fromDouble(*exact);
    return Real::fromDouble(*getDouble(n, i, /*inCodes=*/true)) *
           Real::fromDouble(constant.type.getScale(n * columns + i));
  }

private:
  const Op &constant;
  int64_t columns;
};
} // namespace

llvm::Error Encoder::addAffine(const Net &net, const Op &op, Side side) {
  Place place{net, op, side};
  Values input = getReals(*op.operands[0]);
  Values bias;
  if (op.operands.size() > 2)
    bias = getReals(*op.operands[2]);
  if (!op.operands[1]->is(OpKind::Const))
    return unsupported(place, "the weights are no constant");
  Weights weights(*op.operands[1]);
  int64_t columns = op.operands[0]->type.getShape().back();
  int64_t outputs = op.type.getShape().back();
  int64_t rows =
      columns == 0 ? 0 : static_cast<int64_t>(input.size()) / columns;

  Values result;
  for (int64_t r = 0; r < rows; ++r) {
    llvm::ArrayRef<AffineValue> x(&input[r * columns], columns);
    // One scale for all variable elements of the input lets the sum count in
    // units of it: with integer weights its row then has integer coefficients.
    llvm::SmallVector<int64_t> variable, shifted;
    bool oneScale = true;
    for (int64_t i = 0; i < columns; ++i) {
      if (!x[i].isConstant()) {
        variable.push_back(i);
        oneScale &= x[i].scale == x[variable.front()].scale;
      }
      if (!x[i].offset.isZero())
        shifted.push_back(i);
    }
    for (int64_t n = 0; n < outputs; ++n) {
      std::optional<Real> scale = weights.getScale(n);
      bool inCodes = scale.has_value();
      Real weightUnit = scale.value_or(Real(1)), unit = weightUnit;
      if (oneScale && !variable.empty())
        unit *= x[variable.front()].scale;
      LinearSum sum;
      for (int64_t i : variable) {
        std::optional<double> exact;
        if (oneScale)
          exact = weights.getDouble(n, i, inCodes);
        if (exact)
          sum.add(*exact, *x[i].variable);
        else if (oneScale)
          sum.add(weights.getReal(n, i, inCodes), *x[i].variable);
        else
          sum.add(weights.getReal(n, i, inCodes) * x[i].scale, *x[i].variable);
      }
      Real shift;
      for (int64_t i : shifted)
        shift += weights.getReal(n, i, inCodes) * x[i].offset;
      sum.constant = shift * weightUnit;
      if (!bias.empty()) {
        const AffineValue &b = bias[bias.size() == 1 ? 0 : n];
        if (!b.isConstant())
          return unsupported(place, "the bias is no constant");
        sum.constant += b.offset;
      }
      place.element = r * outputs + n;
      llvm::Expected<AffineValue> value = makeSum(place, sum, unit);
      if (!value)
        return value.takeError();
      result.push_back(std::move(*value));
    }
  }
  values[&op] = std::move(result);
  return llvm::Error::success();
}

llvm::Error Encoder::addElementwise(const Net &net, const Op &op, Side side) {
  Place place{net, op, side};
  Values a = getReals(*op.operands[0]), b = getReals(*op.operands[1]);
  auto mapA =
      getBroadcastMap(op.operands[0]->type.getShape(), op.type.getShape());
  auto mapB =
      getBroadcastMap(op.operands[1]->type.getShape(), op.type.getShape());
  Values result;
  for (int64_t size = op.type.getNumElements(); place.element < size;
       ++place.element) {
    const AffineValue &x = a[mapA[place.element]], &y = b[mapB[place.element]];
    if (op.is(OpKind::Add) || op.is(OpKind::Sub)) {
      Real sign = op.is(OpKind::Add) ? 1 : -1;
      // Two codes of one scale add up to an integer in that scale.
      Real unit = 1;
      if (x.variable && y.variable && x.scale.abs() == y.scale.abs())
        unit = x.scale.abs();
      LinearSum sum;
      sum.constant = x.offset + sign * y.offset;
      if (x.variable)
        sum.add(x.scale / unit, *x.variable);
      if (y.variable)
        sum.add(sign * y.scale / unit, *y.variable);
      llvm::Expected<AffineValue> value = makeSum(place, sum, unit);
      if (!value)
        return value.takeError();
      result.push_back(std::move(*value));
      continue;
    }
    bool isDiv = op.is(OpKind::Div);
    if (isDiv ? !y.isConstant() : !x.isConstant() && !y.isConstant())
      return unsupported(place, isDiv ? "the divisor is no constant"
                                      : "a product of two variables is not "
                                        "linear");
    const AffineValue &value = isDiv || y.isConstant() ? x : y;
    Real factor = isDiv || y.isConstant() ? y.offset : x.offset;
    if (isDiv) {
      if (factor.isZero())
        return unsupported(place, "division by zero");
      factor = Real(1) / factor;
    }
    if (factor.isZero())
      result.push_back(AffineValue::constant(0));
    else
      result.push_back(
          {value.scale * factor, value.variable, value.offset * factor});
  }
  values[&op] = std::move(result);
  return llvm::Error::success();
}

} // namespace qev::encoding
