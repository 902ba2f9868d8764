//===- Align.h - Pairing the values of two nets -----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_ALIGN_H
#define QEV_ANALYSIS_ALIGN_H

#include "qev/IR/Module.h"
#include "llvm/Support/Error.h"

namespace qev {

/// Pairs corresponding values of two nets by topology, never by name: inputs
/// by position, then layer by layer (linear layers with linear layers of the
/// same shape; activations and quantizers that one side lacks are paired with
/// the unchanged value of the other), outputs last. Fails with `align`, naming
/// the first place where the nets part, as getPlace does.
llvm::Expected<std::unique_ptr<Twin>> alignNets(Net &first, Net &second);

} // namespace qev

#endif // QEV_ANALYSIS_ALIGN_H
