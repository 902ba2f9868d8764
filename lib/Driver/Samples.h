//===- Samples.h - Samples of a file or a folder ----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_DRIVER_SAMPLES_H
#define QEV_LIB_DRIVER_SAMPLES_H

#include "qev/Import/Array.h"

namespace qev {

std::string printShape(llvm::ArrayRef<int64_t> shape);

/// A file itself; of a folder, the files that hold samples, by name.
llvm::Expected<std::vector<std::string>> listSampleFiles(llvm::StringRef path);

/// Samples, each as many values as one input has, read when they are needed.
class Samples {
public:
  /// Of a file, one sample or a batch of them; of a folder, those of its .npy
  /// and .pb files in the order of their names. Fails with `file-read`,
  /// `file-format`, or `input-data` for what is no input of this type and where
  /// there is no sample.
  static llvm::Expected<Samples> open(llvm::StringRef path,
                                      const TensorType &type);

  int64_t count() const { return total; }
  /// Fails, as read does, with `input-data` for a value of these samples.
  llvm::Error check(int64_t first, int64_t last) const;
  /// From any thread.
  llvm::Expected<std::vector<double>> read(int64_t sample) const;

private:
  struct File {
    ArrayFile array;
    int64_t begin, count; ///< the number of its first sample; how many it has
  };
  /// The file that holds a sample.
  std::vector<File>::const_iterator find(int64_t sample) const;

  std::vector<File> files;
  int64_t size = 0; ///< values of one sample
  int64_t total = 0;
};

} // namespace qev

#endif // QEV_LIB_DRIVER_SAMPLES_H
