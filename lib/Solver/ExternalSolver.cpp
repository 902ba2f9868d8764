//===- ExternalSolver.cpp - Solvers as programs -----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Solver/ExternalSolver.h"
#include "Backends.h"
#include "Process.h"
#include "qev/Solver/SolutionReader.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Support/OutputFile.h"
#include "qev/Support/Text.h"
#include "qev/Target/Map.h"
#include "qev/Target/Mps.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/StringSaver.h"

namespace qev {

std::optional<llvm::StringRef> getBuiltinTemplate(llvm::StringRef name) {
  using Text = std::optional<llvm::StringRef>;
  return llvm::StringSwitch<Text>(name)
      .Case("highs", Text("highs --options_file {options} --time_limit {time} "
                          "--parallel off --threads 1 --solution_file {sol} "
                          "{mps}"))
      // The default increment of 1e-5 ends the search that far too early, and
      // the integer preprocessing of CBC 2.10.8 loses optimal points of about
      // one in a hundred small systems; its presolving and its cuts lose points
      // of nets with 16 bit codes.
      .Case("cbc", Text("cbc {mps} -timeMode elapsed -sec {time} -increment "
                        "1e-9 -ratioGap 0 -allowableGap 0 -primalTolerance "
                        "{tol} -integerTolerance {tol} -preprocess off "
                        "-presolve off -cuts off "
                        "-printingOptions all -solve -solution {sol}"))
      // The integer preprocessing of GLPK 5.0 loses points too, and its scaling
      // would undo that of the columns.
      .Case("glpsol",
            Text("glpsol --freemps {mps} --nointopt --noscale --tmlim "
                 "{time} -w {sol}"))
      // The cuts of SCIP 10 lose optimal points of systems with exact rounding.
      .Case("scip",
            Text("scip -c 'set limits gap 0' -c 'set limits time "
                 "{time}' -c 'set numerics feastol {tol}' -c 'set separating "
                 "maxrounds 0' -c 'set separating maxroundsroot 0' -c 'read "
                 "{mps}' -c optimize -c 'write solution {sol}' -c quit"))
      .Default(std::nullopt);
}

namespace {

/// A temporary file that goes with its scope.
class TemporaryFile {
public:
  explicit TemporaryFile(llvm::StringRef suffix) {
    error = llvm::sys::fs::createTemporaryFile("qev", suffix, path);
    if (error)
      return;
    remover.setFile(path);
    llvm::sys::RemoveFileOnSignal(path);
  }
  ~TemporaryFile() {
    if (!error)
      llvm::sys::DontRemoveFileOnSignal(path);
  }
  TemporaryFile(const TemporaryFile &) = delete;
  TemporaryFile &operator=(const TemporaryFile &) = delete;
  llvm::StringRef getPath() const { return path; }
  std::error_code getError() const { return error; }

private:
  llvm::SmallString<128> path;
  std::error_code error;
  llvm::FileRemover remover;
};

constexpr llvm::StringLiteral placeholders[] = {"{mps}", "{sol}", "{time}",
                                                "{map}", "{tol}", "{options}"};

/// Puts the values of placeholders in their place. Each place is filled once: a
/// value, such as a path, may hold braces itself.
std::string
fillIn(llvm::StringRef text,
       llvm::ArrayRef<std::pair<llvm::StringRef, std::string>> values) {
  std::string result;
  while (!text.empty()) {
    const auto *found = llvm::find_if(values, [&](const auto &value) {
      return text.starts_with(value.first);
    });
    bool isPlain = found == values.end();
    result += isPlain ? text.take_front() : llvm::StringRef(found->second);
    text = text.drop_front(isPlain ? 1 : found->first.size());
  }
  return result;
}

class ExternalSolver : public Solver {
public:
  ExternalSolver(std::string name, std::string program,
                 std::vector<std::string> arguments)
      : name(std::move(name)), program(std::move(program)),
        arguments(std::move(arguments)) {}

  std::string getName() const override { return name; }

  Answer run(const System &system, const SolveLimits &limits) const override {
    TemporaryFile mps("mps"), sol("sol"), map("json"), options("txt"),
        log("log");
    Answer answer;
    for (const TemporaryFile *file : {&mps, &sol, &map, &options, &log})
      if (std::error_code code = file->getError()) {
        answer.reason = "a temporary file cannot be made: " + code.message();
        return answer;
      }
    llvm::Error failure = write(mps, system, writeMps);
    if (!failure && uses("{map}"))
      failure = write(map, system, writeMap);
    if (!failure && uses("{options}"))
      failure = writeFile(options.getPath(), [&](llvm::raw_ostream &os) {
        std::string tolerance = printReal(limits.feasibility);
        os << "presolve=off\nmip_rel_gap=0\nmip_abs_gap=0\n"
           << "primal_feasibility_tolerance=" << tolerance << "\n"
           << "dual_feasibility_tolerance=" << tolerance << "\n"
           << "mip_feasibility_tolerance=" << tolerance << "\n";
        return llvm::Error::success();
      });
    if (failure) {
      answer.reason = llvm::toString(std::move(failure));
      return answer;
    }
    // Solvers want a number; a year is no limit.
    double seconds = std::fmin(std::ceil(limits.seconds), 3e7);
    std::pair<llvm::StringRef, std::string> values[] = {
        {"{mps}", mps.getPath().str()},
        {"{sol}", sol.getPath().str()},
        {"{map}", map.getPath().str()},
        {"{options}", options.getPath().str()},
        {"{time}", std::to_string(static_cast<int64_t>(seconds))},
        {"{tol}", printReal(limits.feasibility)}};
    std::vector<std::string> command;
    for (llvm::StringRef argument : arguments)
      command.push_back(fillIn(argument, values));
    // A program that keeps the limit itself gets time to write its files.
    ProcessResult process = runProcess(
        program, command, log.getPath(),
        limits.seconds + std::fmax(2.0, limits.seconds / 10), limits.stop);
    auto logged = readProgramFile(log.getPath());
    std::string output = logged ? std::move(*logged) : "";
    llvm::consumeError(logged.takeError()); // it decides nothing by itself
    switch (process.kind) {
    case ProcessResult::Failed:
      answer.reason = name + " failed: " + process.message;
      return answer;
    case ProcessResult::Interrupted:
      answer.kind = Answer::Stopped;
      answer.reason = "interrupted";
      return answer;
    case ProcessResult::TimedOut:
      answer.kind = Answer::Stopped;
      answer.reason = "time limit";
      return answer;
    case ProcessResult::Exited:
      break;
    }
    auto text = uses("{sol}") ? readProgramFile(sol.getPath())
                              : llvm::Expected<std::string>(output);
    if (!text) {
      answer.reason =
          name + ": the solution file " + describe(text.takeError());
      return answer;
    }
    llvm::Expected<Solution> solution = readSolution(system, *text);
    if (!solution) {
      answer.reason = name + " (exit code " + std::to_string(process.exitCode) +
                      "): " + describe(solution.takeError()) + lastLine(output);
      return answer;
    }
    interpret(system, limits, *solution, output, answer);
    return answer;
  }

private:
  static llvm::Error write(const TemporaryFile &file, const System &system,
                           void (*writer)(const System &,
                                          llvm::raw_ostream &)) {
    return writeFile(file.getPath(), [&](llvm::raw_ostream &os) {
      writer(system, os);
      return llvm::Error::success();
    });
  }

  bool uses(llvm::StringRef placeholder) const {
    return llvm::any_of(arguments, [&](llvm::StringRef argument) {
      return argument.contains(placeholder);
    });
  }

  static std::string describe(llvm::Error error) {
    std::string text;
    llvm::handleAllErrors(std::move(error),
                          [&](const DiagnosticError &diagnostic) {
                            text = diagnostic.get().message;
                          });
    return text;
  }

  static std::string lastLine(llvm::StringRef output) {
    llvm::StringRef line = output.rtrim().rsplit('\n').second;
    return line.empty() ? "" : "; it says: " + printForeign(line);
  }

  void interpret(const System &system, const SolveLimits &limits,
                 const Solution &solution, llvm::StringRef output,
                 Answer &answer) const {
    std::string version = readVersion(output).value_or("");
    std::string words =
        name + (version.empty() ? "" : " " + printForeign(version));
    std::optional<double> lower = readDualBound(output);
    bool stated = lower.has_value();
    if (solution.values)
      answer.point = makePoint(system, *solution.values);
    switch (solution.status) {
    case Solution::Optimal:
      answer.kind = system.objective ? Answer::Optimal : Answer::Feasible;
      if (!lower && solution.objective)
        lower = solution.objective->lo;
      break;
    case Solution::Infeasible:
      answer.kind = Answer::Infeasible;
      answer.point.reset();
      break;
    case Solution::Feasible:
    case Solution::Stopped:
      answer.kind = Answer::Stopped;
      answer.reason = solution.statusText.empty()
                          ? "no status"
                          : printForeign(solution.statusText);
      if (saysInfeasible(output))
        answer.kind = Answer::Infeasible;
      else if (!system.objective && answer.point)
        answer.kind = Answer::Feasible;
      break;
    case Solution::Unbounded:
    case Solution::Unknown:
      answer.reason = name + " ended with status '" +
                      printForeign(solution.statusText) + "'";
      answer.point.reset();
      return;
    }
    if (answer.kind == Answer::Infeasible) {
      answer.point.reset();
      stated = false;
    } else if (system.objective && lower) {
      answer.bound = toUpperBound(*system.objective, *lower);
    }
    words += stated ? ", dual bound" : ", status";
    // Margins cover the tolerance that was asked for and no other.
    answer.trust = uses("{tol}") || uses("{options}")
                       ? Trust::tolerance(words + ", feasibility " +
                                          printReal(limits.feasibility))
                       : Trust::unchecked(words + ", its default tolerances");
    if ((answer.kind == Answer::Optimal && !answer.bound) ||
        ((answer.kind == Answer::Optimal || answer.kind == Answer::Feasible) &&
         !answer.point)) {
      answer.kind = Answer::Failed;
      answer.reason = name + " gave no value or no point";
    }
  }

  std::string name, program;
  std::vector<std::string> arguments;
};

} // namespace

llvm::Expected<std::unique_ptr<Solver>>
createExternalSolver(llvm::StringRef name, llvm::StringRef commandTemplate) {
  llvm::BumpPtrAllocator allocator;
  llvm::StringSaver saver(allocator);
  llvm::SmallVector<const char *, 16> words;
  llvm::cl::TokenizeGNUCommandLine(commandTemplate, saver, words);
  if (words.empty())
    return makeError(DiagId::Usage, "", "the command of 'cmd:' is empty");
  if (!commandTemplate.contains("{mps}"))
    return makeError(DiagId::Usage, "",
                     "the command '" + commandTemplate +
                         "' names no model: {mps} is missing");
  // A placeholder that is none would reach the program as it is.
  for (llvm::StringRef rest = commandTemplate; rest.contains('{');) {
    rest = rest.substr(rest.find('{'));
    llvm::StringRef word = rest.take_front(rest.find('}') + 1);
    if (!llvm::is_contained(placeholders, word))
      return makeError(DiagId::Usage, "",
                       "no placeholder '" + word +
                           "': expected {mps}, {sol}, {time}, {map}, {tol} or "
                           "{options}");
    rest = rest.drop_front(word.size());
  }
  llvm::StringRef program = words[0];
  std::string path = program.str();
  if (!program.contains('/')) {
    auto found = llvm::sys::findProgramByName(program);
    if (!found)
      return makeError(DiagId::SolverMissing, "",
                       "'" + program + "' is not on the PATH");
    path = *found;
  } else if (!llvm::sys::fs::can_execute(program)) {
    return makeError(DiagId::SolverMissing, "",
                     "'" + program + "' is no program");
  }
  if (name.empty())
    name = llvm::sys::path::filename(program);
  return std::make_unique<ExternalSolver>(
      printForeign(name), path,
      std::vector<std::string>(words.begin() + 1, words.end()));
}

} // namespace qev
