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

/// QEV_LONG_TESTS=N in the environment makes random tests N times as long.
inline uint64_t getLongFactor() {
  const char *text = std::getenv("QEV_LONG_TESTS");
  return text ? std::max<uint64_t>(std::strtoull(text, nullptr, 10), 1) : 1;
}

} // namespace qev::test

#endif // QEV_TEST_UNIT_COMMON_LONGTESTS_H
