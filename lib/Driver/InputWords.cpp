//===- InputWords.cpp - What was typed about one input ----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InputWords.h"
#include "OptionValues.h"
#include "Samples.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"

namespace qev {

/// The inputs that a word is about, and its value. A path may hold a `=`.
static llvm::Expected<std::pair<llvm::SmallVector<size_t>, llvm::StringRef>>
split(llvm::StringRef option, llvm::StringRef word,
      llvm::ArrayRef<Op *> inputs) {
  llvm::SmallVector<size_t> indices;
  auto [name, value] = word.split('=');
  for (auto [i, input] : llvm::enumerate(inputs))
    if (word.contains('=') && input->name == name)
      return std::pair(llvm::SmallVector<size_t>{i}, value);
  if (word.contains('=') && !llvm::sys::fs::exists(word)) {
    std::vector<std::string> names;
    for (const Op *input : inputs)
      names.push_back("'" + input->name + "'");
    return usage(option, "the model has no input '" + name + "', it has " +
                             llvm::join(names, ", "));
  }
  for (size_t i = 0; i < inputs.size(); ++i)
    indices.push_back(i);
  return std::pair(std::move(indices), word);
}

llvm::Expected<std::vector<InputWords>> distribute(const RegionOptions &options,
                                                   const Net &net) {
  auto inputs = net.getInputs();
  std::vector<InputWords> all(inputs.size());
  for (auto [option, words, member] :
       {std::tuple("--box", &options.box, &InputWords::box),
        {"--input", &options.input, &InputWords::input},
        {"--radius", &options.radius, &InputWords::radius},
        {"--clip", &options.clip, &InputWords::clip},
        {"--grid", &options.grid, &InputWords::grid},
        {"--levels", &options.levels, &InputWords::levels},
        {"--mean", &options.mean, &InputWords::mean},
        {"--std", &options.std, &InputWords::std}}) {
    std::vector<std::string> general(inputs.size());
    for (const std::string &word : *words) {
      auto parts = split(option, word, inputs);
      if (!parts)
        return parts.takeError();
      bool isGeneral = parts->second.size() == word.size();
      for (size_t i : parts->first) {
        std::string &place = isGeneral ? general[i] : all[i].*member;
        if (!place.empty())
          return usage(
              option, "is given twice" +
                          (isGeneral ? llvm::Twine()
                                     : " for input '" + inputs[i]->name + "'"));
        place = parts->second.str();
      }
    }
    for (auto [place, word] : llvm::zip_equal(all, general))
      if ((place.*member).empty())
        place.*member = std::move(word);
  }
  return all;
}

bool isBoxFile(llvm::StringRef word) {
  return word.ends_with(".npy") || word.ends_with(".pb");
}

//===----------------------------------------------------------------------===//
// Values per channel
//===----------------------------------------------------------------------===//

/// An image is [C, H, W], with or without a batch of 1 in front.
static int64_t countChannels(const Op &input) {
  llvm::ArrayRef<int64_t> shape = input.type.getShape();
  if (shape.empty())
    return 1;
  return shape.size() > 1 && shape[0] == 1 ? shape[1] : shape[0];
}

static llvm::Error checkChannels(llvm::StringRef option, size_t count,
                                 const Op &input) {
  int64_t channels = countChannels(input);
  if (count == 1 || static_cast<int64_t>(count) == channels)
    return llvm::Error::success();
  return usage(option, llvm::Twine(count) + " values for the " +
                           llvm::Twine(channels) + " channels of input '" +
                           input.name + "', of type " + printType(input.type) +
                           "; give one, or one per channel");
}

static llvm::Expected<std::vector<Real>>
parseChannels(llvm::StringRef option, llvm::StringRef text, const Op &input) {
  std::vector<Real> values;
  for (llvm::StringRef part : llvm::split(text, ',')) {
    auto value = parseNumber(option, part);
    if (!value)
      return value.takeError();
    values.push_back(*value);
  }
  if (llvm::Error error = checkChannels(option, values.size(), input))
    return error;
  return values;
}

//===----------------------------------------------------------------------===//
// Grids, levels and normalisation
//===----------------------------------------------------------------------===//

static llvm::Expected<std::vector<InputRegion::Grid>>
parseGrids(llvm::StringRef text, const Op &input) {
  std::vector<InputRegion::Grid> grids;
  for (llvm::StringRef part : llvm::split(text, ',')) {
    auto [stepText, offsetText] = part.split(':');
    auto step = parseNumber("--grid", stepText);
    if (!step)
      return step.takeError();
    auto offset = parseNumber("--grid", offsetText.empty() ? "0" : offsetText);
    if (!offset)
      return offset.takeError();
    if (step->sign() <= 0)
      return usage("--grid", "the step must be positive, got " + stepText);
    grids.push_back({*step, *offset});
  }
  if (llvm::Error error = checkChannels("--grid", grids.size(), input))
    return error;
  return grids;
}

static llvm::Expected<std::vector<std::vector<Real>>>
readLevels(llvm::StringRef path, const Op &input) {
  auto array = readArray(path);
  if (!array)
    return array.takeError();
  llvm::ArrayRef<int64_t> shape = array->shape;
  int64_t channels = shape.size() == 2 ? shape[0] : 1;
  if (shape.empty() || shape.size() > 2 || array->values.empty() ||
      (channels != 1 && channels != countChannels(input)))
    return makeError(DiagId::InputData, path,
                     "shape " + printShape(shape) +
                         " is neither [N], levels for all elements, nor [" +
                         llvm::Twine(countChannels(input)) +
                         ", N], for each channel of input '" + input.name +
                         "'");
  std::vector<std::vector<Real>> all;
  for (int64_t c = 0; c < channels; ++c) {
    auto &levels = all.emplace_back();
    for (int64_t i = 0; i < shape.back(); ++i)
      levels.push_back(Real::fromDouble(array->values[c * shape.back() + i]));
    llvm::sort(levels);
    levels.erase(llvm::unique(levels), levels.end());
  }
  return all;
}

llvm::Expected<InputPoints> InputPoints::read(const InputWords &words,
                                              const Op &input) {
  InputPoints points;
  if (!words.levels.empty() && !words.grid.empty())
    return usage("--levels", "goes with no --grid: give one of them");
  if (!words.levels.empty()) {
    auto levels = readLevels(words.levels, input);
    if (!levels)
      return levels.takeError();
    points.levels = std::move(*levels);
  }
  if (!words.grid.empty()) {
    auto grids = parseGrids(words.grid, input);
    if (!grids)
      return grids.takeError();
    points.grids = std::move(*grids);
  }
  if (words.mean.empty() && words.std.empty())
    return points;
  auto mean =
      parseChannels("--mean", words.mean.empty() ? "0" : words.mean, input);
  if (!mean)
    return mean.takeError();
  auto std = parseChannels("--std", words.std.empty() ? "1" : words.std, input);
  if (!std)
    return std.takeError();
  for (const Real &value : *std)
    if (value.sign() <= 0)
      return usage("--std", "must be positive, got " + printReal(value));
  points.mean = std::move(*mean);
  points.std = std::move(*std);
  return points;
}

static llvm::Error missing(llvm::StringRef option, llvm::StringRef what,
                           const InputRegion &region, int64_t i) {
  return makeError(DiagId::QueryRegion, option,
                   "no " + what + " between " + printReal(region.lo[i]) +
                       " and " + printReal(region.hi[i]) + " at element " +
                       llvm::Twine(i));
}

llvm::Error InputPoints::cutToGrid(InputRegion &region) const {
  region.grids = grids;
  for (int64_t i = 0; i < region.size(); ++i) {
    auto [first, last] = region.getGridRange(i);
    if (last < first)
      return missing("--grid", "grid point", region, i);
    region.lo[i] = region.getGridPoint(i, first);
    region.hi[i] = region.getGridPoint(i, last);
  }
  return llvm::Error::success();
}

llvm::Error InputPoints::cutToLevels(InputRegion &region) const {
  region.levels = levels;
  for (int64_t i = 0; i < region.size(); ++i) {
    llvm::ArrayRef<Real> inside = region.getLevels(i);
    if (inside.empty())
      return missing("--levels", "level", region, i);
    Real lo = inside.front(), hi = inside.back();
    region.lo[i] = std::move(lo);
    region.hi[i] = std::move(hi);
  }
  return llvm::Error::success();
}

/// As many blocks as the finer of two divisions has.
template <typename T>
static std::vector<T> refine(const std::vector<T> &blocks, size_t count) {
  std::vector<T> result(count);
  for (size_t i = 0; i < count; ++i)
    result[i] = blocks[i * blocks.size() / count];
  return result;
}

void InputPoints::normalize(InputRegion &region) const {
  // All of it by the finest division, 1 block or one per channel.
  size_t count = std::max(
      {mean.size(), std.size(), region.grids.size(), region.levels.size()});
  std::vector<Real> means = refine(mean, count), stds = refine(std, count);
  auto map = [&](const Real &x, size_t block) {
    return (x - means[block]) / stds[block];
  };
  for (int64_t i = 0; i < region.size(); ++i) {
    size_t block = i * static_cast<int64_t>(count) / region.size();
    region.lo[i] = map(region.lo[i], block);
    region.hi[i] = map(region.hi[i], block);
  }
  if (!region.grids.empty())
    region.grids = refine(region.grids, count);
  if (!region.levels.empty())
    region.levels = refine(region.levels, count);
  for (auto [block, grid] : llvm::enumerate(region.grids))
    grid = {grid.step / stds[block], map(grid.offset, block)};
  for (auto [block, list] : llvm::enumerate(region.levels))
    for (Real &level : list)
      level = map(level, block);
}

llvm::Error InputPoints::apply(InputRegion &region) const {
  if (!levels.empty())
    if (llvm::Error error = cutToLevels(region))
      return error;
  if (!grids.empty())
    if (llvm::Error error = cutToGrid(region))
      return error;
  if (!mean.empty())
    normalize(region);
  return llvm::Error::success();
}

} // namespace qev
