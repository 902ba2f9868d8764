//===- Codes.h - Inputs that are integers in a model's file -----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A quantized model may take and give integers. Regions and differences are
// about the reals that they stand for, (q - z) s.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_DRIVER_CODES_H
#define QEV_DRIVER_CODES_H

#include "qev/Driver/Question.h"
#include "qev/Import/Onnx.h"

namespace qev {

/// Leaves of a sample's region the numbers that the model's integer inputs can
/// stand for. Fails with `query-region` where none is left, and where a grid or
/// levels name others.
llvm::Error restrictToCodes(const ModelInfo &info, SampleRegion &region);

/// Replaces a point of integers by what they stand for. Fails with `input-data`
/// on numbers that the type does not have.
llvm::Error readAsCodes(const ModelInfo &info, SampleRegion &region);

/// Whether `SCALE:ZP` is what the net itself says of its outputs that are
/// integers. Fails with `usage` where it is not, or where there are none.
llvm::Error checkSecondIo(llvm::StringRef text, const Net &net);

} // namespace qev

#endif // QEV_DRIVER_CODES_H
