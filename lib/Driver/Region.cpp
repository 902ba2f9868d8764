//===- Region.cpp - Regions from command lines ------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OptionValues.h"
#include "Samples.h"
#include "qev/Driver/Question.h"
#include "llvm/ADT/StringExtras.h"

namespace qev {

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
  auto read = readSamples(options.input, input.type);
  if (!read)
    return read.takeError();
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
  std::string all = "0-" + std::to_string(read->count - 1);
  auto samples = parseIndices("--sample", options.sample.empty() ? all : options.sample,
                              read->count);
  if (!samples)
    return samples.takeError();

  std::vector<SampleRegion> regions;
  int64_t size = input.type.getNumElements();
  for (int64_t sample : *samples) {
    InputRegion region;
    region.name = input.name;
    for (int64_t i = 0; i < size; ++i) {
      Real centre = Real::fromDouble(read->values[sample * size + i]);
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

} // namespace qev
