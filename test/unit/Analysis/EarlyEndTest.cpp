//===- EarlyEnd.cpp - Bounds that were ended early ----------------*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CheckTwin.h"
#include "RandomTwin.h"
#include "qev/Analysis/TwinAnalyzer.h"
#include "gtest/gtest.h"

using namespace qev;
using namespace qev::test;

namespace {

/// Says yes from a certain time on it is asked, as a clock would.
class FakeClock {
public:
  explicit FakeClock(unsigned patience) : patience(patience) {}
  StopCheck getCheck() {
    return [this] { return ++asked > patience; };
  }
  unsigned asked = 0;

private:
  unsigned patience;
};

/// Whenever the end comes, what is said holds, and it comes without delay.
TEST(EarlyEnd, HoldsAtAnyTime) {
  RandomTwinOptions options;
  options.maxWidth = 6;
  unsigned ends = 0, twins = 0;
  for (uint64_t seed = 700000; seed < 700040; ++seed) {
    SCOPED_TRACE(seed);
    TwinMaker maker(seed, options);
    RandomTwin nets = maker.make();
    auto analyzed = tryAnalyze(nets);
    if (!analyzed)
      continue;
    ++twins;
    Executions executions(*analyzed->twin);
    for (unsigned i = 0; i < 20; ++i)
      executions.run(maker.makeInput(nets));
    for (Method method : getSoundMethods()) {
      TwinBounds plain =
          llvm::cantFail(analyzed->analyzer.run(nets.regions, method));
      for (unsigned patience = 0;; patience += 1 + patience / 4) {
        FakeClock clock(patience);
        TwinBounds bounds = llvm::cantFail(analyzed->analyzer.run(
            nets.regions, method,
            {.planes = true, .attributions = true, .stop = clock.getCheck()}));
        if (auto violation = executions.findViolation(bounds))
          ADD_FAILURE() << getName(method).str() << " after " << patience
                        << ": " << *violation;
        EXPECT_EQ(bounds.isCutShort, clock.asked > patience);
        if (!bounds.isCutShort) {
          EXPECT_EQ(bounds.delta, plain.delta);
          break;
        }
        ++ends;
        // Each pair and op asks a few times more on the way out.
        EXPECT_LE(clock.asked,
                  patience + 4 +
                      4 * (analyzed->twin->pairs.size() +
                           nets.first->ops.size() + nets.second->ops.size()));
      }
    }
    ASSERT_FALSE(HasFailure());
  }
  EXPECT_GT(twins, 30u);
  EXPECT_GT(ends, 20 * twins);
}

} // namespace
