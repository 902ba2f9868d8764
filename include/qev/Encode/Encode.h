//===- Encode.h - From bounded twins to constraints -------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Encodes two nets op by op over one region, with proved bounds, into a System.
// What bounds decide costs nothing: stable neurons are linear, dead ones and
// single codes constant, inputs shared. docs/Encoding.md has every formula.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_ENCODE_ENCODE_H
#define QEV_ENCODE_ENCODE_H

#include "qev/Analysis/Bounds.h"
#include "qev/Encode/System.h"

namespace qev {

/// What is asked. With `maximise` the optimisation form, without the decision
/// form; the rows restrict both.
struct Goal {
  /// The pair of the twin whose values the forms are over, in place of the
  /// outputs.
  /// Nothing is encoded that these do not depend on.
  std::optional<size_t> pair;
  std::optional<OutputForm> maximise;
  std::vector<OutputRow> require;
  /// By how much each row of `require` is loosened, for solvers that work to a
  /// tolerance: what they call impossible then is, by more than that. Empty: by
  /// nothing.
  std::vector<double> loosening;
  /// What bounds say about the form to maximise, in magnitude, if it is known.
  double magnitude = infinity;

  /// The largest sign * (second_i - first_i); sign is 1 or -1.
  static Goal largestDelta(int64_t output, int sign);
  /// Is there sign * (second_i - first_i) > epsilon (or >=, if not strict)?
  static Goal exceedingDelta(int64_t output, int sign, const Real &epsilon,
                             bool strict = true);
  /// Does the first net's output `winner` exceed all others by more than
  /// `margin` while the second net prefers `rival`: second_rival >
  /// second_winner, or equal where the rival's index is lower?
  static Goal losingTopOne(int64_t numOutputs, int64_t winner, int64_t rival,
                           const Real &margin);
  /// How far the rival gets ahead under the same premise: maximise
  /// second_rival - second_winner.
  static Goal largestTopOneLead(int64_t numOutputs, int64_t winner,
                                int64_t rival, const Real &margin);
};

struct EncodeOptions {
  Rounding rounding = Rounding::Relaxed; ///< Relaxed or Exact
  Purpose purpose = Purpose::Proof;
  /// By how much the windows of Purpose::Witness are shrunk at both ends, in
  /// steps of the quantizer, 0 to below 1/2.
  double margin = 0.02;
  /// Whether grid inputs are integer variables. If not said: with
  /// Rounding::Exact and up to 64 of them; more are beyond MILP solvers.
  std::optional<bool> integerInputs;
  /// Rows with the proved bounds of second - first for each pair of values.
  bool differenceRows = true;
  /// Rows with the facets of twin hulls, where the bounds have them.
  bool hullRows = true;
};

/// Fails with `encode-unsupported` on an op or a use of it that has no linear
/// encoding, and with `bounds-shape` where bounds are missing or not finite.
/// The result refers to ops of the nets.
llvm::Expected<System> encode(const Twin &twin, const TwinBounds &bounds,
                              llvm::ArrayRef<InputRegion> regions,
                              const Goal &goal,
                              const EncodeOptions &options = {});

/// Has an encoded system maximise another form over the same values, about
/// which bounds say so much.
llvm::Error setMaximum(System &system, const OutputForm &form,
                       double magnitude);

} // namespace qev

#endif // QEV_ENCODE_ENCODE_H
