//===- Bounds.h - Proved ranges of values and of differences ----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Results of the bound analyses, kept beside the IR. All ranges hold for every
// input of the region, in the `real` semantics, and are rounded outward.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ANALYSIS_BOUNDS_H
#define QEV_ANALYSIS_BOUNDS_H

#include "qev/IR/Module.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/Support/Error.h"
#include <functional>

namespace qev {

/// Asked now and then by what may take long: true ends it early, with what is
/// proved so far. Once true it stays so. Empty: never.
using StopCheck = std::function<bool()>;

/// One interval per element, row-major. Of a quantized op: of its codes.
using Box = std::vector<Interval>;

/// Ranges of the values of one net.
using NetBounds = llvm::DenseMap<const Op *, Box>;

/// A plane that bounds second - first behind an element-wise step, in terms of
/// the values before it: with x the first net's value and e = y - x there,
/// second - first <= slopeX x + slopeE e + offset (>= if not isUpper).
struct DifferencePlane {
  int64_t element;
  bool isUpper;
  double slopeX, slopeE, offset;
};

/// The planes of one pair; `first` and `second` are the values before the step.
struct PairPlanes {
  const Op *first = nullptr;
  const Op *second = nullptr;
  std::vector<DifferencePlane> planes;
};

/// Where a difference comes from.
enum class ErrorSource {
  Input,      ///< the nets take in their inputs differently
  Weights,    ///< weights, or factors of a scaling, differ
  Bias,       ///< biases, or shifts of a scaling, differ
  Rounding,   ///< of activations
  Saturation, ///< one net clamps where the other does not
  Relaxation, ///< planes stand for what is not linear
  Arithmetic, ///< floating-point numbers were rounded outward
  Methods     ///< what other methods took off again
};
llvm::StringRef getName(ErrorSource source);

/// What one source contributes at one pair, in units of the output.
struct ErrorShare {
  int pair; ///< of Arithmetic and Methods: that of the outputs
  ErrorSource source;
  double amount;
};

/// One end of the range of an output's delta as a sum (docs/Soundness.md
/// section 6): `bound` is the sum of the shares but for the rounding of this
/// very sum. Shares of a lower end are negative where they widen the range.
struct Attribution {
  int64_t element; ///< of the outputs, counted through
  bool isUpper;
  double bound;
  std::vector<ErrorShare> shares;
};

/// What came of computing bounds once more in exact rationals (Recheck.h).
struct Recheck {
  int64_t bounds = 0; ///< compared
  /// Of these, those at most 1e-9 times the magnitude of what they bound above
  /// the exact ones. The rest allow for roundings that cannot happen, say where
  /// a quantizer has two codes left.
  int64_t tight = 0;
  std::vector<std::string> violations; ///< bounds below the exact ones
};

/// Ranges of both nets of a twin and of the difference of each pair.
struct TwinBounds {
  NetBounds first;
  NetBounds second;
  /// Like `Twin::pairs`: second - first, real values.
  std::vector<Box> delta;
  /// Approximations made at each pair, sorted and unique.
  std::vector<std::vector<Approximation>> by;
  /// Like `Twin::pairs` where they were asked for, else empty: the facets of
  /// the twin hulls of neurons that no single linear piece describes.
  std::vector<PairPlanes> planes;
  /// Both ends of each output where asked for, uppers first.
  std::vector<Attribution> attributions;
  std::optional<Recheck> recheck; ///< if asked for
  bool isCutShort = false;        ///< ended early; all ranges hold all the same

  /// Ranges of delta at the outputs of the twin, counted through.
  Box getOutputDelta(const Twin &twin) const;
};

/// How bounds are computed. Interval and Symbolic are the two published
/// baselines (QEBVerif, CAV 2023: "Con" and "Sym"), made sound and general;
/// Best intersects every sound method at every layer. The last two reproduce
/// QEBVerif's released numbers digit by digit, are unsound, and give no
/// verdict.
enum class Method { Interval, Symbolic, Twin, Best, QebverifCon, QebverifSym };

llvm::StringRef getName(Method method);
std::optional<Method> getMethod(llvm::StringRef name);
inline bool isSound(Method method) {
  return method != Method::QebverifCon && method != Method::QebverifSym;
}

/// What annotate-bounds wrote on a twin and its nets; nothing if a pair has no
/// range.
std::optional<TwinBounds> readBounds(const Twin &twin);

/// Ranges of a net's outputs as reals, counted through; everything where there
/// are no bounds.
Box getOutputRange(const Net &net, const NetBounds &bounds);

/// Fails with `query-region` unless the regions are those of the net's inputs.
llvm::Error checkInputs(const Net &net, llvm::ArrayRef<InputRegion> inputs);

/// Ranges of one net over a region (`inputs` by position). Method Interval,
/// Symbolic or Best.
llvm::Expected<NetBounds> computeBounds(const Net &net,
                                        llvm::ArrayRef<InputRegion> inputs,
                                        Method method);

/// Ranges of a twin over a region. Method Interval, Symbolic or Best; the other
/// two bound the outputs only and are asked of computeQebverif (Qebverif.h).
/// Fails with `method-unsupported` where a method does not apply to these nets
/// or this region.
llvm::Expected<TwinBounds> computeBounds(const Twin &twin,
                                         llvm::ArrayRef<InputRegion> inputs,
                                         Method method);

} // namespace qev

#endif // QEV_ANALYSIS_BOUNDS_H
