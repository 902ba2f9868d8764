//===- Memory.h - What a program does with memory ---------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SUPPORT_MEMORY_H
#define QEV_SUPPORT_MEMORY_H

namespace qev {

/// Lets the allocator keep what is freed, for all of this process; to be called
/// by a program when it starts. Bounds allocate and free matrices of the same
/// few sizes over and over. Giving them back to the system each time, and
/// having them cleared when they come again, takes a third of the time on
/// layers of 100 neurons. Does nothing where the allocator is not glibc's.
void keepFreedMemory();

/// Has a program say that memory ran out, and end with the status of an input
/// error, wherever that happens: an input was too large. To be called when it
/// starts, with its name, which must stay.
void endWhenMemoryRunsOut(const char *program);

/// Takes that back in a child process, whose failure its parent reports.
void throwWhenMemoryRunsOut();

} // namespace qev

#endif // QEV_SUPPORT_MEMORY_H
