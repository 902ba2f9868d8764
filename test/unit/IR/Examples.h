//===- Examples.h - Module texts that many tests read -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TEST_UNIT_IR_EXAMPLES_H
#define QEV_TEST_UNIT_IR_EXAMPLES_H

#include "qev/IR/Parser.h"
#include "qev/IR/Printer.h"

namespace qev {

/// Two small nets, a query and a twin, as the printer writes them.
inline constexpr char tinyText[] = R"(
module @tiny attributes {version = 1, semantics = real} {
  net @f32(%x: tensor<2xf32>) -> tensor<1xf32> from "tiny.f32.onnx" {
    %w1 = const dense<1, -0.5; 0.75, 0.2578125> : tensor<2x2xf32> loc(init "fc1.weight")
    %b1 = const dense<0.25, -0.5> : tensor<2xf32> loc(init "fc1.bias")
    %h1 = affine %x, %w1, %b1 : tensor<2xf32> in box<[-0.25, 1.25], [-0.5, 0.5078125]> loc(node 0 "fc1")
    %a1 = relu %h1 : tensor<2xf32> loc(node 1 "act1")
    %w2 = const dense<1, -1> : tensor<1x2xf32> loc(init "fc2.weight")
    %y = affine %a1, %w2 : tensor<1xf32> loc(node 2 "fc2")
    return %y
  }
  net @int8(%x: tensor<2xf32>) -> tensor<1xf32> from "tiny.int8.onnx" {
    %xq = quantize %x : tensor<2xq<u8, 0.0078125:0>> in box<2 x [0, 128]> loc(node 0 "x_q")
    %xd = dequantize %xq : tensor<2xf32> loc(node 1 "x_dq")
    %w1 = const dense<64, -32; 48, 16> : tensor<2x2xq<i8, 0.015625:0>> loc(init "fc1.weight_q")
    %b1 = const dense<0.25, -0.5> : tensor<2xf32> loc(init "fc1.bias")
    %h1 = affine %xd, %w1, %b1 : tensor<2xf32> loc(fused node 2 "w1_dq", node 3 "fc1")
    %a1 = relu %h1 : tensor<2xf32> loc(node 4 "act1")
    %aq = quantize %a1 : tensor<2xq<u8, 0.0078125:0>> loc(node 5 "a1_q")
    %ad = dequantize %aq : tensor<2xf32> loc(node 6 "a1_dq")
    %w2 = const dense<64, -64> : tensor<1x2xq<i8, 0.015625:0>> loc(init "fc2.weight_q")
    %y = affine %ad, %w2 : tensor<1xf32> loc(fused node 7 DequantizeLinear "w2_dq", node 8 Gemm "fc2")
    return %y
  }
  query @close: for (%x: box<2 x [0, 1]>), claim linf(@int8 - @f32) <= 0.03125
  twin @f32 ~ @int8 on @close {
    pair %x ~ %xd delta box<2 x [-0.00390625, 0.00390625]> by (round-to-nearest)
    pair %h1 ~ %h1 delta box<[-0.005859375, 0.005859375], [-0.01171875, 0.00390625]>
    pair %a1 ~ %a1 delta box<[-0.005859375, 0.005859375], [-0.01171875, 0.00390625]> by (relu-clamp-cases)
    pair %y ~ %y delta box<[-0.017578125, inf]> by (round-to-nearest, relu-triangle)
  }
}
)";

/// Every operator, type and question, names that must be quoted.
inline constexpr char zooText[] = R"(
module @"zoo/1" attributes {version = 1, semantics = runtime} {
  net @a(%x: tensor<2x3xf32> in box<6 x [-inf, inf]> loc(init "x\0A\""), %"/in:1": tensor<f32>) -> (tensor<2x3xf32>, tensor<2x3xq<u4, 0.1:3>>) {
    %c = const dense<1> : tensor<2x1xf32>
    %t = const dense<0.1> : tensor<f32>
    %k = const dense<1, 2, 3; 4, 5, -2147483648> : tensor<2x3xq<i32@0, {0.1:0, 1e-40:7}>>
    %n = const dense<-127, 126, 0> : tensor<3xq<i8<-127:126>@0, {3:-128, 2:1, 1e+20:0}>>
    %add = add %x, %"/in:1" : tensor<2x3xf32>
    %sub = sub %add, %n : tensor<2x3xf32>
    %mul = mul %k, %sub : tensor<2x3xf32>
    %div = div %mul, %t : tensor<2x3xf32>
    %1 = clip %div {min = 0, max = 6} : tensor<2x3xf32>
    %2 = clip %1 {max = 5.5} : tensor<2x3xf32>
    %3 = clip %2 : tensor<2x3xf32>
    %r = reshape %3 : tensor<3x1x2xf32>
    %q = quantize %r : tensor<3x1x2xq<u4, 0.1:3>>
    %"q[\5B]{\7B}" = reshape %q : tensor<2x3xq<u4, 0.1:3>>
    return %x, %"q[\5B]{\7B}"
  }
  net @b(%x: tensor<3xf32>) -> tensor<3xf32> {
    return %x
  }
  net @c(%x: tensor<3xf32>) -> tensor<3xf32> {
    %y = relu %x : tensor<3xf32>
    return %y
  }
  query @none: for (%x: box<[0, 1/3], [-1, 1]>, %y: grid<784 x [0, 255] step 1>)
  query @bracket: for (%x: box<3 x [0, 0.1]>), bracket(@c - @b)
  query @some: for (%x: grid<[0, 1], [1, 2], [2, 3] step 0.25 offset -1/3>), claim abs(@c - @b) <= [0.1, none, 1/3]
  query @all: for (%x: box<3 x [0, 0]>), claim linf(@c - @b) <= 0
  query @top: for (%x: box<3 x [0, 1]>), claim top1(@b, @c) margin 0.05
  query @top0: for (%x: box<3 x [0, 1]>), claim top1(@b, @c)
  query @never: for (%x: box<3 x [0, 1]>), claim never(@b, @c) or(and(-@b[0] + 0.5 * @c[2] > 1/3, @c[1] >= -2), and(@b[2] > 0))
  query @nothing: for (%x: box<3 x [0, 1]>), claim never(@b, @c) or()
  twin @b ~ @c {
  }
}
)";

inline std::string toText(const Module &module,
                          const PrintOptions &options = {}) {
  std::string text;
  llvm::raw_string_ostream os(text);
  print(module, os, options);
  return text;
}

} // namespace qev

#endif // QEV_TEST_UNIT_IR_EXAMPLES_H
