//===- OutputFile.cpp - Where results are written ---------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/OutputFile.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Signals.h"
#include <cerrno>
#include <unistd.h>

namespace qev {

namespace fs = llvm::sys::fs;

static llvm::Error cannotWrite(llvm::StringRef path, std::error_code code) {
  return makeError(DiagId::FileWrite, path,
                   "cannot be written: " + code.message());
}

/// A new file that is removed again, by signals too, unless it is kept. LLVM's
/// own takes each % of a path for a digit to be chosen.
class OutputFile::Temporary {
public:
  /// Beside the file that it is for.
  static llvm::ErrorOr<std::unique_ptr<Temporary>> create(llvm::StringRef path,
                                                          unsigned mode);
  ~Temporary();
  Temporary(const Temporary &) = delete;
  Temporary &operator=(const Temporary &) = delete;
  /// Writes all to the disk, then takes the place of `path`.
  std::error_code keep(llvm::StringRef path);
  int getNumber() const { return number; }

private:
  Temporary(std::string path, int number)
      : path(std::move(path)), number(number) {}

  std::string path; ///< empty once it is kept
  int number;       ///< the descriptor
};

llvm::ErrorOr<std::unique_ptr<OutputFile::Temporary>>
OutputFile::Temporary::create(llvm::StringRef path, unsigned mode) {
  for (;;) {
    std::string name =
        (path + "." +
         llvm::utohexstr(llvm::sys::Process::GetRandomNumber() & 0xffffff, true,
                         6))
            .str();
    int number = -1;
    std::error_code code =
        fs::openFileForWrite(name, number, fs::CD_CreateNew, fs::OF_None, mode);
    if (!code) {
      llvm::sys::RemoveFileOnSignal(name);
      return std::unique_ptr<Temporary>(new Temporary(std::move(name), number));
    }
    if (code != std::errc::file_exists)
      return code;
  }
}

OutputFile::Temporary::~Temporary() {
  ::close(number);
  if (path.empty())
    return;
  (void)fs::remove(path); // whatever hinders that, there is nothing to do
  llvm::sys::DontRemoveFileOnSignal(path);
}

std::error_code OutputFile::Temporary::keep(llvm::StringRef to) {
  // So that what a crash of the machine leaves is whole too. A file system that
  // cannot do that says EINVAL.
  if (::fsync(number) != 0 && errno != EINVAL)
    return llvm::errnoAsErrorCode();
  if (std::error_code code = fs::rename(path, to))
    return code;
  llvm::sys::DontRemoveFileOnSignal(path);
  path.clear();
  return {};
}

OutputFile::OutputFile(llvm::StringRef path) : path(path) {}
OutputFile::OutputFile(OutputFile &&) noexcept = default;
OutputFile::~OutputFile() {
  if (!stream)
    return;
  stream->flush();
  stream->clear_error(); // of what nobody wants any more
}

llvm::Expected<OutputFile> OutputFile::open(llvm::StringRef path) {
  OutputFile file(path == "-" || path == "/dev/stdout" ? "" : path);
  fs::file_status status;
  bool exists = !fs::status(path, status);
  if (exists && fs::is_directory(status))
    return cannotWrite(path, std::make_error_code(std::errc::is_a_directory));
  // Of those in /dev some stand for regular files, as /dev/stderr may.
  if (file.path.empty() || path.starts_with("/dev/") ||
      (exists && !fs::is_regular_file(status)))
    return file;
  // Where the path is a link, it stays one.
  llvm::SmallString<128> real;
  if (exists && !fs::real_path(path, real))
    file.path = real.str();
  unsigned mode = exists ? status.permissions() : fs::all_read | fs::all_write;
  auto temporary = Temporary::create(file.path, mode);
  if (std::error_code code = temporary.getError())
    return cannotWrite(path, code);
  file.temporary = std::move(*temporary);
  return file;
}

llvm::Error finishStandardOutput() {
  llvm::outs().flush();
  if (!llvm::outs().has_error())
    return llvm::Error::success();
  std::error_code code = llvm::outs().error();
  llvm::outs().clear_error();
  return cannotWrite("standard output", code);
}

llvm::Expected<llvm::raw_ostream *> OutputFile::begin() {
  if (isStandardOutput())
    return &llvm::outs();
  int number = -1;
  if (temporary)
    number = temporary->getNumber();
  else if (std::error_code code = fs::openFileForWrite(
               path, number, fs::CD_OpenExisting, fs::OF_Append))
    return cannotWrite(path, code);
  stream = std::make_unique<llvm::raw_fd_ostream>(number,
                                                  /*shouldClose=*/!temporary);
  return stream.get();
}

llvm::Error OutputFile::check() {
  if (isStandardOutput())
    return finishStandardOutput();
  std::error_code code = stream->error();
  stream->clear_error();
  return code ? cannotWrite(path, code) : llvm::Error::success();
}

llvm::Error OutputFile::finish() {
  if (stream)
    stream->flush();
  if (llvm::Error error = check())
    return error;
  stream.reset();
  std::error_code code = temporary ? temporary->keep(path) : std::error_code();
  temporary.reset();
  return code ? cannotWrite(path, code) : llvm::Error::success();
}

llvm::Error OutputFile::write(Writer writer) {
  auto os = begin();
  if (!os)
    return os.takeError();
  if (llvm::Error error = writer(**os))
    return error;
  return finish();
}

llvm::Error OutputFile::write(llvm::StringRef text) {
  return write([&](llvm::raw_ostream &os) {
    os << text;
    return llvm::Error::success();
  });
}

llvm::Error writeFile(llvm::StringRef path, OutputFile::Writer writer) {
  auto file = OutputFile::open(path);
  if (!file)
    return file.takeError();
  return file->write(writer);
}

} // namespace qev
