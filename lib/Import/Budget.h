//===- Budget.h - How much one model may make import hold -------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A file of a hundred bytes can ask for any amount of memory: by the shape of
// an input, by ConstantOfShape, by broadcasting a column against a row, by
// folding one constant ten thousand times. Elements are counted before they are
// made, over all of a model, so that no chain of small steps gets around a
// limit.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_IMPORT_BUDGET_H
#define QEV_LIB_IMPORT_BUDGET_H

#include "qev/Support/Diagnostics.h"

namespace qev {

class Budget {
public:
  /// Elements of tensors in the file or beside it; dense nets have up to a few
  /// 10^7 weights. At most 8 bytes each are held.
  static constexpr int64_t mostStored = int64_t(1) << 26;
  /// Elements of constants that import makes out of others: as many for all
  /// models, ...
  static constexpr int64_t mostMade = int64_t(1) << 20;
  /// ... and these for each stored one, since a weight passes several nodes on
  /// its way (Cast, Reshape, Transpose, ...).
  static constexpr int64_t mostMadePerStored = 16;
  /// One node or initializer in the location of a value counts as so many of
  /// its elements.
  static constexpr int64_t elementsPerPlace = 8;
  /// Elements of computed values; bounds hold several numbers for each.
  static constexpr int64_t mostComputed = int64_t(1) << 22;

  /// Each takes `count` elements off what is left, and fails with `size-limit`
  /// at `where` if that is less.
  llvm::Error store(int64_t count, const llvm::Twine &where) {
    return take(stored, count, mostStored, "tensors of the file", where);
  }
  llvm::Error make(int64_t count, const llvm::Twine &where) {
    return take(made, count, mostMade + mostMadePerStored * stored,
                "constants made from others", where);
  }
  llvm::Error compute(int64_t count, const llvm::Twine &where) {
    return take(computed, count, mostComputed, "computed values", where);
  }

private:
  static llvm::Error take(int64_t &used, int64_t count, int64_t most,
                          const char *what, const llvm::Twine &where) {
    if (count > most - used)
      return makeError(DiagId::SizeLimit, where,
                       llvm::Twine(what) + " have " +
                           llvm::Twine(used + count) +
                           " elements up to here, at most " +
                           llvm::Twine(most) + " are supported");
    used += count;
    return llvm::Error::success();
  }

  int64_t stored = 0, made = 0, computed = 0;
};

} // namespace qev

#endif // QEV_LIB_IMPORT_BUDGET_H
