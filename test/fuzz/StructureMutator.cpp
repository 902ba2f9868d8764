//===- StructureMutator.cpp - Models whose structure changes ----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Mutations of the messages of a model: what is made is always a ModelProto, so
// that import gets past decoding.
//
//===----------------------------------------------------------------------===//

#include <algorithm>
#include <cmath>
#include <google/protobuf/message.h>
#include <onnx/onnx_pb.h>
#include <random>

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

namespace {

/// One random change of one random field.
class Mutator {
public:
  explicit Mutator(unsigned seed) : random(seed) {}
  void mutate(Message &message);

private:
  bool flip(unsigned oneIn) { return random() % oneIn == 0; }
  int64_t pickInteger();
  double pickNumber();
  std::string pickText(const std::string &old);
  void changeRepeated(Message &message, const FieldDescriptor &field);
  void changeSingle(Message &message, const FieldDescriptor &field);
  void set(Message &message, const FieldDescriptor &field, int index);

  std::mt19937 random;
};

} // namespace

int64_t Mutator::pickInteger() {
  constexpr int64_t some[] = {-1, 0,  1,   2,   3,         7,        8,
                              13, 21, 127, 255, 1LL << 31, INT64_MAX};
  return some[random() % std::size(some)];
}

double Mutator::pickNumber() {
  constexpr double some[] = {0,     -0.0, 1,    -1,   0.5,      1e-45,
                             1e-38, 1e38, 3e38, 1e39, INFINITY, NAN};
  return some[random() % std::size(some)];
}

/// Names and operators that models have, and bytes.
std::string Mutator::pickText(const std::string &old) {
  const char *some[] = {"",         "x",
                        "y",        "w",
                        "Relu",     "Gemm",
                        "MatMul",   "QuantizeLinear",
                        "Reshape",  "Transpose",
                        "Add",      "Clip",
                        "axis",     "transB",
                        "Identity", "DequantizeLinear",
                        "Flatten",  "com.microsoft",
                        "Constant", "\xff\x1b[m"};
  if (flip(4) && !old.empty())
    return old.substr(0, random() % old.size());
  return some[random() % std::size(some)];
}

/// Gives one element, or the field itself at -1, a new value.
void Mutator::set(Message &message, const FieldDescriptor &field, int index) {
  const auto &reflection = *message.GetReflection();
  auto put = [&](auto setOne, auto add, auto value) {
    if (index >= 0)
      (reflection.*add)(&message, &field, index, value);
    else
      (reflection.*setOne)(&message, &field, value);
  };
  using Reflection = google::protobuf::Reflection;
  switch (field.cpp_type()) {
  case FieldDescriptor::CPPTYPE_INT32:
    return put(&Reflection::SetInt32, &Reflection::SetRepeatedInt32,
               static_cast<int32_t>(pickInteger()));
  case FieldDescriptor::CPPTYPE_INT64:
    return put(&Reflection::SetInt64, &Reflection::SetRepeatedInt64,
               pickInteger());
  case FieldDescriptor::CPPTYPE_UINT64:
    return put(&Reflection::SetUInt64, &Reflection::SetRepeatedUInt64,
               static_cast<uint64_t>(pickInteger()));
  case FieldDescriptor::CPPTYPE_FLOAT:
    return put(&Reflection::SetFloat, &Reflection::SetRepeatedFloat,
               static_cast<float>(pickNumber()));
  case FieldDescriptor::CPPTYPE_DOUBLE:
    return put(&Reflection::SetDouble, &Reflection::SetRepeatedDouble,
               pickNumber());
  case FieldDescriptor::CPPTYPE_ENUM:
    return put(&Reflection::SetEnumValue, &Reflection::SetRepeatedEnumValue,
               static_cast<int>(random() % 25));
  case FieldDescriptor::CPPTYPE_STRING: {
    std::string old = index >= 0
                          ? reflection.GetRepeatedString(message, &field, index)
                          : reflection.GetString(message, &field);
    return put(&Reflection::SetString, &Reflection::SetRepeatedString,
               pickText(old));
  }
  case FieldDescriptor::CPPTYPE_MESSAGE:
    return mutate(
        index >= 0 ? *reflection.MutableRepeatedMessage(&message, &field, index)
                   : *reflection.MutableMessage(&message, &field));
  case FieldDescriptor::CPPTYPE_UINT32:
  case FieldDescriptor::CPPTYPE_BOOL:
    return; // ONNX has none
  }
}

void Mutator::changeRepeated(Message &message, const FieldDescriptor &field) {
  const auto &reflection = *message.GetReflection();
  int size = reflection.FieldSize(message, &field);
  auto pick = [&] { return static_cast<int>(random() % size); };
  bool isMessage = field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE;
  switch (size ? random() % (isMessage ? 12 : 4) : 1) {
  case 0:
    reflection.SwapElements(&message, &field, pick(), pick());
    reflection.RemoveLast(&message, &field);
    return;
  case 1: // one more, that of another where there is one
    if (!isMessage) {
      if (field.cpp_type() == FieldDescriptor::CPPTYPE_INT64)
        reflection.AddInt64(&message, &field, pickInteger());
      else if (field.cpp_type() == FieldDescriptor::CPPTYPE_STRING)
        reflection.AddString(&message, &field, pickText(""));
      else if (field.cpp_type() == FieldDescriptor::CPPTYPE_FLOAT)
        reflection.AddFloat(&message, &field, static_cast<float>(pickNumber()));
    } else if (Message *added = reflection.AddMessage(&message, &field); size) {
      added->CopyFrom(reflection.GetRepeatedMessage(message, &field, pick()));
    }
    return;
  case 2:
    reflection.SwapElements(&message, &field, pick(), pick());
    return;
  default:
    set(message, field, pick());
  }
}

void Mutator::changeSingle(Message &message, const FieldDescriptor &field) {
  if (flip(10))
    message.GetReflection()->ClearField(&message, &field);
  else
    set(message, field, -1);
}

void Mutator::mutate(Message &message) {
  const auto &descriptor = *message.GetDescriptor();
  const auto &reflection = *message.GetReflection();
  std::vector<const FieldDescriptor *> present;
  reflection.ListFields(message, &present);
  if (present.empty() || flip(8))
    present = {descriptor.field(
        static_cast<int>(random() % descriptor.field_count()))};
  const FieldDescriptor &field = *present[random() % present.size()];
  if (field.is_repeated())
    changeRepeated(message, field);
  else
    changeSingle(message, field);
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
                                          size_t largest, unsigned seed) {
  onnx::ModelProto model;
  if (!model.ParseFromArray(data, static_cast<int>(size)))
    model.Clear();
  Mutator mutator(seed);
  for (unsigned i = 0; i <= seed % 4; ++i)
    mutator.mutate(model);
  std::string bytes = model.SerializeAsString();
  if (bytes.empty() || bytes.size() > largest)
    return size;
  std::copy(bytes.begin(), bytes.end(), data);
  return bytes.size();
}
