//===- ProgressLine.cpp - One line of progress on a terminal ----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ProgressLine.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Process.h"

namespace qev {

ProgressLine::ProgressLine(bool isWanted)
    : isOn(isWanted && llvm::sys::Process::StandardErrIsDisplayed()) {}

void ProgressLine::show(const Progress &progress) {
  constexpr double interval = 0.1;
  if (!isOn)
    return;
  std::scoped_lock lock(mutex);
  double now = clock.seconds();
  if (lastShown >= 0 && now - lastShown < interval)
    return;
  lastShown = now;
  isDirty = true;
  llvm::raw_ostream &os = llvm::errs();
  os << "\r\033[Ksample " << progress.sample << ", " << progress.phase << ", "
     << progress.open << " of " << progress.obligations << " open, delta in "
     << llvm::format("[%.4g, %.4g]", progress.proved.lo, progress.proved.hi);
  if (progress.witnessed)
    os << llvm::format(", seen [%.4g, %.4g]", progress.witnessed->lo,
                       progress.witnessed->hi);
  os << llvm::format(", %.1f s", progress.seconds);
  os.flush();
}

void ProgressLine::clear() {
  std::scoped_lock lock(mutex);
  if (isDirty)
    llvm::errs() << "\r\033[K";
  isDirty = false;
}

} // namespace qev
