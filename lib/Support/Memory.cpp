//===- Memory.cpp - What freed memory is kept for ---------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/Memory.h"
#include <cstdlib> // defines __GLIBC__

#ifdef __GLIBC__
#include <malloc.h>
#endif

namespace qev {

void keepFreedMemory() {
#ifdef __GLIBC__
  // Blocks below 32 MiB, the most there may be, come from the heap; up to 256
  // MiB that are free at its end stay there.
  mallopt(M_MMAP_THRESHOLD, 32 << 20);
  mallopt(M_TRIM_THRESHOLD, 256 << 20);
#endif
}

} // namespace qev
