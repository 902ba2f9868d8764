//===- LinearOracle.cpp - Ranges of differences by programs -----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Solver/LinearOracle.h"
#include "Backends.h"
#include "qev/Encode/Encode.h"
#include "qev/Support/Diagnostics.h"

namespace qev {

namespace {

class LinearOracle final : public BoundOracle {
public:
  LinearOracle(std::unique_ptr<Solver> solver,
               const BoundOracleOptions &options)
      : solver(std::move(solver)), options(options) {}

  llvm::Expected<std::vector<DeltaBound>>
  bound(const Twin &twin, const TwinBounds &bounds,
        llvm::ArrayRef<InputRegion> inputs, size_t pair,
        llvm::ArrayRef<DeltaEnd> ends) override;

private:
  DeltaBound read(const Answer &answer, const Interval &known) const;

  std::unique_ptr<Solver> solver;
  BoundOracleOptions options;
};

} // namespace

DeltaBound LinearOracle::read(const Answer &answer,
                              const Interval &known) const {
  // Every region has an execution, so "infeasible" would be a contradiction;
  // it is no bound, and neither is a failure.
  if (!answer.bound || answer.kind == Answer::Infeasible)
    return {};
  if (answer.trust.isSafe())
    return {*answer.bound, true};
  return {addUp(*answer.bound, mulUp(loosenedPart, known.magnitude())), false};
}

llvm::Expected<std::vector<DeltaBound>>
LinearOracle::bound(const Twin &twin, const TwinBounds &bounds,
                    llvm::ArrayRef<InputRegion> inputs, size_t pair,
                    llvm::ArrayRef<DeltaEnd> ends) {
  std::vector<DeltaBound> result(ends.size());
  if (ends.empty())
    return result;
  Goal goal;
  goal.pair = pair;
  EncodeOptions encodeOptions;
  encodeOptions.rounding =
      options.integers ? Rounding::Exact : Rounding::Relaxed;
  auto system = encode(twin, bounds, inputs, goal, encodeOptions);
  if (!system)
    return system.takeError();
  if (system->infeasible)
    return makeError(DiagId::SolverFailed, "", *system->infeasible);
  if (!options.integers)
    system->relaxIntegers();
  SolveLimits limits;
  limits.nodes = options.nodes;
  std::vector<Objective> objectives;
  for (const DeltaEnd &end : ends) {
    Goal one = Goal::largestDelta(end.element, end.sign);
    if (llvm::Error error =
            setMaximum(*system, *one.maximise,
                       bounds.delta[pair][end.element].magnitude()))
      return error;
    objectives.push_back(*system->objective);
  }
  std::vector<Answer> answers = solver->solveEach(*system, objectives, limits);
  for (auto [end, answer, bound] : llvm::zip_equal(ends, answers, result))
    bound = read(answer, bounds.delta[pair][end.element]);
  return result;
}

llvm::Expected<std::unique_ptr<BoundOracle>>
createLinearOracle(const BoundOracleOptions &options) {
  std::unique_ptr<Solver> highs = createHighs();
  if (!highs)
    return makeError(DiagId::SolverMissing, "",
                     "HiGHS is not linked, and no other solver gives the dual "
                     "vectors that safe bounds are made of");
  return std::make_unique<LinearOracle>(std::move(highs), options);
}

} // namespace qev
