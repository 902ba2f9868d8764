//===- OutputFileTest.cpp - Files that appear whole or not at all -*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Support/OutputFile.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "gtest/gtest.h"
#include <csignal>
#include <sys/resource.h>
#include <unistd.h>

using namespace qev;
namespace fs = llvm::sys::fs;

namespace {

class OutputFileTest : public testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(fs::createUniqueDirectory("qev-output", folder));
  }
  void TearDown() override { (void)fs::remove_directories(folder); }

  std::string getPath(llvm::StringRef name) const {
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path, name);
    return path.str().str();
  }
  std::vector<std::string> list() const {
    std::vector<std::string> names;
    std::error_code code;
    for (fs::directory_iterator it(folder, code), end; !code && it != end;
         it.increment(code))
      names.push_back(llvm::sys::path::filename(it->path()).str());
    return names;
  }
  static std::string read(const std::string &path) {
    auto buffer = llvm::MemoryBuffer::getFile(path);
    return buffer ? (*buffer)->getBuffer().str() : "(none)";
  }
  static llvm::Error write(const std::string &path, llvm::StringRef text) {
    return writeFile(path, [&](llvm::raw_ostream &os) {
      os << text;
      return llvm::Error::success();
    });
  }

  llvm::SmallString<128> folder;
};

TEST_F(OutputFileTest, ReplacesAFile) {
  std::string path = getPath("a");
  EXPECT_FALSE(bool(write(path, "one")));
  ASSERT_FALSE(fs::setPermissions(path, fs::owner_read | fs::owner_write));
  EXPECT_FALSE(bool(write(path, "two")));
  EXPECT_EQ(read(path), "two");
  EXPECT_EQ(fs::getPermissions(path).get(), fs::owner_read | fs::owner_write);
  EXPECT_EQ(list(), std::vector<std::string>{"a"});
}

TEST_F(OutputFileTest, NamesMayHoldAnything) {
  std::string inside = getPath("100%20");
  ASSERT_FALSE(fs::create_directory(inside));
  EXPECT_FALSE(bool(write(inside + "/a%b", "one")));
  EXPECT_EQ(read(inside + "/a%b"), "one");
}

TEST_F(OutputFileTest, KeepsALink) {
  std::string path = getPath("a"), link = getPath("link");
  EXPECT_FALSE(bool(write(path, "one")));
  ASSERT_EQ(::symlink(path.c_str(), link.c_str()), 0);
  EXPECT_FALSE(bool(write(link, "two")));
  EXPECT_TRUE(fs::is_symlink_file(link));
  EXPECT_EQ(read(path), "two");
}

TEST_F(OutputFileTest, NothingAppearsBeforeTheEnd) {
  std::string path = getPath("a");
  EXPECT_FALSE(bool(writeFile(path, [&](llvm::raw_ostream &os) {
    os << std::string(1 << 20, 'x');
    os.flush();
    EXPECT_FALSE(fs::exists(path));
    return llvm::Error::success();
  })));
  EXPECT_EQ(read(path).size(), size_t(1) << 20);
}

TEST_F(OutputFileTest, AnErrorLeavesNoFile) {
  std::string path = getPath("a");
  llvm::Error error = writeFile(path, [](llvm::raw_ostream &os) {
    os << "half";
    return makeError(DiagId::Usage, "", "no more");
  });
  EXPECT_EQ(llvm::toString(std::move(error)), "error: no more [usage]");
  EXPECT_TRUE(list().empty());
}

TEST_F(OutputFileTest, PieceByPiece) {
  std::string path = getPath("a");
  for (bool isFinished : {false, true}) {
    OutputFile file = llvm::cantFail(OutputFile::open(path));
    llvm::raw_ostream &os = *llvm::cantFail(file.begin());
    os << "one";
    EXPECT_FALSE(bool(file.check()));
    os << " two";
    EXPECT_FALSE(fs::exists(path));
    if (isFinished) {
      EXPECT_FALSE(bool(file.finish()));
    }
  }
  EXPECT_EQ(read(path), "one two");
  EXPECT_EQ(list(), std::vector<std::string>{"a"});
}

TEST_F(OutputFileTest, ALostPieceIsNoticed) {
  OutputFile file = llvm::cantFail(OutputFile::open("/dev/full"));
  llvm::raw_ostream &os = *llvm::cantFail(file.begin());
  os << std::string(1 << 20, 'x'); // more than the stream holds back
  EXPECT_EQ(llvm::toString(file.check()),
            "/dev/full: error: cannot be written: No space left on device "
            "[file-write]");
}

TEST_F(OutputFileTest, AFullDiskLeavesTheOldFile) {
  std::string path = getPath("a");
  EXPECT_FALSE(bool(write(path, "old")));
  rlimit before;
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = {1000, before.rlim_max};
  auto handler = std::signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  llvm::Error error = write(path, std::string(100000, 'x'));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);
  EXPECT_EQ(llvm::toString(std::move(error)),
            path + ": error: cannot be written: File too large [file-write]");
  EXPECT_EQ(read(path), "old");
  EXPECT_EQ(list(), std::vector<std::string>{"a"});
}

TEST_F(OutputFileTest, WritesDevicesDirectly) {
  EXPECT_FALSE(bool(write("/dev/null", "text")));
  EXPECT_TRUE(fs::exists("/dev/null"));
  EXPECT_FALSE(fs::is_regular_file("/dev/null"));
  EXPECT_EQ(llvm::toString(write("/dev/full", "text")),
            "/dev/full: error: cannot be written: No space left on device "
            "[file-write]");
}

} // namespace
