//===- Qebverif.cpp - The numbers of the QEBVerif tool ----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Plain double arithmetic, rounded to nearest: an interval may miss the true
// range by some 1e-9. This alone makes every result here unsound. "Con" has two
// more defects, marked UNSOUND below.
//
// Ends of ranges are kept as pairs of vectors and not as Intervals, for unsound
// ranges can be empty.
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/Qebverif.h"
#include "qev/Analysis/QebverifScheme.h"
#include "qev/Support/Diagnostics.h"

namespace qev {

namespace {

struct Ranges {
  Vector lo, hi;
};

/// Upper bounds coefficients * z + constants, z the pixels.
struct Rows {
  Matrix coefficients;
  Vector constants;
};

struct Lines {
  Vector slopes, offsets;

  explicit Lines(Eigen::Index size)
      : slopes(Vector::Zero(size)), offsets(Vector::Zero(size)) {}
};

/// The abstract net of DeepPoly (Singh et al., POPL 2019): every value between
/// two lines of the values before it.
class AbstractNet {
public:
  explicit AbstractNet(const Ranges &pixels) : pixels(pixels) {}

  /// W x + b up to an error of `noise`.
  void addAffine(const Matrix &weights, const Vector &bias, double noise);
  /// Lines of one element each.
  void addStep(Lines lower, Lines upper);

  /// Upper bounds of the last values, then of their negations.
  Rows substitute() const;
  Ranges bound() const { return evaluate(substitute()); }
  Ranges evaluate(const Rows &rows) const;

private:
  struct Node {
    Matrix weights; ///< of an affine node, whose lines are only offsets
    Lines lower, upper;
  };
  Ranges pixels;
  std::vector<Node> nodes;
};

} // namespace

static Matrix positive(const Matrix &matrix) { return matrix.cwiseMax(0); }
static Matrix negative(const Matrix &matrix) { return matrix.cwiseMin(0); }

static Ranges multiply(const Matrix &weights, const Ranges &x) {
  Matrix up = positive(weights), down = negative(weights);
  return {up * x.lo + down * x.hi, up * x.hi + down * x.lo};
}

static Ranges scale(const Ranges &x, double factor) {
  Vector a = x.lo * factor, b = x.hi * factor;
  return {a.cwiseMin(b), a.cwiseMax(b)};
}

//===----------------------------------------------------------------------===//
// DeepPoly
//===----------------------------------------------------------------------===//

void AbstractNet::addAffine(const Matrix &weights, const Vector &bias,
                            double noise) {
  Node node{weights, Lines(bias.size()), Lines(bias.size())};
  node.lower.offsets = bias.array() - noise;
  node.upper.offsets = bias.array() + noise;
  nodes.push_back(std::move(node));
}

void AbstractNet::addStep(Lines lower, Lines upper) {
  nodes.push_back({Matrix(), std::move(lower), std::move(upper)});
}

Rows AbstractNet::substitute() const {
  Eigen::Index size = nodes.back().lower.offsets.size();
  Rows rows{Matrix(2 * size, size), Vector::Zero(2 * size)};
  rows.coefficients << Matrix::Identity(size, size),
      -Matrix::Identity(size, size);
  for (const Node &node : llvm::reverse(nodes)) {
    Matrix up = positive(rows.coefficients), down = negative(rows.coefficients);
    rows.constants += up * node.upper.offsets + down * node.lower.offsets;
    if (node.weights.size())
      rows.coefficients = Matrix(rows.coefficients * node.weights);
    else
      rows.coefficients = up * node.upper.slopes.asDiagonal() +
                          down * node.lower.slopes.asDiagonal();
  }
  return rows;
}

Ranges AbstractNet::evaluate(const Rows &rows) const {
  Vector tops = multiply(rows.coefficients, pixels).hi + rows.constants;
  Eigen::Index size = tops.size() / 2;
  return {-tops.tail(size), tops.head(size)};
}

/// max(x, 0) for x in the ranges; returns its ranges. They are those that
/// back-substitution finds: the lines reach them at the ends.
static Ranges addMax(AbstractNet &net, const Ranges &x) {
  Lines lower(x.lo.size()), upper(x.lo.size());
  for (Eigen::Index i = 0; i < x.lo.size(); ++i) {
    double l = x.lo[i], u = x.hi[i];
    if (l >= 0) {
      lower.slopes[i] = upper.slopes[i] = 1;
    } else if (u > 0) {
      lower.slopes[i] = l + u <= 0 ? 0 : 1;
      upper.slopes[i] = u / (u - l);
      upper.offsets[i] = -upper.slopes[i] * l;
    }
  }
  Ranges result{lower.slopes.cwiseProduct(x.lo), x.hi.cwiseMax(0)};
  net.addStep(std::move(lower), std::move(upper));
  return result;
}

/// min(x, top) for x in the ranges, of integers. The even split of the upper
/// line would be at 2 top; the published choice is 2 (top - 1).
static void addMin(AbstractNet &net, const Ranges &x, double top) {
  Lines lower(x.lo.size()), upper(x.lo.size());
  for (Eigen::Index i = 0; i < x.lo.size(); ++i) {
    double l = x.lo[i], u = x.hi[i];
    if (u <= top) {
      lower.slopes[i] = upper.slopes[i] = 1;
    } else if (l >= top) {
      lower.offsets[i] = upper.offsets[i] = top;
    } else {
      lower.slopes[i] = (top - l) / (u - l);
      lower.offsets[i] = (u - top) / (u - l) * l;
      if (l + u >= 2 * (top - 1))
        upper.offsets[i] = top;
      else
        upper.slopes[i] = 1;
    }
  }
  net.addStep(std::move(lower), std::move(upper));
}

namespace {

struct FirstNet {
  std::vector<Ranges> affine; ///< of each layer before its relu
  Rows outputs;
};

struct SecondNet {
  Ranges outputRanges;
  Rows outputs;
};

} // namespace

static FirstNet analyzeFirst(const QebverifScheme &scheme,
                             const Ranges &pixels) {
  FirstNet result;
  AbstractNet net(pixels);
  double factor = scheme.firstFactor;
  for (const QebverifLayer &layer : scheme.layers) {
    if (!result.affine.empty())
      addMax(net, result.affine.back());
    net.addAffine(layer.firstWeights * factor, layer.firstBias, 0);
    result.outputs = net.substitute();
    result.affine.push_back(net.evaluate(result.outputs));
    factor = 1;
  }
  return result;
}

/// Values are counted in steps of the activations, so that hidden ones are
/// integers and their bounds may be moved to integers. The published program
/// moves them outward, which is sound, and does so at the output too.
static SecondNet analyzeSecond(const QebverifScheme &scheme,
                               const Ranges &pixels) {
  double step = scheme.getStep();
  AbstractNet net(pixels);
  double factor = QebverifScheme::secondFactor / step;
  Ranges codes;
  for (const QebverifLayer &layer : scheme.layers) {
    bool isLast = &layer == &scheme.layers.back();
    net.addAffine(layer.secondWeights * factor, layer.secondBias / step,
                  isLast ? 0 : 0.5);
    codes = net.bound();
    codes = {codes.lo.array().floor(), codes.hi.array().ceil()};
    if (!isLast)
      addMin(net, addMax(net, codes), scheme.getTopCode());
    factor = 1;
  }
  Rows rows = net.substitute();
  return {scale(codes, step),
          {rows.coefficients * step, rows.constants * step}};
}

/// What both modes end with: no wider than the two ranges subtracted.
static Ranges meetOutputs(const Ranges &delta, const Ranges &first,
                          const Ranges &second) {
  return {delta.lo.cwiseMax(second.lo - first.hi),
          delta.hi.cwiseMin(second.hi - first.lo)};
}

/// Mode "Sym": upper(second) - lower(first) as functions of the pixels.
static Ranges runSym(const QebverifScheme &scheme, const Ranges &pixels) {
  FirstNet first = analyzeFirst(scheme, pixels);
  SecondNet second = analyzeSecond(scheme, pixels);
  Eigen::Index size = second.outputs.constants.size() / 2;
  // Rows of the first net with bounds and negated bounds swapped: -x <= ...
  Rows delta = second.outputs;
  delta.coefficients.topRows(size) +=
      first.outputs.coefficients.bottomRows(size);
  delta.coefficients.bottomRows(size) +=
      first.outputs.coefficients.topRows(size);
  delta.constants.head(size) += first.outputs.constants.tail(size);
  delta.constants.tail(size) += first.outputs.constants.head(size);
  return meetOutputs(AbstractNet(pixels).evaluate(delta), first.affine.back(),
                     second.outputRanges);
}

//===----------------------------------------------------------------------===//
// Mode "Con"
//===----------------------------------------------------------------------===//

namespace {

struct Range {
  double lo, hi;
};

} // namespace

/// The range of clamp(y, 0, top) - max(x, 0), x in [a, b], y in [c, d], y - x
/// in [l, u]: the case analysis of CAV 2023 (Theorem 1). [c, d] is not clamped
/// yet. With y clamped beforehand the case "0 <= c, d <= top" would be wrong.
static Range differenceOfActivations(Range delta, Range first, Range second,
                                     double top) {
  auto [l, u] = delta;
  auto [a, b] = first;
  auto [c, d] = second;
  Range image{std::clamp(c, 0.0, top), std::clamp(d, 0.0, top)};
  Range plain{image.lo - std::fmax(b, 0), image.hi - std::fmax(a, 0)};
  bool isConstant = d <= 0 || c >= top;
  bool fitsBelow = c >= 0, fitsAbove = d <= top;
  Range result;
  if (b <= 0 || isConstant) // one side constant: nothing to relate
    return plain;
  if (a >= 0) { // x is active
    if (fitsBelow && fitsAbove)
      result = {l, u};
    else if (fitsAbove)
      result = {std::fmax(l, -b), std::fmax(u, -a)};
    else if (fitsBelow)
      result = {std::fmin(l, top - b), std::fmin(u, top - a)};
    else
      result = {std::fmax(-b, std::fmin(top - b, l)),
                std::fmax(-a, std::fmin(top - a, u))};
  } else if (fitsBelow && fitsAbove) {
    result = {std::fmin(l, c), std::fmin(u, d)};
  } else if (fitsAbove) {
    result = {l >= 0 ? 0 : std::fmax(l, -b), u <= 0 ? 0 : std::fmin(u, d)};
  } else if (fitsBelow) {
    result = {std::fmin(std::fmin(l, c), top - b), std::fmin(u, top)};
  } else {
    result = {std::fmin(std::fmin(top - b, 0), std::fmax(l, -b)),
              std::clamp(u, 0.0, top)};
  }
  return {std::fmax(result.lo, plain.lo), std::fmin(result.hi, plain.hi)};
}

/// Ranges of the second net before its clamps, by interval arithmetic.
///
/// UNSOUND: ties go up, where QuantizeLinear takes them to even; and the
/// outputs are rounded to steps of the activations though no quantizer follows
/// them, which moves an end by up to half a step in either direction. Over a
/// single point the result can even exclude every value.
static std::vector<Ranges> roundedRanges(const QebverifScheme &scheme,
                                         const Ranges &pixels) {
  double step = scheme.getStep(), top = scheme.getTopCode() * step;
  auto round = [step](const Vector &x) -> Vector {
    return (x.array() / step + 0.5).floor() * step;
  };
  std::vector<Ranges> result;
  Ranges x = scale(pixels, QebverifScheme::secondFactor);
  for (const QebverifLayer &layer : scheme.layers) {
    Ranges y = multiply(layer.secondWeights, x);
    y = {round(y.lo + layer.secondBias), round(y.hi + layer.secondBias)};
    x = {y.lo.cwiseMax(0).cwiseMin(top), y.hi.cwiseMax(0).cwiseMin(top)};
    result.push_back(std::move(y));
  }
  return result;
}

static Ranges runCon(const QebverifScheme &scheme, const Ranges &pixels) {
  double step = scheme.getStep(), top = scheme.getTopCode() * step;
  FirstNet first = analyzeFirst(scheme, pixels);
  std::vector<Ranges> second = roundedRanges(scheme, pixels);

  // The input's value and its difference are taken as independent.
  Ranges x = scale(pixels, scheme.firstFactor);
  Ranges delta =
      scale(pixels, QebverifScheme::secondFactor - scheme.firstFactor);
  for (size_t i = 0;; ++i) {
    const QebverifLayer &layer = scheme.layers[i];
    // W~ y + b~ - (W x + b) = W~ delta + (W~ - W) x + (b~ - b)
    Ranges a = multiply(layer.secondWeights, delta);
    Ranges b = multiply(layer.secondWeights - layer.firstWeights, x);
    Vector c = layer.secondBias - layer.firstBias;
    delta = {a.lo + b.lo + c, a.hi + b.hi + c};
    if (i + 1 == scheme.layers.size())
      return meetOutputs(delta, first.affine[i], second[i]);
    const Ranges &p = first.affine[i], &q = second[i];
    for (Eigen::Index j = 0; j < c.size(); ++j) {
      Range range = differenceOfActivations(
          {delta.lo[j] - step / 2, delta.hi[j] + step / 2}, {p.lo[j], p.hi[j]},
          {q.lo[j], q.hi[j]}, top);
      delta.lo[j] = range.lo;
      delta.hi[j] = range.hi;
    }
    x = {p.lo.cwiseMax(0), p.hi.cwiseMax(0)};
  }
}

//===----------------------------------------------------------------------===//
// Regions and results
//===----------------------------------------------------------------------===//

static llvm::Expected<Ranges> getPixels(const Net &net,
                                        llvm::ArrayRef<InputRegion> inputs) {
  auto refuse = [&](const llvm::Twine &reason) {
    return makeError(DiagId::MethodUnsupported, "@" + net.name,
                     "QEBVerif's inputs are the integers of a box in "
                     "[0, 255]: " +
                         reason);
  };
  if (inputs.size() != 1 ||
      inputs[0].size() != net.getInputs()[0]->type.getNumElements())
    return refuse("the region does not fit the input");
  const InputRegion &region = inputs[0];
  // Without a grid a box has inputs that are no integers, unless it is a point.
  if (!region.levels.empty())
    return refuse("the region has levels");
  auto isInteger = [](const InputRegion::Grid &grid) {
    return grid.step == Real(1) && grid.offset.isInteger();
  };
  if (region.grids.empty() ? !region.isPoint()
                           : !llvm::all_of(region.grids, isInteger))
    return refuse("the region is no grid of step 1 through 0");
  Ranges pixels{Vector(region.size()), Vector(region.size())};
  for (int64_t i = 0; i < region.size(); ++i) {
    Real lo(region.lo[i].ceil()), hi(region.hi[i].floor());
    // A point that is no integer has lo > hi here.
    if (hi < lo || lo < Real(0) || Real(255) < hi)
      return refuse("element " + llvm::Twine(i) + " has the range [" +
                    printReal(region.lo[i]) + ", " + printReal(region.hi[i]) +
                    "]");
    pixels.lo[i] = lo.toDouble();
    pixels.hi[i] = hi.toDouble();
  }
  return pixels;
}

llvm::Expected<Box> computeQebverif(const Twin &twin,
                                    llvm::ArrayRef<InputRegion> inputs,
                                    Method method) {
  assert(!isSound(method) && "not one of QEBVerif's modes");
  auto scheme = extractQebverifScheme(twin);
  if (!scheme)
    return scheme.takeError();
  auto pixels = getPixels(*twin.first, inputs);
  if (!pixels)
    return pixels.takeError();
  Ranges delta = method == Method::QebverifCon ? runCon(*scheme, *pixels)
                                               : runSym(*scheme, *pixels);
  Box box;
  for (Eigen::Index i = 0; i < delta.lo.size(); ++i) {
    if (!(delta.lo[i] <= delta.hi[i]))
      return makeError(
          DiagId::MethodUnsupported,
          "@" + twin.second->name + " %" + twin.second->outputs[0]->name,
          "method '" + getName(method) + "' is unsound here: " +
              "its interval of output " + llvm::Twine(i) + " is empty, [" +
              printReal(delta.lo[i]) + ", " + printReal(delta.hi[i]) + "]");
    box.emplace_back(delta.lo[i], delta.hi[i]);
  }
  return box;
}

} // namespace qev
