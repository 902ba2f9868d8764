//===- Gradient.cpp - Fast evaluation and straight-through gradients -*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Search/Gradient.h"
#include "qev/Analysis/Step.h"

namespace qev {

FastNet::FastNet(const Net &net, const LinearMaps &maps)
    : net(net), maps(maps), values(net.ops.size()) {
  for (auto [i, op] : llvm::enumerate(net.ops))
    order[op.get()] = i;
  // Weights and biases are in the maps; other constants are plain values.
  for (const auto &op : net.ops)
    for (auto [i, operand] : llvm::enumerate(op->operands)) {
      Vector &value = values[order[operand]];
      if (!operand->is(OpKind::Const) || value.size() != 0 ||
          (op->is(OpKind::Affine) && i > 0))
        continue;
      value = Ends(getConstant(*operand)).lo;
    }
}

static double applyBinary(OpKind kind, double a, double b) {
  if (kind == OpKind::Add)
    return a + b;
  if (kind == OpKind::Sub)
    return a - b;
  return kind == OpKind::Mul ? a * b : a / b;
}

Vector FastNet::run(const Vector &x) {
  int64_t next = 0;
  for (auto [index, owned] : llvm::enumerate(net.ops)) {
    const Op &op = *owned;
    Vector &value = values[index];
    int64_t size = op.type.getNumElements();
    auto operand = [&](unsigned i) -> const Vector & {
      return values[order.find(op.operands[i])->second];
    };
    switch (op.kind) {
    case OpKind::Input:
      value = x.segment(next, size);
      next += size;
      break;
    case OpKind::Const:
      break;
    case OpKind::Affine: {
      const AffineMap &map = maps.getAffine(op);
      int64_t outs = map.weights.rows(), ins = map.weights.cols();
      value.resize(size);
      for (int64_t row = 0; row < map.rows; ++row) {
        value.segment(row * outs, outs).noalias() =
            map.weights * operand(0).segment(row * ins, ins);
        for (int64_t o = 0; o < outs; ++o)
          value[row * outs + o] += map.bias[o].lo;
      }
      break;
    }
    case OpKind::Add:
    case OpKind::Sub:
    case OpKind::Mul:
    case OpKind::Div: {
      auto a =
          getBroadcastMap(op.operands[0]->type.getShape(), op.type.getShape());
      auto b =
          getBroadcastMap(op.operands[1]->type.getShape(), op.type.getShape());
      value.resize(size);
      for (int64_t i = 0; i < size; ++i)
        value[i] = applyBinary(op.kind, operand(0)[a[i]], operand(1)[b[i]]);
      break;
    }
    case OpKind::Relu:
    case OpKind::Clip:
    case OpKind::Quantize:
      value.resize(size);
      for (int64_t i = 0; i < size; ++i)
        value[i] = getClampStep(op, i).apply(operand(0)[i]);
      break;
    case OpKind::Reshape:
    case OpKind::Dequantize:
      value = operand(0);
      break;
    }
  }
  Vector outputs(net.getNumOutputElements());
  int64_t written = 0;
  for (const Op *output : net.outputs) {
    const Vector &value = values[order.find(output)->second];
    outputs.segment(written, value.size()) = value;
    written += value.size();
  }
  return outputs;
}

Vector FastNet::gradient(const Vector &weights) const {
  std::vector<Vector> slopes(values.size());
  auto push = [&](const Op *op, int64_t size) -> Vector & {
    Vector &slope = slopes[order.find(op)->second];
    if (slope.size() == 0)
      slope = Vector::Zero(size);
    return slope;
  };
  int64_t read = 0;
  for (const Op *output : net.outputs) {
    int64_t size = output->type.getNumElements();
    push(output, size) += weights.segment(read, size);
    read += size;
  }
  for (size_t index = net.ops.size(); index-- > 0;) {
    const Op &op = *net.ops[index];
    const Vector &slope = slopes[index];
    if (slope.size() == 0 || op.operands.empty())
      continue;
    auto into = [&](unsigned i) -> Vector & {
      return push(op.operands[i], op.operands[i]->type.getNumElements());
    };
    auto operand = [&](unsigned i) -> const Vector & {
      return values[order.find(op.operands[i])->second];
    };
    if (op.is(OpKind::Affine)) {
      const AffineMap &map = maps.getAffine(op);
      int64_t outs = map.weights.rows(), ins = map.weights.cols();
      for (int64_t row = 0; row < map.rows; ++row)
        into(0).segment(row * ins, ins).noalias() +=
            map.weights.transpose() * slope.segment(row * outs, outs);
    } else if (isClampStep(op)) {
      for (int64_t i = 0; i < slope.size(); ++i) {
        ClampStep step = getClampStep(op, i);
        double x = operand(0)[i];
        if (step.lo <= x && x <= step.hi)
          into(0)[i] += slope[i];
      }
    } else if (op.is(OpKind::Reshape) || op.is(OpKind::Dequantize)) {
      into(0) += slope;
    } else {
      auto a =
          getBroadcastMap(op.operands[0]->type.getShape(), op.type.getShape());
      auto b =
          getBroadcastMap(op.operands[1]->type.getShape(), op.type.getShape());
      for (int64_t i = 0; i < slope.size(); ++i) {
        double left = 1, right = 1;
        if (op.is(OpKind::Sub)) {
          right = -1;
        } else if (op.is(OpKind::Mul)) {
          left = operand(1)[b[i]];
          right = operand(0)[a[i]];
        } else if (op.is(OpKind::Div)) {
          left = 1 / operand(1)[b[i]];
          right = 0; // divisors are constants
        }
        into(0)[a[i]] += left * slope[i];
        into(1)[b[i]] += right * slope[i];
      }
    }
  }
  Vector result(0);
  for (const Op *input : net.getInputs()) {
    const Vector &slope = slopes[order.find(input)->second];
    int64_t size = input->type.getNumElements(), old = result.size();
    result.conservativeResize(old + size);
    result.segment(old, size) = slope.size() ? slope : Vector::Zero(size);
  }
  return result;
}

} // namespace qev
