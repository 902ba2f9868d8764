//===- Record.h - What was asked, for the record ----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The JSON of a run holds the whole question, so that it can be asked again,
// and so that records are compared only where they answer the same one
// (Baseline.h). The form is that of docs/report.schema.json. Nothing of it
// depends on the machine, and nothing on what the models compute: the same
// question about other models has the same record.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_DRIVER_RECORD_H
#define QEV_DRIVER_RECORD_H

#include "qev/Driver/Question.h"
#include "llvm/Support/JSON.h"

namespace qev {

struct CompareOptions;

/// `schema` of the record, raised where a field changes its meaning. A question
/// with a new member differs from older ones by itself.
inline constexpr int64_t recordSchema = 1;

/// The member `question`: command, options that matter to the answer, region
/// and claim as typed, files by their digests. The options have been checked;
/// `first` is what the claim's outputs and the region's inputs are those of.
llvm::Expected<llvm::json::Object> recordQuestion(const CompareOptions &options,
                                                  const Net &first);

/// A claim with its numbers exact, as text: `claim_exact` of a sample.
llvm::json::Value recordClaim(const Claim &claim);

/// The digest of a sample's region, over a text that docs/Interface.md
/// describes. Names of inputs do not count.
std::string hashRegion(llvm::ArrayRef<InputRegion> inputs);

} // namespace qev

#endif // QEV_DRIVER_RECORD_H
