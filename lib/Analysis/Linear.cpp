//===- Linear.cpp - Constants of linear ops as doubles ----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/Linear.h"
#include "qev/Analysis/SumError.h"
#include "qev/Support/Diagnostics.h"

namespace qev {

Real getConstantElement(const Op &constant, int64_t element) {
  assert(constant.is(OpKind::Const) && "not a constant");
  if (constant.data->isFloat())
    return Real::fromDouble(constant.data->getFloats()[element]);
  return Real(constant.data->getCodes()[element] -
              constant.type.getZeroPoint(element)) *
         Real::fromDouble(constant.type.getScale(element));
}

Box getConstant(const Op &constant) {
  Box values;
  int64_t size = constant.type.getNumElements();
  values.reserve(size);
  if (constant.data->isFloat()) {
    for (float value : constant.data->getFloats())
      values.emplace_back(value);
    return values;
  }
  for (int64_t i = 0; i < size; ++i) {
    auto steps = static_cast<double>(constant.data->getCodes()[i] -
                                     constant.type.getZeroPoint(i));
    double scale = constant.type.getScale(i);
    values.emplace_back(mulDown(steps, scale), mulUp(steps, scale));
  }
  return values;
}

const Op *getConstOperand(const Op &op) {
  if (op.is(OpKind::Affine) || op.operands.size() != 2)
    return nullptr;
  bool left = op.operands[0]->is(OpKind::Const);
  bool right = op.operands[1]->is(OpKind::Const);
  if (left == right)
    return nullptr;
  return op.operands[left ? 0 : 1];
}

Ends::Ends(llvm::ArrayRef<Interval> box)
    : lo(static_cast<int64_t>(box.size())), hi(lo.size()) {
  for (auto [i, interval] : llvm::enumerate(box)) {
    lo[i] = interval.lo;
    hi[i] = interval.hi;
  }
}

int Ends::getUnit() const {
  return std::min(qev::getUnit(llvm::ArrayRef(lo.data(), lo.size())),
                  qev::getUnit(llvm::ArrayRef(hi.data(), hi.size())));
}

void multiplyLive(const Matrix &rows, const Matrix &weights,
                  Eigen::Ref<Matrix> result, const StopCheck &stop) {
  llvm::SmallVector<int64_t> live;
  Eigen::RowVectorXd largest = rows.cwiseAbs().colwise().maxCoeff();
  for (int64_t i = 0; i < rows.cols(); ++i)
    if (largest[i] != 0) // NaN is live
      live.push_back(i);
  // Some rows at once: of wide layers all of them take seconds.
  auto multiply = [&](const Matrix &left, const Matrix &right) {
    constexpr int64_t atOnce = 256;
    for (int64_t r = 0; r < left.rows() && !(stop && stop()); r += atOnce) {
      int64_t count = std::min(atOnce, left.rows() - r);
      result.middleRows(r, count).noalias() = left.middleRows(r, count) * right;
    }
  };
  if (static_cast<int64_t>(live.size()) == rows.cols())
    return multiply(rows, weights);
  auto count = static_cast<int64_t>(live.size());
  Matrix liveRows(rows.rows(), count), liveWeights(count, weights.cols());
  for (auto [to, from] : llvm::enumerate(live)) {
    liveRows.col(to) = rows.col(from);
    liveWeights.row(to) = weights.row(from);
  }
  multiply(liveRows, liveWeights);
}

static llvm::Expected<AffineMap> buildAffine(const Net &net, const Op &op) {
  AffineMap map;
  auto shape = op.operands[1]->type.getShape();
  int64_t outs = shape[0], ins = shape[1];
  map.rows = ins ? op.operands[0]->type.getNumElements() / ins : 0;
  map.weights.resize(outs, ins);
  Box values = getConstant(*op.operands[1]);
  for (int64_t i = 0; i < outs * ins; ++i) {
    if (!values[i].isPoint())
      return makeError(DiagId::MethodUnsupported, getPlace(net, op),
                       "weight " + llvm::Twine(i) +
                           " needs more than the 53 bits of a double");
    map.weights.data()[i] = values[i].lo;
  }
  map.magnitudes = map.weights.cwiseAbs();
  map.unit = getUnit(llvm::ArrayRef(map.weights.data(), map.weights.size()));
  if (op.operands.size() == 3) {
    map.biasConstant = op.operands[2];
    map.bias = getConstant(*op.operands[2]);
  } else {
    map.bias.assign(outs, Interval(0));
  }
  return map;
}

llvm::Expected<LinearMaps> LinearMaps::build(const Net &net) {
  LinearMaps maps;
  for (const auto &op : net.ops) {
    if (op->is(OpKind::Affine)) {
      auto map = buildAffine(net, *op);
      if (!map)
        return map.takeError();
      maps.affine.try_emplace(op.get(), std::move(*map));
    } else if (const Op *constant = getConstOperand(*op)) {
      Box values = getConstant(*constant), broadcast;
      for (int64_t from :
           getBroadcastMap(constant->type.getShape(), op->type.getShape()))
        broadcast.push_back(values[from]);
      maps.operand.try_emplace(op.get(), std::move(broadcast));
    }
  }
  return maps;
}

} // namespace qev
