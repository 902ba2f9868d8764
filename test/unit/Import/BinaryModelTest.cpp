//===- BinaryModelTest.cpp - Files that the text form cannot say *- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExternalData.h"
#include "Fixture.h"
#include "onnx/onnx_pb.h"
#include <cmath>
#include <fcntl.h>
#include <limits>
#include <sys/stat.h>
#include <unistd.h>

using namespace qev;

namespace {

using onnx::TensorProto;

/// y = x + w with x float[n], w an initializer that each test fills.
class BinaryModel : public ImportTest {
protected:
  BinaryModel() {
    model.set_ir_version(10);
    auto *opset = model.add_opset_import();
    opset->set_domain("");
    opset->set_version(21);
    setInput(3);
    graph().add_output()->set_name("y");
    w = graph().add_initializer();
    w->set_name("w");
    add = addNode("Add", {"x", "w"}, "y", "sum");
  }

  onnx::GraphProto &graph() { return *model.mutable_graph(); }
  void setInput(int64_t size) {
    graph().clear_input();
    auto *x = graph().add_input();
    x->set_name("x");
    auto *type = x->mutable_type()->mutable_tensor_type();
    type->set_elem_type(TensorProto::FLOAT);
    type->mutable_shape()->add_dim()->set_dim_value(size);
  }
  onnx::NodeProto *addNode(llvm::StringRef op,
                           const std::vector<llvm::StringRef> &inputs,
                           llvm::StringRef output, llvm::StringRef name = "") {
    auto *node = graph().add_node();
    node->set_op_type(op.str());
    for (llvm::StringRef input : inputs)
      node->add_input(input.str());
    node->add_output(output.str());
    if (!name.empty())
      node->set_name(name.str());
    return node;
  }
  /// Makes w a tensor with raw bytes.
  void setRaw(int type, std::vector<int64_t> dims, llvm::StringRef bytes) {
    setTyped(type, std::move(dims));
    w->set_raw_data(bytes.str());
  }
  void setTyped(int type, std::vector<int64_t> dims,
                std::vector<int32_t> numbers = {}) {
    w->Clear();
    w->set_name("w");
    w->set_data_type(type);
    w->mutable_dims()->Add(dims.begin(), dims.end());
    w->mutable_int32_data()->Add(numbers.begin(), numbers.end());
  }
  /// Puts w behind a DequantizeLinear of scale 1.
  void dequantize() {
    auto *scale = graph().add_initializer();
    scale->set_name("s");
    scale->set_data_type(TensorProto::FLOAT);
    scale->add_float_data(1);
    addNode("DequantizeLinear", {"w", "s"}, "d");
    add->set_input(1, "d");
  }
  std::string save(llvm::StringRef name = "m.onnx") {
    return write(name, model.SerializeAsString());
  }
  /// The printed constant that w becomes.
  std::string constant() {
    auto imported = import(save());
    if (!imported.net)
      return "";
    std::string text = ops(*imported.net);
    return llvm::StringRef(text).split('\n').first.split(" = ").second.str();
  }
  std::string complain() { return complaint(save()); }

  onnx::ModelProto model;
  TensorProto *w;
  onnx::NodeProto *add;
};

//===----------------------------------------------------------------------===//
// Payloads
//===----------------------------------------------------------------------===//

TEST_F(BinaryModel, FloatsAreRawOrTyped) {
  float values[] = {1.5f, -0.1f, 3e-45f};
  setRaw(TensorProto::FLOAT, {3},
         {reinterpret_cast<const char *>(values), sizeof values});
  EXPECT_EQ(constant(), "const dense<1.5, -0.1, 3e-45> : tensor<3xf32>");
  setTyped(TensorProto::FLOAT, {3});
  w->mutable_float_data()->Add(values, values + 3);
  EXPECT_EQ(constant(), "const dense<1.5, -0.1, 3e-45> : tensor<3xf32>");
}

TEST_F(BinaryModel, IntegersAreRawOrTyped) {
  dequantize();
  struct {
    int type;
    llvm::StringRef raw;
    const char *name;
    std::vector<int32_t> numbers;
    const char *values;
  } cases[] = {
      {TensorProto::INT8,
       "\x7f\x80\xff",
       "i8",
       {127, -128, -1},
       "127, -128, -1"},
      {TensorProto::UINT8,
       "\x7f\x80\xff",
       "u8",
       {127, 128, 255},
       "127, 128, 255"},
      {TensorProto::INT16,
       {"\x01\x02\xff\xff\x00\x80", 6},
       "i16",
       {0x201, -1, -32768},
       "513, -1, -32768"},
      {TensorProto::UINT16,
       {"\x01\x02\xff\xff\x00\x80", 6},
       "u16",
       {0x201, 65535, 32768},
       "513, 65535, 32768"},
      {TensorProto::INT32,
       {"\x00\x00\x00\x80\xff\xff\xff\x7f\1\0\0\0", 12},
       "i32",
       {INT32_MIN, INT32_MAX, 1},
       "-2147483648, 2147483647, 1"},
      // Two or four elements in a byte, the lowest bits first: libonnx 1.12
      // knows these types as numbers only.
      {22, "\xf7\x08", "i4", {0xf7, 0x08}, "7, -1, -8"},
      {21, "\xf7\x08", "u4", {0xf7, 0x08}, "7, 15, 8"},
      {26, "\xd8", "i2", {0xd8}, "0, -2, 1"},
      {25, "\xd8", "u2", {-40}, "0, 2, 1"}, // 0xd8 with its sign extended
  };
  model.mutable_opset_import(0)->set_version(25);
  for (const auto &c : cases) {
    std::string expected = std::string("const dense<") + c.values +
                           "> : tensor<3xq<" + c.name + ", 1:0>>";
    setRaw(c.type, {3}, c.raw);
    EXPECT_EQ(constant(), expected);
    setTyped(c.type, {3}, c.numbers);
    EXPECT_EQ(constant(), expected);
  }
}

TEST_F(BinaryModel, PayloadMustFitTheShape) {
  std::string at = "m.onnx:#0 Add 'sum' input 'w': error: ";
  setRaw(TensorProto::FLOAT, {3}, "12345678901");
  EXPECT_EQ(complain(), at + "payload has 11 bytes, the shape asks for 12 "
                             "[tensor-data]");
  setTyped(TensorProto::FLOAT, {3});
  w->add_float_data(1);
  EXPECT_EQ(complain(), at + "payload has 1 numbers, the shape asks for 3 "
                             "[tensor-data]");
  setTyped(TensorProto::FLOAT, {-3});
  EXPECT_EQ(complain(), at + "the shape has a negative dimension or too many "
                             "elements [tensor-data]");
  setTyped(TensorProto::FLOAT, {int64_t(1) << 40, int64_t(1) << 40});
  EXPECT_EQ(complain(), at + "the shape has a negative dimension or too many "
                             "elements [tensor-data]");
  setTyped(TensorProto::FLOAT, {1}, {1});
  w->add_float_data(1);
  w->clear_int32_data();
  w->set_raw_data("1234");
  EXPECT_EQ(complain(), at + "there is more than one payload [tensor-data]");
  setTyped(TensorProto::FLOAT, {1}, {1});
  w->add_float_data(1);
  EXPECT_EQ(complain(), at + "there is more than one payload [tensor-data]");
  setTyped(TensorProto::FLOAT, {0});
  EXPECT_EQ(complain(), at + "dimension must be at least 1, got 0 [op-shape]");
}

TEST_F(BinaryModel, ElementsOfTensorsAreCounted) {
  setTyped(TensorProto::FLOAT, {3}, {});
  w->set_dims(0, 100'000'000);
  EXPECT_EQ(complain(),
            "m.onnx:#0 Add 'sum' input 'w': error: tensors of the file have "
            "100000000 elements up to here, at most 67108864 are supported "
            "[size-limit]");
}

TEST_F(BinaryModel, ElementsMustBeOfTheirType) {
  dequantize();
  std::string at =
      "m.onnx:#1 DequantizeLinear (unnamed, output 'd') input 'w': "
      "error: ";
  setTyped(TensorProto::UINT8, {3}, {1, -1, 0});
  EXPECT_EQ(complain(), at + "element 1 is -1, outside the range of uint8 "
                             "[tensor-data]");
  setTyped(22, {3}, {300, 0});
  EXPECT_EQ(complain(),
            at + "packed elements are 300, which is no byte [tensor-data]");
  setTyped(17, {3}, {1, 1, 0});
  EXPECT_EQ(complain(), at + "element type float8e4m3fn is not supported "
                             "[op-unsupported]");
  setTyped(99, {3}, {1, 1, 0});
  EXPECT_EQ(complain(),
            at + "element type number 99 is not supported [op-unsupported]");
}

TEST_F(BinaryModel, ConstantsAreFinite) {
  for (float bad : {INFINITY, -INFINITY, NAN}) {
    setTyped(TensorProto::FLOAT, {3});
    for (float value : {1.0f, bad, 2.0f})
      w->add_float_data(value);
    EXPECT_EQ(complain(),
              "m.onnx:#0 Add 'sum' input 'w': error: element 1 of the constant "
              "is " +
                  printReal(bad) + " [tensor-data]");
  }
}

//===----------------------------------------------------------------------===//
// External data
//===----------------------------------------------------------------------===//

class ExternalData : public BinaryModel {
protected:
  ExternalData() {
    setTyped(TensorProto::INT8, {3});
    dequantize();
    w->set_data_location(TensorProto::EXTERNAL);
    write("m.data", "\x09\x01\x02\x03\x04");
  }
  void set(llvm::StringRef key, llvm::StringRef value) {
    auto *entry = w->add_external_data();
    entry->set_key(key.str());
    entry->set_value(value.str());
  }
  std::string complainOf(llvm::StringRef location) {
    w->clear_external_data();
    set("location", location);
    return complain();
  }
  const std::string at =
      "m.onnx:#1 DequantizeLinear (unnamed, output 'd') input 'w': error: ";
};

TEST_F(ExternalData, IsReadBesideTheModel) {
  set("location", "m.data");
  EXPECT_EQ(constant(), "const dense<9, 1, 2> : tensor<3xq<i8, 1:0>>");
  set("offset", "1");
  set("length", "3");
  set("checksum", "whatever");
  EXPECT_EQ(constant(), "const dense<1, 2, 3> : tensor<3xq<i8, 1:0>>");
}

TEST_F(ExternalData, StaysInTheFolder) {
  EXPECT_EQ(complainOf("../m.data"), at +
                                         "external data '../m.data' is outside "
                                         "the model's folder [external-data]");
  EXPECT_EQ(complainOf("a/../../m.data"),
            at + "external data 'a/../../m.data' is outside the model's folder "
                 "[external-data]");
  EXPECT_EQ(complainOf("/etc/passwd"),
            at + "external data '/etc/passwd' is outside the model's folder "
                 "[external-data]");
  EXPECT_EQ(complainOf(""), at + "external data names no file [external-data]");
}

TEST_F(ExternalData, StaysThereWhereverLinksLead) {
  llvm::SmallString<128> outside;
  ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("qev-outside", outside));
  std::string secret = (outside + "/secret").str();
  std::error_code failure;
  llvm::raw_fd_ostream(secret, failure) << "\1\2\3";
  ASSERT_FALSE(::symlink(secret.c_str(), path("link").c_str()));
  ASSERT_FALSE(::symlink(outside.c_str(), path("folder").c_str()));
  ASSERT_FALSE(::symlink("..", path("up").c_str()));
  std::string inOther =
      ("up/" + llvm::sys::path::filename(outside) + "/secret").str();
  for (const std::string &location :
       {std::string("link"), std::string("folder/secret"), inOther})
    EXPECT_EQ(complainOf(location), at + "external data '" + location +
                                        "' is a link out of the model's folder "
                                        "[external-data]");
  ASSERT_FALSE(::symlink("m.data", path("inside").c_str()));
  w->clear_external_data();
  set("location", "inside");
  set("length", "3");
  set("offset", "0");
  EXPECT_EQ(constant(), "const dense<9, 1, 2> : tensor<3xq<i8, 1:0>>");
  EXPECT_FALSE(llvm::sys::fs::remove_directories(outside));
}

/// Where the system cannot look after links, none is followed.
TEST_F(ExternalData, IsFoundWithoutLinks) {
  ASSERT_FALSE(llvm::sys::fs::create_directory(path("d")));
  write("d/w", "abc");
  ASSERT_FALSE(::symlink("d", path("e").c_str()));
  ASSERT_FALSE(::symlink("d/w", path("v").c_str()));
  int at = ::open(folder.c_str(), O_PATH | O_DIRECTORY);
  ASSERT_GE(at, 0);
  for (const char *good : {"d/w", "./d/w", "d//w", "m.data"}) {
    int file = openWithoutLinks(at, good);
    EXPECT_GE(file, 0) << good;
    ::close(file);
  }
  for (const char *bad : {"e/w", "v", "d/x", "d/w/z"})
    EXPECT_EQ(openWithoutLinks(at, bad), -1) << bad;
  ::close(at);
}

/// Neither what has no end nor what keeps its reader waiting is read.
TEST_F(ExternalData, IsARegularFile) {
  ASSERT_FALSE(::mkfifo(path("fifo").c_str(), 0600));
  ASSERT_FALSE(llvm::sys::fs::create_directory(path("d")));
  for (const char *location : {"fifo", "d"})
    EXPECT_EQ(complainOf(location), at + "external data '" + location +
                                        "' is no regular file [external-data]");
  ASSERT_FALSE(::truncate(write("large", "").c_str(), largestExternalFile + 1));
  EXPECT_EQ(complainOf("large"),
            at + "external data 'large' has 1073741825 bytes, at most "
                 "1073741824 are read [external-data]");
}

/// Only what is wanted is read, and nothing that the shape does not ask for.
TEST_F(ExternalData, IsReadInPart) {
  std::error_code failure;
  llvm::raw_fd_ostream os(path("sparse"), failure);
  ASSERT_FALSE(failure);
  os.seek(largestExternalFile - 3);
  os << "\1\2\3";
  os.close();
  set("location", "sparse");
  set("offset", std::to_string(largestExternalFile - 3));
  EXPECT_EQ(constant(), "const dense<1, 2, 3> : tensor<3xq<i8, 1:0>>");
  w->clear_external_data();
  set("location", "sparse");
  set("length", std::to_string(largestExternalFile));
  EXPECT_EQ(complain(), at + "payload has 1073741824 bytes, the shape asks for "
                             "3 [tensor-data]");
}

TEST_F(ExternalData, MustBeThere) {
  EXPECT_EQ(complainOf("none.data"),
            at + "external data 'none.data' cannot be read: No such file or "
                 "directory [external-data]");
  w->clear_external_data();
  set("location", "m.data");
  set("offset", "3");
  EXPECT_EQ(complain(), at +
                            "external data 'm.data' has 5 bytes, wanted 3 from "
                            "3 on [external-data]");
  set("offset", "18446744073709551615");
  EXPECT_EQ(complain(), at +
                            "external data 'm.data' has 5 bytes, wanted 3 from "
                            "18446744073709551615 on [external-data]");
  set("offset", "-1");
  EXPECT_EQ(complain(), at +
                            "external data has offset '-1', which is no number "
                            "[external-data]");
  w->clear_external_data();
  set("location", "m.data");
  set("length", "2");
  EXPECT_EQ(complain(),
            at + "payload has 2 bytes, the shape asks for 3 [tensor-data]");
}

//===----------------------------------------------------------------------===//
// Files and headers
//===----------------------------------------------------------------------===//

TEST_F(BinaryModel, MustBeAModel) {
  const char *notOnnx =
      "m.onnx: error: is truncated or not an ONNX model [file-format]";
  const char *noGraph =
      "m.onnx: error: is not an ONNX model: it has no graph [file-format]";
  setTyped(TensorProto::FLOAT, {3}, {});
  std::string bytes = model.SerializeAsString();
  EXPECT_EQ(complaint(write("m.onnx", llvm::StringRef(bytes).drop_back(1))),
            notOnnx);
  EXPECT_EQ(complaint(write("m.onnx", "<html>no model here</html>")), notOnnx);
  EXPECT_EQ(complaint(write("m.onnx", "")), noGraph);
  model.clear_graph();
  EXPECT_EQ(complain(), noGraph);
  EXPECT_EQ(
      complaint(write("m.onnx", "version https://git-lfs.github.com/spec/"
                                "v1\noid sha256:1234\nsize 1\n")),
      "m.onnx: error: is a pointer of Git LFS, not a model; fetch the file "
      "with 'git lfs pull' [file-format]");
}

/// Every prefix and every changed byte of a model is answered, not crashed on.
TEST_F(BinaryModel, DamagedFilesAreAnswered) {
  setTyped(TensorProto::INT8, {3}, {1, 2, 3});
  dequantize();
  std::string bytes = model.SerializeAsString();
  ASSERT_TRUE(import(write("m.onnx", bytes)).net);
  auto answer = [&](llvm::StringRef damaged) {
    auto imported = importOnnx(write("m.onnx", damaged), "n");
    if (!imported) {
      std::string said = llvm::toString(imported.takeError());
      EXPECT_TRUE(llvm::StringRef(said).contains(": error: ")) << said;
    }
  };
  for (size_t length = 0; length != bytes.size(); ++length)
    answer(llvm::StringRef(bytes).take_front(length));
  for (char &byte : bytes)
    for (char changed :
         {'\0', '\1', '\x7f', '\xff', static_cast<char>(byte ^ 1)})
      if (char original = std::exchange(byte, changed); original != changed) {
        answer(bytes);
        byte = original;
      }
}

TEST_F(BinaryModel, VersionsAreKnown) {
  setTyped(TensorProto::FLOAT, {3}, {});
  w->mutable_float_data()->Resize(3, 1.0f);
  EXPECT_EQ(constant(), "const dense<1> : tensor<3xf32>");
  model.set_ir_version(14);
  EXPECT_EQ(complain(),
            "m.onnx: error: IR version 14 is not supported, only 3 to "
            "13 [op-unsupported]");
  model.set_ir_version(13);
  EXPECT_EQ(constant(), "const dense<1> : tensor<3xf32>");
  model.mutable_opset_import(0)->set_domain("ai.onnx");
  EXPECT_EQ(constant(), "const dense<1> : tensor<3xf32>");
  model.add_opset_import()->set_version(20);
  EXPECT_EQ(
      complain(),
      "m.onnx: error: operator set '' is imported twice [model-structure]");
  model.clear_opset_import();
  EXPECT_EQ(complain(), "m.onnx: error: no version of the ONNX operator set is "
                        "imported [model-structure]");
}

TEST_F(BinaryModel, NamesAreDefinedOnce) {
  setTyped(TensorProto::FLOAT, {3}, {});
  graph().add_initializer()->CopyFrom(*w);
  EXPECT_EQ(
      complain(),
      "m.onnx: error: initializer 'w' is defined twice [model-structure]");
  graph().mutable_initializer()->RemoveLast();
  graph().add_initializer();
  EXPECT_EQ(complain(),
            "m.onnx: error: an initializer has no name [model-structure]");
  graph().mutable_initializer()->RemoveLast();
  graph().add_sparse_initializer();
  EXPECT_EQ(complain(), "m.onnx: error: sparse initializers are not supported "
                        "[op-unsupported]");
}

/// What is said twice is said once, or the same.
TEST_F(BinaryModel, DeclarationsDoNotContradict) {
  setTyped(TensorProto::FLOAT, {3}, {});
  for (float value : {1.0f, 2.0f, 3.0f})
    w->add_float_data(value);
  const std::string bytes = model.SerializeAsString();
  auto again = [&] { ASSERT_TRUE(model.ParseFromString(bytes)); };
  auto declare = [](onnx::ValueInfoProto *value, const char *name, int type,
                    int64_t size) {
    value->set_name(name);
    auto *tensor = value->mutable_type()->mutable_tensor_type();
    tensor->set_elem_type(type);
    tensor->mutable_shape()->add_dim()->set_dim_value(size);
  };
  // Older files list initializers as inputs.
  declare(graph().add_input(), "w", TensorProto::FLOAT, 3);
  EXPECT_TRUE(import(write("m.onnx", model.SerializeAsString())).net);
  again();
  declare(graph().add_input(), "w", TensorProto::INT8, 3);
  EXPECT_EQ(complain(), "m.onnx: error: input 'w' is declared with elements of "
                        "int8, its initializer has float32 [model-structure]");
  again();
  declare(graph().add_input(), "w", TensorProto::FLOAT, 4);
  EXPECT_EQ(complain(), "m.onnx: error: input 'w' is declared with another "
                        "shape than its initializer has [model-structure]");
  // An element type that is not the computed one is wrong, a shape may be old.
  again();
  declare(graph().mutable_output(0), "y", TensorProto::INT8, 3);
  EXPECT_EQ(complain(),
            "m.onnx:#0 Add 'sum': error: output 'y' is declared with "
            "elements of int8, it has float32 [model-structure]");
  again();
  declare(graph().mutable_output(0), "y", TensorProto::FLOAT, 4);
  EXPECT_EQ(
      import(write("m.onnx", model.SerializeAsString())).info.notes,
      std::vector<std::string>({"output 'y' is declared with another shape "
                                "than it has: tensor<3xf32>"}));
  // Every declaration counts, also those of constants.
  again();
  declare(graph().add_value_info(), "w", TensorProto::INT8, 3);
  declare(graph().add_value_info(), "w", TensorProto::FLOAT, 3);
  EXPECT_EQ(complain(), "m.onnx: error: 'w' is declared with elements of int8, "
                        "it has float32 [model-structure]");
  again();
  declare(graph().add_value_info(), "w", TensorProto::FLOAT, 4);
  EXPECT_EQ(complain(), "m.onnx: error: 'w' is declared with another shape "
                        "than it has [model-structure]");
  again();
  graph().mutable_output(0)->mutable_type()->mutable_sequence_type();
  EXPECT_EQ(complain(), "m.onnx:#0 Add 'sum': error: output 'y' is declared as "
                        "something else than a tensor [model-structure]");
  again();
  graph().mutable_output(0)->mutable_type();
  EXPECT_TRUE(import(write("m.onnx", model.SerializeAsString())).net);
  again();
  for (int i = 0; i != 2; ++i) {
    auto *attribute = graph().mutable_node(0)->add_attribute();
    attribute->set_name("axis");
    attribute->set_type(onnx::AttributeProto::INT);
  }
  EXPECT_EQ(complain(), "m.onnx: error: node #0 Add has attribute 'axis' twice "
                        "[model-structure]");
}

TEST_F(BinaryModel, AttributesHaveOneValue) {
  graph().clear_node();
  auto *attribute = addNode("Flatten", {"x"}, "y")->add_attribute();
  attribute->set_name("axis");
  attribute->set_type(onnx::AttributeProto::INT);
  attribute->set_i(0);
  EXPECT_TRUE(import(write("m.onnx", model.SerializeAsString())).net);
  attribute->add_ints(1);
  EXPECT_EQ(complain(), "m.onnx:#0 Flatten (unnamed, output 'y'): error: "
                        "attribute 'axis' is of type INT and has a value of "
                        "another type [model-structure]");
}

TEST_F(BinaryModel, OperatorsHaveNoMoreResultsThanDefined) {
  setTyped(TensorProto::FLOAT, {1});
  w->add_float_data(1);
  add->add_output("");
  EXPECT_EQ(complain(), "m.onnx:#0 Add 'sum': error: has 2 outputs, at most 1 "
                        "are defined [model-structure]");
}

TEST_F(BinaryModel, ContributedOperatorsAreOfOneVersion) {
  setTyped(TensorProto::FLOAT, {});
  w->add_float_data(1);
  graph().clear_node();
  addNode("QuantizeLinear", {"x", "w"}, "q")->set_domain("com.microsoft");
  addNode("DequantizeLinear", {"q", "w"}, "y")->set_domain("com.microsoft");
  auto *opset = model.add_opset_import();
  opset->set_domain("com.microsoft");
  opset->set_version(1);
  EXPECT_TRUE(import(write("m.onnx", model.SerializeAsString())).net);
  opset->set_version(2);
  EXPECT_EQ(complain(), "m.onnx:#0 com.microsoft.QuantizeLinear (unnamed, "
                        "output 'q'): error: version 2 of its operator set is "
                        "not supported, only 1 [op-unsupported]");
}

TEST_F(BinaryModel, InputsAreTensorsOfFloat32OrIntegers) {
  auto *type = graph().mutable_input(0)->mutable_type();
  type->mutable_tensor_type()->set_elem_type(TensorProto::FLOAT16);
  EXPECT_EQ(complain(),
            "m.onnx: error: input 'x' has element type float16, only "
            "float32 and integers of up to 16 bits are supported "
            "[op-unsupported]");
  type->mutable_sequence_type();
  EXPECT_EQ(complain(),
            "m.onnx: error: input 'x' is not a tensor [op-unsupported]");
}

TEST_F(BinaryModel, FunctionsOfTheModelAreRefused) {
  // Even if one has the name of an operator.
  setTyped(TensorProto::FLOAT, {3}, {});
  model.add_functions()->set_name("Add");
  w->mutable_float_data()->Resize(3, 1.0f);
  EXPECT_EQ(complain(),
            "m.onnx:#0 Add 'sum': error: functions of the model are "
            "not supported [op-unsupported]");
}

TEST_F(BinaryModel, ContribQuantizersNeedTheirDomain) {
  setTyped(TensorProto::INT16, {3}, {1, 2, 3});
  dequantize();
  graph().mutable_node(1)->set_domain("com.microsoft");
  auto *domain = model.add_opset_import();
  domain->set_domain("com.microsoft");
  domain->set_version(1);
  EXPECT_EQ(constant(), "const dense<1, 2, 3> : tensor<3xq<i16, 1:0>>");
}

TEST_F(BinaryModel, NodesMayComeInAnyOrder) {
  setTyped(TensorProto::FLOAT, {3}, {});
  w->mutable_float_data()->Resize(3, 1.0f);
  addNode("Relu", {"x"}, "z", "later");
  add->set_input(0, "z");
  auto imported = import(save());
  EXPECT_EQ(ops(*imported.net), "%z = relu %x : tensor<3xf32>\n"
                                "%w = const dense<1> : tensor<3xf32>\n"
                                "%y = add %z, %w : tensor<3xf32>\nreturn %y\n");
  EXPECT_EQ(imported.net->find("z")->location[0].index, 1);
}

TEST_F(BinaryModel, OptionalInputsMayBeEmptyNames) {
  setTyped(TensorProto::FLOAT, {3}, {});
  w->mutable_float_data()->Resize(3, 1.0f);
  addNode("Clip", {"x", "", ""}, "z");
  add->set_input(0, "z");
  EXPECT_EQ(constant(), "const dense<1> : tensor<3xf32>");
  add->set_input(0, "");
  EXPECT_EQ(complain(),
            "m.onnx:#0 Add 'sum': error: input 1 is missing [op-operands]");
}

TEST_F(BinaryModel, AnyNameIsAName) {
  setTyped(TensorProto::FLOAT, {3}, {});
  w->mutable_float_data()->Resize(3, 1.0f);
  w->set_name("a/b:c \"d\"");
  add->set_input(1, "a/b:c \"d\"");
  auto imported = import(save());
  EXPECT_EQ(imported.net->ops[1]->name, "a/b:c \"d\"");
}

} // namespace
