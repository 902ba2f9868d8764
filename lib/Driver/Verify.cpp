//===- Verify.cpp - One sample from region to verdict -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Verify.h"
#include "qev/Analysis/Qebverif.h"
#include "qev/Analysis/Step.h"
#include "qev/Driver/SolverRounds.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include <set>

namespace qev {

llvm::StringRef getName(Verdict verdict) {
  switch (verdict) {
  case Verdict::Verified:
    return "verified";
  case Verdict::Falsified:
    return "falsified";
  case Verdict::Unknown:
    return "unknown";
  case Verdict::Bounded:
    return "bounded";
  }
  llvm_unreachable("all verdicts are named");
}

namespace {

class SampleVerifier {
public:
  SampleVerifier(const ModelPair &pair, const SampleRegion &region,
                 const VerifyOptions &options)
      : pair(pair), region(region), options(options),
        deadline{{}, options.timeout - options.secondsBefore, options.stop} {}

  llvm::Expected<SampleResult> run(const QuestionOptions &question);

private:
  llvm::Expected<SampleResult> runEmpty(const QuestionOptions &question);
  llvm::Error computeRanges();
  llvm::Error computeUnsoundRanges();
  bool needsRanges(const QuestionOptions &question) const;
  void execute();
  llvm::Error openCase(const QuestionOptions &question,
                       const ExactTensor &centre);
  void attack(Case &sample);
  llvm::Error solve(Case &sample);
  void tell(llvm::StringRef phase, const Case &sample) const;
  void conclude(const Case &sample);
  std::string explainUnknown(const Case &sample) const;

  const ModelPair &pair;
  const SampleRegion &region;
  const VerifyOptions &options;
  const Deadline deadline;
  SampleResult result;
  bool isExecuted = false;
  bool isStuck = false; ///< solvers made no progress
  TwinBounds bounds;
  OutputRanges ranges;
  std::vector<int64_t> outputs;
  std::optional<Case> opened;
};

} // namespace

//===----------------------------------------------------------------------===//
// Ranges
//===----------------------------------------------------------------------===//

/// A region of one point: what both nets compute there, rounded outward.
void SampleVerifier::execute() {
  Replay exact =
      replay(*pair.firstExact, *pair.secondExact, getCentre(region.inputs));
  for (size_t i = 0; i < exact.first.size(); ++i) {
    ranges.first.push_back(Interval::around(exact.first[i]));
    ranges.second.push_back(Interval::around(exact.second[i]));
    ranges.delta.push_back(
        Interval::around(exact.getDelta(static_cast<int64_t>(i))));
  }
}

/// A percentage is one of the first net's proved output range.
bool SampleVerifier::needsRanges(const QuestionOptions &question) const {
  return options.bounds || llvm::StringRef(question.epsilon).contains('%');
}

/// The compatibility methods say something about the outputs alone, and nothing
/// that a verdict may rest on.
llvm::Error SampleVerifier::computeUnsoundRanges() {
  auto delta = computeQebverif(pair.twin(), region.inputs, options.method);
  if (!delta)
    return delta.takeError();
  ranges.first = ranges.second = Box(delta->size(), Interval::everything());
  ranges.delta = std::move(*delta);
  return llvm::Error::success();
}

llvm::Error SampleVerifier::computeRanges() {
  auto computed =
      pair.analyzer->run(region.inputs, options.method,
                         {.planes = options.solver != nullptr,
                          .attributions = options.explain,
                          .recheck = options.recheck,
                          .stop = [this] { return deadline.isOver(); }});
  if (!computed)
    return computed.takeError();
  bounds = std::move(*computed);
  if (bounds.recheck && !bounds.recheck->violations.empty())
    llvm::report_fatal_error(bounds.recheck->violations[0].c_str());
  result.recheck = bounds.recheck;
  ranges = getOutputRanges(pair.twin(), bounds);
  std::set<Approximation> names;
  for (const auto &by : bounds.by)
    names.insert(by.begin(), by.end());
  result.approximations.assign(names.begin(), names.end());
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Attack and solver
//===----------------------------------------------------------------------===//

void SampleVerifier::tell(llvm::StringRef phase, const Case &sample) const {
  if (!options.onProgress)
    return;
  Progress progress;
  progress.sample = region.index;
  progress.phase = phase;
  progress.open = sample.countOpen();
  progress.obligations = sample.getObligations().size();
  progress.seconds = deadline.clock.seconds();
  Bracket bracket = sample.getBracket();
  for (auto [i, output] : llvm::enumerate(outputs)) {
    Interval proved = bracket.getProved(output);
    progress.proved = i ? hull(progress.proved, proved) : proved;
    if (auto seen = bracket.getWitnessed(output))
      progress.witnessed =
          progress.witnessed ? hull(*progress.witnessed, *seen) : *seen;
  }
  options.onProgress(progress);
}

void SampleVerifier::attack(Case &sample) {
  double begin = deadline.clock.seconds();
  Attack attack(FastNet(pair.first(), pair.analyzer->getFirstMaps()),
                FastNet(pair.second(), pair.analyzer->getSecondMaps()),
                region.inputs);
  for (auto [i, obligation] : llvm::enumerate(sample.getObligations())) {
    if (sample.isStopped())
      break;
    // Where the claim is proved, one try shows how much of the bracket is used;
    // of others than delta there is nothing left to see.
    bool isProved = obligation.hasClaim() && sample.isClosed(i);
    if (isProved && !obligation.isAboutDelta())
      continue;
    unsigned restarts = isProved ? 0 : options.restarts;
    tell("attack", sample);
    InputPoint found =
        attack.run(obligation.getAttackGoal(pair.getNumOutputs()), restarts,
                   options.seed + i, [&] { return sample.isStopped(); });
    if (!sample.isStopped()) // a replay is exact, which takes its time
      sample.tryInput(std::move(found), "attack");
  }
  result.seconds.attack = deadline.clock.seconds() - begin;
}

llvm::Error SampleVerifier::solve(Case &sample) {
  double begin = deadline.clock.seconds();
  if (llvm::any_of(region.inputs, [](const InputRegion &input) {
        return !input.levels.empty() && !input.isPoint();
      })) // as Encode does it
    result.approximations.push_back(Approximation::InputRange);
  SolverRoundsOptions rounds;
  rounds.threads = options.threads;
  rounds.sample = region.index;
  rounds.keepFolder = options.keep;
  rounds.exactSolver = options.exactSolver;
  if (options.onProgress)
    rounds.onTick = [&] { tell("solver", sample); };
  if (std::holds_alternative<std::monostate>(result.claim))
    rounds.patience = options.patience;
  auto ended = runSolverRounds(pair.twin(), bounds, region.inputs,
                               *options.solver, sample, rounds);
  result.seconds.solve = deadline.clock.seconds() - begin;
  if (!ended)
    return ended.takeError();
  isStuck = *ended;
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Verdict
//===----------------------------------------------------------------------===//

std::string SampleVerifier::explainUnknown(const Case &sample) const {
  bool hasClaim = !std::holds_alternative<std::monostate>(result.claim);
  if (deadline.isInterrupted())
    return "interrupted";
  if (deadline.remaining() <= 0)
    return "timeout of " + printReal(options.timeout) + " s reached";
  std::vector<std::string> reasons;
  if (isStuck)
    reasons = {"the last " + printReal(options.patience) +
               " s of solving or more narrowed the bracket by less than 1 %; "
               "--gap and --timeout say when to stop"};
  else if (!options.bounds)
    reasons = {hasClaim ? "no counterexample was found, which proves nothing"
                        : "an attack proves nothing"};
  else if (!options.solver)
    reasons = {hasClaim ? "bounds do not decide it and no solver was asked"
                        : ""};
  else if (!hasClaim)
    reasons = {"the gap asked for was not reached"};
  llvm::append_range(reasons, sample.getNotes());
  if (reasons.empty())
    reasons = {sample.trusts(Trust::Grade::Tolerance)
                   ? "the solver does not decide it"
                   : "safe bounds do not decide it, and no solver's floating "
                     "point is trusted"};
  return llvm::join(reasons, "; ");
}

void SampleVerifier::conclude(const Case &sample) {
  Bracket bracket = sample.getBracket();
  for (int64_t output : outputs)
    result.outputs.push_back(
        {output, bracket.getProved(output), bracket.getWitnessed(output)});
  for (Explanation &explanation : explain(pair.twin(), bounds.attributions))
    if (llvm::is_contained(outputs, explanation.output))
      result.explanations.push_back(std::move(explanation));
  result.trust = sample.getTrust();
  result.verdictTrust = sample.getVerdictTrust();
  result.notes = region.notes;
  llvm::append_range(result.notes, sample.getNotes());
  bool hasClaim = !std::holds_alternative<std::monostate>(result.claim);
  const std::vector<Trust> &grounds =
      hasClaim ? result.verdictTrust : result.trust;
  std::string prover = isExecuted        ? "execution"
                       : grounds.empty() ? "bounds"
                                         : "solver";
  if (auto witness = sample.getWitness()) {
    result.verdict = Verdict::Falsified;
    result.witness = std::move(witness);
    result.closedBy = sample.getRefuter();
    return;
  }
  // Over a single point, what is not refuted holds.
  bool isClosed = isExecuted || sample.countOpen() == 0;
  if (hasClaim && isClosed) {
    result.verdict = Verdict::Verified;
    result.closedBy = prover;
  } else if (!hasClaim && options.bounds) {
    result.verdict = Verdict::Bounded;
    result.closedBy = prover;
  } else {
    result.verdict = Verdict::Unknown;
  }
  if (!isClosed && (options.attack || bounds.isCutShort)) {
    result.reason = explainUnknown(sample);
    result.isInterrupted = deadline.isInterrupted();
    result.isTimedOut = deadline.remaining() <= 0;
  }
}

/// The claim needs the first net's ranges and winner; then the case is open.
llvm::Error SampleVerifier::openCase(const QuestionOptions &question,
                                     const ExactTensor &centre) {
  auto firstSize = pair.first().outputs[0]->type.getNumElements();
  result.predicted = getWinner({centre.begin(), centre.begin() + firstSize});
  auto chosen =
      chooseOutputs(question, pair.getNumOutputs(), *result.predicted);
  if (!chosen)
    return chosen.takeError();
  outputs = std::move(*chosen);
  if (region.claim) {
    result.claim = *region.claim;
  } else {
    auto claim = buildClaim(question, outputs, pair.second(), ranges.first);
    if (!claim)
      return claim.takeError();
    result.claim = std::move(*claim);
  }
  if (!options.bounds && !isExecuted) // known for the sake of the claim alone
    ranges.second = ranges.delta =
        Box(ranges.first.size(), Interval::everything());
  Case::Limits limits{deadline, options.gap, options.trusted};
  opened.emplace(*pair.firstExact, *pair.secondExact, region.inputs,
                 listObligations(result.claim, outputs, ranges, pair.second()),
                 ranges, limits);
  return llvm::Error::success();
}

/// Over no input every claim holds.
llvm::Expected<SampleResult>
SampleVerifier::runEmpty(const QuestionOptions &question) {
  Box nothing(pair.getNumOutputs(), Interval(0));
  auto chosen = chooseOutputs(question, pair.getNumOutputs(), 0);
  if (!chosen)
    return chosen.takeError();
  auto claim = region.claim
                   ? llvm::Expected<Claim>(*region.claim)
                   : buildClaim(question, *chosen, pair.second(), nothing);
  if (!claim)
    return claim.takeError();
  result.claim = std::move(*claim);
  result.verdict = std::holds_alternative<std::monostate>(result.claim)
                       ? Verdict::Bounded
                       : Verdict::Verified;
  result.closedBy = "bounds";
  result.notes = region.notes;
  return std::move(result);
}

llvm::Expected<SampleResult>
SampleVerifier::run(const QuestionOptions &question) {
  result.index = region.index;
  if (region.isEmpty)
    return runEmpty(question);
  bool sound = isSound(options.method);
  isExecuted =
      sound && llvm::all_of(region.inputs, [](const InputRegion &input) {
        return input.isPoint();
      });
  Box unknown(pair.getNumOutputs(), Interval::everything());
  if (isExecuted)
    execute();
  else if (!needsRanges(question))
    ranges = {unknown, unknown, unknown};
  else if (llvm::Error error = sound ? computeRanges() : computeUnsoundRanges())
    return error;
  result.seconds.bound = deadline.clock.seconds();

  InputPoint centre = getCentre(region.inputs);
  if (llvm::Error error = openCase(question, pair.firstExact->run(centre)))
    return error;
  Case &sample = *opened;
  tell("bounds", sample);
  // Over a single point the claim is decided by this, even without an attack.
  bool hasClaim = !std::holds_alternative<std::monostate>(result.claim);
  if ((options.attack && !sample.isStopped()) || (isExecuted && hasClaim))
    sample.tryInput(centre, isExecuted ? "execution" : "attack");
  if (options.attack && !isExecuted && !sample.isStopped())
    attack(sample);
  if (options.solver && !isExecuted && !sample.isStopped() &&
      sample.countOpen())
    if (llvm::Error error = solve(sample))
      return error;
  conclude(sample);
  result.seconds.total = deadline.clock.seconds();
  return std::move(result);
}

llvm::Expected<SampleResult> verifySample(const ModelPair &pair,
                                          const SampleRegion &region,
                                          const QuestionOptions &question,
                                          const VerifyOptions &options) {
  return SampleVerifier(pair, region, options).run(question);
}

} // namespace qev
