//===- AttackTest.cpp - Fast evaluation, gradients and attacks --*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Search/Attack.h"
#include "../Common/RandomNet.h"
#include "gtest/gtest.h"

using namespace qev;

namespace {

/// A random pair with what a fast evaluation of it needs.
struct Fixture {
  explicit Fixture(uint64_t seed, RandomNetOptions options = {})
      : random(seed, options), pair(random.makePair()),
        firstMaps(llvm::cantFail(LinearMaps::build(*pair.first))),
        secondMaps(llvm::cantFail(LinearMaps::build(*pair.second))),
        region{random.makeRegion(*pair.first->getInputs()[0])} {}

  Attack makeAttack() {
    return {FastNet(*pair.first, firstMaps), FastNet(*pair.second, secondMaps),
            region};
  }
  AttackGoal largestDelta(int64_t output) {
    int64_t size = pair.first->outputs[0]->type.getNumElements();
    AttackGoal goal{Vector::Zero(size), Vector::Zero(size)};
    goal.first[output] = -1;
    goal.second[output] = 1;
    return goal;
  }

  RandomNets random;
  RandomPair pair;
  LinearMaps firstMaps, secondMaps;
  std::vector<InputRegion> region;
};

Vector toVector(const ExactTensor &tensor) {
  Vector result(static_cast<int64_t>(tensor.size()));
  for (auto [i, value] : llvm::enumerate(tensor))
    result[static_cast<int64_t>(i)] = value.toDouble();
  return result;
}

TEST(FastNet, AgreesWithExactArithmeticOnDyadicNets) {
  // Few bits everywhere: doubles compute exactly, ties included.
  RandomNetOptions options;
  options.dyadic = true;
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Fixture fixture(seed, options);
    ExactTensor x = fixture.random.makeInput(*fixture.pair.second);
    if (!llvm::all_of(x, [](const Real &value) { return value.isFloat(); }))
      continue;
    for (auto [net, maps] : {std::pair(&fixture.pair.first, &fixture.firstMaps),
                             {&fixture.pair.second, &fixture.secondMaps}}) {
      Vector fast = FastNet(**net, *maps).run(toVector(x));
      Vector exact = toVector(getOutputs(**net, runExact(**net, {x})));
      EXPECT_TRUE(fast.isApprox(exact, 1e-12) || (fast - exact).norm() < 1e-12)
          << seed;
    }
  }
}

TEST(FastNet, GradientsAreSlopes) {
  unsigned checked = 0;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Fixture fixture(seed);
    const Net &net = *fixture.pair.first;
    FastNet fast(net, fixture.firstMaps);
    Vector x = toVector(fixture.random.makeInput(net));
    int64_t size = net.outputs[0]->type.getNumElements();
    Vector weights = Vector::LinSpaced(size, 1, 2);
    fast.run(x);
    Vector slope = fast.gradient(weights);
    ASSERT_EQ(slope.size(), x.size());
    for (int64_t i = 0; i < x.size(); ++i) {
      constexpr double h = 1e-6;
      Vector above = x, below = x;
      above[i] += h;
      below[i] -= h;
      double right = weights.dot(fast.run(above)) - weights.dot(fast.run(x));
      double left = weights.dot(fast.run(x)) - weights.dot(fast.run(below));
      if (std::fabs(right - left) > 1e-9)
        continue; // a bend lies in between
      EXPECT_NEAR(slope[i], right / h, 1e-3 * (1 + std::fabs(slope[i])))
          << seed;
      ++checked;
    }
  }
  EXPECT_GT(checked, 100u);
}

TEST(Attack, StaysInsideTheRegion) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    Fixture fixture(seed);
    Attack attack = fixture.makeAttack();
    EXPECT_TRUE(contains(fixture.region, getCentre(fixture.region))) << seed;
    EXPECT_TRUE(
        contains(fixture.region, attack.run(fixture.largestDelta(0), 3, seed)))
        << seed;
  }
}

TEST(Attack, TheSameSeedGivesTheSamePoint) {
  for (uint64_t seed = 0; seed < 20; ++seed) {
    Fixture fixture(seed);
    Attack one = fixture.makeAttack(), other = fixture.makeAttack();
    AttackGoal goal = fixture.largestDelta(0);
    InputPoint point = one.run(goal, 3, seed);
    EXPECT_EQ(point, other.run(goal, 3, seed));
    EXPECT_EQ(point, one.run(goal, 3, seed)) << "no memory of earlier runs";
  }
}

TEST(Attack, EndsEarly) {
  unsigned differ = 0;
  for (uint64_t seed = 0; seed < 40; ++seed) {
    Fixture fixture(seed);
    Attack attack = fixture.makeAttack();
    AttackGoal goal = fixture.largestDelta(0);
    unsigned asked = 0;
    auto stop = [&] { return ++asked > 0; };
    // Nothing is tried but where it begins.
    EXPECT_EQ(attack.run(goal, 1000, seed, stop), getCentre(fixture.region));
    EXPECT_LE(asked, 2u);
    differ += attack.run(goal, 3, seed) != getCentre(fixture.region);
  }
  EXPECT_GT(differ, 10u);
}

TEST(Attack, FindsMoreThanTheCentre) {
  unsigned better = 0;
  for (uint64_t seed = 0; seed < 100; ++seed) {
    Fixture fixture(seed);
    ExactNet first(*fixture.pair.first), second(*fixture.pair.second);
    Attack attack = fixture.makeAttack();
    Real centre = replay(first, second, getCentre(fixture.region)).getDelta(0);
    Real found =
        replay(first, second, attack.run(fixture.largestDelta(0), 3, seed))
            .getDelta(0);
    better += found > centre;
    // Doubles may misjudge a tie of a quantizer, but not by much.
    EXPECT_GE(found.toDouble(), centre.toDouble() - 1e-3) << seed;
  }
  EXPECT_GT(better, 30u);
}

} // namespace
