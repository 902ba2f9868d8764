//===- ModelPair.h - Two models, ready to be compared -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_DRIVER_MODELPAIR_H
#define QEV_DRIVER_MODELPAIR_H

#include "qev/Analysis/TwinAnalyzer.h"
#include "qev/Driver/Question.h"
#include "qev/Import/Onnx.h"
#include "qev/Interp/Interp.h"

namespace qev {

/// The normalisation both nets go through before they are paired.
extern const char *const normalizePipeline;

struct ModelFile {
  std::string path;
  std::string sha256; ///< of the file's bytes, hexadecimal
  /// The same of each file that tensors of the model lie in, by the name it has
  /// there.
  std::vector<std::pair<std::string, std::string>> external = {};
  ModelInfo info;
  FileOrder order = {}; ///< of a second model
};

struct ModelPair {
  ModelFile firstFile, secondFile;
  /// As imported: what witnesses are replayed on.
  std::unique_ptr<Net> firstOriginal, secondOriginal;
  std::optional<ExactNet> firstExact, secondExact; ///< the same, to be run
  /// Owns the normalised nets @first and @second, and their twin.
  std::unique_ptr<Module> module;
  std::vector<std::string> notes; ///< on how the models were paired

  /// Of the twin.
  std::optional<TwinAnalyzer> analyzer;

  Net &first() const { return *module->nets[0]; }
  Net &second() const { return *module->nets[1]; }
  const Twin &twin() const { return *module->twins[0]; }
  int64_t getNumOutputs() const { return first().getNumOutputElements(); }
};

struct LoadedModel {
  ModelFile file;
  std::unique_ptr<Net> net;
};
/// Imports one model file.
llvm::Expected<LoadedModel> loadModel(llvm::StringRef path,
                                      llvm::StringRef netName);

/// Puts inputs and outputs of the second model into the order of the first's
/// where both have the same names in another one; else they are paired by
/// position. Returns what to say about it. Fails with `align` where their
/// number differs, or shapes by more than dimensions of 1.
llvm::Expected<std::vector<std::string>>
pairInterfaces(const LoadedModel &first, LoadedModel &second);

/// Normalises and pairs two models. Fails with `align`.
llvm::Expected<ModelPair> makePair(LoadedModel first, LoadedModel second);

/// The same with two model files, which are called @first and @second.
llvm::Expected<ModelPair> loadPair(llvm::StringRef firstPath,
                                   llvm::StringRef secondPath);

} // namespace qev

#endif // QEV_DRIVER_MODELPAIR_H
