//===- Difference.cpp - Ranges of second minus first ------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/Difference.h"
#include "qev/Analysis/SumError.h"
#include "qev/Support/Diagnostics.h"
#include <climits>

namespace qev {

/// second - first of element i of two constants, null for zeros, that are known
/// to lie in the enclosures.
static Interval subtractConstants(const Op *second, const Interval &inSecond,
                                  const Op *first, const Interval &inFirst,
                                  int64_t i) {
  if (inSecond.isPoint() && inFirst.isPoint())
    return inSecond - inFirst;
  // More bits than a double has: their difference may have fewer again.
  auto get = [&](const Op *op) {
    return op ? getConstantElement(*op, i) : Real(0);
  };
  return Interval::around(get(second) - get(first));
}

AffineDifference::AffineDifference(const AffineMap &first,
                                   const AffineMap &second)
    : second(second), weights(second.weights - first.weights) {
  magnitudes = weights.cwiseAbs();
  unit = std::min(first.unit, second.unit);
  for (auto [i, b, bq] : llvm::enumerate(first.bias, second.bias))
    bias.push_back(
        subtractConstants(second.biasConstant, bq, first.biasConstant, b, i));
  // W~ - W is exact if both are multiples of one unit that is not too small.
  double largest = weights.size() == 0 ? 0
                                       : first.magnitudes.maxCoeff() +
                                             second.magnitudes.maxCoeff();
  isExact = getSumError(largest, 2, unit) == 0;
}

/// Whether each product of the two has a factor of zero, so that it is zero and
/// has not just underflowed.
static bool isZeroProduct(const Matrix &rows, int64_t row,
                          const Vector &column) {
  return !((rows.row(row).transpose().array() != 0) && (column.array() != 0))
              .any();
}

Box AffineDifference::apply(const Box &x, const Box &delta) const {
  int64_t outs = weights.rows(), ins = weights.cols();
  Box result;
  result.reserve(second.rows * outs);
  for (int64_t row = 0; row < second.rows; ++row) {
    Ends in{llvm::ArrayRef(x).slice(row * ins, ins)};
    Ends d{llvm::ArrayRef(delta).slice(row * ins, ins)};
    Vector reachX = in.magnitude(), reachDelta = d.magnitude();
    Vector magnitude = magnitudes * reachX + second.magnitudes * reachDelta;
    int units = isExact
                    ? std::min(unit + in.getUnit(), second.unit + d.getUnit())
                    : INT_MIN;
    for (int64_t o = 0; o < outs; ++o) {
      auto dw = weights.row(o).transpose().array();
      auto wq = second.weights.row(o).transpose().array();
      auto xLo = dw * in.lo.array(), xHi = dw * in.hi.array();
      auto dLo = wq * d.lo.array(), dHi = wq * d.hi.array();
      bool isZero = magnitude[o] == 0 && isZeroProduct(magnitudes, o, reachX) &&
                    isZeroProduct(second.magnitudes, o, reachDelta);
      double error = isZero ? 0 : getSumError(magnitude[o], 2 * ins + 2, units);
      double lo = (xLo.min(xHi) + dLo.min(dHi)).sum();
      double hi = (xLo.max(xHi) + dLo.max(dHi)).sum();
      result.push_back(
          Interval::orEverything(addDown(subDown(lo, error), bias[o].lo),
                                 addUp(addUp(hi, error), bias[o].hi)));
    }
  }
  return result;
}

Scaling getScaling(const Op &op, const Interval &constant) {
  if (op.is(OpKind::Mul))
    return {constant, 0};
  if (op.is(OpKind::Div)) // both ends of one sign
    return {{divDown(1, constant.hi), divUp(1, constant.lo)}, 0};
  if (op.is(OpKind::Add))
    return {1, constant};
  assert(op.is(OpKind::Sub) && "not an element-wise linear op");
  bool constantFirst = getConstOperand(op) == op.operands[0];
  return constantFirst ? Scaling{-1, constant} : Scaling{1, -constant};
}

bool isSameScaling(const PairStep &step, const LinearMaps &first,
                   const LinearMaps &second, int64_t element) {
  const Op *f = step.first, *s = step.second;
  if (!f || !s || f->kind != s->kind)
    return false;
  const Op *inFirst = getConstOperand(*f), *inSecond = getConstOperand(*s);
  if (f->is(OpKind::Sub) &&
      (inFirst == f->operands[0]) != (inSecond == s->operands[0]))
    return false;
  const Interval &a = first.getOperand(*f)[element];
  const Interval &b = second.getOperand(*s)[element];
  if (a.isPoint() || b.isPoint())
    return a == b;
  auto get = [&](const Op &op, const Op &constant) {
    auto map = getBroadcastMap(constant.type.getShape(), op.type.getShape());
    return getConstantElement(constant, map[element]);
  };
  return a == b && get(*f, *inFirst) == get(*s, *inSecond);
}

std::vector<Scaling> getScalings(const Op *op, const LinearMaps &maps,
                                 int64_t size) {
  std::vector<Scaling> scalings(size);
  if (op)
    for (auto [scaling, constant] :
         llvm::zip_equal(scalings, maps.getOperand(*op)))
      scaling = getScaling(*op, constant);
  return scalings;
}

/// An upper bound of high(v) - low(u) over the arguments' ranges with
/// v - u <= gap.
static double frontierMaximum(const ClampedValue &low, const ClampedValue &high,
                              double gap) {
  double noiseHigh = high.isExact ? 0 : high.step.halfStep();
  double noiseLow = low.isExact ? 0 : low.step.halfStep();
  // v - u <= gap leaves no smaller u and no larger v.
  Interval u = low.argument, v = high.argument;
  u.lo = std::fmin(std::fmax(u.lo, subDown(v.lo, gap)), u.hi);
  v.hi = std::fmax(std::fmin(v.hi, addUp(u.hi, gap)), v.lo);
  double highest = high.step.apply(v.hi), lowest = low.step.apply(u.lo);

  // Bounds of the difference at the point u, v = u + gap, known to lie in the
  // given enclosures.
  auto at = [&](const Interval &pointU, double pointVUp) {
    double vUp = std::fmin(std::fmax(pointVUp, v.lo), v.hi);
    double uDown = std::fmin(std::fmax(pointU.lo, u.lo), u.hi);
    double a = std::fmin(std::fmax(addUp(vUp, noiseHigh), high.step.lo),
                         std::fmin(high.step.hi, highest));
    double b = std::fmax(std::fmin(subDown(uDown, noiseLow), low.step.hi),
                         std::fmax(low.step.lo, lowest));
    return subUp(a, b);
  };
  auto atU = [&](const Interval &pointU) {
    return at(pointU, addUp(pointU.hi, gap));
  };
  auto atV = [&](const Interval &pointV) {
    return at(pointV - Interval(gap), pointV.hi);
  };
  double best = std::fmax(atU(u.lo), atU(u.hi));
  best = std::fmax(best, atV(v.hi));
  for (double corner : {low.step.lo, low.step.hi, lowest})
    if (std::isfinite(corner))
      best = std::fmax(best, atU(Interval(corner) + Interval(noiseLow)));
  for (double corner : {high.step.lo, high.step.hi, highest})
    if (std::isfinite(corner))
      best = std::fmax(best, atV(Interval(corner) - Interval(noiseHigh)));
  // Nothing but unbounded values: no candidate was a number.
  return std::isnan(best) ? infinity : best;
}

Interval differenceOfClamps(const ClampedValue &first,
                            const ClampedValue &second, const Interval &delta) {
  auto isIdentity = [](const ClampedValue &value) {
    return value.isExact && value.step.lo <= value.argument.lo &&
           value.argument.hi <= value.step.hi;
  };
  if (isIdentity(first) && isIdentity(second))
    return delta;
  // min (second - first) = -max (first - second), with first - second in
  // [-delta.hi, -delta.lo].
  double lo = -frontierMaximum(second, first, -delta.lo);
  double hi = frontierMaximum(first, second, delta.hi);
  // One monotone function keeps the order of its arguments, rounding included;
  // so a net does not differ from itself.
  if (first.step == second.step) {
    lo = delta.lo >= 0 ? std::fmax(lo, 0) : lo;
    hi = delta.hi <= 0 ? std::fmin(hi, 0) : hi;
  }
  return {lo, hi};
}

//===----------------------------------------------------------------------===//
// Pairs and what they come from
//===----------------------------------------------------------------------===//

namespace {

using ValuePair = std::pair<const Op *, const Op *>;

/// What an op does, and to which value. A dequantize stands for its quantize.
struct Function {
  const Op *op;
  const Op *operand; ///< null for inputs, constants, affine ops and sums
};

} // namespace

static Function getFunction(const Op *op) {
  op = skipReshapes(op);
  if (op->is(OpKind::Dequantize))
    op = skipReshapes(op->operands[0]);
  if (isClampStep(*op))
    return {op, op->operands[0]};
  if (const Op *constant = getConstOperand(*op)) {
    const Op *value = op->operands[constant == op->operands[0] ? 1 : 0];
    if (!op->is(OpKind::Affine) &&
        value->type.getNumElements() == op->type.getNumElements())
      return {op, value};
  }
  return {op, nullptr};
}

static ValuePair getKey(const Op *first, const Op *second) {
  return {skipReshapes(first), skipReshapes(second)};
}

namespace {
class PairStepFinder {
public:
  explicit PairStepFinder(const Twin &twin) : twin(twin) {
    auto f = twin.first->getInputs(), s = twin.second->getInputs();
    for (auto [a, b] : llvm::zip(f, s))
      known[getKey(a, b)] = PairStep::inputs;
  }
  llvm::Expected<PairStep> find(const Pair &pair);
  void remember(const Pair &pair, int index) {
    known.try_emplace(getKey(pair.first, pair.second), index);
  }

private:
  std::optional<int> lookUp(const Op *first, const Op *second) const {
    auto found = known.find(getKey(first, second));
    return found == known.end() ? std::nullopt : std::optional(found->second);
  }

  const Twin &twin;
  llvm::DenseMap<ValuePair, int> known;
};
} // namespace

llvm::Expected<PairStep> PairStepFinder::find(const Pair &pair) {
  PairStep step;
  auto unpaired = [&](const llvm::Twine &why) {
    return makeError(DiagId::TwinPair,
                     getPlace(*twin.first, *pair.first) + " ~ " +
                         getPlace(*twin.second, *pair.second),
                     why);
  };
  if (auto same = lookUp(pair.first, pair.second)) {
    step.from = *same;
    step.firstOperand = skipReshapes(pair.first);
    step.secondOperand = skipReshapes(pair.second);
    return step;
  }
  Function f = getFunction(pair.first), s = getFunction(pair.second);

  // Of the pairs one step back, the latest is the one the aligner came from.
  auto consider = [&](const Op *first, const Op *second, const Op *firstOperand,
                      const Op *secondOperand) {
    if (!firstOperand || !secondOperand)
      return;
    auto from = lookUp(firstOperand, secondOperand);
    if (from && (!step.firstOperand || *from > step.from)) {
      step.first = first;
      step.second = second;
      step.from = *from;
      step.firstOperand = firstOperand;
      step.secondOperand = secondOperand;
    }
  };
  auto isClampOrNone = [](const Op *op) { return !op || isClampStep(*op); };
  consider(f.op, s.op, f.operand, s.operand);
  consider(nullptr, s.op, pair.first, s.operand);
  consider(f.op, nullptr, f.operand, pair.second);
  if (step.firstOperand) {
    bool clampFirst = step.first && isClampStep(*step.first);
    bool clampSecond = step.second && isClampStep(*step.second);
    step.kind = clampFirst || clampSecond ? PairStep::Clamp : PairStep::Scale;
    if (step.kind == PairStep::Clamp &&
        !(isClampOrNone(step.first) && isClampOrNone(step.second)))
      return unpaired("an activation paired with a linear op");
    return step;
  }
  if (f.op->kind != s.op->kind)
    return unpaired("does not arise from an earlier pair");
  if (f.op->is(OpKind::Affine))
    step.kind = PairStep::Affine;
  else if (f.op->is(OpKind::Add) || f.op->is(OpKind::Sub))
    step.kind = PairStep::Sum;
  else
    return unpaired("does not arise from an earlier pair");
  step.first = f.op;
  step.second = s.op;
  step.firstOperand = f.op->operands[0];
  step.secondOperand = s.op->operands[0];
  auto from = lookUp(step.firstOperand, step.secondOperand);
  if (!from)
    return unpaired("its operands are not paired earlier");
  step.from = *from;
  if (step.kind == PairStep::Affine) {
    if (f.op->operands[1]->type.getShape() !=
        s.op->operands[1]->type.getShape())
      return unpaired("weights of different shapes");
    return step;
  }
  from = lookUp(f.op->operands[1], s.op->operands[1]);
  if (!from)
    return unpaired("its operands are not paired earlier");
  for (unsigned i : {0u, 1u})
    if (getBroadcastMap(f.op->operands[i]->type.getShape(),
                        f.op->type.getShape()) !=
        getBroadcastMap(s.op->operands[i]->type.getShape(),
                        s.op->type.getShape()))
      return unpaired("operands are broadcast differently");
  step.fromRight = *from;
  return step;
}

llvm::Expected<std::vector<PairStep>> findPairSteps(const Twin &twin) {
  PairStepFinder finder(twin);
  std::vector<PairStep> steps;
  for (auto [i, pair] : llvm::enumerate(twin.pairs)) {
    auto step = finder.find(pair);
    if (!step)
      return step.takeError();
    steps.push_back(*step);
    finder.remember(pair, static_cast<int>(i));
  }
  return steps;
}

} // namespace qev
