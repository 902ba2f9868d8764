//===- KernelBench.cpp - Rates of the products of back-substitution -*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelBench.h"
#include "Measure.h"
#include "qev/Analysis/Align.h"
#include "qev/Analysis/TwinSubstitution.h"
#include "qev/Support/Diagnostics.h"
#include <random>

namespace qev {

llvm::Expected<std::vector<KernelShape>> parseShapes(llvm::StringRef text) {
  std::vector<KernelShape> shapes;
  llvm::SmallVector<llvm::StringRef> parts;
  text.split(parts, ',');
  for (llvm::StringRef part : parts) {
    auto [rows, rest] = part.split('x');
    auto [outs, ins] = rest.split('x');
    KernelShape shape;
    if (rows.getAsInteger(10, shape.rows) ||
        outs.getAsInteger(10, shape.outs) || ins.getAsInteger(10, shape.ins) ||
        std::min({shape.rows, shape.outs, shape.ins}) < 1 ||
        std::max({shape.rows, shape.outs, shape.ins}) > 16384 ||
        shape.rows % 2 != 0)
      return makeError(
          DiagId::Usage, "--kernels",
          "'" + part +
              "' is no shape ROWSxOUTSxINS, such as "
              "200x100x784, with an even number of rows and nothing "
              "above 16384");
    shapes.push_back(shape);
  }
  return shapes;
}

//===----------------------------------------------------------------------===//
// Matrices and nets to work on
//===----------------------------------------------------------------------===//

namespace {

/// The same numbers in [-1, 1) on every machine.
class Numbers {
public:
  double next() { return static_cast<double>(engine() >> 11) * 0x1p-52 - 1; }
  Matrix matrix(int64_t rows, int64_t columns) {
    Matrix result(rows, columns);
    for (int64_t i = 0; i < result.size(); ++i)
      result.data()[i] = next();
    return result;
  }
  std::vector<float> floats(int64_t count) {
    std::vector<float> result(count);
    for (float &value : result)
      value = static_cast<float>(next());
    return result;
  }

private:
  std::mt19937_64 engine{0};
};

} // namespace

/// Two affine ops: back-substitution starts with the second one's weights as
/// its rows and takes them through the first.
static std::unique_ptr<Net> makeNet(llvm::StringRef name,
                                    const KernelShape &shape,
                                    std::vector<float> inner,
                                    std::vector<float> outer) {
  auto net = std::make_unique<Net>(name.str());
  int64_t half = shape.rows / 2;
  auto addAffine = [&](Op *operand, int64_t outs, int64_t ins,
                       std::vector<float> weights) {
    Op *constant = net->addConst("w", TensorType::f32({outs, ins}),
                                 ConstData::ofFloats(std::move(weights)));
    return net->add(OpKind::Affine, "h", TensorType::f32({outs}),
                    {operand, constant});
  };
  Op *x = net->add(OpKind::Input, "x", TensorType::f32({shape.ins}));
  Op *h = addAffine(x, shape.outs, shape.ins, std::move(inner));
  net->outputs = {addAffine(h, half, shape.outs, std::move(outer))};
  return net;
}

static std::vector<float> perturb(std::vector<float> values, Numbers &numbers) {
  for (float &value : values)
    value += static_cast<float>(numbers.next()) * 0x1p-8f;
  return values;
}

//===----------------------------------------------------------------------===//
// Rates
//===----------------------------------------------------------------------===//

namespace {

struct Kernel {
  llvm::StringRef name;
  double operations;           ///< that are useful
  std::function<double()> run; ///< the result is there to be used
  double seconds = infinity;
};

} // namespace

/// Takes turns, so that all kernels meet the same conditions; the best round of
/// each counts. A round is many runs of a small kernel: the clock may stand
/// still for one.
static llvm::json::Object race(llvm::MutableArrayRef<Kernel> kernels) {
  constexpr unsigned minRounds = 5;
  constexpr double minSeconds = 1, minRound = 1e-3;
  Stopwatch all;
  for (unsigned round = 0; round < minRounds || all.read().cpu < minSeconds;
       ++round)
    for (Kernel &kernel : kernels) {
      Stopwatch watch;
      double seconds = 0;
      unsigned runs = 0;
      do {
        [[maybe_unused]] volatile double used = kernel.run();
        ++runs;
        seconds = watch.read().cpu;
      } while (seconds < minRound);
      kernel.seconds = std::min(kernel.seconds, seconds / runs);
    }
  llvm::json::Object rates;
  for (const Kernel &kernel : kernels)
    rates[kernel.name] = kernel.operations / kernel.seconds * 1e-9;
  return rates;
}

static llvm::Expected<llvm::json::Object> benchShape(const KernelShape &shape) {
  Numbers numbers;
  Matrix rows = numbers.matrix(shape.rows, shape.outs);
  Matrix weights = numbers.matrix(shape.outs, shape.ins);
  Matrix product(shape.rows, shape.ins), halved = rows;
  for (int64_t i = 1; i < halved.cols(); i += 2)
    halved.col(i).setZero();
  double one = 2.0 * static_cast<double>(shape.rows) *
               static_cast<double>(shape.outs) * static_cast<double>(shape.ins);

  auto inner = numbers.floats(shape.outs * shape.ins);
  auto outer = numbers.floats(shape.rows / 2 * shape.outs);
  auto first = makeNet("first", shape, inner, outer);
  auto second = makeNet("second", shape, perturb(inner, numbers),
                        perturb(outer, numbers));
  auto twin = alignNets(*first, *second);
  if (!twin)
    return twin.takeError();
  auto steps = findPairSteps(**twin);
  if (!steps)
    return steps.takeError();
  auto firstMaps = LinearMaps::build(*first);
  if (!firstMaps)
    return firstMaps.takeError();
  auto secondMaps = LinearMaps::build(*second);
  if (!secondMaps)
    return secondMaps.takeError();
  std::vector<std::unique_ptr<AffineDifference>> affine;
  for (const PairStep &step : *steps) {
    auto &difference = affine.emplace_back();
    if (step.kind == PairStep::Affine)
      difference = std::make_unique<AffineDifference>(
          firstMaps->getAffine(*step.first),
          secondMaps->getAffine(*step.second));
  }
  InputRegion region;
  region.name = "x";
  region.lo.assign(shape.ins, -1);
  region.hi.assign(shape.ins, 1);
  AnalyzedNet firstNet =
      analyzeNet(*first, *firstMaps, region, NetMethod::Interval);
  AnalyzedNet secondNet =
      analyzeNet(*second, *secondMaps, region, NetMethod::Interval);
  RelaxedTwin relaxed{**twin, *steps, affine, firstNet, secondNet, {}, {}, {}};
  for (const Pair &pair : (*twin)->pairs) {
    auto &hexagons = relaxed.hexagons.emplace_back();
    for (auto [x, y] :
         llvm::zip_equal(firstNet.relaxed.reals.find(pair.first)->second,
                         secondNet.relaxed.reals.find(pair.second)->second))
      hexagons.push_back({x, y, y - x});
  }
  std::vector<int64_t> elements(shape.rows / 2);
  for (auto [i, element] : llvm::enumerate(elements))
    element = static_cast<int64_t>(i);
  int last = static_cast<int>((*twin)->pairs.size()) - 1;

  Kernel kernels[] = {
      {"dgemm", one,
       [&] {
         product.noalias() = rows * weights;
         return product(0, 0);
       }},
      {"multiply", one,
       [&] {
         multiplyLive(rows, weights, product, {});
         return product(0, 0);
       }},
      {"multiply_halved", one / 2,
       [&] {
         multiplyLive(halved, weights, product, {});
         return product(0, 0);
       }},
      {"step", 2 * one,
       [&] { return boundErrors(relaxed, last, elements)[0]; }},
  };
  llvm::json::Object object = race(kernels);
  object["rows"] = shape.rows;
  object["outs"] = shape.outs;
  object["ins"] = shape.ins;
  return object;
}

llvm::Expected<llvm::json::Array>
benchKernels(llvm::ArrayRef<KernelShape> shapes) {
  llvm::json::Array array;
  for (const KernelShape &shape : shapes) {
    auto rates = benchShape(shape);
    if (!rates)
      return rates.takeError();
    array.push_back(std::move(*rates));
  }
  return array;
}

} // namespace qev
