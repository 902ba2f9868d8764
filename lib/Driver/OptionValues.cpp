//===- OptionValues.cpp - Numbers typed as options --------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OptionValues.h"
#include <cmath>

namespace qev {

llvm::Expected<Real> parseNumber(llvm::StringRef option, llvm::StringRef text) {
  if (std::optional<Real> value = Real::parse(text.trim())) {
    // Reports could not say it: JSON knows no infinity.
    if (!std::isfinite(value->toDouble()))
      return usage(option, "'" + text + "' is beyond the largest double");
    return *value;
  }
  return usage(option, "'" + text +
                           "' is no number (a decimal as -1.5e-3, or a "
                           "fraction as 1/3)");
}

llvm::Expected<std::pair<Real, Real>> parseRange(llvm::StringRef option,
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

llvm::Expected<std::vector<IndexRange>>
parseIndexRanges(llvm::StringRef option, llvm::StringRef text, int64_t count) {
  std::vector<IndexRange> ranges;
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
      return usage(option,
                   "'" + part + "' is outside 0-" + llvm::Twine(count - 1));
    ranges.emplace_back(first, last);
  }
  return ranges;
}

llvm::Expected<std::vector<int64_t>>
parseIndices(llvm::StringRef option, llvm::StringRef text, int64_t count) {
  auto ranges = parseIndexRanges(option, text, count);
  if (!ranges)
    return ranges.takeError();
  std::vector<int64_t> indices;
  for (auto [first, last] : *ranges)
    for (int64_t i = first; i <= last; ++i)
      indices.push_back(i);
  return indices;
}

} // namespace qev
