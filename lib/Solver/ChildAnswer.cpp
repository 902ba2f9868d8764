//===- ChildAnswer.cpp - A linked solver's answer from a child ---*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChildAnswer.h"
#include "Backends.h"
#include "Child.h"
#include "llvm/ADT/StringExtras.h"
#include <cmath>

namespace qev {

static std::string oneLine(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

/// One field a line, numbers so that they read back.
static std::string serialize(const Answer &answer) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << static_cast<int>(answer.kind) << "\n"
     << oneLine(answer.reason) << "\n"
     << static_cast<int>(answer.trust.grade) << "\n"
     << answer.trust.words << "\n"
     << (answer.bound ? printReal(*answer.bound) : "none");
  if (answer.point)
    for (const Real &value : *answer.point)
      os << "\n" << printReal(value);
  return text;
}

/// Nothing if the text is cut or not an answer.
static std::optional<Answer> deserialize(llvm::StringRef text,
                                         size_t numVariables) {
  llvm::SmallVector<llvm::StringRef, 0> lines;
  text.split(lines, '\n');
  constexpr size_t numFields = 5;
  int kind = 0, grade = 0;
  if ((lines.size() != numFields && lines.size() != numFields + numVariables) ||
      lines[0].getAsInteger(10, kind) || lines[2].getAsInteger(10, grade))
    return std::nullopt;
  Answer answer;
  answer.kind = static_cast<Answer::Kind>(kind);
  answer.reason = lines[1].str();
  answer.trust = {static_cast<Trust::Grade>(grade), lines[3].str()};
  auto read = [](llvm::StringRef line) -> std::optional<double> {
    double value = 0;
    if (line.getAsDouble(value))
      return std::nullopt;
    return value;
  };
  if (lines[4] != "none") {
    answer.bound = read(lines[4]);
    if (!answer.bound)
      return std::nullopt;
  }
  if (lines.size() == numFields)
    return answer;
  answer.point.emplace();
  for (llvm::StringRef line : llvm::ArrayRef(lines).drop_front(numFields)) {
    std::optional<Real> value = Real::parse(line);
    if (!value)
      return std::nullopt;
    answer.point->push_back(std::move(*value));
  }
  return answer;
}

Answer solveInChild(const System &system, const SolveLimits &limits,
                    llvm::StringRef name, const Trust &trust,
                    llvm::function_ref<Answer(const SolveLimits &,
                                              std::atomic<double> &lowerBound)>
                        solve) {
  ChildResult child = runInChild(
      [&](SharedState &shared) {
        SolveLimits inside = limits;
        inside.stop = &shared.stop;
        return serialize(solve(inside, shared.lowerBound));
      },
      limits.seconds, limits.stop);
  if (child.kind == ChildResult::Done)
    if (auto answer = deserialize(child.output, system.variables.size())) {
      // The child sees only that it is asked to stop.
      if (answer->kind == Answer::Stopped && answer->reason == "interrupted")
        answer->reason =
            limits.stop && limits.stop->load() ? "interrupted" : "time limit";
      return *answer;
    }
  // It did not stop in time: what is left is the bound it had reached.
  Answer answer;
  answer.trust = trust;
  if (child.kind == ChildResult::Done || child.kind == ChildResult::Failed) {
    answer.reason = (name + " failed").str();
    if (!child.message.empty())
      answer.reason += ": " + child.message;
    return answer;
  }
  answer.kind = Answer::Stopped;
  answer.reason =
      child.kind == ChildResult::TimedOut ? "time limit" : "interrupted";
  if (system.objective && std::isfinite(child.lowerBound))
    answer.bound = toUpperBound(*system.objective, child.lowerBound);
  return answer;
}

} // namespace qev
