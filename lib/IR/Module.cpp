//===- Module.cpp - Nets, queries and twins ---------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/IR/Module.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/ErrorHandling.h"

namespace qev {

//===----------------------------------------------------------------------===//
// Regions
//===----------------------------------------------------------------------===//

/// Also for the integer grid, the usual one, without a division.
static bool isOnGrid(const InputRegion::Grid &grid, const Real &x) {
  static const Real one(1);
  if (grid.step == one && grid.offset.isInteger())
    return x.isInteger();
  return ((x - grid.offset) / grid.step).isInteger();
}

/// What holds for one of `size` elements.
template <typename T>
static const T &getOfBlock(const std::vector<T> &blocks, int64_t element,
                           int64_t size) {
  auto count = static_cast<int64_t>(blocks.size());
  assert(count && size % count == 0 && "blocks of equal length");
  return blocks[element / (size / count)];
}

const InputRegion::Grid *InputRegion::getGrid(int64_t element) const {
  return grids.empty() ? nullptr : &getOfBlock(grids, element, size());
}

std::pair<mpz_class, mpz_class>
InputRegion::getGridRange(int64_t element) const {
  const Grid &grid = *getGrid(element);
  return {((lo[element] - grid.offset) / grid.step).ceil(),
          ((hi[element] - grid.offset) / grid.step).floor()};
}

Real InputRegion::getGridPoint(int64_t element, const mpz_class &k) const {
  const Grid &grid = *getGrid(element);
  return grid.offset + Real(k) * grid.step;
}

llvm::ArrayRef<Real> InputRegion::getLevels(int64_t element) const {
  if (levels.empty())
    return {};
  llvm::ArrayRef<Real> all = getOfBlock(levels, element, size());
  const auto *from = llvm::lower_bound(all, lo[element]);
  const auto *to = llvm::upper_bound(all, hi[element]);
  return {from, std::max(from, to)};
}

Real InputRegion::getNearest(int64_t element, const Real &x) const {
  if (!levels.empty()) {
    llvm::ArrayRef<Real> inside = getLevels(element);
    const Real *above = llvm::lower_bound(inside, x);
    if (above == inside.begin())
      return *above;
    const Real *below = above - 1;
    return above == inside.end() || x - *below <= *above - x ? *below : *above;
  }
  const Grid *grid = getGrid(element);
  if (!grid)
    return std::clamp(x, lo[element], hi[element]);
  auto [low, high] = getGridRange(element);
  mpz_class k = ((x - grid->offset) / grid->step).roundHalfEven();
  return getGridPoint(element, k < low ? low : k > high ? high : k);
}

Interval InputRegion::getInterval(int64_t element) const {
  if (!levels.empty()) {
    llvm::ArrayRef<Real> inside = getLevels(element);
    assert(!inside.empty() && "no level in the range");
    return Interval::around(inside.front(), inside.back());
  }
  const Grid *grid = getGrid(element);
  if (!grid || (isOnGrid(*grid, lo[element]) && isOnGrid(*grid, hi[element])))
    return Interval::around(lo[element], hi[element]);
  auto [first, last] = getGridRange(element);
  assert(first <= last && "no grid point in the range");
  return Interval::around(getGridPoint(element, first),
                          getGridPoint(element, last));
}

bool InputRegion::contains(llvm::ArrayRef<Real> point) const {
  if (static_cast<int64_t>(point.size()) != size())
    return false;
  for (auto [i, x] : llvm::enumerate(point)) {
    auto element = static_cast<int64_t>(i);
    if (x < lo[i] || hi[i] < x)
      return false;
    if (const Grid *grid = getGrid(element); grid && !isOnGrid(*grid, x))
      return false;
    if (!levels.empty() && !llvm::binary_search(getLevels(element), x))
      return false;
  }
  return true;
}

//===----------------------------------------------------------------------===//
// Names of inputs
//===----------------------------------------------------------------------===//

std::vector<unsigned> findOrder(llvm::ArrayRef<std::string> names,
                                llvm::ArrayRef<std::string> others) {
  llvm::StringMap<unsigned> places;
  for (auto [i, name] : llvm::enumerate(others))
    places.try_emplace(name, i);
  std::vector<unsigned> order;
  for (const std::string &name : names) {
    auto place = places.find(name);
    if (place == places.end())
      return {};
    order.push_back(place->second);
    places.erase(place); // a name given twice tells nothing
  }
  bool isMoved = order.size() == others.size() && !llvm::is_sorted(order);
  return isMoved ? order : std::vector<unsigned>();
}

void Query::bindByName(const Net &net) {
  std::vector<std::string> names, own;
  for (const Op *input : net.getInputs())
    names.push_back(input->name);
  for (const InputRegion &region : inputs)
    own.push_back(region.name);
  std::vector<InputRegion> regions = inputs;
  for (auto [i, place] : llvm::enumerate(findOrder(names, own)))
    inputs[i] = regions[place];
}

//===----------------------------------------------------------------------===//
// Approximations
//===----------------------------------------------------------------------===//

llvm::StringRef getName(Approximation approximation) {
  switch (approximation) {
#define QEV_APPROXIMATION(ID, TEXT, MEANING)                                   \
  case Approximation::ID:                                                      \
    return TEXT;
#include "qev/IR/Approximations.def"
  }
  llvm_unreachable("every approximation is in the table");
}

std::optional<Approximation> getApproximation(llvm::StringRef name) {
  return llvm::StringSwitch<std::optional<Approximation>>(name)
#define QEV_APPROXIMATION(ID, TEXT, MEANING) .Case(TEXT, Approximation::ID)
#include "qev/IR/Approximations.def"
      .Default(std::nullopt);
}

//===----------------------------------------------------------------------===//
// Twins
//===----------------------------------------------------------------------===//

std::vector<std::optional<size_t>> Twin::findOutputPairs() const {
  std::vector<std::optional<size_t>> indices;
  for (auto [a, b] : llvm::zip(first->outputs, second->outputs)) {
    auto found = llvm::find_if(pairs, [a = a, b = b](const Pair &pair) {
      return skipReshapes(pair.first) == skipReshapes(a) &&
             skipReshapes(pair.second) == skipReshapes(b);
    });
    indices.emplace_back();
    if (found != pairs.end())
      indices.back() = found - pairs.begin();
  }
  return indices;
}

//===----------------------------------------------------------------------===//
// Modules
//===----------------------------------------------------------------------===//

Net *Module::findNet(llvm::StringRef name) const {
  for (const auto &net : nets)
    if (net->name == name)
      return net.get();
  return nullptr;
}

Query *Module::findQuery(llvm::StringRef name) const {
  for (const auto &query : queries)
    if (query->name == name)
      return query.get();
  return nullptr;
}

} // namespace qev
