//===- Attack.h - Looking for large differences -----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SEARCH_ATTACK_H
#define QEV_SEARCH_ATTACK_H

#include "qev/Search/Gradient.h"
#include "qev/Search/Replay.h"
#include <atomic>
#include <functional>

namespace qev {

/// A linear form over both outputs to be made large:
/// sum first[i] X_i + sum second[i] Y_i.
struct AttackGoal {
  Vector first;
  Vector second;
};

/// The centre of a region, as a point of it.
InputPoint getCentre(llvm::ArrayRef<InputRegion> region);

/// Climbs a goal over a region: from the centre (and a few random points) to
/// the corner that the sign of the gradient points at, and on from there while
/// the value grows. Works in double arithmetic; whoever needs the truth replays
/// what it finds. One Attack serves one thread.
class Attack {
public:
  Attack(FastNet first, FastNet second, llvm::ArrayRef<InputRegion> region);

  /// The best point found, inside the region. `restarts` random starting
  /// points beside the centre; the same seed gives the same point, unless
  /// `stop` ends it early.
  InputPoint run(const AttackGoal &goal, unsigned restarts, uint64_t seed,
                 const StopCheck &stop = {});

private:
  double evaluate(const AttackGoal &goal, const Vector &x);
  /// Climbs from x; returns the best value and leaves its point in x.
  double climb(const AttackGoal &goal, Vector &x, const StopCheck &stop);

  FastNet first;
  FastNet second;
  std::vector<InputRegion> region;
  Vector lo, hi; ///< the region's ends, inside it
};

} // namespace qev

#endif // QEV_SEARCH_ATTACK_H
