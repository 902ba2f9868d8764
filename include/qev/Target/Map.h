//===- Map.h - What the names in a solver's file mean -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The sidecar of an emitted MPS or SMT-LIB file: a JSON object that says for
// each variable and row which net, op and element it speaks of, how to get the
// true objective back, and how to read an input off a solution. Its fields are
// in docs/Encoding.md.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TARGET_MAP_H
#define QEV_TARGET_MAP_H

#include "qev/Encode/System.h"
#include "llvm/Support/raw_ostream.h"

namespace qev {

void writeMap(const System &system, llvm::raw_ostream &os);

} // namespace qev

#endif // QEV_TARGET_MAP_H
