//===- Attribution.cpp - Where a bound comes from ---------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/Attribution.h"

namespace qev {

llvm::StringRef getName(ErrorSource source) {
  switch (source) {
  case ErrorSource::Input:
    return "input";
  case ErrorSource::Weights:
    return "weights";
  case ErrorSource::Bias:
    return "bias";
  case ErrorSource::Rounding:
    return "rounding";
  case ErrorSource::Saturation:
    return "saturation";
  case ErrorSource::Relaxation:
    return "relaxation";
  case ErrorSource::Arithmetic:
    return "arithmetic";
  case ErrorSource::Methods:
    return "methods";
  }
  llvm_unreachable("all sources are named");
}

namespace {

/// The first net's values where each row has its maximum; roundings of
/// activations left out.
class Trajectory {
public:
  Trajectory(const RelaxedTwin &twin, const SubstitutionTrace &trace, int last)
      : twin(twin), trace(trace) {
    for (int pair = 0; pair <= last; ++pair)
      compute(pair);
  }
  /// One row per row, or null where no row leads.
  const Matrix *find(int pair, const Op *operand) const {
    if (pair == PairStep::inputs) {
      auto found = trace.directInputs.find(skipReshapes(operand));
      return found == trace.directInputs.end() ? nullptr : &found->second.x;
    }
    auto found = values.find(pair);
    return found == values.end() ? nullptr : &found->second;
  }
  const Matrix *findOperand(const PairStep &step) const {
    return find(step.from, step.firstOperand);
  }

private:
  void compute(int pair);
  static Matrix broadcast(const Matrix &x, const Op &operand, const Op &to);

  const RelaxedTwin &twin;
  const SubstitutionTrace &trace;
  std::map<int, Matrix> values;
};

} // namespace

Matrix Trajectory::broadcast(const Matrix &x, const Op &operand, const Op &to) {
  auto map = getBroadcastMap(operand.type.getShape(), to.type.getShape());
  Matrix result(x.rows(), static_cast<int64_t>(map.size()));
  for (auto [i, from] : llvm::enumerate(map))
    result.col(i) = x.col(from);
  return result;
}

void Trajectory::compute(int pair) {
  auto input = trace.inputs.find(pair);
  if (input != trace.inputs.end()) {
    values[pair] = input->second.x;
    return;
  }
  const PairStep &step = twin.steps[pair];
  const Matrix *from = findOperand(step);
  if (!from)
    return;
  Matrix x = *from;
  switch (step.kind) {
  case PairStep::Same:
    break;
  case PairStep::Clamp:
    if (!step.first)
      break;
    for (int64_t i = 0; i < x.cols(); ++i) {
      const NeuronStep &neuron = twin.neurons.find(pair)->second[i];
      ClampStep clamp = getClampStep(*step.first, i);
      if (neuron.hull)
        x.col(i) = x.col(i).cwiseMax(clamp.lo).cwiseMin(clamp.hi);
      else
        x.col(i) = (neuron.gainX * x.col(i)).array() + neuron.biasX;
    }
    break;
  case PairStep::Affine: {
    const AffineMap &map = twin.first.relaxed.maps.getAffine(*step.first);
    int64_t outs = map.weights.rows(), ins = map.weights.cols();
    Eigen::RowVectorXd bias(outs);
    for (int64_t o = 0; o < outs; ++o)
      bias[o] = middle(map.bias[o]);
    Matrix y(x.rows(), map.rows * outs);
    for (int64_t block = 0; block < map.rows; ++block)
      y.middleCols(block * outs, outs) =
          (x.middleCols(block * ins, ins) * map.weights.transpose()).rowwise() +
          bias;
    x = std::move(y);
    break;
  }
  case PairStep::Scale: {
    auto scalings = getScalings(step.first, twin.first.relaxed.maps, x.cols());
    for (int64_t i = 0; i < x.cols(); ++i)
      x.col(i) = (middle(scalings[i].factor) * x.col(i)).array() +
                 middle(scalings[i].shift);
    break;
  }
  case PairStep::Sum: {
    const Matrix *right = find(step.fromRight, step.first->operands[1]);
    if (!right)
      return;
    double sign = step.first->is(OpKind::Sub) ? -1 : 1;
    x = broadcast(x, *step.first->operands[0], *step.first) +
        sign * broadcast(*right, *step.first->operands[1], *step.first);
    break;
  }
  }
  values[pair] = std::move(x);
}

//===----------------------------------------------------------------------===//
// Shares
//===----------------------------------------------------------------------===//

namespace {

class Attributor {
public:
  Attributor(const RelaxedTwin &twin, const PlaneSlopes &slopes,
             const SubstitutionTrace &trace, int last, int64_t numRows)
      : twin(twin), slopes(slopes), trace(trace), path(twin, trace, last),
        shares(numRows) {}

  void addInputs();
  void addAffine(int pair, const TwinRows &rows);
  void addScale(int pair, const TwinRows &rows);
  void addClamp(int pair, const TwinRows &rows);
  std::vector<std::vector<ErrorShare>> take() { return std::move(shares); }

private:
  void add(int64_t row, int pair, ErrorSource source, double amount) {
    if (amount != 0)
      shares[row].push_back({pair, source, amount});
  }
  /// Rounding, saturation and relaxation of one neuron in one row.
  struct ClampShare {
    double rounding = 0, saturation = 0, relaxation = 0;
  };

  const RelaxedTwin &twin;
  const PlaneSlopes &slopes;
  const SubstitutionTrace &trace;
  Trajectory path;
  std::vector<std::vector<ErrorShare>> shares;
};

/// A neuron without rounding, and then with the first net's clamp on both
/// sides.
struct NeuronVariants {
  std::optional<TwinHull> plain, unsaturated; ///< like the neuron's hull
  std::optional<NeuronStep> linear;           ///< unsaturated, of one without

  NeuronVariants(const NeuronStep &neuron, const Hexagon &hexagon,
                 ClampedValue first, ClampedValue second) {
    first.step.step = second.step.step = 0;
    first.isExact = second.isExact = true;
    if (neuron.hull)
      plain.emplace(hexagon, first, second);
    second.step = first.step;
    if (neuron.hull)
      unsaturated.emplace(hexagon, first, second);
    else
      linear.emplace(hexagon, first, second);
  }
};

} // namespace

void Attributor::addInputs() {
  for (const auto &[pair, best] : trace.inputs) {
    const TwinRows &rows = trace.inputRows.find(pair)->second;
    for (int64_t r = 0; r < best.e.rows(); ++r)
      add(r, pair, ErrorSource::Input, rows.e.row(r).dot(best.e.row(r)));
  }
}

void Attributor::addAffine(int pair, const TwinRows &rows) {
  const PairStep &step = twin.steps[pair];
  const Matrix *x = path.findOperand(step);
  if (!x)
    return;
  const AffineDifference &difference = *twin.affine[pair];
  const AffineMap &map = twin.first.relaxed.maps.getAffine(*step.first);
  int64_t outs = map.weights.rows(), ins = map.weights.cols();
  for (int64_t block = 0; block < map.rows; ++block) {
    auto d = rows.e.middleCols(block * outs, outs);
    Matrix change =
        x->middleCols(block * ins, ins) * difference.getWeights().transpose();
    for (int64_t r = 0; r < d.rows(); ++r) {
      add(r, pair, ErrorSource::Weights, d.row(r).dot(change.row(r)));
      double bias = 0;
      for (int64_t o = 0; o < outs; ++o)
        bias += d(r, o) * middle(difference.getBias()[o]);
      add(r, pair, ErrorSource::Bias, bias);
    }
  }
}

void Attributor::addScale(int pair, const TwinRows &rows) {
  const PairStep &step = twin.steps[pair];
  const Matrix *x = path.findOperand(step);
  if (!x)
    return;
  int64_t size = rows.e.cols();
  auto f = getScalings(step.first, twin.first.relaxed.maps, size);
  auto s = getScalings(step.second, twin.second.relaxed.maps, size);
  for (int64_t r = 0; r < rows.e.rows(); ++r) {
    double factors = 0, shifts = 0;
    for (int64_t i = 0; i < size; ++i) {
      factors += rows.e(r, i) * (middle(s[i].factor) - middle(f[i].factor)) *
                 (*x)(r, i);
      shifts += rows.e(r, i) * (middle(s[i].shift) - middle(f[i].shift));
    }
    add(r, pair, ErrorSource::Weights, factors);
    add(r, pair, ErrorSource::Bias, shifts);
  }
}

void Attributor::addClamp(int pair, const TwinRows &rows) {
  const PairStep &step = twin.steps[pair];
  const Matrix *from = path.findOperand(step);
  const Matrix *to = path.find(pair, nullptr);
  if (!from || !to)
    return;
  const std::vector<NeuronStep> &neurons = twin.neurons.find(pair)->second;
  std::vector<ClampShare> sums(rows.x.rows());
  for (int64_t i = 0; i < rows.x.cols(); ++i) {
    const NeuronStep &neuron = neurons[i];
    Hexagon hexagon = twin.getOperand(step, i);
    NeuronVariants variants(
        neuron, hexagon,
        describeClamp(step.first, twin.first.exactRoundings, i, hexagon.x),
        describeClamp(step.second, twin.second.exactRoundings, i, hexagon.y));
    for (int64_t r = 0; r < rows.x.rows(); ++r) {
      double a = rows.x(r, i), d = rows.e(r, i);
      if (a == 0 && d == 0)
        continue;
      double x = (*from)(r, i), clamped = (*to)(r, i);
      ClampShare &sum = sums[r];
      if (!neuron.hull) {
        auto shift = [&](const NeuronStep &of) {
          return d * (middle(of.offset) + of.slopeX * x);
        };
        // Where the nets would part without any saturation, it is the bend.
        const NeuronStep &linear = *variants.linear;
        double bend =
            !linear.hull && linear.slopeE == neuron.slopeE ? shift(linear) : 0;
        sum.rounding += std::fabs(d) * neuron.offset.width() / 2;
        sum.relaxation += bend;
        sum.saturation += shift(neuron) - bend;
        continue;
      }
      double u = a - d;
      Plane plane = getPlane(slopes.find(pair)->second, r, i, u, d);
      double offset = neuron.hull->getOffsetAbove(u, d, plane);
      double plain = variants.plain->getOffsetAbove(u, d, plane);
      double unsaturated = variants.unsaturated->getOffsetAbove(u, d, plane);
      sum.rounding += offset - plain;
      sum.saturation += plain - unsaturated;
      sum.relaxation += plane.slopeX * x + unsaturated - a * clamped;
    }
  }
  for (auto [r, sum] : llvm::enumerate(sums)) {
    auto row = static_cast<int64_t>(r);
    add(row, pair, ErrorSource::Rounding, sum.rounding);
    add(row, pair, ErrorSource::Saturation, sum.saturation);
    add(row, pair, ErrorSource::Relaxation, sum.relaxation);
  }
}

std::vector<Attribution> attributeErrors(const RelaxedTwin &twin, int pair,
                                         llvm::ArrayRef<int64_t> elements,
                                         const PlaneSlopes &slopes,
                                         llvm::ArrayRef<Interval> proved) {
  SubstitutionTrace trace;
  trace.keepsAll = true;
  Vector tops = boundErrors(twin, pair, elements, &slopes, &trace);
  Attributor attributor(twin, slopes, trace, pair, tops.size());
  attributor.addInputs();
  for (int k = 0; k <= pair; ++k) {
    if (auto rows = trace.linear.find(k); rows != trace.linear.end()) {
      if (twin.steps[k].kind == PairStep::Affine)
        attributor.addAffine(k, rows->second);
      else
        attributor.addScale(k, rows->second);
    }
    if (auto rows = trace.rows.find(k); rows != trace.rows.end())
      attributor.addClamp(k, rows->second);
  }
  std::vector<Attribution> result;
  auto count = static_cast<int64_t>(elements.size());
  for (auto [r, shares] : llvm::enumerate(attributor.take())) {
    bool isUpper = static_cast<int64_t>(r) < count;
    int64_t index = static_cast<int64_t>(r) % count;
    const Interval &range = proved[index];
    double sign = isUpper ? 1 : -1;
    double sum = 0;
    for (ErrorShare &share : shares) {
      sum += share.amount;
      share.amount *= sign;
    }
    double bound = isUpper ? range.hi : range.lo;
    shares.push_back({pair, ErrorSource::Arithmetic, sign * (tops[r] - sum)});
    shares.push_back({pair, ErrorSource::Methods, bound - sign * tops[r]});
    llvm::erase_if(shares, [](const ErrorShare &s) { return s.amount == 0; });
    result.push_back({elements[index], isUpper, bound, std::move(shares)});
  }
  return result;
}

} // namespace qev
