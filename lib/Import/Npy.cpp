//===- Npy.cpp - NumPy's array files ----------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The format is specified in NumPy's numpy.lib.format: a magic string, a
// version, the length of a header, and a header that is a Python dictionary
//
//   {'descr': '<f4', 'fortran_order': False, 'shape': (32, 64), }
//
//===----------------------------------------------------------------------===//

#include "Npy.h"
#include "Tensor.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/raw_ostream.h"

namespace qev {

static constexpr llvm::StringLiteral magic = "\x93NUMPY";

namespace {

struct Header {
  char kind = 0;     ///< f, i, u or b
  unsigned size = 0; ///< of an element in bytes
  bool isFortran = false;
  Shape shape;
};

} // namespace

/// The value of a key of the header, up to where `pattern` matches.
static std::optional<std::string> findField(llvm::StringRef header,
                                            llvm::StringRef key,
                                            llvm::StringRef pattern) {
  llvm::SmallVector<llvm::StringRef, 2> found;
  llvm::Regex regex(("['\"]" + key + "['\"] *: *" + pattern).str());
  if (!regex.match(header, &found))
    return std::nullopt;
  return found[1].str();
}

static llvm::Expected<Header> parseHeader(llvm::StringRef text,
                                          llvm::StringRef path) {
  auto error = [&](DiagId id, const llvm::Twine &message) {
    return makeError(id, path, message);
  };
  auto descr = findField(text, "descr", "['\"]([^'\"]*)['\"]");
  auto order = findField(text, "fortran_order", "(True|False)");
  auto shape = findField(text, "shape", "\\(([0-9, ]*)\\)");
  if (!descr || !order || !shape)
    return error(DiagId::FileFormat,
                 "the header of the .npy file is malformed");
  Header header;
  header.isFortran = *order == "True";

  llvm::StringRef type(*descr);
  bool isOrdered = type.consume_front("<") || type.consume_front("|") ||
                   type.consume_front("=");
  header.kind = type.empty() ? 0 : type.front();
  bool isSized =
      !type.drop_front(type.empty() ? 0 : 1).getAsInteger(10, header.size);
  bool isKnown =
      (header.kind == 'f' &&
       (header.size == 2 || header.size == 4 || header.size == 8)) ||
      (header.kind == 'b' && header.size == 1) ||
      ((header.kind == 'i' || header.kind == 'u') &&
       (header.size == 1 || header.size == 2 || header.size == 4 ||
        header.size == 8));
  if (!isOrdered || !isSized || !isKnown)
    return error(DiagId::InputData,
                 "element type '" + *descr +
                     "' is not supported, only little-endian "
                     "float16, float32, float64, integers and bool");

  llvm::SmallVector<llvm::StringRef, 4> dims;
  llvm::StringRef(*shape).split(dims, ',', -1, /*KeepEmpty=*/false);
  for (llvm::StringRef number : dims) {
    int64_t dim = 0;
    if (number.trim().empty())
      continue;
    if (number.trim().getAsInteger(10, dim))
      return error(DiagId::FileFormat,
                   "the shape of the .npy file is malformed");
    header.shape.push_back(dim);
  }
  return header;
}

/// One element as a double; none if there is no equal one.
static std::optional<double> readElement(const Header &header,
                                         const char *data) {
  using namespace llvm::support;
  auto ofInteger = [](int64_t value) -> std::optional<double> {
    if (!isExactDouble(value))
      return std::nullopt;
    return static_cast<double>(value);
  };
  if (header.kind == 'f' && header.size == 2) {
    llvm::APInt bits(16, endian::read16le(data));
    return llvm::APFloat(llvm::APFloat::IEEEhalf(), bits).convertToDouble();
  }
  if (header.kind == 'f')
    return header.size == 4
               ? double(llvm::bit_cast<float>(endian::read32le(data)))
               : llvm::bit_cast<double>(endian::read64le(data));
  bool isSigned = header.kind == 'i';
  switch (header.size) {
  case 1:
    return isSigned ? double(static_cast<int8_t>(*data))
                    : double(static_cast<uint8_t>(*data));
  case 2:
    return isSigned ? double(static_cast<int16_t>(endian::read16le(data)))
                    : double(endian::read16le(data));
  case 4:
    return isSigned ? double(static_cast<int32_t>(endian::read32le(data)))
                    : double(endian::read32le(data));
  default: // 8, which not every double holds
    break;
  }
  uint64_t word = endian::read64le(data);
  if (!isSigned && word > INT64_MAX)
    return std::nullopt;
  return ofInteger(static_cast<int64_t>(word));
}

llvm::Expected<Array> parseNpy(llvm::StringRef bytes, llvm::StringRef path) {
  auto error = [&](DiagId id, const llvm::Twine &message) {
    return makeError(id, path, message);
  };
  if (!bytes.consume_front(magic) || bytes.size() < 4)
    return error(DiagId::FileFormat, "is not an .npy file");
  unsigned version = static_cast<uint8_t>(bytes[0]);
  if (version < 1 || version > 3)
    return error(DiagId::FileFormat, "version " + llvm::Twine(version) +
                                         " of the .npy format is not known");
  bytes = bytes.drop_front(2);
  unsigned lengthSize = version == 1 ? 2 : 4;
  if (bytes.size() < lengthSize)
    return error(DiagId::FileFormat, "the .npy file is truncated");
  uint64_t length = version == 1
                        ? llvm::support::endian::read16le(bytes.data())
                        : llvm::support::endian::read32le(bytes.data());
  bytes = bytes.drop_front(lengthSize);
  if (bytes.size() < length)
    return error(DiagId::FileFormat, "the .npy file is truncated");
  auto header = parseHeader(bytes.take_front(length), path);
  if (!header)
    return header.takeError();
  bytes = bytes.drop_front(length);

  auto count = countElements(header->shape);
  if (!count || bytes.size() != static_cast<uint64_t>(*count) * header->size)
    return error(DiagId::FileFormat,
                 "the .npy file has " + llvm::Twine(bytes.size()) +
                     " bytes of data, which do not fit its shape");
  Array array{header->shape, {}};
  array.values.reserve(*count);
  for (int64_t i = 0; i != *count; ++i) {
    auto value = readElement(*header, bytes.data() + i * header->size);
    if (!value)
      return error(DiagId::InputData, "element " + llvm::Twine(i) +
                                          " is an integer that no double "
                                          "equals");
    array.values.push_back(*value);
  }
  if (header->isFortran && array.shape.size() > 1) {
    // The first dimension is the fastest: transpose from the reversed shape.
    Array ordered = array;
    Shape position(array.shape.size(), 0);
    for (double value : array.values) {
      int64_t at = 0;
      for (auto [index, dim] : llvm::zip(position, array.shape))
        at = at * dim + index;
      ordered.values[at] = value;
      for (size_t i = 0; i != position.size(); ++i) {
        if (++position[i] != array.shape[i])
          break;
        position[i] = 0;
      }
    }
    return ordered;
  }
  return array;
}

llvm::Error writeNpy(llvm::StringRef path, const Array &array, ArrayType type) {
  assert(static_cast<int64_t>(array.values.size()) ==
         getNumElements(array.shape));
  std::string shape;
  for (int64_t dim : array.shape)
    shape += std::to_string(dim) + ", ";
  if (array.shape.size() > 1)
    shape.resize(shape.size() - 2);
  else if (!shape.empty())
    shape.pop_back(); // `(3,)`
  std::string header = std::string("{'descr': '") +
                       (type == ArrayType::Float32 ? "<f4" : "<f8") +
                       "', 'fortran_order': False, 'shape': (" + shape + "), }";
  // Magic, version and length are 10 bytes; the data start at a multiple of 64.
  header.resize((header.size() + 11 + 63) / 64 * 64 - 11, ' ');
  header += '\n';

  std::error_code failure;
  llvm::raw_fd_ostream os(path, failure);
  if (failure)
    return makeError(DiagId::FileWrite, path,
                     "cannot be written: " + failure.message());
  using namespace llvm::support;
  auto write = [&](auto word) {
    char buffer[sizeof word];
    endian::write(buffer, word, llvm::endianness::little);
    os.write(buffer, sizeof word);
  };
  os << magic << '\1' << '\0';
  write(static_cast<uint16_t>(header.size()));
  os << header;
  for (double value : array.values) {
    if (type == ArrayType::Float32)
      write(llvm::bit_cast<uint32_t>(static_cast<float>(value)));
    else
      write(llvm::bit_cast<uint64_t>(value));
  }
  os.close();
  if (os.has_error()) {
    std::string message = os.error().message();
    os.clear_error();
    return makeError(DiagId::FileWrite, path, "cannot be written: " + message);
  }
  return llvm::Error::success();
}

} // namespace qev
