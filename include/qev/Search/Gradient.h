//===- Gradient.h - Fast evaluation and straight-through gradients -*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Heuristics only: nothing here is exact, and no verdict rests on it.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SEARCH_GRADIENT_H
#define QEV_SEARCH_GRADIENT_H

#include "qev/Analysis/Linear.h"

namespace qev {

/// One net, ready to be run in double arithmetic many times.
class FastNet {
public:
  /// Both must outlive the object.
  FastNet(const Net &net, const LinearMaps &maps);

  /// The outputs at `x`, kept for `gradient`; inputs and outputs are
  /// concatenated.
  Vector run(const Vector &x);
  /// d(weights . outputs) / dx at the last `run`. A quantizer counts as the
  /// identity inside its range (straight-through estimator, Bengio et al.
  /// 2013).
  Vector gradient(const Vector &weights) const;

private:
  const Net &net;
  const LinearMaps &maps;
  llvm::DenseMap<const Op *, unsigned> order;
  std::vector<Vector> values; ///< by index in net.ops; reals
};

} // namespace qev

#endif // QEV_SEARCH_GRADIENT_H
