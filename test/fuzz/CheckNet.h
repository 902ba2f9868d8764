//===- CheckNet.h - What a net that was read has to survive -----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#ifndef QEV_TEST_FUZZ_CHECKNET_H
#define QEV_TEST_FUZZ_CHECKNET_H

#include "qev/IR/Module.h"

namespace qev::fuzz {

/// The module is valid, and is what is read back when it is printed.
void checkModule(const Module &module);

/// A module of this net alone is valid and reads back, and normalizing it
/// changes none of its values at the origin: of nets that are not too large.
void checkNet(std::unique_ptr<Net> net);

} // namespace qev::fuzz

#endif // QEV_TEST_FUZZ_CHECKNET_H
