//===- PassManager.cpp - Running pipelines of passes ------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Pass/PassManager.h"
#include "qev/IR/Verifier.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Timer.h"
#include <deque>

namespace qev {

PassManager::PassManager(const PassRegistry &registry,
                         PassManagerOptions options)
    : registry(registry), options(std::move(options)) {}

void PassManager::addPass(std::unique_ptr<Pass> pass) {
  passes.push_back(std::move(pass));
}

static bool matches(llvm::ArrayRef<llvm::GlobPattern> patterns,
                    llvm::StringRef name) {
  return llvm::any_of(patterns, [&](const llvm::GlobPattern &pattern) {
    return pattern.match(name);
  });
}

PassResult PassManager::runPass(Pass &pass, Module &module,
                                DiagnosticEngine &diagnostics) {
  if (!pass.supports(module.semantics)) {
    diagnostics.error(DiagId::SemanticsUnsupported, module.name,
                      "pass '" + pass.getName() +
                          "' works in semantics 'real' only");
    return PassResult::Failure;
  }
  unsigned errorsBefore = diagnostics.getNumErrors();
  bool failed = llvm::failed(pass.run(module, diagnostics));
  assert(failed == (diagnostics.getNumErrors() != errorsBefore) &&
         "a pass fails exactly if it reports an error");
  if (failed)
    return PassResult::Failure;
  if (options.verifyEach && llvm::failed(verify(module, diagnostics)))
    return PassResult::BrokenIR;
  return PassResult::Success;
}

PassResult PassManager::run(Module &module, DiagnosticEngine &diagnostics) {
  if (options.verifyEach && llvm::failed(verify(module, diagnostics)))
    return PassResult::Failure;
  llvm::raw_ostream &log = options.log ? *options.log : llvm::errs();
  auto dump = [&](llvm::StringRef when, const Pass &pass) {
    log << "// IR " << when << " " << pass.getName() << "\n";
    print(module, log, options.print);
  };

  // Timers live until all are printed; each would print itself on its end.
  llvm::TimerGroup times("passes", "Passes");
  std::deque<llvm::Timer> timers;
  PassResult result = PassResult::Success;
  for (const auto &pass : passes) {
    if (matches(options.printBefore, pass->getName()))
      dump("before", *pass);
    timers.emplace_back(pass->getName(), pass->getName(), times);
    {
      llvm::TimeRegion region(options.timing ? &timers.back() : nullptr);
      result = runPass(*pass, module, diagnostics);
    }
    if (result != PassResult::Success)
      break;
    if (matches(options.printAfter, pass->getName()))
      dump("after", *pass);
  }
  if (options.timing)
    times.print(log, /*ResetAfterPrint=*/true);
  return result;
}

void PassManager::printStatistics(llvm::raw_ostream &os) const {
  for (const auto &pass : passes)
    for (const Statistic *statistic : pass->getStatistics())
      os << statistic->get() << " " << pass->getName() << " " << statistic->name
         << ": " << statistic->text << "\n";
}

void PassManager::printStatisticsAsJson(llvm::raw_ostream &os) const {
  llvm::json::OStream json(os, /*IndentSize=*/2);
  json.array([&] {
    for (const auto &pass : passes)
      json.object([&] {
        json.attribute("pass", pass->getName());
        json.attributeObject("statistics", [&] {
          for (const Statistic *statistic : pass->getStatistics())
            json.attribute(statistic->name, statistic->get());
        });
      });
  });
  os << "\n";
}

} // namespace qev
