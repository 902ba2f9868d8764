//===- Compare.cpp - qev verify, bound and attack ---------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Compare.h"
#include "Commands.h"
#include "Flags/Flags.h"
#include "ProgressLine.h"
#include "qev/Driver/VnnLibAnswer.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Support/OutputFile.h"
#include "qev/Support/Text.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/Threading.h"
#include <csignal>

namespace qev {

namespace cl = llvm::cl;

cl::SubCommand verifyCommand("verify",
                             "prove or refute a claim about two models");
cl::SubCommand boundCommand("bound",
                            "proved intervals of delta = second - first");
cl::SubCommand attackCommand("attack",
                             "look for a counterexample, or for large "
                             "differences, and prove nothing");

#define QEV_PROVING cl::sub(verifyCommand), cl::sub(boundCommand)
#define QEV_LOOKING cl::sub(verifyCommand), cl::sub(attackCommand)
#define QEV_ALL QEV_PROVING, cl::sub(attackCommand)

static cl::opt<std::string> firstPath(cl::Positional, cl::Required,
                                      cl::desc("FIRST"), QEV_ALL,
                                      cl::cat(modelCategory));
static cl::opt<std::string> secondPath(cl::Positional, cl::Optional,
                                       cl::desc("SECOND"), QEV_ALL,
                                       cl::cat(modelCategory));
static cl::list<std::string>
    networks("network", cl::value_desc("NAME=FILE"), cl::sub(verifyCommand),
             cl::cat(modelCategory),
             cl::desc("with a VNN-LIB 2.0 query in place of both models: the "
                      "file of each network it declares; prints sat or unsat"));

static RegionFlags regionFlags(regionCategory,
                               {&verifyCommand, &boundCommand, &attackCommand});
static QuestionFlags
    questionFlags(questionCategory, {&verifyCommand, &attackCommand},
                  {&verifyCommand, &boundCommand, &attackCommand});

//===----------------------------------------------------------------------===//
// Method and output
//===----------------------------------------------------------------------===//

static cl::opt<std::string> method(
    "method", cl::value_desc("NAME"), cl::init("best"), QEV_PROVING,
    cl::cat(methodCategory),
    cl::desc("of the bounds: interval, symbolic, twin, best; for bound also "
             "qebverif-con, qebverif-sym (default: best)"));
static cl::opt<std::string> semantics(
    "semantics", cl::value_desc("real"), cl::init("real"), QEV_ALL,
    cl::cat(methodCategory),
    cl::desc(
        "real: exact arithmetic over the files' constants (default: real)"));
static cl::opt<std::string>
    solver("solver", cl::value_desc("NAME"), cl::init("auto"),
           cl::sub(verifyCommand), cl::cat(methodCategory),
           cl::desc("auto, highs, cbc, glpsol, scip, z3, none or cmd:TEMPLATE "
                    "(default: auto)"));
static cl::opt<std::string> trust(
    "trust", cl::value_desc("WHAT"), cl::init("solver"), cl::sub(verifyCommand),
    cl::cat(methodCategory),
    cl::desc(
        "what may close a claim beside our own arithmetic and exact "
        "solvers: solver (its floating point too), none (default: solver)"));
static cl::opt<std::string>
    timeout("timeout", cl::value_desc("S"), cl::init("60"), QEV_ALL,
            cl::cat(methodCategory),
            cl::desc("seconds for each sample, everything included (default: "
                     "60, and without a claim less where that gains nothing)"));
static cl::opt<std::string>
    gap("gap", cl::value_desc("G"), cl::init("0.05"), cl::sub(verifyCommand),
        cl::cat(methodCategory),
        cl::desc("without a claim: stop at this relative gap (default: 0.05)"));
static cl::opt<std::string> threads(
    "threads", cl::value_desc("N"), QEV_ALL, cl::cat(methodCategory),
    cl::desc("samples or obligations side by side (default: all cores)"));
static cl::opt<std::string>
    seed("seed", cl::value_desc("N"), cl::init("0"), QEV_LOOKING,
         cl::cat(methodCategory),
         cl::desc("of the attack's random starts (default: 0)"));
static cl::opt<std::string>
    json("json", cl::ValueOptional, cl::value_desc("FILE"), QEV_ALL,
         cl::cat(outputCategory),
         cl::desc("JSON, to standard output or a file"));
static cl::opt<std::string> witnessFolder(
    "witness", cl::value_desc("DIR"), QEV_LOOKING, cl::cat(outputCategory),
    cl::desc("write counterexamples as .npy: input and both outputs"));
static cl::opt<std::string>
    keep("keep", cl::value_desc("DIR"), cl::sub(verifyCommand),
         cl::cat(outputCategory),
         cl::desc("keep every question to a solver: .mps, .smt2 and its map"));
static cl::opt<bool> explaining(
    "explain", cl::ValueDisallowed, QEV_PROVING, cl::cat(outputCategory),
    cl::desc("what each layer and source contributes to the bound: of "
             "the worst output, or of all named by --outputs"));
static cl::opt<bool>
    recheck("recheck", cl::ValueDisallowed, QEV_PROVING,
            cl::cat(methodCategory),
            cl::desc("compute every bound once more in exact rationals and "
                     "compare (slow)"));
static cl::opt<std::string>
    secondIo("second-io", cl::value_desc("SCALE:ZP"), QEV_ALL,
             cl::cat(modelCategory),
             cl::desc("what outputs of SECOND that are integers stand for; "
                      "checked against its last QuantizeLinear"));
static cl::opt<std::string>
    failAbove("fail-above", cl::value_desc("BASELINE"), QEV_ALL,
              cl::cat(outputCategory),
              cl::desc("JSON of an earlier run of the same question: fail (1) "
                       "where a verdict is worse or a bracket is wider"));
static cl::opt<bool> quiet("q", cl::ValueDisallowed, QEV_ALL,
                           cl::cat(outputCategory),
                           cl::desc("verdicts only, without the brackets"));
static cl::opt<bool>
    verbose("v", cl::ValueDisallowed, QEV_ALL, cl::cat(outputCategory),
            cl::desc("also the models, times and approximations"));

//===----------------------------------------------------------------------===//
// Ctrl-C and SIGTERM
//===----------------------------------------------------------------------===//

static std::atomic<bool> interrupted{false};

/// The first signal asks for what is known so far. A second one, of either
/// kind, ends qev at once; that a parent had it ignore SIGINT does not count.
/// Two threads may be here side by side, for a signal each.
static void catchEndingSignals() {
  struct sigaction action = {};
  action.sa_handler = [](int signal) {
    if (!interrupted.exchange(true))
      return;
    llvm::sys::RunInterruptHandlers(); // removes unfinished files
    std::signal(signal, SIG_DFL);
    raise(signal); // acts at the end of this handler
  };
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (int signal : {SIGINT, SIGTERM})
    sigaction(signal, &action, nullptr);
}

//===----------------------------------------------------------------------===//
// Reading options
//===----------------------------------------------------------------------===//

/// Sets the number that an option gives, if it is one that `isGood`.
template <typename Number>
static llvm::Error readNumber(const cl::opt<std::string> &option,
                              Number &number, llvm::StringRef wanted,
                              bool isGood(Number)) {
  llvm::StringRef text = option;
  bool isMalformed;
  if constexpr (std::is_floating_point_v<Number>)
    isMalformed = text.getAsDouble(number);
  else
    isMalformed = text.getAsInteger(10, number);
  if (!isMalformed && isGood(number))
    return llvm::Error::success();
  return makeError(DiagId::Usage, "--" + option.ArgStr.str(),
                   "must be " + wanted + ", got '" + text + "'");
}

static llvm::Expected<CompareOptions> readOptions(llvm::StringRef command) {
  CompareOptions options;
  options.command = command.str();
  options.firstPath = firstPath;
  options.secondPath = secondPath;
  options.networks = networks;
  options.region = regionFlags.read();
  if (!networks.empty()) {
    if (!secondPath.empty() || !options.region.query.empty())
      return makeError(DiagId::Usage, "--network",
                       "goes with one file, a query: qev verify Q.vnnlib "
                       "--network NAME=FILE --network NAME=FILE");
    std::swap(options.firstPath, options.region.query);
  } else if (secondPath.empty()) {
    return makeError(DiagId::Usage, "qev",
                     "a model file is missing; see 'qev help " + command + "'");
  }
  options.question = questionFlags.read();
  std::optional<Method> chosen = getMethod(method);
  if (!chosen)
    return makeError(DiagId::UnknownName, "--method",
                     "'" + method +
                         "' is none of interval, symbolic, twin, best, "
                         "qebverif-con, qebverif-sym");
  options.verify.method = *chosen;
  if (semantics != "real") {
    bool known = semantics == "runtime" || semantics == "fused";
    return makeError(known ? DiagId::SemanticsUnsupported : DiagId::UnknownName,
                     "--semantics",
                     known ? "'" + semantics +
                                 "' is not available in this version; only "
                                 "'real' is, and it is never assumed instead"
                           : "'" + semantics + "' is none of real, runtime");
  }
  if (llvm::Error error = readNumber<double>(
          timeout, options.verify.timeout, "a positive number of seconds",
          [](double value) { return value > 0; }))
    return error;
  if (llvm::Error error =
          readNumber<double>(gap, options.verify.gap, "a number from 0 on",
                             [](double value) { return value >= 0; }))
    return error;
  if (llvm::Error error = readNumber<uint64_t>(seed, options.verify.seed,
                                               "an integer from 0 on",
                                               [](uint64_t) { return true; }))
    return error;
  options.threads = llvm::hardware_concurrency().compute_thread_count();
  if (threads.getNumOccurrences())
    if (llvm::Error error = readNumber<unsigned>(
            threads, options.threads, "an integer from 1 on",
            [](unsigned value) { return value > 0; }))
      return error;
  if (!timeout.getNumOccurrences())
    options.verify.patience = 5;
  options.verify.keep = keep;
  options.verify.recheck = recheck;
  options.verify.explain = explaining;
  options.verify.stop = &interrupted;
  options.solver = solver;
  options.trust = trust;
  options.witnessFolder = witnessFolder;
  options.baseline = failAbove;
  options.recordsQuestion = json.getNumOccurrences() > 0;
  options.secondIo = secondIo;
  return options;
}

static llvm::Expected<int> compare(llvm::StringRef command) {
  auto options = readOptions(command);
  if (!options)
    return options.takeError();
  catchEndingSignals();
  auto file = OutputFile::open(json);
  if (!file)
    return file.takeError();
  bool asJson = json.getNumOccurrences() > 0;
  bool isOutputFree = !asJson || !file->isStandardOutput();
  bool asAnswer = isOutputFree && !networks.empty(); // as VNN-LIB's solvers do
  bool asText = isOutputFree && !asAnswer;
  std::optional<ReportJson> record;
  if (asJson) {
    auto begun = file->begin();
    if (!begun)
      return begun.takeError();
    record.emplace(**begun);
  }
  VnnLibAnswer answer;
  ProgressLine progress(!quiet);
  if (progress.isShown())
    options->verify.onProgress = [&](const Progress &now) {
      progress.show(now);
    };
  TextFilter os(llvm::outs());
  auto report = compareModels(
      *options,
      [&](const Report &soFar, const SampleResult &result) -> llvm::Error {
        progress.clear();
        if (asText && verbose && soFar.count() == 1)
          printModels(soFar, os);
        if (asText && quiet)
          printVerdict(result, os);
        else if (asText)
          printSample(
              soFar, result,
              {verbose, explaining && !options->question.outputs.empty()}, os);
        if (asAnswer)
          answer.add(result);
        if (record) {
          record->add(soFar, result);
          if (llvm::Error error = file->check())
            return error;
        }
        return finishStandardOutput();
      });
  progress.clear();
  if (!report)
    return report.takeError();
  if (asText)
    printSummary(*report, os);
  if (asAnswer) {
    answer.print(*report, os);
    if (TextFilter notes(llvm::errs()); !quiet)
      answer.printNotes(notes);
  }
  if (record) {
    record->finish(*report);
    if (llvm::Error error = file->finish())
      return error;
  }
  if (llvm::Error error = finishStandardOutput())
    return error;
  return report->getExitStatus();
}

llvm::Expected<int> runVerify() { return compare("verify"); }
llvm::Expected<int> runBound() { return compare("bound"); }
llvm::Expected<int> runAttack() { return compare("attack"); }

} // namespace qev
