//===- Trust.cpp - What an answer rests on ----------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Solver/Trust.h"
#include "llvm/Support/ErrorHandling.h"

namespace qev {

llvm::StringRef getName(Trust::Grade grade) {
  switch (grade) {
  case Trust::Grade::Bounds:
    return "bounds";
  case Trust::Grade::SafeDual:
    return "safe-dual";
  case Trust::Grade::Exact:
    return "exact";
  case Trust::Grade::Tolerance:
    return "tolerance";
  case Trust::Grade::Unchecked:
    return "unchecked";
  }
  llvm_unreachable("all grades are named");
}

Trust::Grade getGrade(llvm::ArrayRef<Trust> grounds) {
  Trust::Grade grade = Trust::Grade::Bounds;
  for (const Trust &trust : grounds)
    grade = std::max(grade, trust.grade);
  return grade;
}

} // namespace qev
