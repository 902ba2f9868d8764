//===- HullPlanes.h - Facets of twin hulls from given bounds ----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_HULLPLANES_H
#define QEV_ANALYSIS_HULLPLANES_H

#include "qev/Analysis/TwinHull.h"

namespace qev {

/// Appends the facets over one neuron: of Y - X from above and from below.
void addFacets(PairPlanes &planes, int64_t element, const TwinHull &hull);

/// The facets that bounds leave, like TwinBounds::planes: for bounds that were
/// read from a text, which has no planes. As good as those bounds; where they
/// are missing, not finite or exclude each other there are none. Fails with
/// `twin-pair`.
llvm::Expected<std::vector<PairPlanes>>
computePlanes(const Twin &twin, const TwinBounds &bounds,
              llvm::ArrayRef<InputRegion> inputs);

} // namespace qev

#endif // QEV_ANALYSIS_HULLPLANES_H
