//===- Parser.cpp - Modules and nets from text ------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/IR/Parser.h"
#include "ParserImpl.h"
#include "Text.h"
#include "qev/IR/Verifier.h"
#include "llvm/Support/Casting.h"

namespace qev {

//===----------------------------------------------------------------------===//
// Tokens
//===----------------------------------------------------------------------===//

LogicalResult Parser::error(const char *place, DiagId id,
                            const llvm::Twine &message) {
  diagnostics.report(source.makeError(place, id, message));
  return failure();
}

LogicalResult Parser::expected(const llvm::Twine &what) {
  if (token.kind == Token::Bad)
    return error(token.begin(), DiagId::Syntax, token.text);
  std::string found = "the end of the text";
  if (token.kind != Token::End) {
    // Escaped like a string, but in single quotes.
    constexpr size_t longest = 40;
    std::string text = printString(token.spelling.take_front(longest));
    found = "'" + text.substr(1, text.size() - 2) +
            (token.spelling.size() > longest ? "...'" : "'");
  }
  return error(token.begin(), DiagId::Syntax,
               "expected " + what + ", found " + found);
}

bool Parser::consume(llvm::StringRef punct) {
  if (!token.isPunct(punct))
    return false;
  advance();
  return true;
}

bool Parser::consumeWord(llvm::StringRef word) {
  if (!token.isWord(word))
    return false;
  advance();
  return true;
}

LogicalResult Parser::expect(llvm::StringRef punct) {
  return consume(punct) ? success() : expected("'" + punct + "'");
}

LogicalResult Parser::expectWord(llvm::StringRef word) {
  return consumeWord(word) ? success() : expected("'" + word + "'");
}

LogicalResult Parser::parseName(Token::Kind kind, llvm::StringRef what,
                                std::string &name) {
  if (token.kind != kind)
    return expected(what);
  name = std::move(token.text);
  advance();
  return success();
}

LogicalResult Parser::charge(const char *place, int64_t count, int64_t bytes) {
  if (count > maxElements || count * bytes > budget)
    return error(place, DiagId::NumberRange,
                 "repeated elements of this module exceed one gigabyte");
  budget -= count * bytes;
  return success();
}

//===----------------------------------------------------------------------===//
// Modules
//===----------------------------------------------------------------------===//

/// header ::= `module` @name `attributes` `{` `version` `=` `1` `,`
///            `semantics` `=` (`real` | `runtime`) `}`
LogicalResult Parser::parseHeader(Module &module) {
  places[&module] = token.begin();
  if (failed(expectWord("module")) ||
      failed(
          parseName(Token::Symbol, "'@' and the module's name", module.name)) ||
      failed(expectWord("attributes")) || failed(expect("{")) ||
      failed(expectWord("version")) || failed(expect("=")))
    return failure();
  const char *place = token.begin();
  int64_t version = 0;
  if (failed(parseInteger(version)))
    return failure();
  if (version != 1)
    return error(place, DiagId::Syntax,
                 "version " + llvm::Twine(version) +
                     " of the IR is not known, only version 1");
  if (failed(expect(",")) || failed(expectWord("semantics")) ||
      failed(expect("=")))
    return failure();
  if (consumeWord("runtime"))
    module.semantics = Semantics::Runtime;
  else if (!consumeWord("real"))
    return expected("'real' or 'runtime'");
  return expect("}");
}

/// module ::= header `{` (net | query | twin)* `}`
std::unique_ptr<Module> Parser::parseModule() {
  auto module = std::make_unique<Module>();
  if (failed(parseHeader(*module)) || failed(expect("{")))
    return nullptr;
  while (!consume("}")) {
    LogicalResult parsed = token.isWord("net")     ? parseNet(*module)
                           : token.isWord("query") ? parseQuery(*module)
                           : token.isWord("twin")
                               ? parseTwin(*module)
                               : expected("'net', 'query', 'twin' or '}'");
    if (failed(parsed))
      return nullptr;
  }
  if (token.kind != Token::End) {
    (void)expected("the end of the text");
    return nullptr;
  }
  for (const auto &query : module->queries)
    if (query->first)
      query->bindByName(*query->first);
    else if (!module->nets.empty())
      query->bindByName(*module->nets.front());
  return module;
}

//===----------------------------------------------------------------------===//
// Nets
//===----------------------------------------------------------------------===//

LogicalResult Parser::define(Net &net, std::unique_ptr<Op> op,
                             const char *place) {
  // NT1: names are unique in the net.
  if (!scope->try_emplace(op->name, op.get()).second)
    return error(place, DiagId::Redefinition,
                 printName('%', op->name) + " is defined twice");
  places[op.get()] = place;
  net.ops.push_back(std::move(op));
  return success();
}

/// signature ::= `(` (%name `:` type facts),* `)` `->`
///               (type | `(` type,* `)`) (`from` string)?
LogicalResult Parser::parseSignature(Net &net,
                                     std::vector<TensorType> &results) {
  if (failed(expect("(")))
    return failure();
  while (!consume(")")) {
    if (!net.ops.empty() && failed(expect(",")))
      return failure();
    const char *place = token.begin();
    auto input = std::make_unique<Op>();
    input->kind = OpKind::Input;
    if (failed(
            parseName(Token::Value, "'%' and an input's name", input->name)) ||
        failed(expect(":")) || failed(parseType(false, input->type)) ||
        failed(parseFacts(*input)) ||
        failed(define(net, std::move(input), place)))
      return failure();
  }
  if (failed(expect("->")))
    return failure();
  bool several = consume("(");
  do {
    if (failed(parseType(false, results.emplace_back())))
      return failure();
  } while (several && consume(","));
  if (several && failed(expect(")")))
    return failure();
  if (!consumeWord("from"))
    return success();
  return parseName(Token::String, "a file name in quotes", net.source);
}

/// net ::= `net` @name signature `{` op* `return` %name,* `}`
LogicalResult Parser::parseNet(Module &module) {
  advance(); // `net`
  const char *place = token.begin();
  auto net = std::make_unique<Net>("");
  scope = &values[net.get()];
  std::vector<TensorType> results;
  if (failed(parseName(Token::Symbol, "'@' and the net's name", net->name)))
    return failure();
  // MD1: names of nets are unique.
  if (module.findNet(net->name))
    return error(place, DiagId::Redefinition,
                 "net " + printName('@', net->name) + " is defined twice");
  places[net.get()] = place;
  if (failed(parseSignature(*net, results)) || failed(expect("{")))
    return failure();
  while (!token.isWord("return"))
    if (failed(parseOp(*net)))
      return failure();
  if (failed(parseReturn(*net, results)) || failed(expect("}")))
    return failure();
  module.nets.push_back(std::move(net));
  return success();
}

LogicalResult Parser::parseReturn(Net &net,
                                  llvm::ArrayRef<TensorType> results) {
  const char *place = token.begin();
  advance(); // `return`
  do {
    const char *name = token.begin();
    std::string text;
    if (failed(parseName(Token::Value, "'%' and an output's name", text)))
      return failure();
    Op *output = scope->lookup(text);
    if (!output)
      return error(name, DiagId::UndefinedValue,
                   printName('%', text) + " is not defined");
    net.outputs.push_back(output);
  } while (consume(","));
  // NT5: the signature says the types of the outputs.
  if (net.outputs.size() != results.size())
    return error(place, DiagId::NetSignature,
                 "the signature has " + llvm::Twine(results.size()) +
                     " outputs, " + llvm::Twine(net.outputs.size()) +
                     " are returned");
  for (auto [output, type] : llvm::zip_equal(net.outputs, results))
    if (output->type != type)
      return error(place, DiagId::NetSignature,
                   printName('%', output->name) + " is " +
                       printType(output->type) + ", the signature says " +
                       printType(type));
  return success();
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

/// op ::= %name `=` mnemonic (dense | %name,*) attributes? `:` type facts
LogicalResult Parser::parseOp(Net &net) {
  const char *place = token.begin();
  auto op = std::make_unique<Op>();
  if (failed(parseName(Token::Value, "a value's name or 'return'", op->name)) ||
      failed(expect("=")))
    return failure();
  std::optional<OpKind> kind = getOpKind(token.spelling);
  // Inputs stand in the signature.
  if (token.kind != Token::Word || !kind || *kind == OpKind::Input)
    return expected("the name of an operator");
  op->kind = *kind;
  advance();
  DenseText dense;
  if (op->is(OpKind::Const) ? failed(parseDense(dense))
                            : failed(parseOperands(*op)))
    return failure();
  if (failed(parseAttributes(*op)) || failed(expect(":")) ||
      failed(parseType(op->is(OpKind::Const), op->type)))
    return failure();
  if (op->is(OpKind::Const)) {
    ConstData data;
    if (failed(readDense(dense, op->type, data)))
      return failure();
    op->data = std::move(data);
  }
  if (failed(parseFacts(*op)))
    return failure();
  return define(net, std::move(op), place);
}

LogicalResult Parser::parseOperands(Op &op) {
  do {
    const char *place = token.begin();
    std::string name;
    if (failed(parseName(Token::Value, "'%' and an operand's name", name)))
      return failure();
    // NT2: operands are defined before their users.
    Op *operand = scope->lookup(name);
    if (!operand)
      return error(place, DiagId::UndefinedValue,
                   printName('%', name) + " is not defined");
    op.operands.push_back(operand);
  } while (consume(","));
  return success();
}

/// attributes ::= `{` (word `=` number),* `}`
LogicalResult Parser::parseAttributes(Op &op) {
  if (!consume("{"))
    return success();
  do {
    const char *place = token.begin();
    llvm::StringRef key = token.spelling;
    if (token.kind != Token::Word)
      return expected("an attribute's name");
    // OA1: known names.
    auto specs = getAttributeSpecs(op.kind);
    const auto *spec =
        llvm::find_if(specs, [&](auto &each) { return each.name == key; });
    if (spec == specs.end())
      return error(place, DiagId::OpAttribute,
                   "'" + getMnemonic(op.kind) + "' has no attribute '" + key +
                       "'");
    advance();
    if (failed(expect("=")))
      return failure();
    Attribute value;
    switch (spec->kind) {
    case AttributeSpec::Float:
      if (failed(parseFloat(value.emplace<float>())))
        return failure();
      break;
    case AttributeSpec::Integer:
      if (failed(parseInteger(value.emplace<int64_t>())))
        return failure();
      break;
    case AttributeSpec::IntegerList: {
      auto &list = value.emplace<std::vector<int64_t>>();
      if (failed(expect("[")))
        return failure();
      while (!consume("]"))
        if ((!list.empty() && failed(expect(","))) ||
            failed(parseInteger(list.emplace_back())))
          return failure();
      break;
    }
    }
    if (!op.attributes.try_emplace(key.str(), std::move(value)).second)
      return error(place, DiagId::Redefinition,
                   "attribute '" + key + "' is given twice");
  } while (consume(","));
  return expect("}");
}

/// facts ::= (`in` box)? (`loc` `(` location `)`)?
LogicalResult Parser::parseFacts(Op &op) {
  if (consumeWord("in") &&
      failed(parseBox(op.type.getNumElements(), op.bounds.emplace())))
    return failure();
  return consumeWord("loc") ? parseLocation(op.location) : success();
}

/// location ::= `fused`? (`node` integer word? string | `init` string),*
LogicalResult Parser::parseLocation(Location &location) {
  if (failed(expect("(")))
    return failure();
  bool fused = consumeWord("fused");
  do {
    LocationPart &part = location.emplace_back();
    if (consumeWord("node")) {
      if (failed(parseInteger(part.index)))
        return failure();
      if (token.kind == Token::Word) {
        part.operatorName = token.spelling.str();
        advance();
      }
    } else if (consumeWord("init")) {
      part.kind = LocationPart::Init;
    } else {
      return expected("'node' or 'init'");
    }
    if (failed(parseName(Token::String, "a name in quotes", part.name)))
      return failure();
  } while (fused && consume(","));
  return expect(")");
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

const char *Parser::getPlace(const void *entity) const {
  auto found = places.find(entity);
  return found != places.end() ? found->second : source.getText().begin();
}

std::unique_ptr<Module> parseModule(llvm::StringRef text, llvm::StringRef name,
                                    DiagnosticEngine &diagnostics,
                                    llvm::ArrayRef<const Net *> known) {
  Source source(text, name);
  Parser parser(source, diagnostics, known);
  std::unique_ptr<Module> module = parser.parseModule();
  if (!module)
    return nullptr;
  // The verifier's complaints get their place as text; remember which it was.
  llvm::StringMap<const char *> placeOf;
  auto locate = [&](const void *entity) {
    const char *place = parser.getPlace(entity);
    std::string where = source.getWhere(place);
    placeOf[where] = place;
    return where;
  };
  DiagnosticEngine pointed([&](const Diagnostic &diagnostic) {
    Diagnostic complete = diagnostic;
    source.addExcerpt(complete, placeOf.lookup(diagnostic.where));
    diagnostics.report(std::move(complete));
  });
  return succeeded(verify(*module, pointed, locate)) ? std::move(module)
                                                     : nullptr;
}

} // namespace qev
