//===- SymbolicBounds.h - Ranges of one net by back-substitution -*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_SYMBOLICBOUNDS_H
#define QEV_ANALYSIS_SYMBOLICBOUNDS_H

#include "qev/Analysis/BackSubstitution.h"
#include "qev/Analysis/Lattice.h"
#include "llvm/ADT/DenseSet.h"

namespace qev {

/// Which bounds an affine op or a sum of two values gets. All other ops take
/// the interval image of their operands, which is exact element by element; so
/// do affine ops of element-wise functions of the inputs, where no relation
/// between elements is lost.
enum class NetMethod { Interval, Symbolic };

/// The ranges of one net over one region, with what led to them.
struct AnalyzedNet {
  RelaxedNet relaxed;
  NetBounds bounds;
  Box inputs; ///< of all inputs, concatenated
  ExactRoundings exactRoundings;
  /// Upper bounds over the inputs, of elements, then of their negations, for
  /// those ops whose ranges they gave.
  llvm::DenseMap<const Op *, InputRows> rows;
  /// Ops whose elements each depend on one input element alone.
  llvm::DenseSet<const Op *> elementWise;

  /// The rows of any op; computed if they are not at hand.
  InputRows getRows(const Op &op) const;
};

/// DeepPoly (Singh et al., POPL 2019) where `method` asks for it, with
/// quantizers as rounding and clamp; `maps` must outlive the result. Ended
/// early, it lacks ops: `relaxed.isStopped()` is to be asked before it is used.
AnalyzedNet analyzeNet(const Net &net, const LinearMaps &maps,
                       llvm::ArrayRef<InputRegion> inputs, NetMethod method,
                       StopCheck stop = {});

/// The interval analysis of the same net over the same region. What does not
/// depend on the method is taken over.
AnalyzedNet analyzeByIntervals(const AnalyzedNet &symbolic);

/// Narrows every range of `net` to what `other` knows of the same net and
/// region. The lines stay those of `net`, so its rows get no looser.
void meetRanges(AnalyzedNet &net, const AnalyzedNet &other);

} // namespace qev

#endif // QEV_ANALYSIS_SYMBOLICBOUNDS_H
