//===- InOrderTest.cpp - Work side by side, results in order ----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "InOrder.h"
#include "gtest/gtest.h"
#include <atomic>
#include <numeric>
#include <thread>

using namespace qev;

namespace {

/// What was given by a run over `count` items, and its error.
struct Outcome {
  std::vector<size_t> given;
  std::string error;
};

template <typename Work, typename Give>
Outcome run(
    size_t count, InOrderOptions options, Work work, Give give,
    llvm::function_ref<bool()> isStopped = [] { return false; }) {
  Outcome outcome;
  outcome.error = llvm::toString(runInOrder<size_t>(
      count, options, isStopped, work, [&](size_t item) -> llvm::Error {
        outcome.given.push_back(item);
        return give(item);
      }));
  return outcome;
}

llvm::Error noError(size_t) { return llvm::Error::success(); }

std::vector<size_t> countTo(size_t end) {
  std::vector<size_t> numbers(end);
  std::iota(numbers.begin(), numbers.end(), size_t(0));
  return numbers;
}

class InOrder : public testing::TestWithParam<unsigned> {
protected:
  InOrderOptions options{GetParam(), 8};
};

TEST_P(InOrder, GivesAll) {
  auto work = [](size_t item) -> llvm::Expected<size_t> {
    std::this_thread::sleep_for(std::chrono::microseconds(item * 7919 % 100));
    return item;
  };
  EXPECT_EQ(run(500, options, work, noError).given, countTo(500));
  EXPECT_TRUE(run(0, options, work, noError).given.empty());
  options.window = 1; // one at a time, whatever the threads
  EXPECT_EQ(run(50, options, work, noError).given, countTo(50));
}

TEST_P(InOrder, NobodyRunsFarAhead) {
  // The first item waits until the others have run as far as they may.
  std::atomic<size_t> begun{0};
  size_t most = GetParam() == 1 ? 1 : options.window;
  auto work = [&](size_t item) -> llvm::Expected<size_t> {
    ++begun;
    while (item == 0 && begun < most)
      std::this_thread::yield();
    if (item == 0) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
      EXPECT_EQ(begun, most);
    }
    return item;
  };
  EXPECT_EQ(run(100, options, work, noError).given, countTo(100));
}

TEST_P(InOrder, AnErrorTakesItsTurn) {
  auto work = [](size_t item) -> llvm::Expected<size_t> {
    if (item == 3) // is done last, if there are threads enough
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    if (item == 5 || item == 7)
      return llvm::createStringError("item " + std::to_string(item));
    return item;
  };
  Outcome outcome = run(1000, options, work, noError);
  EXPECT_EQ(outcome.given, countTo(5));
  EXPECT_EQ(outcome.error, "item 5");
}

TEST_P(InOrder, AnErrorOfGivingEnds) {
  auto work = [](size_t item) -> llvm::Expected<size_t> { return item; };
  Outcome outcome = run(1000, options, work, [](size_t item) -> llvm::Error {
    if (item == 9)
      return llvm::createStringError("disk full");
    return llvm::Error::success();
  });
  EXPECT_EQ(outcome.given, countTo(10));
  EXPECT_EQ(outcome.error, "disk full");
}

TEST_P(InOrder, StoppedNothingBeginsButTheFirst) {
  std::atomic<bool> stopped{true};
  auto work = [](size_t item) -> llvm::Expected<size_t> { return item; };
  auto isStopped = [&] { return stopped.load(); };
  EXPECT_EQ(run(1000, options, work, noError, isStopped).given, countTo(1));
  stopped = false;
  auto stopAt = [&](size_t item) -> llvm::Expected<size_t> {
    stopped = stopped || item == 20;
    return item;
  };
  Outcome outcome = run(1000, options, stopAt, noError, isStopped);
  EXPECT_EQ(outcome.given, countTo(outcome.given.size())); // all that began
  EXPECT_GE(outcome.given.size(), 21u);
  EXPECT_LE(outcome.given.size(), 20 + options.window);
}

INSTANTIATE_TEST_SUITE_P(Threads, InOrder, testing::Values(1, 2, 5));

} // namespace
