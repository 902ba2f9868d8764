//===- DecodeTensor.cpp - Payloads of TensorProto ---------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A payload is raw bytes in little endian, numbers in a field for the element
// type, or bytes of another file. Types of less than a byte are packed, the
// first element in the lowest bits.
//
//===----------------------------------------------------------------------===//

#include "Budget.h"
#include "ExternalData.h"
#include "Tensor.h"
#include "onnx/onnx_pb.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include <array>

namespace qev {

namespace {

/// How elements lie in a payload.
struct Layout {
  unsigned bits;
  bool isSigned;
  int64_t min, max; ///< of an integer type
};

std::optional<Layout> getLayout(ElementType type) {
  if (auto storage = getStorage(type))
    return Layout{storage->bits, storage->isSigned, storage->min, storage->max};
  if (type == ElementType::Float)
    return Layout{32, true, 0, 0};
  if (type == ElementType::Double)
    return Layout{64, true, 0, 0};
  if (type == ElementType::Int64)
    return Layout{64, true, INT64_MIN, INT64_MAX};
  if (type == ElementType::Bool)
    return Layout{8, false, 0, 1};
  if (type == ElementType::UInt32)
    return Layout{32, false, 0, UINT32_MAX};
  return std::nullopt;
}

class Decoder {
public:
  Decoder(const onnx::TensorProto &tensorProto, const llvm::Twine &place,
          llvm::StringRef modelFolder)
      : proto(tensorProto), where(place.str()), folder(modelFolder) {}

  llvm::Expected<Tensor> run(Budget &budget);

private:
  llvm::Error error(const llvm::Twine &message,
                    DiagId id = DiagId::TensorData) const {
    return makeError(id, where, message);
  }
  /// Of the payload, if it is no typed field.
  uint64_t getNumBytes() const {
    return (static_cast<uint64_t>(count) * layout.bits + 7) / 8;
  }
  llvm::Error checkNumBytes(uint64_t found) const {
    if (found == getNumBytes())
      return llvm::Error::success();
    return error("payload has " + llvm::Twine(found) +
                 " bytes, the shape asks for " + llvm::Twine(getNumBytes()));
  }
  llvm::Error readBytes(llvm::StringRef bytes);
  llvm::Error readExternal();
  llvm::Error readTyped();
  llvm::Error append(int64_t value);
  /// Appends the elements packed into one byte, the lowest bits first.
  llvm::Error unpack(uint8_t byte);
  template <typename Field> llvm::Error checkCount(const Field &field) const {
    if (field.size() == expected())
      return llvm::Error::success();
    return error("payload has " + llvm::Twine(field.size()) +
                 " numbers, the shape asks for " + llvm::Twine(expected()));
  }
  /// Numbers in a typed field: packed types share one number.
  int64_t expected() const {
    return layout.bits < 8 ? (count * layout.bits + 7) / 8 : count;
  }

  const onnx::TensorProto &proto;
  std::string where;
  llvm::StringRef folder;
  Layout layout{};
  int64_t count = 0;
  Tensor tensor;
};

} // namespace

llvm::Error Decoder::append(int64_t value) {
  if (value < layout.min || value > layout.max)
    return error("element " + llvm::Twine(tensor.integers.size()) + " is " +
                 llvm::Twine(value) + ", outside the range of " +
                 getElementTypeName(tensor.type));
  tensor.integers.push_back(value);
  return llvm::Error::success();
}

llvm::Error Decoder::unpack(uint8_t byte) {
  for (unsigned shift = 0; shift < 8; shift += layout.bits) {
    if (static_cast<int64_t>(tensor.integers.size()) == count)
      break; // padding of the last byte
    int64_t value = (byte >> shift) & ((1 << layout.bits) - 1);
    if (layout.isSigned && value > layout.max)
      value -= int64_t(1) << layout.bits;
    if (auto failure = append(value))
      return failure;
  }
  return llvm::Error::success();
}

llvm::Error Decoder::readBytes(llvm::StringRef bytes) {
  if (auto failure = checkNumBytes(bytes.size()))
    return failure;
  using namespace llvm::support;
  const char *data = bytes.data();
  const char *end = data + bytes.size();
  for (; data != end; data += std::max(1u, layout.bits / 8)) {
    if (tensor.isFloat()) {
      tensor.floats.push_back(llvm::bit_cast<float>(endian::read32le(data)));
      continue;
    }
    if (tensor.type == ElementType::Double) {
      tensor.doubles.push_back(llvm::bit_cast<double>(endian::read64le(data)));
      continue;
    }
    if (layout.bits < 8) {
      if (auto failure = unpack(static_cast<uint8_t>(*data)))
        return failure;
      continue;
    }
    int64_t value = 0;
    if (layout.bits == 8)
      value = layout.isSigned ? int64_t(static_cast<int8_t>(*data))
                              : int64_t(static_cast<uint8_t>(*data));
    else if (layout.bits == 16)
      value = layout.isSigned
                  ? int64_t(static_cast<int16_t>(endian::read16le(data)))
                  : int64_t(endian::read16le(data));
    else if (layout.bits == 32)
      value = layout.isSigned
                  ? int64_t(static_cast<int32_t>(endian::read32le(data)))
                  : int64_t(endian::read32le(data));
    else
      value = static_cast<int64_t>(endian::read64le(data));
    if (auto failure = append(value))
      return failure;
  }
  return llvm::Error::success();
}

llvm::Error Decoder::readExternal() {
  auto external = [&](const llvm::Twine &message) {
    return error(message, DiagId::ExternalData);
  };
  llvm::StringRef location;
  uint64_t offset = 0;
  std::optional<uint64_t> length;
  for (const auto &entry : proto.external_data()) {
    llvm::StringRef value(entry.value());
    if (entry.key() == "location") {
      location = value;
    } else if (entry.key() == "offset" || entry.key() == "length") {
      uint64_t number = 0;
      if (value.getAsInteger(10, number))
        return external("external data has " + entry.key() + " '" + value +
                        "', which is no number");
      if (entry.key() == "offset")
        offset = number;
      else
        length = number;
    } // A checksum and unknown keys do not change the data.
  }
  if (location.empty())
    return external("external data names no file");
  auto file = openExternalFile(folder, location, where);
  if (!file)
    return file.takeError();
  // Without a length the payload is what the shape asks for.
  uint64_t wanted = length.value_or(getNumBytes());
  if (offset > file->getSize() || wanted > file->getSize() - offset)
    return external("external data '" + location + "' has " +
                    llvm::Twine(file->getSize()) + " bytes, wanted " +
                    llvm::Twine(wanted) + " from " + llvm::Twine(offset) +
                    " on");
  if (auto failure = checkNumBytes(wanted))
    return failure;
  std::string bytes(wanted, '\0');
  if (auto failure =
          file->read(offset, llvm::MutableArrayRef(bytes.data(), wanted)))
    return failure;
  return readBytes(bytes);
}

llvm::Error Decoder::readTyped() {
  auto appendAll = [&](const auto &field) -> llvm::Error {
    if (auto failure = checkCount(field))
      return failure;
    for (auto value : field)
      if (auto failure = append(static_cast<int64_t>(value)))
        return failure;
    return llvm::Error::success();
  };
  switch (tensor.type) {
  case ElementType::Float:
    if (auto failure = checkCount(proto.float_data()))
      return failure;
    tensor.floats.assign(proto.float_data().begin(), proto.float_data().end());
    return llvm::Error::success();
  case ElementType::Double:
    if (auto failure = checkCount(proto.double_data()))
      return failure;
    tensor.doubles.assign(proto.double_data().begin(),
                          proto.double_data().end());
    return llvm::Error::success();
  case ElementType::Int64:
    return appendAll(proto.int64_data());
  case ElementType::UInt32:
    return appendAll(proto.uint64_data());
  case ElementType::UInt8:
  case ElementType::Int8:
  case ElementType::UInt16:
  case ElementType::Int16:
  case ElementType::Int32:
  case ElementType::Bool:
    return appendAll(proto.int32_data());
  case ElementType::UInt4:
  case ElementType::Int4:
  case ElementType::UInt2:
  case ElementType::Int2:
    break;
  case ElementType::Undefined:
    llvm_unreachable("has no layout");
  }
  // Several elements in the low byte of each number.
  if (auto failure = checkCount(proto.int32_data()))
    return failure;
  for (int32_t value : proto.int32_data()) {
    // A signed writer may have extended the byte's sign.
    if (value < INT8_MIN || value > UINT8_MAX)
      return error("packed elements are " + llvm::Twine(value) +
                   ", which is no byte");
    if (auto failure = unpack(static_cast<uint8_t>(value)))
      return failure;
  }
  return llvm::Error::success();
}

llvm::Expected<Tensor> Decoder::run(Budget &budget) {
  tensor.type = getElementType(proto.data_type());
  auto known = getLayout(tensor.type);
  if (!known)
    return error("element type " + getElementTypeName(proto.data_type()) +
                     " is not supported",
                 DiagId::OpUnsupported);
  layout = *known;
  tensor.shape.assign(proto.dims().begin(), proto.dims().end());
  auto elements = countElements(tensor.shape);
  if (!elements)
    return error("the shape has a negative dimension or too many elements");
  count = *elements;
  if (auto failure = budget.store(count, where))
    return failure;
  if (proto.has_segment())
    return error("segmented tensors are not supported", DiagId::OpUnsupported);

  int typed = llvm::count_if(
      std::array{proto.float_data_size(), proto.double_data_size(),
                 proto.int32_data_size(), proto.int64_data_size(),
                 proto.uint64_data_size(), proto.string_data_size()},
      [](int size) { return size != 0; });
  bool external = proto.data_location() == onnx::TensorProto::EXTERNAL;
  if (typed + proto.has_raw_data() + external > 1)
    return error("there is more than one payload");
  llvm::Error failure = external               ? readExternal()
                        : proto.has_raw_data() ? readBytes(proto.raw_data())
                                               : readTyped();
  if (failure)
    return failure;
  return tensor;
}

llvm::Expected<Tensor> decodeTensor(const onnx::TensorProto &proto,
                                    const llvm::Twine &where,
                                    llvm::StringRef folder, Budget &budget) {
  return Decoder(proto, where, folder).run(budget);
}

} // namespace qev
