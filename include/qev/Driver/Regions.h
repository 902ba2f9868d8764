//===- Regions.h - The regions asked for, one by one ------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// There may be millions of samples. What all of them share is in memory, the
// rest is read and computed for one of them when it is its turn.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_DRIVER_REGIONS_H
#define QEV_DRIVER_REGIONS_H

#include "qev/Driver/Question.h"

namespace qev {

class Regions {
public:
  /// For two nets with the same inputs, which must outlive the regions, or for
  /// one. Fails with `usage`, `input-data` or `query-region`, as ArrayFile does
  /// for the samples that are asked for, and as readQueries does.
  static llvm::Expected<Regions> open(const RegionOptions &options,
                                      const Net &first,
                                      const Net *second = nullptr,
                                      const FileOrder &secondOrder = {});
  Regions(Regions &&) noexcept;
  ~Regions();

  /// At least 1.
  size_t count() const;
  /// From any thread. Fails with `query-region` where no input is left, as a
  /// sample far outside --clip has none, and with `file-read`.
  llvm::Expected<SampleRegion> build(size_t i) const;

  /// Whether the regions are of a query that makes a claim.
  bool hasClaim() const;
  /// The claim of all queries that make none.
  void claimByDefault(const Claim &claim);

private:
  struct Balls;
  struct Shared;
  Regions();
  static llvm::Expected<Regions> openQuery(const RegionOptions &options,
                                           const Net &first, const Net *second,
                                           const FileOrder &secondOrder);

  std::vector<SampleRegion> queries; ///< if these are asked for
  std::unique_ptr<Shared> shared;    ///< else
};

/// All of them at once, for a few.
llvm::Expected<std::vector<SampleRegion>>
buildRegions(const RegionOptions &options, const Net &first,
             const Net *second = nullptr, const FileOrder &secondOrder = {});

} // namespace qev

#endif // QEV_DRIVER_REGIONS_H
