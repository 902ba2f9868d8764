//===- TwinAnalyzer.cpp - Bounds of one twin for many regions ---*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/TwinAnalyzer.h"
#include "qev/Analysis/Recheck.h"
#include "qev/Analysis/SymbolicBounds.h"
#include "qev/Analysis/TwinRefiner.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/Support/ThreadPool.h"
#include <set>

namespace qev {

namespace {

/// Ranges of delta, pair by pair.
class TwinRun {
public:
  TwinRun(const AnalyzedNet &first, const AnalyzedNet &second, bool byRows)
      : first(first), second(second), byRows(byRows) {}

  /// `affine`: of a pair of affine ops.
  void add(const Pair &pair, const PairStep &step,
           const AffineDifference *affine);
  /// Says nothing about a pair.
  void skip(const Pair &pair) {
    delta.emplace_back(pair.first->type.getNumElements(),
                       Interval::everything());
    by.emplace_back();
  }

  std::vector<Box> delta;
  std::vector<std::vector<Approximation>> by;
  /// Whether the two ranges alone cut the difference of the last pair so far.
  bool isCutByRanges = false;

private:
  Box getDelta(int pair, int64_t size) const {
    return pair == PairStep::inputs ? Box(size, Interval(0)) : delta[pair];
  }
  const Box &firstReals(const Op &op) const {
    return first.relaxed.reals.find(&op)->second;
  }
  const Box &secondReals(const Op &op) const {
    return second.relaxed.reals.find(&op)->second;
  }
  Box compute(const Pair &pair, const PairStep &step,
              const AffineDifference *affine,
              std::vector<Approximation> &names) const;
  Box scale(const PairStep &step, const Box &operand) const;
  Box clampBoth(const PairStep &step, const Box &operand,
                std::vector<Approximation> &names) const;
  Box sum(const PairStep &step) const;
  Box differenceOfRows(const PairStep &step) const;

  const AnalyzedNet &first;
  const AnalyzedNet &second;
  bool byRows; ///< "Sym" and not "Con"
};

} // namespace

Box TwinRun::scale(const PairStep &step, const Box &operand) const {
  const Box &x = firstReals(*step.firstOperand);
  auto f = getScalings(step.first, first.relaxed.maps, x.size());
  auto s = getScalings(step.second, second.relaxed.maps, x.size());
  Box result;
  for (auto [i, d] : llvm::enumerate(operand)) {
    // (a~ y + b~) - (a x + b) = a~ delta + (a~ - a) x + (b~ - b)
    Interval value = s[i].factor * d;
    if (!isSameScaling(step, first.relaxed.maps, second.relaxed.maps, i)) {
      value += s[i].shift - f[i].shift;
      if (f[i].factor != s[i].factor || !f[i].factor.isPoint())
        value += (s[i].factor - f[i].factor) * x[i];
    }
    result.push_back(value);
  }
  return result;
}

Box TwinRun::clampBoth(const PairStep &step, const Box &operand,
                       std::vector<Approximation> &names) const {
  const Box &x = firstReals(*step.firstOperand);
  const Box &y = secondReals(*step.secondOperand);
  bool rounds = false, clamps = false;
  auto describe = [&](const Op *op, const AnalyzedNet &net, int64_t i,
                      const Interval &argument) {
    ClampedValue value = describeClamp(op, net.exactRoundings, i, argument);
    rounds |= !value.isExact;
    clamps |= argument.lo < value.step.lo || argument.hi > value.step.hi;
    return value;
  };
  Box result;
  result.reserve(x.size());
  for (size_t i = 0; i < x.size(); ++i) {
    ClampedValue f = describe(step.first, first, i, x[i]);
    ClampedValue s = describe(step.second, second, i, y[i]);
    result.push_back(differenceOfClamps(f, s, operand[i]));
  }
  if (rounds)
    names.push_back(Approximation::RoundToNearest);
  if (clamps)
    names.push_back(Approximation::ReluClampCases);
  return result;
}

Box TwinRun::sum(const PairStep &step) const {
  bool minus = step.first->is(OpKind::Sub);
  auto shapes = [](const Op *op, unsigned i) {
    return getBroadcastMap(op->operands[i]->type.getShape(),
                           op->type.getShape());
  };
  Box left =
      getDelta(step.from, step.first->operands[0]->type.getNumElements());
  Box right =
      getDelta(step.fromRight, step.first->operands[1]->type.getNumElements());
  Box result;
  for (auto [i, j] :
       llvm::zip_equal(shapes(step.first, 0), shapes(step.first, 1)))
    result.push_back(minus ? left[i] - right[j] : left[i] + right[j]);
  return result;
}

Box TwinRun::differenceOfRows(const PairStep &step) const {
  InputRows x = first.getRows(*step.first);
  InputRows y = second.getRows(*step.second);
  // Rows bound values, then negated values: y_i - x_i is the sum of row i of y
  // and of row size + i of x, and x_i - y_i the other way round.
  int64_t size = x.constants.size() / 2;
  for (int64_t i = 0; i < size; ++i) {
    x.coefficients.row(i).swap(x.coefficients.row(size + i));
    std::swap(x.constants[i], x.constants[size + i]);
  }
  Vector tops = maximize(qev::add(y, x, first.inputs), first.inputs);
  Box box;
  box.reserve(size);
  for (int64_t i = 0; i < size; ++i)
    box.push_back(Interval::orEverything(-tops[size + i], tops[i]));
  return box;
}

/// Both hold for some input, so they meet.
static void meetWith(Box &box, const Box &other) {
  for (auto [a, b] : llvm::zip_equal(box, other))
    a = meetProved(a, b);
}

Box TwinRun::compute(const Pair &pair, const PairStep &step,
                     const AffineDifference *affine,
                     std::vector<Approximation> &names) const {
  int64_t size = pair.first->type.getNumElements();
  if (step.kind == PairStep::Same)
    return getDelta(step.from, size);
  if (step.kind == PairStep::Clamp || step.kind == PairStep::Scale) {
    Box operand = getDelta(step.from, size);
    return step.kind == PairStep::Clamp ? clampBoth(step, operand, names)
                                        : scale(step, operand);
  }
  if (byRows)
    return differenceOfRows(step);
  if (step.kind == PairStep::Sum)
    return sum(step);
  return affine->apply(
      firstReals(*step.firstOperand),
      getDelta(step.from, step.firstOperand->type.getNumElements()));
}

void TwinRun::add(const Pair &pair, const PairStep &step,
                  const AffineDifference *affine) {
  std::vector<Approximation> names;
  Box box = compute(pair, step, affine, names);
  const Box &x = firstReals(*pair.first), &y = secondReals(*pair.second);
  Box plain;
  for (auto [a, b] : llvm::zip_equal(x, y))
    plain.push_back(b - a);
  Box before = box;
  meetWith(box, plain);
  isCutByRanges = box != before;
  delta.push_back(std::move(box));
  by.push_back(std::move(names));
}

//===----------------------------------------------------------------------===//
// TwinAnalyzer
//===----------------------------------------------------------------------===//

struct TwinAnalyzer::Data {
  const Twin &twin;
  LinearMaps first, second;
  std::vector<PairStep> steps;
  /// One per pair; null unless it is one of affine ops.
  std::vector<std::unique_ptr<AffineDifference>> affine;

  TwinBounds runIntervals(llvm::ArrayRef<InputRegion> inputs) const;
  TwinBounds runBaseline(llvm::ArrayRef<InputRegion> inputs, bool byRows,
                         const StopCheck &stop) const;
  TwinBounds runJointly(llvm::ArrayRef<InputRegion> inputs,
                        TwinRefiner::Passes passes, const Wanted &wanted) const;
};

llvm::Expected<TwinAnalyzer> TwinAnalyzer::build(const Twin &twin) {
  if (twin.pairs.empty())
    return makeError(DiagId::TwinPair,
                     "@" + twin.first->name + " ~ @" + twin.second->name,
                     "a twin without pairs has no bounds");
  auto steps = findPairSteps(twin);
  if (!steps)
    return steps.takeError();
  auto first = LinearMaps::build(*twin.first);
  if (!first)
    return first.takeError();
  auto second = LinearMaps::build(*twin.second);
  if (!second)
    return second.takeError();
  auto data = std::make_shared<Data>(
      Data{twin, std::move(*first), std::move(*second), std::move(*steps), {}});
  for (const PairStep &step : data->steps) {
    auto &affine = data->affine.emplace_back();
    if (step.kind == PairStep::Affine)
      affine = std::make_unique<AffineDifference>(
          data->first.getAffine(*step.first),
          data->second.getAffine(*step.second));
  }
  return TwinAnalyzer(std::move(data));
}

const LinearMaps &TwinAnalyzer::getFirstMaps() const { return data->first; }
const LinearMaps &TwinAnalyzer::getSecondMaps() const { return data->second; }

//===----------------------------------------------------------------------===//
// Names of what rows give up
//===----------------------------------------------------------------------===//

/// What the lines of a clamp step give up; nothing where they are one line, the
/// rounding alone where they run beside the identity.
static void nameLines(const Op *op, const AnalyzedNet &net,
                      std::set<Approximation> &names) {
  if (!op)
    return;
  for (const LinePair &lines : net.relaxed.lines.find(op)->second) {
    const Line &below = lines.lower, &above = lines.upper;
    if (below.slope == above.slope && below.offset == above.offset)
      continue;
    if (op->is(OpKind::Relu))
      names.insert(Approximation::ReluTriangle);
    else if (below.slope == 1 && above.slope == 1)
      names.insert(Approximation::RoundToNearest);
    else
      names.insert(Approximation::ClampLines);
  }
}

/// Rows of affine ops and sums are substituted through the steps before them,
/// so a clamp that one of them follows is also named for its lines or planes.
/// `add(i, step, isLast, names)` names those of pair i; isLast: only the last
/// pair has rows behind it.
static void nameRows(llvm::ArrayRef<PairStep> steps,
                     std::vector<std::vector<Approximation>> &by,
                     llvm::function_ref<void(int, const PairStep &, bool,
                                             std::set<Approximation> &)>
                         add) {
  size_t nextRows = steps.size(); // the first affine op or sum behind
  for (size_t i = steps.size(); i-- > 0;) {
    const PairStep &step = steps[i];
    if (step.kind == PairStep::Affine || step.kind == PairStep::Sum)
      nextRows = i;
    if (step.kind != PairStep::Clamp || nextRows == steps.size())
      continue;
    std::set<Approximation> names(by[i].begin(), by[i].end());
    add(static_cast<int>(i), step, nextRows + 1 == steps.size(), names);
    by[i].assign(names.begin(), names.end());
  }
}

/// What takes next to no time, for when there is none.
TwinBounds
TwinAnalyzer::Data::runIntervals(llvm::ArrayRef<InputRegion> inputs) const {
  AnalyzedNet f = analyzeNet(*twin.first, first, inputs, NetMethod::Interval);
  AnalyzedNet s = analyzeNet(*twin.second, second, inputs, NetMethod::Interval);
  TwinRun run(f, s, /*byRows=*/false);
  for (auto [i, pair] : llvm::enumerate(twin.pairs))
    run.add(pair, steps[i], affine[i].get());
  TwinBounds bounds;
  bounds.first = std::move(f.bounds);
  bounds.second = std::move(s.bounds);
  bounds.delta = std::move(run.delta);
  bounds.by = std::move(run.by);
  bounds.isCutShort = true;
  return bounds;
}

/// What the published methods find, alone.
TwinBounds TwinAnalyzer::Data::runBaseline(llvm::ArrayRef<InputRegion> inputs,
                                           bool byRows,
                                           const StopCheck &stop) const {
  // "Con" takes the float ranges from DeepPoly and those of the quantized net
  // from integer intervals; "Sym" takes both from DeepPoly.
  AnalyzedNet f =
      analyzeNet(*twin.first, first, inputs, NetMethod::Symbolic, stop);
  AnalyzedNet s =
      analyzeNet(*twin.second, second, inputs,
                 byRows ? NetMethod::Symbolic : NetMethod::Interval, stop);
  if (f.relaxed.isStopped())
    return runIntervals(inputs);
  TwinRun run(f, s, byRows);
  for (auto [i, pair] : llvm::enumerate(twin.pairs))
    run.add(pair, steps[i], affine[i].get());
  nameRows(steps, run.by,
           [&](int, const PairStep &step, bool isLast, auto &names) {
             // The float ranges of "Con" come from lines too, but those of the
             // last pair count only where they cut its difference.
             if (byRows || !isLast || run.isCutByRanges)
               nameLines(step.first, f, names);
             if (byRows)
               nameLines(step.second, s, names);
           });
  TwinBounds bounds;
  bounds.isCutShort = f.relaxed.isStopped(); // rows of a difference are missing
  bounds.first = std::move(f.bounds);
  bounds.second = std::move(s.bounds);
  bounds.delta = std::move(run.delta);
  bounds.by = std::move(run.by);
  return bounds;
}

static bool mixes(const PairStep &step) {
  return step.kind == PairStep::Affine || step.kind == PairStep::Sum;
}

/// The pairs from the last affine one or sum to each of `ends`, both included:
/// only element-wise steps follow.
static llvm::BitVector findLastSteps(llvm::ArrayRef<PairStep> steps,
                                     llvm::ArrayRef<size_t> ends) {
  llvm::BitVector found(steps.size());
  for (size_t end : ends) {
    std::vector<size_t> chain = {end};
    while (!mixes(steps[chain.back()]) && steps[chain.back()].from >= 0)
      chain.push_back(steps[chain.back()].from);
    if (mixes(steps[chain.back()]))
      for (size_t pair : chain)
        found.set(pair);
  }
  return found;
}

/// Joint bounds, met with both baselines: with "Con" at every pair, with "Sym"
/// where it decides, at the outputs. So they are never looser there.
TwinBounds TwinAnalyzer::Data::runJointly(llvm::ArrayRef<InputRegion> inputs,
                                          TwinRefiner::Passes passes,
                                          const Wanted &wanted) const {
  AnalyzedNet f =
      analyzeNet(*twin.first, first, inputs, NetMethod::Symbolic, wanted.stop);
  AnalyzedNet s = analyzeNet(*twin.second, second, inputs, NetMethod::Symbolic,
                             wanted.stop);
  if (f.relaxed.isStopped())
    return runIntervals(inputs);
  AnalyzedNet intervals = analyzeByIntervals(s);
  // The baselines, before ranges are met.
  std::vector<size_t> outputs;
  for (std::optional<size_t> pair : twin.findOutputPairs())
    if (pair)
      outputs.push_back(*pair);
  if (outputs.empty()) // of a part: the last pair counts
    outputs = {twin.pairs.size() - 1};
  llvm::BitVector isLastStep = findLastSteps(steps, outputs);
  TwinRun con(f, intervals, false), sym(f, s, true);
  for (auto [i, pair] : llvm::enumerate(twin.pairs)) {
    con.add(pair, steps[i], affine[i].get());
    if (isLastStep[i])
      sym.add(pair, steps[i], affine[i].get());
    else
      sym.skip(pair);
  }
  std::optional<Recheck> recheck;
  if (wanted.recheck) {
    recheck.emplace();
    recheckNet(f, *recheck);
    recheckNet(s, *recheck);
  }
  meetRanges(s, intervals);
  meetRanges(f, analyzeByIntervals(f));

  TwinRun run(f, s, false);
  TwinRefiner refiner(twin, steps, affine, inputs, f, s, passes,
                      /*keepsSlopes=*/wanted.attributions || wanted.recheck);
  for (auto [i, pair] : llvm::enumerate(twin.pairs)) {
    refiner.prepare(static_cast<int>(i), run.delta);
    run.add(pair, steps[i], affine[i].get());
    meetWith(run.delta[i], con.delta[i]);
    meetWith(run.delta[i], sym.delta[i]);
    if (!wanted.known.empty())
      meetWith(run.delta[i], wanted.known[i]);
    refiner.add(static_cast<int>(i), run.delta);
    if (llvm::is_contained(outputs, i))
      refiner.narrowOutputs(static_cast<int>(i), run.delta);
  }
  // What is left takes as long as one of many passes, and needs all of its
  // rows.
  bool isCutShort = f.relaxed.isStopped();
  f.relaxed.stop = s.relaxed.stop = nullptr;
  if (isCutShort)
    refiner.forgetSlopes();
  nameRows(steps, run.by, [&](int i, const PairStep &step, bool, auto &names) {
    nameLines(step.first, f, names);
    nameLines(step.second, s, names);
    if (refiner.hasPlanes(i))
      names.insert(Approximation::HullPlanes);
  });
  TwinBounds bounds;
  bounds.isCutShort = isCutShort;
  if (wanted.planes)
    bounds.planes = refiner.getPlanes();
  int64_t before = 0; // output elements
  for (size_t pair : outputs) {
    if (!wanted.attributions)
      break;
    for (Attribution &attribution :
         refiner.attributeOutputs(static_cast<int>(pair), run.delta[pair])) {
      attribution.element += before;
      bounds.attributions.push_back(std::move(attribution));
    }
    before += static_cast<int64_t>(run.delta[pair].size());
  }
  if (recheck)
    refiner.recheck(*recheck);
  bounds.recheck = std::move(recheck);
  bounds.first = std::move(f.bounds);
  bounds.second = std::move(s.bounds);
  bounds.delta = std::move(run.delta);
  bounds.by = std::move(run.by);
  return bounds;
}

llvm::Expected<TwinBounds> TwinAnalyzer::run(llvm::ArrayRef<InputRegion> inputs,
                                             Method method,
                                             const Wanted &wanted) const {
  const Twin &twin = data->twin;
  if (!isSound(method))
    return makeError(DiagId::MethodUnsupported, "",
                     "method '" + getName(method) +
                         "' bounds the outputs' difference only");
  if (!wanted.known.empty() && method != Method::Twin && method != Method::Best)
    return makeError(DiagId::MethodUnsupported, "",
                     "method '" + getName(method) +
                         "' does not start from known differences");
  assert((wanted.known.empty() || wanted.known.size() == twin.pairs.size()) &&
         "one box per pair");
  for (const Net *net : {twin.first, twin.second})
    if (llvm::Error error = checkInputs(*net, inputs))
      return error;
  switch (method) {
  case Method::Interval:
    return data->runBaseline(inputs, /*byRows=*/false, wanted.stop);
  case Method::Symbolic:
    return data->runBaseline(inputs, /*byRows=*/true, wanted.stop);
  case Method::Twin:
    return data->runJointly(inputs, {}, wanted);
  case Method::Best:
    return data->runJointly(inputs, {/*inner=*/4, /*outputs=*/12}, wanted);
  case Method::QebverifCon:
  case Method::QebverifSym:
    break;
  }
  llvm_unreachable("refused above");
}

llvm::Expected<std::vector<TwinBounds>>
TwinAnalyzer::runBatch(llvm::ArrayRef<std::vector<InputRegion>> regions,
                       Method method, unsigned threads,
                       const Wanted &wanted) const {
  std::vector<std::optional<llvm::Expected<TwinBounds>>> results(
      regions.size());
  {
    llvm::DefaultThreadPool pool(llvm::hardware_concurrency(threads));
    for (auto [region, result] : llvm::zip_equal(regions, results))
      pool.async([&, &region = region, &result = result] {
        result.emplace(run(region, method, wanted));
      });
    pool.wait();
  }
  std::vector<TwinBounds> bounds;
  llvm::Error error = llvm::Error::success();
  for (auto &result : results)
    if (*result)
      bounds.push_back(std::move(**result));
    else if (error) // the first one is enough
      llvm::consumeError(result->takeError());
    else
      error = result->takeError();
  if (error)
    return error;
  return bounds;
}

} // namespace qev
