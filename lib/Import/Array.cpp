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

static llvm::Error checkFinite(llvm::StringRef path, int64_t index,
                               double value) {
  if (std::isfinite(value))
    return llvm::Error::success();
  return makeError(DiagId::InputData, path,
                   "element " + llvm::Twine(index) + " is " + printReal(value) +
                       ", wanted a finite number");
}

static bool isTensorFile(llvm::StringRef path) {
  return path.ends_with_insensitive(".pb");
}

namespace {
struct NpyFile {
  InputFile file;
  NpyHeader header;
  static llvm::Expected<NpyFile> open(llvm::StringRef path);
};
} // namespace

llvm::Expected<NpyFile> NpyFile::open(llvm::StringRef path) {
  auto file = InputFile::open(path);
  if (!file)
    return file.takeError();
  auto header = readNpyHeader(*file, path);
  if (!header)
    return header.takeError();
  return NpyFile{std::move(*file), std::move(*header)};
}

/// All elements, if they are not more than may be read at once.
static llvm::Expected<Array> readAll(const NpyFile &npy, llvm::StringRef path) {
  const auto &[file, header] = npy;
  if (llvm::Error error = checkSizeAtOnce(file, path))
    return error;
  Array array{header.shape, {}};
  auto size =
      static_cast<int64_t>((file.getSize() - header.offset) / header.size);
  array.values.reserve(size);
  if (llvm::Error error =
          readNpyElements(file, header, path, 0, size, [&](double value) {
            array.values.push_back(value);
            return llvm::Error::success();
          }))
    return error;
  if (header.isFortran && array.shape.size() > 1)
    orderRowMajor(array);
  return array;
}

static llvm::Expected<Array> readNpyFile(llvm::StringRef path) {
  auto npy = NpyFile::open(path);
  if (!npy)
    return npy.takeError();
  return readAll(*npy, path);
}

llvm::Expected<Array> readArray(llvm::StringRef path, NonFinite nonFinite) {
  auto array = isTensorFile(path) ? readTensorArray(path) : readNpyFile(path);
  if (!array || nonFinite == NonFinite::Allow)
    return array;
  for (auto [i, value] : llvm::enumerate(array->values))
    if (llvm::Error error = checkFinite(path, static_cast<int64_t>(i), value))
      return error;
  return array;
}

//===----------------------------------------------------------------------===//
// Parts of files
//===----------------------------------------------------------------------===//

llvm::Expected<ArrayFile> ArrayFile::open(llvm::StringRef path) {
  ArrayFile array(path);
  auto keep = [&](llvm::Expected<Array> all) -> llvm::Expected<ArrayFile> {
    if (!all)
      return all.takeError();
    array.shape = std::move(all->shape);
    array.values = std::move(all->values);
    return std::move(array);
  };
  if (isTensorFile(path))
    return keep(readTensorArray(path));
  auto npy = NpyFile::open(path);
  if (!npy)
    return npy.takeError();
  if (npy->header.isFortran && npy->header.shape.size() > 1)
    return keep(readAll(*npy, path));
  array.shape = npy->header.shape;
  array.size = npy->file.getSize();
  array.header = std::make_shared<const NpyHeader>(std::move(npy->header));
  return array;
}

llvm::Error
ArrayFile::visit(int64_t begin, int64_t count,
                 llvm::function_ref<llvm::Error(double)> take) const {
  auto takeFinite = [&, i = begin](double value) mutable -> llvm::Error {
    if (llvm::Error error = checkFinite(path, i++, value))
      return error;
    return take(value);
  };
  if (!header) {
    for (double value : llvm::ArrayRef(values).slice(begin, count))
      if (llvm::Error error = takeFinite(value))
        return error;
    return llvm::Error::success();
  }
  auto file = InputFile::open(path);
  if (!file)
    return file.takeError();
  if (file->getSize() != size)
    return makeError(DiagId::FileRead, path,
                     "has " + llvm::Twine(file->getSize()) +
                         " bytes now, and had " + llvm::Twine(size) +
                         " at the start");
  return readNpyElements(*file, *header, path, begin, count, takeFinite);
}

llvm::Expected<std::vector<double>> ArrayFile::read(int64_t begin,
                                                    int64_t count) const {
  std::vector<double> part;
  part.reserve(count);
  if (llvm::Error error = visit(begin, count, [&](double value) {
        part.push_back(value);
        return llvm::Error::success();
      }))
    return error;
  return part;
}

llvm::Error ArrayFile::check(int64_t begin, int64_t count) const {
  return visit(begin, count, [](double) { return llvm::Error::success(); });
}

} // namespace qev
