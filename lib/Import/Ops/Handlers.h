//===- Handlers.h - One function per ONNX operator --------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_IMPORT_OPS_HANDLERS_H
#define QEV_LIB_IMPORT_OPS_HANDLERS_H

#include "../Node.h"

namespace qev {

/// The value of the node's first output. The number of inputs is as the table
/// asks; the required ones are there.
using Handler = llvm::Expected<ValueRef> (*)(Node &node);

#define QEV_ONNX_OP(DOMAIN, NAME, SINCE, MIN, MAX, OUTPUTS, HANDLER)           \
  llvm::Expected<ValueRef> HANDLER(Node &node);
#include "../Ops.def"

//===----------------------------------------------------------------------===//
// Shared by several operators
//===----------------------------------------------------------------------===//

/// Scales, zero points and axis that a QuantizeLinear or DequantizeLinear has
/// for integers of a type.
llvm::Expected<QuantType> readQuantType(Node &node, ElementType integers);

/// `axis`, which may count from the end, as an index below `rank`.
std::optional<int64_t> normalizeAxis(int64_t axis, int64_t rank);

/// Input 0 under another shape with as many elements.
llvm::Expected<ValueRef> reshapeInput(Node &node,
                                      llvm::ArrayRef<int64_t> shape);

} // namespace qev

#endif // QEV_LIB_IMPORT_OPS_HANDLERS_H
