//===- Highs.cpp - HiGHS through its C interface ----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Linear programs are solved for their dual vector, from which the bound is
// computed anew (DualBound.h): such answers trust nothing. Of integer programs
// the dual bound is taken as it is; they run in a child process (Child.h).
//
//===----------------------------------------------------------------------===//

#include "Backends.h"
#include "ChildAnswer.h"
#include "qev/Solver/DualBound.h"

#ifdef QEV_HAVE_HIGHS
#include "interfaces/highs_c_api.h"
#endif

namespace qev {

#ifndef QEV_HAVE_HIGHS

std::unique_ptr<Solver> createHighs() { return nullptr; }

#else

namespace {

Trust describeTrust(const std::string &name, const SolveLimits &limits) {
  return Trust::tolerance(name + ", dual bound, feasibility " +
                          printReal(limits.feasibility));
}

/// One HiGHS object with one model.
class Session {
public:
  /// `lowerBound`, if not null, is kept up to date while an integer program is
  /// solved.
  Session(const System &system, const SolveLimits &limits,
          std::atomic<double> *lowerBound = nullptr)
      : system(system), limits(limits), lowerBound(lowerBound),
        highs(Highs_create()) {}
  ~Session() { Highs_destroy(highs); }
  Session(const Session &) = delete;
  Session &operator=(const Session &) = delete;

  /// False if HiGHS does not take an option or the model exactly as it is.
  bool load() {
    bool ok = setBool("output_flag", false) && setInt("threads", 1) &&
              setString("parallel", "off") && setDouble("mip_rel_gap", 0) &&
              setDouble("mip_abs_gap", 0) &&
              setDouble("primal_feasibility_tolerance", limits.feasibility) &&
              // Reduced costs are multiplied by whole ranges in the safe bound.
              setDouble("dual_feasibility_tolerance", 1e-10) &&
              setDouble("mip_feasibility_tolerance", limits.feasibility);
    // The presolving of HiGHS 1.15 calls integer programs infeasible that every
    // execution satisfies with room, as of nets with 16 bit codes; an
    // infeasible linear program that it found has no ray; and what its
    // postsolving prints no option silences.
    ok = ok && setString("presolve", "off");
    if (std::isfinite(limits.seconds))
      ok = ok && setDouble("time_limit", limits.seconds);
    if (limits.nodes)
      ok = ok &&
           setInt("mip_max_nodes",
                  static_cast<HighsInt>(std::min<int64_t>(
                      *limits.nodes, std::numeric_limits<HighsInt>::max())));
    if (!ok || !passModel())
      return false;
    ok = Highs_setCallback(highs, interrupt, this) == kHighsStatusOk;
    for (HighsInt kind :
         {kHighsCallbackSimplexInterrupt, kHighsCallbackIpmInterrupt,
          kHighsCallbackMipInterrupt})
      ok = ok && Highs_startCallback(highs, kind) == kHighsStatusOk;
    return ok;
  }

  Answer run(const std::string &name) {
    Answer answer;
    answer.trust = describeTrust(name, limits);
    bool failed = Highs_run(highs) == kHighsStatusError;
    HighsInt status = Highs_getModelStatus(highs);
    readSolution(answer);
    switch (status) {
    case kHighsModelStatusOptimal:
      answer.kind = system.objective ? Answer::Optimal : Answer::Feasible;
      break;
    case kHighsModelStatusInfeasible:
    // Every variable has finite bounds, so nothing is unbounded.
    case kHighsModelStatusUnboundedOrInfeasible:
      answer.kind = Answer::Infeasible;
      break;
    case kHighsModelStatusTimeLimit:
      answer.kind = Answer::Stopped;
      answer.reason = "time limit";
      break;
    case kHighsModelStatusSolutionLimit: // nodes are counted here
      answer.kind = Answer::Stopped;
      answer.reason = "node limit";
      break;
    case kHighsModelStatusInterrupt:
      answer.kind = Answer::Stopped;
      answer.reason = "interrupted";
      break;
    case kHighsModelStatusUnknown:
      answer.kind = Answer::Failed;
      answer.reason = name + " found no answer";
      break;
    default:
      answer.kind = Answer::Failed;
      answer.reason =
          name + " ended with model status " + std::to_string(status);
    }
    if (failed && answer.kind != Answer::Stopped) {
      answer.kind = Answer::Failed;
      answer.reason = name + " failed";
    }
    if (answer.kind == Answer::Failed || answer.kind == Answer::Infeasible)
      answer.point.reset();
    if (answer.kind != Answer::Failed)
      readBound(answer);
    if (answer.kind == Answer::Feasible && !answer.point) {
      answer.kind = Answer::Failed;
      answer.reason = name + " gave no point";
    }
    if (answer.kind == Answer::Optimal && (!answer.bound || !answer.point)) {
      answer.kind = Answer::Failed;
      answer.reason = name + " gave no bound or no point";
    }
    return answer;
  }

private:
  bool setBool(const char *option, bool value) {
    return Highs_setBoolOptionValue(highs, option, value) == kHighsStatusOk;
  }
  bool setInt(const char *option, HighsInt value) {
    return Highs_setIntOptionValue(highs, option, value) == kHighsStatusOk;
  }
  bool setDouble(const char *option, double value) {
    return Highs_setDoubleOptionValue(highs, option, value) == kHighsStatusOk;
  }
  bool setString(const char *option, const char *value) {
    return Highs_setStringOptionValue(highs, option, value) == kHighsStatusOk;
  }

  static void interrupt(int kind, const char *, const HighsCallbackDataOut *out,
                        HighsCallbackDataIn *in, void *data) {
    auto &session = *static_cast<Session *>(data);
    if (session.lowerBound && out && kind == kHighsCallbackMipInterrupt)
      session.lowerBound->store(out->mip_dual_bound);
    if (in && session.limits.stop && session.limits.stop->load())
      in->user_interrupt = 1;
  }

  bool passModel() {
    std::vector<double> cost(system.variables.size()), lower, upper;
    std::vector<HighsInt> integrality;
    for (const Variable &variable : system.variables) {
      lower.push_back(variable.lo);
      upper.push_back(variable.hi);
      integrality.push_back(variable.kind == VariableKind::Continuous
                                ? kHighsVarTypeContinuous
                                : kHighsVarTypeInteger);
    }
    if (system.objective)
      for (const Term &term : system.objective->terms)
        cost[term.variable] =
            -std::ldexp(term.coefficient, system.objective->exponent);
    std::vector<double> rowLower, rowUpper, values;
    std::vector<HighsInt> starts, indices;
    double infinite = Highs_getInfinity(highs);
    for (const Row &row : system.rows) {
      rowLower.push_back(row.sense == Sense::LessEqual ? -infinite : row.rhs);
      rowUpper.push_back(row.sense == Sense::GreaterEqual ? infinite : row.rhs);
      starts.push_back(static_cast<HighsInt>(indices.size()));
      for (const Term &term : row.terms) {
        indices.push_back(static_cast<HighsInt>(term.variable));
        values.push_back(term.coefficient);
      }
    }
    auto numColumns = static_cast<HighsInt>(cost.size());
    auto numRows = static_cast<HighsInt>(system.rows.size());
    auto numValues = static_cast<HighsInt>(values.size());
    // A warning means that HiGHS changed the model: that is a failure here.
    return (system.hasIntegers()
                ? Highs_passMip(highs, numColumns, numRows, numValues,
                                kHighsMatrixFormatRowwise,
                                kHighsObjSenseMinimize, 0, cost.data(),
                                lower.data(), upper.data(), rowLower.data(),
                                rowUpper.data(), starts.data(), indices.data(),
                                values.data(), integrality.data())
                : Highs_passLp(highs, numColumns, numRows, numValues,
                               kHighsMatrixFormatRowwise,
                               kHighsObjSenseMinimize, 0, cost.data(),
                               lower.data(), upper.data(), rowLower.data(),
                               rowUpper.data(), starts.data(), indices.data(),
                               values.data())) == kHighsStatusOk;
  }

  void readSolution(Answer &answer) {
    std::vector<double> columns(system.variables.size()),
        columnDuals(columns.size()), rows(system.rows.size());
    std::vector<double> rowDuals(rows.size());
    if (Highs_getSolution(highs, columns.data(), columnDuals.data(),
                          rows.data(), rowDuals.data()) != kHighsStatusOk)
      return;
    HighsInt status = 0;
    if (Highs_getIntInfoValue(highs, "primal_solution_status", &status) ==
            kHighsStatusOk &&
        status == kHighsSolutionStatusFeasible)
      answer.point = makePoint(system, columns);
    if (Highs_getIntInfoValue(highs, "dual_solution_status", &status) !=
            kHighsStatusOk ||
        status == kHighsSolutionStatusNone)
      return;
    // HiGHS minimises 2^exponent times the negated objective.
    int exponent = system.objective ? system.objective->exponent : 0;
    for (double &dual : rowDuals)
      dual = std::ldexp(-dual, -exponent);
    multipliers = std::move(rowDuals);
  }

  void readBound(Answer &answer) {
    if (answer.kind == Answer::Infeasible) {
      if (system.hasIntegers())
        return;
      // Of linear programs only what is proved here is said.
      if (rayProvesInfeasible()) {
        answer.trust = Trust::safeDual();
      } else {
        answer.kind = Answer::Stopped;
        answer.reason = "no ray that proves the linear program infeasible";
      }
      return;
    }
    if (!system.objective)
      return;
    if (system.hasIntegers()) {
      double dual = 0;
      if (Highs_getDoubleInfoValue(highs, "mip_dual_bound", &dual) ==
              kHighsStatusOk &&
          std::isfinite(dual) && std::fabs(dual) < Highs_getInfinity(highs))
        answer.bound = toUpperBound(*system.objective, dual);
      return;
    }
    if (!multipliers)
      return;
    answer.bound = getSafeDualBound(system, *multipliers);
    answer.trust = Trust::safeDual();
  }

  bool rayProvesInfeasible() {
    HighsInt exists = 0;
    std::vector<double> ray(system.rows.size());
    if (Highs_getDualRay(highs, &exists, ray.data()) != kHighsStatusOk ||
        !exists)
      return false;
    // The sign of a ray is a convention; a proof needs none.
    if (provesInfeasible(system, ray))
      return true;
    for (double &entry : ray)
      entry = -entry;
    return provesInfeasible(system, ray);
  }

  const System &system;
  const SolveLimits &limits;
  std::atomic<double> *lowerBound;
  void *highs;
  std::optional<std::vector<double>> multipliers; // of the maximisation
};

class HighsSolver : public Solver {
  bool provesLinearPrograms() const override { return true; }

  std::string getName() const override {
    return std::string("highs ") + Highs_version();
  }

  Answer solve(const System &system, const SolveLimits &limits,
               std::atomic<double> *lowerBound) const {
    Session session(system, limits, lowerBound);
    if (session.load())
      return session.run(getName());
    Answer answer;
    answer.reason = getName() + " does not take the model as it is";
    return answer;
  }

  Answer run(const System &system, const SolveLimits &limits) const override {
    if (!system.hasIntegers())
      return solve(system, limits, nullptr);
    return solveInChild(
        system, limits, getName(), describeTrust(getName(), limits),
        [&](const SolveLimits &inside, std::atomic<double> &lowerBound) {
          return solve(system, inside, &lowerBound);
        });
  }
};

} // namespace

std::unique_ptr<Solver> createHighs() {
  return std::make_unique<HighsSolver>();
}

#endif // QEV_HAVE_HIGHS

} // namespace qev
