//===- Steps.cpp - Clamps and roundings -------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// out = clamp(round(in / unit), lo, hi) for relu (lo = 0), clip and quantize.
// With w = unit * out, t = in in [l, u], h = half a unit where it rounds (less
// the margin of a witness), else 0:
//
//   w >= t - h - M a,   M = u - h - unit * hi         a: clamped from above
//   out >= outLo + (hi - outLo) a
//   w <= t + h + N b,   N = unit * lo - l - h         b: clamped from below
//   out <= outHi - (outHi - lo) b
//
// and a, M (b, N) only where u - h > unit * hi (l + h < unit * lo): with a = 1
// the first row says out >= (u - h - M)/unit = hi at most, so it is void, and
// the second out = hi; with a = 0 the second is void. A relu that is not stable
// thus has w >= t, w <= t + N b, out <= u (1 - b): the triangle, when relaxed.
// Ties lie in both windows, which contains rounding half to even.
//
//===----------------------------------------------------------------------===//

#include "Encoder.h"
#include "qev/Support/Diagnostics.h"

namespace qev::encoding {

static Real saturate(const Step &step, Real x) {
  if (step.hi && x > *step.hi)
    x = *step.hi;
  if (step.lo && x < *step.lo)
    x = *step.lo;
  return x;
}

/// What the step does to one number, with or without its clamp; monotone.
static Real apply(const Step &step, const Real &x, bool clamps = true) {
  Real argument = x / step.unit;
  if (step.rounding != Rounding::None)
    argument = Real(argument.roundHalfEven());
  return clamps ? saturate(step, argument) : argument;
}

llvm::Error Encoder::addStep(const Net &net, const Op &op, Side side) {
  Place place{net, op, side}, argument{net, *op.operands[0], side};
  Values input = getReals(*op.operands[0]);
  Values result;
  for (int64_t size = op.type.getNumElements(); place.element < size;
       ++place.element) {
    int64_t i = argument.element = place.element;
    Step step;
    step.origin = place.origin(Role::Activation);
    if (op.is(OpKind::Quantize)) {
      const Storage &storage = op.type.getQuant().storage;
      int64_t zero = op.type.getZeroPoint(i);
      step.unit = Real::fromDouble(op.type.getScale(i));
      step.rounding = options.rounding;
      step.lo = Real(storage.min - zero);
      step.hi = Real(storage.max - zero);
      step.origin.role = Role::Code;
    } else if (op.is(OpKind::Relu)) {
      step.lo = Real(0);
    } else {
      if (auto min = op.getFloatAttr("min"))
        step.lo = Real::fromDouble(*min);
      if (auto max = op.getFloatAttr("max"))
        step.hi = Real::fromDouble(*max);
      // min(max(x, min), max): an upper end below the lower one wins.
      if (step.lo && step.hi && *step.lo > *step.hi)
        step.lo = step.hi;
    }
    llvm::Expected<Interval> range = getRange(argument, input[i]);
    if (!range)
      return range.takeError();
    llvm::Expected<AffineValue> value = makeStep(place, input[i], *range, step);
    if (!value)
      return value.takeError();
    result.push_back(std::move(*value));
  }
  values[&op] = std::move(result);
  return llvm::Error::success();
}

llvm::Expected<AffineValue> Encoder::makeStep(const Place &place,
                                              const AffineValue &input,
                                              const Interval &range,
                                              Step step) {
  if (input.isConstant())
    return AffineValue::constant(apply(step, input.offset));

  // The output's range: the image of the input's, and what is proved of it.
  llvm::Expected<Interval> proved = getBounds(place);
  if (!proved)
    return proved.takeError();
  Real shift = place.op.type.isQuantized()
                   ? Real(place.op.type.getZeroPoint(place.element))
                   : Real(0);
  bool isCode = step.rounding != Rounding::None;
  Real provedLo = Real::fromDouble(proved->lo) - shift;
  Real provedHi = Real::fromDouble(proved->hi) - shift;
  if (isCode) {
    provedLo = Real(provedLo.ceil());
    provedHi = Real(provedHi.floor());
  }
  Real outLo = std::max(apply(step, Real::fromDouble(range.lo)), provedLo);
  Real outHi = std::min(apply(step, Real::fromDouble(range.hi)), provedHi);
  if (outLo > outHi) {
    setInfeasible(place);
    outLo = outHi;
  }
  if (outLo == outHi)
    return AffineValue::constant(outLo);

  // An integer needs no rounding: grid inputs, and codes that are quantized
  // again with the same scale.
  AffineValue scaled{input.scale / step.unit, input.variable,
                     input.offset / step.unit};
  if (isCode && system.variables[*input.variable].integral &&
      scaled.scale.isInteger() && scaled.offset.isInteger())
    step.rounding = Rounding::None;

  // Drop a side of the clamp that no argument reaches, ties rounded to even
  // included, or that is proved not to be reached.
  if (step.lo && (outLo > *step.lo ||
                  apply(step, Real::fromDouble(range.lo), false) >= *step.lo))
    step.lo.reset();
  if (step.hi && (outHi < *step.hi ||
                  apply(step, Real::fromDouble(range.hi), false) <= *step.hi))
    step.hi.reset();
  if (step.rounding == Rounding::None && !step.lo && !step.hi)
    return scaled;

  VariableKind kind = step.rounding == Rounding::Exact
                          ? VariableKind::Integer
                          : VariableKind::Continuous;
  auto output = addVariable(place, kind, Interval::around(outLo, outHi), isCode,
                            step.origin.role);
  if (!output)
    return output.takeError();
  step.input = input;
  step.output = *output;
  if (llvm::Error error = addStepRows(place, step, range))
    return error;
  return AffineValue{1, *output, 0};
}

llvm::Error Encoder::addStepRows(const Place &place, const Step &step,
                                 const Interval &range) {
  int index = static_cast<int>(system.steps.size());
  system.steps.push_back(step);
  const Variable output = system.variables[step.output];
  Real outLo = Real::fromDouble(output.lo), outHi = Real::fromDouble(output.hi);
  Real half;
  if (step.rounding != Rounding::None)
    half = Real::powerOfTwo(-1);
  if (step.rounding == Rounding::Exact && options.purpose == Purpose::Witness)
    half -= Real::fromDouble(options.margin);
  half *= step.unit;

  auto addBinary = [&](Role role) -> llvm::Expected<unsigned> {
    auto variable = addVariable(place, VariableKind::Binary, {0, 1},
                                /*integral=*/true, role);
    if (variable)
      system.variables[*variable].step = index;
    return variable;
  };
  // unit * out - in
  LinearSum difference;
  difference.add(step.unit, step.output);
  difference.add(Real(-1), step.input);
  // A larger constant than needed is as sound, and is a double.
  auto roundUp = [](const Real &bigM) {
    return Real::fromDouble(bigM.toDoubleUp());
  };
  // At a tie the closed window may reach the clamp without a case split.
  Real bigAbove, bigBelow;
  if (step.hi)
    bigAbove = Real::fromDouble(range.hi) - half - step.unit * *step.hi;
  if (step.lo)
    bigBelow = step.unit * *step.lo - Real::fromDouble(range.lo) - half;

  std::optional<unsigned> above, below;
  LinearSum lower = difference, upper = difference;
  if (bigAbove.sign() > 0) {
    auto variable = addBinary(Role::Above);
    if (!variable)
      return variable.takeError();
    above = *variable;
    lower.add(roundUp(bigAbove), *above);
    LinearSum forced; // out - (hi - outLo) a >= outLo
    forced.add(Real(1), step.output);
    forced.add(outLo - *step.hi, *above);
    if (llvm::Error error = addRow(place, forced, Sense::GreaterEqual, outLo,
                                   Role::Above, index))
      return error;
  }
  if (bigBelow.sign() > 0) {
    auto variable = addBinary(Role::Below);
    if (!variable)
      return variable.takeError();
    below = *variable;
    upper.add(-roundUp(bigBelow), *below);
    LinearSum forced; // out + (outHi - lo) b <= outHi
    forced.add(Real(1), step.output);
    forced.add(outHi - *step.lo, *below);
    if (llvm::Error error =
            addRow(place, forced, Sense::LessEqual, outHi, Role::Below, index))
      return error;
  }
  if (above && below) {
    LinearSum atMostOne;
    atMostOne.add(1.0, *above);
    atMostOne.add(1.0, *below);
    if (llvm::Error error =
            addRow(place, atMostOne, Sense::LessEqual, 1, Role::Above, index))
      return error;
  }
  if (llvm::Error error =
          addRow(place, lower, Sense::GreaterEqual, -half, Role::Window, index))
    return error;
  return addRow(place, upper, Sense::LessEqual, half, Role::Window, index);
}

} // namespace qev::encoding
