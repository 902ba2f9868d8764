//===- LongTests.h - Random tests that may run longer -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TEST_UNIT_COMMON_LONGTESTS_H
#define QEV_TEST_UNIT_COMMON_LONGTESTS_H

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace qev::test {

/// How many cases a random test has where it has `count` otherwise:
/// QEV_LONG_TESTS=N in the environment makes it N times as long, sanitizers,
/// under which everything takes several times as long, a tenth.
inline uint64_t scaleLength(uint64_t count) {
#if defined(__SANITIZE_ADDRESS__)
  count = (count + 9) / 10;
#endif
  const char *text = std::getenv("QEV_LONG_TESTS");
  return count *
         (text ? std::max<uint64_t>(std::strtoull(text, nullptr, 10), 1) : 1);
}

} // namespace qev::test

#endif // QEV_TEST_UNIT_COMMON_LONGTESTS_H
