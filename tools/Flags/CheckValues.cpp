//===- CheckValues.cpp - Empty values of options ----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Flags/CheckValues.h"

namespace qev {

static const llvm::cl::Option *findOption(const llvm::cl::SubCommand &command,
                                          llvm::StringRef argument) {
  if (!argument.consume_front("--") && !argument.consume_front("-"))
    return nullptr;
  auto found = command.OptionsMap.find(argument.split('=').first);
  return found == command.OptionsMap.end() ? nullptr : found->second;
}

std::string checkValues(const llvm::cl::SubCommand &command,
                        llvm::ArrayRef<const char *> arguments) {
  for (; !arguments.empty(); arguments = arguments.drop_front()) {
    llvm::StringRef argument = arguments[0];
    if (argument.empty())
      return "a file name is empty";
    const llvm::cl::Option *option = findOption(command, argument);
    if (!option)
      continue;
    auto [name, value] = argument.split('=');
    auto expected = option->getValueExpectedFlag();
    if (argument.contains('=')) {
      if (expected == llvm::cl::ValueDisallowed)
        return ("option '" + name + "' takes no value").str();
    } else {
      if (expected != llvm::cl::ValueRequired)
        continue;
      arguments = arguments.drop_front();
      value = arguments.empty() ? "" : arguments[0];
    }
    if (value.empty())
      return ("option '" + name + "' needs a value").str();
  }
  return "";
}

} // namespace qev
