//===- CommandLine.cpp - LLVM's own options in our help ---------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/CommandLine.h"

namespace qev {

void describeGenericOptions(llvm::cl::SubCommand &command) {
  auto &options = llvm::cl::getRegisteredOptions(command);
  if (llvm::cl::Option *help = options.lookup("help"))
    help->setDescription("this text");
  if (llvm::cl::Option *version = options.lookup("version"))
    version->setDescription("the version");
  if (llvm::cl::Option *list = options.lookup("help-list"))
    list->removeArgument(); // LLVM would show it again if it were hidden
}

} // namespace qev
