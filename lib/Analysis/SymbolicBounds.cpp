//===- SymbolicBounds.cpp - Ranges of one net by back-substitution -*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/SymbolicBounds.h"
#include "qev/Analysis/IntervalBounds.h"

namespace qev {

/// Whether interval arithmetic loses the relation between elements here.
static bool mixesElements(const Op &op) {
  if (op.is(OpKind::Affine))
    return true;
  return (op.is(OpKind::Add) || op.is(OpKind::Sub)) && !getConstOperand(op) &&
         !op.operands[0]->is(OpKind::Const);
}

static bool dependsOnOneElement(const AnalyzedNet &net, const Op &op) {
  if (mixesElements(op))
    return false;
  // One operand varies, and no element of it is repeated.
  unsigned variables = 0;
  for (const Op *operand : op.operands) {
    if (operand->is(OpKind::Const))
      continue;
    ++variables;
    if (!net.elementWise.contains(operand) ||
        operand->type.getNumElements() != op.type.getNumElements())
      return false;
  }
  return op.is(OpKind::Input) || variables == 1;
}

static Box boundByRows(const AnalyzedNet &net, const InputRows &rows) {
  Vector tops = maximize(rows, net.inputs);
  int64_t size = tops.size() / 2;
  Box box;
  box.reserve(size);
  for (int64_t i = 0; i < size; ++i)
    box.push_back(Interval::orEverything(-tops[size + i], tops[i]));
  return box;
}

static std::vector<LinePair> relaxAll(const AnalyzedNet &net, const Op &op) {
  const Box &x = net.relaxed.reals.find(op.operands[0])->second;
  auto exact = net.exactRoundings.find(&op);
  std::vector<LinePair> lines;
  lines.reserve(x.size());
  for (auto [i, range] : llvm::enumerate(x)) {
    bool isExact = exact != net.exactRoundings.end() && exact->second[i];
    lines.push_back(relax(getClampStep(op, i), range, isExact));
  }
  return lines;
}

/// Interval arithmetic keeps every relation that there is.
static bool isExactByIntervals(const AnalyzedNet &net, const Op &op) {
  return !mixesElements(op) ||
         (op.is(OpKind::Affine) && net.elementWise.contains(op.operands[0]));
}

static void record(AnalyzedNet &net, const Op &op, Box box) {
  net.relaxed.reals[&op] =
      op.type.isQuantized() ? codesToReals(op.type, box) : box;
  net.bounds[&op] = std::move(box);
}

void meetRanges(AnalyzedNet &net, const AnalyzedNet &other) {
  auto narrow = [](auto &boxes, const auto &others) {
    for (const auto &[op, known] : others)
      for (auto [range, by] : llvm::zip_equal(boxes.find(op)->second, known))
        range = meetProved(range, by);
  };
  narrow(net.bounds, other.bounds);
  narrow(net.relaxed.reals, other.relaxed.reals);
}

InputRows AnalyzedNet::getRows(const Op &op) const {
  auto known = rows.find(&op);
  return known != rows.end() ? known->second : substituteToInputs(relaxed, op);
}

AnalyzedNet analyzeNet(const Net &net, const LinearMaps &maps,
                       llvm::ArrayRef<InputRegion> inputs, NetMethod method,
                       StopCheck stop) {
  AnalyzedNet result{RelaxedNet(net, maps, std::move(stop)),
                     NetBounds(),
                     {},
                     findExactRoundings(net, inputs),
                     llvm::DenseMap<const Op *, InputRows>(),
                     llvm::DenseSet<const Op *>()};
  size_t position = 0;
  for (const auto &owned : net.ops) {
    const Op &op = *owned;
    if (op.is(OpKind::Const))
      continue;
    // Constants that are computed with are values too; weights are not.
    for (const Op *operand :
         llvm::ArrayRef(op.operands).take_front(op.is(OpKind::Affine) ? 1 : 2))
      if (operand->is(OpKind::Const))
        result.relaxed.reals.try_emplace(operand, getConstant(*operand));
    if (op.is(OpKind::Input)) {
      Box box = getInputBox(inputs[position++]);
      llvm::append_range(result.inputs, box);
      record(result, op, std::move(box));
    } else if (method == NetMethod::Symbolic &&
               !isExactByIntervals(result, op)) {
      InputRows &rows = result.rows[&op] =
          substituteToInputs(result.relaxed, op);
      if (result.relaxed.isStopped())
        break;
      record(result, op, boundByRows(result, rows));
    } else {
      record(result, op, propagateIntervals(op, maps, result.bounds));
    }
    if (dependsOnOneElement(result, op))
      result.elementWise.insert(&op);
    if (method == NetMethod::Symbolic && isClampStep(op))
      result.relaxed.lines[&op] = relaxAll(result, op);
  }
  return result;
}

AnalyzedNet analyzeByIntervals(const AnalyzedNet &symbolic) {
  const Net &net = symbolic.relaxed.net;
  AnalyzedNet result{RelaxedNet(net, symbolic.relaxed.maps),
                     NetBounds(),
                     symbolic.inputs,
                     symbolic.exactRoundings,
                     llvm::DenseMap<const Op *, InputRows>(),
                     symbolic.elementWise};
  for (const auto &op : net.ops) {
    if (op->is(OpKind::Const))
      continue;
    bool isShared = symbolic.elementWise.contains(op.get()) ||
                    (op->is(OpKind::Affine) &&
                     symbolic.elementWise.contains(op->operands[0]));
    record(result, *op,
           isShared
               ? symbolic.bounds.find(op.get())->second
               : propagateIntervals(*op, symbolic.relaxed.maps, result.bounds));
  }
  return result;
}

} // namespace qev
