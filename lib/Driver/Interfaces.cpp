//===- Interfaces.cpp - Inputs and outputs of two models --------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which inputs and outputs of two models belong together. The second net is
// put into the first's order once, right behind the importer, so that nothing
// behind it knows of another one.
//
//===----------------------------------------------------------------------===//

#include "Samples.h"
#include "qev/Driver/ModelPair.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"

namespace qev {

static std::vector<std::string> getNames(llvm::ArrayRef<Op *> ops) {
  std::vector<std::string> names;
  for (const Op *op : ops)
    names.push_back(op->name);
  return names;
}

/// Those of the file, which a value of the net need not have.
static std::vector<std::string> getOutputNames(const LoadedModel &model) {
  const std::vector<std::string> &names = model.file.info.outputs;
  return names.empty() ? getNames(model.net->outputs) : names;
}

/// The inputs keep the places among the ops that inputs have.
static void reorderInputs(Net &net, llvm::ArrayRef<unsigned> order) {
  std::vector<std::unique_ptr<Op>> inputs;
  for (auto &op : net.ops)
    if (op->is(OpKind::Input))
      inputs.push_back(std::move(op));
  size_t next = 0;
  for (auto &op : net.ops)
    if (!op)
      op = std::move(inputs[order[next++]]);
}

static void reorder(LoadedModel &model) {
  const FileOrder &order = model.file.order;
  if (!order.inputs.empty()) {
    reorderInputs(*model.net, order.inputs);
    std::map<unsigned, QuantType> integers;
    for (auto [i, place] : llvm::enumerate(order.inputs))
      if (auto found = model.file.info.integerInputs.find(place);
          found != model.file.info.integerInputs.end())
        integers.emplace(i, found->second);
    model.file.info.integerInputs = std::move(integers);
  }
  if (!order.outputs.empty()) {
    std::vector<std::string> names = getOutputNames(model);
    std::vector<Op *> outputs = model.net->outputs;
    model.file.info.outputs.clear();
    for (auto [i, place] : llvm::enumerate(order.outputs)) {
      model.net->outputs[i] = outputs[place];
      model.file.info.outputs.push_back(names[place]);
    }
  }
}

/// Elements are paired in their order, which dimensions of 1 do not change.
static bool haveSameElements(llvm::ArrayRef<int64_t> a,
                             llvm::ArrayRef<int64_t> b) {
  auto drop = [](llvm::ArrayRef<int64_t> shape) {
    Shape kept;
    llvm::copy_if(shape, std::back_inserter(kept),
                  [](int64_t dimension) { return dimension != 1; });
    return kept;
  };
  return drop(a) == drop(b);
}

namespace {
/// The inputs or the outputs of a model.
struct Interface {
  llvm::SmallVector<Op *> ops;
  std::vector<std::string> names;

  static Interface ofInputs(const LoadedModel &model) {
    auto inputs = model.net->getInputs();
    return {{inputs.begin(), inputs.end()}, getNames(inputs)};
  }
  static Interface ofOutputs(const LoadedModel &model) {
    const std::vector<Op *> &outputs = model.net->outputs;
    return {{outputs.begin(), outputs.end()}, getOutputNames(model)};
  }
  std::string describe(llvm::StringRef kind, size_t i) const {
    return (kind + " '" + names[i] + "' of shape " +
            printShape(ops[i]->type.getShape()))
        .str();
  }
  std::string describeAll(llvm::StringRef kind) const {
    return (llvm::Twine(names.size()) + " " + kind +
            (names.size() == 1 ? " (" : "s (") + llvm::join(names, ", ") + ")")
        .str();
  }
};
} // namespace

/// The first reason why the elements do not correspond; empty if they do.
static std::string compare(llvm::StringRef kind, const Interface &first,
                           const Interface &second) {
  constexpr const char *refusal = " cannot be paired with ";
  if (first.ops.size() != second.ops.size())
    return first.describeAll(kind) + refusal + second.describeAll(kind);
  for (size_t i = 0; i < first.ops.size(); ++i)
    if (!haveSameElements(first.ops[i]->type.getShape(),
                          second.ops[i]->type.getShape()))
      return first.describe(kind, i) + refusal + second.describe(kind, i) +
             "; only dimensions of 1 may differ";
  return "";
}

llvm::Expected<std::vector<std::string>>
pairInterfaces(const LoadedModel &first, LoadedModel &second) {
  Interface inputs = Interface::ofInputs(first),
            outputs = Interface::ofOutputs(first);
  FileOrder &order = second.file.order;
  order.inputs = findOrder(inputs.names, Interface::ofInputs(second).names);
  order.outputs = findOrder(outputs.names, Interface::ofOutputs(second).names);
  reorder(second);

  std::string wrong = compare("input", inputs, Interface::ofInputs(second));
  if (wrong.empty())
    wrong = compare("output", outputs, Interface::ofOutputs(second));
  if (!wrong.empty())
    return makeError(DiagId::Align, first.file.path + " ~ " + second.file.path,
                     wrong);
  std::vector<std::string> notes;
  for (auto [kind, places] :
       {std::pair("inputs", &order.inputs), {"outputs", &order.outputs}})
    if (!places->empty())
      notes.push_back(std::string(kind) + " are paired by name: the second "
                                          "model lists them in another order");
  return notes;
}

} // namespace qev
