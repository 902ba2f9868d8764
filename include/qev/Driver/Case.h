//===- Case.h - One sample while it is worked on ----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Attack and solvers look for inputs and bounds side by side; what they find
// meets here. Every member function may be called from any thread.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_DRIVER_CASE_H
#define QEV_DRIVER_CASE_H

#include "qev/Driver/Bracket.h"
#include "qev/Driver/Obligation.h"
#include <chrono>
#include <mutex>

namespace qev {

class Clock {
public:
  double seconds() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() -
                                         start)
        .count();
  }

private:
  std::chrono::steady_clock::time_point start =
      std::chrono::steady_clock::now();
};

/// Until when a sample may be worked on.
struct Deadline {
  Clock clock;
  double timeout = infinity;               ///< seconds of the clock
  const std::atomic<bool> *stop = nullptr; ///< the user's wish; may be null

  bool isInterrupted() const { return stop && *stop; }
  double remaining() const { return timeout - clock.seconds(); }
  bool isOver() const { return isInterrupted() || remaining() <= 0; }
};

/// An input that refutes the claim.
struct Witness {
  /// Of a top-1 claim the first net's winner, of a violation one it names.
  int64_t output = 0;
  std::optional<size_t> violation; ///< its number
  Replay replay;
};

class Case {
public:
  struct Limits {
    Deadline deadline;
    double gap = 0; ///< at which an obligation without a claim is closed
    /// What may close a claim or narrow a bracket; all else is ignored.
    Trust::Grade trusted = Trust::Grade::Tolerance;
  };

  /// `first`, `second`: what inputs are replayed on. All arguments but the
  /// obligations and the limits must outlive the case.
  Case(const ExactNet &first, const ExactNet &second,
       llvm::ArrayRef<InputRegion> region, std::vector<Obligation> obligations,
       const OutputRanges &ranges, Limits limits);

  /// Replays an input; nothing if it lies outside the region. An input that
  /// refutes the claim ends the case; `by` says who found it. One that
  /// contradicts a solver's floating point makes it distrusted.
  std::optional<Replay> tryInput(InputPoint input, llvm::StringRef by);
  /// No execution refutes obligation i, as `trust` has it.
  void settle(size_t i, const Trust &trust);
  /// The goal of obligation i, `getMaximum`, is at most `bound`. One that is
  /// not exact is loosened by a millionth of what bounds say, for solvers work
  /// to a tolerance.
  void bound(size_t i, double bound, const Trust &trust);
  /// A solver was contradicted, as `text` says: no word of solvers that work in
  /// floating point counts any more, neither those said before.
  void distrust(llvm::StringRef text);
  /// Something that went wrong, for the reason of an unknown.
  void note(llvm::StringRef text);

  llvm::ArrayRef<Obligation> getObligations() const { return obligations; }
  bool isClosed(size_t i) const;
  size_t countOpen() const;
  /// What the goal of obligation i is known not to exceed, as far as solvers
  /// looked: beyond the claim.
  double getUpperBound(size_t i) const;
  bool isRefuted() const { return refuted; }
  /// Whether words of this grade count.
  bool trusts(Trust::Grade grade) const {
    return grade <= limits.trusted &&
           (grade != Trust::Grade::Tolerance || !distrusted);
  }
  double remaining() const { return limits.deadline.remaining(); }
  double seconds() const { return limits.deadline.clock.seconds(); }
  /// Refuted, interrupted or out of time.
  bool isStopped() const { return refuted || limits.deadline.isOver(); }

  /// Of the inputs replayed so far the one where obligation i's goal is
  /// largest.
  std::optional<InputPoint> getBest(size_t i) const;
  Bracket getBracket() const;
  std::optional<Witness> getWitness() const;
  std::string getRefuter() const;
  std::vector<std::string> getNotes() const;
  /// What the closed obligations, and so a verdict, rest on, and what they and
  /// the proved ends do: each once, sorted, without Bounds.
  std::vector<Trust> getVerdictTrust() const;
  std::vector<Trust> getTrust() const;

private:
  bool isClosedLocked(size_t i) const;
  void distrustLocked();

  const ExactNet &first;
  const ExactNet &second;
  llvm::ArrayRef<InputRegion> region;
  const std::vector<Obligation> obligations;
  const Limits limits;
  std::atomic<bool> refuted{false};
  std::atomic<bool> distrusted{false};

  mutable std::mutex mutex; ///< guards what follows
  Bracket bracket;
  struct Settled {
    bool isSettled = false;
    Trust trust;
    double magnitude = 0;         ///< of what bounds say about the goal
    double upperBound = infinity; ///< of the goal, beyond the claim
    std::optional<std::pair<Real, InputPoint>> best =
        {}; ///< by the goal's value
  };
  std::vector<Settled> settled;
  std::optional<Witness> witness;
  std::string refuter;
  std::vector<std::string> notes;
};

} // namespace qev

#endif // QEV_DRIVER_CASE_H
