//===- ModelPair.cpp - Two models, ready to be compared ---------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/ModelPair.h"
#include "qev/Analysis/Align.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Support/File.h"
#include "qev/Support/Sha256.h"
#include "qev/Transforms/Passes.h"

namespace qev {

const char *const normalizePipeline = "normalize";

llvm::Expected<LoadedModel> loadModel(llvm::StringRef path,
                                      llvm::StringRef netName) {
  auto buffer = readBytes(path);
  if (!buffer)
    return buffer.takeError();
  auto imported = importOnnx(path, netName);
  if (!imported)
    return imported.takeError();
  LoadedModel model;
  model.file.path = path.str();
  model.file.sha256 = sha256((*buffer)->getBuffer());
  model.file.info = std::move(imported->info);
  for (const std::string &name : model.file.info.externalFiles) {
    auto digest = hashExternalFile(path, name);
    if (!digest)
      return digest.takeError();
    model.file.external.emplace_back(name, std::move(*digest));
  }
  model.net = std::move(imported->net);
  return model;
}

llvm::Expected<ModelPair> loadPair(llvm::StringRef firstPath,
                                   llvm::StringRef secondPath) {
  auto first = loadModel(firstPath, "first");
  if (!first)
    return first.takeError();
  auto second = loadModel(secondPath, "second");
  if (!second)
    return second.takeError();
  return makePair(std::move(*first), std::move(*second));
}

llvm::Expected<ModelPair> makePair(LoadedModel first, LoadedModel second) {
  auto notes = pairInterfaces(first, second);
  if (!notes)
    return notes.takeError();
  ModelPair pair;
  pair.notes = std::move(*notes);
  pair.firstFile = std::move(first.file);
  pair.secondFile = std::move(second.file);
  pair.module = std::make_unique<Module>();
  pair.module->name = "pair";
  pair.module->nets.push_back(first.net->clone());
  pair.module->nets.push_back(second.net->clone());
  pair.firstOriginal = std::move(first.net);
  pair.secondOriginal = std::move(second.net);
  pair.firstExact.emplace(*pair.firstOriginal);
  pair.secondExact.emplace(*pair.secondOriginal);

  DiagnosticEngine diagnostics;
  if (llvm::failed(runPipeline(*pair.module, normalizePipeline, diagnostics)))
    return llvm::make_error<DiagnosticError>(diagnostics.all().front());
  auto twin = alignNets(pair.first(), pair.second());
  if (!twin)
    return twin.takeError();
  pair.module->twins.push_back(std::move(*twin));
  auto analyzer = TwinAnalyzer::build(pair.twin());
  if (!analyzer)
    return analyzer.takeError();
  pair.analyzer = std::move(*analyzer);
  return pair;
}

} // namespace qev
