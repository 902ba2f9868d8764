//===- Clamp.h - Relu and clip as one kind of op ----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_TRANSFORMS_CLAMP_H
#define QEV_LIB_TRANSFORMS_CLAMP_H

#include "qev/IR/Net.h"

namespace qev {

/// x -> min(max(x, lo), hi) with lo <= hi; an end that is absent does nothing.
struct Clamp {
  std::optional<float> lo, hi;

  bool isIdentity() const { return !lo && !hi; }
  bool isRelu() const { return lo && *lo == 0 && !hi; }
  float apply(float x) const;
  /// x -> this(inner(x)), which is a clamp again: outside of inner's range it
  /// is constant, inside it is this; so its ends are this(inner.lo) and
  /// this(inner.hi).
  Clamp after(const Clamp &inner) const;
};

/// What a relu or clip does; nothing for other ops.
std::optional<Clamp> getClamp(const Op &op);
/// Makes a relu or clip do this: `relu` where that says it, else `clip`.
void setClamp(Op &op, const Clamp &clamp);

} // namespace qev

#endif // QEV_LIB_TRANSFORMS_CLAMP_H
