//===- Encode.cpp - From bounded twins to constraints -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Encode/Encode.h"
#include "Encoder.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"

namespace qev {

/// What the outputs, or the values of the goal's pair, depend on.
static llvm::DenseSet<const Op *> findNeeded(const Net &net,
                                             llvm::ArrayRef<const Op *> roots) {
  llvm::DenseSet<const Op *> needed(roots.begin(), roots.end());
  for (const auto &op : llvm::reverse(net.ops))
    if (needed.contains(op.get()))
      needed.insert(op->operands.begin(), op->operands.end());
  return needed;
}

llvm::Expected<System> encode(const Twin &twin, const TwinBounds &bounds,
                              llvm::ArrayRef<InputRegion> regions,
                              const Goal &goal, const EncodeOptions &options) {
  if (options.rounding == Rounding::None)
    return makeError(DiagId::EncodeUnsupported, "",
                     "the rounding of an encoding is relaxed or exact");
  if (!(options.margin >= 0 && options.margin < 0.5))
    return makeError(DiagId::EncodeUnsupported, "",
                     "the margin must be at least 0 and below 0.5, got " +
                         printReal(options.margin));
  if (goal.pair && *goal.pair >= twin.pairs.size())
    return makeError(DiagId::EncodeUnsupported, "",
                     "the goal names pair " + llvm::Twine(*goal.pair) + " of " +
                         llvm::Twine(twin.pairs.size()));
  const auto &firstOutputs = twin.first->outputs;
  const auto &secondOutputs = twin.second->outputs;
  std::vector<const Op *> firstRoots(firstOutputs.begin(), firstOutputs.end());
  std::vector<const Op *> secondRoots(secondOutputs.begin(),
                                      secondOutputs.end());
  if (goal.pair) {
    firstRoots = {twin.pairs[*goal.pair].first};
    secondRoots = {twin.pairs[*goal.pair].second};
  }
  encoding::Encoder encoder(bounds, options,
                            findNeeded(*twin.first, firstRoots),
                            findNeeded(*twin.second, secondRoots));
  if (llvm::Error error = encoder.addInputs(*twin.first, *twin.second, regions))
    return error;
  if (llvm::Error error = encoder.addNet(*twin.first, Side::First))
    return error;
  if (llvm::Error error = encoder.addNet(*twin.second, Side::Second))
    return error;
  if (options.differenceRows)
    if (llvm::Error error = encoder.addDifferences(twin))
      return error;
  if (options.hullRows)
    if (llvm::Error error = encoder.addPlanes(twin))
      return error;
  if (llvm::Error error = encoder.addGoal(firstRoots, secondRoots, goal))
    return error;
  return encoder.take();
}

namespace encoding {

//===----------------------------------------------------------------------===//
// Shared by all parts
//===----------------------------------------------------------------------===//

static std::string locate(const Net &net, const Op &op) {
  return "@" + net.name + " %" + op.name;
}

llvm::Error Encoder::unsupported(const Place &place,
                                 const llvm::Twine &message) const {
  return makeError(DiagId::EncodeUnsupported, locate(place.net, place.op),
                   message);
}

Values Encoder::getValues(const Op &op) const {
  if (!op.is(OpKind::Const))
    return values.find(&op)->second;
  Values result;
  for (int64_t i = 0, size = op.data->size(); i < size; ++i)
    result.push_back(AffineValue::constant(
        op.data->isFloat()
            ? Real::fromDouble(op.data->getFloats()[i])
            : Real(op.data->getCodes()[i] - op.type.getZeroPoint(i))));
  return result;
}

Values Encoder::getReals(const Op &op) const {
  Values result = getValues(op);
  if (op.type.isQuantized())
    for (auto [index, value] : llvm::enumerate(result)) {
      Real scale = Real::fromDouble(op.type.getScale(index));
      value.scale *= scale;
      value.offset *= scale;
    }
  return result;
}

llvm::Expected<Interval> Encoder::getBounds(const Place &place) const {
  const NetBounds &table =
      place.side == Side::Second ? bounds.second : bounds.first;
  auto entry = table.find(&place.op);
  if (entry == table.end() ||
      place.element >= static_cast<int64_t>(entry->second.size()))
    return makeError(DiagId::BoundsShape, locate(place.net, place.op),
                     "no bounds of element " + llvm::Twine(place.element));
  Interval range = entry->second[place.element];
  if (!std::isfinite(range.lo) || !std::isfinite(range.hi))
    return makeError(DiagId::BoundsShape, locate(place.net, place.op),
                     "the bounds of element " + llvm::Twine(place.element) +
                         " are not finite: " + printInterval(range));
  return range;
}

Interval Encoder::getRange(const AffineValue &value) const {
  Interval offset = Interval::around(value.offset);
  if (!value.variable)
    return offset;
  const Variable &variable = system.variables[*value.variable];
  return Interval::around(value.scale) * Interval(variable.lo, variable.hi) +
         offset;
}

llvm::Expected<Interval> Encoder::getRange(const Place &place,
                                           const AffineValue &value) {
  if (value.isConstant())
    return getRange(value);
  llvm::Expected<Interval> proved = getBounds(place);
  if (!proved)
    return proved;
  Interval range = *proved;
  if (place.op.type.isQuantized()) {
    // Codes into reals: exact but for the last rounding.
    Interval zero(
        static_cast<double>(place.op.type.getZeroPoint(place.element)));
    range = (range - zero) * Interval(place.op.type.getScale(place.element));
  }
  std::optional<Interval> both = meet(range, getRange(value));
  if (both)
    return *both;
  setInfeasible(place);
  return range;
}

void Encoder::setInfeasible(const Place &place) {
  if (!system.infeasible)
    system.infeasible = "the bounds of " + locate(place.net, place.op) +
                        " element " + std::to_string(place.element) +
                        " exclude each other";
}

llvm::Expected<unsigned> Encoder::addVariable(const Place &place,
                                              VariableKind kind, Interval range,
                                              bool integral, Role role,
                                              const Real &scale,
                                              const Real &offset) {
  if (!std::isfinite(range.lo) || !std::isfinite(range.hi))
    return unsupported(place, "element " + llvm::Twine(place.element) +
                                  " is out of the range of doubles");
  if (integral) {
    double lo = std::ceil(range.lo), hi = std::floor(range.hi);
    if (lo > hi) {
      setInfeasible(place);
      lo = hi;
    }
    range = {lo, hi};
  }
  system.variables.push_back({kind, range.lo, range.hi, integral,
                              place.origin(role), scale, offset, -1});
  return static_cast<unsigned>(system.variables.size() - 1);
}

llvm::Error Encoder::addRow(const Place &place, const LinearSum &sum,
                            Sense sense, const Real &rhs, Role role, int step) {
  if (!encoding::addRow(system, sum, sense, rhs, place.origin(role), step))
    return unsupported(place, "element " + llvm::Twine(place.element) +
                                  " has a coefficient out of the range of "
                                  "doubles");
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Inputs and differences
//===----------------------------------------------------------------------===//

llvm::Error Encoder::addInputs(const Net &first, const Net &second,
                               llvm::ArrayRef<InputRegion> regions) {
  system.firstName = first.name;
  system.secondName = second.name;
  system.regions = regions.vec();
  int64_t numElements = 0;
  for (const InputRegion &region : regions)
    numElements += region.size();
  bool integerInputs = options.integerInputs.value_or(
      options.rounding == Rounding::Exact && numElements <= 64);
  auto firstInputs = first.getInputs(), secondInputs = second.getInputs();
  if (firstInputs.size() != regions.size() ||
      secondInputs.size() != regions.size())
    return makeError(DiagId::QueryRegion, "",
                     "the region has " + llvm::Twine(regions.size()) +
                         " inputs, the nets have " +
                         llvm::Twine(firstInputs.size()) + " and " +
                         llvm::Twine(secondInputs.size()));
  for (auto [index, region] : llvm::enumerate(regions)) {
    Place place{first, *firstInputs[index], Side::Both};
    for (auto [net, input] : {std::pair{&first, firstInputs[index]},
                              std::pair{&second, secondInputs[index]}}) {
      if (input->type.isQuantized())
        return unsupported({*net, *input, Side::Both},
                           "inputs of quantized type are not supported");
      if (input->type.getNumElements() != region.size())
        return makeError(DiagId::QueryRegion, locate(*net, *input),
                         "the region has " + llvm::Twine(region.size()) +
                             " elements, the input has " +
                             llvm::Twine(input->type.getNumElements()));
    }
    Values elements;
    for (; place.element < region.size(); ++place.element) {
      // Levels become the range that they span.
      llvm::ArrayRef<Real> levels = region.getLevels(place.element);
      const Real &lo =
          levels.empty() ? region.lo[place.element] : levels.front();
      const Real &hi =
          levels.empty() ? region.hi[place.element] : levels.back();
      Real scale = 1, offset;
      Interval range;
      const InputRegion::Grid *grid = region.getGrid(place.element);
      bool integral = grid != nullptr;
      if (integral) {
        // offset + k * step for the integers k of [from, to].
        scale = grid->step;
        offset = grid->offset;
        auto [lowest, highest] = region.getGridRange(place.element);
        Real from(lowest), to(highest);
        if (from > to) {
          setInfeasible(place);
          to = from;
        }
        if (from == to) {
          elements.push_back(AffineValue::constant(offset + from * scale));
          continue;
        }
        range = Interval::around(from, to);
        if (!from.isDouble() || !to.isDouble())
          return unsupported(place, "the grid has too many points");
      } else {
        if (lo == hi) {
          elements.push_back(AffineValue::constant(lo));
          continue;
        }
        range = Interval::around(lo, hi);
      }
      VariableKind kind = integral && integerInputs ? VariableKind::Integer
                                                    : VariableKind::Continuous;
      auto variable =
          addVariable(place, kind, range, integral, Role::Input, scale, offset);
      if (!variable)
        return variable.takeError();
      elements.push_back({scale, *variable, offset});
    }
    values[firstInputs[index]] = elements;
    values[secondInputs[index]] = elements;
    system.inputs.push_back(std::move(elements));
  }
  return llvm::Error::success();
}

llvm::Error Encoder::addDifferences(const Twin &twin) {
  for (auto [index, pair] : llvm::enumerate(twin.pairs)) {
    if (index >= bounds.delta.size())
      return makeError(DiagId::BoundsShape, "",
                       "no bounds of the difference of pair " +
                           llvm::Twine(index));
    if (!isNeeded(pair))
      continue;
    const Box &delta = bounds.delta[index];
    Values first = getReals(*pair.first), second = getReals(*pair.second);
    if (first.size() != delta.size() || second.size() != delta.size())
      return makeError(DiagId::BoundsShape, locate(*twin.second, *pair.second),
                       "the bounds of the difference do not have one interval "
                       "per element");
    Place place{*twin.second, *pair.second, Side::Both};
    for (auto [x, y, range] : llvm::zip_equal(first, second, delta)) {
      LinearSum sum;
      sum.add(Real(-1), x);
      sum.add(Real(1), y);
      // A difference of constants says nothing that encoding does not know.
      if (!sum.collect().empty()) {
        if (std::isfinite(range.lo))
          if (llvm::Error error =
                  addRow(place, sum, Sense::GreaterEqual,
                         Real::fromDouble(range.lo), Role::Difference))
            return error;
        if (std::isfinite(range.hi))
          if (llvm::Error error =
                  addRow(place, sum, Sense::LessEqual,
                         Real::fromDouble(range.hi), Role::Difference))
            return error;
      }
      ++place.element;
    }
  }
  return llvm::Error::success();
}

/// Facets of twin hulls: Y - X <= p x + q (y - x) + r, or >=.
llvm::Error Encoder::addPlanes(const Twin &twin) {
  for (auto [pair, planes] : llvm::zip(twin.pairs, bounds.planes)) {
    if (planes.planes.empty() || !isNeeded(pair))
      continue;
    Values x = getReals(*planes.first), y = getReals(*planes.second);
    Values first = getReals(*pair.first), second = getReals(*pair.second);
    for (const DifferencePlane &plane : planes.planes) {
      int64_t i = plane.element;
      Real p = Real::fromDouble(plane.slopeX),
           q = Real::fromDouble(plane.slopeE);
      LinearSum sum;
      sum.add(Real(1), second[i]);
      sum.add(Real(-1), first[i]);
      sum.add(q - p, x[i]);
      sum.add(-q, y[i]);
      if (sum.collect().empty())
        continue;
      Place place{*twin.second, *pair.second, Side::Both, i};
      if (llvm::Error error =
              addRow(place, sum,
                     plane.isUpper ? Sense::LessEqual : Sense::GreaterEqual,
                     Real::fromDouble(plane.offset), Role::Hull))
        return error;
    }
  }
  return llvm::Error::success();
}

} // namespace encoding
} // namespace qev
