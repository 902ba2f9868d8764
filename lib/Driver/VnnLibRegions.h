//===- VnnLibRegions.h - Regions and claims of VNN-LIB ----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_DRIVER_VNNLIBREGIONS_H
#define QEV_LIB_DRIVER_VNNLIBREGIONS_H

#include "qev/Driver/Question.h"
#include "qev/Import/VnnLib.h"

namespace qev {

/// The cases of a condition about two nets, those with the same inputs
/// together: a box of inputs, and conditions on outputs that must never hold.
/// If no input meets the condition whatever the nets are, one empty region.
/// Supported are numbers that inputs lie between, inputs of the second network
/// that equal those of the first, and linear conditions on outputs alone.
llvm::Expected<std::vector<SampleRegion>>
makeRegions(VnnLibQuery query, llvm::StringRef path, const Net &first,
            const Net &second, const FileOrder &secondOrder);

} // namespace qev

#endif // QEV_LIB_DRIVER_VNNLIBREGIONS_H
