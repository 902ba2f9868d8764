//===- ParseTypes.cpp - Numbers, types, constants and boxes from text -*- C++
//-*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ParserImpl.h"
#include "Text.h"
#include "llvm/ADT/StringExtras.h"
#include <charconv>
#include <cmath>

namespace qev {

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

LogicalResult Parser::readInteger(llvm::StringRef text, int64_t &value) {
  llvm::StringRef digits = text;
  digits.consume_front("-");
  if (!llvm::all_of(digits, llvm::isDigit))
    return error(text.begin(), DiagId::Syntax, "expected an integer");
  if (text.getAsInteger(10, value))
    return error(text.begin(), DiagId::NumberRange,
                 "integer does not fit in 64 bits");
  return success();
}

LogicalResult Parser::parseInteger(int64_t &value) {
  llvm::StringRef number = token.spelling;
  if (token.kind != Token::Number)
    return expected("an integer");
  advance();
  return readInteger(number, value);
}

/// The nearest number of type T to a decimal. Nothing if it is no decimal, or
/// one that overflows or becomes zero without being zero.
template <typename T>
static std::optional<T> readNearest(llvm::StringRef text) {
  if (text.contains('/') || text.ends_with("inf"))
    return std::nullopt;
  T value = 0;
  auto result = std::from_chars(text.begin(), text.end(), value);
  if (result.ptr != text.end() || result.ec != std::errc() ||
      !std::isfinite(value))
    return std::nullopt;
  bool isZero = text.take_until([](char c) { return c == 'e' || c == 'E'; })
                    .find_first_of("123456789") == llvm::StringRef::npos;
  if (value == 0 && !isZero)
    return std::nullopt;
  // One zero: -0 equals 0 in every operator.
  return value == 0 ? T(0) : value;
}

LogicalResult Parser::readFloat(llvm::StringRef number, float &value) {
  if (number.contains('/') || number.ends_with("inf"))
    return error(number.begin(), DiagId::Syntax, "expected a decimal number");
  std::optional<float> nearest = readNearest<float>(number);
  if (!nearest)
    return error(number.begin(), DiagId::NumberRange,
                 "number is outside the range of f32");
  value = *nearest;
  return success();
}

LogicalResult Parser::parseFloat(float &value) {
  llvm::StringRef number = token.spelling;
  if (token.kind != Token::Number)
    return expected("a decimal number");
  advance();
  return readFloat(number, value);
}

LogicalResult Parser::parseDouble(double &value) {
  if (token.kind != Token::Number || token.spelling.contains('/'))
    return expected("a decimal number, 'inf' or '-inf'");
  if (token.spelling.ends_with("inf")) {
    value = token.spelling.starts_with("-") ? -infinity : infinity;
  } else if (auto nearest = readNearest<double>(token.spelling)) {
    value = *nearest;
  } else {
    return error(token.begin(), DiagId::NumberRange,
                 "number is outside the range of a double");
  }
  advance();
  return success();
}

LogicalResult Parser::parseReal(Real &value) {
  if (token.kind != Token::Number || token.spelling.ends_with("inf"))
    return expected("a decimal number or a fraction");
  std::optional<Real> exact = Real::parse(token.spelling);
  if (!exact)
    return error(token.begin(), DiagId::NumberRange,
                 "number has a denominator of zero, an exponent beyond 5000 or "
                 "more than 100000 characters");
  value = std::move(*exact);
  advance();
  return success();
}

//===----------------------------------------------------------------------===//
// Types
//===----------------------------------------------------------------------===//

/// type ::= `tensor` `<` (digits `x`)* (`f32` | quant) `>`
LogicalResult Parser::parseType(bool isConstant, TensorType &type) {
  const char *place = token.begin();
  if (failed(expectWord("tensor")))
    return failure();
  if (!token.isPunct("<"))
    return expected("'<'");
  Shape shape;
  llvm::StringRef digits;
  while (!(digits = lexer.nextDimension()).empty())
    // TT2: the number of elements is bounded.
    if (digits.getAsInteger(10, shape.emplace_back()))
      return error(digits.begin(), DiagId::NumberRange,
                   "dimension does not fit in 64 bits");
  advance();
  const char *element = token.begin();
  if (consumeWord("f32")) {
    element = place;
    type = TensorType::f32(shape);
  } else if (token.isWord("q")) {
    QuantType quant;
    if (failed(parseQuant(quant)))
      return failure();
    type = TensorType::quantized(shape, std::move(quant));
  } else {
    return expected("'f32' or 'q'");
  }
  if (auto wrong = checkType(type, isConstant))
    return error(wrong->kind == TypeError::Shape ? place : element,
                 getDiagId(wrong->kind), wrong->message);
  return expect(">");
}

/// storage ::= (`i` | `u`) digits (`<` integer `:` integer `>`)?
LogicalResult Parser::parseStorage(Storage &storage) {
  const char *place = token.begin();
  llvm::StringRef name = token.spelling;
  bool isSigned = name.consume_front("i");
  unsigned bits = 0;
  if (token.kind != Token::Word || (!isSigned && !name.consume_front("u")) ||
      name.empty() || !llvm::all_of(name, llvm::isDigit))
    return expected("a storage type such as 'i8' or 'u8'");
  // QT3: what is wider than any tensor allows; checkType knows the rest.
  if (name.getAsInteger(10, bits) || bits < 2 || bits > 32)
    return error(place, DiagId::QuantStorage,
                 "storage '" + token.spelling.take_front(20) +
                     "' is not between 2 and 32 bits wide");
  storage = Storage::full(isSigned, bits);
  advance();
  if (!consume("<"))
    return success();
  int64_t min = 0, max = 0;
  if (failed(parseInteger(min)) || failed(expect(":")) ||
      failed(parseInteger(max)))
    return failure();
  storage = storage.narrowed(min, max);
  return expect(">");
}

/// quant ::= `q` `<` storage (`,` scale | `@`axis `,` `{` scale,* `}`) `>`
/// scale ::= decimal `:` integer
LogicalResult Parser::parseQuant(QuantType &quant) {
  advance(); // `q`
  if (failed(expect("<")) || failed(parseStorage(quant.storage)))
    return failure();
  if (token.kind == Token::Symbol) {
    int64_t axis = 0;
    if (llvm::StringRef(token.text).getAsInteger(10, axis))
      return expected("'@' and an axis");
    quant.axis = axis;
    advance();
  }
  if (failed(expect(",")) || failed(parseScales(quant)))
    return failure();
  return expect(">");
}

LogicalResult Parser::parseScales(QuantType &quant) {
  if (quant.axis && failed(expect("{")))
    return failure();
  do {
    if (failed(parseFloat(quant.scales.emplace_back())) ||
        failed(expect(":")) ||
        failed(parseInteger(quant.zeroPoints.emplace_back())))
      return failure();
  } while (quant.axis && consume(","));
  return quant.axis ? expect("}") : success();
}

//===----------------------------------------------------------------------===//
// Constants
//===----------------------------------------------------------------------===//

/// dense ::= `dense` `<` number ((`,` | `;`) number)* `>`
LogicalResult Parser::parseDense(DenseText &dense) {
  dense.place = token.begin();
  if (failed(expectWord("dense")) || failed(expect("<")))
    return failure();
  if (token.isWord("elided"))
    return error(token.begin(), DiagId::Syntax,
                 "an elided constant cannot be read back");
  while (true) {
    if (token.kind != Token::Number)
      return expected("a number");
    dense.elements.push_back(token.spelling);
    advance();
    if (token.isPunct(";"))
      dense.rowEnds.emplace_back(dense.elements.size(), token.begin());
    if (!consume(",") && !consume(";"))
      return expect(">");
  }
}

LogicalResult Parser::readDense(const DenseText &dense, const TensorType &type,
                                ConstData &data) {
  // OC1: as many elements as the type has, or one for all.
  int64_t size = type.getNumElements();
  auto count = static_cast<int64_t>(dense.elements.size());
  if (count != 1 && count != size)
    return error(dense.place, DiagId::ConstData,
                 "constant has " + llvm::Twine(count) +
                     " elements, its type is " + printType(type));
  // OC4: `;` ends each innermost row, if there is one at all.
  int64_t row = type.getRank() ? type.getShape().back() : 1;
  for (auto [index, end] : llvm::enumerate(dense.rowEnds))
    if (end.first != (index + 1) * row)
      return error(end.second, DiagId::ConstData,
                   "';' must end each row of " + llvm::Twine(row) +
                       " elements");
  if (!dense.rowEnds.empty() &&
      static_cast<int64_t>(dense.rowEnds.size()) != size / row - 1)
    return error(dense.place, DiagId::ConstData,
                 "';' must end each row of " + llvm::Twine(row) +
                     " elements but the last");
  if (count == 1 && failed(charge(dense.place, size, 4)))
    return failure();
  if (!type.isQuantized()) {
    std::vector<float> values(count);
    for (auto [value, number] : llvm::zip_equal(values, dense.elements))
      if (failed(readFloat(number, value)))
        return failure();
    values.resize(size, values[0]);
    data = ConstData::ofFloats(std::move(values));
    return success();
  }
  // OC3: codes lie in the type's range.
  const Storage &storage = type.getQuant().storage;
  std::vector<int32_t> codes(count);
  for (auto [code, number] : llvm::zip_equal(codes, dense.elements)) {
    int64_t value = 0;
    if (failed(readInteger(number, value)))
      return failure();
    if (value < storage.min || value > storage.max)
      return error(number.begin(), DiagId::ConstData,
                   "code " + llvm::Twine(value) + " is outside the range [" +
                       llvm::Twine(storage.min) + ", " +
                       llvm::Twine(storage.max) + "] of its type");
    code = static_cast<int32_t>(value);
  }
  codes.resize(size, codes[0]);
  data = ConstData::ofCodes(std::move(codes));
  return success();
}

/// box   ::= `box` `<` (integer `x` range | range,*) `>`
/// range ::= `[` number `,` number `]`
LogicalResult Parser::parseBox(int64_t size, std::vector<Interval> &box) {
  const char *place = token.begin();
  if (failed(expectWord("box")) || failed(expect("<")))
    return failure();
  int64_t repeat = 1;
  bool repeats = token.kind == Token::Number;
  if (repeats && (failed(parseInteger(repeat)) || failed(expectWord("x"))))
    return failure();
  do {
    const char *range = token.begin();
    double lo = 0, hi = 0;
    if (failed(expect("[")) || failed(parseDouble(lo)) || failed(expect(",")) ||
        failed(parseDouble(hi)) || failed(expect("]")))
      return failure();
    // BD1: each interval holds some real number.
    if (lo > hi || lo == infinity || hi == -infinity)
      return error(range, DiagId::BoundsShape,
                   "interval [" + printReal(lo) + ", " + printReal(hi) +
                       "] holds no real number");
    box.emplace_back(lo, hi);
  } while (!repeats && consume(","));
  // BD1: one interval per element.
  int64_t count = repeats ? repeat : static_cast<int64_t>(box.size());
  if (count != size)
    return error(place, DiagId::BoundsShape,
                 "expected " + llvm::Twine(size) + " intervals, got " +
                     llvm::Twine(count));
  if (repeats && failed(charge(place, size, sizeof(Interval))))
    return failure();
  box.resize(size, box[0]);
  return expect(">");
}

} // namespace qev
