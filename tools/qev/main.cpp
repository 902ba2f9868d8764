//===- main.cpp - Proofs about quantized networks ---------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "Flags/CheckValues.h"
#include "qev/Solver/Solver.h"
#include "qev/Support/CommandLine.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Support/Memory.h"
#include "qev/Support/OutputFile.h"
#include "qev/Support/Process.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Signals.h"
#include <unistd.h>

namespace qev {

llvm::cl::OptionCategory modelCategory("Models");
llvm::cl::OptionCategory
    regionCategory("Region", "the inputs in question; of several inputs of a "
                             "model NAME=VALUE is about the one of that name");
llvm::cl::OptionCategory
    questionCategory("Question",
                     "without a claim, the bracket of delta is the answer");
llvm::cl::OptionCategory methodCategory("Method");
llvm::cl::OptionCategory outputCategory("Output");

} // namespace qev

using namespace qev;

static constexpr int usageStatus = 2;
static constexpr int internalErrorStatus = 70; // EX_SOFTWARE

static const char *const overview =
    R"(qev: how far can a quantized network drift from its float network, for
every input in a region? delta = second - first = quantized - float.

  qev verify FIRST SECOND QUESTION   prove or refute, with the bracket of delta
  qev bound FIRST SECOND REGION      proved intervals of delta only
  qev attack FIRST SECOND QUESTION   only look for a counterexample
  qev run MODEL --input FILE         the reference interpreter
  qev inspect MODEL [SECOND]         what was understood of a model or a pair
  qev supports --CAPABILITY          what tools of VNN-LIB 2.0 ask a solver
  qev help COMMAND                   the options of a command
  qev --version [-v]                 the version; -v: and the solvers at hand
  qev --name

for example
  qev verify float.onnx int8.onnx --input x.npy --radius 0.01 --epsilon 0.5

exit status: 0 verified or done, 1 falsified, 3 unknown, 2 usage or input
error, 70 internal error
)";

static void printVersion(llvm::raw_ostream &os) {
  os << "qev " << QEV_VERSION << "\n";
}

static int fail(const llvm::Twine &message, DiagId id = DiagId::Usage) {
  llvm::logAllUnhandledErrors(makeError(id, "qev", message), llvm::errs());
  return usageStatus;
}

//===----------------------------------------------------------------------===//
// Internal errors
//===----------------------------------------------------------------------===//

/// Status 1 means falsified: whatever LLVM would end with 1 or a signal ends
/// with 70.
static void endWithInternalError(const char *what) {
  llvm::errs() << "qev: internal error" << (*what ? ": " : "") << what
               << "; please report it with the command and its files\n";
  llvm::errs().flush();
  _exit(internalErrorStatus);
}

static void installErrorHandlers() {
  llvm::install_fatal_error_handler([](void *, const char *reason, bool) {
    // A stream that nobody asks whether it could write: LLVM's help.
    if (llvm::StringRef(reason).starts_with("IO failure"))
      _exit(fail(reason, DiagId::FileWrite));
    endWithInternalError(reason);
  });
  endWhenMemoryRunsOut("qev");
  // After LLVM's own handler, which prints the stack.
  llvm::sys::AddSignalHandler([](void *) { endWithInternalError(""); },
                              nullptr);
}

//===----------------------------------------------------------------------===//
// Commands and options
//===----------------------------------------------------------------------===//

static llvm::SmallVector<llvm::cl::SubCommand *, 6> listCommands() {
  return {&verifyCommand, &boundCommand,   &attackCommand,
          &runCommand,    &inspectCommand, &supportsCommand};
}

/// Null if there is none of this name.
static llvm::cl::SubCommand *findCommand(llvm::StringRef word) {
  for (llvm::cl::SubCommand *command : listCommands())
    if (command->getName() == word)
      return command;
  return nullptr;
}

static int refuseCommand(llvm::StringRef word) {
  llvm::StringRef nearest;
  // Further away is no typing error.
  unsigned best = std::min<unsigned>(4, word.size() / 2 + 1);
  for (llvm::cl::SubCommand *command : listCommands())
    if (unsigned distance = word.edit_distance(command->getName());
        distance < best && !word.starts_with("-")) {
      best = distance;
      nearest = command->getName();
    }
  std::string hint = nearest.empty()
                         ? "see 'qev help'"
                         : ("did you mean '" + nearest + "'?").str();
  return fail("'" + word + "' is no command; " + hint, DiagId::UnknownName);
}

/// The command that has this option, if it is not the one at hand.
static llvm::StringRef findOwner(llvm::StringRef command,
                                 llvm::StringRef argument) {
  llvm::StringRef owner;
  if (!argument.consume_front("--"))
    return owner;
  llvm::StringRef name = argument.split('=').first;
  for (llvm::cl::SubCommand *other : listCommands()) {
    if (!other->OptionsMap.contains(name))
      continue;
    if (other->getName() == command)
      return "";
    if (owner.empty())
      owner = other->getName();
  }
  return owner;
}

/// LLVM's complaints about a command line, in the form of our own. The first is
/// enough: others follow from it.
static int refuseOptions(llvm::StringRef command, llvm::StringRef text) {
  // `qev: Unknown command line argument '--foo'.  Try: '... --help'`, then
  // `qev: Did you mean '--bar'?`
  auto [first, rest] = text.split('\n');
  first.consume_front("qev: ");
  std::string message;
  if (first.starts_with("Not enough positional")) {
    message = "a model file is missing";
  } else if (first.starts_with("Too many positional")) {
    message = "too many model files (a value of --json follows '=')";
  } else {
    first = first.split("  Try: ").first.rtrim(".!:");
    message = first.take_front(1).lower() + first.drop_front(1).str();
    if (rest.consume_front("qev: Did"))
      message += "; did" + rest.split('\n').first.str();
  }
  return fail(message + "; see 'qev help " + command + "'");
}

static int dispatch() {
  auto status = [](llvm::Expected<int> result) {
    if (result)
      return *result;
    llvm::logAllUnhandledErrors(result.takeError(), llvm::errs());
    return usageStatus;
  };
  if (verifyCommand)
    return status(runVerify());
  if (boundCommand)
    return status(runBound());
  if (attackCommand)
    return status(runAttack());
  if (runCommand)
    return status(runRun());
  if (supportsCommand)
    return status(runSupports());
  return status(runInspect());
}

/// `qev --name`, `qev --version` and `qev --version -v`; nothing if it is none.
static std::optional<int>
answerAboutItself(llvm::ArrayRef<const char *> words) {
  llvm::StringRef word = words[0];
  if (word != "--name" && word != "--version")
    return std::nullopt;
  bool isVerbose = word == "--version" && words.size() == 2 &&
                   llvm::StringRef(words[1]) == "-v";
  if (words.size() > 1 && !isVerbose)
    return fail("'" + word + "' goes alone" +
                (word == "--version" ? ", or with -v" : "") + ", got '" +
                words[1] + "'");
  if (word == "--name")
    llvm::outs() << "qev\n";
  else
    printVersion(llvm::outs());
  if (isVerbose)
    for (const std::string &solver : listSolvers())
      llvm::outs() << "  solver " << solver << "\n";
  return 0;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  prepareProcess();
  keepFreedMemory();
  installErrorHandlers();
  llvm::cl::SetVersionPrinter(printVersion);
  auto finish = [] {
    llvm::Error error = finishStandardOutput();
    if (!error)
      return 0;
    llvm::logAllUnhandledErrors(std::move(error), llvm::errs());
    return usageStatus;
  };
  // `qev help`, `qev --help` and `qev help COMMAND`.
  if (argc < 2) { // not 0: a script that lost its arguments verified nothing
    llvm::errs() << overview;
    return usageStatus;
  }
  llvm::StringRef word = argv[1];
  std::vector<const char *> arguments(argv, argv + argc);
  if (word == "help" || word == "--help" || word == "-h") {
    if (argc < 3) {
      llvm::outs() << overview;
      return finish();
    }
    arguments = {argv[0], argv[2], "--help"};
    word = argv[2];
  }
  if (auto status = answerAboutItself(llvm::ArrayRef(arguments).drop_front()))
    return *status ? *status : finish();
  if (!findCommand(word))
    return refuseCommand(word);
  for (const char *argument : llvm::ArrayRef(arguments).drop_front(2)) {
    llvm::StringRef name = llvm::StringRef(argument).split('=').first;
    if (llvm::StringRef owner = findOwner(word, argument); !owner.empty())
      return fail("option '" + name + "' goes with 'qev " + owner +
                  "', not with 'qev " + word + "'");
  }
  if (std::string wrong = checkValues(*findCommand(word),
                                      llvm::ArrayRef(arguments).drop_front(2));
      !wrong.empty())
    return fail(wrong);
  for (llvm::cl::SubCommand *command : listCommands()) {
    llvm::cl::HideUnrelatedOptions({&modelCategory, &regionCategory,
                                    &questionCategory, &methodCategory,
                                    &outputCategory, &capabilityCategory},
                                   *command);
    describeGenericOptions(*command);
  }
  std::string complaint;
  llvm::raw_string_ostream complaints(complaint);
  if (!llvm::cl::ParseCommandLineOptions(static_cast<int>(arguments.size()),
                                         arguments.data(), "", &complaints))
    return refuseOptions(word, complaint);
  for (llvm::cl::SubCommand *command : listCommands())
    for (const auto &[name, option] : command->OptionsMap)
      if (command->getName() == word && option->getNumOccurrences() > 1 &&
          option->getNumOccurrencesFlag() != llvm::cl::ZeroOrMore)
        return fail("option '" + llvm::Twine(name.size() > 1 ? "--" : "-") +
                    name + "' is given twice");
  return dispatch();
}
