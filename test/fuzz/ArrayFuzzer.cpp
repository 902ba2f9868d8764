//===- ArrayFuzzer.cpp - Files of numbers -----------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "Fuzz.h"
#include "qev/Import/Array.h"

using namespace qev;
using namespace qev::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  std::string path = writeInput(toText(data, size), QEV_FUZZ_EXTENSION);
  auto array = readArray(path);
  // The same by parts.
  auto file = ArrayFile::open(path);
  if (array) {
    auto count = static_cast<int64_t>(array->values.size());
    require(file && file->getShape() == array->shape, "another shape");
    auto all = file->read(0, count), end = file->read(count / 2, count / 2);
    require(all && *all == array->values, "other values");
    require(end && llvm::equal(
                       *end, llvm::ArrayRef(*all).slice(count / 2, count / 2)),
            "another part");
  } else {
    checkError(array.takeError());
  }
  if (!file)
    checkError(file.takeError());
  return 0;
}
