//===- FacetMixing.h - Planes chosen for one objective ----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which plane over a neuron is best depends on the row it serves. The best
// choice for all neurons at once is the optimum of a linear program over all
// their planes. Facet mixing approaches it without a solver: back-substitute,
// take the input that maximises the row, run the relaxed nets forward from it
// to (x, e) of each neuron, and move the neuron's plane a step toward the one
// that is lowest there,
//
//   plane <- (1 - t) plane + t facet,  t = 2 / (k + 3) in pass k,
//
// the step rule of the Frank-Wolfe method. Every pass gives a valid bound, as
// offsets are computed afresh for whatever slopes come out; the best is kept.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_FACETMIXING_H
#define QEV_ANALYSIS_FACETMIXING_H

#include "qev/Analysis/TwinSubstitution.h"

namespace qev {

/// Like boundErrors, after `passes` further passes, or as many as there is time
/// for; never larger. boundErrors
/// with the slopes `used` gives the same bounds.
Vector boundErrorsByMixing(const RelaxedTwin &twin, int pair,
                           llvm::ArrayRef<int64_t> elements, unsigned passes,
                           PlaneSlopes *used = nullptr);

} // namespace qev

#endif // QEV_ANALYSIS_FACETMIXING_H
