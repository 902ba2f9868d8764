//===- Evaluate.h - One op in either arithmetic -----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What each operator does is said here once, for both modes. The numbers it
// does it with are a parameter `A`, an arithmetic, which has
//
//   Number                     one element: a real value or a code
//   fromFloat, fromCode        an element of a Const
//   add, sub, mul, div         of two Numbers
//   clampBelow, clampAbove     max(x, bound), min(x, bound), the bound a float
//   quantize, dequantize       by one scale and zero point
//   Row, makeRow, dot          a row of x made ready to be multiplied with the
//                              rows of the weights; the bias may be null
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_INTERP_EVALUATE_H
#define QEV_LIB_INTERP_EVALUATE_H

#include "qev/IR/Net.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"

namespace qev {

/// The values of one op from those of its operands.
template <typename A> class Evaluator {
public:
  using Number = typename A::Number;
  using Tensor = std::vector<Number>;

  /// `reals`: what quantized operands stand for, where that is known already;
  /// empty, or one per operand that may be null.
  Evaluator(const Op &op, llvm::ArrayRef<const Tensor *> operands,
            llvm::ArrayRef<const Tensor *> reals = {})
      : op(op), operands(operands), reals(reals),
        size(op.type.getNumElements()) {
    assert(operands.size() == op.operands.size());
    assert(reals.empty() || reals.size() == operands.size());
  }

  Tensor run() const {
    switch (op.kind) {
    case OpKind::Input:
      llvm_unreachable("the value of an input is given");
    case OpKind::Const:
      return constant();
    case OpKind::Affine:
      return affine();
    case OpKind::Add:
      return binary(A::add);
    case OpKind::Sub:
      return binary(A::sub);
    case OpKind::Mul:
      return binary(A::mul);
    case OpKind::Div:
      return binary(A::div);
    case OpKind::Relu:
      return clamp(0.0f, std::nullopt);
    case OpKind::Clip:
      return clamp(op.getFloatAttr("min"), op.getFloatAttr("max"));
    case OpKind::Reshape:
      return *operands[0];
    case OpKind::Quantize:
      return quantize();
    case OpKind::Dequantize:
      return dequantize(op.operands[0]->type, *operands[0]);
    }
    llvm_unreachable("every operator has a case");
  }

  /// Codes become the reals they stand for.
  static Tensor dequantize(const TensorType &type, const Tensor &codes) {
    assert(static_cast<int64_t>(codes.size()) == type.getNumElements());
    Tensor result;
    result.reserve(codes.size());
    for (auto [i, code] : llvm::enumerate(codes))
      result.push_back(
          A::dequantize(code, type.getZeroPoint(i), type.getScale(i)));
    return result;
  }

private:
  Tensor constant() const {
    Tensor result;
    result.reserve(size);
    if (op.data->isFloat())
      for (float value : op.data->getFloats())
        result.push_back(A::fromFloat(value));
    else
      for (int32_t code : op.data->getCodes())
        result.push_back(A::fromCode(code));
    return result;
  }

  /// y[r, n] = sum over k of x[r, k] * w[n, k], plus bias[n].
  Tensor affine() const {
    Tensor xReals, weightReals, biasReals;
    llvm::ArrayRef<Number> x = meaning(0, xReals);
    llvm::ArrayRef<Number> weights = meaning(1, weightReals);
    llvm::ArrayRef<Number> bias;
    if (operands.size() > 2)
      bias = meaning(2, biasReals);
    auto weightShape = op.operands[1]->type.getShape();
    int64_t outputs = weightShape[0], inputs = weightShape[1];
    Tensor result;
    result.reserve(size);
    for (int64_t first = 0, row = 0; row != size / outputs;
         ++row, first += inputs) {
      auto prepared = A::makeRow(x.slice(first, inputs));
      for (int64_t n = 0; n != outputs; ++n)
        result.push_back(
            A::dot(prepared, weights.slice(n * inputs, inputs),
                   bias.empty() ? nullptr : &bias[bias.size() == 1 ? 0 : n]));
    }
    return result;
  }

  template <typename Function> Tensor binary(Function function) const {
    Tensor aReals, bReals;
    llvm::ArrayRef<Number> a = meaning(0, aReals), b = meaning(1, bReals);
    auto fromA =
        getBroadcastMap(op.operands[0]->type.getShape(), op.type.getShape());
    auto fromB =
        getBroadcastMap(op.operands[1]->type.getShape(), op.type.getShape());
    Tensor result;
    result.reserve(size);
    for (int64_t i = 0; i != size; ++i)
      result.push_back(function(a[fromA[i]], b[fromB[i]]));
    return result;
  }

  /// min(max(x, lo), hi), in this order: where lo > hi the result is hi.
  Tensor clamp(std::optional<float> lo, std::optional<float> hi) const {
    Tensor owned;
    Tensor result = meaning(0, owned);
    for (Number &x : result) {
      if (lo)
        x = A::clampBelow(std::move(x), *lo);
      if (hi)
        x = A::clampAbove(std::move(x), *hi);
    }
    return result;
  }

  Tensor quantize() const {
    Tensor result;
    result.reserve(size);
    const Storage &storage = op.type.getQuant().storage;
    for (auto [i, x] : llvm::enumerate(*operands[0]))
      result.push_back(A::quantize(x, op.type.getScale(i),
                                   op.type.getZeroPoint(i), storage));
    return result;
  }

  /// The value of an operand as an arithmetic op sees it: a quantized one
  /// stands for (q - z) * s, which is then kept in `owned`.
  const Tensor &meaning(unsigned operand, Tensor &owned) const {
    const TensorType &type = op.operands[operand]->type;
    if (!type.isQuantized())
      return *operands[operand];
    if (!reals.empty() && reals[operand])
      return *reals[operand];
    return owned = dequantize(type, *operands[operand]);
  }

  const Op &op;
  llvm::ArrayRef<const Tensor *> operands;
  llvm::ArrayRef<const Tensor *> reals;
  int64_t size; ///< elements of the result
};

/// The values of all ops of a net.
template <typename A>
std::vector<std::vector<typename A::Number>>
runNet(const Net &net, llvm::ArrayRef<std::vector<typename A::Number>> inputs) {
  using Tensor = std::vector<typename A::Number>;
  std::vector<Tensor> values(net.ops.size());
  llvm::DenseMap<const Op *, const Tensor *> valueOf;
  unsigned nextInput = 0;
  for (auto [index, op] : llvm::enumerate(net.ops)) {
    if (op->is(OpKind::Input)) {
      assert(nextInput < inputs.size() && "too few inputs");
      values[index] = inputs[nextInput++];
    } else {
      llvm::SmallVector<const Tensor *, 3> operands;
      for (const Op *operand : op->operands)
        operands.push_back(valueOf.at(operand));
      values[index] = Evaluator<A>(*op, operands).run();
    }
    assert(static_cast<int64_t>(values[index].size()) ==
               op->type.getNumElements() &&
           "a value does not have the size of its type");
    valueOf[op.get()] = &values[index];
  }
  assert(nextInput == inputs.size() && "too many inputs");
  return values;
}

} // namespace qev

#endif // QEV_LIB_INTERP_EVALUATE_H
