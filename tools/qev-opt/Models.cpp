//===- Models.cpp - Modules from model files --------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Models.h"
#include "qev/Analysis/Linear.h"
#include "qev/Analysis/Step.h"
#include "qev/Driver/Codes.h"
#include "qev/Driver/ModelPair.h"
#include "qev/Driver/Obligation.h"
#include "qev/Driver/Regions.h"
#include "qev/IR/Parser.h"
#include "qev/Support/File.h"
#include "llvm/Support/Path.h"

namespace qev {

bool isModelFile(llvm::StringRef path) {
  llvm::StringRef extension = llvm::sys::path::extension(getPlainName(path));
  return extension == ".onnx" || extension == ".onnxtxt";
}

bool ModelOptions::asksRegion() const {
  for (const PerInput *option :
       {&region.box, &region.input, &region.radius, &region.clip, &region.grid,
        &region.levels, &region.mean, &region.std})
    if (!option->empty())
      return true;
  return !region.sample.empty() || !region.query.empty();
}

bool ModelOptions::asksQuestion() const {
  return !question.listGiven().empty();
}

/// The only net of a .qev file.
static llvm::Expected<std::unique_ptr<Net>> loadText(llvm::StringRef path) {
  auto buffer = readFile(path);
  if (!buffer)
    return buffer.takeError();
  DiagnosticEngine diagnostics;
  std::unique_ptr<Module> module =
      parseModule((*buffer)->getBuffer(), path, diagnostics);
  if (!module)
    return llvm::make_error<DiagnosticError>(diagnostics.all().front());
  if (module->nets.size() != 1)
    return makeError(DiagId::Usage, path,
                     "a model is a file with one net, this has " +
                         llvm::Twine(module->nets.size()));
  return std::move(module->nets.front());
}

static llvm::Expected<LoadedModel> loadNet(llvm::StringRef path,
                                           llvm::StringRef name) {
  if (isModelFile(path))
    return loadModel(path, name);
  auto net = loadText(path);
  if (!net)
    return net.takeError();
  (*net)->name = name.str();
  LoadedModel model;
  model.file.path = path.str();
  model.net = std::move(*net);
  return model;
}

/// What is claimed of the two nets over a region.
static llvm::Expected<Claim> makeClaim(const QuestionOptions &options,
                                       const Net &first, const Net &second,
                                       llvm::ArrayRef<InputRegion> region) {
  int64_t predicted = 0;
  if (options.outputs == "predicted") {
    InputPoint centre = getCentre(region);
    predicted = getWinner(getOutputs(first, runExact(first, centre)));
  }
  auto outputs =
      chooseOutputs(options, first.getNumOutputElements(), predicted);
  if (!outputs)
    return outputs.takeError();
  auto bounds = computeBounds(first, region, Method::Best);
  if (!bounds)
    return bounds.takeError();
  return buildClaim(options, *outputs, second, getOutputRange(first, *bounds));
}

static llvm::Error addQueries(Module &module, llvm::ArrayRef<ModelFile> files,
                              const ModelOptions &options) {
  Net &first = *module.nets.front();
  Net *second = module.nets.size() > 1 ? module.nets[1].get() : nullptr;
  auto regions =
      buildRegions(options.region, first, second, files.back().order);
  if (!regions)
    return regions.takeError();
  bool hasClaim = llvm::any_of(*regions, [](const SampleRegion &region) {
    return region.claim.has_value();
  });
  if (llvm::Error error =
          checkBesideQuery(options.question, options.region.query, hasClaim))
    return error;
  for (SampleRegion &region : *regions) {
    if (region.isEmpty) // QR1
      return makeError(DiagId::QueryRegion, options.region.query,
                       region.notes.back());
    for (const ModelFile &file : files)
      if (llvm::Error error = restrictToCodes(file.info, region))
        return error;
    auto query = std::make_unique<Query>();
    query->name = regions->size() == 1
                      ? "question"
                      : "sample" + std::to_string(region.index);
    query->inputs = std::move(region.inputs);
    if (second && region.claim) {
      query->first = &first;
      query->second = second;
      query->claim = std::move(*region.claim);
    } else if (second) {
      auto claim = makeClaim(options.question, first, *second, query->inputs);
      if (!claim)
        return claim.takeError();
      query->first = &first;
      query->second = second;
      query->claim = std::move(*claim);
    }
    module.queries.push_back(std::move(query));
  }
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<Module>>
loadModels(const ModelOptions &options, DiagnosticEngine &diagnostics) {
  bool isPair = !options.first.empty() || !options.second.empty();
  if (isPair && (options.first.empty() || options.second.empty()))
    return makeError(DiagId::Usage, "", "--first and --second go together");
  if (isPair && !options.only.empty())
    return makeError(DiagId::Usage, options.only,
                     "another input beside --first and --second");
  if (!isPair && options.only.empty())
    return makeError(DiagId::Usage, "", "a region needs a model");
  if (options.asksQuestion() && (!isPair || !options.asksRegion()))
    return makeError(DiagId::Usage, "",
                     "a question needs --first, --second and a region");

  auto module = std::make_unique<Module>();
  module->name = isPair ? "pair" : "model";
  std::vector<ModelFile> files;
  auto add = [&](LoadedModel model) {
    module->nets.push_back(std::move(model.net));
    files.push_back(std::move(model.file));
  };
  auto first =
      isPair ? loadNet(options.first, "first") : loadNet(options.only, "net");
  if (!first)
    return first.takeError();
  if (isPair) {
    auto second = loadNet(options.second, "second");
    if (!second)
      return second.takeError();
    auto notes = pairInterfaces(*first, *second);
    if (!notes)
      return notes.takeError();
    for (const std::string &note : *notes)
      diagnostics.note(DiagId::Align, options.first + " ~ " + options.second,
                       note);
    add(std::move(*first));
    add(std::move(*second));
  } else {
    add(std::move(*first));
  }
  if (options.asksRegion())
    if (llvm::Error error = addQueries(*module, files, options))
      return error;
  return module;
}

} // namespace qev
