//===- Onnx.h - Nets from ONNX files ----------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// One ONNX model, binary (.onnx) or in ONNX's text form (.onnxtxt), compressed
// (.gz) or not, becomes one Net. The graph is not changed beyond what a name
// for a value is: each node that computes something is one or a few ops in the
// file's order, constants are folded in float32 as a runtime without graph
// optimisation does, integer constants behind DequantizeLinear stay integers
// (q-typed Consts).
//
//===----------------------------------------------------------------------===//

#ifndef QEV_IMPORT_ONNX_H
#define QEV_IMPORT_ONNX_H

#include "qev/IR/Net.h"
#include "llvm/Support/Error.h"
#include <map>

namespace qev {

/// What the file says about itself, for `qev inspect`.
struct ModelInfo {
  int64_t irVersion = 0;
  std::string producer; ///< name and version; may be empty
  std::vector<std::pair<std::string, int64_t>> opsets; ///< domain, version
  /// Number of nodes of each operator, `Gemm` or `com.microsoft.QGemm`.
  std::map<std::string, unsigned> operators;
  /// By position: inputs that are tensors of integers in the file. The net's
  /// input is what they stand for, (q - z) s, which it quantizes to get them
  /// back.
  std::map<unsigned, QuantType> integerInputs;
  /// Files with tensors of the model, in its folder, as it names them; sorted.
  std::vector<std::string> externalFiles;
  std::vector<std::string> outputs; ///< names in the file, in the net's order
  /// What was assumed where the file leaves it open, e.g. a symbolic batch.
  std::vector<std::string> notes;
};

struct ImportedModel {
  std::unique_ptr<Net> net;
  ModelInfo info;
};

/// The lowest and the highest version of ONNX's operators that are read.
std::pair<int64_t, int64_t> getOpsetRange();
/// The operators that are read: `Gemm`, `com.microsoft.QuantizeLinear`.
std::vector<std::string> listOperators();

/// Reads a model; its net is called `netName`. Fails with `file-read`,
/// `file-format`, `model-structure`, `tensor-data`, `external-data`,
/// `op-unsupported`, or the id of the rule of the IR that a node breaks; the
/// place is `path:#5 QuantizeLinear 'name' input 'x'`.
llvm::Expected<ImportedModel> importOnnx(llvm::StringRef path,
                                         llvm::StringRef netName);

/// The SHA-256 of one of a model's externalFiles, hexadecimal. Fails with
/// `external-data`.
llvm::Expected<std::string> hashExternalFile(llvm::StringRef modelPath,
                                             llvm::StringRef location);

} // namespace qev

#endif // QEV_IMPORT_ONNX_H
