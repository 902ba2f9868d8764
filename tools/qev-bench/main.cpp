//===- main.cpp - Figures about the speed of qev ----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Flags/Flags.h"
#include "KernelBench.h"
#include "PairBench.h"
#include "qev/Support/CommandLine.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Support/Json.h"
#include "qev/Support/Memory.h"
#include "llvm/Support/InitLLVM.h"

using namespace qev;
namespace cl = llvm::cl;

static cl::OptionCategory category("qev-bench");

static cl::opt<std::string> firstPath(cl::Positional, cl::desc("[FIRST"),
                                      cl::cat(category));
static cl::opt<std::string> secondPath(cl::Positional, cl::desc("SECOND]"),
                                       cl::cat(category));
static RegionFlags regionFlags(category);

static const char *const allMethods =
    "interval,symbolic,twin,best,qebverif-con,qebverif-sym";
static cl::list<std::string>
    methods("methods", cl::CommaSeparated, cl::value_desc("NAME,..."),
            cl::desc("methods to measure, in this order (default: all)"),
            cl::cat(category));
static cl::opt<bool>
    withEncoding("encode", cl::init(true),
                 cl::desc("measure encoding with the bounds of the last sound "
                          "method (default: true)"),
                 cl::cat(category));
static cl::opt<unsigned>
    points("points", cl::init(8), cl::value_desc("N"),
           cl::desc("inputs of each region to execute exactly (default: 8)"),
           cl::cat(category));
static cl::opt<unsigned>
    repeat("repeat", cl::init(1), cl::value_desc("N"),
           cl::desc("measure N times and keep the least time (default: 1)"),
           cl::cat(category));
static const char *const defaultShapes =
    "200x100x784,200x512x512,512x2048x2048";
static cl::opt<std::string>
    kernels("kernels", cl::ValueOptional, cl::value_desc("ROWSxOUTSxINS,..."),
            cl::desc("also the rates of products of these shapes (by default "
                     "three usual ones)"),
            cl::cat(category));

static const char *const overview =
    "figures about the speed of qev, as JSON\n\n"
    "  qev-bench FIRST SECOND REGION   every stage for one pair of models\n"
    "  qev-bench --kernels             products of back-substitution\n\n"
    "  One thread; seconds are CPU time of that thread, and wall time.\n";

static llvm::Error usage(const llvm::Twine &where, const llvm::Twine &message) {
  return makeError(DiagId::Usage, where, message);
}

static llvm::Expected<PairBenchOptions> readOptions() {
  PairBenchOptions options;
  options.firstPath = firstPath;
  options.secondPath = secondPath;
  options.region = regionFlags.read();
  options.encode = withEncoding;
  options.points = points;
  options.repeat = repeat;
  llvm::SmallVector<llvm::StringRef> names(methods.begin(), methods.end());
  if (names.empty())
    llvm::StringRef(allMethods).split(names, ',');
  for (llvm::StringRef name : names) {
    std::optional<Method> method = getMethod(name);
    if (!method)
      return makeError(DiagId::UnknownName, "--methods",
                       "'" + name + "' is none of " + allMethods);
    options.methods.push_back(*method);
  }
  return options;
}

static llvm::Expected<llvm::json::Object> run() {
  bool withKernels = kernels.getNumOccurrences() > 0;
  if (secondPath.empty() && !(withKernels && firstPath.empty()))
    return usage("", firstPath.empty()
                         ? "two models are needed, or --kernels"
                         : "a second model is needed, to be compared with '" +
                               firstPath + "'");
  if (repeat == 0)
    return usage("--repeat", "must be at least 1");
  llvm::json::Object result;
  // First what can be wrong, then what takes time. The peak of memory is that
  // of the pair.
  auto shapes = parseShapes(kernels.empty() ? defaultShapes : kernels.c_str());
  if (!shapes)
    return shapes.takeError();
  if (!secondPath.empty()) {
    auto options = readOptions();
    if (!options)
      return options.takeError();
    auto figures = benchPair(*options);
    if (!figures)
      return figures.takeError();
    result = std::move(*figures);
  }
  if (withKernels) {
    auto rates = benchKernels(*shapes);
    if (!rates)
      return rates.takeError();
    result["kernels"] = std::move(*rates);
  }
  result["qev"] = QEV_VERSION;
  return result;
}

int main(int argc, char **argv) {
  constexpr int usageStatus = 2;
  llvm::InitLLVM init(argc, argv);
  keepFreedMemory(); // as qev does
  endWhenMemoryRunsOut("qev-bench");
  cl::HideUnrelatedOptions(category);
  describeGenericOptions();
  cl::SetVersionPrinter(
      [](llvm::raw_ostream &os) { os << "qev-bench " << QEV_VERSION << "\n"; });
  std::string complaint;
  llvm::raw_string_ostream complaints(complaint);
  if (!cl::ParseCommandLineOptions(argc, argv, overview, &complaints)) {
    // `qev-bench: Unknown command line argument '--foo'.  Try: '... --help'`
    llvm::StringRef text = llvm::StringRef(complaint).split('\n').first;
    text.consume_front("qev-bench: ");
    text = text.split("  Try: ").first.split(" See: ").first.rtrim(".!");
    if (text.empty()) // LLVM has printed what is wrong with a value
      text = "an option has a wrong value";
    llvm::errs() << "qev-bench: error: " << text
                 << "; see 'qev-bench --help' [usage]\n";
    return usageStatus;
  }
  auto result = run();
  if (!result) {
    llvm::logAllUnhandledErrors(result.takeError(), llvm::errs(),
                                "qev-bench: ");
    return usageStatus;
  }
  llvm::outs() << printJson(std::move(*result));
  llvm::outs().flush();
  if (llvm::outs().has_error()) {
    llvm::errs() << "qev-bench: error: standard output: "
                 << llvm::outs().error().message() << " [file-write]\n";
    llvm::outs().clear_error();
    return usageStatus;
  }
  return 0;
}
