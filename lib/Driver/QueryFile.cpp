//===- QueryFile.cpp - Questions from files ---------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VnnLibRegions.h"
#include "qev/IR/Parser.h"
#include "qev/IR/Verifier.h"
#include "qev/Support/File.h"

namespace qev {

NeverClaim claimOfNoInput() {
  // 0 * first_0 >= 0
  return {{{OutputRow{{{{0, 0}}, {}}, 0}}}};
}

/// Whether the question, asked of a file's own nets so far, fits these two.
static llvm::Error checkFits(const Query &query, const Net &first,
                             const Net &second, llvm::StringRef path) {
  Module module;
  for (const Net *net : {&first, &second})
    module.nets.push_back(net->clone());
  auto copy = std::make_unique<Query>(query);
  copy->first = module.nets[0].get();
  copy->second = module.nets[1].get();
  module.queries.push_back(std::move(copy));
  DiagnosticEngine diagnostics;
  if (succeeded(verify(module, diagnostics)))
    return llvm::Error::success();
  const Diagnostic &found = diagnostics.all().front();
  return makeError(found.id, path + ": " + found.where, found.message);
}

static llvm::Expected<std::vector<SampleRegion>>
readQev(llvm::StringRef path, const Net &first, const Net &second) {
  auto buffer = readFile(path);
  if (!buffer)
    return buffer.takeError();
  DiagnosticEngine diagnostics;
  std::unique_ptr<Module> module =
      parseModule((*buffer)->getBuffer(), path, diagnostics, {&first, &second});
  if (!module)
    return llvm::make_error<DiagnosticError>(diagnostics.all().front());
  if (module->semantics != Semantics::Real)
    return makeError(DiagId::SemanticsUnsupported, path,
                     "semantics 'runtime' is not in this version");
  if (module->queries.empty())
    return makeError(DiagId::QueryRegion, path, "holds no query");
  std::vector<SampleRegion> regions;
  for (const auto &query : module->queries) {
    std::string where = (path + ": @" + query->name).str();
    query->bindByName(first);
    if (query->first && (query->first->name == second.name ||
                         query->second->name == first.name))
      return makeError(DiagId::QueryClaim, where,
                       "differences are @" + second.name + " - @" + first.name +
                           ", the second model minus the first");
    if (llvm::Error error = checkFits(*query, first, second, where))
      return error;
    if (query->first && query->first == query->second)
      return makeError(DiagId::QueryClaim, where,
                       "net @" + query->first->name +
                           " cannot stand for both models");
    SampleRegion &region = regions.emplace_back();
    region.index = static_cast<int64_t>(regions.size() - 1);
    region.inputs = query->inputs;
    if (!std::holds_alternative<std::monostate>(query->claim))
      region.claim = query->claim;
  }
  return regions;
}

llvm::Expected<std::vector<SampleRegion>>
readQueries(llvm::StringRef path, const Net &first, const Net &second,
            const FileOrder &secondOrder) {
  llvm::StringRef name = getPlainName(path);
  if (name.ends_with(".qev"))
    return readQev(path, first, second);
  if (!name.ends_with(".vnnlib"))
    return makeError(DiagId::Usage, "--query",
                     "'" + path + "' is neither a .qev nor a .vnnlib file");
  auto query = readVnnLib(path);
  if (!query)
    return query.takeError();
  return makeRegions(std::move(*query), path, first, second, secondOrder);
}

} // namespace qev
