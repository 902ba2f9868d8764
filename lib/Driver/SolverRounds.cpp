//===- SolverRounds.cpp - Solvers on what bounds leave open -----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/SolverRounds.h"
#include "qev/Driver/Keep.h"
#include "llvm/Support/ThreadPool.h"
#include <condition_variable>
#include <thread>

namespace qev {

namespace {

/// Linear: the linear relaxation, whose bound needs no trust in the solver.
/// Relaxed and Exact: by the rounding. A witness is looked for at some distance
/// from what is claimed, and then close to it.
enum Stage { Linear, Relaxed, WitnessSearch, CloseSearch, Exact };
constexpr size_t numStages = Exact + 1;
constexpr llvm::StringLiteral stageNames[] = {"linear_proof", "relaxed_proof",
                                              "exact_witness", "close_witness",
                                              "exact_proof"};

bool isSearch(Stage stage) {
  return stage == WitnessSearch || stage == CloseSearch;
}

class SolverRounds {
public:
  SolverRounds(const Twin &twin, const TwinBounds &bounds,
               llvm::ArrayRef<InputRegion> region, const Solver &solver,
               Case &sample, const SolverRoundsOptions &options)
      : twin(twin), bounds(bounds), region(region), solver(solver),
        sample(sample), options(options),
        done(sample.getObligations().size()),
        numOutputs(twin.first->getNumOutputElements()),
        isExact(llvm::StringRef(solver.getName()).starts_with("z3")) {}

  void run();

private:
  using Stages = std::array<bool, numStages>;

  std::vector<size_t> listTodo() const;
  void work(size_t index);
  bool ask(size_t index, Stage stage, double seconds);
  void learn(size_t index, Stage stage, const System &system,
             const Answer &answer);
  Goal getGoal(size_t index, Stage stage) const;
  std::optional<Replay> replayPoint(const System &system,
                                    llvm::ArrayRef<Real> point);

  const Twin &twin;
  const TwinBounds &bounds;
  llvm::ArrayRef<InputRegion> region;
  const Solver &solver;
  Case &sample;
  const SolverRoundsOptions &options;
  std::vector<Stages> done; ///< asked to the end, or in vain
  const int64_t numOutputs;
  const bool isExact; ///< strict inequalities and ties included
  std::atomic<bool> stopSolvers{false};
  std::atomic<size_t> waiting{0}; ///< obligations of this round
};

EncodeOptions getEncodeOptions(Stage stage) {
  EncodeOptions options;
  options.rounding = stage == Linear || stage == Relaxed ? Rounding::Relaxed
                                                         : Rounding::Exact;
  options.purpose = isSearch(stage) ? Purpose::Witness : Purpose::Proof;
  return options;
}

} // namespace

std::optional<Replay> SolverRounds::replayPoint(const System &system,
                                                llvm::ArrayRef<Real> point) {
  std::vector<double> wanted;
  for (const auto &tensor : readInputs(system, point))
    for (const Real &value : tensor)
      wanted.push_back(value.toDouble());
  return sample.tryInput(snapToRegion(region, wanted), "solver");
}

void SolverRounds::learn(size_t index, Stage stage, const System &system,
                         const Answer &answer) {
  const Obligation &obligation = sample.getObligations()[index];
  std::optional<Replay> shown;
  if (answer.point)
    shown = replayPoint(system, *answer.point);
  switch (answer.kind) {
  case Answer::Failed:
    sample.note(answer.reason);
    return;
  case Answer::Infeasible:
    if (isSearch(stage))
      return; // every execution in question is close to a tie
    if (obligation.hasClaim())
      sample.settle(index, answer.trust);
    else
      sample.note(answer.trust +
                  ": no execution at all in a region that has some");
    return;
  case Answer::Feasible:
  case Answer::Optimal:
  case Answer::Stopped:
    if (answer.bound && !isSearch(stage))
      sample.bound(index, *answer.bound, answer.trust);
    // All points of the exact proof's system claim to refute.
    if (shown && stage == Exact && obligation.hasClaim() &&
        !obligation.isRefutedBy(*shown))
      sample.note("unconfirmed: the point that " + solver.getName() +
                  " gives against " + obligation.str() + " does not replay");
    return;
  }
}

/// Proofs are maximised, for the sake of the bound that comes with them; a
/// witness need only be one.
Goal SolverRounds::getGoal(size_t index, Stage stage) const {
  const Obligation &obligation = sample.getObligations()[index];
  if (obligation.hasClaim() && isExact)
    return obligation.getDecision(numOutputs);
  if (!obligation.hasClaim() || !isSearch(stage))
    return obligation.getMaximum(numOutputs);
  double reach = obligation.getReach(sample.getUpperBound(index),
                                     sample.getBracket().getBox());
  Real clearance;
  if (std::isfinite(reach) && reach > 0)
    clearance =
        Real::fromDouble(reach) * Real::ratio(1, stage == WitnessSearch ? 16 : 512);
  return obligation.getDecision(numOutputs, clearance);
}

/// Whether the obligation needs no further question.
bool SolverRounds::ask(size_t index, Stage stage, double seconds) {
  const Obligation &obligation = sample.getObligations()[index];
  auto system = encode(twin, bounds, region, getGoal(index, stage),
                       getEncodeOptions(stage));
  if (!system) {
    sample.note(llvm::toString(system.takeError()));
    done[index].fill(true);
    return true;
  }
  if (stage == Linear)
    system->relaxIntegers();
  if (!options.keepFolder.empty())
    if (llvm::Error error =
            keepSystem(options.keepFolder, options.sample, obligation,
                       stageNames[stage], *system))
      sample.note(llvm::toString(std::move(error)));
  SolveLimits limits;
  limits.seconds = seconds;
  limits.stop = &stopSolvers;
  Answer answer = solver.solve(*system, limits);
  // What stopped long before its limit would do so again.
  done[index][stage] = answer.kind != Answer::Stopped ||
                       (!stopSolvers && answer.seconds < seconds / 2);
  learn(index, stage, *system, answer);
  if (sample.isRefuted())
    stopSolvers = true;
  return sample.isStopped() || sample.isClosed(index);
}

void SolverRounds::work(size_t index) {
  double slot = sample.remaining() * options.threads /
                static_cast<double>(waiting--);
  slot = std::min(slot, sample.remaining());
  Clock own;
  for (auto [stage, share] :
       {std::pair(Linear, 0.3), {Relaxed, 0.3}, {WitnessSearch, 0.4},
        {CloseSearch, 0.4}, {Exact, 1.0}}) {
    if (sample.isStopped())
      return;
    if (!done[index][stage] &&
        ask(index, stage, std::max(0.0, slot - own.seconds()) * share))
      return;
  }
}

std::vector<size_t> SolverRounds::listTodo() const {
  std::vector<size_t> todo;
  for (size_t i = 0; i < done.size(); ++i)
    if (!sample.isClosed(i) && !llvm::all_of(done[i], [](bool b) { return b; }))
      todo.push_back(i);
  return todo;
}

void SolverRounds::run() {
  // Without a claim there is nothing to be close to.
  for (auto [stages, obligation] :
       llvm::zip_equal(done, sample.getObligations()))
    stages[CloseSearch] = !obligation.hasClaim();
  // Points of an exact solver replay, and relaxing gains it little.
  if (isExact)
    for (Stages &stages : done)
      stages[Linear] = stages[Relaxed] = stages[WitnessSearch] =
          stages[CloseSearch] = true;
  std::mutex mutex;
  std::condition_variable wake;
  bool finished = false;
  // Solvers see one flag; the user's wish and the time limit reach it here.
  std::thread watcher([&] {
    std::unique_lock lock(mutex);
    while (!wake.wait_for(lock, std::chrono::milliseconds(20),
                          [&] { return finished; })) {
      if (sample.isStopped())
        stopSolvers = true;
      if (options.onTick)
        options.onTick();
    }
  });
  while (!sample.isStopped()) {
    std::vector<size_t> todo = listTodo();
    if (todo.empty())
      break;
    waiting = todo.size();
    llvm::DefaultThreadPool pool(llvm::hardware_concurrency(
        std::max(1u, std::min<unsigned>(options.threads, todo.size()))));
    for (size_t index : todo)
      pool.async([this, index] { work(index); });
    pool.wait();
  }
  {
    std::scoped_lock lock(mutex);
    finished = true;
  }
  wake.notify_one();
  watcher.join();
}

void runSolverRounds(const Twin &twin, const TwinBounds &bounds,
                     llvm::ArrayRef<InputRegion> region, const Solver &solver,
                     Case &sample, const SolverRoundsOptions &options) {
  SolverRounds(twin, bounds, region, solver, sample, options).run();
}

} // namespace qev
