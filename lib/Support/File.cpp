//===- File.cpp - Files as they are and decompressed ------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/File.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/Support/SmallVectorMemoryBuffer.h"
#include <fcntl.h>
#include <limits>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>
#define ZLIB_CONST
#include <zlib.h>

namespace qev {

//===----------------------------------------------------------------------===//
// Open files
//===----------------------------------------------------------------------===//

const int InputFile::openFlags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY;

static std::string describeErrno() {
  return "cannot be read: " +
         std::error_code(errno, std::generic_category()).message();
}

llvm::Expected<InputFile> InputFile::open(llvm::StringRef path) {
  return adopt(::open(path.str().c_str(), openFlags),
               [where = path.str()](const llvm::Twine &why) {
                 return makeError(DiagId::FileRead, where, why);
               });
}

llvm::Expected<InputFile> InputFile::adopt(int descriptor, Complain complain) {
  // A socket, and a device without a driver, cannot even be opened.
  constexpr const char *irregular = "is no regular file";
  if (descriptor < 0)
    return complain(errno == ENXIO ? irregular : describeErrno());
  InputFile file(descriptor, std::move(complain));
  struct stat status;
  if (::fstat(descriptor, &status) != 0)
    return file.complain(describeErrno());
  if (!S_ISREG(status.st_mode))
    return file.complain(irregular);
  file.size = static_cast<uint64_t>(status.st_size);
  return file;
}

InputFile::~InputFile() {
  if (descriptor >= 0)
    ::close(descriptor);
}

InputFile::InputFile(InputFile &&other) noexcept
    : descriptor(std::exchange(other.descriptor, -1)), size(other.size),
      complain(std::move(other.complain)) {}

llvm::Error InputFile::read(uint64_t offset,
                            llvm::MutableArrayRef<char> to) const {
  while (!to.empty()) {
    ssize_t count =
        ::pread(descriptor, to.data(), to.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR)
      continue;
    if (count < 0)
      return complain(describeErrno());
    if (count == 0)
      return complain("ends before its byte " + llvm::Twine(offset));
    offset += static_cast<uint64_t>(count);
    to = to.drop_front(static_cast<size_t>(count));
  }
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Compressed files
//===----------------------------------------------------------------------===//

namespace {

/// LLVM's own wrapper reads streams of zlib, which have no gzip header.
class GzipReader {
public:
  GzipReader(llvm::StringRef path, llvm::StringRef input, size_t most)
      : path(path), input(input), most(most) {
    // 16 more than the size of the window: gzip and nothing else.
    if (inflateInit2(&stream, 16 + MAX_WBITS) != Z_OK)
      llvm::report_bad_alloc_error("zlib");
  }
  ~GzipReader() { inflateEnd(&stream); }
  GzipReader(const GzipReader &) = delete;
  GzipReader &operator=(const GzipReader &) = delete;

  llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> run();

private:
  llvm::Error fail(const llvm::Twine &message) const {
    return makeError(DiagId::FileFormat, path, message);
  }
  llvm::Error readMember();

  llvm::StringRef path, input;
  size_t most;
  z_stream stream = {};
  llvm::SmallVector<char, 0> output;
};

} // namespace

/// Takes one compressed stream off the front of the input.
llvm::Error GzipReader::readMember() {
  constexpr size_t mostAtOnce = std::numeric_limits<uInt>::max();
  char buffer[1 << 16];
  for (;;) {
    auto before = static_cast<uInt>(std::min(input.size(), mostAtOnce));
    stream.next_in = input.bytes_begin();
    stream.avail_in = before;
    stream.next_out = reinterpret_cast<Bytef *>(buffer);
    stream.avail_out = sizeof buffer;
    int status = inflate(&stream, Z_NO_FLUSH);
    input = input.drop_front(before - stream.avail_in);
    size_t count = sizeof buffer - stream.avail_out;
    if (count > most - output.size())
      return fail("decompresses to more than " + llvm::Twine(most) + " bytes");
    output.append(buffer, buffer + count);
    if (status == Z_STREAM_END)
      return llvm::Error::success();
    if (status == Z_MEM_ERROR)
      llvm::report_bad_alloc_error("zlib");
    if (status == Z_BUF_ERROR) // neither input nor output: it wants more
      return fail("is a gzip file that is cut short");
    if (status != Z_OK)
      return fail("is no gzip file, or a damaged one: " +
                  llvm::Twine(stream.msg ? stream.msg : "unknown reason"));
  }
}

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>> GzipReader::run() {
  if (llvm::Error error = readMember())
    return error;
  // A file may have several, one behind the other, as of `cat a.gz b.gz`.
  while (!input.empty()) {
    if (!input.starts_with("\x1f\x8b"))
      return fail("has something behind the end of its compressed data");
    inflateReset(&stream);
    if (llvm::Error error = readMember())
      return error;
  }
  return std::make_unique<llvm::SmallVectorMemoryBuffer>(std::move(output),
                                                         path);
}

//===----------------------------------------------------------------------===//
// Whole files
//===----------------------------------------------------------------------===//

llvm::Error checkSizeAtOnce(const InputFile &file, llvm::StringRef path) {
  if (file.getSize() <= mostDecompressed)
    return llvm::Error::success();
  return makeError(DiagId::FileRead, path,
                   "has " + llvm::Twine(file.getSize()) + " bytes, at most " +
                       llvm::Twine(mostDecompressed) + " are read");
}

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readBytes(llvm::StringRef path) {
  auto file = InputFile::open(path);
  if (!file)
    return file.takeError();
  if (llvm::Error error = checkSizeAtOnce(*file, path))
    return error;
  auto buffer = llvm::MemoryBuffer::getOpenFile(
      file->getDescriptor(), path, file->getSize(),
      /*RequiresNullTerminator=*/false);
  if (std::error_code code = buffer.getError())
    return makeError(DiagId::FileRead, path,
                     "cannot be read: " + code.message());
  return std::move(*buffer);
}

llvm::StringRef getPlainName(llvm::StringRef path) {
  path.consume_back_insensitive(".gz");
  return path;
}

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readFile(llvm::StringRef path, size_t most) {
  auto bytes = readBytes(path);
  if (!bytes || getPlainName(path) == path)
    return bytes;
  return GzipReader(path, (*bytes)->getBuffer(), most).run();
}

llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>
readFileOrStdin(llvm::StringRef path) {
  if (path != "-")
    return readFile(path);
  auto buffer = llvm::MemoryBuffer::getSTDIN();
  if (std::error_code code = buffer.getError())
    return makeError(DiagId::FileRead, "<stdin>",
                     "cannot be read: " + code.message());
  return std::move(*buffer);
}

} // namespace qev
