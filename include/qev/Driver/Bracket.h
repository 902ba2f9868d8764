//===- Bracket.h - What is proved and what is witnessed ---------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For each output two intervals: `proved` contains delta over the whole region,
// `witnessed` is spanned by deltas of replayed inputs. An end of `proved` is
// safe (arithmetic alone stands behind it) or trusted (a solver's word). A
// replay that contradicts a trusted end removes it; one that contradicts a safe
// end is a bug of qev.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_DRIVER_BRACKET_H
#define QEV_DRIVER_BRACKET_H

#include "qev/Analysis/Bounds.h"
#include "qev/Search/Replay.h"
#include "qev/Solver/Trust.h"
#include <array>

namespace qev {

class Bracket {
public:
  /// `proved`: by bounds, one interval for each output.
  explicit Bracket(const Box &proved);

  /// Records the deltas of a replay. Returns a sentence for each trusted end
  /// that it contradicts.
  std::vector<std::string> witness(const Replay &replay);
  /// Records sign * delta_output <= bound, as `trust` has it. Returns a
  /// sentence if replays or the other end contradict it; then it is not taken
  /// over.
  std::optional<std::string> prove(int64_t output, int sign, double bound,
                                   const Trust &trust);
  /// Forgets all ends that rest on a solver's floating point.
  void dropTolerance();

  int64_t size() const { return static_cast<int64_t>(ends.size()); }
  /// The proved upper bound of sign * delta_output.
  double getEnd(int64_t output, int sign) const;
  Interval getProved(int64_t output) const;
  Box getBox() const; ///< of all outputs
  /// Rounded inward; nothing before the first replay.
  std::optional<Interval> getWitnessed(int64_t output) const;
  const Trust &getTrust(int64_t output, int sign) const;
  /// Whether the end is within `gap` of the witnessed one, relative to the
  /// end's magnitude.
  bool isNarrow(int64_t output, int sign, double gap) const;

private:
  struct End {
    struct Bound {
      double value; ///< upper bound of sign * delta
      Trust trust;
    };
    Bound safe;
    std::optional<Bound> trusted; ///< below `safe`
    const Bound &get() const { return trusted ? *trusted : safe; }
  };
  using Ends = std::array<End, 2>; ///< for sign 1 and -1
  const End &getOne(int64_t output, int sign) const {
    return ends[output][sign > 0 ? 0 : 1];
  }

  std::vector<Ends> ends;
  std::vector<std::optional<std::pair<Real, Real>>> witnessed;
};

} // namespace qev

#endif // QEV_DRIVER_BRACKET_H
