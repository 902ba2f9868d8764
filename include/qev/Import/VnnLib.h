//===- VnnLib.h - Queries in VNN-LIB ----------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// VNN-LIB (www.vnnlib.org) asks whether some inputs, and the outputs that nets
// compute from them, meet a condition; who proves that none do has verified
// something. Version 1.0 as VNN-COMP uses it declares the elements of one net,
// X_0, Y_0 and so on; version 2.0 declares networks with tensors, and may say
// that one is equal or isomorphic to another. Conditions are linear here, with
// `and` and `or`.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_IMPORT_VNNLIB_H
#define QEV_IMPORT_VNNLIB_H

#include "qev/IR/Types.h"
#include "qev/Support/Real.h"
#include "llvm/Support/Error.h"
#include <numeric>
#include <vector>

namespace qev {

struct VnnLibTensor {
  std::string name;
  Shape shape; ///< of version 1.0 the number of elements

  int64_t getNumElements() const {
    return std::accumulate(shape.begin(), shape.end(), int64_t{1},
                           std::multiplies<>());
  }
};

struct VnnLibNetwork {
  std::string name; ///< empty in version 1.0
  std::vector<VnnLibTensor> inputs, outputs;
  /// (equal-to f): the same network once more; (isomorphic-to f): one with the
  /// same graph and other weights.
  struct Likeness {
    bool isEqual;
    unsigned network; ///< one declared before, without a likeness of its own
  };
  std::optional<Likeness> likeness;
};

/// One element of an input or an output of a network.
struct VnnLibElement {
  unsigned network = 0;
  bool isInput = true;
  unsigned tensor = 0;
  int64_t element = 0; ///< row-major
  friend auto operator<=>(const VnnLibElement &,
                          const VnnLibElement &) = default;
};

/// A sum of elements >= rhs, or > if strict. Each element stands there once.
struct VnnLibRow {
  std::vector<std::pair<VnnLibElement, Real>> terms;
  Real rhs;
  bool strict = false;
  std::string where; ///< path:line:column
};

struct VnnLibQuery {
  bool isVersion2 = false;
  std::vector<VnnLibNetwork> networks;
  /// The condition: all rows of `always`, and all of at least one of `cases`.
  /// Comparisons that hold always or never are evaluated; without a case the
  /// condition never holds.
  std::vector<VnnLibRow> always;
  std::vector<std::vector<VnnLibRow>> cases;
};

/// Fails with `file-read`; `syntax`, `undefined-value`, `redefinition` or
/// `number-range` at a place in the text; `query-claim` on a condition that is
/// not linear or has too many cases; `semantics-unsupported` on tensors of
/// other element types than `real`.
llvm::Expected<VnnLibQuery> readVnnLib(llvm::StringRef path);
llvm::Expected<VnnLibQuery> parseVnnLib(llvm::StringRef text,
                                        llvm::StringRef path);

} // namespace qev

#endif // QEV_IMPORT_VNNLIB_H
