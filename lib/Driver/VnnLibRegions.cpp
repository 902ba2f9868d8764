//===- VnnLibRegions.cpp - Regions and claims of VNN-LIB --------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VnnLibRegions.h"
#include "OptionValues.h"
#include "Samples.h"

namespace qev {

namespace {

/// What one case says.
struct Condition {
  struct Range {
    std::optional<Real> lo, hi;
    /// Of the second network's element minus the first's: known to be at least,
    /// at most 0.
    bool isAbove = false, isBelow = false;
  };
  std::vector<Range> inputs; ///< counted through
  std::vector<OutputRow> rows;
  bool saysMore = false; ///< about outputs, of version 1.0
};

class RegionMaker {
public:
  RegionMaker(const VnnLibQuery &query, llvm::StringRef path, const Net &first)
      : query(query), path(path), net(first) {
    for (const Op *input : net.getInputs())
      numInputs += input->type.getNumElements();
  }

  llvm::Error check(const Net &second) const;
  llvm::Expected<std::vector<SampleRegion>> run();

private:
  llvm::Error checkNetwork(const VnnLibNetwork &network, const Net &net) const;
  void addNotes(SampleRegion &region) const;
  llvm::Error add(const VnnLibRow &row, Condition &condition) const;
  llvm::Error addInputs(const VnnLibRow &row, Condition &condition) const;
  llvm::Error addCase(const Condition &condition);
  bool isContradictory(const Condition &condition);
  llvm::Expected<std::vector<InputRegion>>
  makeInputs(const Condition &condition) const;
  SampleRegion makeEmptyRegion() const;
  int64_t countThrough(const VnnLibElement &element) const;

  const VnnLibQuery &query;
  llvm::StringRef path;
  const Net &net;
  int64_t numInputs = 0;
  std::vector<SampleRegion> regions;
  /// Of each region, whether a case says nothing about outputs.
  std::vector<bool> hasPlainCase;
  std::string contradiction; ///< the first one between bounds; may be empty
};

} // namespace

//===----------------------------------------------------------------------===//
// Declarations and nets
//===----------------------------------------------------------------------===//

llvm::Error RegionMaker::checkNetwork(const VnnLibNetwork &network,
                                      const Net &other) const {
  auto check = [&](llvm::StringRef kind, llvm::ArrayRef<VnnLibTensor> tensors,
                   llvm::ArrayRef<Op *> ops) -> llvm::Error {
    if (tensors.size() != ops.size())
      return makeError(DiagId::QueryClaim, path,
                       "network '" + network.name + "' declares " +
                           llvm::Twine(tensors.size()) + " " + kind +
                           "s, the model has " + llvm::Twine(ops.size()));
    for (auto [tensor, op] : llvm::zip_equal(tensors, ops))
      if (llvm::ArrayRef<int64_t>(tensor.shape) != op->type.getShape())
        return makeError(DiagId::QueryClaim, path,
                         "'" + tensor.name + "' has shape " +
                             printShape(tensor.shape) + ", the model's " +
                             kind + " '" + op->name + "' has " +
                             printShape(op->type.getShape()));
    return llvm::Error::success();
  };
  if (llvm::Error error = check("input", network.inputs, other.getInputs()))
    return error;
  return check("output", network.outputs, other.outputs);
}

llvm::Error RegionMaker::check(const Net &second) const {
  if (!query.isVersion2) {
    int64_t declared = query.networks[0].inputs[0].shape[0];
    if (declared != numInputs)
      return makeError(DiagId::QueryRegion, path,
                       llvm::Twine(declared) + " inputs X_i for the " +
                           llvm::Twine(numInputs) + " of the models");
    return llvm::Error::success();
  }
  if (query.networks.size() != 2)
    return makeError(DiagId::QueryClaim, path,
                     llvm::Twine(query.networks.size()) +
                         " networks are declared; two are compared");
  if (llvm::Error error = checkNetwork(query.networks[0], net))
    return error;
  if (llvm::Error error = checkNetwork(query.networks[1], second))
    return error;
  const auto &likeness = query.networks[1].likeness;
  if (likeness && likeness->isEqual && !net.isSameAs(second))
    return makeError(DiagId::QueryClaim, path,
                     "network '" + query.networks[1].name +
                         "' is declared equal to '" + query.networks[0].name +
                         "', but their models are not the same network");
  return llvm::Error::success();
}

void RegionMaker::addNotes(SampleRegion &region) const {
  if (!query.isVersion2)
    return;
  const auto &likeness = query.networks[1].likeness;
  if (likeness && !likeness->isEqual)
    region.notes.push_back("network '" + query.networks[1].name +
                           "' is declared isomorphic to '" +
                           query.networks[0].name +
                           "'; nothing rests on that, and it is not checked");
}

int64_t RegionMaker::countThrough(const VnnLibElement &element) const {
  const VnnLibNetwork &network = query.networks[element.network];
  int64_t before = 0;
  for (const VnnLibTensor &tensor :
       llvm::ArrayRef(element.isInput ? network.inputs : network.outputs)
           .take_front(element.tensor))
    before += tensor.getNumElements();
  return before + element.element;
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

/// A bound of one element, or an element of the second network minus that of
/// the first.
llvm::Error RegionMaker::addInputs(const VnnLibRow &row,
                                   Condition &condition) const {
  auto unsupported = [&](const llvm::Twine &what) {
    return makeError(DiagId::QueryClaim, row.where,
                     what + " of inputs is not supported, only numbers that "
                            "they lie between, both included, and paired "
                            "inputs of both networks that are equal");
  };
  if (row.strict)
    return unsupported("a strict inequality");
  const auto &[element, factor] = row.terms[0];
  Condition::Range &range = condition.inputs[countThrough(element)];
  if (row.terms.size() == 1) {
    Real bound = row.rhs / factor;
    if (factor.sign() > 0)
      range.lo = range.lo ? std::max(*range.lo, bound) : bound;
    else
      range.hi = range.hi ? std::min(*range.hi, bound) : bound;
    return llvm::Error::success();
  }
  const auto &[other, otherFactor] = row.terms[1];
  if (row.terms.size() != 2 || element.network == other.network ||
      countThrough(element) != countThrough(other) || factor != -otherFactor ||
      !row.rhs.isZero())
    return unsupported("this relation");
  bool isAbove = (element.network == 1) == (factor.sign() > 0);
  (isAbove ? range.isAbove : range.isBelow) = true;
  return llvm::Error::success();
}

llvm::Error RegionMaker::add(const VnnLibRow &row, Condition &condition) const {
  size_t inputs = llvm::count_if(
      row.terms, [](const auto &term) { return term.first.isInput; });
  if (inputs == row.terms.size())
    return addInputs(row, condition);
  if (!query.isVersion2) {
    condition.saysMore = true;
    return llvm::Error::success();
  }
  if (inputs)
    return makeError(DiagId::QueryClaim, row.where,
                     "a relation between inputs and outputs is not supported");
  OutputRow &made = condition.rows.emplace_back();
  for (const auto &[element, factor] : row.terms)
    (element.network == 0 ? made.form.first : made.form.second)
        .push_back({countThrough(element), factor});
  made.rhs = row.rhs;
  made.strict = row.strict;
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Cases
//===----------------------------------------------------------------------===//

/// Whether an element would have to be at least one number and at most a
/// smaller one. Bounds of both networks' elements count together where these
/// are equal.
bool RegionMaker::isContradictory(const Condition &condition) {
  const Condition::Range *next = condition.inputs.data();
  for (const Op *input : net.getInputs())
    for (int64_t i = 0; i < input->type.getNumElements(); ++i, ++next) {
      bool isOne = !query.isVersion2 || (next->isAbove && next->isBelow);
      if (!isOne || !next->lo || !next->hi || *next->lo <= *next->hi)
        continue;
      if (contradiction.empty())
        contradiction = "element " + std::to_string(i) + " of input '" +
                        input->name + "' would be at least " +
                        printReal(*next->lo) + " and at most " +
                        printReal(*next->hi);
      return true;
    }
  return false;
}

llvm::Expected<std::vector<InputRegion>>
RegionMaker::makeInputs(const Condition &condition) const {
  std::vector<InputRegion> result;
  const Condition::Range *next = condition.inputs.data();
  for (const Op *input : net.getInputs()) {
    InputRegion &region = result.emplace_back();
    region.name = input->name;
    for (int64_t i = 0; i < input->type.getNumElements(); ++i, ++next) {
      std::string element =
          "element " + std::to_string(i) + " of input '" + input->name + "'";
      if (!next->lo || !next->hi)
        return makeError(DiagId::QueryRegion, path,
                         element + " has no " + (next->lo ? "upper" : "lower") +
                             " bound");
      if (query.isVersion2 && !(next->isAbove && next->isBelow))
        return makeError(DiagId::QueryRegion, path,
                         element + " is not said to be equal in both networks");
      region.lo.push_back(*next->lo);
      region.hi.push_back(*next->hi);
    }
  }
  return result;
}

llvm::Error RegionMaker::addCase(const Condition &condition) {
  if (isContradictory(condition))
    return llvm::Error::success();
  auto inputs = makeInputs(condition);
  if (!inputs)
    return inputs.takeError();
  auto sameInputs = [&](const SampleRegion &region) {
    for (auto [a, b] : llvm::zip_equal(region.inputs, *inputs))
      if (a.lo != b.lo || a.hi != b.hi)
        return false;
    return true;
  };
  auto region = llvm::find_if(regions, sameInputs);
  if (region == regions.end()) {
    regions.push_back(
        {static_cast<int64_t>(regions.size()), std::move(*inputs)});
    hasPlainCase.push_back(false);
    region = regions.end() - 1;
    addNotes(*region);
  }
  if (condition.saysMore && region->notes.empty())
    region->notes.push_back("what " + path.str() +
                            " says about outputs Y_i is about one network and "
                            "was left aside");
  if (condition.rows.empty()) {
    hasPlainCase[region - regions.begin()] = true;
    return llvm::Error::success();
  }
  if (!region->claim)
    region->claim = NeverClaim();
  std::get<NeverClaim>(*region->claim).violations.push_back(condition.rows);
  return llvm::Error::success();
}

SampleRegion RegionMaker::makeEmptyRegion() const {
  SampleRegion region;
  region.isEmpty = true;
  if (query.isVersion2)
    region.claim = NeverClaim();
  addNotes(region);
  region.notes.push_back(
      std::string("no input meets the query's condition, whatever the networks "
                  "are") +
      (contradiction.empty() ? "" : ": " + contradiction));
  return region;
}

llvm::Expected<std::vector<SampleRegion>> RegionMaker::run() {
  Condition always;
  always.inputs.resize(numInputs);
  for (const VnnLibRow &row : query.always)
    if (llvm::Error error = add(row, always))
      return error;
  for (const auto &rows : query.cases) {
    Condition condition = always;
    for (const VnnLibRow &row : rows)
      if (llvm::Error error = add(row, condition))
        return error;
    if (llvm::Error error = addCase(condition))
      return error;
  }
  if (regions.empty())
    return std::vector<SampleRegion>{makeEmptyRegion()};
  // Where other cases make a claim, one without is met by any of its inputs.
  if (llvm::any_of(regions, [](const auto &region) { return !!region.claim; }))
    for (auto [region, isPlain] : llvm::zip_equal(regions, hasPlainCase))
      if (isPlain)
        region.claim = claimOfNoInput();
  return std::move(regions);
}

//===----------------------------------------------------------------------===//
// The order of tensors
//===----------------------------------------------------------------------===//

/// From the order of a network's file, which is that of its declarations, to
/// that of the net.
static void reorderTensors(VnnLibQuery &query, unsigned network, bool isInput,
                           llvm::ArrayRef<unsigned> order) {
  std::vector<VnnLibTensor> &tensors = isInput
                                           ? query.networks[network].inputs
                                           : query.networks[network].outputs;
  if (order.size() != tensors.size()) // as they stand, or what `check` refuses
    return;
  std::vector<VnnLibTensor> declared = tensors;
  std::vector<unsigned> places(order.size());
  for (auto [i, place] : llvm::enumerate(order)) {
    tensors[i] = declared[place];
    places[place] = i;
  }
  auto rename = [&](std::vector<VnnLibRow> &rows) {
    for (VnnLibRow &row : rows)
      for (auto &[element, factor] : row.terms)
        if (element.network == network && element.isInput == isInput)
          element.tensor = places[element.tensor];
  };
  rename(query.always);
  llvm::for_each(query.cases, rename);
}

llvm::Expected<std::vector<SampleRegion>>
makeRegions(VnnLibQuery query, llvm::StringRef path, const Net &first,
            const Net &second, const FileOrder &secondOrder) {
  if (query.networks.size() == 2) {
    reorderTensors(query, 1, /*isInput=*/true, secondOrder.inputs);
    reorderTensors(query, 1, /*isInput=*/false, secondOrder.outputs);
  }
  RegionMaker maker(query, path, first);
  if (llvm::Error error = maker.check(second))
    return error;
  return maker.run();
}

} // namespace qev
