//===- Interp.cpp - Reading the interpreter's results -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Interp/Interp.h"
#include "llvm/ADT/STLExtras.h"

namespace qev {

ExactTensor getOutputs(const Net &net, llvm::ArrayRef<ExactTensor> values) {
  assert(values.size() == net.ops.size());
  ExactTensor result;
  for (const Op *op : net.outputs) {
    auto position = llvm::find_if(
        net.ops, [&](const std::unique_ptr<Op> &o) { return o.get() == op; });
    assert(position != net.ops.end() && "the output is no op of the net");
    llvm::append_range(result,
                       toReals(*op, values[position - net.ops.begin()]));
  }
  return result;
}

} // namespace qev
