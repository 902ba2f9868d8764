//===- QuestionDifference.h - What two questions differ in ------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_DRIVER_QUESTIONDIFFERENCE_H
#define QEV_LIB_DRIVER_QUESTIONDIFFERENCE_H

#include "llvm/Support/JSON.h"
#include <optional>
#include <string>

namespace qev {

/// `epsilon 0.1 there, 0.2 here`: the first member that two objects of a record
/// (Record.h) differ in, members of members included; none if there is no such.
/// Every member counts but names, and of a file its path, of a typed number how
/// it was typed, where digests or exact numbers are beside them.
std::optional<std::string> findDifference(const llvm::json::Object &there,
                                          const llvm::json::Object &here);

} // namespace qev

#endif // QEV_LIB_DRIVER_QUESTIONDIFFERENCE_H
