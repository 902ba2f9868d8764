//===- Difference.h - Ranges of second minus first --------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Differential reachability, layer by layer: from the ranges of x (first net),
// y (second net) and delta = y - x of a pair to the range of delta behind the
// next ops. Follows QEBVerif (CAV 2023), section "DRA", with general clamps,
// scales and zero points in place of its fixed-point scheme.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_DIFFERENCE_H
#define QEV_ANALYSIS_DIFFERENCE_H

#include "qev/Analysis/Linear.h"
#include "qev/Analysis/Step.h"

namespace qev {

/// How pair number i of a twin arises from earlier pairs. The two ops are what
/// each net does there; null where its value is passed on unchanged.
struct PairStep {
  static constexpr int inputs = -1; ///< the nets' inputs, which are equal
  enum Kind { Same, Affine, Scale, Clamp, Sum } kind = Same;
  const Op *first = nullptr;
  const Op *second = nullptr;
  int from = inputs;      ///< earlier pair, or `inputs`
  int fromRight = inputs; ///< right operand of a Sum
  /// The operand values on each side.
  const Op *firstOperand = nullptr;
  const Op *secondOperand = nullptr;
};

/// One per pair, or `twin-pair` where a pair does not arise from earlier ones.
llvm::Expected<std::vector<PairStep>> findPairSteps(const Twin &twin);

/// (W~ y + b~) - (W x + b) = W~ delta + (W~ - W) x + (b~ - b), with the
/// differences of constants taken once for all regions.
class AffineDifference {
public:
  /// `second` must outlive this.
  AffineDifference(const AffineMap &first, const AffineMap &second);
  Box apply(const Box &x, const Box &delta) const;

  /// W~ - W, each rounded to nearest unless areWeightsExact.
  const Matrix &getWeights() const { return weights; }
  const Box &getBias() const { return bias; }
  bool areWeightsExact() const { return isExact; }

private:
  const AffineMap &second;
  Matrix weights;
  Matrix magnitudes; ///< |W~ - W|
  Box bias;
  int unit;
  bool isExact; ///< no weight was rounded
};

/// What an element-wise linear op does to one element: a * x + b.
struct Scaling {
  Interval factor = 1;
  Interval shift = 0;
};
/// Of an op with one constant operand.
Scaling getScaling(const Op &op, const Interval &constant);
/// Whether both ops of a Scale do exactly the same to an element. Equal
/// enclosures do not tell: a divisor's inverse, or a constant of more than 53
/// bits, is no double.
bool isSameScaling(const PairStep &step, const LinearMaps &first,
                   const LinearMaps &second, int64_t element);
/// One per element of op's value; the identity if op is null.
std::vector<Scaling> getScalings(const Op *op, const LinearMaps &maps,
                                 int64_t size);

/// A step of one element with the range of its argument.
struct ClampedValue {
  ClampStep step;
  Interval argument;
  bool isExact = false; ///< rounding changes nothing
};
/// The range of second(y) - first(x) over x, y in their ranges with y - x in
/// delta. Exact for clamps without rounding: with B(y) - A(x) monotone in y and
/// in -x, its maximum lies on the frontier y = min(x + max delta, max y), where
/// it is piecewise linear in x, so the bends decide. A rounding moves the value
/// by at most half a step and never beyond the image of the range's ends. Some
/// pair (x, y) must exist.
Interval differenceOfClamps(const ClampedValue &first,
                            const ClampedValue &second, const Interval &delta);

} // namespace qev

#endif // QEV_ANALYSIS_DIFFERENCE_H
