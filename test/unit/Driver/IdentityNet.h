//===- IdentityNet.h - The smallest net with a given output -----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TEST_UNIT_DRIVER_IDENTITYNET_H
#define QEV_TEST_UNIT_DRIVER_IDENTITYNET_H

#include "qev/IR/Net.h"

namespace qev::test {

/// The output is the input, or, given a scale, what an 8 bit quantizer with
/// that scale makes of it.
inline std::unique_ptr<Net> makeIdentity(llvm::ArrayRef<int64_t> shape,
                                         float scale = 0) {
  auto net = std::make_unique<Net>("n");
  Op *x = net->add(OpKind::Input, "x", TensorType::f32(shape));
  if (scale > 0) {
    QuantType quant;
    quant.scales = {scale};
    quant.zeroPoints = {0};
    Op *codes =
        net->add(OpKind::Quantize, "q", TensorType::quantized(shape, quant), x);
    x = net->add(OpKind::Dequantize, "d", x->type, codes);
  }
  net->outputs = {x};
  return net;
}

} // namespace qev::test

#endif // QEV_TEST_UNIT_DRIVER_IDENTITYNET_H
