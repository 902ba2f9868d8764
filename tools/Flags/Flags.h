//===- Flags.h - Regions and questions as options ---------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The words that all tools share. A tool that makes one of these objects, as a
// static, has the options.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TOOLS_FLAGS_FLAGS_H
#define QEV_TOOLS_FLAGS_FLAGS_H

#include "qev/Driver/Question.h"
#include "llvm/Support/CommandLine.h"

namespace qev {

/// The subcommands that have an option; none: the top level.
using FlagCommands = std::vector<llvm::cl::SubCommand *>;

class RegionFlags {
public:
  RegionFlags(llvm::cl::OptionCategory &category,
              const FlagCommands &commands = {});
  RegionOptions read() const;

private:
  llvm::cl::list<std::string> box, input;
  llvm::cl::opt<std::string> sample;
  llvm::cl::list<std::string> radius, clip, grid, levels, mean, std;
  llvm::cl::opt<std::string> query;
};

class QuestionFlags {
public:
  /// `claimCommands` have those about what must hold, `outputCommands`
  /// --outputs.
  QuestionFlags(llvm::cl::OptionCategory &category,
                const FlagCommands &claimCommands = {},
                const FlagCommands &outputCommands = {});
  QuestionOptions read() const;

private:
  llvm::cl::opt<std::string> epsilon;
  llvm::cl::opt<bool> topOne;
  llvm::cl::opt<std::string> topOneMargin, outputs;
};

} // namespace qev

#endif // QEV_TOOLS_FLAGS_FLAGS_H
