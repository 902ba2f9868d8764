//===- Models.h - Modules from model files ----------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TOOLS_QEV_OPT_MODELS_H
#define QEV_TOOLS_QEV_OPT_MODELS_H

#include "qev/Driver/Question.h"
#include "qev/Support/Diagnostics.h"

namespace qev {

/// Whether the name says that a file holds a model of its own format (.onnx,
/// .onnxtxt), compressed (.gz) or not, and not text of the IR.
bool isModelFile(llvm::StringRef path);

struct ModelOptions {
  /// One model, or the two of a comparison; .onnx, .onnxtxt, or .qev with one
  /// net.
  std::string only, first, second;
  RegionOptions region;
  QuestionOptions question;

  bool asksRegion() const;
  bool asksQuestion() const;
};

/// A module with the net or nets, called @net, or @first and @second, and a
/// query if a region was given: @question, or @sample7 and so on where there
/// are several. Notes go to `diagnostics`.
llvm::Expected<std::unique_ptr<Module>>
loadModels(const ModelOptions &options, DiagnosticEngine &diagnostics);

} // namespace qev

#endif // QEV_TOOLS_QEV_OPT_MODELS_H
