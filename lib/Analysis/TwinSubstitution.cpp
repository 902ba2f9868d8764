//===- TwinSubstitution.cpp - Joint back-substitution of both nets -*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/TwinSubstitution.h"
#include "qev/Analysis/SumError.h"
#include "llvm/ADT/MapVector.h"

namespace qev {

//===----------------------------------------------------------------------===//
// One neuron
//===----------------------------------------------------------------------===//

ClampedValue describeClamp(const Op *op, const ExactRoundings &exact,
                           int64_t element, const Interval &argument) {
  if (!op)
    return {{}, argument, true};
  bool isExact = !op->is(OpKind::Quantize) || exact.find(op)->second[element];
  return {getClampStep(*op, element), argument, isExact};
}

/// A step that is one linear piece on a range: gain * v + bias, exactly but for
/// an error of at most `noise`.
struct LinearPiece {
  double gain, bias, noise;
};

static std::optional<LinearPiece> getPiece(const ClampedValue &value) {
  const ClampStep &step = value.step;
  Interval image = step.apply(value.argument);
  if (image.isPoint() &&
      (step.step != 0 || image.lo == step.lo || image.lo == step.hi))
    return LinearPiece{0, image.lo, 0};
  if (step.lo <= value.argument.lo && value.argument.hi <= step.hi)
    return LinearPiece{1, 0, value.isExact ? 0 : step.halfStep()};
  return std::nullopt;
}

NeuronStep::NeuronStep(const Hexagon &hexagon, const ClampedValue &first,
                       const ClampedValue &second) {
  std::optional<LinearPiece> f = getPiece(first), s = getPiece(second);
  // A first net that rounds has no exact X; it takes the general road.
  if (!f || !s || f->noise != 0) {
    hull.emplace(hexagon, first, second);
    return;
  }
  gainX = f->gain;
  biasX = f->bias;
  // Y - X = gain~ (x + e) + bias~ - gain x - bias
  slopeX = s->gain - f->gain;
  slopeE = s->gain;
  offset =
      Interval(s->bias) - Interval(f->bias) + Interval(-s->noise, s->noise);
}

Hexagon RelaxedTwin::getOperand(const PairStep &step, int64_t element) const {
  if (step.from != PairStep::inputs)
    return hexagons[step.from][element];
  const Interval &x =
      first.relaxed.reals.find(step.firstOperand)->second[element];
  return {x, x, 0};
}

Plane getPlane(const TwinRows &slopes, int64_t row, int64_t element, double u,
               double v) {
  double size = std::fabs(u) + std::fabs(v);
  return {size * slopes.x(row, element), size * slopes.e(row, element), 0};
}

//===----------------------------------------------------------------------===//
// Substitution
//===----------------------------------------------------------------------===//

namespace {

class Substitution {
public:
  Substitution(const RelaxedTwin &twin, int64_t numRows,
               const PlaneSlopes *slopes, SubstitutionTrace *trace)
      : twin(twin), slopes(slopes), trace(trace),
        constants(Vector::Zero(numRows)) {}

  void push(int pair, const Op *first, TwinRows rows);
  void startErrors(int pair, llvm::ArrayRef<int64_t> elements);
  Vector run();

private:
  const std::vector<Hexagon> &hexagons(int pair) const {
    return twin.hexagons[pair];
  }
  void charge(int64_t row, double amount) {
    constants[row] = addUp(constants[row], amount);
  }
  /// Rows over the first net's input `op`, where e is 0.
  void pushInput(const Op &op, Matrix rows);
  void maximizeInput(const Op &op, const Matrix &rows);
  void maximizeHull(int pair, const InputHull &hull, const TwinRows &rows);
  void substitute(int pair, TwinRows rows);
  void substituteAffine(const PairStep &step, const TwinRows &rows);
  void substituteScale(const PairStep &step, TwinRows rows);
  void substituteClamp(int pair, const PairStep &step, TwinRows rows);
  void substituteSum(const PairStep &step, const TwinRows &rows);
  /// Adds error * magnitude-of-what-it-multiplies for coefficients over a pair.
  void chargeRounding(int pair, const Op *first, const TwinRows &rows,
                      int64_t roundings);

  const RelaxedTwin &twin;
  const PlaneSlopes *slopes;
  SubstitutionTrace *trace;
  Vector constants;
  std::map<int, TwinRows> pending;
  llvm::MapVector<const Op *, Matrix> pendingInputs;
};

/// Largest |x|, |y|, |e| of a pair's elements.
struct Reach {
  Vector x, y, e;
  explicit Reach(const std::vector<Hexagon> &hexagons)
      : x(static_cast<int64_t>(hexagons.size())), y(x.size()), e(x.size()) {
    for (auto [i, hexagon] : llvm::enumerate(hexagons)) {
      x[i] = getReach(hexagon.x.magnitude());
      y[i] = getReach(hexagon.y.magnitude());
      e[i] = getReach(hexagon.e.magnitude());
    }
  }
  /// Of an input, the same in both nets.
  explicit Reach(const Box &box)
      : x(static_cast<int64_t>(box.size())), y(x.size()),
        e(Vector::Zero(x.size())) {
    for (auto [i, interval] : llvm::enumerate(box))
      x[i] = y[i] = getReach(interval.magnitude());
  }
};

} // namespace

static Reach getReaches(const RelaxedTwin &twin, int pair, const Op *first) {
  if (pair != PairStep::inputs)
    return Reach(twin.hexagons[pair]);
  return Reach(twin.first.relaxed.reals.find(first)->second);
}

void Substitution::chargeRounding(int pair, const Op *first,
                                  const TwinRows &rows, int64_t roundings) {
  Reach reach = getReaches(twin, pair, first);
  for (int64_t r = 0; r < rows.x.rows(); ++r) {
    double size = rows.x.row(r).cwiseAbs().dot(reach.x) +
                  rows.e.row(r).cwiseAbs().dot(reach.e);
    charge(r, addUp(mulUp(errorFactor(roundings), size), underflow));
  }
}

void Substitution::push(int pair, const Op *first, TwinRows rows) {
  if (pair == PairStep::inputs)
    return pushInput(*skipReshapes(first), std::move(rows.x));
  auto [place, isNew] = pending.try_emplace(pair);
  if (isNew) {
    place->second = std::move(rows);
    return;
  }
  place->second.x += rows.x;
  place->second.e += rows.e;
  chargeRounding(pair, first, place->second, 1);
}

void Substitution::pushInput(const Op &op, Matrix rows) {
  auto [place, isNew] = pendingInputs.try_emplace(&op);
  if (isNew) {
    place->second = std::move(rows);
    return;
  }
  TwinRows sum{place->second + rows, Matrix::Zero(rows.rows(), rows.cols())};
  chargeRounding(PairStep::inputs, &op, sum, 1);
  place->second = std::move(sum.x);
}

void Substitution::maximizeInput(const Op &op, const Matrix &rows) {
  Ends box(twin.first.relaxed.reals.find(&op)->second);
  Vector reach = box.magnitude();
  if (trace) {
    Matrix ends = (rows.array() > 0)
                      .select(box.hi.transpose().replicate(rows.rows(), 1),
                              box.lo.transpose().replicate(rows.rows(), 1));
    trace->directInputs[&op] = {ends, Matrix::Zero(ends.rows(), ends.cols())};
  }
  for (int64_t r = 0; r < rows.rows(); ++r) {
    auto a = rows.row(r).transpose().array();
    double value = (a * box.lo.array()).max(a * box.hi.array()).sum();
    double size = (a.abs() * reach.array()).sum();
    charge(r,
           addUp(value, addUp(mulUp(errorFactor(a.size()), size), underflow)));
  }
}

void Substitution::maximizeHull(int pair, const InputHull &hull,
                                const TwinRows &rows) {
  for (int64_t r = 0; r < rows.x.rows(); ++r)
    charge(r, hull.maximize(rows.x.row(r).data(), rows.e.row(r).data()));
  if (!trace)
    return;
  if (trace->keepsAll)
    trace->inputRows[pair] = rows;
  TwinRows &best = trace->inputs[pair];
  best = rows;
  for (int64_t r = 0; r < rows.x.rows(); ++r)
    for (int64_t i = 0; i < rows.x.cols(); ++i) {
      int64_t corner = 0;
      (hull.x.col(i) * rows.x(r, i) + hull.e.col(i) * rows.e(r, i))
          .maxCoeff(&corner);
      best.x(r, i) = hull.x(corner, i);
      best.e(r, i) = hull.e(corner, i);
    }
}

void Substitution::substituteAffine(const PairStep &step,
                                    const TwinRows &rows) {
  const AffineMap &f = twin.first.relaxed.maps.getAffine(*step.first);
  const AffineMap &s = twin.second.relaxed.maps.getAffine(*step.second);
  int64_t outs = f.weights.rows(), ins = f.weights.cols();
  Reach reach = getReaches(twin, step.from, step.firstOperand);
  TwinRows result;
  result.x.resize(rows.x.rows(), f.rows * ins);
  result.e.resize(rows.x.rows(), f.rows * ins);
  for (int64_t block = 0; block < f.rows; ++block) {
    // a x + d e = (a - d) x + d y, so that two products do: with x = W x' + b
    // and y = W~ y' + b~ the new coefficients are those of x' and y', and of e'
    // and x' again by y' = x' + e'.
    Matrix overX = (rows.x - rows.e).middleCols(block * outs, outs);
    Matrix overY = rows.e.middleCols(block * outs, outs);
    auto newX = result.x.middleCols(block * ins, ins);
    auto newE = result.e.middleCols(block * ins, ins);
    multiplyLive(overY, s.weights, newE, twin.first.relaxed.stop);
    multiplyLive(overX, f.weights, newX, twin.first.relaxed.stop);
    newX += newE;
    // What rounding cost: u |a - d| |x| for the difference, gamma |A| |W| |x'|
    // for each product and u |sum| |x'| for the last sum.
    auto reachX = reach.x.segment(block * ins, ins);
    auto reachY = reach.y.segment(block * ins, ins);
    auto reachE = reach.e.segment(block * ins, ins);
    Vector spreadX = f.magnitudes * reachX;
    Vector spreadY = s.magnitudes * (reachX + reachE).cwiseMax(reachY);
    for (int64_t r = 0; r < overX.rows(); ++r) {
      SumUp value, error;
      for (int64_t o = 0; o < outs; ++o) {
        double p = overX(r, o), d = overY(r, o);
        if (p == 0 && d == 0)
          continue;
        value.add(p, p > 0 ? f.bias[o].hi : f.bias[o].lo);
        value.add(d, d > 0 ? s.bias[o].hi : s.bias[o].lo);
        error.add(std::fabs(p), 2 * spreadX[o] + f.bias[o].magnitude());
        error.add(std::fabs(d), 2 * spreadY[o]);
      }
      charge(r, value.get());
      charge(r, mulUp(errorFactor(outs), error.get(ins + 4)));
      charge(r, mulUp(errorFactor(1),
                      newX.row(r).cwiseAbs().dot(reachX) * (1 + 0x1p-20)));
      charge(r, underflow * (reachX.sum() + reachE.sum() + 1));
    }
  }
  push(step.from, step.firstOperand, std::move(result));
}

void Substitution::substituteScale(const PairStep &step, TwinRows rows) {
  // a (c x + b) + d ((c~ - c) x + c~ e + b~ - b)
  int64_t size = rows.x.cols();
  auto f = getScalings(step.first, twin.first.relaxed.maps, size);
  auto s = getScalings(step.second, twin.second.relaxed.maps, size);
  Reach reach = getReaches(twin, step.from, step.firstOperand);
  for (int64_t i = 0; i < size; ++i) {
    bool isSame = isSameScaling(step, twin.first.relaxed.maps,
                                twin.second.relaxed.maps, i);
    Interval change = isSame ? Interval(0) : s[i].factor - f[i].factor;
    Interval shift = isSame ? Interval(0) : s[i].shift - f[i].shift;
    double widths =
        addUp(addUp(f[i].factor.width(), change.width()), s[i].factor.width());
    for (int64_t r = 0; r < rows.x.rows(); ++r) {
      double a = rows.x(r, i), d = rows.e(r, i);
      double newX = a * f[i].factor.lo + d * change.lo;
      double newE = d * s[i].factor.lo;
      SumUp value, error;
      value.add(a, a > 0 ? f[i].shift.hi : f[i].shift.lo);
      value.add(d, d > 0 ? shift.hi : shift.lo);
      // Factors that are no points, then the roundings of the coefficients.
      value.add(mulUp(addUp(std::fabs(a), std::fabs(d)), widths),
                (reach.x[i] + reach.e[i]) * (1 + 0x1p-20));
      error.add(std::fabs(a * f[i].factor.lo) + coefficientUnderflow,
                reach.x[i]);
      error.add(std::fabs(d * change.lo) + coefficientUnderflow, reach.x[i]);
      error.add(std::fabs(newE) + coefficientUnderflow, reach.e[i]);
      charge(r, value.get(6));
      charge(r, mulUp(errorFactor(4), error.get()));
      rows.x(r, i) = newX;
      rows.e(r, i) = newE;
    }
  }
  push(step.from, step.firstOperand, std::move(rows));
}

void Substitution::substituteClamp(int pair, const PairStep &step,
                                   TwinRows rows) {
  const std::vector<NeuronStep> &neurons = twin.neurons.find(pair)->second;
  if (trace)
    trace->rows[pair] = rows;
  TwinRows own; // slopes
  if (!slopes)
    own = {Matrix::Zero(rows.x.rows(), rows.x.cols()),
           Matrix::Zero(rows.x.rows(), rows.x.cols())};
  const TwinRows &chosen = slopes ? slopes->find(pair)->second : own;
  Reach reach = getReaches(twin, step.from, step.firstOperand);
  for (int64_t r = 0; r < rows.x.rows(); ++r) {
    SumUp value, error;
    for (int64_t i = 0; i < rows.x.cols(); ++i) {
      double &a = rows.x(r, i), &d = rows.e(r, i);
      if (a == 0 && d == 0)
        continue;
      const NeuronStep &neuron = neurons[i];
      if (!neuron.hull) {
        value.add(a, neuron.biasX);
        value.add(d, d > 0 ? neuron.offset.hi : neuron.offset.lo);
        // The gains are 0, 1 or -1: one sum is rounded.
        a = a * neuron.gainX + d * neuron.slopeX;
        d = d * neuron.slopeE;
        error.add(std::fabs(a), reach.x[i]);
        continue;
      }
      // a X + d (Y - X) = (a - d) X + d Y; the difference rounded, which costs
      // its error times |X|.
      double u = a - d;
      double slack = std::fabs(u) * twin.hexagons[pair][i].x.magnitude();
      if (!slopes) {
        double size = std::fabs(u) + std::fabs(d);
        Plane lowest = neuron.hull->findFacetAtCentroid(u, d);
        own.x(r, i) = lowest.slopeX / size;
        own.e(r, i) = lowest.slopeE / size;
      }
      Plane plane = getPlane(chosen, r, i, u, d);
      value.add(neuron.hull->getOffsetAbove(u, d, plane));
      error.add(slack);
      a = plane.slopeX;
      d = plane.slopeE;
    }
    charge(r, value.get());
    charge(r, mulUp(errorFactor(2), error.get(4)));
  }
  if (trace && !slopes)
    trace->slopes[pair] = std::move(own);
  if (trace && trace->keepsAll)
    trace->planes[pair] = rows;
  push(step.from, step.firstOperand, std::move(rows));
}

void Substitution::substituteSum(const PairStep &step, const TwinRows &rows) {
  double sign = step.first->is(OpKind::Sub) ? -1 : 1;
  for (unsigned side : {0u, 1u}) {
    const Op *operand = step.first->operands[side];
    auto map =
        getBroadcastMap(operand->type.getShape(), step.first->type.getShape());
    int64_t size = operand->type.getNumElements();
    TwinRows part{Matrix::Zero(rows.x.rows(), size),
                  Matrix::Zero(rows.x.rows(), size)};
    TwinRows magnitudes = part; // what is added up may cancel
    double factor = side == 1 ? sign : 1;
    for (int64_t r = 0; r < rows.x.rows(); ++r)
      for (auto [i, from] : llvm::enumerate(map)) {
        part.x(r, from) += factor * rows.x(r, i);
        part.e(r, from) += factor * rows.e(r, i);
        magnitudes.x(r, from) += std::fabs(rows.x(r, i));
        magnitudes.e(r, from) += std::fabs(rows.e(r, i));
      }
    int source = side == 0 ? step.from : step.fromRight;
    if (size != rows.x.cols()) // several elements added into one
      chargeRounding(source, operand, magnitudes, rows.x.cols());
    push(source, operand, std::move(part));
  }
}

void Substitution::substitute(int pair, TwinRows rows) {
  auto hull = twin.inputs.find(pair);
  if (hull != twin.inputs.end())
    return maximizeHull(pair, hull->second, rows);
  const PairStep &step = twin.steps[pair];
  if (trace && trace->keepsAll &&
      (step.kind == PairStep::Affine || step.kind == PairStep::Scale))
    trace->linear[pair] = rows;
  switch (step.kind) {
  case PairStep::Same:
    return push(step.from, step.firstOperand, std::move(rows));
  case PairStep::Affine:
    return substituteAffine(step, rows);
  case PairStep::Scale:
    return substituteScale(step, std::move(rows));
  case PairStep::Clamp:
    return substituteClamp(pair, step, std::move(rows));
  case PairStep::Sum:
    return substituteSum(step, rows);
  }
  llvm_unreachable("all kinds of pairs are handled");
}

/// Rows e and -e of some elements. Behind an affine pair these are weights.
void Substitution::startErrors(int pair, llvm::ArrayRef<int64_t> elements) {
  auto count = static_cast<int64_t>(elements.size());
  const PairStep &step = twin.steps[pair];
  int64_t size = twin.twin.pairs[pair].first->type.getNumElements();
  auto makeUnits = [&] {
    TwinRows units{Matrix::Zero(2 * count, size),
                   Matrix::Zero(2 * count, size)};
    for (auto [i, element] : llvm::enumerate(elements)) {
      units.e(i, element) = 1;
      units.e(count + i, element) = -1;
    }
    return units;
  };
  if (step.kind != PairStep::Affine ||
      twin.first.relaxed.maps.getAffine(*step.first).rows != 1)
    return push(pair, twin.twin.pairs[pair].first, makeUnits());
  if (trace && trace->keepsAll)
    trace->linear[pair] = makeUnits();
  // e' = W~ e + (W~ - W) x + (b~ - b)
  const AffineDifference &difference = *twin.affine[pair];
  const AffineMap &s = twin.second.relaxed.maps.getAffine(*step.second);
  int64_t ins = s.weights.cols();
  TwinRows rows{Matrix(2 * count, ins), Matrix(2 * count, ins)};
  for (auto [i, element] : llvm::enumerate(elements)) {
    rows.x.row(i) = difference.getWeights().row(element);
    rows.e.row(i) = s.weights.row(element);
    constants[i] = difference.getBias()[element].hi;
    constants[count + i] = -difference.getBias()[element].lo;
  }
  rows.x.bottomRows(count) = -rows.x.topRows(count);
  rows.e.bottomRows(count) = -rows.e.topRows(count);
  if (!difference.areWeightsExact()) {
    TwinRows rounded{rows.x, Matrix::Zero(2 * count, ins)};
    chargeRounding(step.from, step.firstOperand, rounded, 1);
  }
  push(step.from, step.firstOperand, std::move(rows));
}

Vector Substitution::run() {
  while (!pending.empty() && !twin.isStopped()) {
    auto last = std::prev(pending.end());
    int pair = last->first;
    TwinRows rows = std::move(last->second);
    pending.erase(last);
    substitute(pair, std::move(rows));
  }
  for (const auto &[op, rows] : pendingInputs)
    maximizeInput(*op, rows);
  if (twin.isStopped()) // rows may be half done
    constants.setConstant(infinity);
  return constants;
}

Vector boundErrors(const RelaxedTwin &twin, int pair,
                   llvm::ArrayRef<int64_t> elements, const PlaneSlopes *slopes,
                   SubstitutionTrace *trace) {
  Substitution substitution(twin, 2 * static_cast<int64_t>(elements.size()),
                            slopes, trace);
  substitution.startErrors(pair, elements);
  return substitution.run();
}

} // namespace qev
