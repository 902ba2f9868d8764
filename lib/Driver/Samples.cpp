//===- Samples.cpp - Samples of a file or a folder --------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Samples.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/raw_ostream.h"

namespace qev {

std::string printShape(llvm::ArrayRef<int64_t> shape) {
  std::string text = "[";
  llvm::raw_string_ostream os(text);
  llvm::interleaveComma(shape, os);
  os << "]";
  return text;
}

/// Samples of a file: how many, given the shape of one.
static llvm::Expected<int64_t> countSamples(llvm::StringRef path,
                                            llvm::ArrayRef<int64_t> shape,
                                            const TensorType &type) {
  auto fail = [&] {
    return makeError(DiagId::InputData, path,
                     "shape " + printShape(shape) +
                         " is neither one input of shape " +
                         printShape(type.getShape()) + " nor a batch of them");
  };
  llvm::ArrayRef<int64_t> one = type.getShape();
  if (shape == one)
    return 1;
  // One dimension more, or as many where the model's batch is 1.
  bool fits = shape.size() == one.size() + 1 && shape.drop_front() == one;
  fits |= shape.size() == one.size() && !one.empty() && one[0] == 1 &&
          shape.drop_front() == one.drop_front();
  // A single sample without the model's batch of 1.
  if (!one.empty() && one[0] == 1 && shape == one.drop_front())
    return 1;
  if (!fits)
    return fail();
  return shape[0];
}

llvm::Expected<std::vector<std::string>> listSampleFiles(llvm::StringRef path) {
  if (!llvm::sys::fs::is_directory(path))
    return std::vector<std::string>{path.str()};
  std::vector<std::string> files;
  std::error_code code;
  for (llvm::sys::fs::directory_iterator file(path, code), end;
       !code && file != end; file.increment(code)) {
    llvm::StringRef name = file->path();
    if (name.ends_with_insensitive(".npy") || name.ends_with_insensitive(".pb"))
      files.push_back(name.str());
  }
  if (code)
    return makeError(DiagId::FileRead, path,
                     "cannot be read: " + code.message());
  llvm::sort(files);
  return files;
}

llvm::Expected<Samples> Samples::open(llvm::StringRef path,
                                      const TensorType &type) {
  auto files = listSampleFiles(path);
  if (!files)
    return files.takeError();
  Samples samples;
  samples.size = type.getNumElements();
  for (const std::string &file : *files) {
    auto array = ArrayFile::open(file);
    if (!array)
      return array.takeError();
    auto count = countSamples(file, array->getShape(), type);
    if (!count)
      return count.takeError();
    samples.files.push_back({std::move(*array), samples.total, *count});
    samples.total += *count;
  }
  if (samples.total == 0)
    return makeError(DiagId::InputData, path, "holds no sample");
  return samples;
}

std::vector<Samples::File>::const_iterator Samples::find(int64_t sample) const {
  // A file without samples begins where the next one does.
  return std::prev(
      llvm::upper_bound(files, sample, [](int64_t number, const File &file) {
        return number < file.begin;
      }));
}

llvm::Error Samples::check(int64_t first, int64_t last) const {
  for (auto file = find(first); first <= last; ++file) {
    int64_t end = std::min(last + 1, file->begin + file->count);
    if (llvm::Error error = file->array.check((first - file->begin) * size,
                                              (end - first) * size))
      return error;
    first = end;
  }
  return llvm::Error::success();
}

llvm::Expected<std::vector<double>> Samples::read(int64_t sample) const {
  auto file = find(sample);
  return file->array.read((sample - file->begin) * size, size);
}

} // namespace qev
