//===- Linear.h - Constants of linear ops as doubles ------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_LINEAR_H
#define QEV_ANALYSIS_LINEAR_H

#include "qev/Analysis/Bounds.h"
#include <Eigen/Core>

namespace qev {

using Matrix =
    Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using Vector = Eigen::VectorXd;

/// The real value of each element of a constant; q-typed ones denote (q - z) s.
/// A point wherever that is a double, which holds for codes of up to 29 bits.
Box getConstant(const Op &constant);

/// Exact real value of one element of a constant.
Real getConstantElement(const Op &constant, int64_t element);

/// An affine op y = W x + b on vectors of length K (applied to each of `rows`).
struct AffineMap {
  Matrix weights;                   ///< [N, K], exact
  Matrix magnitudes;                ///< |W|
  Box bias;                         ///< [N]
  const Op *biasConstant = nullptr; ///< null where there is none
  int64_t rows = 1;
  int unit = 0; ///< all weights are multiples of 2^unit
};

/// Lower and upper ends side by side, for arithmetic on whole vectors.
struct Ends {
  Vector lo, hi;
  explicit Ends(llvm::ArrayRef<Interval> box);
  /// All ends are multiples of 2^unit.
  int getUnit() const;
  Vector magnitude() const { return lo.cwiseAbs().cwiseMax(hi.cwiseAbs()); }
};

/// What is needed of a net's constants, converted once and shared by all
/// regions. Fails with `method-unsupported` on weights that are no doubles.
class LinearMaps {
public:
  static llvm::Expected<LinearMaps> build(const Net &net);
  const AffineMap &getAffine(const Op &op) const {
    return affine.find(&op)->second;
  }
  /// The constant operand of an element-wise op, broadcast to its result.
  const Box &getOperand(const Op &op) const {
    return operand.find(&op)->second;
  }

private:
  llvm::DenseMap<const Op *, AffineMap> affine;
  llvm::DenseMap<const Op *, Box> operand;
};

/// result = rows * weights, leaving out the columns of `rows` that are zero
/// throughout, such as those of dead neurons.
void multiplyLive(const Matrix &rows, const Matrix &weights,
                  Eigen::Ref<Matrix> result, const StopCheck &stop);

/// The operand of an element-wise binary op that is no constant, if exactly one
/// is; and the constant.
const Op *getConstOperand(const Op &op);

} // namespace qev

#endif // QEV_ANALYSIS_LINEAR_H
