//===- PassManagerTest.cpp - Running passes -*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Pass/PassManager.h"
#include "gtest/gtest.h"

using namespace qev;

namespace {

/// Does what its options say.
class ProbePass final : public Pass {
public:
  ProbePass() : Pass("probe") {}

  Option<bool> fail{*this, "fail", false, "report an error"};
  Option<bool> breakNet{*this, "break", false, "leave a net without outputs"};
  Option<int64_t> times{*this, "times", 1, "how often to count"};
  Option<std::string> word{*this, "word", "none", "any text"};
  Statistic count{*this, "count", "what was counted"};

  llvm::LogicalResult run(Module &module,
                          DiagnosticEngine &diagnostics) override {
    count += times.get();
    if (breakNet.get())
      module.nets.push_back(std::make_unique<Net>("broken"));
    if (!fail.get())
      return llvm::success();
    diagnostics.error(DiagId::Usage, "here", "as asked");
    return llvm::failure();
  }
};

} // namespace

static const PassRegistry &getRegistry() {
  static const PassRegistry registry{
      {{"probe", Effect::KeepsNets, "a probe", "What it does.",
        []() -> std::unique_ptr<Pass> {
          return std::make_unique<ProbePass>();
        }}},
      {{"twice", "probe,probe{times=2}", "two probes"}}};
  return registry;
}

static PassResult run(llvm::StringRef pipeline, Module &module,
                      DiagnosticEngine &diagnostics,
                      PassManagerOptions options = {}) {
  PassManager manager(getRegistry(), std::move(options));
  EXPECT_FALSE(llvm::errorToBool(manager.addPipeline(pipeline)));
  return manager.run(module, diagnostics);
}

TEST(PassManager, ReadsOptionsByType) {
  PassManager manager(getRegistry());
  ASSERT_FALSE(llvm::errorToBool(manager.addPipeline(
      "probe{ fail = true , times=-3, word=two words },probe")));
  ASSERT_EQ(manager.getPasses().size(), 2u);
  auto &first = static_cast<ProbePass &>(*manager.getPasses()[0]);
  EXPECT_TRUE(first.fail.get());
  EXPECT_EQ(first.times.get(), -3);
  EXPECT_EQ(first.word.get(), "two words");
  auto &second = static_cast<ProbePass &>(*manager.getPasses()[1]);
  EXPECT_FALSE(second.fail.get());
  EXPECT_EQ(second.times.print(), "1");
}

TEST(PassManager, RefusesValuesOfTheWrongType) {
  for (const char *text :
       {"probe{fail=yes}", "probe{times=1.5}",
        "probe{times=99999999999999999999}", "probe{times=}"}) {
    PassManager manager(getRegistry());
    std::string message = llvm::toString(manager.addPipeline(text));
    EXPECT_NE(message.find("[usage]"), std::string::npos) << message;
  }
}

TEST(PassManager, ExpandsNamedPipelines) {
  PassManager manager(getRegistry());
  ASSERT_FALSE(llvm::errorToBool(manager.addPipeline("twice,probe")));
  Module module;
  DiagnosticEngine diagnostics;
  EXPECT_EQ(manager.run(module, diagnostics), PassResult::Success);
  std::string text;
  llvm::raw_string_ostream os(text);
  manager.printStatistics(os);
  EXPECT_EQ(text, "1 probe count: what was counted\n"
                  "2 probe count: what was counted\n"
                  "1 probe count: what was counted\n");
}

TEST(PassManager, StopsAtAnError) {
  Module module;
  DiagnosticEngine diagnostics;
  EXPECT_EQ(run("probe{fail=true},probe{break=true}", module, diagnostics),
            PassResult::Failure);
  EXPECT_TRUE(module.nets.empty());
  EXPECT_EQ(diagnostics.getNumErrors(), 1u);
}

TEST(PassManager, FindsWhatAPassBroke) {
  Module module;
  DiagnosticEngine diagnostics;
  EXPECT_EQ(run("probe{break=true}", module, diagnostics),
            PassResult::BrokenIR);
  EXPECT_EQ(diagnostics.getNumErrors(), 1u);
}

TEST(PassManager, TrustsPassesWhenAskedTo) {
  Module module;
  DiagnosticEngine diagnostics;
  PassManagerOptions options;
  options.verifyEach = false;
  EXPECT_EQ(run("probe{break=true}", module, diagnostics, std::move(options)),
            PassResult::Success);
}

TEST(PassManager, RefusesModulesThatAreNotWellFormed) {
  Module module;
  module.nets.push_back(std::make_unique<Net>("broken"));
  DiagnosticEngine diagnostics;
  EXPECT_EQ(run("", module, diagnostics), PassResult::Failure);
}

TEST(PassManager, RefusesOtherSemantics) {
  Module module;
  module.semantics = Semantics::Runtime;
  DiagnosticEngine diagnostics;
  EXPECT_EQ(run("probe", module, diagnostics), PassResult::Failure);
  ASSERT_EQ(diagnostics.getNumErrors(), 1u);
  EXPECT_EQ(diagnostics.all()[0].id, DiagId::SemanticsUnsupported);
}

TEST(Registry, FindsTheNearestName) {
  EXPECT_EQ(findNearest("canonicalise", {"dce", "canonicalize"}),
            "canonicalize");
  EXPECT_EQ(findNearest("dc", {"dce", "canonicalize"}), "dce");
  EXPECT_EQ(findNearest("xyz", {"dce", "canonicalize"}), "");
  EXPECT_EQ(findNearest("", {"a"}), "");
}
