//===- DeadOps.h - Ops that nothing uses ------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_TRANSFORMS_DEADOPS_H
#define QEV_LIB_TRANSFORMS_DEADOPS_H

#include "qev/IR/Net.h"

namespace qev {

/// Drops ops that neither an output nor one of `roots` depends on; inputs stay.
/// Returns how many there were.
unsigned eraseDeadOps(Net &net, llvm::ArrayRef<const Op *> roots = {});

} // namespace qev

#endif // QEV_LIB_TRANSFORMS_DEADOPS_H
