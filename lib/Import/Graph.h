//===- Graph.h - The names and the order of a model's graph -----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_IMPORT_GRAPH_H
#define QEV_LIB_IMPORT_GRAPH_H

#include "onnx/onnx_pb.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"

namespace qev {

/// A graph whose names are defined once and whose nodes can be ordered. Points
/// into the model.
struct GraphOrder {
  /// The inputs a user gives: those without an initializer.
  std::vector<const onnx::ValueInfoProto *> inputs;
  llvm::StringMap<const onnx::TensorProto *> initializers;
  /// Indices of the nodes that the outputs depend on, operands first, otherwise
  /// in the file's order.
  std::vector<int> nodes;
};

/// Whether a shape is as declared, as far as that says.
bool fitsShape(const onnx::TypeProto::Tensor &declared,
               llvm::ArrayRef<int64_t> shape);

/// Fails with `model-structure`: a name that is defined twice or not at all, an
/// initializer that is not what the input of its name declares, an attribute
/// that a node has twice, a cycle, no inputs or outputs.
llvm::Expected<GraphOrder> orderGraph(const onnx::GraphProto &graph,
                                      llvm::StringRef path);

} // namespace qev

#endif // QEV_LIB_IMPORT_GRAPH_H
