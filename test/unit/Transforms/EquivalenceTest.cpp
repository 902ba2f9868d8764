//===- EquivalenceTest.cpp - Passes keep what nets compute -*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each pass runs on random nets; the exact interpreter computes the outputs of
// the net before and after on random inputs, many of them ties of quantizers
// and corners of regions.
//
//===----------------------------------------------------------------------===//

#include "../Common/RandomNet.h"
#include "qev/IR/Printer.h"
#include "qev/Pass/PassManager.h"
#include "qev/Transforms/Passes.h"
#include "gtest/gtest.h"

using namespace qev;

static std::string toString(const Net &net) {
  std::string text;
  llvm::raw_string_ostream os(text);
  print(net, os);
  return text;
}

static ExactTensor runOutputs(const Net &net, const ExactTensor &input) {
  return getOutputs(net, runExact(net, {input}));
}

/// A module with this net alone.
static Module wrap(std::unique_ptr<Net> net) {
  Module module;
  module.name = "m";
  module.nets.push_back(std::move(net));
  return module;
}

/// Runs the pipeline, which must succeed and leave well-formed IR, and returns
/// how often each statistic was counted up.
static std::map<std::string, uint64_t> runPasses(Module &module,
                                                 llvm::StringRef pipeline) {
  PassRegistry registry = makePassRegistry();
  PassManager manager(registry);
  EXPECT_FALSE(llvm::errorToBool(manager.addPipeline(pipeline)));
  DiagnosticEngine diagnostics;
  EXPECT_EQ(manager.run(module, diagnostics), PassResult::Success);
  for (const Diagnostic &diagnostic : diagnostics.all())
    ADD_FAILURE() << diagnostic.str();
  std::map<std::string, uint64_t> counts;
  for (const auto &pass : manager.getPasses())
    for (const Statistic *statistic : pass->getStatistics())
      counts[(pass->getName() + " " + statistic->name).str()] +=
          statistic->get();
  return counts;
}

namespace {

/// Rewrites that were never tried would make a test that cannot fail.
class Rewrites {
public:
  void add(const std::map<std::string, uint64_t> &counts) {
    for (const auto &[name, count] : counts)
      totals[name] += count;
  }
  ~Rewrites() {
    for (const auto &[name, count] : totals)
      EXPECT_GT(count, 0u) << name << " was never tested";
  }

private:
  std::map<std::string, uint64_t> totals;
};

} // namespace

static void checkExact(llvm::StringRef pipeline, bool dyadic) {
  Rewrites rewrites;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    RandomNetOptions options;
    options.redundant = true;
    options.dyadic = dyadic;
    RandomNets random(seed, options);
    Module module = wrap(seed % 4 ? random.makeQuantizedNet("net")
                                  : random.makeFloatNet("net"));
    std::unique_ptr<Net> before = module.nets[0]->clone();
    rewrites.add(runPasses(module, pipeline));
    const Net &after = *module.nets[0];
    for (int i = 0; i < 12; ++i) {
      ExactTensor input = random.makeInput(*before);
      ASSERT_EQ(runOutputs(*before, input), runOutputs(after, input))
          << "seed " << seed << "\nbefore: " << toString(*before)
          << "after: " << toString(after);
    }
  }
}

TEST(Equivalence, EveryExactPass) {
  for (const PassInfo &info : makePassRegistry().passes) {
    if (info.effect != Effect::Exact)
      continue;
    SCOPED_TRACE(info.name.str());
    for (bool dyadic : {false, true})
      checkExact(info.name, dyadic);
  }
}

TEST(Equivalence, Normalize) {
  for (bool dyadic : {false, true})
    checkExact("normalize", dyadic);
}

/// A float32 runtime sees no difference, whatever the constants.
TEST(Equivalence, FoldConstantsKeepsTheLiteralGraph) {
  Rewrites rewrites;
  for (uint64_t seed = 0; seed < 400; ++seed) {
    RandomNetOptions options;
    options.redundant = true;
    RandomNets random(seed, options);
    Module module = wrap(random.makeQuantizedNet("net"));
    std::unique_ptr<Net> before = module.nets[0]->clone();
    rewrites.add(runPasses(module, "fold-constants"));
    const Net &after = *module.nets[0];
    for (int i = 0; i < 8; ++i) {
      Float32Tensor input;
      for (const Real &x : random.makeInput(*before))
        input.push_back(x.toFloat());
      auto find = [&](const Net &net) {
        auto values = runFloat32(net, {input});
        for (auto [op, value] : llvm::zip(net.ops, values))
          if (op.get() == net.outputs[0])
            return value;
        return Float32Tensor();
      };
      ASSERT_EQ(find(*before), find(after))
          << "seed " << seed << "\n"
          << toString(*before) << toString(after);
    }
  }
}

TEST(Equivalence, PruneStableOnTheRegion) {
  for (const char *pipeline :
       {"prune-stable{method=interval}", "prune-stable{method=symbolic}",
        "prune-stable{method=best}", "prune-stable,fold-constants"}) {
    SCOPED_TRACE(pipeline);
    Rewrites rewrites;
    RandomNetOptions options;
    options.redundant = llvm::StringRef(pipeline).contains(',');
    for (uint64_t seed = 0; seed < 200; ++seed) {
      RandomNets random(seed, options);
      std::unique_ptr<Module> module = random.makePairModule();
      const InputRegion &region = module->queries[0]->inputs[0];
      std::unique_ptr<Net> before[] = {module->nets[0]->clone(),
                                       module->nets[1]->clone()};
      rewrites.add(runPasses(*module, pipeline));
      for (int i = 0; i < 10; ++i) {
        ExactTensor input = random.makePoint(*before[1], region);
        ASSERT_TRUE(region.contains(input)) << "seed " << seed;
        for (int net : {0, 1})
          ASSERT_EQ(runOutputs(*before[net], input),
                    runOutputs(*module->nets[net], input))
              << "seed " << seed << "\n"
              << toString(*before[net]) << toString(*module->nets[net]);
      }
    }
  }
}

//===----------------------------------------------------------------------===//
// Facts
//===----------------------------------------------------------------------===//

/// Where a value of the net leaves its bounds, or nothing.
static std::string findOutside(const Net &net,
                               llvm::ArrayRef<ExactTensor> values) {
  for (auto [op, value] : llvm::zip_equal(net.ops, values)) {
    if (!op->bounds)
      continue;
    for (auto [range, x] : llvm::zip_equal(*op->bounds, value))
      if (!range.contains(x))
        return "%" + op->name + ": " + printReal(x) + " not in " +
               printInterval(range);
  }
  return "";
}

static ExactTensor getReals(const Net &net, llvm::ArrayRef<ExactTensor> values,
                            const Op *op) {
  for (auto [each, value] : llvm::zip_equal(net.ops, values))
    if (each.get() == op)
      return toReals(*op, value);
  return {};
}

TEST(Facts, AnnotatedBoundsHold) {
  for (const char *method : {"interval", "symbolic", "best"}) {
    SCOPED_TRACE(method);
    for (uint64_t seed = 0; seed < 200; ++seed) {
      RandomNets random(seed);
      std::unique_ptr<Module> module = random.makePairModule();
      auto counts = runPasses(
          *module,
          std::string("align-twins,annotate-bounds{method=") + method + "}");
      ASSERT_EQ(module->twins.size(), 1u);
      const Twin &twin = *module->twins[0];
      ASSERT_EQ(counts["annotate-bounds pairs"], twin.pairs.size());
      for (int i = 0; i < 8; ++i) {
        ExactTensor input =
            random.makePoint(*twin.second, twin.query->inputs[0]);
        auto first = runExact(*twin.first, {input});
        auto second = runExact(*twin.second, {input});
        ASSERT_EQ(findOutside(*twin.first, first), "") << "seed " << seed;
        ASSERT_EQ(findOutside(*twin.second, second), "") << "seed " << seed;
        for (const Pair &pair : twin.pairs) {
          ExactTensor x = getReals(*twin.first, first, pair.first);
          ExactTensor y = getReals(*twin.second, second, pair.second);
          for (auto [a, b, delta] : llvm::zip_equal(x, y, *pair.delta))
            ASSERT_TRUE(delta.contains(b - a))
                << "seed " << seed << ": %" << pair.first->name << " ~ %"
                << pair.second->name << ": " << printReal(b - a) << " not in "
                << printInterval(delta) << "\n"
                << toString(*twin.first) << toString(*twin.second);
        }
      }
    }
  }
}

TEST(Facts, DropWhenANetChanges) {
  RandomNets random(1);
  std::unique_ptr<Module> module = random.makePairModule();
  runPasses(*module, "align-twins,annotate-bounds");
  ASSERT_EQ(module->twins.size(), 1u);
  dropFacts(*module, *module->nets[1]);
  EXPECT_TRUE(module->twins.empty());
  EXPECT_TRUE(module->nets[0]->ops.back()->bounds);
  EXPECT_FALSE(module->nets[1]->ops.back()->bounds);
}

TEST(Facts, NormalizeTwiceChangesNothing) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    RandomNetOptions options;
    options.redundant = true;
    RandomNets random(seed, options);
    Module module = wrap(random.makeQuantizedNet("net"));
    runPasses(module, "normalize,normalize");
    std::string text = toString(*module.nets[0]);
    runPasses(module, "normalize");
    ASSERT_EQ(text, toString(*module.nets[0])) << "seed " << seed;
  }
}
