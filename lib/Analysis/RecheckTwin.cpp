//===- RecheckTwin.cpp - Joint bounds in rationals ---------------*- C++
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
/// One row over a pair.
struct ExactRows {
  ExactRow x, e;
};

/// A corner of the pieces of both envelopes over a hexagon.
struct Corner {
  Real x, e, firstAbove, firstBelow, secondAbove, secondBelow;
};
using Corners = std::vector<Corner>;

/// Everything that rows through one twin share.
class ExactTwin {
public:
  explicit ExactTwin(const RelaxedTwin &twin) : twin(twin) {}

  const RelaxedTwin &twin;
  const std::vector<Corners> &getCorners(int pair);

private:
  std::map<int, std::vector<Corners>> corners;
};

class RowCheck {
public:
  RowCheck(ExactTwin &exact, const SubstitutionTrace &trace, int64_t row)
      : exact(exact), twin(exact.twin), trace(trace), row(row) {}
  /// An upper bound of sign * e of the element.
  Real run(int pair, int64_t element, int sign);

private:
  void push(int pair, const Op *first, ExactRows rows);
  void substitute(int pair, ExactRows rows);
  void substituteAffine(const PairStep &step, const ExactRows &rows);
  void substituteScale(const PairStep &step, ExactRows rows);
  void substituteClamp(int pair, const PairStep &step, const ExactRows &rows);
  void substituteSum(const PairStep &step, const ExactRows &rows);
  void maximizeHull(const InputHull &hull, const ExactRows &rows);
  void maximizeInputs();

  ExactTwin &exact;
  const RelaxedTwin &twin;
  const SubstitutionTrace &trace;
  int64_t row;
  Real constant;
  std::map<int, ExactRows> pending;
  std::map<const Op *, ExactRow> pendingInputs;
};

} // namespace

//===----------------------------------------------------------------------===//
// One neuron
//===----------------------------------------------------------------------===//

static Corners findCorners(const Hexagon &hexagon, const ClampedValue &first,
                           const ClampedValue &second) {
  auto end = [](double value) { return Real::fromDouble(value); };
  Real lx = end(hexagon.x.lo), ux = end(hexagon.x.hi);
  Real ly = end(hexagon.y.lo), uy = end(hexagon.y.hi);
  Real le = end(hexagon.e.lo), ue = end(hexagon.e.hi);
  ExactEnvelope a(first), b(second);
  std::vector<Real> verticals = {lx, ux}, diagonals = {ly, uy};
  for (const Real &x : a.getBends())
    if (lx < x && x < ux && !llvm::is_contained(verticals, x))
      verticals.push_back(x);
  for (const Real &y : b.getBends())
    if (ly < y && y < uy && !llvm::is_contained(diagonals, y))
      diagonals.push_back(y);
  Corners corners;
  auto add = [&](const Real &x, const Real &e) {
    Real y = x + e;
    if (x < lx || x > ux || e < le || e > ue || y < ly || y > uy)
      return;
    for (const Corner &corner : corners)
      if (corner.x == x && corner.e == e)
        return;
    corners.push_back({x, e, a.above(x), a.below(x), b.above(y), b.below(y)});
  };
  for (const Real &x : verticals) {
    for (const Real &e : {le, ue})
      add(x, e);
    for (const Real &y : diagonals)
      add(x, y - x);
  }
  for (const Real &y : diagonals)
    for (const Real &e : {le, ue})
      add(y - e, e);
  return corners;
}

const std::vector<Corners> &ExactTwin::getCorners(int pair) {
  auto [place, isNew] = corners.try_emplace(pair);
  if (isNew) {
    const PairStep &step = twin.steps[pair];
    int64_t size = twin.twin.pairs[pair].first->type.getNumElements();
    for (int64_t i = 0; i < size; ++i) {
      Hexagon hexagon = twin.getOperand(step, i);
      place->second.push_back(findCorners(
          hexagon,
          describeClamp(step.first, twin.first.exactRoundings, i, hexagon.x),
          describeClamp(step.second, twin.second.exactRoundings, i,
                        hexagon.y)));
    }
  }
  return place->second;
}

void RowCheck::substituteClamp(int pair, const PairStep &step,
                               const ExactRows &rows) {
  const std::vector<NeuronStep> &neurons = twin.neurons.find(pair)->second;
  const std::vector<Corners> &corners = exact.getCorners(pair);
  const TwinRows &planes = trace.planes.find(pair)->second;
  ExactRows result{ExactRow(rows.x.size()), ExactRow(rows.e.size())};
  for (size_t i = 0; i < rows.x.size(); ++i) {
    const Real &a = rows.x[i], &d = rows.e[i];
    if (a.isZero() && d.isZero())
      continue;
    // The slopes as they were chosen; those of single pieces follow from a, d.
    const NeuronStep &neuron = neurons[i];
    auto column = static_cast<int64_t>(i);
    Real p, q;
    if (neuron.hull) {
      p = Real::fromDouble(planes.x(row, column));
      q = Real::fromDouble(planes.e(row, column));
    } else {
      p = a * Real::fromDouble(neuron.gainX) +
          d * Real::fromDouble(neuron.slopeX);
      q = d * Real::fromDouble(neuron.slopeE);
    }
    Real u = a - d;
    std::optional<Real> offset;
    for (const Corner &corner : corners[i]) {
      Real value =
          u * (u.sign() > 0 ? corner.firstAbove : corner.firstBelow) +
          d * (d.sign() > 0 ? corner.secondAbove : corner.secondBelow) -
          p * corner.x - q * corner.e;
      if (!offset || value > *offset)
        offset = value;
    }
    constant += *offset;
    result.x[i] = p;
    result.e[i] = q;
  }
  push(step.from, step.firstOperand, std::move(result));
}

//===----------------------------------------------------------------------===//
// Linear steps and inputs
//===----------------------------------------------------------------------===//

static void add(ExactRow &to, const ExactRow &from) {
  for (auto [a, b] : llvm::zip_equal(to, from))
    a += b;
}

void RowCheck::push(int pair, const Op *first, ExactRows rows) {
  if (pair == PairStep::inputs) {
    auto [place, isNew] =
        pendingInputs.try_emplace(skipReshapes(first), rows.x);
    if (!isNew)
      add(place->second, rows.x);
    return;
  }
  auto [place, isNew] = pending.try_emplace(pair, rows);
  if (isNew)
    return;
  add(place->second.x, rows.x);
  add(place->second.e, rows.e);
}

/// a (W x + b) + d (W~ (x + e) + b~ - W x - b)
void RowCheck::substituteAffine(const PairStep &step, const ExactRows &rows) {
  const AffineMap &f = twin.first.relaxed.maps.getAffine(*step.first);
  const AffineMap &s = twin.second.relaxed.maps.getAffine(*step.second);
  int64_t outs = f.weights.rows();
  ExactRows result;
  for (int64_t block = 0; block < f.rows; ++block) {
    ExactRow overX, overY;
    for (int64_t o = 0; o < outs; ++o) {
      overX.push_back(rows.x[block * outs + o] - rows.e[block * outs + o]);
      overY.push_back(rows.e[block * outs + o]);
      constant +=
          overX.back() * getExactBias(f, o) + overY.back() * getExactBias(s, o);
    }
    ExactRow x = multiplyExactly(overX, f.weights);
    ExactRow e = multiplyExactly(overY, s.weights);
    add(x, e);
    llvm::append_range(result.x, x);
    llvm::append_range(result.e, e);
  }
  push(step.from, step.firstOperand, std::move(result));
}

void RowCheck::substituteScale(const PairStep &step, ExactRows rows) {
  for (size_t i = 0; i < rows.x.size(); ++i) {
    auto element = static_cast<int64_t>(i);
    ExactScaling f = getExactScaling(step.first, element);
    ExactScaling s = getExactScaling(step.second, element);
    Real a = rows.x[i], d = rows.e[i];
    constant += a * f.shift + d * (s.shift - f.shift);
    rows.x[i] = a * f.factor + d * (s.factor - f.factor);
    rows.e[i] = d * s.factor;
  }
  push(step.from, step.firstOperand, std::move(rows));
}

void RowCheck::substituteSum(const PairStep &step, const ExactRows &rows) {
  for (unsigned side : {0u, 1u}) {
    const Op *operand = step.first->operands[side];
    auto map =
        getBroadcastMap(operand->type.getShape(), step.first->type.getShape());
    Real sign = side == 1 && step.first->is(OpKind::Sub) ? -1 : 1;
    size_t size = operand->type.getNumElements();
    ExactRows part{ExactRow(size), ExactRow(size)};
    for (auto [i, from] : llvm::enumerate(map)) {
      part.x[from] += sign * rows.x[i];
      part.e[from] += sign * rows.e[i];
    }
    push(side == 0 ? step.from : step.fromRight, operand, std::move(part));
  }
}

void RowCheck::maximizeHull(const InputHull &hull, const ExactRows &rows) {
  for (size_t i = 0; i < rows.x.size(); ++i) {
    auto column = static_cast<int64_t>(i);
    std::optional<Real> best;
    for (int64_t v = 0; v < hull.x.rows(); ++v) {
      Real value = rows.x[i] * Real::fromDouble(hull.x(v, column)) +
                   rows.e[i] * Real::fromDouble(hull.e(v, column));
      if (!best || value > *best)
        best = value;
    }
    constant += *best + Real::fromDouble(hull.tolerance[column]) *
                            (rows.x[i].abs() + rows.e[i].abs());
  }
}

void RowCheck::maximizeInputs() {
  for (const auto &[op, coefficients] : pendingInputs) {
    const Box &box = twin.first.relaxed.reals.find(op)->second;
    for (auto [a, range] : llvm::zip_equal(coefficients, box))
      constant += a * Real::fromDouble(a.sign() > 0 ? range.hi : range.lo);
  }
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

void RowCheck::substitute(int pair, ExactRows rows) {
  auto hull = twin.inputs.find(pair);
  if (hull != twin.inputs.end())
    return maximizeHull(hull->second, rows);
  const PairStep &step = twin.steps[pair];
  switch (step.kind) {
  case PairStep::Same:
    return push(step.from, step.firstOperand, std::move(rows));
  case PairStep::Affine:
    return substituteAffine(step, rows);
  case PairStep::Scale:
    return substituteScale(step, std::move(rows));
  case PairStep::Clamp:
    return substituteClamp(pair, step, rows);
  case PairStep::Sum:
    return substituteSum(step, rows);
  }
  llvm_unreachable("all kinds of pairs are handled");
}

Real RowCheck::run(int pair, int64_t element, int sign) {
  const Op *first = twin.twin.pairs[pair].first;
  size_t size = first->type.getNumElements();
  ExactRows rows{ExactRow(size), ExactRow(size)};
  rows.e[element] = sign;
  push(pair, first, std::move(rows));
  while (!pending.empty()) {
    auto last = std::prev(pending.end());
    int at = last->first;
    ExactRows next = std::move(last->second);
    pending.erase(last);
    substitute(at, std::move(next));
  }
  maximizeInputs();
  return constant;
}

void recheckErrors(const RelaxedTwin &twin, int pair,
                   llvm::ArrayRef<int64_t> elements, const PlaneSlopes &slopes,
                   Recheck &result) {
  SubstitutionTrace trace;
  trace.keepsAll = true;
  Vector tops = boundErrors(twin, pair, elements, &slopes, &trace);
  ExactTwin exact(twin);
  const Pair &values = twin.twin.pairs[pair];
  auto count = static_cast<int64_t>(elements.size());
  for (int64_t r = 0; r < tops.size(); ++r) {
    if (!std::isfinite(tops[r]))
      continue; // says nothing
    int64_t element = elements[r % count];
    Real bound =
        RowCheck(exact, trace, r).run(pair, element, r < count ? 1 : -1);
    const Hexagon &range = twin.hexagons[pair][element];
    compareExactly(
        tops[r], bound, addUp(range.x.magnitude(), range.y.magnitude()),
        "delta of %" + values.first->name + " ~ %" + values.second->name +
            " element " + std::to_string(element),
        result);
  }
}

} // namespace qev
