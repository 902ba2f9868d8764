//===- TwinRefiner.h - Method twin, pair by pair ----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_TWINREFINER_H
#define QEV_ANALYSIS_TWINREFINER_H

#include "qev/Analysis/TwinSubstitution.h"

namespace qev {

/// Narrows the ranges of differences by joint back-substitution while the pairs
/// of a twin are gone through in order. Ranges it is given only ever shrink, so
/// the result is never looser than the methods it starts from.
class TwinRefiner {
public:
  /// Facet mixing takes this many passes for inner pairs and for outputs.
  struct Passes {
    unsigned inner = 0, outputs = 0;
  };

  TwinRefiner(const Twin &twin, const std::vector<PairStep> &steps,
              const std::vector<std::unique_ptr<AffineDifference>> &affine,
              llvm::ArrayRef<InputRegion> inputs, const AnalyzedNet &first,
              const AnalyzedNet &second, Passes passes, bool keepsSlopes);

  /// Before the range of a pair is computed: narrows the differences of the
  /// values it clamps, `deltas[step.from]`, where that matters.
  void prepare(int pair, std::vector<Box> &deltas);
  /// Afterwards: takes the pair up, narrowing `deltas[pair]` by what x and y
  /// leave of it.
  void add(int pair, std::vector<Box> &deltas);
  /// Narrows all elements of an output's pair, right after it was added.
  void narrowOutputs(int pair, std::vector<Box> &deltas);
  /// Where the ranges of an output's pair come from, once they are final. Only
  /// if slopes are kept.
  std::vector<Attribution> attributeOutputs(int pair, const Box &proved) const;
  /// Forgets where ranges come from: not all slopes are known where it was
  /// ended early.
  void forgetSlopes() { narrowings.clear(); }
  /// Whether joint rows pass some element of a clamping pair by planes over its
  /// hexagon: not where each is one linear piece, or where rows end at inputs.
  bool hasPlanes(int pair) const;
  /// Computes all that was narrowed once more. Only if slopes are kept.
  void recheck(Recheck &result) const;
  /// Of every pair so far.
  std::vector<PairPlanes> getPlanes() const;

private:
  void narrow(int pair, llvm::ArrayRef<int64_t> elements, unsigned passes,
              std::vector<Box> &deltas);

  Passes passes;
  bool keepsSlopes;
  RelaxedTwin relaxed;
  llvm::ArrayRef<InputRegion> inputs;
  /// Steps from an input to a pair that only element-wise ones lead to.
  std::map<int, std::vector<const PairStep *>> paths;
  /// Longer chains of element-wise steps behind an input get no hull of their
  /// own: each costs as much as the chain is long.
  static constexpr size_t longestPath = 64;
  bool isAllFinite = true; ///< the hexagons so far
  std::vector<bool> isNarrowed;
  /// What narrowed a pair: boundErrors of these elements with these slopes.
  struct Narrowing {
    std::vector<int64_t> elements;
    PlaneSlopes slopes;
  };
  std::map<int, Narrowing> narrowings; ///< if kept
};

} // namespace qev

#endif // QEV_ANALYSIS_TWINREFINER_H
