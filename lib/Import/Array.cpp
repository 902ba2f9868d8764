//===- Array.cpp - Numeric arrays in files ----------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Import/Array.h"
#include "Budget.h"
#include "ModelFile.h"
#include "Npy.h"
#include "Tensor.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Support/File.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Path.h"
#include <cmath>

namespace qev {

static llvm::Expected<Array> readTensorArray(llvm::StringRef path) {
  auto proto = readTensorFile(path);
  if (!proto)
    return proto.takeError();
  Budget budget;
  auto tensor =
      decodeTensor(*proto, path, llvm::sys::path::parent_path(path), budget);
  if (!tensor)
    return tensor.takeError();
  Array array{tensor->shape, {}};
  for (float value : tensor->floats)
    array.values.push_back(value);
  llvm::append_range(array.values, tensor->doubles);
  for (int64_t value : tensor->integers) {
    if (!isExactDouble(value))
      return makeError(DiagId::InputData, path,
                       "element " + llvm::Twine(array.values.size()) + " is " +
                           llvm::Twine(value) + ", which no double equals");
    array.values.push_back(static_cast<double>(value));
  }
  return array;
}

static llvm::Expected<Array> readNpyFile(llvm::StringRef path) {
  auto buffer = readBytes(path);
  if (!buffer)
    return buffer.takeError();
  return parseNpy((*buffer)->getBuffer(), path);
}

llvm::Expected<Array> readArray(llvm::StringRef path, NonFinite nonFinite) {
  auto array = path.ends_with_insensitive(".pb") ? readTensorArray(path)
                                                 : readNpyFile(path);
  if (!array || nonFinite == NonFinite::Allow)
    return array;
  for (auto [i, value] : llvm::enumerate(array->values))
    if (!std::isfinite(value))
      return makeError(DiagId::InputData, path,
                       "element " + llvm::Twine(i) + " is " + printReal(value) +
                           ", wanted a finite number");
  return array;
}

} // namespace qev
