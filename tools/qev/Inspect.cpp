//===- Inspect.cpp - qev inspect --------------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "qev/Analysis/RuntimePreconditions.h"
#include "qev/Driver/ModelPair.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Support/OutputFile.h"
#include "qev/Support/Text.h"
#include "qev/Transforms/Passes.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/raw_ostream.h"

namespace qev {

namespace cl = llvm::cl;

cl::SubCommand inspectCommand("inspect",
                              "what was understood of one model or two");

static cl::opt<std::string> modelPath(cl::Positional, cl::Required,
                                      cl::desc("MODEL"),
                                      cl::sub(inspectCommand),
                                      cl::cat(modelCategory));
static cl::opt<std::string> otherPath(cl::Positional, cl::Optional,
                                      cl::desc("[SECOND]"),
                                      cl::sub(inspectCommand),
                                      cl::cat(modelCategory));

static void printFile(const ModelFile &file, llvm::raw_ostream &os) {
  os << printForeign(file.path) << "\n  sha256 " << file.sha256 << "\n";
  os << "  made by "
     << (file.info.producer.empty() ? "(unnamed)"
                                    : printForeign(file.info.producer))
     << ", IR " << file.info.irVersion;
  for (const auto &[domain, version] : file.info.opsets)
    os << ", opset " << (domain.empty() ? "ai.onnx" : printForeign(domain))
       << " " << version;
  os << "\n  nodes";
  for (const auto &[name, count] : file.info.operators)
    os << " " << printForeign(name) << " x" << count;
  os << "\n";
  for (const std::string &note : file.info.notes)
    os << "  note: " << note << "\n";
}

/// One line per op that computes something.
static void printLayers(const Net &net, llvm::raw_ostream &os) {
  unsigned layers = 0;
  int64_t weights = 0;
  for (const auto &op : net.ops) {
    if (op->is(OpKind::Const)) {
      weights += op->type.getNumElements();
      continue;
    }
    os << "  %" << printForeign(op->name) << " = " << getMnemonic(op->kind);
    for (const Op *operand : op->operands)
      if (operand->is(OpKind::Const) && operand->type.getNumElements() > 1)
        os << " " << printType(operand->type);
    os << " -> " << printType(op->type) << "\n";
    layers += op->is(OpKind::Affine);
  }
  os << "  " << layers << " affine layers, " << weights
     << " constant elements\n";
}

/// What a claim about a float32 runtime would rest on: for each rule one line
/// for all ops that have nothing to say, and one for each other op.
static void printRuntimePreconditions(const Net &net, llvm::raw_ostream &os) {
  if (!isQuantized(net))
    return;
  os << "  preconditions of semantics runtime:\n";
  std::vector<RuntimeFinding> findings = findRuntimePreconditions(net);
  for (RuntimeRule rule : allRuntimeRules) {
    unsigned plain = 0;
    for (const RuntimeFinding &finding : findings) {
      if (finding.rule != rule)
        continue;
      if (finding.holds && finding.text.empty())
        ++plain;
      else
        os << "    " << (finding.holds ? "holds: " : "fails: ")
           << describe(rule) << ": %" << printForeign(finding.op->name) << ": "
           << finding.text << "\n";
    }
    if (plain)
      os << "    holds: " << describe(rule) << " (" << plain
         << (plain == 1 ? " op)\n" : " ops)\n");
  }
  os << "    depends on the region: all values stay below FLT_MAX\n";
}

llvm::Expected<int> runInspect() {
  TextFilter os(llvm::outs());
  if (otherPath.empty()) {
    auto model = loadModel(modelPath, "net");
    if (!model)
      return model.takeError();
    printFile(model->file, os);
    printLayers(*model->net, os);
    Module module;
    module.nets.push_back(std::move(model->net));
    DiagnosticEngine diagnostics;
    if (llvm::failed(runPipeline(module, normalizePipeline, diagnostics)))
      return llvm::make_error<DiagnosticError>(diagnostics.all().front());
    printRuntimePreconditions(*module.nets[0], os);
    if (llvm::Error error = finishStandardOutput())
      return error;
    return 0;
  }
  auto pair = loadPair(modelPath, otherPath);
  if (!pair)
    return pair.takeError();
  for (auto [file, net] : {std::pair(&pair->firstFile, &pair->first()),
                           std::pair(&pair->secondFile, &pair->second())}) {
    printFile(*file, os);
    os << "  after " << normalizePipeline << ":\n";
    printLayers(*net, os);
    printRuntimePreconditions(*net, os);
  }
  os << "paired values (first ~ second)\n";
  for (const std::string &note : pair->notes)
    os << "  note: " << note << "\n";
  for (const Pair &p : pair->twin().pairs)
    os << "  %" << printForeign(p.first->name) << " ("
       << getMnemonic(p.first->kind) << ") ~ %" << printForeign(p.second->name)
       << " (" << getMnemonic(p.second->kind) << ")\n";
  os << "semantics: real is available; runtime is not in this version\n";
  if (llvm::Error error = finishStandardOutput())
    return error;
  return 0;
}

} // namespace qev
