//===- FuseAffine.cpp - Move constants into affine ops ----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeadOps.h"
#include "PassBases.h"
#include "qev/Analysis/Linear.h"

namespace qev {

namespace {

class FuseAffinePass final : public FuseAffineBase<NetPass> {
  bool runOnNet(Net &net) override;

  /// Each tries one rewrite at this op and says whether it was done.
  bool addBias(Net &net, Op &sum);
  bool scaleBehind(Net &net, Op &product);
  bool scaleBefore(Net &net, Op &affine);

  llvm::DenseMap<const Op *, unsigned> uses;
};

} // namespace

/// A constant that holds one number for each position of the last axis, or one
/// for all, so that it acts on rows of `length` elements like a vector.
static bool isVector(const Op &op, int64_t length) {
  if (!op.is(OpKind::Const))
    return false;
  int64_t size = op.type.getNumElements();
  return size == 1 || (size == length && op.type.getShape().back() == length);
}

static Real getVectorElement(const Op &constant, int64_t position) {
  return getConstantElement(constant,
                            constant.type.getNumElements() == 1 ? 0 : position);
}

static bool isFloatConst(const Op &op) {
  return op.is(OpKind::Const) && op.data->isFloat();
}

/// The numbers as float32 if every one of them is.
static std::optional<ConstData> toFloats(llvm::ArrayRef<Real> numbers) {
  std::vector<float> floats;
  floats.reserve(numbers.size());
  for (const Real &number : numbers) {
    if (!number.isFloat())
      return std::nullopt;
    floats.push_back(number.toFloat());
  }
  return ConstData::ofFloats(std::move(floats));
}

/// Makes `op` the affine op with these operands.
static void becomeAffine(Op &op, const Op &from,
                         llvm::ArrayRef<Op *> operands) {
  op.kind = OpKind::Affine;
  op.operands.assign(operands.begin(), operands.end());
  op.attributes.clear();
  op.location = fuseLocations(from.location, op.location);
}

//===----------------------------------------------------------------------===//
// Biases
//===----------------------------------------------------------------------===//

/// `constant` with shape [length], codes staying codes; null if its scales lie
/// along an axis that is not there any more.
static Op *getAsVector(Net &net, Op &constant, int64_t length) {
  Shape shape{length};
  const TensorType &type = constant.type;
  if (type.getShape() == llvm::ArrayRef<int64_t>(shape))
    return &constant;
  if (type.isQuantized() && type.getQuant().isPerAxis())
    return nullptr;
  auto spread = [&](auto values) {
    if (values.size() == 1)
      values.resize(length, values.front());
    return values;
  };
  return net.addConst(
      constant.name, type.withShape(shape),
      constant.data->isFloat()
          ? ConstData::ofFloats(spread(constant.data->getFloats()))
          : ConstData::ofCodes(spread(constant.data->getCodes())),
      constant.location);
}

/// (W x) + c is W x with bias c; (W x + b) + c needs b + c to be float32.
bool FuseAffinePass::addBias(Net &net, Op &sum) {
  bool affineIsSecond = sum.operands[1]->is(OpKind::Affine);
  Op &affine = *sum.operands[affineIsSecond];
  Op &constant = *sum.operands[!affineIsSecond];
  if (!affine.is(OpKind::Affine) || uses[&affine] != 1 ||
      affine.type != sum.type)
    return false;
  int64_t length = sum.type.getShape().back();
  if (!isVector(constant, length))
    return false;
  Op *bias;
  if (affine.operands.size() == 2) {
    bias = getAsVector(net, constant, length);
  } else {
    const Op &old = *affine.operands[2];
    if (!isFloatConst(old) || !isFloatConst(constant))
      return false;
    std::vector<Real> sums;
    for (int64_t n = 0; n < length; ++n)
      sums.push_back(getConstantElement(old, n) +
                     getVectorElement(constant, n));
    std::optional<ConstData> data = toFloats(sums);
    bias = data ? net.addConst(old.name, old.type, std::move(*data),
                               fuseLocations(old.location, constant.location))
                : nullptr;
  }
  if (!bias)
    return false;
  becomeAffine(sum, affine, {affine.operands[0], affine.operands[1], bias});
  ++numBiases;
  return true;
}

//===----------------------------------------------------------------------===//
// Scalings
//===----------------------------------------------------------------------===//

/// The op whose value a `mul` or `div` scales by a float vector over its last
/// axis, without changing the shape; null if it is not that.
static Op *getScaled(const Op &op, const Op *&factors) {
  if (!op.is(OpKind::Mul) && !op.is(OpKind::Div))
    return nullptr;
  unsigned value = op.is(OpKind::Mul) && op.operands[0]->is(OpKind::Const);
  factors = op.operands[1 - value];
  Op *scaled = op.operands[value];
  if (scaled->type != op.type || op.type.getRank() == 0 ||
      !isFloatConst(*factors) || !isVector(*factors, op.type.getShape().back()))
    return nullptr;
  return scaled;
}

/// number * factor, or number / factor where the op divides.
static Real scale(const Op &op, const Real &number, const Real &factor) {
  return op.is(OpKind::Div) ? number / factor : number * factor;
}

/// The weights [N, K] scaled: by factors over N (`byRow`) or over K. Nothing if
/// a product is no float32.
static std::optional<ConstData> scaleWeights(const Op &weights, const Op &by,
                                             const Op &factors, bool byRow) {
  int64_t columns = weights.type.getShape()[1];
  int64_t size = weights.type.getNumElements();
  std::vector<float> products;
  products.reserve(size);
  for (int64_t i = 0; i < size; ++i) {
    Real product =
        scale(by, getConstantElement(weights, i),
              getVectorElement(factors, byRow ? i / columns : i % columns));
    if (!product.isFloat()) // mostly the first one
      return std::nullopt;
    products.push_back(product.toFloat());
  }
  return ConstData::ofFloats(std::move(products));
}

/// c (W x + b) = (c W) x + c b, row by row.
bool FuseAffinePass::scaleBehind(Net &net, Op &product) {
  const Op *factors;
  Op *affine = getScaled(product, factors);
  if (!affine || !affine->is(OpKind::Affine) || uses[affine] != 1 ||
      !llvm::all_of(llvm::drop_begin(affine->operands),
                    [](const Op *op) { return isFloatConst(*op); }))
    return false;
  const Op &oldWeights = *affine->operands[1];
  auto weights = scaleWeights(oldWeights, product, *factors, /*byRow=*/true);
  if (!weights)
    return false;
  llvm::SmallVector<Op *, 3> operands{affine->operands[0]};
  if (affine->operands.size() == 3) {
    const Op &old = *affine->operands[2];
    std::vector<Real> products;
    for (int64_t n = 0; n < old.type.getNumElements(); ++n)
      products.push_back(scale(product, getConstantElement(old, n),
                               getVectorElement(*factors, n)));
    std::optional<ConstData> bias = toFloats(products);
    if (!bias)
      return false;
    operands.push_back(
        net.addConst(old.name, old.type, std::move(*bias), old.location));
  }
  operands.insert(operands.begin() + 1,
                  net.addConst(oldWeights.name, oldWeights.type,
                               std::move(*weights), oldWeights.location));
  becomeAffine(product, *affine, operands);
  ++numScalings;
  return true;
}

/// W (c x) + b = (W c) x + b, column by column.
bool FuseAffinePass::scaleBefore(Net &net, Op &affine) {
  const Op *factors;
  const Op &product = *affine.operands[0];
  Op *x = getScaled(product, factors);
  Op &old = *affine.operands[1];
  if (!x || !isFloatConst(old))
    return false;
  auto weights = scaleWeights(old, product, *factors, /*byRow=*/false);
  if (!weights)
    return false;
  affine.operands[0] = x;
  affine.operands[1] =
      net.addConst(old.name, old.type, std::move(*weights), old.location);
  affine.location = fuseLocations(product.location, affine.location);
  ++numScalings;
  return true;
}

bool FuseAffinePass::runOnNet(Net &net) {
  bool changed = false;
  // An op that becomes the fused one keeps its users, and what it replaces had
  // no other: counting once is enough.
  uses = net.countUses();
  for (size_t i = 0, size = net.ops.size(); i < size; ++i) {
    Op &op = *net.ops[i];
    bool rewritten = false;
    if (op.is(OpKind::Add))
      rewritten = addBias(net, op);
    else if (op.is(OpKind::Mul) || op.is(OpKind::Div))
      rewritten = scaleBehind(net, op);
    if (op.is(OpKind::Affine))
      rewritten |= scaleBefore(net, op);
    changed |= rewritten;
  }
  if (changed) {
    net.sortTopologically();
    eraseDeadOps(net);
  }
  return changed;
}

std::unique_ptr<Pass> createFuseAffinePass() {
  return std::make_unique<FuseAffinePass>();
}

} // namespace qev
