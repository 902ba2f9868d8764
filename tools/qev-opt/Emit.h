//===- Emit.h - Twins in a solver's language --------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TOOLS_QEV_OPT_EMIT_H
#define QEV_TOOLS_QEV_OPT_EMIT_H

#include "qev/Encode/Encode.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

namespace qev {

struct EmitOptions {
  /// Which obligation of the twin's query: `output_0_above`; may be empty if
  /// there is one only.
  std::string obligation;
  Rounding rounding = Rounding::Exact;
  bool differenceRows = true;
  bool hullRows = true;
};

/// The only twin of a module with its query as constraints, from the bounds
/// that annotate-bounds has left in the IR, and hull rows that these leave.
/// `decide`: asks whether the claim can be broken; else: how far it can be.
llvm::Expected<System> encodeModule(const Module &module,
                                    const EmitOptions &options, bool decide);

} // namespace qev

#endif // QEV_TOOLS_QEV_OPT_EMIT_H
