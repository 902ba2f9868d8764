//===- TinySystems.h - Solving random pairs of nets -------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TEST_UNIT_SOLVER_TINYSYSTEMS_H
#define QEV_TEST_UNIT_SOLVER_TINYSYSTEMS_H

#include "../Encode/TinyTwins.h"
#include "qev/Encode/Encode.h"
#include "qev/Solver/Solver.h"

namespace qev::test {

/// A random twin with what enumeration says of its first output.
struct TinyCase {
  unsigned seed;
  std::unique_ptr<TinyTwin> tiny;
  std::vector<Execution> runs;
  TwinBounds bounds;
  bool hasTies = false;
  Real largest; ///< of second - first

  explicit TinyCase(unsigned seed)
      : seed(seed), tiny(TinyMaker(seed).make()), runs(tiny->executeAll()),
        bounds(seed % 2 ? getHull(*tiny, runs) : getWideBounds(*tiny)) {
    for (const Execution &run : runs) {
      Real delta = run.secondOutput[0] - run.firstOutput[0];
      if (&run == &runs.front() || delta > largest)
        largest = delta;
      hasTies |= meetsTie(tiny->second, run.second);
    }
  }

  System encodeIt(const Goal &goal, Rounding rounding,
                  Purpose purpose = Purpose::Proof) const {
    EncodeOptions options;
    options.rounding = rounding;
    options.purpose = purpose;
    return llvm::cantFail(
        encode(tiny->twin, bounds, tiny->regions, goal, options));
  }

  /// Delta of the input that a point means.
  Real replay(const System &system, const std::vector<Real> &point) const {
    Execution run = tiny->execute(readInputs(system, point));
    return run.secondOutput[0] - run.firstOutput[0];
  }
};

} // namespace qev::test

#endif // QEV_TEST_UNIT_SOLVER_TINYSYSTEMS_H
