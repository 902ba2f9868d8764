//===- ParserImpl.h - Recursive descent over the IR text --------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The grammar is in docs/LangRef.md; each function reads one of its rules,
// named in its comment. It returns failure after exactly one complaint.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_IR_PARSERIMPL_H
#define QEV_LIB_IR_PARSERIMPL_H

#include "Lexer.h"
#include "Source.h"
#include "qev/IR/Module.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/LogicalResult.h"

namespace qev {

using llvm::failed;
using llvm::failure;
using llvm::LogicalResult;
using llvm::success;

class Parser {
public:
  Parser(const Source &source, DiagnosticEngine &diagnostics,
         llvm::ArrayRef<const Net *> known)
      : source(source), diagnostics(diagnostics), known(known),
        lexer(source.getText()) {
    advance();
  }

  /// module
  std::unique_ptr<Module> parseModule();
  /// Where an entity of the module stands in the text.
  const char *getPlace(const void *entity) const;

private:
  /// Elements of a `dense<...>` before their type is known.
  struct DenseText {
    const char *place;
    std::vector<llvm::StringRef> elements;
    std::vector<std::pair<size_t, const char *>>
        rowEnds; ///< elements before it
  };

  // Tokens.
  LogicalResult error(const char *place, DiagId id, const llvm::Twine &message);
  LogicalResult expected(const llvm::Twine &what);
  void advance() { token = lexer.next(); }
  bool consume(llvm::StringRef punct);
  bool consumeWord(llvm::StringRef word);
  LogicalResult expect(llvm::StringRef punct);
  LogicalResult expectWord(llvm::StringRef word);
  LogicalResult parseName(Token::Kind kind, llvm::StringRef what,
                          std::string &name);
  /// What a few characters would expand to, in bytes, is bounded for a module.
  LogicalResult charge(const char *place, int64_t count, int64_t bytes);

  // ParseTypes.cpp: numbers, types, constants, boxes.
  LogicalResult parseInteger(int64_t &value);
  LogicalResult parseFloat(float &value);
  LogicalResult parseDouble(double &value);
  LogicalResult parseReal(Real &value);
  LogicalResult readFloat(llvm::StringRef number, float &value);
  LogicalResult readInteger(llvm::StringRef number, int64_t &value);
  LogicalResult parseType(bool isConstant, TensorType &type);
  LogicalResult parseQuant(QuantType &quant);
  LogicalResult parseStorage(Storage &storage);
  LogicalResult parseScales(QuantType &quant);
  LogicalResult parseDense(DenseText &dense);
  LogicalResult readDense(const DenseText &dense, const TensorType &type,
                          ConstData &data);
  LogicalResult parseBox(int64_t size, std::vector<Interval> &box);

  // Parser.cpp: nets.
  LogicalResult parseHeader(Module &module);
  LogicalResult parseNet(Module &module);
  LogicalResult parseSignature(Net &net, std::vector<TensorType> &results);
  LogicalResult parseOp(Net &net);
  LogicalResult parseOperands(Op &op);
  LogicalResult parseAttributes(Op &op);
  LogicalResult parseFacts(Op &op);
  LogicalResult parseLocation(Location &location);
  LogicalResult parseReturn(Net &net, llvm::ArrayRef<TensorType> results);
  LogicalResult define(Net &net, std::unique_ptr<Op> op, const char *place);

  // ParseQueries.cpp: queries and twins.
  LogicalResult parseQuery(Module &module);
  LogicalResult parseRegion(InputRegion &region);
  LogicalResult parseRanges(InputRegion &region);
  LogicalResult parseClaim(Module &module, Query &query);
  LogicalResult parseDifference(Module &module, Query &query);
  LogicalResult parseNever(Module &module, Query &query);
  LogicalResult parseRow(const Query &query, OutputRow &row);
  LogicalResult parseTerm(const Query &query, bool isNegative,
                          OutputForm &form);
  LogicalResult parseTwin(Module &module);
  LogicalResult parsePair(Twin &twin, Pair &pair);
  LogicalResult parsePairValue(const Net &net, Op *&value);
  LogicalResult parseNetName(Module &module, Net *&net);

  const Source &source;
  DiagnosticEngine &diagnostics;
  llvm::ArrayRef<const Net *> known; ///< nets that need no definition
  Lexer lexer;
  Token token; ///< the next one
  llvm::DenseMap<const void *, const char *> places;
  llvm::DenseMap<const Net *, llvm::StringMap<Op *>> values;
  llvm::StringMap<Op *> *scope = nullptr; ///< of the net being read
  int64_t budget = int64_t(1) << 30;
};

} // namespace qev

#endif // QEV_LIB_IR_PARSERIMPL_H
