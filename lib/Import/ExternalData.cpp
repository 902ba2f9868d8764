//===- ExternalData.cpp - Files beside a model ------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExternalData.h"
#include "qev/Import/Onnx.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Support/Sha256.h"
#include "llvm/Support/Path.h"
#include <cerrno>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>
#ifdef SYS_openat2
#include <linux/openat2.h>
#endif

namespace qev {

namespace path = llvm::sys::path;

bool staysInFolder(llvm::StringRef location) {
  return !path::is_absolute(location) && !location.contains('\\') &&
         !location.contains('\0') &&
         !llvm::is_contained(
             llvm::make_range(path::begin(location), path::end(location)),
             llvm::StringRef(".."));
}

int openWithoutLinks(int folder, llvm::StringRef location) {
  constexpr int folderFlags = O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
  int at = ::openat(folder, ".", folderFlags);
  for (auto part = path::begin(location); at >= 0;) {
    std::string name = part->str();
    bool isLast = ++part == path::end(location);
    int next =
        ::openat(at, name.c_str(),
                 isLast ? InputFile::openFlags | O_NOFOLLOW : folderFlags);
    int problem = errno;
    ::close(at);
    errno = problem;
    if (isLast)
      return next;
    at = next;
  }
  return -1;
}

/// No wrapper of the system call is in glibc.
static int openBeneath(int folder, llvm::StringRef location) {
#ifdef SYS_openat2
  open_how how = {};
  how.flags = static_cast<uint64_t>(InputFile::openFlags);
  how.resolve = RESOLVE_BENEATH;
  long descriptor =
      ::syscall(SYS_openat2, folder, location.str().c_str(), &how, sizeof how);
  // A sandbox that does not know the call may forbid it.
  if (descriptor >= 0 || (errno != ENOSYS && errno != EPERM))
    return static_cast<int>(descriptor);
#endif
  return openWithoutLinks(folder, location);
}

llvm::Expected<InputFile> openExternalFile(llvm::StringRef folder,
                                           llvm::StringRef location,
                                           const llvm::Twine &where) {
  auto complain = [where = where.str(),
                   name = location.str()](const llvm::Twine &why) {
    return makeError(DiagId::ExternalData, where,
                     "external data '" + name + "' " + why);
  };
  if (!staysInFolder(location))
    return complain("is outside the model's folder");
  std::string folderName = folder.empty() ? "." : folder.str();
  int at = ::open(folderName.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  int descriptor = at < 0 ? -1 : openBeneath(at, location);
  int problem = errno;
  if (at >= 0)
    ::close(at);
  if (descriptor < 0 && problem == EXDEV)
    return complain("is a link out of the model's folder");
  errno = problem;
  auto file = InputFile::adopt(descriptor, complain);
  if (file && file->getSize() > largestExternalFile)
    return complain("has " + llvm::Twine(file->getSize()) + " bytes, at most " +
                    llvm::Twine(largestExternalFile) + " are read");
  return file;
}

llvm::Expected<std::string> hashExternalFile(llvm::StringRef modelPath,
                                             llvm::StringRef location) {
  auto file =
      openExternalFile(path::parent_path(modelPath), location, modelPath);
  if (!file)
    return file.takeError();
  return sha256(*file);
}

} // namespace qev
