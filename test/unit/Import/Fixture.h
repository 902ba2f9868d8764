//===- Fixture.h - Files and imported models of the tests -------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TEST_UNIT_IMPORT_FIXTURE_H
#define QEV_TEST_UNIT_IMPORT_FIXTURE_H

#include "qev/IR/Printer.h"
#include "qev/IR/Verifier.h"
#include "qev/Import/Onnx.h"
#include "qev/Interp/Interp.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"

namespace qev {

/// A folder of its own for the files of one test.
class ImportTest : public testing::Test {
protected:
  ImportTest() {
    EXPECT_FALSE(llvm::sys::fs::createUniqueDirectory("qev-import", folder));
  }
  ~ImportTest() override {
    EXPECT_FALSE(llvm::sys::fs::remove_directories(folder));
  }

  std::string path(llvm::StringRef name) const {
    llvm::SmallString<128> full(folder);
    llvm::sys::path::append(full, name);
    return full.str().str();
  }
  std::string write(llvm::StringRef name, llvm::StringRef bytes) const {
    std::error_code failure;
    llvm::raw_fd_ostream os(path(name), failure);
    EXPECT_FALSE(failure);
    os << bytes;
    return path(name);
  }

  /// Imports a file, and verifies what comes of it; null after a failure.
  ImportedModel import(llvm::StringRef file) const {
    auto model = importOnnx(file, "n");
    if (!model) {
      ADD_FAILURE() << llvm::toString(model.takeError());
      return {};
    }
    Module module;
    module.name = "m";
    module.nets.push_back(std::move(model->net));
    DiagnosticEngine diagnostics([](const Diagnostic &diagnostic) {
      ADD_FAILURE() << diagnostic.str();
    });
    EXPECT_TRUE(llvm::succeeded(verify(module, diagnostics)));
    model->net = std::move(module.nets.front());
    return std::move(*model);
  }

  /// A model in text form: `body` after the header of an opset.
  std::string writeText(llvm::StringRef body, int opset = 13) const {
    return write("m.onnxtxt", "<ir_version: 8, opset_import: [\"\" : " +
                                  std::to_string(opset) + "]>\n" + body.str());
  }
  ImportedModel importText(llvm::StringRef body, int opset = 13) const {
    return import(writeText(body, opset));
  }

  /// The ops of the imported net as text, one per line, without locations.
  std::string ops(llvm::StringRef body, int opset = 13) const {
    auto model = importText(body, opset);
    return model.net ? ops(*model.net) : "";
  }
  static std::string ops(const Net &net) {
    std::string text, result;
    llvm::raw_string_ostream os(text);
    print(net, os);
    llvm::SmallVector<llvm::StringRef> lines;
    llvm::StringRef(text).split(lines, '\n', -1, /*KeepEmpty=*/false);
    for (llvm::StringRef line : llvm::ArrayRef(lines).drop_front().drop_back())
      result += (line.split(" loc(").first.trim() + "\n").str();
    return result;
  }

  /// The complaint, with the folder of the test cut off.
  std::string complaint(llvm::StringRef file) const {
    auto model = importOnnx(file, "n");
    if (model) {
      ADD_FAILURE() << "imported:\n" << ops(*model->net);
      return "";
    }
    return withoutFolder(llvm::toString(model.takeError()));
  }
  std::string complaintOfText(llvm::StringRef body, int opset = 13) const {
    return complaint(writeText(body, opset));
  }
  std::string withoutFolder(std::string text) const {
    std::string prefix = path("");
    for (size_t at; (at = text.find(prefix)) != std::string::npos;)
      text.erase(at, prefix.size());
    return text;
  }

  /// The first output in float32 mode.
  static Float32Tensor runFirstOutput(const Net &net, Float32Tensor input) {
    auto values = runFloat32(net, {std::move(input)});
    for (size_t i = 0; i != net.ops.size(); ++i)
      if (net.ops[i].get() == net.outputs[0])
        return values[i];
    ADD_FAILURE() << "no output";
    return {};
  }

  llvm::SmallString<128> folder;
};

} // namespace qev

#endif // QEV_TEST_UNIT_IMPORT_FIXTURE_H
