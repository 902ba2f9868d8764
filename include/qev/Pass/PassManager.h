//===- PassManager.h - Running pipelines of passes --------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A pipeline is written `a,b{x=1,y=foo}`: passes (or names of pipelines) in
// order, options between braces. The pass manager runs them on a module and
// checks after each that the module is still well formed.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_PASS_PASSMANAGER_H
#define QEV_PASS_PASSMANAGER_H

#include "qev/IR/Printer.h"
#include "qev/Pass/Registry.h"
#include "llvm/Support/GlobPattern.h"

namespace qev {

struct PassManagerOptions {
  bool verifyEach = true;
  /// Passes whose names match print the module before or after they run.
  std::vector<llvm::GlobPattern> printBefore, printAfter;
  /// Where modules are printed and times reported; null means llvm::errs().
  llvm::raw_ostream *log = nullptr;
  PrintOptions print;
  bool timing = false;
};

enum class PassResult {
  Success,
  Failure,  ///< a pass refused the module and said why
  BrokenIR, ///< a pass left a module that is not well formed: a bug of ours
};

class PassManager {
public:
  explicit PassManager(const PassRegistry &registry,
                       PassManagerOptions options = {});

  /// Appends what the text names. Fails with `unknown-name`, naming what was
  /// probably meant, or `usage`; the place is `pipeline:1:column`.
  llvm::Error addPipeline(llvm::StringRef text);
  void addPass(std::unique_ptr<Pass> pass);
  llvm::ArrayRef<std::unique_ptr<Pass>> getPasses() const { return passes; }

  PassResult run(Module &module, DiagnosticEngine &diagnostics);

  /// What all runs so far counted, pass by pass; statistics that are 0 too.
  void printStatistics(llvm::raw_ostream &os) const;
  void printStatisticsAsJson(llvm::raw_ostream &os) const;

private:
  PassResult runPass(Pass &pass, Module &module, DiagnosticEngine &diagnostics);

  const PassRegistry &registry;
  PassManagerOptions options;
  std::vector<std::unique_ptr<Pass>> passes;
};

} // namespace qev

#endif // QEV_PASS_PASSMANAGER_H
