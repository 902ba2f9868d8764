//===- FileTest.cpp - Tests of files ----------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/File.h"
#include "qev/Support/Sha256.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>
#include <random>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <zlib.h>

using namespace qev;

namespace {

std::string compress(const std::string &text, int windowBits = 16 + MAX_WBITS) {
  z_stream stream = {};
  EXPECT_EQ(
      deflateInit2(&stream, 6, Z_DEFLATED, windowBits, 8, Z_DEFAULT_STRATEGY),
      Z_OK);
  std::string result(deflateBound(&stream, text.size()), 0);
  std::string input = text; // zlib wants it writable
  stream.next_in = reinterpret_cast<Bytef *>(input.data());
  stream.avail_in = static_cast<uInt>(input.size());
  stream.next_out = reinterpret_cast<Bytef *>(result.data());
  stream.avail_out = static_cast<uInt>(result.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  result.resize(stream.total_out);
  deflateEnd(&stream);
  return result;
}

/// What is read from a file with these bytes, or the error about F.
std::string readOf(const std::string &bytes, size_t most = mostDecompressed,
                   const char *extension = "gz") {
  int file;
  llvm::SmallString<128> path;
  EXPECT_FALSE(llvm::sys::fs::createTemporaryFile("f", extension, file, path));
  llvm::FileRemover remover(path);
  llvm::raw_fd_ostream(file, /*shouldClose=*/true) << bytes;
  auto buffer = readFile(path, most);
  if (buffer)
    return (*buffer)->getBuffer().str();
  std::string message = llvm::toString(buffer.takeError());
  EXPECT_EQ(message.find(path.str().str()), 0u) << message;
  return "F" + message.substr(path.size());
}

std::string makeText(size_t size) {
  std::mt19937 random(static_cast<unsigned>(size));
  std::string text(size, 0);
  for (char &c : text)
    c = static_cast<char>(random() % 16);
  return text;
}

const std::string cut =
    "F: error: is a gzip file that is cut short [file-format]";

TEST(File, ReadsWhatWasCompressed) {
  for (size_t size : {0u, 1u, 65535u, 65536u, 65537u, 300000u}) {
    std::string text = makeText(size);
    EXPECT_EQ(readOf(compress(text)), text) << size;
    // Of a file with several parts all of them.
    EXPECT_EQ(readOf(compress(text) + compress("more")), text + "more") << size;
  }
  EXPECT_EQ(getPlainName("a.gz/m.onnx.gz"), "a.gz/m.onnx");
  EXPECT_EQ(getPlainName("m.ONNX.GZ"), "m.ONNX");
  EXPECT_EQ(getPlainName("m.onnx"), "m.onnx");
}

/// The name says what a file is, not its bytes.
TEST(File, OtherFilesStayAsTheyAre) {
  std::string bytes = compress("text");
  EXPECT_EQ(readOf(bytes, mostDecompressed, "onnx"), bytes);
  EXPECT_EQ(readOf(bytes, 0, "onnx"), bytes);
}

TEST(File, DamagedFilesAreErrors) {
  std::string bytes = compress(makeText(500));
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_EQ(readOf(bytes.substr(0, size)), cut) << size;
    EXPECT_EQ(readOf(bytes + bytes.substr(0, size)),
              size == 0   ? makeText(500)
              : size == 1 ? "F: error: has something behind the end of its "
                            "compressed data [file-format]"
                          : cut)
        << size;
  }
  for (const char *more : {"x", "\n", "garbage"})
    EXPECT_EQ(readOf(bytes + more),
              "F: error: has something behind the end of its compressed data "
              "[file-format]");
  EXPECT_EQ(readOf(bytes + std::string(512, '\0')),
            "F: error: has something behind the end of its compressed data "
            "[file-format]");
  EXPECT_EQ(readOf("plain text"),
            "F: error: is no gzip file, or a damaged one: "
            "incorrect header check [file-format]");
  // A stream of zlib is none, nor is one without any header.
  for (int windowBits : {MAX_WBITS, -MAX_WBITS})
    EXPECT_NE(readOf(compress("text", windowBits)).find("is no gzip file"),
              std::string::npos);
}

/// A byte of the header may say anything; what comes out is right nevertheless.
TEST(File, NoWrongByteGoesUnnoticed) {
  std::string text = makeText(500), bytes = compress(text);
  for (size_t i = 0; i < bytes.size(); ++i)
    for (int bit = 0; bit < 8; ++bit) {
      std::string wrong = bytes;
      wrong[i] = static_cast<char>(wrong[i] ^ (1 << bit));
      std::string result = readOf(wrong);
      bool isHeader = i < 10;
      EXPECT_TRUE((isHeader && result == text) ||
                  llvm::StringRef(result).ends_with("[file-format]"))
          << i;
    }
}

TEST(File, TheLimitHolds) {
  std::string text(1'000'000, 'a'), bytes = compress(text);
  EXPECT_LT(bytes.size(), 2000u);
  EXPECT_EQ(readOf(bytes, text.size()), text);
  EXPECT_EQ(readOf(bytes, text.size() - 1),
            "F: error: decompresses to more than 999999 bytes [file-format]");
  EXPECT_EQ(readOf(bytes + bytes, text.size() + 1),
            "F: error: decompresses to more than 1000001 bytes [file-format]");
  EXPECT_EQ(readOf(compress(""), 0), "");
}

/// A pipe keeps its reader waiting, a device may have no end.
TEST(File, OnlyRegularFilesAreRead) {
  llvm::SmallString<128> folder;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("qev-file", folder));
  std::string fifo = (folder + "/fifo").str(), link = (folder + "/zero").str(),
              name = (folder + "/socket").str();
  ASSERT_FALSE(::mkfifo(fifo.c_str(), 0600));
  ASSERT_FALSE(::symlink("/dev/zero", link.c_str()));
  int socket = ::socket(AF_UNIX, SOCK_STREAM, 0);
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  ASSERT_LT(name.size(), sizeof address.sun_path);
  llvm::copy(name, address.sun_path);
  ASSERT_FALSE(
      ::bind(socket, reinterpret_cast<sockaddr *>(&address), sizeof address));
  for (const std::string &path : {fifo, link, name, folder.str().str()}) {
    for (auto read : {readBytes, readFileOrStdin}) {
      auto buffer = read(path);
      ASSERT_FALSE(bool(buffer));
      EXPECT_EQ(llvm::toString(buffer.takeError()),
                path + ": error: is no regular file [file-read]");
    }
    EXPECT_FALSE(sha256OfFile(path));
  }
  ::close(socket);
  EXPECT_FALSE(llvm::sys::fs::remove_directories(folder));
}

TEST(File, TheLargestFile) {
  int file;
  llvm::SmallString<128> path;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("f", "bin", file, path));
  llvm::FileRemover remover(path);
  ASSERT_FALSE(::ftruncate(file, static_cast<off_t>(mostDecompressed) + 1));
  ::close(file);
  auto buffer = readBytes(path);
  ASSERT_FALSE(bool(buffer));
  EXPECT_EQ(llvm::toString(buffer.takeError()),
            (path +
             ": error: has 2147483649 bytes, at most 2147483648 are read "
             "[file-read]")
                .str());
}

TEST(File, ItsPartsAndDigest) {
  int file;
  llvm::SmallString<128> path;
  ASSERT_FALSE(llvm::sys::fs::createTemporaryFile("f", "bin", file, path));
  llvm::FileRemover remover(path);
  std::string text = makeText((1 << 20) + 5);
  llvm::raw_fd_ostream(file, /*shouldClose=*/true) << text;
  auto input = InputFile::open(path);
  ASSERT_TRUE(bool(input));
  EXPECT_EQ(input->getSize(), text.size());
  std::string part(5, 0);
  ASSERT_FALSE(input->read(1 << 20, llvm::MutableArrayRef(part.data(), 5)));
  EXPECT_EQ(part, text.substr(1 << 20));
  EXPECT_EQ(llvm::toString(input->read(text.size() - 4,
                                       llvm::MutableArrayRef(part.data(), 5))),
            (path + ": error: ends before its byte 1048581 [file-read]").str());
  EXPECT_EQ(sha256OfFile(path), sha256(text));
}

TEST(File, WhatCannotBeRead) {
  auto buffer = readFile("/no/such/file.gz");
  ASSERT_FALSE(bool(buffer));
  EXPECT_EQ(
      llvm::toString(buffer.takeError()),
      "/no/such/file.gz: error: cannot be read: No such file or directory "
      "[file-read]");
}

} // namespace
