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

/// What --grid, --levels, --mean and --std say about one input, the same for
/// each of its regions.
class InputPoints {
public:
  /// Fails with `usage`, and on a file of levels as readArray does.
  static llvm::Expected<InputPoints> read(const InputWords &words,
                                          const Op &input);
  /// Leaves of a region the points that --grid or --levels name: its ends are
  /// cut to the outermost of them. Then goes from the unit of --mean and --std
  /// to that of the model: (x - mean) / std. Fails with `query-region` where no
  /// point is left.
  llvm::Error apply(InputRegion &region) const;

private:
  llvm::Error cutToGrid(InputRegion &region) const;
  llvm::Error cutToLevels(InputRegion &region) const;
  void normalize(InputRegion &region) const;

  std::vector<InputRegion::Grid> grids;
  std::vector<std::vector<Real>> levels;
  std::vector<Real> mean, std; ///< both or none
};

} // namespace qev

#endif // QEV_LIB_DRIVER_INPUTWORDS_H
