//===- InputWords.h - What was typed about one input ------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_DRIVER_INPUTWORDS_H
#define QEV_LIB_DRIVER_INPUTWORDS_H

#include "qev/Driver/Question.h"

namespace qev {

/// The options of a region for one input; what is empty was not given.
struct InputWords {
  std::string box, input, radius, clip, grid, levels, mean, std;
};

/// The words for each input of the net. Fails with `usage` for a name that no
/// input has, and for what is said twice about one.
llvm::Expected<std::vector<InputWords>> distribute(const RegionOptions &options,
                                                   const Net &net);

/// Whether the word of --box is a file's name rather than a range.
bool isBoxFile(llvm::StringRef word);

/// Leaves of a region the points that --grid or --levels name: its ends are cut
/// to the outermost of them.
llvm::Error restrictToPoints(const InputWords &words, const Op &input,
                             InputRegion &region);

/// From the unit of --mean and --std to that of the model: (x - mean) / std.
llvm::Error normalizeInputs(const InputWords &words, const Op &input,
                            InputRegion &region);

} // namespace qev

#endif // QEV_LIB_DRIVER_INPUTWORDS_H
