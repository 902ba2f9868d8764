//===- PairBench.cpp - What bounds of one pair of models cost ---*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PairBench.h"
#include "Measure.h"
#include "qev/Analysis/Align.h"
#include "qev/Analysis/Qebverif.h"
#include "qev/Driver/ModelPair.h"
#include "qev/Driver/Obligation.h"
#include "qev/Driver/Regions.h"
#include "qev/Encode/Encode.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Transforms/Passes.h"
#include <random>
#include <sys/resource.h>

namespace qev {

using llvm::json::Array;
using llvm::json::Object;

/// The most memory this process has ever had, in KiB.
static int64_t getPeakKiB() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
  return usage.ru_maxrss / 1024;
#else
  return usage.ru_maxrss;
#endif
}

static llvm::json::Value toJson(const Interval &interval) {
  return Array{interval.lo, interval.hi};
}

static Object toJson(const Box &box) {
  Array intervals, widths;
  for (const Interval &interval : box) {
    intervals.push_back(toJson(interval));
    widths.push_back(interval.width());
  }
  return Object{{"intervals", std::move(intervals)},
                {"widths", std::move(widths)}};
}

namespace {

class PairBench {
public:
  explicit PairBench(const PairBenchOptions &options) : options(options) {}
  llvm::Expected<Object> run();

private:
  llvm::Error load();
  llvm::Expected<Object> benchSample(const SampleRegion &sample);
  llvm::Expected<Object> benchMethod(const SampleRegion &sample, Method method);
  llvm::Expected<Object> benchEncoding(const SampleRegion &sample,
                                       int64_t output);
  Object execute(const SampleRegion &sample);
  void notePeak(llvm::StringRef stage) {
    peaks.try_emplace(stage, getPeakKiB());
  }

  const PairBenchOptions &options;
  Object stages;
  Object peaks; ///< when something was done for the first time
  std::unique_ptr<Net> first, second;              ///< as imported
  std::optional<ExactNet> firstExact, secondExact; ///< once they are needed
  std::unique_ptr<Module> module;
  std::optional<TwinAnalyzer> analyzer;
  /// The latest sound ones of the sample at hand.
  std::optional<TwinBounds> bounds;
};

} // namespace

//===----------------------------------------------------------------------===//
// Stages before the samples
//===----------------------------------------------------------------------===//

/// Both nets normalised and paired, as makePair does it.
static llvm::Expected<std::unique_ptr<Module>> pairNets(const Net &first,
                                                        const Net &second) {
  auto module = std::make_unique<Module>();
  module->name = "pair";
  module->nets.push_back(first.clone());
  module->nets.push_back(second.clone());
  DiagnosticEngine diagnostics;
  if (llvm::failed(runPipeline(*module, normalizePipeline, diagnostics)))
    return llvm::make_error<DiagnosticError>(diagnostics.all().front());
  auto twin = alignNets(*module->nets[0], *module->nets[1]);
  if (!twin)
    return twin.takeError();
  module->twins.push_back(std::move(*twin));
  return module;
}

llvm::Error PairBench::load() {
  unsigned repeat = options.repeat;
  LoadedModel a, b;
  auto import = [&](llvm::StringRef path, llvm::StringRef name,
                    LoadedModel &model) -> llvm::Error {
    Seconds seconds;
    auto imported =
        measure(repeat, seconds, [&] { return importOnnx(path, name); });
    if (!imported)
      return imported.takeError();
    model.file.path = path.str();
    model.file.info = std::move(imported->info);
    model.net = std::move(imported->net);
    stages[("import_" + name).str()] = seconds.toJson();
    return llvm::Error::success();
  };
  if (llvm::Error error = import(options.firstPath, "first", a))
    return error;
  if (llvm::Error error = import(options.secondPath, "second", b))
    return error;
  if (llvm::Error error = pairInterfaces(a, b).takeError())
    return error;
  first = std::move(a.net);
  second = std::move(b.net);
  for (const Net *net : {first.get(), second.get()})
    if (net->outputs.size() != 1)
      return makeError(DiagId::NetSignature, net->source,
                       llvm::Twine(net->outputs.size()) +
                           " outputs; only models with one can be compared");
  notePeak("import");

  Seconds paired;
  auto nets =
      measure(repeat, paired, [&] { return pairNets(*first, *second); });
  if (!nets)
    return nets.takeError();
  module = std::move(*nets);
  stages["pair"] = paired.toJson();

  Seconds built;
  auto twinAnalyzer = measure(
      repeat, built, [&] { return TwinAnalyzer::build(*module->twins[0]); });
  if (!twinAnalyzer)
    return twinAnalyzer.takeError();
  analyzer = std::move(*twinAnalyzer);
  stages["analyzer"] = built.toJson();
  notePeak("analyzer");
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// One sample
//===----------------------------------------------------------------------===//

llvm::Expected<Object> PairBench::benchMethod(const SampleRegion &sample,
                                              Method method) {
  const Twin &twin = *module->twins[0];
  Seconds seconds;
  Box delta;
  if (isSound(method)) {
    auto computed = measure(options.repeat, seconds, [&] {
      return analyzer->run(sample.inputs, method);
    });
    if (!computed)
      return computed.takeError();
    delta = computed->getOutputDelta(twin);
    bounds = std::move(*computed);
  } else {
    auto computed = measure(options.repeat, seconds, [&] {
      return computeQebverif(twin, sample.inputs, method);
    });
    if (!computed)
      return computed.takeError();
    delta = std::move(*computed);
  }
  Object object = toJson(delta);
  object["sound"] = isSound(method);
  object["seconds"] = seconds.toJson();
  return object;
}

llvm::Expected<Object> PairBench::benchEncoding(const SampleRegion &sample,
                                                int64_t output) {
  Object object;
  for (Rounding rounding : {Rounding::Relaxed, Rounding::Exact}) {
    EncodeOptions how;
    how.rounding = rounding;
    Seconds seconds;
    auto system = measure(options.repeat, seconds, [&] {
      return encode(*module->twins[0], *bounds, sample.inputs,
                    Goal::largestDelta(output, 1), how);
    });
    if (!system)
      return system.takeError();
    int64_t integers = llvm::count_if(system->variables, [](const Variable &v) {
      return v.kind != VariableKind::Continuous;
    });
    int64_t nonZeros = 0;
    for (const Row &row : system->rows)
      nonZeros += static_cast<int64_t>(row.terms.size());
    object[rounding == Rounding::Exact ? "exact" : "relaxed"] =
        Object{{"seconds", seconds.toJson()},
               {"variables", static_cast<int64_t>(system->variables.size())},
               {"integers", integers},
               {"rows", static_cast<int64_t>(system->rows.size())},
               {"nonzeros", nonZeros}};
  }
  return object;
}

/// The first net's winner at the centre, as float32 arithmetic has it.
static int64_t predict(const Net &net, const SampleRegion &sample) {
  std::vector<Float32Tensor> inputs;
  for (const ExactTensor &tensor : getCentre(sample.inputs)) {
    Float32Tensor &input = inputs.emplace_back();
    for (const Real &value : tensor)
      input.push_back(value.toFloat());
  }
  std::vector<Float32Tensor> values = runFloat32(net, inputs);
  for (auto [op, value] : llvm::zip_equal(net.ops, values))
    if (op.get() == net.outputs[0])
      return std::max_element(value.begin(), value.end()) - value.begin();
  llvm_unreachable("a net's output is one of its ops");
}

/// Differences of outputs that some inputs reach: what no sound interval may
/// exclude. The first point is the region's centre, the others are corners.
Object PairBench::execute(const SampleRegion &sample) {
  Stopwatch watch;
  if (!firstExact) {
    firstExact.emplace(*first);
    secondExact.emplace(*second);
  }
  std::mt19937_64 engine(static_cast<uint64_t>(sample.index));
  std::vector<Real> low, high;
  for (unsigned i = 0; i < options.points; ++i) {
    std::vector<double> wanted;
    for (const InputRegion &region : sample.inputs)
      for (int64_t e = 0; e < region.size(); ++e)
        wanted.push_back(
            (engine() >> 63 ? region.hi[e] : region.lo[e]).toDouble());
    Replay reached = replay(*firstExact, *secondExact,
                            i == 0 ? getCentre(sample.inputs)
                                   : snapToRegion(sample.inputs, wanted));
    for (size_t o = 0; o < reached.first.size(); ++o) {
      Real delta = reached.getDelta(static_cast<int64_t>(o));
      if (i == 0) {
        low.push_back(delta);
        high.push_back(delta);
      }
      low[o] = std::min(low[o], delta);
      high[o] = std::max(high[o], delta);
    }
  }
  // Rounded inward: each end is a bound that the largest difference on its side
  // reaches at least.
  Array witnessed;
  for (auto [lo, hi] : llvm::zip_equal(low, high))
    witnessed.push_back(Array{lo.toDoubleUp(), hi.toDoubleDown()});
  notePeak("execution");
  return Object{{"intervals", std::move(witnessed)},
                {"points", options.points},
                {"seconds", watch.read().toJson()}};
}

llvm::Expected<Object> PairBench::benchSample(const SampleRegion &sample) {
  Object object{{"index", sample.index}};
  int64_t predicted = predict(*first, sample);
  object["predicted"] = predicted;
  bounds.reset();
  Object methods;
  for (Method method : options.methods) {
    auto figures = benchMethod(sample, method);
    if (figures) {
      methods[getName(method)] = std::move(*figures);
      notePeak(getName(method));
      continue;
    }
    llvm::Error other = llvm::handleErrors(
        figures.takeError(), [&](const DiagnosticError &error) -> llvm::Error {
          if (error.get().id != DiagId::MethodUnsupported)
            return llvm::make_error<DiagnosticError>(error.get());
          methods[getName(method)] =
              Object{{"unsupported", error.get().message}};
          return llvm::Error::success();
        });
    if (other)
      return other;
  }
  object["methods"] = std::move(methods);
  if (options.encode && bounds) {
    auto encoding = benchEncoding(sample, predicted);
    if (!encoding)
      return encoding.takeError();
    object["encode"] = std::move(*encoding);
    notePeak("encode");
  }
  if (options.points)
    object["witnessed"] = execute(sample);
  return object;
}

llvm::Expected<Object> PairBench::run() {
  if (llvm::Error error = load())
    return error;
  auto regions = buildRegions(options.region, *first);
  if (!regions)
    return regions.takeError();
  Array samples;
  for (const SampleRegion &sample : *regions) {
    auto figures = benchSample(sample);
    if (!figures)
      return figures.takeError();
    samples.push_back(std::move(*figures));
  }
  return Object{
      {"first", options.firstPath},    {"second", options.secondPath},
      {"repeat", options.repeat},      {"stages", std::move(stages)},
      {"samples", std::move(samples)}, {"peak_kib", std::move(peaks)}};
}

llvm::Expected<Object> benchPair(const PairBenchOptions &options) {
  return PairBench(options).run();
}

} // namespace qev
