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
#include "qev/Support/Diagnostics.h"
#include "qev/Support/OutputFile.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <utility>

namespace qev {

static constexpr llvm::StringLiteral magic = "\x93NUMPY";

/// NumPy itself reads no longer header than of 10,000 characters unasked.
static constexpr uint64_t longestHeader = 1 << 16;

namespace {

/// Reads the dictionary from its first character to its last: three keys, each
/// once, in any order.
class HeaderReader {
public:
  HeaderReader(llvm::StringRef text, llvm::StringRef path)
      : rest(text), path(path) {}

  llvm::Expected<NpyHeader> run();

private:
  bool consume(llvm::StringRef text) {
    rest = rest.ltrim(" \n");
    return rest.consume_front(text);
  }
  /// 'text' or "text", without escapes.
  std::optional<llvm::StringRef> readString();
  bool readMember(NpyHeader &header);
  bool readOrder(NpyHeader &header);
  bool readShape(NpyHeader &header);
  llvm::Error readElementType(NpyHeader &header) const;

  llvm::StringRef rest, path;
  std::optional<llvm::StringRef> descr;
  bool hasOrder = false, hasShape = false;
};

} // namespace

std::optional<llvm::StringRef> HeaderReader::readString() {
  for (llvm::StringRef quote : {"'", "\""})
    if (consume(quote)) {
      auto [text, behind] = rest.split(quote);
      if (text.size() == rest.size() || text.contains('\\'))
        return std::nullopt;
      rest = behind;
      return text;
    }
  return std::nullopt;
}

bool HeaderReader::readOrder(NpyHeader &header) {
  header.isFortran = consume("True");
  return header.isFortran || consume("False");
}

/// (), (3,), (3, 4) with or without a comma at the end; Python 2 wrote 3L.
bool HeaderReader::readShape(NpyHeader &header) {
  if (!consume("("))
    return false;
  bool mayFollow = true, hasComma = false;
  while (!consume(")")) {
    int64_t dim = 0;
    rest = rest.ltrim(" \n");
    llvm::StringRef digits = rest.take_while(llvm::isDigit);
    if (!mayFollow || digits.getAsInteger(10, dim))
      return false;
    rest = rest.drop_front(digits.size());
    rest.consume_front("L");
    header.shape.push_back(dim);
    mayFollow = consume(",");
    hasComma |= mayFollow;
  }
  return header.shape.size() != 1 || hasComma; // (3) is a number
}

bool HeaderReader::readMember(NpyHeader &header) {
  auto key = readString();
  if (!key || !consume(":"))
    return false;
  if (*key == "descr" && !descr)
    return (descr = readString()).has_value();
  if (*key == "fortran_order" && !std::exchange(hasOrder, true))
    return readOrder(header);
  if (*key == "shape" && !std::exchange(hasShape, true))
    return readShape(header);
  return false;
}

llvm::Error HeaderReader::readElementType(NpyHeader &header) const {
  llvm::StringRef type = *descr;
  bool isOrdered = type.consume_front("<") || type.consume_front("|") ||
                   type.consume_front("=");
  header.kind = type.empty() ? 0 : type.front();
  bool isSized =
      !type.drop_front(type.empty() ? 0 : 1).getAsInteger(10, header.size);
  bool isKnown = (header.kind == 'f' &&
                  (header.size == 2 || header.size == 4 || header.size == 8)) ||
                 (header.kind == 'b' && header.size == 1) ||
                 ((header.kind == 'i' || header.kind == 'u') &&
                  (header.size == 1 || header.size == 2 || header.size == 4 ||
                   header.size == 8));
  if (isOrdered && isSized && isKnown)
    return llvm::Error::success();
  return makeError(DiagId::InputData, path,
                   "element type '" + *descr +
                       "' is not supported, only little-endian float16, "
                       "float32, float64, integers and bool");
}

llvm::Expected<NpyHeader> HeaderReader::run() {
  NpyHeader header;
  bool isGood = consume("{");
  for (bool mayFollow = true; isGood && !consume("}"); mayFollow = consume(","))
    isGood = mayFollow && readMember(header);
  isGood = isGood && descr && hasOrder && hasShape && rest.trim(" \n").empty();
  if (!isGood)
    return makeError(DiagId::FileFormat, path,
                     "the header of the .npy file is malformed");
  if (llvm::Error error = readElementType(header))
    return error;
  return header;
}

/// One element as a double; none if there is no equal one.
static std::optional<double> readElement(const NpyHeader &header,
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

/// Number of elements, if a file can hold as many.
static std::optional<int64_t> countNpyElements(llvm::ArrayRef<int64_t> shape) {
  int64_t count = 1;
  for (int64_t dim : shape)
    if (llvm::MulOverflow(count, dim, count))
      return std::nullopt;
  return count;
}

llvm::Expected<NpyHeader> readNpyHeader(const InputFile &file,
                                        llvm::StringRef path) {
  auto error = [&](const llvm::Twine &message) {
    return makeError(DiagId::FileFormat, path, message);
  };
  // The magic string, two bytes of version and at most four of length.
  std::vector<char> front(
      std::min<uint64_t>(file.getSize(), magic.size() + 2 + 4 + longestHeader));
  if (llvm::Error unreadable = file.read(0, front))
    return unreadable;
  llvm::StringRef bytes(front.data(), front.size());
  if (!bytes.consume_front(magic) || bytes.size() < 4)
    return error("is not an .npy file");
  unsigned version = static_cast<uint8_t>(bytes[0]);
  if (version < 1 || version > 3)
    return error("version " + llvm::Twine(version) +
                 " of the .npy format is not known");
  bytes = bytes.drop_front(2);
  unsigned lengthSize = version == 1 ? 2 : 4;
  if (bytes.size() < lengthSize)
    return error("the .npy file is truncated");
  uint64_t length = version == 1
                        ? llvm::support::endian::read16le(bytes.data())
                        : llvm::support::endian::read32le(bytes.data());
  bytes = bytes.drop_front(lengthSize);
  if (length > longestHeader)
    return error("the header of the .npy file has " + llvm::Twine(length) +
                 " bytes, at most " + llvm::Twine(longestHeader) + " are read");
  if (bytes.size() < length)
    return error("the .npy file is truncated");
  auto header = HeaderReader(bytes.take_front(length), path).run();
  if (!header)
    return header;
  header->offset = static_cast<uint64_t>(bytes.data() - front.data()) + length;
  uint64_t size = file.getSize() - header->offset;
  auto count = countNpyElements(header->shape);
  if (!count || size % header->size != 0 ||
      size / header->size != static_cast<uint64_t>(*count))
    return error("the .npy file has " + llvm::Twine(size) +
                 " bytes of data, which do not fit its shape");
  return header;
}

llvm::Error readNpyElements(const InputFile &file, const NpyHeader &header,
                            llvm::StringRef path, int64_t begin, int64_t count,
                            llvm::function_ref<llvm::Error(double)> take) {
  std::vector<char> block;
  for (int64_t i = begin, end = begin + count; i != end;) {
    block.resize(std::min<int64_t>(end - i, 1 << 13) * header.size);
    if (llvm::Error error = file.read(
            header.offset + static_cast<uint64_t>(i) * header.size, block))
      return error;
    for (const char *at = block.data(), *last = at + block.size(); at != last;
         at += header.size, ++i) {
      auto value = readElement(header, at);
      if (!value)
        return makeError(DiagId::InputData, path,
                         "element " + llvm::Twine(i) +
                             " is an integer that no double equals");
      if (llvm::Error error = take(*value))
        return error;
    }
  }
  return llvm::Error::success();
}

void orderRowMajor(Array &array) {
  // The first dimension is the fastest: transpose from the reversed shape.
  std::vector<double> ordered(array.values.size());
  Shape position(array.shape.size(), 0);
  for (double value : array.values) {
    int64_t at = 0;
    for (auto [index, dim] : llvm::zip(position, array.shape))
      at = at * dim + index;
    ordered[at] = value;
    for (size_t i = 0; i != position.size(); ++i) {
      if (++position[i] != array.shape[i])
        break;
      position[i] = 0;
    }
  }
  array.values = std::move(ordered);
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

  return writeFile(path, [&](llvm::raw_ostream &os) {
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
    return llvm::Error::success();
  });
}

} // namespace qev
