//===- Complaints.h - Reports of the verifier -------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_IR_COMPLAINTS_H
#define QEV_LIB_IR_COMPLAINTS_H

#include "Text.h"
#include "qev/IR/Module.h"
#include "qev/Support/Diagnostics.h"

namespace qev {

/// Where the verifier's complaints go, and whether there were any.
class Complaints {
public:
  using Locate = llvm::function_ref<std::string(const void *)>;

  Complaints(DiagnosticEngine &diagnostics, Locate locate)
      : diagnostics(diagnostics), locate(locate) {}

  /// `entity` is what `locate` may know a place for, `where` says it else.
  void error(DiagId id, const void *entity, const llvm::Twine &where,
             const llvm::Twine &message) {
    ++count;
    if (locate)
      diagnostics.error(id, locate(entity), message);
    else
      diagnostics.error(id, where, message);
  }
  unsigned getCount() const { return count; }

private:
  DiagnosticEngine &diagnostics;
  Locate locate;
  unsigned count = 0;
};

/// Rules BD1, QR1.., QC1.. and TW1.. of docs/LangRef.md.
void verifyBounds(llvm::ArrayRef<Interval> bounds, const Op &op,
                  const void *entity, const llvm::Twine &where, DiagId id,
                  Complaints &complaints);
void verifyQuery(const Module &module, const Query &query,
                 Complaints &complaints);
void verifyTwin(const Module &module, const Twin &twin, Complaints &complaints);

} // namespace qev

#endif // QEV_LIB_IR_COMPLAINTS_H
