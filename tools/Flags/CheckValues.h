//===- CheckValues.h - Empty values of options ------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TOOLS_FLAGS_CHECKVALUES_H
#define QEV_TOOLS_FLAGS_CHECKVALUES_H

#include "llvm/Support/CommandLine.h"

namespace qev {

/// What is wrong with the values of options, empty if nothing. To LLVM an empty
/// value is as good as none: `--epsilon=$E` of a script that lost its E would
/// claim nothing, and end with 0.
std::string checkValues(const llvm::cl::SubCommand &command,
                        llvm::ArrayRef<const char *> arguments);

} // namespace qev

#endif // QEV_TOOLS_FLAGS_CHECKVALUES_H
