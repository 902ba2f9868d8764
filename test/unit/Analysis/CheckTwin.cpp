//===- CheckTwin.cpp - Executions against proved bounds ---------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CheckTwin.h"
#include "qev/Analysis/Step.h"

namespace qev::test {

std::vector<Method> getSoundMethods() {
  std::vector<Method> methods;
  for (int i = 0; i <= static_cast<int>(Method::QebverifSym); ++i)
    if (isSound(static_cast<Method>(i)))
      methods.push_back(static_cast<Method>(i));
  return methods;
}

//===----------------------------------------------------------------------===//
// Execution
//===----------------------------------------------------------------------===//

Runner::Runner(const Net &net) : net(net), values(net.ops.size()) {
  for (auto [i, op] : llvm::enumerate(net.ops)) {
    index[op.get()] = i;
    if (op->is(OpKind::Const))
      values[i] = evaluateExact(*op, {});
  }
}

const std::vector<ExactTensor> &
Runner::run(llvm::ArrayRef<ExactTensor> inputs) {
  size_t position = 0;
  for (auto [i, op] : llvm::enumerate(net.ops)) {
    if (op->is(OpKind::Const))
      continue;
    if (op->is(OpKind::Input)) {
      values[i] = inputs[position++];
      continue;
    }
    llvm::SmallVector<const ExactTensor *, 3> operands;
    for (const Op *operand : op->operands)
      operands.push_back(&get(*operand));
    values[i] = evaluateExact(*op, operands);
    if (!op->is(OpKind::Quantize))
      continue;
    for (auto [element, x] : llvm::enumerate(*operands[0])) {
      Real twice = x * Real(2) / Real::fromDouble(op->type.getScale(element));
      ties += twice.isInteger() && !(twice / Real(2)).isInteger();
    }
  }
  return values;
}

Executions::Executions(const Twin &twin)
    : twin(twin), first(*twin.first), second(*twin.second) {
  for (const auto &op : twin.first->ops)
    firstHulls.emplace_back(op->type.getNumElements());
  for (const auto &op : twin.second->ops)
    secondHulls.emplace_back(op->type.getNumElements());
  for (const Pair &pair : twin.pairs)
    deltaHulls.emplace_back(pair.first->type.getNumElements());
}

void Executions::run(llvm::ArrayRef<ExactTensor> inputs) {
  ++count;
  auto collect = [&](Runner &runner, Hulls &hulls) {
    const auto &values = runner.run(inputs);
    for (auto [op, value, hull] :
         llvm::zip_equal(runner.net.ops, values, hulls))
      if (!op->is(OpKind::Const))
        for (auto [number, around] : llvm::zip_equal(value, hull))
          around.add(number);
  };
  collect(first, firstHulls);
  collect(second, secondHulls);
  for (auto [pair, hull] : llvm::zip_equal(twin.pairs, deltaHulls)) {
    ExactTensor x = toReals(*pair.first, first.get(*pair.first));
    ExactTensor y = toReals(*pair.second, second.get(*pair.second));
    for (auto [a, b, around] : llvm::zip_equal(x, y, hull))
      around.add(b - a);
  }
}

//===----------------------------------------------------------------------===//
// Comparison
//===----------------------------------------------------------------------===//

static std::optional<std::string> compare(llvm::ArrayRef<Hull> hulls,
                                          llvm::ArrayRef<Interval> box,
                                          const std::string &what) {
  if (hulls.size() != box.size())
    return what + ": wrong number of bounds";
  for (auto [i, hull, interval] : llvm::enumerate(hulls, box))
    if (!hull.liesIn(interval))
      return (what + " element " + llvm::Twine(i) + ": executed [" +
              printReal(hull.lo) + ", " + printReal(hull.hi) + "], proved " +
              printInterval(interval))
          .str();
  return std::nullopt;
}

std::optional<std::string> Executions::findViolation(const NetBounds &bounds,
                                                     bool isFirst) const {
  const Net &net = isFirst ? *twin.first : *twin.second;
  for (auto [op, hulls] :
       llvm::zip_equal(net.ops, isFirst ? firstHulls : secondHulls)) {
    if (op->is(OpKind::Const))
      continue;
    std::string what = ("@" + llvm::Twine(net.name) + " %" + op->name).str();
    auto entry = bounds.find(op.get());
    if (entry == bounds.end())
      return what + ": no bounds";
    if (auto violation = compare(hulls, entry->second, what))
      return violation;
  }
  return std::nullopt;
}

std::optional<std::string>
Executions::findViolation(const TwinBounds &bounds) const {
  if (auto violation = findViolation(bounds.first, true))
    return violation;
  if (auto violation = findViolation(bounds.second, false))
    return violation;
  if (bounds.delta.size() != deltaHulls.size())
    return "wrong number of differences";
  for (auto [pair, hulls, box] :
       llvm::zip_equal(twin.pairs, deltaHulls, bounds.delta))
    if (auto violation = compare(
            hulls, box,
            ("%" + llvm::Twine(pair.first->name) + " ~ %" + pair.second->name)
                .str()))
      return violation;
  return std::nullopt;
}

std::optional<std::string>
Executions::findPlaneViolation(const TwinBounds &bounds) const {
  for (auto [pair, planes] : llvm::zip(twin.pairs, bounds.planes)) {
    if (planes.planes.empty())
      continue;
    ExactTensor x = toReals(*planes.first, first.get(*planes.first));
    ExactTensor y = toReals(*planes.second, second.get(*planes.second));
    ExactTensor imageX = toReals(*pair.first, first.get(*pair.first));
    ExactTensor imageY = toReals(*pair.second, second.get(*pair.second));
    for (const DifferencePlane &plane : planes.planes) {
      int64_t i = plane.element;
      Real height = Real::fromDouble(plane.slopeX) * x[i] +
                    Real::fromDouble(plane.slopeE) * (y[i] - x[i]) +
                    Real::fromDouble(plane.offset);
      Real delta = imageY[i] - imageX[i];
      if (plane.isUpper ? delta > height : delta < height)
        return ("plane over %" + pair.first->name + " ~ %" + pair.second->name +
                " element " + llvm::Twine(i) + ": delta " +
                printReal(delta.toDouble()) + ", plane " +
                printReal(height.toDouble()))
            .str();
    }
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Inputs where it matters
//===----------------------------------------------------------------------===//

bool moveToBend(Runner &runner, std::vector<ExactTensor> &inputs,
                llvm::ArrayRef<InputRegion> regions, uint64_t choice) {
  auto take = [&](uint64_t size) {
    uint64_t result = choice % size;
    choice /= size;
    return result;
  };
  std::vector<const Op *> steps;
  for (const auto &op : runner.net.ops)
    if (isClampStep(*op) && !op->operands[0]->is(OpKind::Const))
      steps.push_back(op.get());
  if (steps.empty() || inputs[0].empty())
    return false;
  const Op &op = *steps[take(steps.size())];
  size_t element = take(op.type.getNumElements());
  size_t coordinate = take(inputs[0].size());
  const InputRegion &region = regions[0];
  if (region.isDiscrete() || region.lo[coordinate] == region.hi[coordinate])
    return false;
  auto getArgument = [&] {
    runner.run(inputs);
    return runner.get(*op.operands[0])[element];
  };
  Real &x = inputs[0][coordinate], start = x;
  Real before = getArgument();
  ClampStep step = getClampStep(op, element);
  Real target;
  if (step.step != 0 && take(4)) {
    Real scale = Real::fromDouble(step.step);
    // The tie above or below.
    target = (Real((before / scale).floor()) + Real::ratio(1, 2)) * scale;
  } else {
    double end = take(2) ? step.lo : step.hi;
    target = std::isfinite(end) ? Real::fromDouble(end) : Real(0);
  }
  // Locally the argument is linear in the coordinate.
  Real width = region.hi[coordinate] - region.lo[coordinate];
  Real moved = width * Real::powerOfTwo(-30);
  x = start + moved > region.hi[coordinate] ? start - moved : start + moved;
  Real slope = (getArgument() - before) / (x - start);
  if (!slope.isZero()) {
    x = start + (target - before) / slope;
    if (x >= region.lo[coordinate] && x <= region.hi[coordinate] &&
        getArgument() == target)
      return true;
  }
  x = start;
  return false;
}

unsigned countUnstable(const Net &net, const NetBounds &bounds) {
  unsigned count = 0;
  for (const auto &op : net.ops) {
    if (!isClampStep(*op) || op->operands[0]->is(OpKind::Const))
      continue;
    Box x = getRealBox(bounds, *op->operands[0]);
    for (auto [i, range] : llvm::enumerate(x)) {
      ClampStep step = getClampStep(*op, i);
      count += (range.lo < step.lo && range.hi > step.lo) ||
               (range.lo < step.hi && range.hi > step.hi);
    }
  }
  return count;
}

} // namespace qev::test
