//===- Region.cpp - Regions from command lines ------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InputWords.h"
#include "OptionValues.h"
#include "Samples.h"

namespace qev {

/// Points and units are the same for boxes and balls.
static llvm::Error finish(const InputWords &words, const Op &input,
                          InputRegion &region) {
  if (llvm::Error error = restrictToPoints(words, input, region))
    return error;
  return normalizeInputs(words, input, region);
}

//===----------------------------------------------------------------------===//
// Boxes
//===----------------------------------------------------------------------===//

static llvm::Error readBox(llvm::StringRef path, InputRegion &region,
                           int64_t size) {
  auto array = readArray(path);
  if (!array)
    return array.takeError();
  if (array->shape.empty() || array->shape[0] != 2 ||
      static_cast<int64_t>(array->values.size()) != 2 * size)
    return makeError(DiagId::InputData, path,
                     "shape " + printShape(array->shape) +
                         " is not [2, ...] over the input's " +
                         llvm::Twine(size) + " elements");
  for (int64_t i = 0; i < size; ++i) {
    region.lo.push_back(Real::fromDouble(array->values[i]));
    region.hi.push_back(Real::fromDouble(array->values[size + i]));
    if (region.hi[i] < region.lo[i])
      return makeError(DiagId::QueryRegion, path,
                       "the lower end " + printReal(region.lo[i]) +
                           " lies above the upper end " +
                           printReal(region.hi[i]) + " at element " +
                           llvm::Twine(i));
  }
  return llvm::Error::success();
}

static llvm::Expected<InputRegion> buildBox(const InputWords &words,
                                            const Op &input) {
  for (auto [value, name] :
       {std::pair(&words.radius, "--radius"), {&words.clip, "--clip"}})
    if (!value->empty())
      return usage(name, "goes with --input, not with --box");
  int64_t size = input.type.getNumElements();
  InputRegion region;
  region.name = input.name;
  llvm::StringRef box = words.box;
  if (isBoxFile(box)) {
    if (llvm::Error error = readBox(box, region, size))
      return error;
  } else {
    auto range = parseRange("--box", box);
    if (!range)
      return range.takeError();
    region.lo.assign(size, range->first);
    region.hi.assign(size, range->second);
  }
  if (llvm::Error error = finish(words, input, region))
    return error;
  return region;
}

//===----------------------------------------------------------------------===//
// Balls
//===----------------------------------------------------------------------===//

namespace {
/// Max-norm balls around the samples of one input.
struct Balls {
  const InputWords &words;
  const Op &input;
  Samples samples;
  Real radius;
  std::optional<std::pair<Real, Real>> clip;

  static llvm::Expected<Balls> read(const InputWords &words, const Op &input);
  llvm::Expected<InputRegion> build(int64_t sample) const;
};
} // namespace

llvm::Expected<Balls> Balls::read(const InputWords &words, const Op &input) {
  Balls balls{words, input, {}, {}, std::nullopt};
  auto samples = readSamples(words.input, input.type);
  if (!samples)
    return samples.takeError();
  balls.samples = std::move(*samples);
  auto radius =
      parseNumber("--radius", words.radius.empty() ? "0" : words.radius);
  if (!radius)
    return radius.takeError();
  if (radius->sign() < 0)
    return usage("--radius", "must not be negative, got " + words.radius);
  balls.radius = *radius;
  if (!words.clip.empty()) {
    auto range = parseRange("--clip", words.clip);
    if (!range)
      return range.takeError();
    balls.clip = *range;
  }
  return balls;
}

llvm::Expected<InputRegion> Balls::build(int64_t sample) const {
  InputRegion region;
  region.name = input.name;
  int64_t size = input.type.getNumElements();
  for (int64_t i = 0; i < size; ++i) {
    Real centre = Real::fromDouble(samples.values[sample * size + i]);
    Real lo = centre - radius, hi = centre + radius;
    if (clip) {
      lo = std::max(lo, clip->first);
      hi = std::min(hi, clip->second);
      if (hi < lo)
        return makeError(DiagId::QueryRegion, words.input,
                         "sample " + llvm::Twine(sample) + " element " +
                             llvm::Twine(i) + ", " + printReal(centre) +
                             ", lies outside --clip " + words.clip +
                             " by more than the radius");
    }
    region.lo.push_back(std::move(lo));
    region.hi.push_back(std::move(hi));
  }
  if (llvm::Error error = finish(words, input, region))
    return error;
  return region;
}

//===----------------------------------------------------------------------===//
// All inputs
//===----------------------------------------------------------------------===//

/// The samples that all inputs with samples have, 1 where none has any.
static llvm::Expected<int64_t>
countSamples(llvm::ArrayRef<std::optional<Balls>> balls) {
  const Balls *first = nullptr;
  for (const std::optional<Balls> &one : balls) {
    if (!one)
      continue;
    if (first && one->samples.count != first->samples.count)
      return makeError(DiagId::InputData, one->words.input,
                       llvm::Twine(one->samples.count) +
                           " samples for input '" + one->input.name +
                           "', but " + llvm::Twine(first->samples.count) +
                           " for input '" + first->input.name + "'");
    if (!first)
      first = &*one;
  }
  return first ? first->samples.count : 1;
}

static llvm::Expected<std::vector<SampleRegion>>
buildFromQuery(const RegionOptions &options, const Net &first,
               const Net *second, const FileOrder &secondOrder) {
  if (!second)
    return usage("--query", "is about two models");
  for (auto [words, name] : {std::pair(&options.box, "--box"),
                             {&options.input, "--input"},
                             {&options.radius, "--radius"},
                             {&options.clip, "--clip"},
                             {&options.grid, "--grid"},
                             {&options.levels, "--levels"},
                             {&options.mean, "--mean"},
                             {&options.std, "--std"}})
    if (!words->empty())
      return usage(name, "goes with no query, which says what the inputs are");
  if (!options.sample.empty() &&
      llvm::StringRef(options.query).ends_with(".vnnlib"))
    return usage("--sample", "picks queries of a .qev file; the cases of '" +
                                 options.query + "' are one question");
  auto all = readQueries(options.query, first, *second, secondOrder);
  if (!all || options.sample.empty())
    return all;
  auto wanted = parseIndices("--sample", options.sample,
                             static_cast<int64_t>(all->size()));
  if (!wanted)
    return wanted.takeError();
  std::vector<SampleRegion> regions;
  for (int64_t index : *wanted)
    regions.push_back((*all)[index]);
  return regions;
}

llvm::Expected<std::vector<SampleRegion>>
buildRegions(const RegionOptions &options, const Net &net, const Net *second,
             const FileOrder &secondOrder) {
  if (!options.query.empty())
    return buildFromQuery(options, net, second, secondOrder);
  auto inputs = net.getInputs();
  auto words = distribute(options, net);
  if (!words)
    return words.takeError();
  std::vector<std::optional<Balls>> balls;
  std::vector<InputRegion> boxes(inputs.size());
  for (auto [i, input] : llvm::enumerate(inputs)) {
    const InputWords &own = (*words)[i];
    balls.emplace_back();
    std::string which =
        inputs.size() > 1 ? " for input '" + input->name + "'" : "";
    if (own.box.empty() && own.input.empty())
      return usage("--box",
                   "a region is needed" + which +
                       ": --box LO:HI, or --input FILE with --radius R");
    if (!own.box.empty() && !own.input.empty())
      return usage("--box",
                   "goes with no --input" + which + ": give one region");
    if (!own.box.empty()) {
      auto region = buildBox(own, *input);
      if (!region)
        return region.takeError();
      boxes[i] = std::move(*region);
      continue;
    }
    auto read = Balls::read(own, *input);
    if (!read)
      return read.takeError();
    balls[i].emplace(std::move(*read));
  }
  bool hasSamples =
      llvm::any_of(balls, [](auto &one) { return one.has_value(); });
  if (!hasSamples && !options.sample.empty())
    return usage("--sample", "goes with --input, not with --box");
  auto count = countSamples(balls);
  if (!count)
    return count.takeError();
  std::string all = "0-" + std::to_string(*count - 1);
  auto samples = parseIndices(
      "--sample", options.sample.empty() ? all : options.sample, *count);
  if (!samples)
    return samples.takeError();
  std::vector<SampleRegion> regions;
  for (int64_t sample : *samples) {
    SampleRegion &region = regions.emplace_back(SampleRegion{sample, boxes});
    for (auto [i, one] : llvm::enumerate(balls)) {
      if (!one)
        continue;
      auto built = one->build(sample);
      if (!built)
        return built.takeError();
      region.inputs[i] = std::move(*built);
    }
  }
  return regions;
}

} // namespace qev
