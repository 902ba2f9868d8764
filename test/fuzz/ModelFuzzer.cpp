//===- ModelFuzzer.cpp - Models of ONNX --------------------------*- C++
//-*-===//
//-*-===//
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
#include "CheckNet.h"
#include "Fuzz.h"
#include "qev/Import/Onnx.h"

using namespace qev;
using namespace qev::fuzz;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  auto model =
      importOnnx(writeInput(toText(data, size), QEV_FUZZ_EXTENSION), "net");
  if (model)
    checkNet(std::move(model->net));
  else
    checkError(model.takeError());
  return 0;
}
