//===- Pass.cpp - Steps that work on modules --------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Pass/Pass.h"

namespace qev {

//===----------------------------------------------------------------------===//
// Options and statistics
//===----------------------------------------------------------------------===//

std::optional<bool> OptionTraits<bool>::parse(llvm::StringRef text) {
  if (text == "true")
    return true;
  if (text == "false")
    return false;
  return std::nullopt;
}

std::optional<int64_t> OptionTraits<int64_t>::parse(llvm::StringRef text) {
  int64_t value;
  if (text.getAsInteger(10, value))
    return std::nullopt;
  return value;
}

PassOption::PassOption(Pass &pass, llvm::StringRef name, llvm::StringRef text)
    : name(name), text(text) {
  pass.options.push_back(this);
}

Statistic::Statistic(Pass &pass, llvm::StringRef name, llvm::StringRef text)
    : name(name), text(text) {
  pass.statistics.push_back(this);
}

PassOption *Pass::findOption(llvm::StringRef optionName) const {
  for (PassOption *option : options)
    if (option->name == optionName)
      return option;
  return nullptr;
}

//===----------------------------------------------------------------------===//
// Passes on nets
//===----------------------------------------------------------------------===//

llvm::LogicalResult NetPass::run(Module &module, DiagnosticEngine &) {
  for (const auto &net : module.nets)
    if (runOnNet(*net))
      dropFacts(module, *net);
  return llvm::success();
}

void dropFacts(Module &module, Net &net) {
  for (const auto &op : net.ops)
    op->bounds.reset();
  llvm::erase_if(module.twins, [&](const std::unique_ptr<Twin> &twin) {
    return twin->first == &net || twin->second == &net;
  });
}

} // namespace qev
