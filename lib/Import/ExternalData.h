//===- ExternalData.h - Files beside a model --------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A model names the files that its tensors lie in, and whoever wrote it may not
// be trusted: it must not reach anything outside of its own folder, whatever it
// writes and wherever links lead.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_IMPORT_EXTERNALDATA_H
#define QEV_LIB_IMPORT_EXTERNALDATA_H

#include "qev/Support/File.h"

namespace qev {

/// No model has more constants than fit in a file of this size in bytes.
constexpr uint64_t largestExternalFile = uint64_t(1) << 30;

/// Whether a location is below the folder as it is written; links may still
/// lead elsewhere.
bool staysInFolder(llvm::StringRef location);

/// Opens a file below the model's folder. Fails with `external-data` at
/// `where`: also on what is no regular file or too large.
llvm::Expected<InputFile> openExternalFile(llvm::StringRef folder,
                                           llvm::StringRef location,
                                           const llvm::Twine &where);

/// A descriptor of what lies below an open folder, as the system's open: where
/// the system cannot keep links below the folder itself (Linux before 5.6), no
/// link is followed.
int openWithoutLinks(int folder, llvm::StringRef location);

} // namespace qev

#endif // QEV_LIB_IMPORT_EXTERNALDATA_H
