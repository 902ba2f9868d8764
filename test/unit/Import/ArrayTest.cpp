//===- ArrayTest.cpp - Numeric arrays in files ------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Import/Array.h"
#include "Fixture.h"
#include "onnx/onnx_pb.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Process.h"
#include <cmath>

using namespace qev;

namespace {

using Values = std::vector<double>;

class Arrays : public ImportTest {
protected:
  Array read(llvm::StringRef file) const {
    auto array = readArray(file);
    if (array)
      return *array;
    ADD_FAILURE() << llvm::toString(array.takeError());
    return {};
  }
  std::string refuse(llvm::StringRef file) const {
    auto array = readArray(file);
    if (!array)
      return withoutFolder(llvm::toString(array.takeError()));
    ADD_FAILURE() << "was read";
    return "";
  }
  /// Version 1.0 with the header as it is given.
  std::string npy(llvm::StringRef header, llvm::StringRef data) const {
    std::string bytes("\x93NUMPY\1\0", 8);
    bytes += static_cast<char>(header.size());
    bytes += '\0';
    return write("a.npy", bytes + header.str() + data.str());
  }
  static std::string header(llvm::StringRef type, llvm::StringRef shape,
                            llvm::StringRef order = "False") {
    return ("{'descr': '" + type + "', 'fortran_order': " + order +
            ", 'shape': " + shape + ", }\n")
        .str();
  }
};

TEST_F(Arrays, ElementTypesOfNpy) {
  struct {
    const char *type;
    llvm::StringRef data;
    Values values;
  } cases[] = {
      {"<f4", {"\0\0\x80\x3f\0\0\0\xc0", 8}, {1, -2}},
      {"<f8", {"\0\0\0\0\0\0\xf0\x3f\0\0\0\0\0\0\0\xc0", 16}, {1, -2}},
      {"|u1", "\x01\xff", {1, 255}},
      {"|i1", "\x01\xff", {1, -1}},
      {"<u2", "\x01\x02\xff\xff", {513, 65535}},
      {"<i2", "\x01\x02\xff\xff", {513, -1}},
      {"<u4", {"\1\0\0\0\xff\xff\xff\xff", 8}, {1, 4294967295}},
      {"<i4", {"\1\0\0\0\xff\xff\xff\xff", 8}, {1, -1}},
      {"<i8",
       {"\1\0\0\0\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff", 16},
       {1, -1}},
      {"<u8", {"\1\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x40", 16}, {1, 0x1p62}},
      {"|b1", {"\1\0", 2}, {1, 0}},
  };
  for (const auto &c : cases) {
    Array array = read(npy(header(c.type, "(2,)"), c.data));
    EXPECT_EQ(array.shape, Shape({2}));
    EXPECT_EQ(array.values, c.values) << c.type;
  }
}

TEST_F(Arrays, ShapesOfNpy) {
  EXPECT_EQ(read(npy(header("|u1", "()"), "\7")).shape, Shape());
  EXPECT_EQ(read(npy(header("|u1", "(0, 3)"), "")).shape, Shape({0, 3}));
  Array array = read(npy(header("|u1", "(2, 3)", "True"), "\1\4\2\5\3\6"));
  EXPECT_EQ(array.shape, Shape({2, 3}));
  EXPECT_EQ(array.values, Values({1, 2, 3, 4, 5, 6}));
}

TEST_F(Arrays, WhatIsWrittenReadsBack) {
  Array array{{2, 2}, {0.1, -2.5, 1e300, 3}};
  std::string file = path("b.npy");
  ASSERT_FALSE(writeNpy(file, array, ArrayType::Float64));
  EXPECT_EQ(read(file).values, array.values);
  EXPECT_EQ(read(file).shape, array.shape);

  Array floats{{3}, {0.1, -2.5, 3}};
  ASSERT_FALSE(writeNpy(file, floats, ArrayType::Float32));
  EXPECT_EQ(read(file).values, Values({0.1f, -2.5, 3}));
  ASSERT_FALSE(writeNpy(file, {{}, {7}}, ArrayType::Float32));
  EXPECT_EQ(read(file).shape, Shape());

  // The data start at a multiple of 64, the header is what NumPy writes.
  auto bytes = llvm::MemoryBuffer::getFile(file);
  llvm::StringRef text = (*bytes)->getBuffer();
  EXPECT_TRUE(text.substr(10).starts_with(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (), }"));
  EXPECT_EQ(text[text.size() - 5], '\n');
  EXPECT_EQ((text.size() - 4) % 64, 0u);
}

/// The header is read as the dictionary that it is.
TEST_F(Arrays, HeadersOfNpy) {
  const std::string type = "'descr': '|u1'", order = "'fortran_order': False",
                    shape = "'shape': (1,)";
  for (const std::string &good :
       {"{" + type + ", " + order + ", " + shape + "}",
        "{" + shape + " ,\n" + order + "," + type + ",}   \n",
        std::string(
            "{\"descr\": \"|u1\", 'fortran_order':False, 'shape':( 1L , )}")})
    EXPECT_EQ(read(npy(good, "\7")).values, Values({7})) << good;
  EXPECT_EQ(read(npy(header("|u1", "(1, 1)"), "\7")).shape, Shape({1, 1}));
  std::string three = type + ", " + order + ", " + shape;
  for (const std::string &bad : {
           std::string(""),
           "{" + three,
           three + "}",
           "{" + three + "} x",
           "x{" + three + "}",
           "{" + three + ",,}",
           "{," + three + "}",
           "{" + three + ", " + shape + "}",
           "{" + three + ", 'more': 1}",
           "{" + order + ", " + shape + "}",
           "{" + type + " " + order + ", " + shape + "}",
           "{'other': \"" + three + "\"}",
           "{" + type + ", " + order + ", 'shape': (1)}",
           "{" + type + ", " + order + ", 'shape': (,)}",
           "{" + type + ", " + order + ", 'shape': (1 1)}",
           "{" + type + ", " + order + ", 'shape': (-1,)}",
           "{" + type + ", " + order + ", 'shape': (1,,)}",
           "{" + type + ", " + order + ", 'shape': (99999999999999999999,)}",
           "{" + type + ", " + order + ", 'shape': [1]}",
           "{" + type + ", 'fortran_order': false, " + shape + "}",
           "{'descr': [('a', '|u1')], " + order + ", " + shape + "}",
           "{'descr': '|u1, " + order + ", " + shape + "}",
       })
    EXPECT_EQ(refuse(npy(bad, "\7")),
              "a.npy: error: the header of the .npy file is malformed "
              "[file-format]")
        << bad;
  std::string long2("\x93NUMPY\2\0\1\0\1\0", 12);
  EXPECT_EQ(
      refuse(write("a.npy", long2)),
      "a.npy: error: the header of the .npy file has 65537 bytes, at most "
      "65536 are read [file-format]");
}

TEST_F(Arrays, NpyFilesAreChecked) {
  EXPECT_EQ(refuse(path("none.npy")),
            "none.npy: error: cannot be read: No such "
            "file or directory [file-read]");
  EXPECT_EQ(refuse(write("a.npy", "PK\3\4")),
            "a.npy: error: is not an .npy file [file-format]");
  EXPECT_EQ(refuse(write("a.npy", llvm::StringRef("\x93NUMPY\1\0\x40\0", 10))),
            "a.npy: error: the .npy file is truncated [file-format]");
  EXPECT_EQ(refuse(write("a.npy", llvm::StringRef("\x93NUMPY\7\0\0\0", 10))),
            "a.npy: error: version 7 of the .npy format is not known "
            "[file-format]");
  EXPECT_EQ(refuse(npy("{'descr': '<f4'}", "")),
            "a.npy: error: the header of the .npy file is malformed "
            "[file-format]");
  EXPECT_EQ(refuse(npy(header(">f4", "(1,)"), "abcd")),
            "a.npy: error: element type '>f4' is not supported, only "
            "little-endian float16, float32, float64, integers and bool "
            "[input-data]");
  EXPECT_EQ(refuse(npy(header("<f4", "(2,)"), "abcd")),
            "a.npy: error: the .npy file has 4 bytes of data, which do not fit "
            "its shape [file-format]");
  EXPECT_EQ(refuse(npy(header("<f4", "(9999999999, 9999999999)"), "abcd")),
            "a.npy: error: the .npy file has 4 bytes of data, which do not fit "
            "its shape [file-format]");
  EXPECT_EQ(refuse(npy(header("<i8", "(1,)"), "\1\2\3\4\5\6\7\x7f")),
            "a.npy: error: element 0 is an integer that no double equals "
            "[input-data]");
}

TEST_F(Arrays, TheCallerChoosesAboutNaN) {
  std::string file = path("c.npy");
  ASSERT_FALSE(writeNpy(file, {{2}, {1, NAN}}, ArrayType::Float32));
  EXPECT_EQ(refuse(file),
            "c.npy: error: element 1 is nan, wanted a finite number "
            "[input-data]");
  auto array = readArray(file, NonFinite::Allow);
  ASSERT_TRUE(static_cast<bool>(array));
  EXPECT_TRUE(std::isnan(array->values[1]));
}

TEST_F(Arrays, PartsOfFiles) {
  for (const char *order : {"False", "True"}) { // of which one is in memory
    bool isFortran = *order == 'T';
    std::string file = npy(header("|u1", "(2, 3)", order),
                           isFortran ? "\1\4\2\5\3\6" : "\1\2\3\4\5\6");
    ArrayFile array = llvm::cantFail(ArrayFile::open(file));
    EXPECT_EQ(array.getShape(), Shape({2, 3}));
    EXPECT_EQ(llvm::cantFail(array.read(0, 6)), Values({1, 2, 3, 4, 5, 6}));
    EXPECT_EQ(llvm::cantFail(array.read(2, 3)), Values({3, 4, 5}));
    EXPECT_EQ(llvm::cantFail(array.read(6, 0)), Values());
  }
  std::string file = path("c.npy");
  ASSERT_FALSE(writeNpy(file, {{3}, {1, NAN, 2}}, ArrayType::Float32));
  ArrayFile array = llvm::cantFail(ArrayFile::open(file));
  EXPECT_FALSE(bool(array.check(0, 1)));
  EXPECT_EQ(llvm::cantFail(array.read(2, 1)), Values({2}));
  auto complaint = [this](llvm::Error error) {
    return withoutFolder(llvm::toString(std::move(error)));
  };
  std::string isNaN = "c.npy: error: element 1 is nan, wanted a finite number "
                      "[input-data]";
  EXPECT_EQ(complaint(array.check(0, 3)), isNaN);
  EXPECT_EQ(complaint(array.check(1, 1)), isNaN);
  EXPECT_EQ(complaint(array.read(1, 2).takeError()), isNaN);
  ASSERT_FALSE(writeNpy(file, {{4}, {1, 2, 3, 4}}, ArrayType::Float32));
  EXPECT_EQ(complaint(array.read(0, 1).takeError()),
            "c.npy: error: has 144 bytes now, and had 140 at the start "
            "[file-read]");
  (void)llvm::sys::fs::remove(file);
  EXPECT_EQ(complaint(array.check(0, 1)),
            "c.npy: error: cannot be read: No such file or directory "
            "[file-read]");
}

/// Beyond what is read at once, and beyond what an int counts.
TEST_F(Arrays, PartsOfHugeFiles) {
  constexpr uint64_t rows = 1500000000; // 3 GB, of which the disk holds nothing
  std::string front = header("|u1", "(1500000000, 2)");
  std::string file = npy(front, "\1\2");
  int number = -1;
  ASSERT_FALSE(llvm::sys::fs::openFileForWrite(
      file, number, llvm::sys::fs::CD_OpenExisting, llvm::sys::fs::OF_Append));
  ASSERT_FALSE(
      llvm::sys::fs::resize_file(number, 10 + front.size() + 2 * rows));
  (void)llvm::sys::Process::SafelyCloseFileDescriptor(number);
  ArrayFile array = llvm::cantFail(ArrayFile::open(file));
  EXPECT_EQ(llvm::cantFail(array.read(0, 3)), Values({1, 2, 0}));
  EXPECT_EQ(llvm::cantFail(array.read(2 * rows - 2, 2)), Values({0, 0}));
  EXPECT_NE(refuse(file).find("at most 2147483648 are read [file-read]"),
            std::string::npos);
}

TEST_F(Arrays, WritingCanFail) {
  EXPECT_EQ(withoutFolder(llvm::toString(
                writeNpy(path("none/d.npy"), {{1}, {1}}, ArrayType::Float32))),
            "none/d.npy: error: cannot be written: No such file or directory "
            "[file-write]");
}

TEST_F(Arrays, TensorsOfOnnx) {
  onnx::TensorProto tensor;
  tensor.set_data_type(onnx::TensorProto::FLOAT);
  tensor.add_dims(1);
  tensor.add_dims(2);
  tensor.add_float_data(0.5);
  tensor.add_float_data(-1);
  Array array = read(write("input_0.pb", tensor.SerializeAsString()));
  EXPECT_EQ(array.shape, Shape({1, 2}));
  EXPECT_EQ(array.values, Values({0.5, -1}));

  tensor.set_data_type(onnx::TensorProto::INT64);
  tensor.clear_float_data();
  tensor.add_int64_data(3);
  tensor.add_int64_data((int64_t(1) << 53) + 1);
  EXPECT_EQ(
      refuse(write("a.pb", tensor.SerializeAsString())),
      "a.pb: error: element 1 is 9007199254740993, which no double equals "
      "[input-data]");
  tensor.mutable_int64_data()->RemoveLast();
  EXPECT_EQ(refuse(write("a.pb", tensor.SerializeAsString())),
            "a.pb: error: payload has 1 numbers, the shape asks for 2 "
            "[tensor-data]");
  EXPECT_EQ(refuse(write("a.pb", "no tensor")),
            "a.pb: error: is truncated or not an ONNX tensor [file-format]");
}

} // namespace
