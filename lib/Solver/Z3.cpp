//===- Z3.cpp - Z3 through its C++ interface --------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Z3 reads the very text that the SMT-LIB writer emits, so that the file and
// the linked solver answer the same question. It runs in a child process: sums
// of long fractions keep it from its clock and from interrupts for a minute.
//
//===----------------------------------------------------------------------===//

#include "Backends.h"
#include "ChildAnswer.h"
#include "qev/Target/Mps.h"
#include "qev/Target/SmtLib.h"
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <z3++.h>

namespace qev {

namespace {

/// Interrupts a context once a flag is set; ends with its scope.
class Watcher {
public:
  Watcher(z3::context &context, const std::atomic<bool> *stop) {
    if (!stop)
      return;
    thread = std::thread([this, &context, stop] {
      std::unique_lock lock(mutex);
      while (!done) {
        if (stop->load())
          context.interrupt();
        wake.wait_for(lock, std::chrono::milliseconds(20));
      }
    });
  }
  ~Watcher() {
    if (!thread.joinable())
      return;
    {
      std::lock_guard lock(mutex);
      done = true;
    }
    wake.notify_one();
    thread.join();
  }

private:
  std::mutex mutex;
  std::condition_variable wake;
  bool done = false;
  std::thread thread;
};

std::optional<Real> toReal(const z3::expr &value) {
  if (!value.is_numeral())
    return std::nullopt;
  return Real::parse(Z3_get_numeral_string(value.ctx(), value));
}

std::optional<std::vector<Real>> readModel(const System &system,
                                           const z3::model &model) {
  z3::context &context = model.ctx();
  std::vector<Real> point;
  for (unsigned i = 0; i < system.variables.size(); ++i) {
    const Variable &variable = system.variables[i];
    if (variable.step >= 0) {
      point.emplace_back();
      continue;
    }
    std::string name = getVariableName(system, i);
    z3::expr constant = variable.kind == VariableKind::Continuous
                            ? context.real_const(name.c_str())
                            : context.int_const(name.c_str());
    std::optional<Real> value = toReal(model.eval(constant, true));
    if (!value)
      return std::nullopt;
    point.push_back(std::move(*value));
  }
  completePoint(system, point);
  return point;
}

/// The supremum that the optimizer claims, [infinity, value, epsilon]; one that
/// is not reached has a negative third part and is an upper bound all the same.
std::optional<Real> readUpper(z3::optimize &optimizer) {
  z3::context &context = optimizer.ctx();
  z3::expr_vector parts(context,
                        Z3_optimize_get_upper_as_vector(context, optimizer, 0));
  std::optional<Real> infinite = toReal(parts[0]), value = toReal(parts[1]);
  if (!infinite || !value || !infinite->isZero())
    return std::nullopt;
  return value;
}

class Z3Solver : public Solver {
  std::string getName() const override {
    unsigned major, minor, build, revision;
    Z3_get_version(&major, &minor, &build, &revision);
    return ("z3 " + llvm::Twine(major) + "." + llvm::Twine(minor) + "." +
            llvm::Twine(build))
        .str();
  }

  bool isExact() const override { return true; }

  Answer run(const System &system, const SolveLimits &limits) const override {
    return solveInChild(system, limits, getName(), Trust::exact(getName()),
                        [&](const SolveLimits &inside, std::atomic<double> &) {
                          return solve(system, inside);
                        });
  }

  Answer solve(const System &system, const SolveLimits &limits) const {
    Answer answer;
    answer.trust = Trust::exact(getName());
    System decision = system;
    decision.objective.reset();
    std::string text;
    llvm::raw_string_ostream os(text);
    SmtLibOptions options;
    options.commands = false;
    if (llvm::Error error = writeSmtLib(decision, os, options)) {
      answer.reason = llvm::toString(std::move(error));
      return answer;
    }
    auto start = std::chrono::steady_clock::now();
    auto getRemaining = [&] {
      std::chrono::duration<double> elapsed =
          std::chrono::steady_clock::now() - start;
      return limits.seconds - elapsed.count();
    };
    try {
      z3::context context;
      Watcher watcher(context, limits.stop);
      if (system.objective)
        maximize(context, getRemaining, system, text, answer);
      else
        check(context, getRemaining, system, text, answer);
    } catch (const z3::exception &exception) {
      answer.kind = Answer::Failed;
      answer.reason = getName() + ": " + exception.msg();
      answer.bound.reset();
      answer.point.reset();
    }
    if ((answer.kind == Answer::Failed || answer.kind == Answer::Stopped) &&
        limits.stop && limits.stop->load()) {
      answer.kind = Answer::Stopped;
      answer.reason = "interrupted";
    }
    return answer;
  }

  using Clock = llvm::function_ref<double()>;

  static z3::params limit(z3::context &context, double seconds) {
    z3::params parameters(context);
    if (seconds < 4e6)
      parameters.set(
          "timeout",
          std::max(1u, static_cast<unsigned>(std::fmax(0, seconds) * 1000)));
    return parameters;
  }

  static void check(z3::context &context, Clock getRemaining,
                    const System &system, const std::string &text,
                    Answer &answer) {
    z3::solver solver(context);
    solver.set(limit(context, getRemaining()));
    solver.from_string(text.c_str());
    switch (solver.check()) {
    case z3::unsat:
      answer.kind = Answer::Infeasible;
      return;
    case z3::sat:
      answer.point = readModel(system, solver.get_model());
      answer.kind = answer.point ? Answer::Feasible : Answer::Failed;
      answer.reason = answer.point ? "" : "the model has no rational values";
      return;
    case z3::unknown:
      answer.kind = Answer::Stopped;
      answer.reason = solver.reason_unknown();
      return;
    }
  }

  /// The optimizer of Z3 4.8.12 misses the optimum of about one in fifty small
  /// mixed systems, so what it claims is only a guess: the solver is asked
  /// whether anything exceeds it, and where it does the search goes on above.
  static void maximize(z3::context &context, Clock getRemaining,
                       const System &system, const std::string &text,
                       Answer &answer) {
    std::string objective = printSmtObjective(system);
    std::string maximize = "(maximize " + objective + ")\n";
    auto exceeds = [&](const char *relation, const Real &value) {
      return "(assert (" + std::string(relation) + " " + objective + " " +
             printSmtReal(value) + "))\n";
    };
    Real constant = Real::fromDouble(system.objective->constant);
    std::optional<Real> best;
    answer.kind = Answer::Stopped;
    for (;;) {
      z3::optimize optimizer(context);
      optimizer.set(limit(context, getRemaining()));
      std::string question = text;
      if (best)
        question += exceeds(">=", *best);
      question += maximize;
      optimizer.from_string(question.c_str());
      z3::check_result result = optimizer.check();
      std::optional<Real> upper;
      if (result == z3::sat) {
        upper = readUpper(optimizer);
        auto point = readModel(system, optimizer.get_model());
        if (point &&
            (!best || system.objective->evaluate(*point) - constant >= *best)) {
          best = system.objective->evaluate(*point) - constant;
          answer.point = std::move(point);
        }
      }
      if (best && (!upper || *upper < *best))
        upper = best;

      z3::solver solver(context);
      solver.set(limit(context, getRemaining()));
      solver.from_string((upper ? text + exceeds(">", *upper) : text).c_str());
      switch (solver.check()) {
      case z3::unsat:
        if (!upper) {
          answer.kind = Answer::Infeasible;
          return;
        }
        answer.bound = (*upper + constant).toDoubleUp();
        answer.kind = answer.point ? Answer::Optimal : Answer::Stopped;
        return;
      case z3::sat: {
        auto point = readModel(system, solver.get_model());
        if (!point) {
          answer.kind = Answer::Failed;
          answer.reason = "the model has no rational values";
          return;
        }
        best = system.objective->evaluate(*point) - constant;
        answer.point = std::move(point);
        break;
      }
      case z3::unknown:
        answer.reason = solver.reason_unknown();
        return;
      }
    }
  }
};

} // namespace

std::unique_ptr<Solver> createZ3() { return std::make_unique<Z3Solver>(); }

} // namespace qev
