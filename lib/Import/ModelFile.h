//===- ModelFile.h - ONNX models as protobuf messages -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_IMPORT_MODELFILE_H
#define QEV_LIB_IMPORT_MODELFILE_H

#include "onnx/onnx_pb.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace qev {

/// Reads a model, compressed or not: text if the name ends in .onnxtxt, else
/// binary. It has a graph; nothing else is checked. Fails with `file-read` or
/// `file-format`.
llvm::Expected<onnx::ModelProto> readModelFile(llvm::StringRef path);

/// Reads a binary TensorProto.
llvm::Expected<onnx::TensorProto> readTensorFile(llvm::StringRef path);

/// The files in the model's folder that tensors lie in, as it names them;
/// sorted.
std::vector<std::string> listExternalFiles(const onnx::ModelProto &model);

} // namespace qev

#endif // QEV_LIB_IMPORT_MODELFILE_H
