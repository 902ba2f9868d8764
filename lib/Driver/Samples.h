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

/// Samples one after the other, each as many values as one input has.
struct Samples {
  int64_t count = 0;
  std::vector<double> values;
};

/// A file itself; of a folder, the files that hold samples, by name.
llvm::Expected<std::vector<std::string>> listSampleFiles(llvm::StringRef path);

/// Of a file, one sample or a batch of them; of a folder, those of its .npy and
/// .pb files in the order of their names. Fails with `file-read`,
/// `file-format`, or `input-data` for what is no input of this type and where
/// there is no sample.
llvm::Expected<Samples> readSamples(llvm::StringRef path,
                                    const TensorType &type);

} // namespace qev

#endif // QEV_LIB_DRIVER_SAMPLES_H
