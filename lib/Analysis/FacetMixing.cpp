//===- FacetMixing.cpp - Planes chosen for one objective --------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/FacetMixing.h"
#include <set>

namespace qev {

namespace {

/// Runs the relaxed nets forward, one point for each row.
class ForwardRun {
public:
  ForwardRun(const RelaxedTwin &twin, const SubstitutionTrace &trace)
      : twin(twin), trace(trace) {}

  /// The facets lowest at the points that the pairs take whose planes the rows
  /// went through. Nothing if such a pair's operands are not among those.
  std::optional<PlaneSlopes> run();

private:
  std::set<int> findNeeded() const;
  bool compute(int pair, PlaneSlopes &facets);
  void clamp(int pair, const PairStep &step, const TwinRows &from,
             PlaneSlopes &facets);

  const RelaxedTwin &twin;
  const SubstitutionTrace &trace;
  std::map<int, TwinRows> values; ///< (x, e) of each pair, one row per row
};

} // namespace

static Eigen::RowVectorXd middles(const Box &box) {
  Eigen::RowVectorXd result(static_cast<int64_t>(box.size()));
  for (auto [i, interval] : llvm::enumerate(box))
    result[i] = middle(interval);
  return result;
}

void ForwardRun::clamp(int pair, const PairStep &step, const TwinRows &from,
                       PlaneSlopes &facets) {
  const std::vector<NeuronStep> &neurons = twin.neurons.find(pair)->second;
  const std::vector<Hexagon> *hexagons =
      step.from == PairStep::inputs ? nullptr : &twin.hexagons[step.from];
  auto row = trace.rows.find(pair);
  TwinRows &to = values[pair];
  to = from;
  TwinRows &facet = facets[pair];
  facet = {Matrix::Zero(from.x.rows(), from.x.cols()),
           Matrix::Zero(from.x.rows(), from.x.cols())};
  for (int64_t i = 0; i < from.x.cols(); ++i) {
    const NeuronStep &neuron = neurons[i];
    for (int64_t r = 0; r < from.x.rows(); ++r) {
      double x = from.x(r, i), e = from.e(r, i);
      double a = 0, d = 0;
      if (row != trace.rows.end()) {
        a = row->second.x(r, i);
        d = row->second.e(r, i);
      }
      if (!neuron.hull) {
        double offset = d > 0 ? neuron.offset.hi : neuron.offset.lo;
        to.x(r, i) = neuron.gainX * x + neuron.biasX;
        to.e(r, i) = neuron.slopeX * x + neuron.slopeE * e + offset;
        continue;
      }
      // Relaxed values may have left the hexagon by rounding.
      if (hexagons) {
        const Hexagon &h = (*hexagons)[i];
        x = std::fmin(std::fmax(x, h.x.lo), h.x.hi);
        e = std::fmin(std::fmax(e, h.e.lo), h.e.hi);
      }
      double u = a - d, size = std::fabs(u) + std::fabs(d);
      Facet best = neuron.hull->findFacet(u, d, x, e);
      to.x(r, i) = best.first;
      to.e(r, i) = best.second - best.first;
      if (size > 0) {
        facet.x(r, i) = best.slopes.slopeX / size;
        facet.e(r, i) = best.slopes.slopeE / size;
      }
    }
  }
}

bool ForwardRun::compute(int pair, PlaneSlopes &facets) {
  auto input = trace.inputs.find(pair);
  if (input != trace.inputs.end()) {
    values[pair] = input->second;
    return true;
  }
  const PairStep &step = twin.steps[pair];
  auto find = [&](int source, const Op *operand) -> const TwinRows * {
    if (source == PairStep::inputs) {
      auto found = trace.directInputs.find(skipReshapes(operand));
      return found == trace.directInputs.end() ? nullptr : &found->second;
    }
    auto found = values.find(source);
    return found == values.end() ? nullptr : &found->second;
  };
  const TwinRows *from = find(step.from, step.firstOperand);
  if (!from)
    return false;
  switch (step.kind) {
  case PairStep::Same:
    values[pair] = *from;
    return true;
  case PairStep::Clamp:
    clamp(pair, step, *from, facets);
    return true;
  case PairStep::Affine: {
    const AffineMap &f = twin.first.relaxed.maps.getAffine(*step.first);
    const AffineMap &s = twin.second.relaxed.maps.getAffine(*step.second);
    if (f.rows != 1)
      return false;
    Matrix y = (from->x + from->e) * s.weights.transpose();
    y.rowwise() += middles(s.bias);
    TwinRows &to = values[pair];
    to.x = from->x * f.weights.transpose();
    to.x.rowwise() += middles(f.bias);
    to.e = y - to.x;
    return true;
  }
  case PairStep::Scale: {
    auto f = getScalings(step.first, twin.first.relaxed.maps, from->x.cols());
    auto s = getScalings(step.second, twin.second.relaxed.maps, from->x.cols());
    TwinRows &to = values[pair];
    to = *from;
    for (int64_t i = 0; i < from->x.cols(); ++i)
      for (int64_t r = 0; r < from->x.rows(); ++r) {
        double x = from->x(r, i), y = x + from->e(r, i);
        to.x(r, i) = middle(f[i].factor) * x + middle(f[i].shift);
        to.e(r, i) = middle(s[i].factor) * y + middle(s[i].shift) - to.x(r, i);
      }
    return true;
  }
  case PairStep::Sum: {
    const TwinRows *right = find(step.fromRight, step.first->operands[1]);
    // Not where an operand is repeated: in an outer sum both are.
    int64_t size = step.first->type.getNumElements();
    if (!right || from->x.cols() != size || right->x.cols() != size)
      return false;
    double sign = step.first->is(OpKind::Sub) ? -1 : 1;
    values[pair] = {from->x + sign * right->x, from->e + sign * right->e};
    return true;
  }
  }
  llvm_unreachable("all kinds of pairs are handled");
}

/// The pairs with planes, and what they are computed from.
std::set<int> ForwardRun::findNeeded() const {
  std::set<int> needed;
  std::vector<int> open;
  for (const auto &[pair, rows] : trace.rows)
    open.push_back(pair);
  while (!open.empty()) {
    int pair = open.back();
    open.pop_back();
    if (pair < 0 || !needed.insert(pair).second || trace.inputs.count(pair))
      continue;
    open.push_back(twin.steps[pair].from);
    if (twin.steps[pair].kind == PairStep::Sum)
      open.push_back(twin.steps[pair].fromRight);
  }
  return needed;
}

std::optional<PlaneSlopes> ForwardRun::run() {
  PlaneSlopes facets;
  for (int pair : findNeeded())
    if (!compute(pair, facets) && trace.rows.count(pair))
      return std::nullopt; // a row's pair cannot be reached
  for (const auto &[pair, rows] : trace.rows)
    if (!facets.count(pair))
      return std::nullopt;
  return facets;
}

/// Takes over the slopes of one row.
static void copyRow(PlaneSlopes &to, const PlaneSlopes &from, int64_t row) {
  for (auto &[pair, slopes] : to) {
    const TwinRows &source = from.find(pair)->second;
    slopes.x.row(row) = source.x.row(row);
    slopes.e.row(row) = source.e.row(row);
  }
}

Vector boundErrorsByMixing(const RelaxedTwin &twin, int pair,
                           llvm::ArrayRef<int64_t> elements, unsigned passes,
                           PlaneSlopes *used) {
  if (passes == 0 && !used)
    return boundErrors(twin, pair, elements);
  SubstitutionTrace trace;
  Vector best = boundErrors(twin, pair, elements, nullptr, &trace);
  PlaneSlopes slopes = std::move(trace.slopes);
  if (used)
    *used = slopes;
  // Without planes every pass would say the same.
  for (unsigned k = 0; k < passes && !slopes.empty() && !twin.isStopped();
       ++k) {
    auto facets = ForwardRun(twin, trace).run();
    if (!facets)
      break;
    double t = 2.0 / (k + 3);
    for (auto &[at, chosen] : slopes) {
      const TwinRows &facet = facets->find(at)->second;
      chosen.x = (1 - t) * chosen.x + t * facet.x;
      chosen.e = (1 - t) * chosen.e + t * facet.e;
    }
    trace = {};
    Vector bounds = boundErrors(twin, pair, elements, &slopes, &trace);
    for (int64_t r = 0; r < bounds.size(); ++r) {
      if (!(bounds[r] < best[r]))
        continue;
      best[r] = bounds[r];
      if (used)
        copyRow(*used, slopes, r);
    }
  }
  return best;
}

} // namespace qev
