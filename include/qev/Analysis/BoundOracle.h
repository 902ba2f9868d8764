//===- BoundOracle.h - Tighter ranges from somewhere else -------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What `tighten-bounds` asks for ranges that the analyses do not find. Declared
// here, implemented over constraints and solvers (Solver/LinearOracle.h), and
// handed in by the tools: so the passes depend on neither.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_BOUNDORACLE_H
#define QEV_ANALYSIS_BOUNDORACLE_H

#include "qev/Analysis/Bounds.h"
#include <functional>

namespace qev {

/// One end of the range of second - first at an element of a pair.
struct DeltaEnd {
  int64_t element = 0;
  int sign = 1; ///< 1: the upper end; -1: the lower one
};

/// An upper bound of sign * (second - first).
struct DeltaBound {
  double value = infinity;
  /// Whether outward-rounded arithmetic of ours has proved it; else it is what
  /// a solver said.
  bool isSafe = true;
};

class BoundOracle {
public:
  virtual ~BoundOracle() = default;

  /// Bounds of some ends at one pair of a twin over a region, one per end, from
  /// proved `bounds` with planes. Infinite where nothing was found out. The
  /// same question gets the same answer each time.
  virtual llvm::Expected<std::vector<DeltaBound>>
  bound(const Twin &twin, const TwinBounds &bounds,
        llvm::ArrayRef<InputRegion> inputs, size_t pair,
        llvm::ArrayRef<DeltaEnd> ends) = 0;
};

struct BoundOracleOptions {
  /// Linear programs, all bounds safe; or integer programs, whose bounds are
  /// what the solver says.
  bool integers = false;
  int64_t nodes = 1; ///< of the search tree of an integer program, at most
};

/// Fails with `solver-missing`.
using BoundOracleFactory =
    std::function<llvm::Expected<std::unique_ptr<BoundOracle>>(
        const BoundOracleOptions &)>;

} // namespace qev

#endif // QEV_ANALYSIS_BOUNDORACLE_H
