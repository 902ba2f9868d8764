//===- DataMovement.cpp - Operators that compute nothing --------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Handlers.h"
#include "llvm/ADT/Sequence.h"

namespace qev {

std::optional<int64_t> normalizeAxis(int64_t axis, int64_t rank) {
  if (axis < -rank || axis >= rank)
    return std::nullopt;
  return axis < 0 ? axis + rank : axis;
}

/// Axes count from the end from version 11 on.
static int64_t getLowestAxis(const Node &node, int64_t rank) {
  return node.getOpset() < 11 ? 0 : -rank;
}

llvm::Expected<ValueRef> reshapeInput(Node &node,
                                      llvm::ArrayRef<int64_t> shape) {
  const Value &x = node.getInput(0);
  auto count = countElements(shape);
  if (!count || *count != getNumElements(x.getShape()))
    return node.error(DiagId::OpShape,
                      "the new shape has not as many elements as the input");
  if (x.getShape() == shape)
    return node.shareInput(0);
  Op *op = x.getOp();
  if (!op) {
    if (auto failure = node.makeRoom(*count))
      return failure;
    auto reshaped = reshape(x, shape);
    if (!reshaped)
      return node.unsupported("the scales of the input are along an axis that "
                              "the new shape does not have");
    return node.derive(x, std::move(*reshaped));
  }
  if (op->type.isQuantized() && op->type.getQuant().isPerAxis())
    return node.unsupported(
        "integers with scales along an axis cannot change their shape");
  auto result = node.add(OpKind::Reshape, {op}, {}, op->type.withShape(shape));
  if (!result)
    return result.takeError();
  return node.makeValue(*result);
}

//===----------------------------------------------------------------------===//
// Reshape, Flatten
//===----------------------------------------------------------------------===//

llvm::Expected<ValueRef> importReshape(Node &node) {
  bool allowZero = node.getInt("allowzero", 0, 14);
  auto wanted = node.getIntegers(1);
  if (!wanted)
    return wanted.takeError();
  auto from = node.getInput(0).getShape();
  Shape shape(wanted->begin(), wanted->end());
  std::optional<size_t> open;
  for (auto [i, dim] : llvm::enumerate(shape)) {
    if (dim == 0 && !allowZero) {
      if (i >= from.size())
        return node.error(DiagId::OpShape,
                          "dimension " + llvm::Twine(i) +
                              " is to be copied and the input has none such",
                          1);
      dim = from[i];
    } else if (dim == -1) {
      if (open)
        return node.error(DiagId::OpShape, "more than one dimension is -1", 1);
      open = i;
    }
  }
  if (open) {
    shape[*open] = 1;
    auto rest = countElements(shape);
    if (!rest || *rest == 0 || getNumElements(from) % *rest)
      return node.error(DiagId::OpShape,
                        "no size of the dimension -1 fits the input", 1);
    shape[*open] = getNumElements(from) / *rest;
  }
  return reshapeInput(node, shape);
}

llvm::Expected<ValueRef> importFlatten(Node &node) {
  auto from = node.getInput(0).getShape();
  auto rank = static_cast<int64_t>(from.size());
  int64_t axis = node.getInt("axis", 1);
  if (axis < getLowestAxis(node, rank) || axis > rank)
    return node.error(DiagId::OpAttribute, "axis " + llvm::Twine(axis) +
                                               " is outside rank " +
                                               llvm::Twine(rank));
  if (axis < 0)
    axis += rank;
  return reshapeInput(node, {getNumElements(from.take_front(axis)),
                             getNumElements(from.drop_front(axis))});
}

//===----------------------------------------------------------------------===//
// Squeeze, Unsqueeze
//===----------------------------------------------------------------------===//

/// The axes: an attribute up to version 12, an input from 13 on; sorted. None
/// if the node names none.
static llvm::Expected<std::optional<Shape>> getAxes(Node &node, int64_t rank,
                                                    bool mayBeScalar) {
  std::optional<Shape> axes;
  if (node.getOpset() < 13) {
    axes = node.getInts("axes");
  } else if (node.hasInput(1)) {
    auto input = node.getIntegers(1, mayBeScalar);
    if (!input)
      return input.takeError();
    axes = Shape(input->begin(), input->end());
  }
  if (!axes)
    return std::nullopt;
  for (int64_t &axis : *axes) {
    auto normalized = normalizeAxis(axis, rank);
    if (!normalized || axis < getLowestAxis(node, rank))
      return node.error(DiagId::OpAttribute, "axis " + llvm::Twine(axis) +
                                                 " is outside rank " +
                                                 llvm::Twine(rank));
    axis = *normalized;
  }
  llvm::sort(*axes);
  if (std::adjacent_find(axes->begin(), axes->end()) != axes->end())
    return node.error(DiagId::OpAttribute, "an axis is named twice");
  return axes;
}

llvm::Expected<ValueRef> importSqueeze(Node &node) {
  auto from = node.getInput(0).getShape();
  auto axes = getAxes(node, from.size(), /*mayBeScalar=*/false);
  if (!axes)
    return axes.takeError();
  if (*axes && (*axes)->empty()) // to some all of size 1, to others none
    return node.error(DiagId::OpAttribute, "names an empty list of axes");
  Shape shape;
  for (auto [i, dim] : llvm::enumerate(from)) {
    bool drop = *axes ? llvm::is_contained(**axes, i) : dim == 1;
    if (drop && dim != 1)
      return node.error(DiagId::OpShape, "axis " + llvm::Twine(i) +
                                             " has size " + llvm::Twine(dim) +
                                             ", not 1");
    if (!drop)
      shape.push_back(dim);
  }
  return reshapeInput(node, shape);
}

llvm::Expected<ValueRef> importUnsqueeze(Node &node) {
  auto from = node.getInput(0).getShape();
  bool asInput = node.getOpset() >= 13;
  int64_t added = 0;
  if (asInput && node.hasInput(1))
    added = getNumElements(node.getInput(1).getShape());
  else if (auto axes = node.getInts("axes"))
    added = axes->size();
  int64_t rank = static_cast<int64_t>(from.size()) + added;
  auto axes = getAxes(node, rank, /*mayBeScalar=*/true);
  if (!axes)
    return axes.takeError();
  if (!*axes)
    return node.error(DiagId::OpAttribute, "names no axes");
  Shape shape;
  for (int64_t i = 0; i != rank; ++i) {
    bool isNew = llvm::is_contained(**axes, i);
    shape.push_back(isNew ? 1 : from.front());
    if (!isNew)
      from = from.drop_front();
  }
  return reshapeInput(node, shape);
}

//===----------------------------------------------------------------------===//
// Transpose
//===----------------------------------------------------------------------===//

/// Constants are folded; a computed tensor only loses or gains dimensions of
/// size 1 at other places, so that its elements stay in their order.
llvm::Expected<ValueRef> importTranspose(Node &node) {
  const Value &x = node.getInput(0);
  auto from = x.getShape();
  auto permutation = node.getInts("perm");
  if (!permutation) {
    auto reversed = llvm::reverse(llvm::seq<int64_t>(0, from.size()));
    permutation = Shape(reversed.begin(), reversed.end());
  }
  Shape sorted = *permutation;
  llvm::sort(sorted);
  if (!llvm::equal(sorted, llvm::seq<int64_t>(0, from.size())))
    return node.error(DiagId::OpAttribute,
                      "perm is no permutation of the input's dimensions");
  if (!x.getOp()) {
    if (auto failure = node.makeRoom(getNumElements(from)))
      return failure;
    return node.derive(x, transpose(x, *permutation));
  }

  Shape shape;
  int64_t last = -1; // dimension of size > 1 that came last
  for (int64_t dim : *permutation) {
    shape.push_back(from[dim]);
    if (from[dim] == 1)
      continue;
    if (dim < last)
      return node.unsupported("transposing a computed tensor is supported for "
                              "dimensions of size 1 only");
    last = dim;
  }
  return reshapeInput(node, shape);
}

//===----------------------------------------------------------------------===//
// Identity, Dropout
//===----------------------------------------------------------------------===//

llvm::Expected<ValueRef> importIdentity(Node &node) {
  return node.shareInput(0);
}

/// The identity, unless it is in training mode.
llvm::Expected<ValueRef> importDropout(Node &node) {
  const Value &x = node.getInput(0);
  if (x.isCodes() || (x.getTensor() && !x.getTensor()->isFloat()))
    return node.error(DiagId::ModelStructure, "must be float32 numbers", 0);
  if (node.getOpset() < 12)
    node.ignoreAttribute("ratio", onnx::AttributeProto::FLOAT);
  node.ignoreAttribute("seed", onnx::AttributeProto::INT, 12);
  if (node.hasInput(1)) {
    auto ratio = node.getConstant(1);
    if (!ratio)
      return ratio.takeError();
    double value =
        (*ratio)->isFloat() && (*ratio)->size() == 1 ? (*ratio)->floats[0] : -1;
    if (!(*ratio)->shape.empty() || !(value >= 0 && value < 1))
      return node.error(DiagId::ModelStructure,
                        "the ratio must be a float32 number from 0 to below 1",
                        1);
  }
  if (node.hasInput(2)) {
    auto training = node.getConstant(2);
    if (!training)
      return training.takeError();
    if ((*training)->type != ElementType::Bool || !(*training)->shape.empty())
      return node.error(DiagId::ModelStructure,
                        "the training mode must be one bool", 2);
    if ((*training)->integers[0])
      return node.unsupported("training mode is not supported", 2);
  }
  return node.shareInput(0);
}

} // namespace qev
