//===- InputHull.cpp - What an input element can be, seen by both nets -*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/InputHull.h"
#include "qev/Analysis/SumError.h"

namespace qev {

namespace {

/// Both values at one input number, as enclosures.
struct Sight {
  Interval x, y;
};

using Sights = llvm::SmallVector<Sight, 8>;

/// What one step does to one element of both values.
struct Link {
  std::optional<Scaling> scaleFirst, scaleSecond;
  std::optional<ClampStep> clampFirst, clampSecond;
  bool isExact = false; ///< the second net's rounding changes nothing
};

/// One element on its way from the input.
class Curve {
public:
  Curve(llvm::ArrayRef<const PairStep *> path, const AnalyzedNet &first,
        const AnalyzedNet &second, int64_t element);

  /// Points of the curve over these inputs, the outermost being the ends of the
  /// interval.
  Sights overLevels(const Interval &input, llvm::ArrayRef<Real> levels) const;
  /// The same over `count` grid points.
  Sights overGrid(const Interval &input, const Interval &step,
                  int64_t count) const;
  /// Points whose hull contains the curve over an interval; or nothing.
  std::optional<Sights> overInterval(const Interval &input) const;

private:
  Sight follow(Sight sight, size_t from) const;
  bool isStraight(const Interval &input) const;

  llvm::SmallVector<Link, 4> links;
};

} // namespace

static Interval scale(const Scaling &scaling, const Interval &x) {
  return scaling.factor * x + scaling.shift;
}
static Interval scale(const std::optional<Scaling> &scaling,
                      const Interval &x) {
  return scaling ? scale(*scaling, x) : x;
}

Curve::Curve(llvm::ArrayRef<const PairStep *> path, const AnalyzedNet &first,
             const AnalyzedNet &second, int64_t element) {
  for (const PairStep *step : path) {
    Link &link = links.emplace_back();
    if (step->kind == PairStep::Clamp) {
      if (step->first)
        link.clampFirst = getClampStep(*step->first, element);
      if (step->second) {
        link.clampSecond = getClampStep(*step->second, element);
        auto exact = second.exactRoundings.find(step->second);
        link.isExact =
            exact != second.exactRoundings.end() && exact->second[element];
      }
    } else if (step->kind == PairStep::Scale) {
      if (step->first)
        link.scaleFirst = getScaling(
            *step->first, first.relaxed.maps.getOperand(*step->first)[element]);
      if (step->second)
        link.scaleSecond =
            getScaling(*step->second,
                       second.relaxed.maps.getOperand(*step->second)[element]);
    }
  }
}

Sight Curve::follow(Sight sight, size_t from) const {
  for (const Link &link : llvm::ArrayRef(links).drop_front(from)) {
    sight.x = scale(link.scaleFirst, sight.x);
    sight.y = scale(link.scaleSecond, sight.y);
    if (link.clampFirst)
      sight.x = link.clampFirst->apply(sight.x);
    if (link.clampSecond)
      sight.y = link.clampSecond->apply(sight.y);
  }
  return sight;
}

static bool isIdle(const ClampStep &step, const Interval &range) {
  return step.lo <= range.lo && range.hi <= step.hi;
}

/// No step clamps or rounds anything in this range.
bool Curve::isStraight(const Interval &input) const {
  Sight sight{input, input};
  for (const Link &link : links) {
    sight.x = scale(link.scaleFirst, sight.x);
    sight.y = scale(link.scaleSecond, sight.y);
    if (link.clampFirst &&
        (link.clampFirst->step != 0 || !isIdle(*link.clampFirst, sight.x)))
      return false;
    if (link.clampSecond && ((link.clampSecond->step != 0 && !link.isExact) ||
                             !isIdle(*link.clampSecond, sight.y)))
      return false;
  }
  return true;
}

Sights Curve::overLevels(const Interval &input,
                         llvm::ArrayRef<Real> levels) const {
  if (levels.size() > 2 && isStraight(input)) // the ends say it all
    return {follow({input.lo, input.lo}, 0), follow({input.hi, input.hi}, 0)};
  Sights sights;
  for (const Real &level : levels) {
    Interval at = Interval::around(level, level);
    sights.push_back(follow({at, at}, 0));
  }
  return sights;
}

Sights Curve::overGrid(const Interval &input, const Interval &step,
                       int64_t count) const {
  if (count > 2 && isStraight(input)) // the ends say it all
    return {follow({input.lo, input.lo}, 0), follow({input.hi, input.hi}, 0)};
  Sights sights;
  for (int64_t k = 0; k < count; ++k) {
    // The grid point is only known up to rounding, unless arithmetic is exact.
    Interval at = Interval(input.lo) + Interval(static_cast<double>(k)) * step;
    sights.push_back(follow({at, at}, 0));
  }
  return sights;
}

std::optional<Sights> Curve::overInterval(const Interval &input) const {
  // x and y are linear in the input up to the first step that acts; if that is
  // a quantizer of the second net and the last one, the outermost jumps and the
  // ends are the corners.
  Sight lo{input.lo, input.lo}, hi{input.hi, input.hi};
  Sight range{input, input};
  Scaling x, y; // of the input
  auto compose = [](const Scaling &inner, const std::optional<Scaling> &outer) {
    return outer ? Scaling{outer->factor * inner.factor,
                           scale(outer, inner.shift)}
                 : inner;
  };
  for (size_t i = 0; i < links.size(); ++i) {
    const Link &link = links[i];
    x = compose(x, link.scaleFirst);
    y = compose(y, link.scaleSecond);
    for (Sight *sight : {&lo, &hi, &range}) {
      sight->x = scale(link.scaleFirst, sight->x);
      sight->y = scale(link.scaleSecond, sight->y);
    }
    if (link.clampFirst &&
        (link.clampFirst->step != 0 || !isIdle(*link.clampFirst, range.x)))
      return std::nullopt;
    if (!link.clampSecond)
      continue;
    const ClampStep &step = *link.clampSecond;
    if (step.step == 0) {
      if (!isIdle(step, range.y))
        return std::nullopt;
      continue;
    }
    for (const Link &rest : llvm::ArrayRef(links).drop_front(i + 1))
      if (rest.clampFirst || rest.clampSecond)
        return std::nullopt;
    double bottom = step.apply(range.y.lo), top = step.apply(range.y.hi);
    Sights sights = {{lo.x, step.apply(lo.y)}, {hi.x, step.apply(hi.y)}};
    if (bottom != top) {
      if (y.factor.lo <= 0 && y.factor.hi >= 0)
        return std::nullopt;
      // The jump between codes v and v + step lies at v + step / 2 (exact); the
      // input there is (v + step / 2 - shift) / factor.
      for (double below : {bottom, top - step.step}) {
        Interval at = Interval(below + step.halfStep()) - y.shift;
        Interval inverse =
            y.factor.lo > 0
                ? Interval(divDown(1, y.factor.hi), divUp(1, y.factor.lo))
                : Interval(-divUp(1, -y.factor.hi), -divDown(1, -y.factor.lo));
        Interval where = scale(x, at * inverse);
        sights.push_back({where, below});
        sights.push_back({where, below + step.step});
      }
    }
    for (Sight &sight : sights)
      sight = follow(sight, i + 1);
    return sights;
  }
  return Sights{lo, hi};
}

//===----------------------------------------------------------------------===//
// InputHull
//===----------------------------------------------------------------------===//

/// (to - from) / step where doubles show that this is an integer.
static std::optional<double> countSteps(double from, double to, double step) {
  double length = subUp(to, from), count = divUp(length, step);
  if (subDown(to, from) == length && divDown(length, step) == count &&
      std::floor(count) == count)
    return count;
  return std::nullopt;
}

namespace {
/// A grid whose numbers are doubles.
struct DoubleGrid {
  double step, offset;
};
} // namespace

static std::optional<DoubleGrid> getDoubleGrid(const InputRegion &region,
                                               int64_t i) {
  const InputRegion::Grid *grid = region.getGrid(i);
  if (!grid || !grid->step.isDouble() || !grid->offset.isDouble())
    return std::nullopt;
  return DoubleGrid{grid->step.toDouble(), grid->offset.toDouble()};
}

/// Points of one element: its levels if they are few; of its grid if that is
/// few points from end to end, all known exactly; else of the interval around
/// them. The range around other grid points may end at such doubles too: what
/// counts are the region's ends.
static std::optional<Sights> getPoints(const Curve &curve,
                                       const InputRegion &region, int64_t i,
                                       const Interval &input) {
  constexpr double most = 32;
  const Real &lo = region.lo[i], &hi = region.hi[i];
  if (!region.levels.empty()) {
    llvm::ArrayRef<Real> levels = region.getLevels(i);
    if (static_cast<double>(levels.size()) <= most)
      return curve.overLevels(input, levels);
  }
  auto grid = getDoubleGrid(region, i);
  if (grid && lo.isDouble() && hi.isDouble() &&
      countSteps(grid->offset, lo.toDouble(), grid->step)) {
    auto steps = countSteps(lo.toDouble(), hi.toDouble(), grid->step);
    if (steps && *steps < most)
      return curve.overGrid({lo.toDouble(), hi.toDouble()}, grid->step,
                            static_cast<int64_t>(*steps) + 1);
  }
  return curve.overInterval(input);
}

std::optional<InputHull> makeInputHull(llvm::ArrayRef<const PairStep *> path,
                                       const InputRegion &region,
                                       const Box &box, const AnalyzedNet &first,
                                       const AnalyzedNet &second) {
  std::vector<Sights> points;
  size_t most = 1;
  for (int64_t i = 0; i < region.size(); ++i) {
    auto found = getPoints(Curve(path, first, second, i), region, i, box[i]);
    if (!found)
      return std::nullopt;
    most = std::max(most, found->size());
    points.push_back(std::move(*found));
  }
  InputHull hull;
  int64_t size = region.size();
  hull.x.resize(static_cast<int64_t>(most), size);
  hull.e.resize(static_cast<int64_t>(most), size);
  hull.tolerance = hull.reachX = hull.reachE = Vector::Zero(size);
  for (int64_t i = 0; i < size; ++i)
    for (size_t v = 0; v < most; ++v) {
      const Sight &sight = points[i][std::min(v, points[i].size() - 1)];
      Interval e = sight.y - sight.x;
      if (!std::isfinite(e.lo) || !std::isfinite(e.hi))
        return std::nullopt;
      double mx = sight.x.lo / 2 + sight.x.hi / 2, me = e.lo / 2 + e.hi / 2;
      hull.x(v, i) = mx;
      hull.e(v, i) = me;
      // The whole width covers half of it and the rounding of the middle; a
      // point has neither, unless halving underflows.
      hull.tolerance[i] = std::fmax(
          hull.tolerance[i], std::fmax(sight.x.isPoint() ? 0 : sight.x.width(),
                                       e.isPoint() ? 0 : e.width()) +
                                 0x1p-1000);
      hull.reachX[i] = std::fmax(hull.reachX[i], std::fabs(mx));
      hull.reachE[i] = std::fmax(hull.reachE[i], std::fabs(me));
    }
  return hull;
}

double InputHull::maximize(const double *a, const double *d) const {
  int64_t size = x.cols();
  Eigen::Map<const Eigen::ArrayXd> rowA(a, size), rowD(d, size);
  Eigen::ArrayXd best =
      rowA * x.row(0).transpose().array() + rowD * e.row(0).transpose().array();
  for (int64_t v = 1; v < x.rows(); ++v)
    best = best.max(rowA * x.row(v).transpose().array() +
                    rowD * e.row(v).transpose().array());
  double magnitude =
      (rowA.abs() * reachX.array() + rowD.abs() * reachE.array()).sum();
  double slack = ((rowA.abs() + rowD.abs()) * tolerance.array()).sum();
  double error =
      addUp(mulUp(errorFactor(2 * size), magnitude), mulUp(1 + 0x1p-20, slack));
  return addUp(best.sum(), addUp(error, underflow * static_cast<double>(size)));
}

} // namespace qev
