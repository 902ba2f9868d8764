//===- ProgressLine.h - One line of progress on a terminal ------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TOOLS_PROGRESSLINE_H
#define QEV_TOOLS_PROGRESSLINE_H

#include "qev/Driver/Verify.h"

namespace qev {

/// Keeps one line up to date on standard error; gone at the end, and nothing at
/// all where standard error is no terminal.
class ProgressLine {
public:
  explicit ProgressLine(bool isWanted);
  ~ProgressLine() { clear(); }

  bool isShown() const { return isOn; }
  /// May be called from any thread and as often as one likes.
  void show(const Progress &progress);
  /// Before something else is printed.
  void clear();

private:
  const bool isOn;
  std::mutex mutex;
  bool isDirty = false; ///< there is text on the line
  Clock clock;
  double lastShown = -1; ///< seconds
};

} // namespace qev

#endif // QEV_TOOLS_PROGRESSLINE_H
