//===- BackSubstitution.cpp - Linear bounds in terms of the inputs -*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/BackSubstitution.h"
#include "qev/Analysis/SumError.h"
#include <map>

namespace qev {

namespace {

class Substitution {
public:
  explicit Substitution(const RelaxedNet &net) : net(net) {}
  void start(const Op &target);
  InputRows run();

private:
  unsigned index(const Op &op) const { return net.order.find(&op)->second; }
  const Box &reals(const Op &op) const { return net.reals.find(&op)->second; }
  void charge(int64_t row, double amount) {
    constants[row] = addUp(constants[row], amount);
  }
  /// Adds `rows` to what is pending for `op`.
  void push(const Op &op, Matrix rows);
  void substitute(const Op &op, Matrix rows);
  void substituteAffine(const Op &op, const Matrix &rows);
  void substituteConstant(const Op &op, const Matrix &rows);
  void substituteScaling(const Op &operand, const Vector &factors,
                         const Matrix &rows);
  void substituteSum(const Op &op, Matrix rows);
  void substituteStep(const Op &op, Matrix rows);
  void substituteRange(const Op &op, const Matrix &rows);

  const RelaxedNet &net;
  Vector constants;
  std::map<unsigned, Matrix> pending;
};

} // namespace

RelaxedNet::RelaxedNet(const Net &net, const LinearMaps &maps, StopCheck stop)
    : net(net), maps(maps), stop(std::move(stop)) {
  for (auto [i, op] : llvm::enumerate(net.ops))
    order[op.get()] = i;
}

/// Rows for each element of the target and for its negation. An affine op's
/// weights are its rows already.
void Substitution::start(const Op &target) {
  int64_t size = target.type.getNumElements();
  constants = Vector::Zero(2 * size);
  if (!target.is(OpKind::Affine)) {
    Matrix rows(2 * size, size);
    rows << Matrix::Identity(size, size), -Matrix::Identity(size, size);
    return push(target, std::move(rows));
  }
  const AffineMap &map = net.maps.getAffine(target);
  int64_t outs = map.weights.rows(), ins = map.weights.cols();
  Matrix rows = Matrix::Zero(2 * size, map.rows * ins);
  for (int64_t block = 0; block < map.rows; ++block) {
    rows.block(block * outs, block * ins, outs, ins) = map.weights;
    rows.block(size + block * outs, block * ins, outs, ins) = -map.weights;
    for (int64_t o = 0; o < outs; ++o) {
      constants[block * outs + o] = map.bias[o].hi;
      constants[size + block * outs + o] = -map.bias[o].lo;
    }
  }
  push(*target.operands[0], std::move(rows));
}

void Substitution::push(const Op &op, Matrix rows) {
  auto [place, isNew] = pending.try_emplace(index(op), Matrix());
  if (isNew) {
    place->second = std::move(rows);
    return;
  }
  // Two users of one value: each sum of coefficients is rounded once.
  Matrix &sum = place->second;
  sum += rows;
  const Box &x = reals(op);
  for (int64_t r = 0; r < sum.rows(); ++r) {
    SumUp error;
    for (int64_t i = 0; i < sum.cols(); ++i)
      error.add(std::fabs(sum(r, i)), x[i].magnitude());
    charge(r, mulUp(errorFactor(1), error.get()));
  }
}

void Substitution::substituteAffine(const Op &op, const Matrix &rows) {
  const AffineMap &map = net.maps.getAffine(op);
  const Op &operand = *op.operands[0];
  int64_t outs = map.weights.rows(), ins = map.weights.cols();
  const Box &x = reals(operand);
  Matrix result(rows.rows(), map.rows * ins);
  for (int64_t block = 0; block < map.rows; ++block) {
    Matrix part = rows.middleCols(block * outs, outs);
    multiplyLive(part, map.weights, result.middleCols(block * ins, ins),
                 net.stop);
    // |A W - fl(A W)| <= gamma |A| |W|, times |x|: |A| . (|W| |x|), the second
    // factor once for all rows.
    Vector reach(ins);
    for (int64_t i = 0; i < ins; ++i)
      reach[i] = getReach(x[block * ins + i].magnitude());
    Vector spread = map.magnitudes * reach;
    for (int64_t r = 0; r < rows.rows(); ++r) {
      SumUp value, error;
      for (int64_t o = 0; o < outs; ++o) {
        double a = part(r, o);
        if (a == 0)
          continue;
        value.add(a, a > 0 ? map.bias[o].hi : map.bias[o].lo);
        error.add(std::fabs(a), spread[o]);
      }
      charge(r, value.get());
      charge(r, mulUp(errorFactor(outs), error.get(ins)));
      charge(r, mulUp(2 * underflow, reach.sum()));
    }
  }
  push(operand, std::move(result));
}

/// Element-wise multiplication by exact factors, the common case, at once.
void Substitution::substituteScaling(const Op &operand, const Vector &factors,
                                     const Matrix &rows) {
  Matrix result = rows * factors.asDiagonal();
  Vector reach = Ends(reals(operand)).magnitude();
  for (int64_t r = 0; r < rows.rows(); ++r) {
    double size = result.row(r).cwiseAbs().dot(reach);
    charge(r, addUp(mulUp(errorFactor(1), mulUp(1 + 0x1p-20, size)),
                    mulUp(underflow, 1 + reach.sum())));
  }
  push(operand, std::move(result));
}

void Substitution::substituteConstant(const Op &op, const Matrix &rows) {
  const Op *constant = getConstOperand(op);
  const Op &operand = *op.operands[constant == op.operands[0] ? 1 : 0];
  const Box &c = net.maps.getOperand(op);
  const Box &x = reals(operand);
  if (op.is(OpKind::Mul) && operand.type.getNumElements() == rows.cols() &&
      llvm::all_of(c, [](const Interval &factor) { return factor.isPoint(); }))
    return substituteScaling(operand, Ends(c).lo, rows);
  auto map = getBroadcastMap(operand.type.getShape(), op.type.getShape());
  Matrix result = Matrix::Zero(rows.rows(), operand.type.getNumElements());
  for (int64_t r = 0; r < rows.rows(); ++r) {
    SumUp value, error, slack;
    for (int64_t i = 0; i < rows.cols(); ++i) {
      double a = rows(r, i);
      double &into = result(r, map[i]);
      double reach = x[map[i]].magnitude();
      if (op.is(OpKind::Mul)) {
        into += a * c[i].lo;
        // A factor that is no point adds its width times the value.
        slack.add(mulUp(std::fabs(a), c[i].width()), reach);
      } else if (op.is(OpKind::Div)) {
        into += a / c[i].lo;
        // |1 / c - 1 / lo| <= (hi - lo) / |lo hi|, both of one sign.
        double slope =
            divUp(mulUp(std::fabs(a), c[i].width()), std::fabs(c[i].lo));
        slack.add(divUp(slope, std::fabs(c[i].hi)), reach);
      } else { // x + c, x - c, c - x
        bool minusX = op.is(OpKind::Sub) && constant == op.operands[0];
        bool minusC = op.is(OpKind::Sub) && !minusX;
        double b = minusC ? -a : a;
        into += minusX ? -a : a;
        value.add(b, b > 0 ? c[i].hi : c[i].lo);
      }
      error.add(std::fabs(into) + coefficientUnderflow, reach);
    }
    charge(r, value.get());
    charge(r, slack.get(8));
    charge(r, mulUp(errorFactor(rows.cols()), error.get(4)));
  }
  push(operand, std::move(result));
}

void Substitution::substituteSum(const Op &op, Matrix rows) {
  for (unsigned side : {0u, 1u}) {
    const Op &operand = *op.operands[side];
    auto map = getBroadcastMap(operand.type.getShape(), op.type.getShape());
    double sign = side == 1 && op.is(OpKind::Sub) ? -1 : 1;
    Matrix result = Matrix::Zero(rows.rows(), operand.type.getNumElements());
    const Box &x = reals(operand);
    for (int64_t r = 0; r < rows.rows(); ++r) {
      SumUp error;
      for (int64_t i = 0; i < rows.cols(); ++i) {
        double &into = result(r, map[i]);
        into += sign * rows(r, i);
        error.add(std::fabs(into), x[map[i]].magnitude());
      }
      if (operand.type.getNumElements() != rows.cols())
        charge(r, mulUp(errorFactor(rows.cols()), error.get()));
    }
    push(operand, std::move(result));
  }
}

void Substitution::substituteStep(const Op &op, Matrix rows) {
  const std::vector<LinePair> &lines = net.lines.find(&op)->second;
  const Op &operand = *op.operands[0];
  const Box &x = reals(operand);
  for (int64_t r = 0; r < rows.rows(); ++r) {
    SumUp value, error;
    for (int64_t i = 0; i < rows.cols(); ++i) {
      double &a = rows(r, i);
      const Line &line = a > 0 ? lines[i].upper : lines[i].lower;
      value.add(a, line.offset);
      if (a == 0)
        continue;
      a *= line.slope;
      error.add(std::fabs(a) + coefficientUnderflow, x[i].magnitude());
    }
    charge(r, value.get());
    charge(r, mulUp(errorFactor(1), error.get()));
  }
  push(operand, std::move(rows));
}

/// A value of which nothing but the range is used.
void Substitution::substituteRange(const Op &op, const Matrix &rows) {
  const Box &range = reals(op);
  for (int64_t r = 0; r < rows.rows(); ++r) {
    SumUp value;
    for (int64_t i = 0; i < rows.cols(); ++i)
      value.add(rows(r, i), rows(r, i) > 0 ? range[i].hi : range[i].lo);
    charge(r, value.get());
  }
}

void Substitution::substitute(const Op &op, Matrix rows) {
  switch (op.kind) {
  case OpKind::Input:
    llvm_unreachable("inputs are where substitution ends");
  case OpKind::Const:
    return substituteRange(op, rows);
  case OpKind::Affine:
    return substituteAffine(op, rows);
  case OpKind::Add:
  case OpKind::Sub:
    return getConstOperand(op) ? substituteConstant(op, rows)
                               : substituteSum(op, std::move(rows));
  case OpKind::Mul:
  case OpKind::Div:
    return getConstOperand(op) ? substituteConstant(op, rows)
                               : substituteRange(op, rows);
  case OpKind::Relu:
  case OpKind::Clip:
  case OpKind::Quantize:
    return substituteStep(op, std::move(rows));
  case OpKind::Reshape:
  case OpKind::Dequantize: // reals already
    return push(*op.operands[0], std::move(rows));
  }
  llvm_unreachable("all op kinds are handled");
}

InputRows Substitution::run() {
  auto inputs = net.net.getInputs();
  // Inputs come first in a net, so all that is pending below is inputs.
  while (!pending.empty() && pending.rbegin()->first >= inputs.size() &&
         !net.isStopped()) {
    auto last = std::prev(pending.end());
    const Op &op = *net.net.ops[last->first];
    Matrix rows = std::move(last->second);
    pending.erase(last);
    substitute(op, std::move(rows));
  }
  int64_t columns = 0;
  for (const Op *input : inputs)
    columns += input->type.getNumElements();
  InputRows result{Matrix::Zero(constants.size(), columns), constants};
  if (net.isStopped()) { // rows may be half done
    result.constants.setConstant(infinity);
    return result;
  }
  columns = 0;
  for (auto [i, input] : llvm::enumerate(inputs)) {
    int64_t size = input->type.getNumElements();
    if (auto rows = pending.find(i); rows != pending.end())
      result.coefficients.middleCols(columns, size) = rows->second;
    columns += size;
  }
  return result;
}

InputRows substituteToInputs(const RelaxedNet &net, const Op &target) {
  Substitution substitution(net);
  substitution.start(target);
  return substitution.run();
}

Vector maximize(const InputRows &rows, const Box &inputs) {
  Ends box(inputs);
  Vector reach = box.magnitude();
  Vector result(rows.constants.size());
  for (int64_t r = 0; r < result.size(); ++r) {
    auto a = rows.coefficients.row(r).transpose().array();
    double sum = (a * box.lo.array()).max(a * box.hi.array()).sum();
    double size = (a.abs() * reach.array()).sum();
    double error = addUp(mulUp(errorFactor(a.size()), size),
                         underflow * static_cast<double>(a.size()));
    result[r] = addUp(rows.constants[r], addUp(sum, error));
  }
  return result;
}

InputRows add(const InputRows &a, const InputRows &b, const Box &inputs) {
  InputRows sum{a.coefficients + b.coefficients, Vector(a.constants.size())};
  Vector reach = Ends(inputs).magnitude();
  for (int64_t r = 0; r < sum.constants.size(); ++r) {
    double size = sum.coefficients.row(r).cwiseAbs().dot(reach);
    // u |sum| |x|, `size` being computed itself from all columns.
    double error = mulUp(errorFactor(1), mulUp(1 + 0x1p-20, size));
    sum.constants[r] =
        addUp(addUp(a.constants[r], b.constants[r]), addUp(error, underflow));
  }
  return sum;
}

} // namespace qev
