//===- Memory.cpp - What a program does with memory -------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/Memory.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include <cstdio>
#include <cstdlib> // defines __GLIBC__
#include <exception>
#include <gmp.h>
#include <new>
#include <sys/resource.h>
#include <unistd.h>

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

static const char *programName = "";

/// Allocates nothing.
[[noreturn]] static void endWithoutMemory() {
  constexpr int inputError = 2;
  rusage used = {};
  ::getrusage(RUSAGE_SELF, &used);
  llvm::StringRef id = getDiagName(DiagId::OutOfMemory);
  char message[200];
  int length = std::snprintf(
      message, sizeof message,
      "%.100s: error: more memory is needed than the %ld MiB in use [%.*s]\n",
      programName, used.ru_maxrss >> 10, // of KiB
      static_cast<int>(id.size()), id.data());
  (void)!::write(STDERR_FILENO, message, static_cast<size_t>(length));
  ::_exit(inputError);
}

/// What malloc or realloc gives; where that is nothing, new's handler decides.
static void *orAsk(llvm::function_ref<void *()> allocate) {
  for (;;) {
    if (void *memory = allocate())
      return memory;
    std::new_handler handler = std::get_new_handler();
    if (!handler)
      throw std::bad_alloc();
    handler();
  }
}

/// Eigen throws without asking new's handler.
static void endWithUncaught() {
  try {
    if (std::exception_ptr uncaught = std::current_exception())
      std::rethrow_exception(uncaught);
  } catch (const std::bad_alloc &) {
    endWithoutMemory();
  } catch (...) {
    std::abort();
  }
  std::abort();
}

void endWhenMemoryRunsOut(const char *program) {
  programName = program;
  std::set_new_handler(endWithoutMemory);
  std::set_terminate(endWithUncaught);
  llvm::install_bad_alloc_error_handler(
      [](void *, const char *, bool) { endWithoutMemory(); });
  // GMP would abort.
  mp_set_memory_functions(
      [](size_t size) { return orAsk([&] { return std::malloc(size); }); },
      [](void *old, size_t, size_t size) {
        return orAsk([&] { return std::realloc(old, size); });
      },
      [](void *memory, size_t) { std::free(memory); });
}

void throwWhenMemoryRunsOut() { std::set_new_handler(nullptr); }

} // namespace qev
