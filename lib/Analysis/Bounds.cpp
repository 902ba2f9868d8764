//===- Bounds.cpp - Proved ranges of values and of differences --*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/Bounds.h"
#include "qev/Analysis/Linear.h"
#include "qev/Analysis/Step.h"
#include "qev/Analysis/SymbolicBounds.h"
#include "qev/Analysis/TwinAnalyzer.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/ADT/StringSwitch.h"

namespace qev {

llvm::StringRef getName(Method method) {
  switch (method) {
  case Method::Interval:
    return "interval";
  case Method::Symbolic:
    return "symbolic";
  case Method::Twin:
    return "twin";
  case Method::Best:
    return "best";
  case Method::QebverifCon:
    return "qebverif-con";
  case Method::QebverifSym:
    return "qebverif-sym";
  }
  llvm_unreachable("all methods are named");
}

std::optional<Method> getMethod(llvm::StringRef name) {
  return llvm::StringSwitch<std::optional<Method>>(name)
      .Case("interval", Method::Interval)
      .Case("symbolic", Method::Symbolic)
      .Case("twin", Method::Twin)
      .Case("best", Method::Best)
      .Case("qebverif-con", Method::QebverifCon)
      .Case("qebverif-sym", Method::QebverifSym)
      .Default(std::nullopt);
}

Box TwinBounds::getOutputDelta(const Twin &twin) const {
  Box result;
  for (auto [output, pair] :
       llvm::zip_equal(twin.first->outputs, twin.findOutputPairs()))
    if (pair)
      llvm::append_range(result, delta[*pair]);
    else
      result.resize(result.size() + output->type.getNumElements(),
                    Interval::everything());
  return result;
}

std::optional<TwinBounds> readBounds(const Twin &twin) {
  TwinBounds bounds;
  for (auto [net, table] : {std::pair(twin.first, &bounds.first),
                            std::pair(twin.second, &bounds.second)})
    for (const auto &op : net->ops)
      if (op->bounds)
        (*table)[op.get()] = *op->bounds;
  for (const Pair &pair : twin.pairs) {
    if (!pair.delta)
      return std::nullopt;
    bounds.delta.push_back(*pair.delta);
    bounds.by.push_back(pair.by);
  }
  return bounds;
}

Box getOutputRange(const Net &net, const NetBounds &bounds) {
  Box result;
  for (const Op *output : net.outputs) {
    if (output->is(OpKind::Const))
      llvm::append_range(result, getConstant(*output));
    else if (bounds.contains(output))
      llvm::append_range(result, getRealBox(bounds, *output));
    else
      result.resize(result.size() + output->type.getNumElements(),
                    Interval::everything());
  }
  return result;
}

llvm::Error checkInputs(const Net &net, llvm::ArrayRef<InputRegion> inputs) {
  auto ops = net.getInputs();
  if (ops.size() != inputs.size())
    return makeError(DiagId::QueryRegion, "@" + net.name,
                     llvm::Twine(inputs.size()) + " input regions for " +
                         llvm::Twine(ops.size()) + " inputs");
  for (auto [op, region] : llvm::zip_equal(ops, inputs))
    if (op->type.getNumElements() != region.size())
      return makeError(DiagId::QueryRegion, "@" + net.name + " %" + op->name,
                       "region of " + llvm::Twine(region.size()) +
                           " elements for an input of " +
                           llvm::Twine(op->type.getNumElements()));
  return llvm::Error::success();
}

llvm::Expected<NetBounds> computeBounds(const Net &net,
                                        llvm::ArrayRef<InputRegion> inputs,
                                        Method method) {
  if (!isSound(method))
    return makeError(DiagId::MethodUnsupported, "@" + net.name,
                     "method '" + getName(method) +
                         "' compares two nets and bounds no single one");
  if (llvm::Error error = checkInputs(net, inputs))
    return error;
  auto maps = LinearMaps::build(net);
  if (!maps)
    return maps.takeError();
  if (method == Method::Interval)
    return std::move(
        analyzeNet(net, *maps, inputs, NetMethod::Interval).bounds);
  AnalyzedNet analyzed = analyzeNet(net, *maps, inputs, NetMethod::Symbolic);
  if (method != Method::Symbolic)
    meetRanges(analyzed, analyzeByIntervals(analyzed));
  return std::move(analyzed.bounds);
}

llvm::Expected<TwinBounds> computeBounds(const Twin &twin,
                                         llvm::ArrayRef<InputRegion> inputs,
                                         Method method) {
  auto analyzer = TwinAnalyzer::build(twin);
  if (!analyzer)
    return analyzer.takeError();
  return analyzer->run(inputs, method);
}

} // namespace qev
