//===- RoundTrip.h - Text as good as the module -----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TOOLS_QEV_OPT_ROUNDTRIP_H
#define QEV_TOOLS_QEV_OPT_ROUNDTRIP_H

#include "qev/IR/Module.h"
#include "llvm/Support/raw_ostream.h"

namespace qev {

/// Prints the module, reads the text back, prints that, and leaves what was
/// read in place of the module. Writes why to `os` and returns false if the two
/// texts differ or the first cannot be read.
bool roundTrip(std::unique_ptr<Module> &module, llvm::raw_ostream &os);

} // namespace qev

#endif // QEV_TOOLS_QEV_OPT_ROUNDTRIP_H
