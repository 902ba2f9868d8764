//===- CommandLine.h - LLVM's own options in our help -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SUPPORT_COMMANDLINE_H
#define QEV_SUPPORT_COMMANDLINE_H

#include "llvm/Support/CommandLine.h"

namespace qev {

/// Keeps in a command's help, of all that LLVM adds, --help and --version only,
/// in words of ours.
void describeGenericOptions(
    llvm::cl::SubCommand &command = llvm::cl::SubCommand::getTopLevel());

} // namespace qev

#endif // QEV_SUPPORT_COMMANDLINE_H
