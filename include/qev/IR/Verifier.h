//===- Verifier.h - Rules of well-formed IR ---------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_IR_VERIFIER_H
#define QEV_IR_VERIFIER_H

#include "qev/IR/Module.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/Support/LogicalResult.h"

namespace qev {

/// Checks every rule of docs/LangRef.md; `where` of a complaint is
/// `@net %op`, or what `locate` says (the parser points into its text).
llvm::LogicalResult
verify(const Module &module, DiagnosticEngine &diagnostics,
       llvm::function_ref<std::string(const void *entity)> locate = nullptr);

/// The type an op must have given its operands and attributes (Const, Input
/// and Quantize and Reshape: their own), or why there is none. The verifier and
/// every builder of ops use this one function.
llvm::Expected<TensorType> inferType(const Op &op);

} // namespace qev

#endif // QEV_IR_VERIFIER_H
