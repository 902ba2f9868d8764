//===- OptionValues.h - Numbers typed as options ----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_DRIVER_OPTIONVALUES_H
#define QEV_LIB_DRIVER_OPTIONVALUES_H

#include "qev/Support/Diagnostics.h"
#include "qev/Support/Real.h"

namespace qev {

/// An error `usage` at an option.
inline llvm::Error usage(const llvm::Twine &where, const llvm::Twine &message) {
  return makeError(DiagId::Usage, where, message);
}

/// An exact number that is not beyond the doubles. Fails with `usage`.
llvm::Expected<Real> parseNumber(llvm::StringRef option, llvm::StringRef text);

/// `LO:HI`. Fails with `usage`, and with `query-region` if LO > HI.
llvm::Expected<std::pair<Real, Real>> parseRange(llvm::StringRef option,
                                                 llvm::StringRef text);

/// Numbers from the first to the last.
using IndexRange = std::pair<int64_t, int64_t>;
/// `I`, `I,J`, `A-B`: numbers below `count`, in their order. Fails with
/// `usage`.
llvm::Expected<std::vector<IndexRange>>
parseIndexRanges(llvm::StringRef option, llvm::StringRef text, int64_t count);
/// The same, one by one.
llvm::Expected<std::vector<int64_t>>
parseIndices(llvm::StringRef option, llvm::StringRef text, int64_t count);

} // namespace qev

#endif // QEV_LIB_DRIVER_OPTIONVALUES_H
