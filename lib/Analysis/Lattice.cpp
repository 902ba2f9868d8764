//===- Lattice.cpp - Quantizers that are exact on a grid --------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/Lattice.h"
#include "qev/Analysis/Linear.h"

namespace qev {

namespace {
/// The values offset + k * step for integers k; step 0 is a single value.
struct Lattice {
  Real step;
  Real offset;
};
/// One for each element, or a single one that all elements share, or none when
/// nothing is known.
using Lattices = std::vector<Lattice>;
} // namespace

static Lattices getInputLattices(const InputRegion &region) {
  if (region.grids.size() == 1)
    return {{region.grids[0].step, region.grids[0].offset}};
  Lattices result;
  for (int64_t i = 0; i < region.size(); ++i) {
    if (const InputRegion::Grid *grid = region.getGrid(i))
      result.push_back({grid->step, grid->offset});
    else if (region.lo[i] == region.hi[i])
      result.push_back({Real(0), region.lo[i]});
    else
      return {};
  }
  return result;
}

static bool liesOnMultiples(const Lattice &lattice, const Real &scale) {
  return (lattice.step / scale).isInteger() &&
         (lattice.offset / scale).isInteger();
}

static Lattices propagateQuantize(const Op &op, const Lattices &operand,
                                  llvm::BitVector &exact) {
  int64_t size = op.type.getNumElements();
  exact.resize(size);
  // One answer for all elements where there is one lattice and one scale.
  bool isUniform = operand.size() == 1 && !op.type.getQuant().isPerAxis();
  Lattices result;
  for (int64_t i = 0; i < (isUniform ? 1 : size); ++i) {
    Real scale = Real::fromDouble(op.type.getScale(i));
    if (!operand.empty())
      exact[i] = liesOnMultiples(operand[operand.size() == 1 ? 0 : i], scale);
    // Saturation leads to multiples of the scale too.
    result.push_back({scale, Real(0)});
  }
  if (isUniform && exact[0])
    exact.set();
  return result;
}

static Lattice propagateConstant(const Op &op, Lattice lattice, const Real &c,
                                 bool constantFirst) {
  if (op.is(OpKind::Add))
    lattice.offset += c;
  else if (op.is(OpKind::Sub))
    lattice.offset = constantFirst ? c - lattice.offset : lattice.offset - c;
  else if (op.is(OpKind::Mul))
    lattice = {lattice.step * c, lattice.offset * c};
  else
    lattice = {lattice.step / c, lattice.offset / c};
  return lattice;
}

static Lattices propagate(const Op &op, const Lattices &operand,
                          ExactRoundings &exact) {
  if (op.is(OpKind::Reshape) || op.is(OpKind::Dequantize))
    return operand; // of codes the reals they mean are followed
  if (op.is(OpKind::Quantize))
    return propagateQuantize(op, operand, exact[&op]);
  const Op *constant = getConstOperand(op);
  if (!constant || operand.empty() || op.is(OpKind::Affine))
    return {};
  bool constantFirst = constant == op.operands[0];
  if (operand.size() == 1 && constant->type.getNumElements() == 1)
    return {propagateConstant(op, operand[0], getConstantElement(*constant, 0),
                              constantFirst)};
  auto map = getBroadcastMap(constant->type.getShape(), op.type.getShape());
  if (operand.size() != 1 && operand.size() != map.size())
    return {};
  Lattices result;
  for (auto [i, from] : llvm::enumerate(map))
    result.push_back(propagateConstant(op, operand[operand.size() == 1 ? 0 : i],
                                       getConstantElement(*constant, from),
                                       constantFirst));
  return result;
}

ExactRoundings findExactRoundings(const Net &net,
                                  llvm::ArrayRef<InputRegion> inputs) {
  ExactRoundings exact;
  llvm::DenseMap<const Op *, Lattices> lattices;
  size_t position = 0;
  for (const auto &op : net.ops) {
    if (op->is(OpKind::Input)) {
      lattices[op.get()] = getInputLattices(inputs[position++]);
      continue;
    }
    if (op->is(OpKind::Const))
      continue;
    const Op *operand = op->operands[0];
    if (operand->is(OpKind::Const) && op->operands.size() == 2)
      operand = op->operands[1];
    auto known = lattices.find(operand);
    // Copied: the map may grow while the result is inserted.
    Lattices from = known == lattices.end() ? Lattices() : known->second;
    lattices[op.get()] = propagate(*op, from, exact);
  }
  return exact;
}

} // namespace qev
