//===- Emit.cpp - Twins in a solver's language ------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Emit.h"
#include "Models.h"
#include "qev/Analysis/HullPlanes.h"
#include "qev/Driver/Obligation.h"
#include "qev/Pass/Registry.h"
#include "llvm/ADT/StringExtras.h"

namespace qev {

static llvm::Error usage(const Module &module, const llvm::Twine &message) {
  return makeError(DiagId::Usage, "@" + module.name, message);
}

/// The obligations of the query; a claim about some outputs has none for
/// others.
static std::vector<Obligation> getObligations(const Twin &twin,
                                              const OutputRanges &ranges) {
  const Query &query = *twin.query;
  std::vector<int64_t> outputs;
  const auto *delta = std::get_if<DeltaClaim>(&query.claim);
  for (size_t i = 0; i < ranges.first.size(); ++i)
    if (!delta || delta->epsilon[i])
      outputs.push_back(static_cast<int64_t>(i));
  return listObligations(query.claim, outputs, ranges, *twin.second);
}

static llvm::Expected<Obligation>
chooseObligation(const Module &module, llvm::ArrayRef<Obligation> obligations,
                 llvm::StringRef wanted) {
  std::vector<std::string> names;
  for (const Obligation &obligation : obligations) {
    names.push_back(obligation.str());
    if (names.back() == wanted || (wanted.empty() && obligations.size() == 1))
      return obligation;
  }
  if (names.empty())
    return usage(module, "the ranges of the first net leave nothing to prove");
  std::vector<llvm::StringRef> known(names.begin(), names.end());
  if (wanted.empty())
    return usage(module, "choose what to prove with --obligation: " +
                             llvm::join(known, ", "));
  llvm::StringRef nearest = findNearest(wanted, known);
  std::string hint = nearest.empty()
                         ? "there are " + llvm::join(known, ", ")
                         : ("did you mean '" + nearest + "'?").str();
  return makeError(DiagId::UnknownName, "--obligation",
                   "no '" + wanted + "', " + hint);
}

llvm::Expected<System> encodeModule(const Module &module,
                                    const EmitOptions &options, bool decide) {
  if (module.twins.size() != 1 || !module.twins[0]->query)
    return usage(module, "constraints need one twin on a query, there are " +
                             llvm::Twine(module.twins.size()) +
                             " twins; run align-twins and annotate-bounds");
  if (module.semantics != Semantics::Real)
    return makeError(DiagId::SemanticsUnsupported, "@" + module.name,
                     "constraints are written in semantics 'real' only");
  const Twin &twin = *module.twins[0];
  std::optional<TwinBounds> bounds = readBounds(twin);
  if (!bounds)
    return usage(module, "the twin has no bounds; run annotate-bounds");
  OutputRanges ranges = getOutputRanges(twin, *bounds);
  auto numOutputs = static_cast<int64_t>(ranges.first.size());
  if (ranges.delta.size() != ranges.first.size())
    return usage(module, "the twin does not pair all outputs");
  auto obligation = chooseObligation(module, getObligations(twin, ranges),
                                     options.obligation);
  if (!obligation)
    return obligation.takeError();
  if (decide && !obligation->hasClaim())
    return usage(module, "the query claims nothing that could be decided");
  Goal goal = decide ? obligation->getDecision(numOutputs)
                     : obligation->getMaximum(numOutputs);
  if (!decide)
    loosen(goal, ranges);
  EncodeOptions encodeOptions;
  encodeOptions.rounding = options.rounding;
  encodeOptions.differenceRows = options.differenceRows;
  encodeOptions.hullRows = options.hullRows;
  if (options.hullRows) {
    auto planes = computePlanes(twin, *bounds, twin.query->inputs);
    if (!planes)
      return planes.takeError();
    bounds->planes = std::move(*planes);
  }
  return encode(twin, *bounds, twin.query->inputs, goal, encodeOptions);
}

} // namespace qev
