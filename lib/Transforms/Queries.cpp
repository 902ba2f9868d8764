//===- Queries.cpp - Which query is about which net -------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Queries.h"
#include "llvm/ADT/STLExtras.h"

namespace qev {

static bool fits(const Query &query, const Net &net) {
  return llvm::equal(query.inputs, net.getInputs(),
                     [](const InputRegion &region, const Op *input) {
                       return region.size() == input->type.getNumElements();
                     });
}

bool isAbout(const Query &query, const Net &net) {
  if (query.first || query.second)
    return query.first == &net || query.second == &net;
  return fits(query, net);
}

bool isAbout(const Query &query, const Net &first, const Net &second) {
  if (query.first || query.second)
    return query.first == &first && query.second == &second;
  return fits(query, first) && fits(query, second);
}

} // namespace qev
