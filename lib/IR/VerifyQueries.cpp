//===- VerifyQueries.cpp - Rules of queries and twins -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Complaints.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSet.h"

namespace qev {

void verifyBounds(llvm::ArrayRef<Interval> bounds, const Op &op,
                  const void *entity, const llvm::Twine &where, DiagId id,
                  Complaints &complaints) {
  // BD1: one interval per element, each holding some real number.
  if (static_cast<int64_t>(bounds.size()) != op.type.getNumElements())
    complaints.error(id, entity, where,
                     "expected " + llvm::Twine(op.type.getNumElements()) +
                         " intervals, got " + llvm::Twine(bounds.size()));
  for (const Interval &range : bounds)
    if (!(range.lo <= range.hi) || range.lo == infinity ||
        range.hi == -infinity) {
      complaints.error(id, entity, where,
                       "interval " + printInterval(range) +
                           " holds no real number");
      return;
    }
}

template <typename T>
static bool isOneOf(const std::vector<std::unique_ptr<T>> &owners,
                    const T *wanted) {
  return llvm::any_of(owners, [&](auto &each) { return each.get() == wanted; });
}

//===----------------------------------------------------------------------===//
// Queries
//===----------------------------------------------------------------------===//

static void verifyRegion(const InputRegion &region, const Query &query,
                         Complaints &complaints) {
  std::string where =
      printName('@', query.name) + " " + printName('%', region.name);
  auto error = [&](const llvm::Twine &message) {
    complaints.error(DiagId::QueryRegion, &query, where,
                     "region " + printName('%', region.name) + ": " + message);
  };
  if (region.lo.size() != region.hi.size())
    return error("has " + llvm::Twine(region.lo.size()) + " lower and " +
                 llvm::Twine(region.hi.size()) + " upper ends");
  // QR1: ranges are not empty.
  for (auto [i, lo, hi] : llvm::enumerate(region.lo, region.hi))
    if (hi < lo)
      return error("range " + llvm::Twine(i) + " is empty: [" + printReal(lo) +
                   ", " + printReal(hi) + "]");
  // QR7: blocks are of equal length.
  size_t blocks = std::max(region.grids.size(), region.levels.size());
  if (blocks && region.lo.size() % blocks != 0)
    return error(llvm::Twine(region.size()) + " elements are not " +
                 llvm::Twine(blocks) + " blocks of equal length");
  // QR5: levels increase. QR6: each range holds one.
  for (const std::vector<Real> &levels : region.levels)
    for (auto [i, level] : llvm::enumerate(levels))
      if (i && level <= levels[i - 1])
        return error("levels must increase, got " + printReal(level) +
                     " after " + printReal(levels[i - 1]));
  for (int64_t i = 0; !region.levels.empty() && i < region.size(); ++i)
    if (region.getLevels(i).empty())
      return error("range " + llvm::Twine(i) + " holds no level: [" +
                   printReal(region.lo[i]) + ", " + printReal(region.hi[i]) +
                   "]");
  if (region.grids.empty())
    return;
  // QR2: the step is positive.
  for (const InputRegion::Grid &grid : region.grids)
    if (grid.step.sign() <= 0)
      return error("grid step must be positive, got " + printReal(grid.step));
  // QR3: each range holds a grid point.
  for (int64_t i = 0; i < region.size(); ++i) {
    if (i && region.getGrid(i) == region.getGrid(i - 1) &&
        region.lo[i] == region.lo[i - 1] && region.hi[i] == region.hi[i - 1])
      continue;
    if (auto [first, last] = region.getGridRange(i); first > last)
      return error("range " + llvm::Twine(i) + " holds no grid point: [" +
                   printReal(region.lo[i]) + ", " + printReal(region.hi[i]) +
                   "]");
  }
}

/// QC2: regions fit the inputs of a net, in number and size.
static void verifyInputs(const Query &query, const Net &net,
                         Complaints &complaints) {
  auto error = [&](const llvm::Twine &message) {
    complaints.error(DiagId::QueryRegion, &query, printName('@', query.name),
                     message);
  };
  auto inputs = net.getInputs();
  if (inputs.size() != query.inputs.size())
    return error("net " + printName('@', net.name) + " has " +
                 llvm::Twine(inputs.size()) + " inputs, the query has " +
                 llvm::Twine(query.inputs.size()) + " regions");
  for (auto [input, region] : llvm::zip_equal(inputs, query.inputs))
    if (input->type.getNumElements() != region.size())
      error("input " + printName('%', input->name) + " of net " +
            printName('@', net.name) + " has " +
            llvm::Twine(input->type.getNumElements()) + " elements, region " +
            printName('%', region.name) + " has " + llvm::Twine(region.size()));
}

static void verifyClaim(const Query &query, Complaints &complaints) {
  auto error = [&](const llvm::Twine &message) {
    complaints.error(DiagId::QueryClaim, &query, printName('@', query.name),
                     message);
  };
  // QC3: both nets have the same outputs, by number of elements.
  for (const Net *net : {query.first, query.second})
    if (llvm::is_contained(net->outputs, nullptr))
      return; // NT4
  if (query.first->outputs.size() != query.second->outputs.size())
    return error("the nets have " + llvm::Twine(query.first->outputs.size()) +
                 " and " + llvm::Twine(query.second->outputs.size()) +
                 " outputs");
  for (auto [a, b] :
       llvm::zip_equal(query.first->outputs, query.second->outputs))
    if (a->type.getNumElements() != b->type.getNumElements())
      return error("the outputs of the nets have " +
                   llvm::Twine(a->type.getNumElements()) + " and " +
                   llvm::Twine(b->type.getNumElements()) + " elements");
  int64_t first = query.first->getNumOutputElements();
  // QC4: one bound or none per output element; bounds are not negative.
  if (const auto *delta = std::get_if<DeltaClaim>(&query.claim)) {
    if (static_cast<int64_t>(delta->epsilon.size()) != first)
      return error("the claim has " + llvm::Twine(delta->epsilon.size()) +
                   " bounds, the outputs have " + llvm::Twine(first) +
                   " elements");
    for (const auto &epsilon : delta->epsilon)
      if (epsilon && epsilon->sign() < 0)
        return error("a bound must not be negative, got " +
                     printReal(*epsilon));
  }
  // QC5: the margin is not negative, and there is one output to win.
  if (const auto *top = std::get_if<TopOneClaim>(&query.claim)) {
    if (top->margin.sign() < 0)
      return error("the margin must not be negative, got " +
                   printReal(top->margin));
    if (query.first->outputs.size() != 1)
      return error("a top-1 claim is about nets with one output, net " +
                   printName('@', query.first->name) + " has " +
                   llvm::Twine(query.first->outputs.size()));
  }
  // QC6: rows are about outputs that there are.
  if (const auto *never = std::get_if<NeverClaim>(&query.claim))
    for (const auto &rows : never->violations) {
      if (rows.empty())
        return error("a violation has no row");
      for (const OutputRow &row : rows) {
        if (row.form.first.empty() && row.form.second.empty())
          return error("a row names no output");
        for (const auto *parts : {&row.form.first, &row.form.second})
          for (const OutputForm::Part &part : *parts)
            if (part.output < 0 || part.output >= first)
              return error("output " + llvm::Twine(part.output) +
                           " is none of the " + llvm::Twine(first) +
                           " of the nets");
      }
    }
}

void verifyQuery(const Module &module, const Query &query,
                 Complaints &complaints) {
  llvm::StringSet<> names;
  for (const InputRegion &region : query.inputs) {
    // QR4: the names of regions are unique.
    if (!names.insert(region.name).second)
      complaints.error(DiagId::Redefinition, &query, printName('@', query.name),
                       "region " + printName('%', region.name) +
                           " is defined twice");
    verifyRegion(region, query, complaints);
  }
  // QC1: two nets of the module, or none and no claim.
  bool claims = !std::holds_alternative<std::monostate>(query.claim);
  if (!query.first && !query.second && !claims)
    return;
  if (!isOneOf(module.nets, query.first) ||
      !isOneOf(module.nets, query.second)) {
    complaints.error(DiagId::QueryClaim, &query, printName('@', query.name),
                     "a claim needs two nets of the module");
    return;
  }
  verifyInputs(query, *query.first, complaints);
  if (query.second != query.first)
    verifyInputs(query, *query.second, complaints);
  verifyClaim(query, complaints);
}

//===----------------------------------------------------------------------===//
// Twins
//===----------------------------------------------------------------------===//

static void verifyPair(const Pair &pair, const Twin &twin,
                       const llvm::DenseSet<const Op *> &firsts,
                       const llvm::DenseSet<const Op *> &seconds,
                       Complaints &complaints) {
  std::string where = printName('@', twin.first->name) + " ~ " +
                      printName('@', twin.second->name);
  // TW2: the values are the nets'.
  if (!firsts.contains(pair.first) || !seconds.contains(pair.second)) {
    complaints.error(DiagId::TwinPair, &pair, where,
                     "a pair names a value that is not in its net");
    return;
  }
  where += " pair " + printName('%', pair.first->name) + " ~ " +
           printName('%', pair.second->name);
  // TW3: element by element.
  int64_t first = pair.first->type.getNumElements();
  int64_t second = pair.second->type.getNumElements();
  if (first != second)
    complaints.error(DiagId::TwinPair, &pair, where,
                     "paired values have " + llvm::Twine(first) + " and " +
                         llvm::Twine(second) + " elements");
  if (pair.delta)
    verifyBounds(*pair.delta, *pair.first, &pair, where, DiagId::BoundsShape,
                 complaints);
  // TW4: approximations in the table's order, each once.
  if (!llvm::is_sorted(pair.by) ||
      std::adjacent_find(pair.by.begin(), pair.by.end()) != pair.by.end())
    complaints.error(DiagId::TwinPair, &pair, where,
                     "approximations must be sorted and unique");
}

void verifyTwin(const Module &module, const Twin &twin,
                Complaints &complaints) {
  // TW1: nets and query are the module's and belong together.
  if (!isOneOf(module.nets, static_cast<const Net *>(twin.first)) ||
      !isOneOf(module.nets, static_cast<const Net *>(twin.second)) ||
      (twin.query &&
       !isOneOf(module.queries, static_cast<const Query *>(twin.query)))) {
    complaints.error(DiagId::TwinPair, &twin, "twin",
                     "a twin needs nets and a query of the module");
    return;
  }
  const Query *query = twin.query;
  if (query && query->first &&
      (query->first != twin.first || query->second != twin.second))
    complaints.error(DiagId::TwinPair, &twin,
                     printName('@', twin.first->name) + " ~ " +
                         printName('@', twin.second->name),
                     "query " + printName('@', query->name) +
                         " is about other nets");
  llvm::DenseSet<const Op *> firsts, seconds;
  for (const auto &op : twin.first->ops)
    firsts.insert(op.get());
  for (const auto &op : twin.second->ops)
    seconds.insert(op.get());
  for (const Pair &pair : twin.pairs)
    verifyPair(pair, twin, firsts, seconds, complaints);
}

} // namespace qev
