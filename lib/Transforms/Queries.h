//===- Queries.h - Which query is about which net ---------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_TRANSFORMS_QUERIES_H
#define QEV_LIB_TRANSFORMS_QUERIES_H

#include "qev/IR/Module.h"

namespace qev {

/// A query is about the nets it names; one that names none, about every net
/// whose inputs its regions fit.
bool isAbout(const Query &query, const Net &net);
/// The same for a pair of nets, in this order.
bool isAbout(const Query &query, const Net &first, const Net &second);

} // namespace qev

#endif // QEV_LIB_TRANSFORMS_QUERIES_H
