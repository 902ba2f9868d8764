//===- Graph.cpp - The names and the order of a model's graph ---*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Graph.h"
#include "Tensor.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/ADT/StringSet.h"
#include <set>

namespace qev {

bool fitsShape(const onnx::TypeProto::Tensor &declared,
               llvm::ArrayRef<int64_t> shape) {
  if (!declared.has_shape())
    return true;
  const auto &dims = declared.shape().dim();
  return static_cast<size_t>(dims.size()) == shape.size() &&
         llvm::all_of(llvm::zip_equal(dims, shape), [](const auto &pair) {
           const auto &[dim, size] = pair;
           return !dim.has_dim_value() || dim.dim_value() == size;
         });
}

namespace {

class Orderer {
public:
  Orderer(const onnx::GraphProto &graphProto, llvm::StringRef modelPath)
      : graph(graphProto), path(modelPath) {}

  llvm::Expected<GraphOrder> run() {
    if (auto failure = collectNames())
      return failure;
    if (auto failure = markNeeded())
      return failure;
    if (auto failure = sort())
      return failure;
    return std::move(order);
  }

private:
  llvm::Error error(const llvm::Twine &message) const {
    return makeError(DiagId::ModelStructure, path, message);
  }
  llvm::Error collectNames();
  llvm::Error checkAttributeNames() const;
  llvm::Error checkInitializer(const onnx::ValueInfoProto &input) const;
  llvm::Error markNeeded();
  llvm::Error sort();

  const onnx::GraphProto &graph;
  llvm::StringRef path;
  GraphOrder order;
  llvm::StringSet<> given;        ///< inputs and initializers
  llvm::StringMap<int> producers; ///< node that defines a name
  std::vector<bool> isNeeded;
};

} // namespace

llvm::Error Orderer::collectNames() {
  if (graph.sparse_initializer_size())
    return makeError(DiagId::OpUnsupported, path,
                     "sparse initializers are not supported");
  for (const auto &tensor : graph.initializer()) {
    if (tensor.name().empty())
      return error("an initializer has no name");
    if (!order.initializers.try_emplace(tensor.name(), &tensor).second)
      return error("initializer '" + tensor.name() + "' is defined twice");
    given.insert(tensor.name());
  }
  if (auto failure = checkAttributeNames())
    return failure;
  llvm::StringSet<> inputNames;
  for (const auto &input : graph.input()) {
    if (input.name().empty())
      return error("an input has no name");
    if (!inputNames.insert(input.name()).second)
      return error("input '" + input.name() + "' is defined twice");
    // Older files list weights as inputs as well.
    if (given.insert(input.name()).second)
      order.inputs.push_back(&input);
    else if (auto failure = checkInitializer(input))
      return failure;
  }
  for (const auto &[index, node] : llvm::enumerate(graph.node()))
    for (const std::string &name : node.output()) {
      if (name.empty())
        continue; // an optional output that nobody wants
      if (given.contains(name) ||
          !producers.try_emplace(name, static_cast<int>(index)).second)
        return error("'" + name +
                     "' is defined twice, the second time by node #" +
                     llvm::Twine(index));
    }
  if (order.inputs.empty())
    return error("the graph has no input");
  if (!graph.output_size())
    return error("the graph has no output");
  return llvm::Error::success();
}

/// Of all nodes, needed or not: which of two values holds is nowhere said.
llvm::Error Orderer::checkAttributeNames() const {
  for (const auto &[index, node] : llvm::enumerate(graph.node())) {
    llvm::StringSet<> names;
    for (const auto &attribute : node.attribute())
      if (!names.insert(attribute.name()).second)
        return error("node #" + llvm::Twine(index) + " " + node.op_type() +
                     " has attribute '" + attribute.name() + "' twice");
  }
  return llvm::Error::success();
}

/// What an input declares of the initializer with its name.
llvm::Error Orderer::checkInitializer(const onnx::ValueInfoProto &input) const {
  const auto &type = input.type().tensor_type();
  const onnx::TensorProto &tensor = *order.initializers.lookup(input.name());
  if (type.elem_type() != tensor.data_type())
    return error("input '" + input.name() + "' is declared with elements of " +
                 getElementTypeName(type.elem_type()) +
                 ", its initializer has " +
                 getElementTypeName(tensor.data_type()));
  if (!fitsShape(type, {tensor.dims().data(),
                        static_cast<size_t>(tensor.dims_size())}))
    return error("input '" + input.name() +
                 "' is declared with another shape than its initializer has");
  return llvm::Error::success();
}

llvm::Error Orderer::markNeeded() {
  isNeeded.assign(graph.node_size(), false);
  std::vector<int> open;
  auto need = [&](const std::string &name) {
    if (name.empty() || given.contains(name))
      return true;
    auto producer = producers.find(name);
    if (producer == producers.end())
      return false;
    if (!isNeeded[producer->second])
      open.push_back(producer->second);
    isNeeded[producer->second] = true;
    return true;
  };
  for (const auto &output : graph.output())
    if (output.name().empty() || !need(output.name()))
      return error("output '" + output.name() + "' is not defined");
  while (!open.empty()) {
    int index = open.back();
    open.pop_back();
    for (const std::string &name : graph.node(index).input())
      if (!need(name))
        return error("'" + name + "', an input of node #" + llvm::Twine(index) +
                     " " + graph.node(index).op_type() + ", is not defined");
  }
  return llvm::Error::success();
}

llvm::Error Orderer::sort() {
  // Kahn's algorithm; of the nodes that are ready the first in the file.
  std::vector<std::vector<int>> users(graph.node_size());
  std::vector<int> missing(graph.node_size(), 0);
  std::set<int> ready;
  size_t count = 0;
  for (int index = 0; index != graph.node_size(); ++index) {
    if (!isNeeded[index])
      continue;
    ++count;
    for (const std::string &name : graph.node(index).input()) {
      auto producer = producers.find(name);
      if (producer == producers.end())
        continue;
      users[producer->second].push_back(index);
      ++missing[index];
    }
    if (!missing[index])
      ready.insert(index);
  }
  while (!ready.empty()) {
    int index = *ready.begin();
    ready.erase(ready.begin());
    order.nodes.push_back(index);
    for (int user : users[index])
      if (--missing[user] == 0)
        ready.insert(user);
  }
  if (order.nodes.size() == count)
    return llvm::Error::success();
  for (int index = 0;; ++index)
    if (missing[index])
      return error("node #" + llvm::Twine(index) + " " +
                   graph.node(index).op_type() +
                   " depends on itself: the graph has a cycle");
}

llvm::Expected<GraphOrder> orderGraph(const onnx::GraphProto &graph,
                                      llvm::StringRef path) {
  return Orderer(graph, path).run();
}

} // namespace qev
