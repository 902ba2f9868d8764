//===- Commands.h - The commands of qev -------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each command is an llvm::cl::SubCommand with its own options. It returns the
// exit status, or an error that main prints (status 2).
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TOOLS_COMMANDS_H
#define QEV_TOOLS_COMMANDS_H

#include "llvm/Support/CommandLine.h"
#include "llvm/Support/Error.h"

namespace qev {

extern llvm::cl::SubCommand verifyCommand, boundCommand, attackCommand,
    runCommand, inspectCommand, supportsCommand;
extern llvm::cl::OptionCategory modelCategory, regionCategory, questionCategory,
    methodCategory, outputCategory, capabilityCategory;

llvm::Expected<int> runVerify();
llvm::Expected<int> runBound();
llvm::Expected<int> runAttack();
llvm::Expected<int> runRun();
llvm::Expected<int> runInspect();
llvm::Expected<int> runSupports();

} // namespace qev

#endif // QEV_TOOLS_COMMANDS_H
