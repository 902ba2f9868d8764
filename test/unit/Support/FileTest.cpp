//===- FileTest.cpp - Tests of compressed files -----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/File.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/FileUtilities.h"
#include "llvm/Support/raw_ostream.h"
#include <gtest/gtest.h>
#include <random>
#include <zlib.h>

using namespace qev;

namespace {

std::string compress(const std::string &text, int windowBits = 16 + MAX_WBITS) {
  z_stream stream = {};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, windowBits, 8,
                         Z_DEFAULT_STRATEGY),
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

const std::string cut = "F: error: is a gzip file that is cut short [file-format]";

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
  EXPECT_EQ(readOf("plain text"), "F: error: is no gzip file, or a damaged one: "
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

TEST(File, WhatCannotBeRead) {
  auto buffer = readFile("/no/such/file.gz");
  ASSERT_FALSE(bool(buffer));
  EXPECT_EQ(llvm::toString(buffer.takeError()),
            "/no/such/file.gz: error: cannot be read: No such file or directory "
            "[file-read]");
}

} // namespace
