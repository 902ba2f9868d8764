//===- Parser.h - IR from text ----------------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_IR_PARSER_H
#define QEV_IR_PARSER_H

#include "qev/IR/Module.h"
#include "qev/Support/Diagnostics.h"

namespace qev {

/// Reads one module and verifies it. Complaints go to `diagnostics` with
/// `name:line:column`; then the result is null. Never crashes on any bytes.
/// A net that the text names but does not define becomes a copy of the one of
/// that name in `known`.
std::unique_ptr<Module> parseModule(llvm::StringRef text, llvm::StringRef name,
                                    DiagnosticEngine &diagnostics,
                                    llvm::ArrayRef<const Net *> known = {});

} // namespace qev

#endif // QEV_IR_PARSER_H
