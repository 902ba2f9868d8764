//===- Question.cpp - Regions and claims from command lines -----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Question.h"
#include "qev/Driver/Obligation.h"
#include "qev/Import/Array.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"

namespace qev {

static llvm::Error usage(const llvm::Twine &where, const llvm::Twine &message) {
  return makeError(DiagId::Usage, where, message);
}

static llvm::Expected<Real> parseNumber(llvm::StringRef option,
                                        llvm::StringRef text) {
  if (std::optional<Real> value = Real::parse(text.trim())) {
    // Reports could not say it: JSON knows no infinity.
    if (!std::isfinite(value->toDouble()))
      return usage(option, "'" + text + "' is beyond the largest double");
    return *value;
  }
  return usage(option, "'" + text + "' is no number (a decimal as -1.5e-3, or a "
                                    "fraction as 1/3)");
}

static llvm::Expected<std::pair<Real, Real>> parseRange(llvm::StringRef option,
                                                        llvm::StringRef text) {
  auto [low, high] = text.split(':');
  if (!text.contains(':'))
    return usage(option, "'" + text + "' is no range LO:HI");
  auto lo = parseNumber(option, low);
  if (!lo)
    return lo.takeError();
  auto hi = parseNumber(option, high);
  if (!hi)
    return hi.takeError();
  if (*hi < *lo)
    return makeError(DiagId::QueryRegion, option,
                     "the lower end " + low + " lies above the upper end " +
                         high);
  return std::pair(*lo, *hi);
}

static llvm::Expected<std::vector<int64_t>>
parseIndices(llvm::StringRef option, llvm::StringRef text, int64_t count) {
  std::vector<int64_t> indices;
  llvm::SmallVector<llvm::StringRef> parts;
  text.split(parts, ',');
  for (llvm::StringRef part : parts) {
    auto [from, to] = part.trim().split('-');
    int64_t first = 0, last = 0;
    if (from.getAsInteger(10, first) ||
        (part.contains('-') ? to.getAsInteger(10, last)
                            : from.getAsInteger(10, last)) ||
        first > last)
      return usage(option, "'" + part + "' is no number I and no range A-B");
    if (first < 0 || last >= count)
      return usage(option, "'" + part + "' is outside 0-" +
                               llvm::Twine(count - 1));
    for (int64_t i = first; i <= last; ++i)
      indices.push_back(i);
  }
  return indices;
}

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

static std::string printShape(llvm::ArrayRef<int64_t> shape) {
  std::string text = "[";
  llvm::raw_string_ostream os(text);
  llvm::interleaveComma(shape, os);
  os << "]";
  return text;
}

/// Samples of a file: how many, given the shape of one.
static llvm::Expected<int64_t> countSamples(llvm::StringRef path,
                                            const Array &array,
                                            const TensorType &type) {
  auto fail = [&] {
    return makeError(DiagId::InputData, path,
                     "shape " + printShape(array.shape) +
                         " is neither one input of shape " +
                         printShape(type.getShape()) + " nor a batch of them");
  };
  llvm::ArrayRef<int64_t> shape = array.shape, one = type.getShape();
  if (shape == one)
    return 1;
  // One dimension more, or as many where the model's batch is 1.
  bool fits = shape.size() == one.size() + 1 && shape.drop_front() == one;
  fits |= shape.size() == one.size() && !one.empty() && one[0] == 1 &&
          shape.drop_front() == one.drop_front();
  // A single sample without the model's batch of 1.
  if (!one.empty() && one[0] == 1 && shape == one.drop_front())
    return 1;
  if (!fits)
    return fail();
  return shape[0];
}

/// Cuts the ranges to the outermost levels in them.
static llvm::Error applyLevels(const RegionOptions &options,
                               InputRegion &region) {
  if (options.levels.empty())
    return llvm::Error::success();
  if (!options.grid.empty())
    return usage("--levels", "goes with no --grid: give one of them");
  auto array = readArray(options.levels);
  if (!array)
    return array.takeError();
  if (array->shape.size() != 1 || array->values.empty())
    return makeError(DiagId::InputData, options.levels,
                     "shape " + printShape(array->shape) +
                         " is not [N]: one list of levels, for all elements");
  for (double level : array->values)
    region.levels.push_back(Real::fromDouble(level));
  llvm::sort(region.levels);
  region.levels.erase(llvm::unique(region.levels), region.levels.end());
  for (int64_t i = 0; i < region.size(); ++i) {
    llvm::ArrayRef<Real> inside = region.getLevels(i);
    if (inside.empty())
      return makeError(DiagId::QueryRegion, "--levels",
                       "no level between " + printReal(region.lo[i]) + " and " +
                           printReal(region.hi[i]) + " at element " +
                           llvm::Twine(i));
    region.lo[i] = inside.front();
    region.hi[i] = inside.back();
  }
  return llvm::Error::success();
}

static llvm::Error applyGrid(const RegionOptions &options,
                             InputRegion &region) {
  if (options.grid.empty())
    return llvm::Error::success();
  auto [stepText, offsetText] = llvm::StringRef(options.grid).split(':');
  auto step = parseNumber("--grid", stepText);
  if (!step)
    return step.takeError();
  auto offset = parseNumber("--grid", offsetText.empty() ? "0" : offsetText);
  if (!offset)
    return offset.takeError();
  if (step->sign() <= 0)
    return usage("--grid", "the step must be positive, got " + stepText);
  for (int64_t i = 0; i < region.size(); ++i) {
    mpz_class low = ((region.lo[i] - *offset) / *step).ceil();
    mpz_class high = ((region.hi[i] - *offset) / *step).floor();
    if (high < low)
      return makeError(DiagId::QueryRegion, "--grid",
                       "no grid point between " + printReal(region.lo[i]) +
                           " and " + printReal(region.hi[i]) + " at element " +
                           llvm::Twine(i));
    region.lo[i] = *offset + Real(low) * *step;
    region.hi[i] = *offset + Real(high) * *step;
  }
  region.grid = InputRegion::Grid{*step, *offset};
  return llvm::Error::success();
}

static llvm::Error restrictToPoints(const RegionOptions &options,
                                    InputRegion &region) {
  if (llvm::Error error = applyLevels(options, region))
    return error;
  return applyGrid(options, region);
}

static llvm::Expected<InputRegion> buildBox(const RegionOptions &options,
                                            const Op &input) {
  int64_t size = input.type.getNumElements();
  InputRegion region;
  region.name = input.name;
  if (llvm::StringRef(options.box).ends_with(".npy") ||
      llvm::StringRef(options.box).ends_with(".pb")) {
    auto array = readArray(options.box);
    if (!array)
      return array.takeError();
    if (array->shape.empty() || array->shape[0] != 2 ||
        static_cast<int64_t>(array->values.size()) != 2 * size)
      return makeError(DiagId::InputData, options.box,
                       "shape " + printShape(array->shape) +
                           " is not [2, ...] over the input's " +
                           llvm::Twine(size) + " elements");
    for (int64_t i = 0; i < size; ++i) {
      region.lo.push_back(Real::fromDouble(array->values[i]));
      region.hi.push_back(Real::fromDouble(array->values[size + i]));
      if (region.hi[i] < region.lo[i])
        return makeError(DiagId::QueryRegion, options.box,
                         "the lower end " + printReal(region.lo[i]) +
                             " lies above the upper end " +
                             printReal(region.hi[i]) + " at element " +
                             llvm::Twine(i));
    }
  } else {
    auto range = parseRange("--box", options.box);
    if (!range)
      return range.takeError();
    region.lo.assign(size, range->first);
    region.hi.assign(size, range->second);
  }
  if (llvm::Error error = restrictToPoints(options, region))
    return error;
  return region;
}

static llvm::Expected<std::vector<SampleRegion>>
buildBalls(const RegionOptions &options, const Op &input) {
  auto array = readArray(options.input);
  if (!array)
    return array.takeError();
  auto count = countSamples(options.input, *array, input.type);
  if (!count)
    return count.takeError();
  if (*count == 0)
    return makeError(DiagId::InputData, options.input, "holds no sample");
  auto radius =
      parseNumber("--radius", options.radius.empty() ? "0" : options.radius);
  if (!radius)
    return radius.takeError();
  if (radius->sign() < 0)
    return usage("--radius", "must not be negative, got " + options.radius);
  std::optional<std::pair<Real, Real>> clip;
  if (!options.clip.empty()) {
    auto range = parseRange("--clip", options.clip);
    if (!range)
      return range.takeError();
    clip = *range;
  }
  std::string all = "0-" + std::to_string(*count - 1);
  auto samples = parseIndices("--sample", options.sample.empty() ? all : options.sample,
                              *count);
  if (!samples)
    return samples.takeError();

  std::vector<SampleRegion> regions;
  int64_t size = input.type.getNumElements();
  for (int64_t sample : *samples) {
    InputRegion region;
    region.name = input.name;
    for (int64_t i = 0; i < size; ++i) {
      Real centre = Real::fromDouble(array->values[sample * size + i]);
      Real lo = centre - *radius, hi = centre + *radius;
      if (clip) {
        lo = std::max(lo, clip->first);
        hi = std::min(hi, clip->second);
        if (hi < lo)
          return makeError(DiagId::QueryRegion, options.input,
                           "sample " + llvm::Twine(sample) + " element " +
                               llvm::Twine(i) + ", " + printReal(centre) +
                               ", lies outside --clip " + options.clip +
                               " by more than the radius");
      }
      region.lo.push_back(std::move(lo));
      region.hi.push_back(std::move(hi));
    }
    if (llvm::Error error = restrictToPoints(options, region))
      return error;
    regions.push_back({sample, {std::move(region)}});
  }
  return regions;
}

llvm::Expected<std::vector<SampleRegion>>
buildRegions(const RegionOptions &options, const Net &net) {
  auto inputs = net.getInputs();
  if (inputs.size() != 1)
    return makeError(DiagId::NetSignature, "@" + net.name,
                     llvm::Twine(inputs.size()) +
                         " inputs; regions of several inputs are not supported");
  if (options.box.empty() && options.input.empty())
    return usage("--box", "a region is needed: --box LO:HI, or --input FILE with "
                          "--radius R");
  if (!options.box.empty() && !options.input.empty())
    return usage("--box", "goes with no --input: give one region");
  if (!options.box.empty()) {
    for (auto [value, name] :
         {std::pair(&options.radius, "--radius"), {&options.clip, "--clip"},
          {&options.sample, "--sample"}})
      if (!value->empty())
        return usage(name, "goes with --input, not with --box");
    auto region = buildBox(options, *inputs[0]);
    if (!region)
      return region.takeError();
    return std::vector<SampleRegion>{{0, {std::move(*region)}}};
  }
  return buildBalls(options, *inputs[0]);
}

//===----------------------------------------------------------------------===//
// Claims
//===----------------------------------------------------------------------===//

llvm::Expected<std::vector<int64_t>>
chooseOutputs(const QuestionOptions &options, int64_t numOutputs,
              int64_t predicted) {
  std::vector<int64_t> chosen;
  if (options.outputs.empty() || options.outputs == "all") {
    for (int64_t i = 0; i < numOutputs; ++i)
      chosen.push_back(i);
    return chosen;
  }
  if (options.outputs == "predicted")
    return std::vector<int64_t>{predicted};
  auto indices = parseIndices("--outputs", options.outputs, numOutputs);
  if (!indices)
    return indices.takeError();
  chosen = *indices;
  llvm::sort(chosen);
  chosen.erase(std::unique(chosen.begin(), chosen.end()), chosen.end());
  return chosen;
}

static llvm::Expected<Real> parseEpsilon(llvm::StringRef text, int64_t output,
                                         const Net &second,
                                         const Box &firstRange) {
  bool lsb = text.consume_back("lsb");
  bool percent = !lsb && text.consume_back("%");
  if (text.trim().empty())
    return usage("--epsilon", "a number is missing, as in 0.05, 2lsb or 1%");
  auto number = parseNumber("--epsilon", text);
  if (!number)
    return number.takeError();
  if (number->sign() < 0)
    return usage("--epsilon", "must not be negative, got " + text);
  if (lsb) {
    if (std::optional<Real> step = getOutputStep(second, output))
      return *number * *step;
    return usage("--epsilon",
                 "'lsb' needs an output quantizer, and the output of @" +
                     second.name +
                     " has none; give a number, one per output, or a percentage");
  }
  if (!percent)
    return *number;
  Interval range = firstRange[0];
  for (const Interval &other : firstRange)
    range = hull(range, other);
  if (!std::isfinite(range.lo) || !std::isfinite(range.hi))
    return usage("--epsilon", "'%' needs the first model's output range, which "
                              "is not bounded over this region");
  return *number / Real(100) *
         (Real::fromDouble(range.hi) - Real::fromDouble(range.lo));
}

static llvm::Expected<Claim> buildDeltaClaim(llvm::StringRef text,
                                             llvm::ArrayRef<int64_t> outputs,
                                             const Net &second,
                                             const Box &firstRange) {
  llvm::SmallVector<llvm::StringRef> parts;
  text.split(parts, ',');
  size_t numOutputs = firstRange.size();
  if (parts.size() != 1 && parts.size() != numOutputs)
    return usage("--epsilon", llvm::Twine(parts.size()) +
                                  " numbers for " + llvm::Twine(numOutputs) +
                                  " outputs; give one, or one per output");
  DeltaClaim claim;
  claim.epsilon.resize(numOutputs);
  for (int64_t output : outputs) {
    auto epsilon = parseEpsilon(parts.size() == 1 ? parts[0] : parts[output],
                                output, second, firstRange);
    if (!epsilon)
      return epsilon.takeError();
    claim.epsilon[output] = *epsilon;
  }
  return claim;
}

llvm::Expected<Claim> buildClaim(const QuestionOptions &options,
                                 llvm::ArrayRef<int64_t> outputs,
                                 const Net &second, const Box &firstRange) {
  bool topOne = options.topOne || !options.topOneMargin.empty();
  if (topOne && !options.epsilon.empty())
    return usage("--top1", "goes with no --epsilon: ask one question at a time");
  if (topOne) {
    auto margin = parseNumber("--top1-margin", options.topOneMargin.empty()
                                                   ? "0"
                                                   : options.topOneMargin);
    if (!margin)
      return margin.takeError();
    if (margin->sign() < 0)
      return usage("--top1-margin", "must not be negative, got " +
                                        options.topOneMargin);
    return TopOneClaim{*margin};
  }
  if (options.epsilon.empty())
    return Claim();
  return buildDeltaClaim(options.epsilon, outputs, second, firstRange);
}

} // namespace qev
