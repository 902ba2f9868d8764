//===- Dot.h - Drawings of nets ---------------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TOOLS_QEV_OPT_DOT_H
#define QEV_TOOLS_QEV_OPT_DOT_H

#include "qev/IR/Module.h"
#include "llvm/Support/raw_ostream.h"

namespace qev {

/// A Graphviz drawing: each net a cluster of its ops, each pair of a twin a
/// dashed line with the range of its differences.
void writeDot(const Module &module, llvm::raw_ostream &os);

} // namespace qev

#endif // QEV_TOOLS_QEV_OPT_DOT_H
