//===- ModelFile.cpp - ONNX models as protobuf messages ---------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelFile.h"
#include "ExternalData.h"
#include "onnx/defs/parser.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Support/File.h"
#include "llvm/Support/Regex.h"
#include <google/protobuf/io/coded_stream.h>
#include <google/protobuf/stubs/logging.h>
#include <limits>
#include <set>

namespace qev {

static bool parseBinary(llvm::StringRef bytes,
                        google::protobuf::Message &message) {
  // What protobuf would print to stderr is said by the caller's diagnostic.
  google::protobuf::LogSilencer silencer;
  if (bytes.size() > static_cast<size_t>(std::numeric_limits<int>::max()))
    return false; // the hard limit of protobuf
  google::protobuf::io::CodedInputStream stream(bytes.bytes_begin(),
                                                static_cast<int>(bytes.size()));
  stream.SetTotalBytesLimit(std::numeric_limits<int>::max());
  return message.ParseFromCodedStream(&stream) &&
         stream.ConsumedEntireMessage();
}

/// Brackets nest at most this deep; libonnx's parser recurses on them.
static bool nestsTooDeep(llvm::StringRef text) {
  int depth = 0;
  for (char c : text) {
    if (llvm::StringRef("([{<").contains(c) && ++depth > 500)
      return true;
    if (llvm::StringRef(")]}>").contains(c) && depth > 0)
      --depth;
  }
  return false;
}

static llvm::Error parseText(llvm::StringRef path, llvm::StringRef text,
                             onnx::ModelProto &model) {
  auto error = [&](const llvm::Twine &message) {
    return makeError(DiagId::FileFormat, path, message);
  };
  if (text.contains('\0'))
    return error("is no text: there is a zero byte in it");
  if (nestsTooDeep(text))
    return error("brackets nest deeper than 500");
  std::string message;
  std::string copy = text.str(); // the parser wants a terminating zero
  onnx::OnnxParser parser(copy.c_str());
  try {
    auto status = parser.Parse(model);
    if (status.IsOK()) // and then it is at the end of the text
      return llvm::Error::success();
    message = status.ErrorMessage();
  } catch (const std::exception &problem) {
    // std::stof and std::stoll, on numbers they cannot represent.
    message = "malformed number (" + std::string(problem.what()) + ") at " +
              parser.GetCurrentPos();
  }
  // `[ParseError at position (line: 3 column: 7)]\nError context: ...\nText`
  llvm::SmallVector<llvm::StringRef, 3> place;
  std::string where = path.str();
  if (llvm::Regex("\\(line: ([0-9]+) column: ([0-9]+)\\)")
          .match(message, &place))
    where += (":" + place[1] + ":" + place[2]).str();
  llvm::StringRef said = message;
  if (said.contains("ParseError"))
    said = said.rsplit('\n').second;
  else
    said = said.split(" at (line").first;
  return makeError(DiagId::FileFormat, where,
                   "not a model in ONNX's text form: " + said.rtrim(". "));
}

llvm::Expected<onnx::ModelProto> readModelFile(llvm::StringRef path) {
  auto file = readFile(path);
  if (!file)
    return file.takeError();
  llvm::StringRef bytes = (*file)->getBuffer();
  onnx::ModelProto model;
  if (bytes.starts_with("version https://git-lfs"))
    return makeError(DiagId::FileFormat, path,
                     "is a pointer of Git LFS, not a model; fetch the file "
                     "with 'git lfs pull'");
  if (getPlainName(path).ends_with_insensitive(".onnxtxt")) {
    if (auto failure = parseText(path, bytes, model))
      return failure;
  } else if (!parseBinary(bytes, model)) {
    return makeError(DiagId::FileFormat, path,
                     "is truncated or not an ONNX model");
  }
  // Any bytes that happen to be fields of other messages parse as well.
  if (!model.has_graph())
    return makeError(DiagId::FileFormat, path,
                     "is not an ONNX model: it has no graph");
  return model;
}

std::vector<std::string> listExternalFiles(const onnx::ModelProto &model) {
  std::set<std::string> files;
  auto add = [&](const onnx::TensorProto &tensor) {
    if (tensor.data_location() != onnx::TensorProto::EXTERNAL)
      return;
    for (const auto &entry : tensor.external_data())
      if (entry.key() == "location" && staysInFolder(entry.value()))
        files.insert(entry.value());
  };
  for (const auto &tensor : model.graph().initializer())
    add(tensor);
  for (const auto &node : model.graph().node())
    for (const auto &attribute : node.attribute())
      add(attribute.t());
  return {files.begin(), files.end()};
}

llvm::Expected<onnx::TensorProto> readTensorFile(llvm::StringRef path) {
  auto file = readBytes(path);
  if (!file)
    return file.takeError();
  onnx::TensorProto tensor;
  if (!parseBinary((*file)->getBuffer(), tensor) || !tensor.has_data_type())
    return makeError(DiagId::FileFormat, path,
                     "is truncated or not an ONNX tensor");
  return tensor;
}

} // namespace qev
