//===- TwinAnalyzer.h - Bounds of one twin for many regions -----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_TWINANALYZER_H
#define QEV_ANALYSIS_TWINANALYZER_H

#include "qev/Analysis/Bounds.h"
#include "qev/Analysis/Difference.h"

namespace qev {

/// Everything about a twin that does not depend on the region, computed once.
/// `run` may be called from several threads.
class TwinAnalyzer {
public:
  /// The twin must outlive the analyzer. Fails with `twin-pair` on pairs that
  /// do not arise from each other, and with `method-unsupported` on weights
  /// that are no doubles.
  static llvm::Expected<TwinAnalyzer> build(const Twin &twin);

  /// What methods Twin and Best give on request, and take.
  struct Wanted {
    bool planes = false;       ///< TwinBounds::planes
    bool attributions = false; ///< TwinBounds::attributions
    bool recheck = false;      ///< TwinBounds::recheck; slow
    /// Ranges of delta proved by other means, like Twin::pairs, or none; each
    /// pair's range is cut by them before it is used for later ones. There must
    /// be an execution that lies in all of them.
    llvm::ArrayRef<Box> known = {};
    /// Ends the analysis early, with the ranges that are proved so far, at
    /// least those of interval arithmetic: TwinBounds::isCutShort.
    StopCheck stop = {};
  };

  /// Any sound method. Fails with `query-region` on regions that are not those
  /// of the nets' inputs, and with `method-unsupported`.
  llvm::Expected<TwinBounds> run(llvm::ArrayRef<InputRegion> inputs,
                                 Method method, const Wanted &wanted) const;
  llvm::Expected<TwinBounds> run(llvm::ArrayRef<InputRegion> inputs,
                                 Method method) const {
    return run(inputs, method, {});
  }

  /// Many regions side by side on this many threads, for instance a data set or
  /// the leaves of a search; `known` holds for all of them. The bounds are
  /// those of `run`, in the order of the regions. Fails where one region fails.
  llvm::Expected<std::vector<TwinBounds>>
  runBatch(llvm::ArrayRef<std::vector<InputRegion>> regions, Method method,
           unsigned threads, const Wanted &wanted) const;

  const LinearMaps &getFirstMaps() const;
  const LinearMaps &getSecondMaps() const;

private:
  struct Data;
  explicit TwinAnalyzer(std::shared_ptr<const Data> data)
      : data(std::move(data)) {}
  std::shared_ptr<const Data> data;
};

} // namespace qev

#endif // QEV_ANALYSIS_TWINANALYZER_H
