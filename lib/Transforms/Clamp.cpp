//===- Clamp.cpp - Relu and clip as one kind of op --------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Clamp.h"

namespace qev {

float Clamp::apply(float x) const {
  if (lo && x < *lo)
    x = *lo;
  return hi && *hi < x ? *hi : x;
}

Clamp Clamp::after(const Clamp &inner) const {
  Clamp result = *this;
  if (inner.lo)
    result.lo = apply(*inner.lo);
  if (inner.hi)
    result.hi = apply(*inner.hi);
  return result;
}

std::optional<Clamp> getClamp(const Op &op) {
  if (op.is(OpKind::Relu))
    return Clamp{0.0f, std::nullopt};
  if (op.is(OpKind::Clip))
    return Clamp{op.getFloatAttr("min"), op.getFloatAttr("max")};
  return std::nullopt;
}

void setClamp(Op &op, const Clamp &clamp) {
  op.kind = clamp.isRelu() ? OpKind::Relu : OpKind::Clip;
  op.attributes.clear();
  if (clamp.isRelu())
    return;
  if (clamp.lo)
    op.attributes["min"] = *clamp.lo;
  if (clamp.hi)
    op.attributes["max"] = *clamp.hi;
}

} // namespace qev
