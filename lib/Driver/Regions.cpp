//===- Regions.cpp - Regions from command lines -----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Regions.h"
#include "InputWords.h"
#include "OptionValues.h"
#include "Samples.h"

namespace qev {

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
  auto points = InputPoints::read(words, input);
  if (!points)
    return points.takeError();
  if (llvm::Error error = points->apply(region))
    return error;
  return region;
}

//===----------------------------------------------------------------------===//
// Balls
//===----------------------------------------------------------------------===//

/// Max-norm balls around the samples of one input.
struct Regions::Balls {
  std::string path, clipWord;
  const Op &input;
  Samples samples;
  Real radius;
  std::optional<std::pair<Real, Real>> clip;
  InputPoints points;

  static llvm::Expected<Balls> open(const InputWords &words, const Op &input);
  llvm::Expected<InputRegion> build(int64_t sample) const;
};

llvm::Expected<Regions::Balls> Regions::Balls::open(const InputWords &words,
                                                    const Op &input) {
  Balls balls{words.input, words.clip, input, {}, {}, std::nullopt, {}};
  auto samples = Samples::open(words.input, input.type);
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
  auto points = InputPoints::read(words, input);
  if (!points)
    return points.takeError();
  balls.points = std::move(*points);
  return balls;
}

llvm::Expected<InputRegion> Regions::Balls::build(int64_t sample) const {
  auto values = samples.read(sample);
  if (!values)
    return values.takeError();
  InputRegion region;
  region.name = input.name;
  for (auto [i, value] : llvm::enumerate(*values)) {
    Real centre = Real::fromDouble(value);
    Real lo = centre - radius, hi = centre + radius;
    if (clip) {
      lo = std::max(lo, clip->first);
      hi = std::min(hi, clip->second);
      if (hi < lo)
        return makeError(DiagId::QueryRegion, path,
                         "sample " + llvm::Twine(sample) + " element " +
                             llvm::Twine(i) + ", " + printReal(centre) +
                             ", lies outside --clip " + clipWord +
                             " by more than the radius");
    }
    region.lo.push_back(std::move(lo));
    region.hi.push_back(std::move(hi));
  }
  if (llvm::Error error = points.apply(region))
    return error;
  return region;
}

//===----------------------------------------------------------------------===//
// All inputs
//===----------------------------------------------------------------------===//

struct Regions::Shared {
  std::vector<InputRegion> boxes;          ///< of inputs without balls
  std::vector<std::optional<Balls>> balls; ///< by input
  struct Run {
    size_t begin;   ///< which region its first one is
    int64_t sample; ///< the number of that, from which on they are counted
  };
  std::vector<Run> runs; ///< of samples, in the order asked for
  size_t count = 0;      ///< of all

  /// The samples that all inputs with samples have, 1 where none has any.
  llvm::Expected<int64_t> countSamples() const;
  int64_t getSample(size_t i) const;
  llvm::Expected<SampleRegion> build(size_t i) const;
};

llvm::Expected<int64_t> Regions::Shared::countSamples() const {
  const Balls *first = nullptr;
  for (const std::optional<Balls> &one : balls) {
    if (!one)
      continue;
    if (first && one->samples.count() != first->samples.count())
      return makeError(DiagId::InputData, one->path,
                       llvm::Twine(one->samples.count()) +
                           " samples for input '" + one->input.name +
                           "', but " + llvm::Twine(first->samples.count()) +
                           " for input '" + first->input.name + "'");
    if (!first)
      first = &*one;
  }
  return first ? first->samples.count() : 1;
}

int64_t Regions::Shared::getSample(size_t i) const {
  const Run &run = *std::prev(llvm::upper_bound(
      runs, i, [](size_t place, const Run &one) { return place < one.begin; }));
  return run.sample + static_cast<int64_t>(i - run.begin);
}

llvm::Expected<SampleRegion> Regions::Shared::build(size_t i) const {
  SampleRegion region{getSample(i), boxes};
  for (auto [input, one] : llvm::zip_equal(region.inputs, balls)) {
    if (!one)
      continue;
    auto built = one->build(region.index);
    if (!built)
      return built.takeError();
    input = std::move(*built);
  }
  return region;
}

Regions::Regions() = default;
Regions::Regions(Regions &&) noexcept = default;
Regions::~Regions() = default;

llvm::Expected<Regions> Regions::openQuery(const RegionOptions &options,
                                           const Net &first, const Net *second,
                                           const FileOrder &secondOrder) {
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
  if (!all)
    return all.takeError();
  Regions regions;
  if (options.sample.empty()) {
    regions.queries = std::move(*all);
    return regions;
  }
  auto wanted = parseIndices("--sample", options.sample,
                             static_cast<int64_t>(all->size()));
  if (!wanted)
    return wanted.takeError();
  for (int64_t index : *wanted)
    regions.queries.push_back((*all)[index]);
  return regions;
}

llvm::Expected<Regions> Regions::open(const RegionOptions &options,
                                      const Net &net, const Net *second,
                                      const FileOrder &secondOrder) {
  if (!options.query.empty())
    return openQuery(options, net, second, secondOrder);
  auto inputs = net.getInputs();
  auto words = distribute(options, net);
  if (!words)
    return words.takeError();
  Regions regions;
  regions.shared = std::make_unique<Shared>();
  Shared &shared = *regions.shared;
  shared.boxes.resize(inputs.size());
  for (auto [i, input] : llvm::enumerate(inputs)) {
    const InputWords &own = (*words)[i];
    std::optional<Balls> &balls = shared.balls.emplace_back();
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
      shared.boxes[i] = std::move(*region);
      continue;
    }
    auto opened = Balls::open(own, *input);
    if (!opened)
      return opened.takeError();
    balls.emplace(std::move(*opened));
  }
  bool hasSamples =
      llvm::any_of(shared.balls, [](auto &one) { return one.has_value(); });
  if (!hasSamples && !options.sample.empty())
    return usage("--sample", "goes with --input, not with --box");
  auto count = shared.countSamples();
  if (!count)
    return count.takeError();
  std::string all = "0-" + std::to_string(*count - 1);
  auto samples = parseIndexRanges(
      "--sample", options.sample.empty() ? all : options.sample, *count);
  if (!samples)
    return samples.takeError();
  for (auto [first, last] : *samples) {
    shared.runs.push_back({shared.count, first});
    shared.count += static_cast<size_t>(last - first + 1);
    for (const std::optional<Balls> &balls : shared.balls)
      if (balls)
        if (llvm::Error error = balls->samples.check(first, last))
          return error;
  }
  return regions;
}

size_t Regions::count() const {
  return shared ? shared->count : queries.size();
}

llvm::Expected<SampleRegion> Regions::build(size_t i) const {
  if (shared)
    return shared->build(i);
  return queries[i];
}

bool Regions::hasClaim() const {
  return llvm::any_of(queries, [](const SampleRegion &region) {
    return region.claim.has_value();
  });
}

void Regions::claimByDefault(const Claim &claim) {
  for (SampleRegion &region : queries)
    if (!region.claim)
      region.claim = claim;
}

llvm::Expected<std::vector<SampleRegion>>
buildRegions(const RegionOptions &options, const Net &first, const Net *second,
             const FileOrder &secondOrder) {
  auto regions = Regions::open(options, first, second, secondOrder);
  if (!regions)
    return regions.takeError();
  std::vector<SampleRegion> all;
  for (size_t i = 0; i < regions->count(); ++i) {
    auto region = regions->build(i);
    if (!region)
      return region.takeError();
    all.push_back(std::move(*region));
  }
  return all;
}

} // namespace qev
