//===- RoundTrip.cpp - Text as good as the module ---------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RoundTrip.h"
#include "qev/IR/Parser.h"
#include "qev/IR/Printer.h"
#include "llvm/ADT/StringExtras.h"

namespace qev {

static std::string printToString(const Module &module) {
  std::string text;
  llvm::raw_string_ostream os(text);
  print(module, os);
  return text;
}

bool roundTrip(std::unique_ptr<Module> &module, llvm::raw_ostream &os) {
  std::string text = printToString(*module);
  DiagnosticEngine diagnostics([&](const Diagnostic &diagnostic) {
    diagnostic.print(os);
    os << "\n";
  });
  std::unique_ptr<Module> copy = parseModule(text, "<printed>", diagnostics);
  if (!copy) {
    os << "round trip: printed text is not read back\n" << text;
    return false;
  }
  std::string again = printToString(*copy);
  if (text != again) {
    os << "round trip: text read back prints differently\n"
       << text << "// ===== again =====\n"
       << again;
    return false;
  }
  module = std::move(copy);
  return true;
}

} // namespace qev
