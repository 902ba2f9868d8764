//===- Fuzz.h - What all fuzz targets have in common ------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A target is a function over bytes. With the preset `fuzz` libFuzzer calls it
// on inputs that it makes from seeds; elsewhere ReplayMain.cpp calls it on the
// seeds alone. It ends the program where a rule is broken.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_TEST_FUZZ_FUZZ_H
#define QEV_TEST_FUZZ_FUZZ_H

#include "llvm/ADT/StringRef.h"
#include "llvm/ADT/Twine.h"
#include "llvm/Support/Error.h"
#include <cstddef>
#include <cstdint>

// NOLINTNEXTLINE(readability-identifier-naming): what libFuzzer calls
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

namespace qev::fuzz {

inline llvm::StringRef toText(const uint8_t *data, size_t size) {
  return {reinterpret_cast<const char *>(data), size};
}

/// Writes the bytes to the one file that this process has for inputs of the
/// extension (`.onnx`), and returns its path.
std::string writeInput(llvm::StringRef bytes, llvm::StringRef extension);

/// Ends the program with the message, as a finding, unless the rule holds.
void require(bool rule, const llvm::Twine &message);

/// Whether the text is UTF-8 without control characters but line breaks and
/// tabs.
bool isShowable(llvm::StringRef text);

/// An error that a user would see: one line that can be shown, with an id at
/// its end.
void checkError(llvm::Error error);

} // namespace qev::fuzz

#endif // QEV_TEST_FUZZ_FUZZ_H
