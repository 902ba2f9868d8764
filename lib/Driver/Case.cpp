//===- Case.cpp - One sample while it is worked on --------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Case.h"
#include "qev/Encode/Conditioning.h"
#include <set>

namespace qev {

Case::Case(const ExactNet &first, const ExactNet &second,
           llvm::ArrayRef<InputRegion> region,
           std::vector<Obligation> obligations, const OutputRanges &ranges,
           Limits limits)
    : first(first), second(second), region(region),
      obligations(std::move(obligations)), limits(limits),
      bracket(ranges.delta) {
  for (const Obligation &obligation : this->obligations) {
    Interval range = obligation.getMaximumRange(ranges);
    settled.push_back({obligation.isClosedByRanges(ranges), Trust::bounds(),
                       range.magnitude(), range.hi});
  }
}

void Case::note(llvm::StringRef text) {
  std::scoped_lock lock(mutex);
  if (!text.empty() && !llvm::is_contained(notes, text))
    notes.push_back(text.str());
}

std::optional<Replay> Case::tryInput(InputPoint input, llvm::StringRef by) {
  if (!contains(region, input))
    return std::nullopt;
  Replay shown = replay(first, second, std::move(input));
  std::scoped_lock lock(mutex);
  for (std::string &contradiction : bracket.witness(shown)) {
    notes.push_back(std::move(contradiction));
    distrustLocked();
  }
  // Of several outputs that this input refutes, the one that is furthest off.
  const Obligation *worst = nullptr;
  for (auto [i, obligation] : llvm::enumerate(obligations)) {
    Real value = obligation.getValue(shown);
    if (!settled[i].best || settled[i].best->first < value)
      settled[i].best = {std::move(value), shown.input};
    if (!obligation.isRefutedBy(shown))
      continue;
    if (settled[i].isSettled) {
      assert(!settled[i].trust.isSafe() && "a replay refutes what is proved");
      notes.push_back(settled[i].trust.words + ": " + obligation.str() +
                      " is contradicted by a replay");
      settled[i].isSettled = false;
      distrustLocked();
    }
    if (!worst ||
        (obligation.isAboutDelta() && shown.getDelta(obligation.output).abs() >
                                          shown.getDelta(worst->output).abs()))
      worst = &obligation;
  }
  if (worst && !witness) {
    witness = Witness{worst->output, std::nullopt, shown};
    if (worst->isViolation())
      witness->violation = worst->number;
    refuter = by.str();
    refuted = true;
  }
  return shown;
}

void Case::distrustLocked() {
  distrusted = true;
  bracket.dropTolerance();
  for (Settled &one : settled)
    if (!one.trust.isExact())
      one.isSettled = false;
}

void Case::distrust(llvm::StringRef text) {
  note(text);
  std::scoped_lock lock(mutex);
  distrustLocked();
}

void Case::settle(size_t i, const Trust &trust) {
  std::scoped_lock lock(mutex);
  const Obligation &obligation = obligations[i];
  assert(obligation.hasClaim() && "nothing to settle");
  if (settled[i].isSettled || !trusts(trust.grade))
    return;
  if (obligation.isAboutDelta())
    if (auto contradiction =
            bracket.prove(obligation.output, obligation.sign,
                          obligation.epsilon->toDoubleUp(), trust)) {
      notes.push_back(*contradiction);
      distrustLocked();
      return;
    }
  settled[i].isSettled = true;
  settled[i].trust = trust;
}

void Case::bound(size_t i, double bound, const Trust &trust) {
  const Obligation &obligation = obligations[i];
  if (!trust.isExact())
    bound = addUp(bound, mulUp(settled[i].magnitude, loosenedPart));
  // The goal asks for executions beyond the claim only; of the others nothing
  // is known but that they lie below it.
  double reached = obligation.epsilon
                       ? std::fmax(bound, obligation.epsilon->toDoubleUp())
                       : bound;
  {
    std::scoped_lock lock(mutex);
    if (!trusts(trust.grade))
      return;
    settled[i].upperBound = std::fmin(settled[i].upperBound, bound);
    if (obligation.isAboutDelta())
      if (auto contradiction = bracket.prove(obligation.output, obligation.sign,
                                             reached, trust)) {
        notes.push_back(*contradiction);
        distrustLocked();
        return;
      }
  }
  if (obligation.hasClaim() && obligation.isClosedBy(bound))
    settle(i, trust);
}

bool Case::isClosedLocked(size_t i) const {
  const Obligation &obligation = obligations[i];
  return obligation.hasClaim()
             ? settled[i].isSettled
             : bracket.isNarrow(obligation.output, obligation.sign, limits.gap);
}

bool Case::isClosed(size_t i) const {
  std::scoped_lock lock(mutex);
  return isClosedLocked(i);
}

double Case::getUpperBound(size_t i) const {
  std::scoped_lock lock(mutex);
  return settled[i].upperBound;
}

size_t Case::countOpen() const {
  std::scoped_lock lock(mutex);
  size_t open = 0;
  for (size_t i = 0; i < obligations.size(); ++i)
    open += !isClosedLocked(i);
  return open;
}

std::optional<InputPoint> Case::getBest(size_t i) const {
  std::scoped_lock lock(mutex);
  if (!settled[i].best)
    return std::nullopt;
  return settled[i].best->second;
}

Bracket Case::getBracket() const {
  std::scoped_lock lock(mutex);
  return bracket;
}

std::optional<Witness> Case::getWitness() const {
  std::scoped_lock lock(mutex);
  return witness;
}

std::string Case::getRefuter() const {
  std::scoped_lock lock(mutex);
  return refuter;
}

std::vector<std::string> Case::getNotes() const {
  std::scoped_lock lock(mutex);
  return notes;
}

std::vector<Trust> Case::getVerdictTrust() const {
  std::scoped_lock lock(mutex);
  std::set<Trust> grounds;
  for (const Settled &one : settled)
    if (one.isSettled)
      grounds.insert(one.trust);
  grounds.erase(Trust::bounds());
  return {grounds.begin(), grounds.end()};
}

std::vector<Trust> Case::getTrust() const {
  std::vector<Trust> verdict = getVerdictTrust();
  std::scoped_lock lock(mutex);
  std::set<Trust> grounds(verdict.begin(), verdict.end());
  for (int64_t i = 0; i < bracket.size(); ++i)
    for (int sign : {1, -1})
      grounds.insert(bracket.getTrust(i, sign));
  grounds.erase(Trust::bounds());
  return {grounds.begin(), grounds.end()};
}

} // namespace qev
