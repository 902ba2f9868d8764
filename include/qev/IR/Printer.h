//===- Printer.h - IR as text -----------------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_IR_PRINTER_H
#define QEV_IR_PRINTER_H

#include "qev/IR/Module.h"
#include "llvm/Support/raw_ostream.h"

namespace qev {

struct PrintOptions {
  /// Constants with more elements print as `dense<elided N>`, which does not
  /// read back; 0 prints all.
  unsigned elideConstants = 0;
};

void print(const Module &module, llvm::raw_ostream &os,
           const PrintOptions &options = {});
void print(const Net &net, llvm::raw_ostream &os,
           const PrintOptions &options = {});

} // namespace qev

#endif // QEV_IR_PRINTER_H
