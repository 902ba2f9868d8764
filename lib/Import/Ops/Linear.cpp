//===- Linear.cpp - Gemm and MatMul -----------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Handlers.h"
#include "llvm/Support/MathExtras.h"

namespace qev {

/// What `make` makes of input `i`, a constant of `count` elements, as an
/// operand.
static llvm::Expected<Op *> getDerived(Node &node, unsigned i, int64_t count,
                                       llvm::function_ref<Value()> make) {
  if (auto failure = node.makeRoom(count))
    return failure;
  auto derived = node.derive(node.getInput(i), make());
  if (!derived)
    return derived.takeError();
  return node.getReal(*derived, i);
}

/// Input `i`, which must be constant weights of rank 2, as an operand of shape
/// [outputs, inputs].
static llvm::Expected<Op *> getWeights(Node &node, unsigned i,
                                       bool isTransposed) {
  const Value &value = node.getInput(i);
  if (value.getOp())
    return node.unsupported("weights must be a constant", i);
  if (value.getShape().size() != 2)
    return node.unsupported("weights must have rank 2, got rank " +
                                llvm::Twine(value.getShape().size()),
                            i);
  if (isTransposed)
    return node.getReal(i);
  return getDerived(node, i, getNumElements(value.getShape()),
                    [&] { return transpose(value, {1, 0}); });
}

/// The constant with dimensions of 1 in front dropped, if every row of the
/// result gets the same.
static std::optional<Value> asFlat(const Value &value) {
  auto shape = value.getShape();
  while (!shape.empty() && shape[0] == 1)
    shape = shape.drop_front();
  if (shape.size() > 1)
    return std::nullopt;
  return reshape(value, shape);
}

//===----------------------------------------------------------------------===//
// Gemm
//===----------------------------------------------------------------------===//

/// beta * C, which of a constant is no float32 in general.
static llvm::Expected<Op *> getAddend(Node &node, float beta) {
  auto operand = node.getReal(2);
  if (!operand || beta == 1)
    return operand;
  auto factorOp = node.getReal(node.makeScalar("beta", beta), 2);
  if (!factorOp)
    return factorOp;
  return node.addStep(OpKind::Mul, {*operand, *factorOp});
}

/// alpha * A * B + beta * C, steps that are not needed left out.
llvm::Expected<ValueRef> importGemm(Node &node) {
  float alpha = node.getFloat("alpha", 1), beta = node.getFloat("beta", 1);
  bool transA = node.getInt("transA", 0), transB = node.getInt("transB", 0);

  auto x = node.getActivation(0);
  if (!x)
    return x.takeError();
  auto shape = (*x)->type.getShape();
  if (shape.size() != 2)
    return node.error(DiagId::OpShape,
                      "must have rank 2, got rank " + llvm::Twine(shape.size()),
                      0);
  if (transA) {
    // A matrix of one row or column has the same elements in the same order.
    if (shape[0] != 1 && shape[1] != 1)
      return node.unsupported("transA=1 is supported for vectors only", 0);
    x = node.addReshape(*x, {shape[1], shape[0]});
    if (!x)
      return x.takeError();
  }
  auto weights = getWeights(node, 1, transB);
  if (!weights)
    return weights.takeError();
  int64_t outputs = (*weights)->type.getShape()[0];
  Shape result = {(*x)->type.getShape()[0], outputs};

  bool hasC = node.hasInput(2) && beta != 0;
  if (hasC) {
    auto broadcasted = broadcastShapes(node.getInput(2).getShape(), result);
    if (!broadcasted || *broadcasted != result)
      return node.error(DiagId::OpShape,
                        "does not broadcast to the shape of the product", 2);
  }
  if (hasC && alpha == 1 && beta == 1 && !node.getInput(2).getOp()) {
    const Value &c = node.getInput(2);
    if (auto flat = asFlat(c)) {
      bool same = c.getShape() == llvm::ArrayRef(outputs);
      auto bias = same ? node.getReal(2) : getDerived(node, 2, outputs, [&] {
        return broadcast(*flat, {outputs});
      });
      if (!bias)
        return bias.takeError();
      return node.addValue(OpKind::Affine, {*x, *weights, *bias});
    }
  }
  if (!hasC && alpha == 1)
    return node.addValue(OpKind::Affine, {*x, *weights});

  auto product = node.addStep(OpKind::Affine, {*x, *weights});
  if (!product)
    return product.takeError();
  if (alpha != 1) {
    auto factor = node.getReal(node.makeScalar("alpha", alpha), 0);
    if (!factor)
      return factor.takeError();
    if (!hasC)
      return node.addValue(OpKind::Mul, {*product, *factor});
    product = node.addStep(OpKind::Mul, {*product, *factor});
    if (!product)
      return product.takeError();
  }
  auto addend = getAddend(node, beta);
  if (!addend)
    return addend.takeError();
  return node.addValue(OpKind::Add, {*product, *addend});
}

//===----------------------------------------------------------------------===//
// MatMul
//===----------------------------------------------------------------------===//

/// The constant [M, K] over `columns` columns at once, of which one needs no
/// constant of its own.
static llvm::Expected<Op *> getWeightsOverColumns(Node &node, int64_t columns) {
  const Value &w = node.getInput(0);
  auto shape = w.getShape();
  bool isRow = shape.size() == 1;
  if (shape.size() > 2 || shape.empty() || (columns == 1 && !isRow))
    return getWeights(node, 0, /*isTransposed=*/true);
  Shape rows = {isRow ? 1 : shape[0], shape.back()};
  uint64_t count = llvm::SaturatingMultiply<uint64_t>(columns, columns);
  count = llvm::SaturatingMultiply<uint64_t>(count, getNumElements(rows));
  constexpr uint64_t tooMany = uint64_t(1) << 62;
  return getDerived(
      node, 0, static_cast<int64_t>(std::min(count, tooMany)),
      [&] { return spreadOverColumns(*reshape(w, rows), columns); });
}

/// W X of constant weights [M, K], or of a row [K], and columns [..., K, N], or
/// one [K]. The elements of all columns together are a row.
static llvm::Expected<ValueRef> importProductWithColumns(Node &node) {
  auto x = node.getActivation(1);
  if (!x)
    return x.takeError();
  auto wShape = node.getInput(0).getShape();
  Shape shape((*x)->type.getShape());
  bool isVector = shape.size() == 1;
  int64_t columns = 1;
  if (shape.size() > 1)
    columns = shape.pop_back_val();
  if (shape.empty() || wShape.empty() || shape.back() != wShape.back())
    return node.error(DiagId::OpShape,
                      printType((*x)->type) +
                          " does not fit a constant on the left, " +
                          printType(TensorType::f32(wShape)),
                      1);
  auto weights = getWeightsOverColumns(node, columns);
  if (!weights)
    return weights.takeError();
  bool isRow = wShape.size() == 1;
  if (isVector && !isRow)
    return node.addValue(OpKind::Affine, {*x, *weights});

  if (!isVector) {
    shape.back() *= columns;
    x = node.addReshape(*x, shape);
    if (!x)
      return x.takeError();
  }
  auto product = node.addStep(OpKind::Affine, {*x, *weights});
  if (!product)
    return product.takeError();
  shape.pop_back();
  if (!isRow)
    shape.push_back(wShape[0]);
  if (!isVector)
    shape.push_back(columns);
  auto result = node.add(OpKind::Reshape, {*product}, {},
                         (*product)->type.withShape(shape));
  if (!result)
    return result.takeError();
  return node.makeValue(*result);
}

llvm::Expected<ValueRef> importMatMul(Node &node) {
  if (!node.getInput(0).getOp() && node.getInput(1).getOp())
    return importProductWithColumns(node);
  auto x = node.getActivation(0);
  if (!x)
    return x.takeError();
  // A vector is a row on the left and a column on the right; the dimension of
  // size 1 that this adds is dropped from the result.
  bool isRow = (*x)->type.getRank() == 1;
  bool isColumn = node.getInput(1).getShape().size() == 1;
  if (isColumn && node.getInput(1).getOp())
    return node.unsupported("weights must be a constant", 1);

  llvm::Expected<Op *> weights = nullptr;
  if (isColumn) {
    const Value &w = node.getInput(1);
    weights = getDerived(node, 1, w.getShape()[0], [&] {
      return transpose(*reshape(w, {w.getShape()[0], 1}), {1, 0});
    });
  } else {
    weights = getWeights(node, 1, /*isTransposed=*/false);
  }
  if (!weights)
    return weights.takeError();
  if (!isRow && !isColumn)
    return node.addValue(OpKind::Affine, {*x, *weights});

  if (isRow) {
    x = node.addReshape(*x, {1, (*x)->type.getShape()[0]});
    if (!x)
      return x.takeError();
  }
  auto product = node.addStep(OpKind::Affine, {*x, *weights});
  if (!product)
    return product.takeError();
  Shape shape((*product)->type.getShape());
  if (isColumn)
    shape.pop_back();
  if (isRow)
    shape.erase(shape.begin() + (shape.size() - (isColumn ? 1 : 2)));
  auto result = node.add(OpKind::Reshape, {*product}, {},
                         (*product)->type.withShape(shape));
  if (!result)
    return result.takeError();
  return node.makeValue(*result);
}

} // namespace qev
