//===- Exact.cpp - The interpreter in rationals -----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluate.h"
#include "qev/Interp/Interp.h"

namespace qev {

namespace {

/// A row of x over one denominator: x[k] = values[k] / denominator *
/// 2^exponent. Dots then need integers only, and one reduction at their end.
struct ScaledRow {
  std::vector<mpz_class> values;
  mpz_class denominator = 1;
  int64_t exponent = 0;
};

struct ExactArithmetic {
  using Number = Real;
  using Row = ScaledRow;

  static Real fromFloat(float value) { return Real::fromDouble(value); }
  static Real fromCode(int32_t code) { return Real(code); }

  static Real add(const Real &a, const Real &b) { return a + b; }
  static Real sub(const Real &a, const Real &b) { return a - b; }
  static Real mul(const Real &a, const Real &b) { return a * b; }
  static Real div(const Real &a, const Real &b) { return a / b; }

  static Real clampBelow(const Real &x, float bound) {
    Real limit = fromFloat(bound);
    return x < limit ? limit : x;
  }
  static Real clampAbove(const Real &x, float bound) {
    Real limit = fromFloat(bound);
    return limit < x ? limit : x;
  }

  static Real dequantize(const Real &code, int64_t zeroPoint, float scale) {
    return (code - Real(zeroPoint)) * fromFloat(scale);
  }
  static Real quantize(const Real &x, float scale, int64_t zeroPoint,
                       const Storage &storage);
  static ScaledRow makeRow(llvm::ArrayRef<Real> x);
  static Real dot(const ScaledRow &x, llvm::ArrayRef<Real> weights,
                  const Real *bias);
};

mpz_class shiftLeft(const mpz_class &value, int64_t bits) {
  mpz_class result;
  mpz_mul_2exp(result.get_mpz_t(), value.get_mpz_t(), bits);
  return result;
}

/// sat(rne(x / scale) + zero point). The quotient is never formed: one integer
/// division and the comparison of twice its remainder with the divisor.
Real ExactArithmetic::quantize(const Real &x, float scale, int64_t zeroPoint,
                               const Storage &storage) {
  Real step = fromFloat(scale);
  int64_t shift = x.getExponent() - step.getExponent();
  mpz_class over = x.getNumerator();
  mpz_class under = x.getDenominator() * step.getNumerator();
  if (shift >= 0)
    over = shiftLeft(over, shift);
  else
    under = shiftLeft(under, -shift);
  mpz_class rounded, remainder; // over = rounded * under + remainder
  mpz_fdiv_qr(rounded.get_mpz_t(), remainder.get_mpz_t(), over.get_mpz_t(),
              under.get_mpz_t());
  remainder *= 2;
  int side = cmp(remainder, under);
  if (side > 0 || (side == 0 && mpz_odd_p(rounded.get_mpz_t())))
    ++rounded;
  rounded += static_cast<long>(zeroPoint);
  if (rounded < static_cast<long>(storage.min))
    return Real(storage.min);
  if (rounded > static_cast<long>(storage.max))
    return Real(storage.max);
  return Real(std::move(rounded));
}

ScaledRow ExactArithmetic::makeRow(llvm::ArrayRef<Real> x) {
  ScaledRow row;
  bool any = false;
  for (const Real &value : x) {
    if (value.isZero())
      continue;
    row.exponent =
        any ? std::min(row.exponent, value.getExponent()) : value.getExponent();
    any = true;
    if (!value.isDyadic())
      row.denominator = lcm(row.denominator, value.getDenominator());
  }
  row.values.resize(x.size());
  for (auto [scaled, value] : llvm::zip(row.values, x)) {
    if (value.isZero())
      continue;
    scaled =
        shiftLeft(value.getNumerator(), value.getExponent() - row.exponent);
    if (row.denominator != 1)
      scaled *= row.denominator / value.getDenominator();
  }
  return row;
}

Real ExactArithmetic::dot(const ScaledRow &x, llvm::ArrayRef<Real> weights,
                          const Real *bias) {
  // Weights are dyadic: floats, or codes times a float scale.
  int64_t exponent = 0;
  bool any = false;
  for (const Real &weight : weights) {
    assert(weight.isDyadic() && "weights are constants");
    if (weight.isZero())
      continue;
    exponent =
        any ? std::min(exponent, weight.getExponent()) : weight.getExponent();
    any = true;
  }
  mpz_class sum, term;
  for (auto [value, weight] : llvm::zip(x.values, weights)) {
    if (weight.isZero() || value == 0)
      continue;
    const mpz_class &factor = weight.getNumerator();
    int64_t shift = weight.getExponent() - exponent;
    if (mpz_sizeinbase(factor.get_mpz_t(), 2) + shift < 64) {
      // |factor| * 2^shift is one machine word.
      unsigned long word = mpz_get_ui(factor.get_mpz_t()) << shift;
      if (sgn(factor) > 0)
        mpz_addmul_ui(sum.get_mpz_t(), value.get_mpz_t(), word);
      else
        mpz_submul_ui(sum.get_mpz_t(), value.get_mpz_t(), word);
    } else {
      // In place: these sums are where exact execution spends its time.
      mpz_mul(term.get_mpz_t(), value.get_mpz_t(), factor.get_mpz_t());
      mpz_mul_2exp(term.get_mpz_t(), term.get_mpz_t(), shift);
      mpz_add(sum.get_mpz_t(), sum.get_mpz_t(), term.get_mpz_t());
    }
  }
  Real result = Real(std::move(sum)) * Real::powerOfTwo(x.exponent + exponent);
  if (x.denominator != 1)
    result /= Real(x.denominator);
  return bias ? result + *bias : result;
}

} // namespace

ExactTensor evaluateExact(const Op &op,
                          llvm::ArrayRef<const ExactTensor *> operands) {
  return Evaluator<ExactArithmetic>(op, operands).run();
}

std::vector<ExactTensor> runExact(const Net &net,
                                  llvm::ArrayRef<ExactTensor> inputs) {
  return runNet<ExactArithmetic>(net, inputs);
}

ExactTensor toReals(const Op &op, const ExactTensor &value) {
  return op.type.isQuantized()
             ? Evaluator<ExactArithmetic>::dequantize(op.type, value)
             : value;
}

//===----------------------------------------------------------------------===//
// Many executions of one net
//===----------------------------------------------------------------------===//

ExactNet::ExactNet(const Net &net) : net(net) {
  for (const auto &op : net.ops) {
    bool isConstant = llvm::all_of(op->operands, [&](const Op *operand) {
      return constants.contains(operand);
    });
    if (op->is(OpKind::Input) || !isConstant)
      continue;
    llvm::SmallVector<const ExactTensor *, 3> operands;
    for (const Op *operand : op->operands)
      operands.push_back(&constants.find(operand)->second);
    ExactTensor value = evaluateExact(*op, operands);
    if (op->type.isQuantized())
      meanings[op.get()] = toReals(*op, value);
    constants[op.get()] = std::move(value);
  }
}

ExactTensor ExactNet::run(llvm::ArrayRef<ExactTensor> inputs) const {
  auto find = [](const auto &map, const Op *op) -> const ExactTensor * {
    auto entry = map.find(op);
    return entry == map.end() ? nullptr : &entry->second;
  };
  llvm::DenseMap<const Op *, ExactTensor> values;
  size_t nextInput = 0;
  for (const auto &op : net.ops) {
    if (constants.contains(op.get()))
      continue;
    if (op->is(OpKind::Input)) {
      assert(nextInput < inputs.size() && "too few inputs");
      values[op.get()] = inputs[nextInput++];
      continue;
    }
    llvm::SmallVector<const ExactTensor *, 3> operands, reals;
    for (const Op *operand : op->operands) {
      const ExactTensor *constant = find(constants, operand);
      operands.push_back(constant ? constant : find(values, operand));
      reals.push_back(find(meanings, operand));
    }
    values[op.get()] = Evaluator<ExactArithmetic>(*op, operands, reals).run();
  }
  assert(nextInput == inputs.size() && "too many inputs");
  ExactTensor results;
  for (const Op *output : net.outputs) {
    const ExactTensor *constant = find(constants, output);
    llvm::append_range(
        results,
        toReals(*output, constant ? *constant : values.find(output)->second));
  }
  return results;
}

} // namespace qev
