//===- Encoder.h - Encoding op by op ----------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every element of every op becomes an AffineValue: a constant, or one variable
// times a scale plus an offset. Scaling, shifting, reshaping and dequantizing
// only change that; variables are made by sums and by clamps that bounds do not
// decide. Of a quantized op it is the code minus the zero point.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_ENCODE_ENCODER_H
#define QEV_LIB_ENCODE_ENCODER_H

#include "RowBuilder.h"
#include "qev/Encode/Encode.h"
#include "llvm/ADT/DenseSet.h"

namespace qev::encoding {

using Values = std::vector<AffineValue>;

class Encoder {
public:
  /// Ops that are not needed are left out.
  Encoder(const TwinBounds &bounds, const EncodeOptions &options,
          llvm::DenseSet<const Op *> neededFirst,
          llvm::DenseSet<const Op *> neededSecond)
      : bounds(bounds), options(options), neededFirst(std::move(neededFirst)),
        neededSecond(std::move(neededSecond)) {
    system.purpose = options.purpose;
  }

  llvm::Error addInputs(const Net &first, const Net &second,
                        llvm::ArrayRef<InputRegion> regions);
  llvm::Error addNet(const Net &net, Side side);
  llvm::Error addDifferences(const Twin &twin);
  llvm::Error addPlanes(const Twin &twin);
  /// `first` and `second`: the values that the goal is about.
  llvm::Error addGoal(llvm::ArrayRef<const Op *> first,
                      llvm::ArrayRef<const Op *> second, const Goal &goal);
  System take() { return std::move(system); }

private:
  /// Where an element is, for messages and origins.
  struct Place {
    const Net &net;
    const Op &op;
    Side side;
    int64_t element = 0;
    Origin origin(Role role) const { return {side, &op, element, role}; }
  };

  // Linear.cpp
  llvm::Error addOp(const Net &net, const Op &op, Side side);
  llvm::Error addAffine(const Net &net, const Op &op, Side side);
  llvm::Error addElementwise(const Net &net, const Op &op, Side side);
  /// The element `sum`: an existing variable if it has one term, else a new one
  /// that counts in units of `unit`, with its row.
  llvm::Expected<AffineValue> makeSum(const Place &place, const LinearSum &sum,
                                      const Real &unit);

  // Steps.cpp
  llvm::Error addStep(const Net &net, const Op &op, Side side);
  llvm::Expected<AffineValue> makeStep(const Place &place,
                                       const AffineValue &input,
                                       const Interval &range, Step step);
  llvm::Error addStepRows(const Place &place, const Step &step,
                          const Interval &range);

  bool isNeeded(const Pair &pair) const {
    return neededFirst.contains(pair.first) &&
           neededSecond.contains(pair.second);
  }
  /// Of a constant they are made on demand.
  Values getValues(const Op &op) const;
  /// Values as reals: codes are dequantized.
  Values getReals(const Op &op) const;
  /// Proved range of an element of the op, of a quantized op of its codes;
  /// fails where it is missing or not finite.
  llvm::Expected<Interval> getBounds(const Place &place) const;
  /// Range of a real element: by its bounds and by those of its variable.
  llvm::Expected<Interval> getRange(const Place &place,
                                    const AffineValue &value);
  Interval getRange(const AffineValue &value) const;
  void setInfeasible(const Place &place);
  /// The element is scale * variable + offset.
  llvm::Expected<unsigned> addVariable(const Place &place, VariableKind kind,
                                       Interval range, bool integral, Role role,
                                       const Real &scale = 1,
                                       const Real &offset = 0);
  llvm::Error addRow(const Place &place, const LinearSum &sum, Sense sense,
                     const Real &rhs, Role role, int step = -1);
  llvm::Error unsupported(const Place &place, const llvm::Twine &message) const;

  const TwinBounds &bounds;
  const EncodeOptions &options;
  llvm::DenseSet<const Op *> neededFirst, neededSecond;
  System system;
  llvm::DenseMap<const Op *, Values> values;
};

} // namespace qev::encoding

#endif // QEV_LIB_ENCODE_ENCODER_H
