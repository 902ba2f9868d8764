//===- TwinHull.cpp - Planes over one neuron of a twin ----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/TwinHull.h"
#include "qev/Analysis/SumError.h"
#include <array>

namespace qev {

//===----------------------------------------------------------------------===//
// Hexagon
//===----------------------------------------------------------------------===//

/// Both ranges hold for every point of a set that is not empty.
static void cut(Interval &range, double lo, double hi) {
  range = Interval(std::fmax(range.lo, lo), std::fmin(range.hi, hi));
}

void Hexagon::tighten() {
  for (int pass = 0; pass < 2; ++pass) {
    cut(e, subDown(y.lo, x.hi), subUp(y.hi, x.lo));
    cut(x, subDown(y.lo, e.hi), subUp(y.hi, e.lo));
    cut(y, addDown(x.lo, e.lo), addUp(x.hi, e.hi));
  }
}

std::pair<double, double> Hexagon::getCentroid() const {
  // The rectangle of x and e, clipped by the two diagonals.
  using Corner = std::array<double, 2>;
  llvm::SmallVector<Corner, 8> polygon = {
      {x.lo, e.lo}, {x.hi, e.lo}, {x.hi, e.hi}, {x.lo, e.hi}};
  auto clip = [&](double sign, double limit) {
    auto excess = [&](const Corner &c) { return sign * (c[0] + c[1]) - limit; };
    llvm::SmallVector<Corner, 8> kept;
    for (size_t i = 0; i < polygon.size(); ++i) {
      const Corner &a = polygon[i], &b = polygon[(i + 1) % polygon.size()];
      double ea = excess(a), eb = excess(b);
      if (ea <= 0)
        kept.push_back(a);
      if ((ea < 0 && eb > 0) || (ea > 0 && eb < 0)) {
        double t = ea / (ea - eb);
        kept.push_back({a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])});
      }
    }
    polygon = kept;
  };
  clip(1, y.hi);
  clip(-1, -y.lo);
  if (polygon.empty())
    return {(x.lo + x.hi) / 2, (e.lo + e.hi) / 2};
  double area = 0, cx = 0, ce = 0, mx = 0, me = 0;
  const Corner &o = polygon[0];
  for (size_t i = 0; i < polygon.size(); ++i) {
    const Corner &a = polygon[i], &b = polygon[(i + 1) % polygon.size()];
    double cross =
        (a[0] - o[0]) * (b[1] - o[1]) - (b[0] - o[0]) * (a[1] - o[1]);
    area += cross;
    cx += cross * (a[0] + b[0] + o[0]) / 3;
    ce += cross * (a[1] + b[1] + o[1]) / 3;
    mx += a[0] / static_cast<double>(polygon.size());
    me += a[1] / static_cast<double>(polygon.size());
  }
  double px = cx / area, pe = ce / area;
  if (area > 0 && px >= x.lo && px <= x.hi && pe >= e.lo && pe <= e.hi)
    return {px, pe};
  return {mx, me};
}

//===----------------------------------------------------------------------===//
// Hull points
//===----------------------------------------------------------------------===//

TwinHull::TwinHull(const Hexagon &hexagon, const ClampedValue &first,
                   const ClampedValue &second)
    : first(first), second(second), highest(second.step.apply(hexagon.y.hi)),
      lowest(second.step.apply(hexagon.y.lo)), centroid(hexagon.getCentroid()) {
  const Interval &x = hexagon.x, &y = hexagon.y, &e = hexagon.e;
  // Sums and differences of ends are off by half a unit in the last place of
  // numbers this large; a few of them meet in each coordinate.
  tolerance =
      0x1p-50 * (x.magnitude() + y.magnitude() + e.magnitude()) + 0x1p-1000;
  originX = x.lo;
  originE = e.lo;
  scaleX = x.hi > x.lo ? 1 / (x.hi - x.lo) : 1;
  scaleE = e.hi > e.lo ? 1 / (e.hi - e.lo) : 1;
  if (!std::isfinite(scaleX))
    scaleX = 1;
  if (!std::isfinite(scaleE))
    scaleE = 1;

  // All lines on which a piece may end: x = c, x + e = c, e = c.
  llvm::SmallVector<double, 8> verticals = {x.lo, x.hi},
                               diagonals = {y.lo, y.hi};
  auto bend = [](llvm::SmallVector<double, 8> &lines, const Interval &range,
                 double at) {
    if (at > range.lo && at < range.hi)
      lines.push_back(at);
  };
  double noiseY = second.isExact ? 0 : second.step.halfStep();
  for (double end : {first.step.lo, first.step.hi})
    bend(verticals, x, end);
  for (double end : {second.step.lo, second.step.hi, highest})
    bend(diagonals, y, end - noiseY);
  for (double end : {second.step.lo, second.step.hi, lowest})
    bend(diagonals, y, end + noiseY);
  for (double cx : verticals) {
    for (double ce : {e.lo, e.hi})
      addPoint(cx, cx + ce, ce, hexagon);
    for (double cy : diagonals)
      addPoint(cx, cy, cy - cx, hexagon);
  }
  for (double cy : diagonals)
    for (double ce : {e.lo, e.hi})
      addPoint(cy - ce, cy, ce, hexagon);
}

void TwinHull::addPoint(double x, double y, double e, const Hexagon &hexagon) {
  auto inside = [&](const Interval &range, double value) {
    return value >= range.lo - tolerance && value <= range.hi + tolerance;
  };
  if (!inside(hexagon.x, x) || !inside(hexagon.y, y) || !inside(hexagon.e, e))
    return;
  const ClampStep &b = second.step;
  double noise = second.isExact ? 0 : b.halfStep();
  double above =
      std::fmin(std::fmin(std::fmax(y + noise, b.lo), b.hi), highest);
  double below = std::fmax(std::fmin(std::fmax(y - noise, b.lo), b.hi), lowest);
  double a = std::fmin(std::fmax(x, first.step.lo), first.step.hi);
  points.push_back({x, e, a, above, below});
}

//===----------------------------------------------------------------------===//
// Planes
//===----------------------------------------------------------------------===//

double TwinHull::getOffsetAbove(double u, double v, const Plane &slopes) const {
  double best = -infinity, magnitude = 0;
  double noiseX = first.isExact ? 0 : first.step.halfStep();
  for (const Point &p : points) {
    double y = v > 0 ? p.above : p.below;
    double value =
        u * p.first + v * y - slopes.slopeX * p.x - slopes.slopeE * p.e;
    best = value > best ? value : best;
    double size = std::fabs(u * p.first) + std::fabs(v * y) +
                  std::fabs(slopes.slopeX * p.x) +
                  std::fabs(slopes.slopeE * p.e);
    magnitude = size > magnitude ? size : magnitude;
  }
  // A and B change by no more than their arguments do, so a point that is off
  // by `tolerance` in x and in e changes the value by no more than this. A's
  // own rounding, where the first net is quantized too, is an error on top.
  double slack = tolerance * 2 *
                 (std::fabs(u) + 2 * std::fabs(v) + std::fabs(slopes.slopeX) +
                  std::fabs(slopes.slopeE));
  double rounding = std::fabs(u) * noiseX;
  return addUp(best,
               addUp(mulUp(errorFactor(8), magnitude),
                     addUp(mulUp(slack, 2), mulUp(rounding, 1 + 0x1p-40))));
}

Facet TwinHull::findFacet(double u, double v, double x, double e) const {
  // In the unit square: minimise the plane's height at c over all planes above
  // the points. The simplex method on the dual: three points whose triangle
  // contains c, exchanged for the point that is furthest above their plane.
  struct Vertex {
    double a, b, height;
    const Point *point; ///< null: one of the first triangle
  };
  llvm::SmallVector<Vertex, 24> vertices;
  double low = infinity, high = -infinity;
  for (const Point &p : points) {
    double height = u * p.first + v * (v > 0 ? p.above : p.below);
    vertices.push_back(
        {(p.x - originX) * scaleX, (p.e - originE) * scaleE, height, &p});
    low = std::fmin(low, height);
    high = std::fmax(high, height);
  }
  double range = high - low;
  Facet facet;
  facet.first = points[0].first;
  facet.second = v > 0 ? points[0].above : points[0].below;
  if (!(range > 0) || !std::isfinite(range))
    return facet;
  double ca = (x - originX) * scaleX, cb = (e - originE) * scaleE;
  ca = std::fmin(std::fmax(ca, 0.0), 1.0);
  cb = std::fmin(std::fmax(cb, 0.0), 1.0);
  // Far below everything, the corners of the square: a first triangle.
  double floor = low - 64 * range;
  std::array<Vertex, 3> basis = {Vertex{-1, -1, floor, nullptr},
                                 Vertex{4, -1, floor, nullptr},
                                 Vertex{-1, 4, floor, nullptr}};
  auto barycentric = [&](double a, double b, std::array<double, 3> &weights) {
    double ax = basis[1].a - basis[0].a, ay = basis[1].b - basis[0].b;
    double bx = basis[2].a - basis[0].a, by = basis[2].b - basis[0].b;
    double px = a - basis[0].a, py = b - basis[0].b;
    double determinant = ax * by - ay * bx;
    weights[1] = (px * by - py * bx) / determinant;
    weights[2] = (ax * py - ay * px) / determinant;
    weights[0] = 1 - weights[1] - weights[2];
    return std::fabs(determinant) > 1e-14;
  };
  std::array<double, 3> lambda, mu;
  for (int pivot = 0; pivot < 40; ++pivot) {
    if (!barycentric(ca, cb, lambda))
      break;
    // The plane through the three.
    double ax = basis[1].a - basis[0].a, ay = basis[1].b - basis[0].b;
    double bx = basis[2].a - basis[0].a, by = basis[2].b - basis[0].b;
    double ah = basis[1].height - basis[0].height;
    double bh = basis[2].height - basis[0].height;
    double determinant = ax * by - ay * bx;
    double slopeA = (ah * by - bh * ay) / determinant;
    double slopeB = (ax * bh - bx * ah) / determinant;
    facet.slopes.slopeX = slopeA * scaleX;
    facet.slopes.slopeE = slopeB * scaleE;
    const Vertex *entering = nullptr;
    double excess = 1e-12 * range;
    for (const Vertex &p : vertices) {
      double above = p.height - basis[0].height - slopeA * (p.a - basis[0].a) -
                     slopeB * (p.b - basis[0].b);
      if (above > excess) {
        excess = above;
        entering = &p;
      }
    }
    if (!entering || !barycentric(entering->a, entering->b, mu))
      break;
    int leaving = -1;
    double ratio = infinity;
    for (int k = 0; k < 3; ++k)
      if (mu[k] > 1e-13 && lambda[k] / mu[k] < ratio) {
        ratio = lambda[k] / mu[k];
        leaving = k;
      }
    if (leaving < 0)
      break;
    basis[leaving] = *entering;
  }
  // The point below the plane: the basis mixed as c is.
  double weight = 0, mixedFirst = 0, mixedSecond = 0;
  for (int k = 0; k < 3; ++k) {
    const Point *p = basis[k].point;
    if (!p || !(lambda[k] > 0))
      continue;
    weight += lambda[k];
    mixedFirst += lambda[k] * p->first;
    mixedSecond += lambda[k] * (v > 0 ? p->above : p->below);
  }
  if (weight > 0) {
    facet.first = mixedFirst / weight;
    facet.second = mixedSecond / weight;
  }
  return facet;
}

std::vector<Plane> TwinHull::getFacetsAbove(double u, double v) const {
  std::vector<Plane> facets;
  auto visit = [&](double x, double e) {
    Plane plane = findFacet(u, v, x, e).slopes;
    // The same facet is found from many points, up to rounding.
    auto isSame = [&](const Plane &other) {
      return std::fabs(plane.slopeX - other.slopeX) <=
                 1e-9 * (1 + std::fabs(other.slopeX)) &&
             std::fabs(plane.slopeE - other.slopeE) <=
                 1e-9 * (1 + std::fabs(other.slopeE));
    };
    if (llvm::any_of(facets, isSame))
      return;
    plane.offset = getOffsetAbove(u, v, plane);
    if (std::isfinite(plane.offset)) // then the slopes are, too
      facets.push_back(plane);
  };
  auto [cx, ce] = centroid;
  visit(cx, ce);
  for (const Point &p : points)
    for (double t : {0.5, 0.95})
      visit(cx + t * (p.x - cx), ce + t * (p.e - ce));
  return facets;
}

} // namespace qev
