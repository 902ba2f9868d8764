//===- VnnLib.cpp - Queries in VNN-LIB --------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Import/VnnLib.h"
#include "SExpression.h"
#include "qev/Support/File.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringMap.h"
#include <cmath>
#include <map>

namespace qev {

namespace {

/// Of an exact number, enough for a product of any ten doubles.
constexpr int64_t bitLimit = 1 << 15;

/// Rows that hold together.
using Rows = std::vector<VnnLibRow>;

/// factor * element + ... + constant
struct LinearTerms {
  std::map<VnnLibElement, Real> terms;
  Real constant;

  int64_t mostBits = 0; ///< the size of the largest number that was added to

  void add(const Real &factor, const LinearTerms &other) {
    auto addTo = [&](Real &number, const Real &value) {
      number += factor * value;
      mostBits = std::max(mostBits, number.getSizeInBits());
    };
    for (const auto &[element, value] : other.terms)
      addTo(terms[element], value);
    addTo(constant, other.constant);
  }
};

class VnnLibReader {
public:
  VnnLibReader(llvm::StringRef text, llvm::StringRef path) : text(text, path) {}

  llvm::Expected<VnnLibQuery> run();

private:
  using Pieces = llvm::ArrayRef<SExpression>;

  llvm::Error readStatement(const SExpression &statement);
  llvm::Error readConstant(const SExpression &statement);
  llvm::Error readNetwork(const SExpression &statement);
  llvm::Error readTensor(const SExpression &piece, VnnLibNetwork &network);
  llvm::Error readLikeness(const SExpression &piece, VnnLibNetwork &network);
  llvm::Error checkLikeness(const SExpression &piece,
                            const VnnLibNetwork &network) const;
  llvm::Error finishVersion1();

  llvm::Error readAssertion(const SExpression &formula);
  llvm::Expected<std::vector<Rows>> readFormula(const SExpression &formula);
  llvm::Expected<std::vector<Rows>> readComparison(const SExpression &formula);
  llvm::Error combine(std::vector<Rows> &cases, const std::vector<Rows> &more,
                      const SExpression &place);
  llvm::Expected<LinearTerms> readTerm(Pieces &rest);
  llvm::Expected<LinearTerms> readOperation(const SExpression &operation);
  llvm::Error checkSize(const SExpression &place,
                        const LinearTerms &result) const;
  llvm::Expected<VnnLibElement> findElement(const SExpression &name,
                                            const SExpression *index);

  SText text;
  VnnLibQuery query;
  /// What names stand for: tensors of version 2.0, elements of version 1.0.
  llvm::StringMap<VnnLibElement> names;
  /// Of version 1.0: X_i and Y_i that were declared, and where.
  std::map<int64_t, const SExpression *> inputs, outputs;
};

} // namespace

//===----------------------------------------------------------------------===//
// Declarations
//===----------------------------------------------------------------------===//

/// (declare-const X_3 Real), (declare-fun X_3 () Real)
llvm::Error VnnLibReader::readConstant(const SExpression &statement) {
  Pieces pieces = statement.children;
  bool isFunction = statement.isCall("declare-fun");
  if (pieces.size() != (isFunction ? 4u : 3u) ||
      pieces[1].kind != SExpression::Word ||
      (isFunction && !pieces[2].children.empty()) ||
      !pieces.back().isWord("Real"))
    return text.error(DiagId::Syntax, statement,
                      "expected (declare-const X_0 Real)");
  llvm::StringRef name = pieces[1].text;
  int64_t number = 0;
  bool isInput = name.consume_front("X_");
  if ((!isInput && !name.consume_front("Y_")) ||
      name.getAsInteger(10, number) || number < 0)
    return text.error(DiagId::Syntax, pieces[1],
                      "expected X_ or Y_ and a number, found '" +
                          pieces[1].text + "'");
  if (!(isInput ? inputs : outputs).try_emplace(number, &pieces[1]).second)
    return text.error(DiagId::Redefinition, pieces[1],
                      "'" + pieces[1].text + "' is declared twice");
  names[pieces[1].text] = {0, isInput, 0, number};
  return llvm::Error::success();
}

/// Of version 1.0 the one network, once all its elements are known.
llvm::Error VnnLibReader::finishVersion1() {
  VnnLibNetwork &network = query.networks.emplace_back();
  for (auto [elements, name, tensors] :
       {std::tuple(&inputs, "X", &network.inputs),
        {&outputs, "Y", &network.outputs}}) {
    int64_t next = 0;
    for (const auto &[number, place] : *elements)
      if (number != next++)
        return text.error(DiagId::UndefinedValue, *place,
                          llvm::Twine(name) + "_" + llvm::Twine(next - 1) +
                              " is not declared");
    tensors->push_back({name, {next}});
  }
  return llvm::Error::success();
}

/// (declare-input X real [1,4])
llvm::Error VnnLibReader::readTensor(const SExpression &piece,
                                     VnnLibNetwork &network) {
  bool isInput = piece.isCall("declare-input");
  Pieces pieces = piece.children;
  if (!isInput && !piece.isCall("declare-output"))
    return text.error(DiagId::QueryClaim, piece,
                      "only (declare-input ...), (declare-output ...), "
                      "(equal-to ...) and (isomorphic-to ...) are supported in "
                      "a network");
  if (pieces.size() != 4 || pieces[1].kind != SExpression::Word ||
      pieces[2].kind != SExpression::Word ||
      pieces[3].kind != SExpression::Index)
    return text.error(DiagId::Syntax, piece,
                      "expected a name, an element type and a shape, as in "
                      "(declare-input X real [1,4])");
  if (!pieces[2].text.equals_insensitive("real"))
    return text.error(DiagId::SemanticsUnsupported, pieces[2],
                      "elements of type '" + pieces[2].text +
                          "' ask for what a runtime computes, which is not in "
                          "this version; declare them 'real'");
  constexpr int64_t mostElements = int64_t(1) << 28; // TT2
  int64_t size = 1;
  for (int64_t dimension : pieces[3].numbers) {
    if (dimension < 1 || dimension > mostElements / size)
      return text.error(DiagId::TypeRule, pieces[3],
                        "the shape has no element, or too many");
    size *= dimension;
  }
  auto &tensors = isInput ? network.inputs : network.outputs;
  VnnLibElement first{static_cast<unsigned>(query.networks.size()), isInput,
                      static_cast<unsigned>(tensors.size()), 0};
  if (!names.try_emplace(pieces[1].text, first).second)
    return text.error(DiagId::Redefinition, pieces[1],
                      "'" + pieces[1].text + "' is declared twice");
  tensors.push_back({pieces[1].text.str(), Shape(pieces[3].numbers.begin(),
                                                 pieces[3].numbers.end())});
  return llvm::Error::success();
}

/// (equal-to f), (isomorphic-to f)
llvm::Error VnnLibReader::readLikeness(const SExpression &piece,
                                       VnnLibNetwork &network) {
  Pieces pieces = piece.children;
  if (pieces.size() != 2 || pieces[1].kind != SExpression::Word)
    return text.error(DiagId::Syntax, piece, "expected a network's name");
  if (network.likeness)
    return text.error(DiagId::QueryClaim, piece,
                      "network '" + network.name +
                          "' is equal or isomorphic to one network at most");
  auto other = llvm::find_if(query.networks, [&](const VnnLibNetwork &before) {
    return before.name == pieces[1].text;
  });
  if (other == query.networks.end())
    return text.error(DiagId::UndefinedValue, pieces[1],
                      "no network '" + pieces[1].text + "' is declared before");
  if (other->likeness)
    return text.error(DiagId::QueryClaim, pieces[1],
                      "network '" + other->name +
                          "' is equal or isomorphic to another one itself; "
                          "name that one");
  network.likeness = {piece.isCall("equal-to"),
                      static_cast<unsigned>(other - query.networks.begin())};
  return llvm::Error::success();
}

/// Networks that are alike declare the same inputs and outputs, by other names.
llvm::Error VnnLibReader::checkLikeness(const SExpression &piece,
                                        const VnnLibNetwork &network) const {
  const VnnLibNetwork &other = query.networks[network.likeness->network];
  auto sameShapes = [](llvm::ArrayRef<VnnLibTensor> a,
                       llvm::ArrayRef<VnnLibTensor> b) {
    return llvm::equal(a, b, [](const auto &left, const auto &right) {
      return left.shape == right.shape;
    });
  };
  if (sameShapes(network.inputs, other.inputs) &&
      sameShapes(network.outputs, other.outputs))
    return llvm::Error::success();
  return text.error(DiagId::QueryClaim, piece,
                    "network '" + network.name +
                        "' declares other inputs or "
                        "outputs than '" +
                        other.name + "', which it is like");
}

llvm::Error VnnLibReader::readNetwork(const SExpression &statement) {
  Pieces pieces = statement.children;
  if (pieces.size() < 2 || pieces[1].kind != SExpression::Word)
    return text.error(DiagId::Syntax, statement, "expected a network's name");
  VnnLibNetwork network;
  network.name = pieces[1].text;
  for (const VnnLibNetwork &other : query.networks)
    if (other.name == network.name)
      return text.error(DiagId::Redefinition, pieces[1],
                        "network '" + pieces[1].text + "' is declared twice");
  const SExpression *likeness = nullptr;
  for (const SExpression &piece : pieces.drop_front(2)) {
    bool isLikeness = piece.isCall("equal-to") || piece.isCall("isomorphic-to");
    if (isLikeness)
      likeness = &piece;
    if (llvm::Error error = isLikeness ? readLikeness(piece, network)
                                       : readTensor(piece, network))
      return error;
  }
  if (likeness)
    if (llvm::Error error = checkLikeness(*likeness, network))
      return error;
  query.networks.push_back(std::move(network));
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Terms
//===----------------------------------------------------------------------===//

llvm::Expected<VnnLibElement>
VnnLibReader::findElement(const SExpression &name, const SExpression *index) {
  auto found = names.find(name.text);
  if (found == names.end())
    return text.error(DiagId::UndefinedValue, name,
                      "'" + name.text + "' is not declared");
  VnnLibElement element = found->second;
  if (!query.isVersion2) {
    if (index)
      return text.error(DiagId::Syntax, *index,
                        "version 1.0 has elements, and no tensors to index");
    return element;
  }
  const VnnLibNetwork &network = query.networks[element.network];
  const VnnLibTensor &tensor =
      (element.isInput ? network.inputs : network.outputs)[element.tensor];
  llvm::ArrayRef<int64_t> numbers;
  if (index)
    numbers = index->numbers;
  if (numbers.size() != tensor.shape.size())
    return text.error(DiagId::UndefinedValue, name,
                      "'" + name.text + "' needs " +
                          llvm::Twine(tensor.shape.size()) + " indices, got " +
                          llvm::Twine(numbers.size()));
  for (auto [number, dimension] : llvm::zip_equal(numbers, tensor.shape)) {
    if (number < 0 || number >= dimension)
      return text.error(DiagId::UndefinedValue, name,
                        "index " + llvm::Twine(number) + " of '" + name.text +
                            "' is outside 0-" + llvm::Twine(dimension - 1));
    element.element = element.element * dimension + number;
  }
  return element;
}

/// (+ a b ...), (- a), (- a b ...), (* a b ...) with at most one factor that is
/// no constant.
llvm::Expected<LinearTerms>
VnnLibReader::readOperation(const SExpression &operation) {
  bool isSum = operation.isCall("+"), isProduct = operation.isCall("*");
  if (!isSum && !isProduct && !operation.isCall("-"))
    return text.error(DiagId::Syntax, operation, "expected +, - or *");
  Pieces rest = Pieces(operation.children).drop_front();
  if (rest.empty())
    return text.error(DiagId::Syntax, operation, "an operand is missing");
  auto result = readTerm(rest);
  if (!result)
    return result.takeError();
  if (!isSum && !isProduct && rest.empty()) {
    LinearTerms negated;
    negated.add(-1, *result);
    return negated;
  }
  while (!rest.empty()) {
    auto term = readTerm(rest);
    if (!term)
      return term.takeError();
    if (!isProduct) {
      result->add(isSum ? 1 : -1, *term);
      if (llvm::Error error = checkSize(operation, *result))
        return error;
      continue;
    }
    if (!result->terms.empty() && !term->terms.empty())
      return text.error(DiagId::QueryClaim, operation,
                        "a product of two variables is not linear");
    if (result->terms.empty())
      std::swap(*result, *term);
    LinearTerms product;
    product.add(term->constant, *result);
    *result = std::move(product);
    if (llvm::Error error = checkSize(operation, *result))
      return error;
  }
  return result;
}

/// Exact numbers grow with every factor, and with every fraction that is added.
llvm::Error VnnLibReader::checkSize(const SExpression &place,
                                    const LinearTerms &result) const {
  if (result.mostBits <= bitLimit)
    return llvm::Error::success();
  return text.error(DiagId::NumberRange, place,
                    "a number here takes more than " + llvm::Twine(bitLimit) +
                        " bits");
}

/// Takes one operand off the front: a number, an element or an operation.
llvm::Expected<LinearTerms> VnnLibReader::readTerm(Pieces &rest) {
  const SExpression &piece = rest.front();
  rest = rest.drop_front();
  if (piece.kind == SExpression::List)
    return readOperation(piece);
  if (piece.kind == SExpression::Index)
    return text.error(DiagId::Syntax, piece, "an index without a tensor");
  LinearTerms result;
  if (auto number = Real::parse(piece.text)) {
    if (!std::isfinite(number->toDouble()))
      return text.error(DiagId::NumberRange, piece,
                        "'" + piece.text + "' is beyond the largest double");
    result.constant = *number;
    result.mostBits = number->getSizeInBits();
    if (llvm::Error error = checkSize(piece, result))
      return error;
    return result;
  }
  if (!llvm::isAlpha(piece.text.front()) && piece.text.front() != '_')
    return text.error(DiagId::Syntax, piece,
                      "'" + piece.text + "' is neither a number nor a name");
  const SExpression *index = nullptr;
  if (!rest.empty() && rest.front().kind == SExpression::Index) {
    index = &rest.front();
    rest = rest.drop_front();
  }
  auto element = findElement(piece, index);
  if (!element)
    return element.takeError();
  result.terms[*element] = 1;
  return result;
}

//===----------------------------------------------------------------------===//
// Formulas
//===----------------------------------------------------------------------===//

/// Whether a difference of two numbers is as a relation of them has it.
static bool holds(llvm::StringRef relation, const Real &difference) {
  bool mayBeEqual = relation.ends_with("=") && relation != "!=";
  if (difference.isZero())
    return mayBeEqual;
  return relation == "!=" ||
         relation.starts_with(difference.sign() > 0 ? ">" : "<");
}

/// (<= a b): one case; `!=` has two. Of numbers alone one that always holds, or
/// none.
llvm::Expected<std::vector<Rows>>
VnnLibReader::readComparison(const SExpression &formula) {
  Pieces rest = formula.children;
  llvm::StringRef relation =
      !rest.empty() && rest[0].kind == SExpression::Word ? rest[0].text : "";
  if (!llvm::is_contained({"<", "<=", ">", ">=", "=", "==", "!="}, relation))
    return text.error(DiagId::Syntax, formula,
                      "expected and, or, <, <=, >, >=, == or !=");
  rest = rest.drop_front();
  LinearTerms difference; // left - right
  for (int sign : {1, -1}) {
    if (rest.empty())
      return text.error(DiagId::Syntax, formula, "an operand is missing");
    auto side = readTerm(rest);
    if (!side)
      return side.takeError();
    difference.add(sign, *side);
  }
  if (!rest.empty())
    return text.error(DiagId::Syntax, rest.front(), "more than two operands");

  auto makeRow = [&](int sign, bool strict) {
    VnnLibRow row;
    for (const auto &[element, factor] : difference.terms)
      if (!factor.isZero())
        row.terms.emplace_back(element, factor * Real(sign));
    row.rhs = difference.constant * Real(-sign);
    row.strict = strict;
    row.where = text.getWhere(formula);
    return row;
  };
  if (makeRow(1, false).terms.empty())
    return std::vector<Rows>(holds(relation, difference.constant) ? 1 : 0);
  if (relation == "=" || relation == "==")
    return std::vector<Rows>{{makeRow(1, false), makeRow(-1, false)}};
  if (relation == "!=")
    return std::vector<Rows>{{makeRow(1, true)}, {makeRow(-1, true)}};
  int sign = relation.starts_with(">") ? 1 : -1;
  return std::vector<Rows>{{makeRow(sign, !relation.ends_with("="))}};
}

/// cases and more, as cases.
llvm::Error VnnLibReader::combine(std::vector<Rows> &cases,
                                  const std::vector<Rows> &more,
                                  const SExpression &place) {
  constexpr size_t mostTerms = 2'000'000; // and rows
  // The usual long conjunction of bounds; it does not multiply.
  if (cases.size() == 1 && more.size() == 1) {
    llvm::append_range(cases[0], more[0]);
    return llvm::Error::success();
  }
  size_t terms = 0;
  std::vector<Rows> result;
  for (const Rows &left : cases)
    for (const Rows &right : more) {
      Rows &both = result.emplace_back(left);
      llvm::append_range(both, right);
      for (const VnnLibRow &row : both)
        terms += row.terms.size() + 1;
      if (++terms > mostTerms)
        return text.error(DiagId::QueryClaim, place,
                          "the condition has too many cases");
    }
  cases = std::move(result);
  return llvm::Error::success();
}

llvm::Expected<std::vector<Rows>>
VnnLibReader::readFormula(const SExpression &formula) {
  bool isAnd = formula.isCall("and"), isOr = formula.isCall("or");
  if (!isAnd && !isOr)
    return readComparison(formula);
  std::vector<Rows> cases;
  if (isAnd)
    cases.emplace_back();
  for (const SExpression &part : Pieces(formula.children).drop_front()) {
    auto more = readFormula(part);
    if (!more)
      return more.takeError();
    if (isOr)
      llvm::append_range(cases, std::move(*more));
    else if (llvm::Error error = combine(cases, *more, part))
      return error;
  }
  return cases;
}

llvm::Error VnnLibReader::readAssertion(const SExpression &statement) {
  Pieces pieces = statement.children;
  if (pieces.size() != 2 || pieces[1].kind != SExpression::List)
    return text.error(DiagId::Syntax, statement, "expected one condition");
  auto cases = readFormula(pieces[1]);
  if (!cases)
    return cases.takeError();
  if (cases->size() != 1)
    return combine(query.cases, *cases, statement);
  llvm::append_range(query.always, std::move(cases->front()));
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// The whole
//===----------------------------------------------------------------------===//

llvm::Error VnnLibReader::readStatement(const SExpression &statement) {
  for (const char *ignored : {"set-logic", "set-info", "set-option",
                              "check-sat", "get-model", "exit"})
    if (statement.isCall(ignored))
      return llvm::Error::success();
  if (statement.isCall("assert"))
    return readAssertion(statement);
  bool isConstant =
      statement.isCall("declare-const") || statement.isCall("declare-fun");
  bool isNetwork = statement.isCall("declare-network");
  if (!isConstant && !isNetwork && !statement.isCall("vnnlib-version"))
    return text.error(DiagId::Syntax, statement,
                      "expected (vnnlib-version ...), (declare-network ...), "
                      "(declare-const ...) or (assert ...)");
  // At once: names mean different things in the two versions.
  if (isConstant ? query.isVersion2 : !(inputs.empty() && outputs.empty()))
    return text.error(DiagId::Syntax, statement,
                      "networks of version 2.0 and constants of version 1.0 in "
                      "one text");
  if (isConstant)
    return readConstant(statement);
  if (isNetwork) {
    query.isVersion2 = true;
    return readNetwork(statement);
  }
  if (statement.children.size() != 2 ||
      !statement.children[1].text.starts_with("<2."))
    return text.error(DiagId::Syntax, statement,
                      "expected (vnnlib-version <2.0>)");
  query.isVersion2 = true;
  return llvm::Error::success();
}

llvm::Expected<VnnLibQuery> VnnLibReader::run() {
  query.cases.emplace_back();
  auto statements = text.parse();
  if (!statements)
    return statements.takeError();
  for (const SExpression &statement : *statements)
    if (llvm::Error error = readStatement(statement))
      return error;
  if (!query.isVersion2)
    if (llvm::Error error = finishVersion1())
      return error;
  return std::move(query);
}

llvm::Expected<VnnLibQuery> parseVnnLib(llvm::StringRef text,
                                        llvm::StringRef path) {
  return VnnLibReader(text, path).run();
}

llvm::Expected<VnnLibQuery> readVnnLib(llvm::StringRef path) {
  auto buffer = readFile(path);
  if (!buffer)
    return buffer.takeError();
  return parseVnnLib((*buffer)->getBuffer(), path);
}

} // namespace qev
