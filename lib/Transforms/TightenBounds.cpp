//===- TightenBounds.cpp - Tighten chosen neurons by a solver ---*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NeuronChoice.h"
#include "PassBases.h"
#include "qev/Analysis/TwinAnalyzer.h"
#include "qev/Interp/Interp.h"
#include <cmath>

namespace qev {

namespace {

class TightenBoundsPass final : public TightenBoundsBase<Pass> {
public:
  explicit TightenBoundsPass(BoundOracleFactory makeOracle)
      : makeOracle(std::move(makeOracle)) {}
  llvm::LogicalResult run(Module &module,
                          DiagnosticEngine &diagnostics) override;

private:
  llvm::Error tightenAll(Module &module);
  llvm::Error tightenTwin(Twin &twin, BoundOracle &oracle);
  /// Cuts known[pair] by what the oracle says; returns whether an end that
  /// moved rests on a solver's word.
  llvm::Expected<bool> ask(const Twin &twin, const TwinBounds &bounds,
                           size_t pair, llvm::ArrayRef<int64_t> elements,
                           llvm::ArrayRef<ExactTensor> executed,
                           BoundOracle &oracle, std::vector<Box> &known);

  BoundOracleFactory makeOracle;
};

std::string locate(const Twin &twin, const Pair &pair) {
  return "@" + twin.first->name + " ~ @" + twin.second->name + ": pair %" +
         pair.first->name + " ~ %" + pair.second->name;
}

/// An input of the region: what is nearest to the middle of each range.
ExactTensor getMiddle(const InputRegion &region) {
  ExactTensor point;
  for (int64_t i = 0; i < region.size(); ++i)
    point.push_back(region.getNearest(i, (region.lo[i] + region.hi[i]) *
                                             Real::ratio(1, 2)));
  return point;
}

/// The exact differences of all pairs in one execution.
std::vector<ExactTensor> executeOne(const Twin &twin) {
  auto inputs = llvm::to_vector(llvm::map_range(twin.query->inputs, getMiddle));
  llvm::DenseMap<const Op *, ExactTensor> values;
  for (const Net *net : {twin.first, twin.second})
    for (auto [op, value] : llvm::zip_equal(net->ops, runExact(*net, inputs)))
      values[op.get()] = toReals(*op, value);
  std::vector<ExactTensor> deltas;
  for (const Pair &pair : twin.pairs) {
    ExactTensor &delta = deltas.emplace_back();
    for (auto [x, y] : llvm::zip_equal(values[pair.first], values[pair.second]))
      delta.push_back(y - x);
  }
  return deltas;
}

bool contains(const Interval &range, const Real &value) {
  return (range.lo == -infinity || Real::fromDouble(range.lo) <= value) &&
         (range.hi == infinity || value <= Real::fromDouble(range.hi));
}

/// Ranges come from a text, or from a solver. What is derived from them holds
/// for each execution that they hold for; so with one execution inside, no two
/// derived ranges can exclude each other.
llvm::Error checkKnown(const Twin &twin, llvm::ArrayRef<Box> known,
                       llvm::ArrayRef<ExactTensor> executed) {
  for (auto [pair, box, values] : llvm::zip_equal(twin.pairs, known, executed))
    for (auto [i, range] : llvm::enumerate(box))
      if (!contains(range, values[i]))
        return makeError(
            DiagId::Contradiction, locate(twin, pair),
            "element " + llvm::Twine(i) + ": an execution has the difference " +
                printReal(values[i]) + ", outside " + printInterval(range));
  return llvm::Error::success();
}

void addName(std::vector<Approximation> &names, Approximation name) {
  names.push_back(name);
  llvm::sort(names);
  names.erase(llvm::unique(names), names.end());
}

} // namespace

llvm::Expected<bool>
TightenBoundsPass::ask(const Twin &twin, const TwinBounds &bounds, size_t pair,
                       llvm::ArrayRef<int64_t> elements,
                       llvm::ArrayRef<ExactTensor> executed,
                       BoundOracle &oracle, std::vector<Box> &known) {
  std::vector<DeltaEnd> ends;
  for (int64_t element : elements)
    for (int sign : {1, -1})
      ends.push_back({element, sign});
  auto answers = oracle.bound(twin, bounds, twin.query->inputs, pair, ends);
  if (!answers)
    return answers.takeError();
  numSolves += ends.size();
  bool trusts = false;
  for (auto [end, answer] : llvm::zip_equal(ends, *answers)) {
    const Interval &proved = bounds.delta[pair][end.element];
    double before = end.sign > 0 ? proved.hi : -proved.lo;
    if (!(answer.value < before))
      continue;
    Interval half = end.sign > 0 ? Interval(-infinity, answer.value)
                                 : Interval(-answer.value, infinity);
    const Real &value = executed[pair][end.element];
    if (!contains(half, value)) {
      assert(!answer.isSafe && "a proved bound excludes an execution");
      return makeError(DiagId::Contradiction, locate(twin, twin.pairs[pair]),
                       "element " + llvm::Twine(end.element) +
                           ": a solver says that the difference lies in " +
                           printInterval(half) + ", an execution has " +
                           printReal(value));
    }
    Interval &range = known[pair][end.element];
    range = meetProved(range, half);
    trusts |= !answer.isSafe;
  }
  for (int64_t element : elements) {
    const Interval &before = bounds.delta[pair][element];
    double width = before.width();
    double after = meetProved(before, known[pair][element]).width();
    if (!(after < width))
      continue;
    ++numTightened;
    gain += static_cast<uint64_t>(std::lround(1000 * (1 - after / width)));
  }
  return trusts;
}

llvm::Error TightenBoundsPass::tightenTwin(Twin &twin, BoundOracle &oracle) {
  std::vector<Box> known;
  std::optional<size_t> trustedFrom;
  for (auto [i, pair] : llvm::enumerate(twin.pairs)) {
    known.push_back(*pair.delta);
    if (!trustedFrom &&
        llvm::is_contained(pair.by, Approximation::TrustsSolver))
      trustedFrom = i;
  }
  std::vector<ExactTensor> executed = executeOne(twin);
  if (llvm::Error error = checkKnown(twin, known, executed))
    return error;
  auto analyzer = TwinAnalyzer::build(twin);
  if (!analyzer)
    return analyzer.takeError();
  auto analyze = [&] {
    return analyzer->run(
        twin.query->inputs, method.get(),
        {.planes = true, .attributions = false, .known = known});
  };
  llvm::Expected<TwinBounds> bounds = analyze();
  if (!bounds)
    return bounds.takeError();
  auto choice = NeuronChoice::build(twin, *analyzer, outputs.get());
  if (!choice)
    return choice.takeError();
  auto left = static_cast<uint64_t>(budget.get());
  for (size_t layer = 0; layer < choice->getNumLayers(); ++layer) {
    std::vector<int64_t> elements =
        choice->choose(layer, *bounds, /*atMost=*/left / 2);
    if (elements.empty())
      continue;
    left -= 2 * elements.size();
    size_t pair = choice->getPair(layer);
    auto trusts = ask(twin, *bounds, pair, elements, executed, oracle, known);
    if (!trusts)
      return trusts.takeError();
    if (*trusts)
      trustedFrom = std::min(trustedFrom.value_or(pair), pair);
    bounds = analyze();
    if (!bounds)
      return bounds.takeError();
  }
  for (auto [i, pair] : llvm::enumerate(twin.pairs)) {
    pair.delta = bounds->delta[i];
    for (Approximation name : bounds->by[i])
      addName(pair.by, name);
    // What comes later was computed from it.
    if (trustedFrom && i >= *trustedFrom)
      addName(pair.by, Approximation::TrustsSolver);
  }
  return llvm::Error::success();
}

llvm::Error TightenBoundsPass::tightenAll(Module &module) {
  if (budget.get() < 0 || nodes.get() < 0)
    return makeError(DiagId::Usage, "@" + module.name,
                     "budget and nodes of pass 'tighten-bounds' must not be "
                     "negative");
  if (module.twins.empty())
    return makeError(DiagId::Usage, "@" + module.name,
                     "tighten-bounds needs a twin; run align-twins");
  auto isBounded = [](const Twin &twin) {
    return twin.query && llvm::all_of(twin.pairs, [](const Pair &pair) {
             return pair.delta.has_value();
           });
  };
  if (llvm::none_of(module.twins,
                    [&](const auto &twin) { return isBounded(*twin); }))
    return makeError(DiagId::Usage, "@" + module.name,
                     "tighten-bounds needs a twin with bounds on a query; run "
                     "annotate-bounds");
  if (!makeOracle)
    return makeError(DiagId::SolverMissing, "@" + module.name,
                     "this tool hands no solver to tighten-bounds");
  auto oracle = makeOracle({with.get() == TightenWith::Milp, nodes.get()});
  if (!oracle)
    return oracle.takeError();
  for (const auto &twin : module.twins)
    if (isBounded(*twin))
      if (llvm::Error error = tightenTwin(*twin, **oracle))
        return error;
  return llvm::Error::success();
}

llvm::LogicalResult TightenBoundsPass::run(Module &module,
                                           DiagnosticEngine &diagnostics) {
  bool failed = false;
  llvm::handleAllErrors(tightenAll(module), [&](const DiagnosticError &error) {
    diagnostics.report(error.get());
    failed = true;
  });
  return llvm::failure(failed);
}

std::unique_ptr<Pass> createTightenBoundsPass() {
  return createTightenBoundsPass(nullptr);
}

std::unique_ptr<Pass> createTightenBoundsPass(BoundOracleFactory makeOracle) {
  return std::make_unique<TightenBoundsPass>(std::move(makeOracle));
}

} // namespace qev
