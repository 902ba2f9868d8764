//===- QuestionTest.cpp - Regions and claims from command lines -*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Question.h"
#include "IdentityNet.h"
#include "qev/Driver/Regions.h"
#include "qev/Import/Array.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace qev;
using qev::test::makeIdentity;

namespace {

/// A .npy file that is gone after the test.
class NpyFile {
public:
  NpyFile(const Shape &shape, const std::vector<double> &values) {
    EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("qev", "npy", path));
    remover.setFile(path);
    llvm::cantFail(writeNpy(path, {shape, values}, ArrayType::Float64));
  }
  std::string str() const { return path.str().str(); }

private:
  llvm::SmallString<128> path;
  llvm::FileRemover remover;
};

std::string failOf(const RegionOptions &options, const Net &net) {
  auto regions = buildRegions(options, net);
  EXPECT_FALSE(bool(regions));
  return regions ? "" : llvm::toString(regions.takeError());
}

InputRegion regionOf(const RegionOptions &options, const Net &net) {
  auto regions = llvm::cantFail(buildRegions(options, net));
  EXPECT_EQ(regions.size(), 1u);
  return regions[0].inputs[0];
}

TEST(Box, NumbersAreExact) {
  RegionOptions options;
  options.box = {"-0.1:1/3"};
  InputRegion region = regionOf(options, *makeIdentity({1, 2}));
  EXPECT_EQ(region.lo, std::vector<Real>(2, Real::ratio(-1, 10)));
  EXPECT_EQ(region.hi, std::vector<Real>(2, Real::ratio(1, 3)));
  EXPECT_TRUE(region.grids.empty());
}

TEST(Box, FromAFile) {
  NpyFile file({2, 1, 2}, {0, 1, 2, 3});
  RegionOptions options;
  options.box = {file.str()};
  InputRegion region = regionOf(options, *makeIdentity({1, 2}));
  EXPECT_EQ(region.lo, (std::vector<Real>{0, 1}));
  EXPECT_EQ(region.hi, (std::vector<Real>{2, 3}));
}

TEST(Box, WrongOnes) {
  auto net = makeIdentity({1, 2});
  RegionOptions options;
  options.box = {"1:0"};
  EXPECT_EQ(failOf(options, *net),
            "--box: error: the lower end 1 lies above the "
            "upper end 0 [query-region]");
  options.box = {"1"};
  EXPECT_EQ(failOf(options, *net),
            "--box: error: '1' is no range LO:HI [usage]");
  options.box = {"0:x"};
  EXPECT_NE(failOf(options, *net).find("'x' is no number"), std::string::npos);
  options.box = {"0:inf"};
  EXPECT_NE(failOf(options, *net).find("'inf' is no number"),
            std::string::npos);
  NpyFile crossed({2, 2}, {0, 1, 2, 0.5}), small({2, 1}, {0, 1});
  options.box = {crossed.str()};
  EXPECT_NE(failOf(options, *net)
                .find("the lower end 1 lies above the upper end "
                      "0.5 at element 1 [query-region]"),
            std::string::npos);
  options.box = {small.str()};
  EXPECT_NE(failOf(options, *net).find("[input-data]"), std::string::npos);
}

TEST(Region, ExactlyOneIsNeeded) {
  auto net = makeIdentity({1});
  RegionOptions options;
  EXPECT_NE(failOf(options, *net).find("a region is needed"),
            std::string::npos);
  options.box = {"0:1"};
  options.input = {"x.npy"};
  EXPECT_NE(failOf(options, *net).find("give one region"), std::string::npos);
  options.input = {};
  options.radius = {"1"};
  EXPECT_EQ(failOf(options, *net),
            "--radius: error: goes with --input, not with --box [usage]");
}

TEST(Ball, RadiusThenClipThenGrid) {
  NpyFile file({2}, {0.5, 0.0});
  RegionOptions options;
  options.input = {file.str()};
  auto net = makeIdentity({2});
  EXPECT_TRUE(regionOf(options, *net).isPoint());
  options.radius = {"0.3"};
  options.clip = {"0:0.7"};
  InputRegion region = regionOf(options, *net);
  EXPECT_EQ(region.lo, (std::vector<Real>{Real::ratio(1, 5), 0}));
  EXPECT_EQ(region.hi,
            (std::vector<Real>{Real::ratio(7, 10), Real::ratio(3, 10)}));
  options.grid = {"0.25:0.1"};
  region = regionOf(options, *net);
  EXPECT_EQ(region.lo,
            (std::vector<Real>{Real::ratio(7, 20), Real::ratio(1, 10)}));
  EXPECT_EQ(region.hi,
            (std::vector<Real>{Real::ratio(6, 10), Real::ratio(1, 10)}));
  EXPECT_EQ(region.grids[0].step, Real::ratio(1, 4));
}

TEST(Ball, WrongOnes) {
  NpyFile file({2}, {0.5, 0.0});
  auto net = makeIdentity({2});
  RegionOptions options;
  options.input = {file.str()};
  options.radius = {"-1"};
  EXPECT_NE(failOf(options, *net).find("must not be negative"),
            std::string::npos);
  options.radius = {"0.1"};
  options.clip = {"2:3"};
  EXPECT_NE(failOf(options, *net).find("lies outside --clip"),
            std::string::npos);
  options.clip = {};
  options.grid = {"0"};
  EXPECT_NE(failOf(options, *net).find("must be positive"), std::string::npos);
  options.grid = {"5:1"};
  EXPECT_NE(failOf(options, *net).find("no grid point between 0.4 and 0.6"),
            std::string::npos);
  options.grid = {"1,2,3"};
  EXPECT_EQ(failOf(options, *net),
            "--grid: error: 3 values for the 2 channels of input 'x', of type "
            "tensor<2xf32>; give one, or one per channel [usage]");
}

TEST(Points, PerChannel) {
  auto image = makeIdentity({1, 2, 2, 1});
  RegionOptions options;
  options.box = {"0:1"};
  options.grid = {"0.5:0.25,1/3"};
  InputRegion region = regionOf(options, *image);
  using Reals = std::vector<Real>;
  Real quarter = Real::ratio(1, 4), most = Real::ratio(3, 4);
  EXPECT_EQ(region.lo, (Reals{quarter, quarter, 0, 0}));
  EXPECT_EQ(region.hi, (Reals{most, most, 1, 1}));
  EXPECT_EQ(region.getGrid(1)->step, Real::ratio(1, 2));
  EXPECT_EQ(region.getGrid(2)->step, Real::ratio(1, 3));
  options.grid = {};
  NpyFile levels({2, 3}, {0.75, -1, 0.5, 0, 0, 2});
  options.levels = {levels.str()};
  region = regionOf(options, *image);
  EXPECT_EQ(region.lo, (Reals{Real::ratio(1, 2), Real::ratio(1, 2), 0, 0}));
  EXPECT_EQ(region.hi, (Reals{most, most, 0, 0}));
  NpyFile wrong({3, 1}, {0, 0, 0});
  options.levels = {wrong.str()};
  EXPECT_NE(
      failOf(options, *image)
          .find("shape [3, 1] is neither [N], levels for all elements, nor "
                "[2, N], for each channel of input 'x' [input-data]"),
      std::string::npos);
}

TEST(Points, NormalisedInputs) {
  auto image = makeIdentity({1, 2, 2, 1});
  NpyFile file({2, 2, 1}, {0, 255, 0, 255});
  RegionOptions options;
  options.input = {file.str()};
  options.radius = {"3"};
  options.clip = {"0:255"};
  options.grid = {"1"};
  options.mean = {"127.5"};
  options.std = {"2,3"};
  InputRegion region = regionOf(options, *image);
  using Reals = std::vector<Real>;
  EXPECT_EQ(region.lo, (Reals{Real::ratio(-255, 4), Real::ratio(249, 4),
                              Real::ratio(-85, 2), Real::ratio(83, 2)}));
  EXPECT_EQ(region.hi, (Reals{Real::ratio(-249, 4), Real::ratio(255, 4),
                              Real::ratio(-83, 2), Real::ratio(85, 2)}));
  EXPECT_EQ(region.getGrid(3)->step, Real::ratio(1, 3));
  EXPECT_EQ(region.getNearest(3, 100), Real::ratio(85, 2));
  EXPECT_TRUE(region.contains(region.lo) && region.contains(region.hi));
  options.std = {"0"};
  EXPECT_EQ(failOf(options, *image),
            "--std: error: must be positive, got 0 [usage]");
}

TEST(Inputs, BySeveralNames) {
  Net net("n");
  Op *a = net.add(OpKind::Input, "a", TensorType::f32({2}));
  Op *b = net.add(OpKind::Input, "b", TensorType::f32({1}));
  net.outputs = {a, b};
  NpyFile first({3, 2}, {0, 1, 2, 3, 4, 5}), second({3, 1}, {6, 7, 8}),
      few({2, 1}, {6, 7});
  RegionOptions options;
  options.input = {"a=" + first.str(), "b=" + second.str()};
  options.radius = {"1", "b=2"};
  options.sample = "2";
  auto regions = llvm::cantFail(buildRegions(options, net));
  ASSERT_EQ(regions.size(), 1u);
  EXPECT_EQ(regions[0].inputs[0].lo, (std::vector<Real>{3, 4}));
  EXPECT_EQ(regions[0].inputs[1].lo, std::vector<Real>{6});
  options.input = {"a=" + first.str(), "b=" + few.str()};
  EXPECT_NE(failOf(options, net)
                .find("2 samples for input 'b', but 3 for input "
                      "'a' [input-data]"),
            std::string::npos);
  options.input = {"a=" + first.str()};
  options.box = {"b=0:1"};
  options.radius = {"a=1"};
  EXPECT_EQ(llvm::cantFail(buildRegions(options, net))[0].inputs[1].hi[0],
            Real(1));
  options.box = {};
  EXPECT_NE(failOf(options, net).find("a region is needed for input 'b'"),
            std::string::npos);
  options.box = {"c=0:1"};
  EXPECT_EQ(failOf(options, net),
            "--box: error: the model has no input 'c', it "
            "has 'a', 'b' [usage]");
  options.box = {"b=0:1", "b=0:2"};
  EXPECT_EQ(failOf(options, net),
            "--box: error: is given twice for input 'b' [usage]");
}

TEST(Samples, KeepTheOrderAskedFor) {
  NpyFile file({4, 1}, {10, 11, 12, 13});
  RegionOptions options;
  options.input = {file.str()};
  auto net = makeIdentity({1});
  EXPECT_EQ(llvm::cantFail(buildRegions(options, *net)).size(), 4u);
  options.sample = "3,0-1, 2";
  auto regions = llvm::cantFail(buildRegions(options, *net));
  ASSERT_EQ(regions.size(), 4u);
  EXPECT_EQ(regions[0].index, 3);
  EXPECT_EQ(regions[0].inputs[0].lo[0], Real(13));
  EXPECT_EQ(regions[1].index, 0);
  EXPECT_EQ(regions[3].index, 2);
  for (const char *wrong : {"4", "-1", "2-1", "a", "1-", "", ","}) {
    options.sample = wrong;
    if (*wrong) {
      EXPECT_NE(failOf(options, *net).find("--sample"), std::string::npos)
          << wrong;
    }
  }
}

TEST(Samples, AreLookedAtInTheirTurn) {
  NpyFile file({4, 1}, {0, 5, 1, NAN});
  RegionOptions options;
  options.input = {file.str()};
  options.clip = {"0:1"};
  options.sample = "0-2";
  auto net = makeIdentity({1});
  Regions regions = llvm::cantFail(Regions::open(options, *net));
  EXPECT_EQ(regions.count(), 3u);
  EXPECT_EQ(llvm::cantFail(regions.build(2)).inputs[0].lo[0], Real(1));
  EXPECT_EQ(llvm::toString(regions.build(1).takeError()),
            file.str() + ": error: sample 1 element 0, 5, lies outside --clip "
                         "0:1 by more than the radius [query-region]");
  EXPECT_EQ(llvm::cantFail(regions.build(0)).inputs[0].lo[0], Real(0));
  // Those that are asked for are numbers, before any has its turn.
  for (const char *sample : {"3", "0,2-3", ""}) {
    options.sample = sample;
    auto refused = Regions::open(options, *net);
    ASSERT_FALSE(bool(refused)) << sample;
    EXPECT_EQ(llvm::toString(refused.takeError()),
              file.str() + ": error: element 3 is nan, wanted a finite number "
                           "[input-data]");
  }
}

TEST(Samples, OfAFolderAreCountedThrough) {
  llvm::SmallString<128> folder;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("qev-samples", folder));
  auto write = [&](const char *name, const Shape &shape,
                   const std::vector<double> &values) {
    llvm::cantFail(writeNpy((folder + "/" + name).str(), {shape, values},
                            ArrayType::Float32));
  };
  write("a.npy", {2, 1}, {10, 11});
  write("b.npy", {0, 1}, {});
  write("c.npy", {1}, {12});
  write("d.npy", {3, 1}, {13, 14, NAN});
  write("e.npy", {0, 1}, {});
  RegionOptions options;
  options.input = {folder.str().str()};
  options.sample = "3-4,0-2,1";
  auto net = makeIdentity({1});
  Regions regions = llvm::cantFail(Regions::open(options, *net));
  std::vector<Real> seen;
  for (size_t i = 0; i < regions.count(); ++i)
    seen.push_back(llvm::cantFail(regions.build(i)).inputs[0].lo[0]);
  EXPECT_EQ(seen, (std::vector<Real>{13, 14, 10, 11, 12, 11}));
  options.sample = "0,2-5";
  EXPECT_NE(failOf(options, *net).find("d.npy: error: element 2 is nan"),
            std::string::npos);
  options.sample = "6";
  EXPECT_NE(failOf(options, *net).find("'6' is outside 0-5"),
            std::string::npos);
  (void)llvm::sys::fs::remove_directories(folder);
}

TEST(Samples, ShapesOfFiles) {
  auto one = makeIdentity({1, 2}), plain = makeIdentity({2});
  NpyFile single({2}, {1, 2}), batch({3, 2}, {1, 2, 3, 4, 5, 6}),
      deep({3, 1, 2}, {1, 2, 3, 4, 5, 6}), wrong({3}, {1, 2, 3}),
      none({0, 2}, {});
  auto count = [&](const NpyFile &file, const Net &net) {
    RegionOptions options;
    options.input = {file.str()};
    return llvm::cantFail(buildRegions(options, net)).size();
  };
  EXPECT_EQ(count(single, *one), 1u);
  EXPECT_EQ(count(single, *plain), 1u);
  EXPECT_EQ(count(batch, *one), 3u);
  EXPECT_EQ(count(batch, *plain), 3u);
  EXPECT_EQ(count(deep, *one), 3u);
  RegionOptions options;
  options.input = {wrong.str()};
  EXPECT_NE(failOf(options, *one)
                .find("shape [3] is neither one input of shape "
                      "[1, 2] nor a batch of them [input-data]"),
            std::string::npos);
  options.input = {none.str()};
  EXPECT_NE(failOf(options, *one).find("holds no sample [input-data]"),
            std::string::npos);
}

//===----------------------------------------------------------------------===//
// Claims
//===----------------------------------------------------------------------===//

llvm::Expected<Claim> ask(const QuestionOptions &options, const Net &second,
                          const Box &firstRange) {
  auto outputs = chooseOutputs(options, firstRange.size(), 1);
  if (!outputs)
    return outputs.takeError();
  return buildClaim(options, *outputs, second, firstRange);
}

std::string failOf(const QuestionOptions &options, const Net &second,
                   const Box &firstRange = Box(2, Interval(-1, 3))) {
  auto claim = ask(options, second, firstRange);
  EXPECT_FALSE(bool(claim));
  return claim ? "" : llvm::toString(claim.takeError());
}

std::vector<std::optional<Real>>
epsilonOf(const char *epsilon, const char *outputs, const Net &second,
          const Box &firstRange = Box(2, Interval(-1, 3))) {
  QuestionOptions options;
  options.epsilon = epsilon;
  options.outputs = outputs;
  return std::get<DeltaClaim>(llvm::cantFail(ask(options, second, firstRange)))
      .epsilon;
}

TEST(Epsilon, Forms) {
  auto net = makeIdentity({2}, 0.5f);
  using Epsilons = std::vector<std::optional<Real>>;
  EXPECT_EQ(epsilonOf("0.05", "", *net),
            (Epsilons{Real::ratio(1, 20), Real::ratio(1, 20)}));
  EXPECT_EQ(epsilonOf("1,2", "", *net), (Epsilons{1, 2}));
  EXPECT_EQ(epsilonOf("1,2", "1", *net), (Epsilons{std::nullopt, 2}));
  EXPECT_EQ(epsilonOf("2lsb", "predicted", *net), (Epsilons{std::nullopt, 1}));
  // Of the width of the hull of all outputs' ranges.
  EXPECT_EQ(epsilonOf("1%", "0", *net, {Interval(-1, 0), Interval(0, 3)}),
            (Epsilons{Real::ratio(1, 25), std::nullopt}));
  EXPECT_EQ(epsilonOf("1lsb,0.5", "", *net),
            (Epsilons{Real::ratio(1, 2), Real::ratio(1, 2)}));
}

TEST(Epsilon, WrongOnes) {
  auto net = makeIdentity({2});
  QuestionOptions options;
  options.epsilon = "-1";
  EXPECT_EQ(failOf(options, *net),
            "--epsilon: error: must not be negative, got -1 [usage]");
  options.epsilon = "1,2,3";
  EXPECT_EQ(failOf(options, *net), "--epsilon: error: 3 numbers for 2 outputs; "
                                   "give one, or one per output [usage]");
  options.epsilon = "2lsb";
  EXPECT_EQ(failOf(options, *net),
            "--epsilon: error: 'lsb' needs an output quantizer, and the output "
            "of @n has none; give a number, one per output, or a percentage "
            "[usage]");
  options.epsilon = "lsb";
  EXPECT_NE(failOf(options, *net).find("a number is missing"),
            std::string::npos);
  options.epsilon = "1e400";
  EXPECT_NE(failOf(options, *net).find("beyond the largest double"),
            std::string::npos);
  options.epsilon = "nan";
  EXPECT_NE(failOf(options, *net).find("'nan' is no number"),
            std::string::npos);
  options.epsilon = "1%";
  EXPECT_NE(
      failOf(options, *net, Box(2, Interval::everything())).find("not bounded"),
      std::string::npos);
  options.topOne = true;
  EXPECT_NE(failOf(options, *net).find("one question at a time"),
            std::string::npos);
}

TEST(TopOneOptions, MarginImpliesTheQuestion) {
  auto net = makeIdentity({2});
  QuestionOptions options;
  options.topOneMargin = "0.1";
  auto claim = llvm::cantFail(ask(options, *net, Box(2, Interval(0))));
  EXPECT_EQ(std::get<TopOneClaim>(claim).margin, Real::ratio(1, 10));
  options.topOneMargin = "-0.1";
  EXPECT_NE(failOf(options, *net).find("must not be negative"),
            std::string::npos);
}

TEST(Outputs, Choices) {
  QuestionOptions options;
  auto choose = [&](const char *text) {
    options.outputs = text;
    return llvm::cantFail(chooseOutputs(options, 4, 2));
  };
  EXPECT_EQ(choose(""), (std::vector<int64_t>{0, 1, 2, 3}));
  EXPECT_EQ(choose("all"), (std::vector<int64_t>{0, 1, 2, 3}));
  EXPECT_EQ(choose("predicted"), (std::vector<int64_t>{2}));
  EXPECT_EQ(choose("3,1,1-2"), (std::vector<int64_t>{1, 2, 3}));
  options.outputs = "4";
  EXPECT_NE(failOf(options, *makeIdentity({2})).find("'4' is outside 0-1"),
            std::string::npos);
}

} // namespace
