//===- Codes.cpp - Inputs that are integers in a model's file ---*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Codes.h"
#include "OptionValues.h"

namespace qev {

static llvm::Error refuse(const InputRegion &input,
                          const llvm::Twine &message) {
  return makeError(DiagId::QueryRegion, "input '" + input.name + "'", message);
}

/// Cuts [lo, hi] to the grid's points in [least, most]. An end that is the
/// float32 or the double next to such a point, which is how files and programs
/// give it, counts as the point.
static llvm::Error cut(InputRegion &input, const Real &least,
                       const Real &most) {
  for (int64_t i = 0; i < input.size(); ++i) {
    auto isNextTo = [&](const mpz_class &k, const Real &end) {
      Real point = input.getGridPoint(i, k);
      return (Real::fromDouble(point.toFloat()) == end ||
              point.toDouble() == end.toDouble()) &&
             least <= point && point <= most;
    };
    Real lo = input.lo[i], hi = input.hi[i];
    input.lo[i] = std::max(lo, least);
    input.hi[i] = std::min(hi, most);
    auto [first, last] = input.getGridRange(i);
    if (isNextTo(first - 1, lo))
      --first;
    if (isNextTo(last + 1, hi))
      ++last;
    if (last < first)
      return refuse(input,
                    "no integer of the model stands for a number between " +
                        printReal(lo.toDouble()) + " and " +
                        printReal(hi.toDouble()) + " at element " +
                        llvm::Twine(i));
    input.lo[i] = input.getGridPoint(i, first);
    input.hi[i] = input.getGridPoint(i, last);
  }
  return llvm::Error::success();
}

llvm::Error restrictToCodes(const ModelInfo &info, SampleRegion &region) {
  for (const auto &[position, quant] : info.integerInputs) {
    InputRegion &input = region.inputs[position];
    Real scale = Real::fromDouble(quant.scales[0]);
    auto stand = [&](int64_t code) {
      return Real(code - quant.zeroPoints[0]) * scale;
    };
    auto isCode = [&](const Real &x) { return (x / scale).isInteger(); };
    Real least = stand(quant.storage.min), most = stand(quant.storage.max);
    std::string integers = "the model's integers stand for multiples of " +
                           printReal(quant.scales[0]) + " from " +
                           printReal(least.toDouble()) + " to " +
                           printReal(most.toDouble());
    for (int64_t i = 0; !input.levels.empty() && i < input.size(); ++i)
      for (const Real &level : input.getLevels(i))
        if (!isCode(level) || level < least || most < level)
          return refuse(input,
                        "level " + printReal(level) + ", but " + integers);
    if (!input.levels.empty())
      continue;
    for (const auto &[step, offset] : input.grids)
      if (!isCode(step) || !isCode(offset))
        return refuse(input, "a grid of step " + printReal(step) + " through " +
                                 printReal(offset) + ", but " + integers);
    if (input.grids.empty())
      input.grids = {{scale, 0}};
    if (llvm::Error error = cut(input, least, most))
      return error;
  }
  return llvm::Error::success();
}

llvm::Error readAsCodes(const ModelInfo &info, SampleRegion &region) {
  for (const auto &[position, quant] : info.integerInputs) {
    InputRegion &input = region.inputs[position];
    for (Real &value : input.lo) {
      if (!value.isInteger() || value < Real(quant.storage.min) ||
          Real(quant.storage.max) < value)
        return makeError(DiagId::InputData, "input '" + input.name + "'",
                         printReal(value) + " is no integer from " +
                             llvm::Twine(quant.storage.min) + " to " +
                             llvm::Twine(quant.storage.max));
      value = (value - Real(quant.zeroPoints[0])) *
              Real::fromDouble(quant.scales[0]);
    }
    input.hi = input.lo;
  }
  return llvm::Error::success();
}

llvm::Error checkSecondIo(llvm::StringRef text, const Net &net) {
  auto [scaleText, zeroText] = text.split(':');
  auto scale = parseNumber("--second-io", scaleText);
  if (!scale)
    return scale.takeError();
  int64_t zero = 0;
  if (zeroText.getAsInteger(10, zero))
    return usage("--second-io", "'" + text + "' is not SCALE:ZP");
  // Integer inputs go to a DequantizeLinear, or the model is not read.
  std::vector<const QuantType *> own;
  for (const Op *output : net.outputs)
    if (output->type.isQuantized())
      own.push_back(&output->type.getQuant());
  if (own.empty())
    return usage("--second-io",
                 "the second model has no outputs that are integers");
  for (const QuantType *quant : own)
    for (auto [ownScale, ownZero] :
         llvm::zip_equal(quant->scales, quant->zeroPoints))
      if (static_cast<float>(scale->toDouble()) != ownScale || zero != ownZero)
        return usage("--second-io",
                     "the second model says itself that its outputs stand for "
                     "(q - " +
                         llvm::Twine(ownZero) + ") * " + printReal(ownScale));
  return llvm::Error::success();
}

} // namespace qev
