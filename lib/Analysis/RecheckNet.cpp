//===- RecheckNet.cpp - Ranges of one net in rationals -----------*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/Recheck.h"

namespace qev {

namespace {

using ExactRow = std::vector<Real>;

class NetRowCheck {
public:
  explicit NetRowCheck(const AnalyzedNet &net) : net(net) {}
  /// An upper bound of sign * the element's value.
  Real run(const Op &target, int64_t element, int sign);

private:
  const Box &reals(const Op &op) const {
    return net.relaxed.reals.find(&op)->second;
  }
  void push(const Op &op, ExactRow row);
  void maximize(const ExactRow &row, const Box &box);
  void substitute(const Op &op, ExactRow row);
  void substituteAffine(const Op &op, const ExactRow &row);
  void substituteConstant(const Op &op, const ExactRow &row);
  void substituteSum(const Op &op, const ExactRow &row);
  void substituteStep(const Op &op, ExactRow row);

  const AnalyzedNet &net;
  Real constant;
  std::map<unsigned, std::pair<const Op *, ExactRow>> pending;
};

} // namespace

void NetRowCheck::push(const Op &op, ExactRow row) {
  unsigned index = net.relaxed.order.find(&op)->second;
  auto [place, isNew] = pending.try_emplace(index, &op, row);
  if (!isNew)
    for (auto [a, b] : llvm::zip_equal(place->second.second, row))
      a += b;
}

void NetRowCheck::maximize(const ExactRow &row, const Box &box) {
  for (auto [a, range] : llvm::zip_equal(row, box))
    if (!a.isZero())
      constant += a * Real::fromDouble(a.sign() > 0 ? range.hi : range.lo);
}

void NetRowCheck::substituteAffine(const Op &op, const ExactRow &row) {
  const AffineMap &map = net.relaxed.maps.getAffine(op);
  int64_t outs = map.weights.rows();
  ExactRow result;
  for (int64_t block = 0; block < map.rows; ++block) {
    auto part = llvm::ArrayRef(row).slice(block * outs, outs);
    for (int64_t o = 0; o < outs; ++o)
      constant += part[o] * getExactBias(map, o);
    llvm::append_range(result, multiplyExactly(part, map.weights));
  }
  push(*op.operands[0], std::move(result));
}

void NetRowCheck::substituteConstant(const Op &op, const ExactRow &row) {
  const Op &operand = *op.operands[getConstOperand(op) == op.operands[0]];
  auto map = getBroadcastMap(operand.type.getShape(), op.type.getShape());
  ExactRow result(operand.type.getNumElements());
  for (auto [i, a] : llvm::enumerate(row)) {
    ExactScaling scaling = getExactScaling(&op, static_cast<int64_t>(i));
    constant += a * scaling.shift;
    result[map[i]] += a * scaling.factor;
  }
  push(operand, std::move(result));
}

void NetRowCheck::substituteSum(const Op &op, const ExactRow &row) {
  for (unsigned side : {0u, 1u}) {
    const Op &operand = *op.operands[side];
    auto map = getBroadcastMap(operand.type.getShape(), op.type.getShape());
    Real sign = side == 1 && op.is(OpKind::Sub) ? -1 : 1;
    ExactRow result(operand.type.getNumElements());
    for (auto [i, a] : llvm::enumerate(row))
      result[map[i]] += sign * a;
    push(operand, std::move(result));
  }
}

void NetRowCheck::substituteStep(const Op &op, ExactRow row) {
  const std::vector<LinePair> &lines = net.relaxed.lines.find(&op)->second;
  for (auto [a, line] : llvm::zip_equal(row, lines)) {
    const Line &chosen = a.sign() > 0 ? line.upper : line.lower;
    if (a.isZero())
      continue;
    constant += a * Real::fromDouble(chosen.offset);
    a *= Real::fromDouble(chosen.slope);
  }
  push(*op.operands[0], std::move(row));
}

void NetRowCheck::substitute(const Op &op, ExactRow row) {
  switch (op.kind) {
  case OpKind::Input:
  case OpKind::Const:
    return maximize(row, reals(op));
  case OpKind::Affine:
    return substituteAffine(op, row);
  case OpKind::Add:
  case OpKind::Sub:
    return getConstOperand(op) ? substituteConstant(op, row)
                               : substituteSum(op, row);
  case OpKind::Mul:
  case OpKind::Div:
    return getConstOperand(op) ? substituteConstant(op, row)
                               : maximize(row, reals(op));
  case OpKind::Relu:
  case OpKind::Clip:
  case OpKind::Quantize:
    return substituteStep(op, std::move(row));
  case OpKind::Reshape:
  case OpKind::Dequantize: // reals already
    return push(*op.operands[0], std::move(row));
  }
  llvm_unreachable("all op kinds are handled");
}

Real NetRowCheck::run(const Op &target, int64_t element, int sign) {
  ExactRow row(target.type.getNumElements());
  row[element] = sign;
  push(target, std::move(row));
  while (!pending.empty()) {
    auto last = std::prev(pending.end());
    auto [op, next] = std::move(last->second);
    pending.erase(last);
    substitute(*op, std::move(next));
  }
  return constant;
}

/// Above and below the step at every bend and end of its argument's range.
static void recheckLines(const AnalyzedNet &net, const Op &op,
                         llvm::ArrayRef<LinePair> lines, Recheck &result) {
  const Box &arguments = net.relaxed.reals.find(op.operands[0])->second;
  for (auto [i, range] : llvm::enumerate(arguments)) {
    if (!std::isfinite(range.lo) || !std::isfinite(range.hi))
      continue;
    ClampedValue value =
        describeClamp(&op, net.exactRoundings, static_cast<int64_t>(i), range);
    ExactEnvelope envelope(value);
    Real lo = Real::fromDouble(range.lo), hi = Real::fromDouble(range.hi);
    std::vector<Real> points = {lo, hi};
    for (const Real &bend : envelope.getBends())
      if (lo < bend && bend < hi)
        points.push_back(bend);
    const auto &[lower, upper] = lines[i];
    for (const Real &x : points) {
      auto at = [&](const Line &line) {
        return Real::fromDouble(line.slope) * x + Real::fromDouble(line.offset);
      };
      if (at(upper) < envelope.above(x) || at(lower) > envelope.below(x))
        result.violations.push_back("a line over %" + op.name + " element " +
                                    std::to_string(i) + " cuts the step");
    }
    result.bounds += 2;
    result.tight += 2;
  }
}

void recheckNet(const AnalyzedNet &net, Recheck &result) {
  for (const auto &op : net.relaxed.net.ops) {
    auto lines = net.relaxed.lines.find(op.get());
    if (lines != net.relaxed.lines.end())
      recheckLines(net, *op, lines->second, result);
    if (!net.rows.contains(op.get()))
      continue;
    const Box &range = net.relaxed.reals.find(op.get())->second;
    for (auto [i, interval] : llvm::enumerate(range))
      for (int sign : {1, -1}) {
        double bound = sign > 0 ? interval.hi : -interval.lo;
        if (!std::isfinite(bound))
          continue;
        auto element = static_cast<int64_t>(i);
        compareExactly(bound, NetRowCheck(net).run(*op, element, sign),
                       interval.magnitude(),
                       "@" + net.relaxed.net.name + " %" + op->name +
                           " element " + std::to_string(i),
                       result);
      }
  }
}

} // namespace qev
