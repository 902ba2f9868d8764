//===- main.cpp - Run passes on modules -------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Dot.h"
#include "Emit.h"
#include "Flags/CheckValues.h"
#include "Flags/Flags.h"
#include "Models.h"
#include "RoundTrip.h"
#include "qev/Encode/Conditioning.h"
#include "qev/IR/Parser.h"
#include "qev/Pass/ExpectedDiagnostics.h"
#include "qev/Pass/PassManager.h"
#include "qev/Solver/LinearOracle.h"
#include "qev/Support/CommandLine.h"
#include "qev/Support/File.h"
#include "qev/Support/Memory.h"
#include "qev/Support/OutputFile.h"
#include "qev/Support/Process.h"
#include "qev/Target/Map.h"
#include "qev/Target/Mps.h"
#include "qev/Target/SmtLib.h"
#include "qev/Transforms/Passes.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Signals.h"
#include <unistd.h>

namespace cl = llvm::cl;
using namespace qev;

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

static cl::OptionCategory optCategory("qev-opt");

static cl::OptionCategory
    modelCategory("Models and their question",
                  "with a model file as IN, or --first and --second");

enum class Emission { IR, Dot, Mps, Map, SmtLib };
enum class StatisticsFormat { None, Text, Json };

static cl::opt<std::string>
    inputPath(cl::Positional, cl::value_desc("IN"),
              cl::desc("[IN: .qev (default: standard input), .onnx, .onnxtxt; "
                       "each may end in .gz]"),
              cl::cat(optCategory));

static cl::opt<std::string> pipeline("pipeline", cl::value_desc("a,b{x=1}"),
                                     cl::desc("passes to run, in order"),
                                     cl::cat(optCategory));
static cl::opt<Emission> emission(
    "emit", cl::desc("what to write:"), cl::init(Emission::IR),
    cl::values(clEnumValN(Emission::IR, "ir", "the module (default)"),
               clEnumValN(Emission::Dot, "dot", "a Graphviz drawing"),
               clEnumValN(Emission::Mps, "mps",
                          "the twin's query as a MILP, to maximise"),
               clEnumValN(Emission::Map, "map",
                          "what the names in the MPS file mean, as JSON"),
               clEnumValN(Emission::SmtLib, "smtlib",
                          "the twin's claim, negated, as SMT-LIB")),
    cl::cat(optCategory));
static cl::opt<std::string>
    obligation("obligation", cl::value_desc("NAME"),
               cl::desc("of the query, for mps, map and smtlib: "
                        "output_0_above, top1_3_vs_5, ..."),
               cl::cat(optCategory));
static cl::opt<Rounding>
    rounding("rounding", cl::desc("for mps and map:"),
             cl::init(Rounding::Exact),
             cl::values(clEnumValN(Rounding::Exact, "exact",
                                   "codes are integers (default)"),
                        clEnumValN(Rounding::Relaxed, "relaxed",
                                   "rounding is any error of half a step")),
             cl::cat(optCategory));
static cl::opt<bool> differenceRows(
    "difference-rows", cl::init(true),
    cl::desc("for mps, map, smtlib: rows with the ranges of second - first "
             "(default: true)"),
    cl::cat(optCategory));
static cl::opt<bool> hullRows(
    "hull-rows", cl::init(true),
    cl::desc("for mps, map, smtlib: rows with the facets of twin hulls "
             "(default: true)"),
    cl::cat(optCategory));
static cl::opt<std::string> outputPath("o", cl::value_desc("FILE"),
                                       cl::init("-"),
                                       cl::desc("where to write"),
                                       cl::cat(optCategory));
static cl::opt<bool> listPasses("list-passes",
                                cl::desc("list passes and named pipelines"),
                                cl::cat(optCategory));
static cl::opt<bool> printDocs("print-pass-docs",
                               cl::desc("write docs/Passes.md"),
                               cl::cat(optCategory));
static cl::list<std::string>
    printBefore("print-ir-before", cl::value_desc("GLOB"),
                cl::desc("print the module before these passes, to stderr"),
                cl::cat(optCategory));
static cl::list<std::string>
    printAfter("print-ir-after", cl::value_desc("GLOB"),
               cl::desc("print the module after these passes, to stderr"),
               cl::cat(optCategory));
static cl::opt<bool> verifyEach("verify-each", cl::init(true),
                                cl::desc("check the module after each pass "
                                         "(default: true)"),
                                cl::cat(optCategory));
static cl::opt<bool> timing("timing", cl::desc("report times to stderr"),
                            cl::cat(optCategory));
static cl::opt<StatisticsFormat> statistics(
    "pass-statistics", cl::ValueOptional,
    cl::desc("report what passes counted, to stderr:"),
    cl::init(StatisticsFormat::None),
    cl::values(clEnumValN(StatisticsFormat::Text, "", ""),
               clEnumValN(StatisticsFormat::Text, "text", "as lines (default)"),
               clEnumValN(StatisticsFormat::Json, "json", "as JSON")),
    cl::cat(optCategory));
static cl::opt<bool>
    splitInput("split-input-file",
               cl::desc("treat parts between lines '// -----' as files"),
               cl::cat(optCategory));
static cl::opt<bool>
    verifyDiagnostics("verify-diagnostics",
                      cl::desc("expect the diagnostics of 'expected-error' "
                               "comments, and no others"),
                      cl::cat(optCategory));
static cl::opt<unsigned>
    elideConstants("elide-constants", cl::value_desc("N"), cl::init(0),
                   cl::desc("leave out constants of more elements (the text "
                            "does not read back)"),
                   cl::cat(optCategory));

static cl::opt<std::string> firstPath("first", cl::value_desc("FILE"),
                                      cl::desc("the float model: @first"),
                                      cl::cat(modelCategory));
static cl::opt<std::string> secondPath("second", cl::value_desc("FILE"),
                                       cl::desc("the quantized model: @second"),
                                       cl::cat(modelCategory));
static RegionFlags regionFlags(modelCategory);
static QuestionFlags questionFlags(modelCategory);

//===----------------------------------------------------------------------===//
// One module
//===----------------------------------------------------------------------===//

enum ExitStatus { Done = 0, InputError = 2, InternalError = 70 };

static void printToErrs(const Diagnostic &diagnostic) {
  diagnostic.print(llvm::errs());
  llvm::errs() << "\n";
}

static ExitStatus report(llvm::Error error) {
  ExitStatus status = Done;
  llvm::handleAllErrors(std::move(error), [&](const DiagnosticError &e) {
    printToErrs(e.get());
    status = InputError;
  });
  return status;
}

/// `QEV_ROUNDTRIP=1` in the environment: all text must read back.
static bool checkRoundTrip(std::unique_ptr<Module> &module) {
  static const bool enabled =
      llvm::sys::Process::GetEnv("QEV_ROUNDTRIP").value_or("") == "1";
  return !enabled || roundTrip(module, llvm::errs());
}

static llvm::Error emitSystem(const Module &module, llvm::raw_ostream &os) {
  bool decide = emission == Emission::SmtLib;
  auto system = encodeModule(
      module, {obligation, rounding, differenceRows, hullRows}, decide);
  if (!system)
    return system.takeError();
  if (decide)
    return writeSmtLib(*system, os);
  ConditionedSystem conditioned = condition(*system, /*movesOutward=*/true);
  if (conditioned.isTooFine && emission == Emission::Mps)
    llvm::errs() << "qev-opt: warning: the numbers of this question are beyond "
                    "what a solver can tell apart that works to "
                 << printReal(solverTolerance) << "\n";
  (emission == Emission::Mps ? writeMps : writeMap)(conditioned.system, os);
  return llvm::Error::success();
}

static llvm::Error emit(const Module &module, llvm::raw_ostream &os) {
  switch (emission.getValue()) {
  case Emission::IR:
    print(module, os, {elideConstants});
    return llvm::Error::success();
  case Emission::Dot:
    writeDot(module, os);
    return llvm::Error::success();
  case Emission::Mps:
  case Emission::Map:
  case Emission::SmtLib:
    return emitSystem(module, os);
  }
  llvm_unreachable("every emission has a case");
}

/// Runs the passes and writes the result.
static ExitStatus runOn(std::unique_ptr<Module> module, PassManager &passes,
                        DiagnosticEngine &diagnostics, llvm::raw_ostream &os) {
  if (!checkRoundTrip(module))
    return InternalError;
  switch (passes.run(*module, diagnostics)) {
  case PassResult::Success:
    break;
  case PassResult::Failure:
    return InputError;
  case PassResult::BrokenIR:
    llvm::errs() << "qev-opt: internal error: a pass broke the module\n";
    return InternalError;
  }
  if (!checkRoundTrip(module))
    return InternalError;
  ExitStatus status = Done;
  llvm::handleAllErrors(emit(*module, os), [&](const DiagnosticError &error) {
    diagnostics.report(error.get());
    status = InputError;
  });
  return status;
}

/// One part of an input text. `before` are the lines in front of it.
static ExitStatus runOnText(llvm::StringRef text, unsigned before,
                            llvm::StringRef name, PassManager &passes,
                            llvm::raw_ostream &os) {
  // With as many empty lines in front, places are those of the whole file.
  std::string padded = std::string(before, '\n') + text.str();
  DiagnosticEngine diagnostics(verifyDiagnostics ? DiagnosticEngine::Handler()
                                                 : printToErrs);
  std::unique_ptr<Module> module = parseModule(padded, name, diagnostics);
  ExitStatus status =
      module ? runOn(std::move(module), passes, diagnostics, os) : InputError;
  if (!verifyDiagnostics || status == InternalError)
    return status;
  return checkExpectedDiagnostics(padded, name, diagnostics.all(), llvm::errs())
             ? Done
             : InputError;
}

//===----------------------------------------------------------------------===//
// All of the input
//===----------------------------------------------------------------------===//

/// Model files, with a question or without.
static ExitStatus runOnModels(const ModelOptions &options, PassManager &passes,
                              llvm::raw_ostream &os) {
  if (splitInput || verifyDiagnostics)
    return report(makeError(DiagId::Usage, "",
                            "--split-input-file and --verify-diagnostics are "
                            "for text of the IR"));
  DiagnosticEngine diagnostics(printToErrs);
  auto module = loadModels(options, diagnostics);
  if (!module)
    return report(module.takeError());
  return runOn(std::move(*module), passes, diagnostics, os);
}

static ExitStatus runOnFile(PassManager &passes, llvm::raw_ostream &os) {
  if (inputPath.empty())
    inputPath = "-";
  auto buffer = readFileOrStdin(inputPath);
  if (!buffer)
    return report(buffer.takeError());
  llvm::StringRef text = (*buffer)->getBuffer();
  llvm::StringRef name = inputPath == "-" ? "<stdin>" : inputPath.c_str();
  if (!splitInput)
    return runOnText(text, 0, name, passes, os);

  const llvm::StringLiteral separator = "// -----"; // at the start of a line
  llvm::SmallVector<llvm::StringRef> parts;
  text.split(parts, ("\n" + separator).str());
  ExitStatus worst = Done;
  for (llvm::StringRef part : parts) {
    unsigned before = text.take_front(part.data() - text.data()).count('\n');
    if (part.data() != text.data())
      os << separator << "\n";
    worst = std::max(worst, runOnText(part, before, name, passes, os));
  }
  return worst;
}

static llvm::Error addGlobs(llvm::StringRef option,
                            const cl::list<std::string> &texts,
                            std::vector<llvm::GlobPattern> &patterns) {
  for (const std::string &text : texts) {
    auto pattern = llvm::GlobPattern::create(text, /*MaxSubPatterns=*/1024);
    if (!pattern)
      return makeError(DiagId::Usage, option,
                       llvm::toString(pattern.takeError()));
    patterns.push_back(std::move(*pattern));
  }
  return llvm::Error::success();
}

static ExitStatus writeResult(llvm::StringRef text) {
  if (llvm::Error error = writeFile(outputPath, [&](llvm::raw_ostream &os) {
        os << text;
        return llvm::Error::success();
      }))
    return report(std::move(error));
  return Done;
}

static ExitStatus run() {
  std::string text;
  llvm::raw_string_ostream os(text);
  PassRegistry registry = makePassRegistry(createLinearOracle);
  if (listPasses || printDocs) {
    (listPasses ? printPassList : printPassDocs)(registry, os);
    return writeResult(text);
  }
  PassManagerOptions options;
  options.verifyEach = verifyEach;
  options.timing = timing;
  options.print = {elideConstants};
  if (llvm::Error error =
          addGlobs("--print-ir-before", printBefore, options.printBefore))
    return report(std::move(error));
  if (llvm::Error error =
          addGlobs("--print-ir-after", printAfter, options.printAfter))
    return report(std::move(error));
  PassManager passes(registry, std::move(options));
  if (llvm::Error error = passes.addPipeline(pipeline))
    return report(std::move(error));

  ModelOptions models{inputPath, firstPath, secondPath, regionFlags.read(),
                      questionFlags.read()};
  bool hasModels = isModelFile(inputPath) || !firstPath.empty() ||
                   !secondPath.empty() || models.asksRegion() ||
                   models.asksQuestion();
  ExitStatus status =
      hasModels ? runOnModels(models, passes, os) : runOnFile(passes, os);
  if (statistics == StatisticsFormat::Text)
    passes.printStatistics(llvm::errs());
  if (statistics == StatisticsFormat::Json)
    passes.printStatisticsAsJson(llvm::errs());
  // Nothing is written unless all went well.
  return status == Done ? writeResult(text) : status;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  prepareProcess();
  endWhenMemoryRunsOut("qev-opt");
  // A crash ends with our status, after LLVM has printed the stack.
  llvm::sys::AddSignalHandler([](void *) { _exit(InternalError); }, nullptr);
  cl::HideUnrelatedOptions({&optCategory, &modelCategory});
  describeGenericOptions();
  if (std::string wrong = checkValues(cl::SubCommand::getTopLevel(),
                                      llvm::ArrayRef(argv, argc).drop_front());
      !wrong.empty())
    return report(makeError(DiagId::Usage, "qev-opt", wrong));
  cl::SetVersionPrinter(
      [](llvm::raw_ostream &os) { os << "qev-opt " << QEV_VERSION << "\n"; });
  if (!cl::ParseCommandLineOptions(argc, argv,
                                   "runs passes on nets, queries and twins\n",
                                   &llvm::errs()))
    return InputError;
  return run();
}
