//===- Supports.cpp - qev supports ------------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What tools ask a solver of VNN-LIB 2.0 before they give it a query: the
// chapter "Solver Command-line Interface" of the standard. Lists are one word
// on a line, ranges two lines.
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "qev/Import/Onnx.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Support/OutputFile.h"
#include <memory>

namespace qev {

namespace cl = llvm::cl;

cl::SubCommand supportsCommand("supports",
                               "what a tool of VNN-LIB 2.0 may ask for");
cl::OptionCategory capabilityCategory("Capabilities", "one at a time");

namespace {
using Words = std::vector<std::string>;
struct Capability {
  const char *name, *description;
  Words (*list)();
};
} // namespace

static Words listOpsets() {
  auto [least, most] = getOpsetRange();
  return {std::to_string(least), std::to_string(most)};
}

// Of the theories those whose queries are read; docs/Interface.md says what of
// them is refused, always with an error.
static const Capability capabilities[] = {
    {"onnx-opset-versions", "the lowest and the highest", listOpsets},
    {"onnx-element-types", "of declared tensors", [] { return Words{"real"}; }},
    {"onnx-operators", "that models may have", listOperators},
    {"onnx-operators-unsat-proofs", "of which proofs can be written",
     [] { return Words(); }},
    {"vnnlib-versions", "the lowest and the highest",
     [] { return Words{"2.0", "2.0"}; }},
    {"hidden-node-theories", "NH: without hidden nodes",
     [] { return Words{"NH"}; }},
    {"multiple-input-output-theories", "SIO: single, MIO: several",
     [] { return Words{"SIO", "MIO"}; }},
    {"multiple-network-theories",
     "MENET: equal, MINET: isomorphic, MNET: any; two networks of each",
     [] { return Words{"MENET", "MINET", "MNET"}; }},
    {"multiple-node-comparison-theories",
     "SNC: comparisons stay at one node of a network",
     [] { return Words{"SNC"}; }},
    {"arithmetic-complexity-theories",
     "BND: bounds, OUTC: comparisons of outputs, LIN: linear forms",
     [] { return Words{"BND", "OUTC", "LIN"}; }},
    {"optimised-disjunctive-reasoning",
     "whether 'or' is more than one case after the other",
     [] { return Words{"false"}; }},
    {"serialise-assignments", "whether 'verify' has the option of this name",
     [] { return Words{"false"}; }},
    {"unsat-proofs", "whether 'verify' has the option of this name",
     [] { return Words{"false"}; }},
};

static const std::vector<std::unique_ptr<cl::opt<bool>>> flags = [] {
  std::vector<std::unique_ptr<cl::opt<bool>>> result;
  for (const Capability &capability : capabilities)
    result.push_back(std::make_unique<cl::opt<bool>>(
        llvm::StringRef(capability.name), cl::desc(capability.description),
        cl::ValueDisallowed, cl::sub(supportsCommand),
        cl::cat(capabilityCategory)));
  return result;
}();

llvm::Expected<int> runSupports() {
  const Capability *asked = nullptr;
  for (auto [capability, flag] : llvm::zip_equal(capabilities, flags)) {
    if (!*flag)
      continue;
    if (asked)
      return makeError(DiagId::Usage, "qev supports",
                       llvm::Twine("--") + asked->name + " and --" +
                           capability.name +
                           " are two questions; ask one at "
                           "a time");
    asked = &capability;
  }
  if (!asked)
    return makeError(DiagId::Usage, "qev supports",
                     "a capability is missing, as in 'qev supports "
                     "--onnx-operators'; see 'qev help supports'");
  for (const std::string &word : asked->list())
    llvm::outs() << word << "\n";
  if (llvm::Error error = finishStandardOutput())
    return error;
  return 0;
}

} // namespace qev
