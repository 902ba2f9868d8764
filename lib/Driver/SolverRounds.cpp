//===- SolverRounds.cpp - Solvers on what bounds leave open -----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/SolverRounds.h"
#include "qev/Driver/Keep.h"
#include "qev/Driver/ProgressWatch.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/Sequence.h"
#include "llvm/Support/ThreadPool.h"
#include <condition_variable>
#include <mutex>
#include <thread>

namespace qev {

namespace {

/// Linear: the linear relaxation, whose bound needs no trust in the solver.
/// Relaxed and Exact: by the rounding. Rational: exact, and by the exact
/// solver. A witness is looked for at some distance from what is claimed and
/// from ties, and then closer and closer.
enum Stage {
  Linear,
  Relaxed,
  WitnessSearch,
  CloseSearch,
  ClosestSearch,
  Exact,
  Rational
};
constexpr size_t numStages = Rational + 1;

struct StageFacts {
  llvm::StringLiteral name;
  double share; ///< of the time that the obligation has left
  /// Of a search: distance from ties, in steps, and from the claim, as a part
  /// of what is left open. A solver's tolerance is 1e-7 of a step.
  double margin = 0, clearance = 0;
};
constexpr StageFacts stageFacts[numStages] = {
    {"linear_proof", 0.3},
    {"relaxed_proof", 0.3},
    {"exact_witness", 0.4, 0.02, 0x1p-4},
    {"close_witness", 0.4, 0.002, 0x1p-9},
    {"closest_witness", 0.3, 0.0001, 0x1p-14},
    {"exact_proof", 0.7},
    {"rational_proof", 1}};

/// Steps that bounds leave undecided, up to which an exact solver is worth its
/// time: each is a case split or a rounding.
constexpr size_t mostSteps = 24;

bool isSearch(Stage stage) { return stageFacts[stage].margin > 0; }

class SolverRounds {
public:
  SolverRounds(const Twin &twin, const TwinBounds &bounds,
               llvm::ArrayRef<InputRegion> region, const Solver &solver,
               Case &sample, const SolverRoundsOptions &options)
      : twin(twin), bounds(bounds), region(region), solver(solver),
        sample(sample), options(options), done(sample.getObligations().size()),
        ranges(getOutputRanges(twin, bounds)),
        numOutputs(twin.first->getNumOutputElements()),
        isExact(solver.isExact()), watch(options.patience) {}

  /// Whether it ended for want of progress.
  llvm::Expected<bool> run();

private:
  using Stages = std::array<bool, numStages>;

  std::vector<size_t> listTodo() const;
  void work(size_t index, unsigned round);
  bool isStopped() const {
    return sample.isStopped() || watch.isStuck() || hasFailed;
  }
  void fail(llvm::Error error);
  double getWidth(size_t index) const;
  bool isWorthAsking(size_t index, Stage stage) const;
  InputPoint getKnownInput(size_t index) const;
  bool ask(size_t index, Stage stage, double seconds);
  void noteUnchecked(const Trust &trust);
  void learn(size_t index, Stage stage, const System &system,
             const Answer &answer);
  Goal getGoal(size_t index, Stage stage) const;
  const Solver &getSolver(Stage stage) const {
    return stage == Rational ? *options.exactSolver : solver;
  }
  std::optional<Replay> replayPoint(const System &system,
                                    llvm::ArrayRef<Real> point,
                                    const Obligation &obligation);

  const Twin &twin;
  const TwinBounds &bounds;
  llvm::ArrayRef<InputRegion> region;
  const Solver &solver;
  Case &sample;
  const SolverRoundsOptions &options;
  std::vector<Stages> done; ///< asked to the end, or in vain
  const OutputRanges ranges;
  const int64_t numOutputs;
  const bool isExact; ///< strict inequalities and ties included
  ProgressWatch watch;
  Clock clock;
  std::atomic<bool> stopSolvers{false};
  std::atomic<size_t> waiting{0}; ///< obligations of this round
  std::mutex failureMutex;
  llvm::Error failure = llvm::Error::success(); ///< the first one
  std::atomic<bool> hasFailed{false};
};

EncodeOptions getEncodeOptions(Stage stage) {
  EncodeOptions options;
  options.rounding =
      stage == Linear || stage == Relaxed ? Rounding::Relaxed : Rounding::Exact;
  if (isSearch(stage)) {
    options.purpose = Purpose::Witness;
    options.margin = stageFacts[stage].margin;
  }
  return options;
}

} // namespace

/// The point as a float32 input if it refutes the obligation so; else as it is,
/// which is better than nothing where a region holds few of those.
std::optional<Replay> SolverRounds::replayPoint(const System &system,
                                                llvm::ArrayRef<Real> point,
                                                const Obligation &obligation) {
  InputPoint exact = readInputs(system, point);
  std::vector<double> wanted;
  for (const auto &tensor : exact)
    for (const Real &value : tensor)
      wanted.push_back(value.toDouble());
  auto shown = sample.tryInput(snapToRegion(region, wanted), "solver");
  if (shown && (obligation.isRefutedBy(*shown) || shown->input == exact))
    return shown;
  auto other = sample.tryInput(std::move(exact), "solver");
  return other ? other : shown;
}

void SolverRounds::noteUnchecked(const Trust &trust) {
  if (trust.grade == Trust::Grade::Unchecked)
    sample.note(solver.getName() +
                " is not told a tolerance ({tol}, {options}), "
                "so that its word proves nothing");
}

void SolverRounds::learn(size_t index, Stage stage, const System &system,
                         const Answer &answer) {
  const Obligation &obligation = sample.getObligations()[index];
  std::optional<Replay> shown;
  if (answer.point)
    shown = replayPoint(system, *answer.point, obligation);
  switch (answer.kind) {
  case Answer::Failed:
    if (answer.isContradiction)
      sample.distrust(answer.reason);
    else
      sample.note(answer.reason);
    return;
  case Answer::Infeasible:
    if (isSearch(stage))
      return; // every execution in question is close to a tie
    noteUnchecked(answer.trust);
    if (obligation.hasClaim())
      sample.settle(index, answer.trust);
    else
      sample.distrust(answer.trust.words +
                      ": no execution at all in a region that has some");
    return;
  case Answer::Feasible:
  case Answer::Optimal:
  case Answer::Stopped:
    if (answer.bound && !isSearch(stage)) {
      noteUnchecked(answer.trust);
      sample.bound(index, *answer.bound, answer.trust);
    }
    // All points of an exact proof's system claim to refute.
    if (shown && (stage == Exact || stage == Rational) &&
        obligation.hasClaim() && !obligation.isRefutedBy(*shown))
      sample.note("unconfirmed: the point that " + getSolver(stage).getName() +
                  " gives against " + obligation.str() + " does not replay");
    return;
  }
}

/// Proofs are maximised, for the sake of the bound that comes with them; a
/// witness need only be one.
Goal SolverRounds::getGoal(size_t index, Stage stage) const {
  const Obligation &obligation = sample.getObligations()[index];
  if (obligation.hasClaim() && getSolver(stage).isExact())
    return obligation.getDecision(numOutputs);
  if (!obligation.hasClaim() || !isSearch(stage)) {
    Goal goal = obligation.getMaximum(numOutputs);
    if (!getSolver(stage).isExact())
      loosen(goal, ranges);
    return goal;
  }
  double reach = obligation.getReach(sample.getUpperBound(index),
                                     sample.getBracket().getBox());
  Real clearance;
  if (std::isfinite(reach) && reach > 0)
    clearance =
        Real::fromDouble(reach) * Real::fromDouble(stageFacts[stage].clearance);
  return obligation.getDecision(numOutputs, clearance);
}

void SolverRounds::fail(llvm::Error error) {
  std::scoped_lock lock(failureMutex);
  if (hasFailed.exchange(true))
    return llvm::consumeError(std::move(error));
  llvm::consumeError(std::move(failure));
  failure = std::move(error);
  stopSolvers = true;
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
  if (stage == Rational && system->steps.size() > mostSteps) {
    done[index][stage] = true;
    return false;
  }
  if (stage == Linear)
    system->relaxIntegers();
  system->execution = getKnownInput(index);
  if (!options.keepFolder.empty())
    if (llvm::Error error =
            keepSystem(options.keepFolder, options.sample, obligation,
                       stageFacts[stage].name, *system)) {
      fail(std::move(error));
      return true;
    }
  SolveLimits limits;
  limits.seconds = seconds;
  limits.stop = &stopSolvers;
  Answer answer = getSolver(stage).solve(*system, limits);
  // What stopped long before its limit would do so again.
  done[index][stage] = answer.kind != Answer::Stopped ||
                       (!stopSolvers && answer.seconds < seconds / 2);
  learn(index, stage, *system, answer);
  if (sample.isRefuted())
    stopSolvers = true;
  return isStopped() || sample.isClosed(index);
}

/// Of the proved interval that the obligation is about.
double SolverRounds::getWidth(size_t index) const {
  return sample.getBracket()
      .getProved(sample.getObligations()[index].output)
      .width();
}

void SolverRounds::work(size_t index, unsigned round) {
  double slot =
      sample.remaining() * options.threads / static_cast<double>(waiting--);
  slot = std::min({slot, sample.remaining(), watch.getSlot(round)});
  double before = getWidth(index);
  auto record = llvm::make_scope_exit([&] {
    watch.record(clock.seconds(), before,
                 sample.isClosed(index) ? 0 : getWidth(index));
  });
  Clock own;
  for (unsigned number = 0; number < numStages; ++number) {
    if (isStopped())
      return;
    double share =
        std::max(0.0, slot - own.seconds()) * stageFacts[number].share;
    if (isWorthAsking(index, static_cast<Stage>(number)) &&
        ask(index, static_cast<Stage>(number), share))
      return;
  }
}

/// Whether the stage has not been asked to its end, and its answer would count.
bool SolverRounds::isWorthAsking(size_t index, Stage stage) const {
  if (done[index][stage])
    return false;
  switch (stage) {
  case Linear: // relaxing gains an exact solver little
    return !isExact;
  case Relaxed:
    return !isExact && sample.trusts(Trust::Grade::Tolerance);
  case WitnessSearch: // points of an exact solver replay
    return !isExact;
  case CloseSearch:
  case ClosestSearch: // without a claim there is nothing to be close to
    return !isExact && sample.getObligations()[index].hasClaim();
  case Exact:
    return isExact || sample.trusts(Trust::Grade::Tolerance);
  case Rational: // brackets it finds slowly
    return !isExact && options.exactSolver &&
           (sample.getObligations()[index].hasClaim() ||
            !sample.trusts(Trust::Grade::Tolerance));
  }
  llvm_unreachable("all stages are handled");
}

/// Of the inputs seen the one that comes closest to what is asked.
InputPoint SolverRounds::getKnownInput(size_t index) const {
  if (auto best = sample.getBest(index))
    return *best;
  return getCentre(region);
}

std::vector<size_t> SolverRounds::listTodo() const {
  std::vector<size_t> todo;
  for (size_t i = 0; i < done.size(); ++i)
    if (!sample.isClosed(i) &&
        llvm::any_of(llvm::seq(numStages), [&](size_t stage) {
          return isWorthAsking(i, static_cast<Stage>(stage));
        }))
      todo.push_back(i);
  return todo;
}

llvm::Expected<bool> SolverRounds::run() {
  std::mutex mutex;
  std::condition_variable wake;
  bool finished = false;
  // Solvers see one flag; the user's wish and the time limit reach it here.
  std::thread watcher([&] {
    std::unique_lock lock(mutex);
    while (!wake.wait_for(lock, std::chrono::milliseconds(20),
                          [&] { return finished; })) {
      if (isStopped())
        stopSolvers = true;
      if (options.onTick)
        options.onTick();
    }
  });
  for (unsigned round = 0; !isStopped(); ++round) {
    std::vector<size_t> todo = listTodo();
    if (todo.empty())
      break;
    waiting = todo.size();
    llvm::DefaultThreadPool pool(llvm::hardware_concurrency(
        std::max(1u, std::min<unsigned>(options.threads, todo.size()))));
    for (size_t index : todo)
      pool.async([this, index, round] { work(index, round); });
    pool.wait();
  }
  {
    std::scoped_lock lock(mutex);
    finished = true;
  }
  wake.notify_one();
  watcher.join();
  if (failure)
    return std::move(failure);
  return watch.isStuck();
}

llvm::Expected<bool> runSolverRounds(const Twin &twin, const TwinBounds &bounds,
                                     llvm::ArrayRef<InputRegion> region,
                                     const Solver &solver, Case &sample,
                                     const SolverRoundsOptions &options) {
  return SolverRounds(twin, bounds, region, solver, sample, options).run();
}

} // namespace qev
