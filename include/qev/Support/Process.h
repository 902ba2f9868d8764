//===- Process.h - What a program finds when it starts ----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_SUPPORT_PROCESS_H
#define QEV_SUPPORT_PROCESS_H

namespace qev {

/// To be called first in main, after LLVM's own initialisation. Opens /dev/null
/// for each standard stream that the caller has closed: the next file that is
/// opened would get its number, and what is printed would land in it. A file
/// that grows beyond what the caller allows is an error where it is written, no
/// signal. LLVM asks nobody to report crashes to its own project.
void prepareProcess();

} // namespace qev

#endif // QEV_SUPPORT_PROCESS_H
