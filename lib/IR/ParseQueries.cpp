//===- ParseQueries.cpp - Queries and twins from text -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ParserImpl.h"
#include "Text.h"

namespace qev {

//===----------------------------------------------------------------------===//
// Queries
//===----------------------------------------------------------------------===//

/// query ::= `query` @name `:` `for` `(` region,* `)` (`,` question)?
LogicalResult Parser::parseQuery(Module &module) {
  advance(); // `query`
  const char *place = token.begin();
  auto query = std::make_unique<Query>();
  if (failed(parseName(Token::Symbol, "'@' and the query's name", query->name)))
    return failure();
  // MD2: names of queries are unique.
  if (module.findQuery(query->name))
    return error(place, DiagId::Redefinition,
                 "query " + printName('@', query->name) + " is defined twice");
  places[query.get()] = place;
  if (failed(expect(":")) || failed(expectWord("for")) || failed(expect("(")))
    return failure();
  while (!consume(")"))
    if ((!query->inputs.empty() && failed(expect(","))) ||
        failed(parseRegion(query->inputs.emplace_back())))
      return failure();
  if (consume(",") && failed(parseClaim(module, *query)))
    return failure();
  module.queries.push_back(std::move(query));
  return success();
}

/// region ::= %name `:` (`box` `<` ranges `>`
///            | `grid` `<` ranges grid,+ `>`
///            | `levels` `<` ranges `of` levels;+ `>`)
/// grid   ::= `step` real (`offset` real)?
/// levels ::= real,+
LogicalResult Parser::parseRegion(InputRegion &region) {
  if (failed(parseName(Token::Value, "'%' and an input's name", region.name)) ||
      failed(expect(":")))
    return failure();
  bool isGrid = consumeWord("grid"), hasLevels = consumeWord("levels");
  if (!isGrid && !hasLevels && !consumeWord("box"))
    return expected("'box', 'grid' or 'levels'");
  if (failed(expect("<")) || failed(parseRanges(region)))
    return failure();
  if (isGrid)
    do {
      auto &grid = region.grids.emplace_back();
      if (failed(expectWord("step")) || failed(parseReal(grid.step)) ||
          (consumeWord("offset") && failed(parseReal(grid.offset))))
        return failure();
    } while (consume(","));
  if (hasLevels) {
    if (failed(expectWord("of")))
      return failure();
    do {
      auto &levels = region.levels.emplace_back();
      do
        if (failed(parseReal(levels.emplace_back())))
          return failure();
      while (consume(","));
    } while (consume(";"));
  }
  return expect(">");
}

/// About the bytes that a copy of a number takes.
static int64_t getFootprint(const Real &value) {
  size_t limbs = mpz_size(value.getNumerator().get_mpz_t()) +
                 mpz_size(value.getDenominator().get_mpz_t());
  return static_cast<int64_t>(2 * sizeof(Real) + limbs * sizeof(mp_limb_t));
}

/// ranges ::= integer `x` range | range,*
/// range  ::= `[` real `,` real `]`
LogicalResult Parser::parseRanges(InputRegion &region) {
  const char *place = token.begin();
  int64_t repeat = 1;
  bool repeats = token.kind == Token::Number;
  if (repeats && (failed(parseInteger(repeat)) || failed(expectWord("x"))))
    return failure();
  if (repeat < 1)
    return error(place, DiagId::QueryRegion,
                 "a region needs at least one range");
  do {
    if (failed(expect("[")) || failed(parseReal(region.lo.emplace_back())) ||
        failed(expect(",")) || failed(parseReal(region.hi.emplace_back())) ||
        failed(expect("]")))
      return failure();
  } while (!repeats && consume(","));
  if (!repeats)
    return success();
  if (failed(charge(place, repeat,
                    getFootprint(region.lo[0]) + getFootprint(region.hi[0]))))
    return failure();
  region.lo.resize(repeat, region.lo[0]);
  region.hi.resize(repeat, region.hi[0]);
  return success();
}

LogicalResult Parser::parseNetName(Module &module, Net *&net) {
  const char *place = token.begin();
  std::string name;
  if (failed(parseName(Token::Symbol, "'@' and a net's name", name)))
    return failure();
  net = module.findNet(name);
  for (const Net *other : known)
    if (!net && other->name == name)
      net = module.nets.emplace_back(other->clone()).get();
  return net ? success()
             : error(place, DiagId::UndefinedValue,
                     "net " + printName('@', name) + " is not defined");
}

/// difference ::= `(` @second `-` @first `)`
LogicalResult Parser::parseDifference(Module &module, Query &query) {
  if (failed(expect("(")) || failed(parseNetName(module, query.second)) ||
      failed(expect("-")) || failed(parseNetName(module, query.first)))
    return failure();
  return expect(")");
}

/// question ::= `bracket` difference
///   | `claim` `linf` difference `<=` real
///   | `claim` `abs` difference `<=` `[` (real | `none`),* `]`
///   | `claim` `top1` `(` @first `,` @second `)` (`margin` real)?
///   | `claim` `never` `(` @first `,` @second `)` violations
LogicalResult Parser::parseClaim(Module &module, Query &query) {
  if (consumeWord("bracket"))
    return parseDifference(module, query);
  if (failed(expectWord("claim")))
    return failure();
  if (consumeWord("never"))
    return parseNever(module, query);
  if (consumeWord("top1")) {
    auto &claim = query.claim.emplace<TopOneClaim>();
    if (failed(expect("(")) || failed(parseNetName(module, query.first)) ||
        failed(expect(",")) || failed(parseNetName(module, query.second)) ||
        failed(expect(")")))
      return failure();
    return consumeWord("margin") ? parseReal(claim.margin) : success();
  }
  auto &claim = query.claim.emplace<DeltaClaim>();
  const char *place = token.begin();
  if (consumeWord("linf")) {
    Real epsilon;
    if (failed(parseDifference(module, query)) || failed(expect("<=")) ||
        failed(parseReal(epsilon)))
      return failure();
    int64_t size = query.first->getNumOutputElements();
    if (failed(charge(place, size, getFootprint(epsilon))))
      return failure();
    claim.epsilon.assign(size, epsilon);
    return success();
  }
  if (!consumeWord("abs"))
    return expected("'linf', 'abs', 'top1' or 'never'");
  if (failed(parseDifference(module, query)) || failed(expect("<=")) ||
      failed(expect("[")))
    return failure();
  do {
    auto &epsilon = claim.epsilon.emplace_back();
    if (!consumeWord("none") && failed(parseReal(epsilon.emplace())))
      return failure();
  } while (consume(","));
  return expect("]");
}

/// violations ::= `or` `(` (`and` `(` row,+ `)`),* `)`
LogicalResult Parser::parseNever(Module &module, Query &query) {
  auto &claim = query.claim.emplace<NeverClaim>();
  if (failed(expect("(")) || failed(parseNetName(module, query.first)) ||
      failed(expect(",")) || failed(parseNetName(module, query.second)) ||
      failed(expect(")")) || failed(expectWord("or")) || failed(expect("(")))
    return failure();
  while (!consume(")")) {
    if ((!claim.violations.empty() && failed(expect(","))) ||
        failed(expectWord("and")) || failed(expect("(")))
      return failure();
    auto &rows = claim.violations.emplace_back();
    do
      if (failed(parseRow(query, rows.emplace_back())))
        return failure();
    while (consume(","));
    if (failed(expect(")")))
      return failure();
  }
  return success();
}

/// row ::= `-`? term ((`+` | `-`) term)* (`>=` | `>` | `<=` | `<`) real
LogicalResult Parser::parseRow(const Query &query, OutputRow &row) {
  bool isNegative = consume("-");
  while (true) {
    if (failed(parseTerm(query, isNegative, row.form)))
      return failure();
    // `a -2 * b` reads as well: there the sign belongs to the number.
    isNegative = consume("-");
    if (!isNegative && !consume("+") &&
        !(token.kind == Token::Number && token.spelling.starts_with("-")))
      break;
  }
  bool isUpper = consume("<=");
  row.strict = !isUpper && !consume(">=");
  if (row.strict) {
    isUpper = consume("<");
    if (!isUpper && !consume(">"))
      return expected("'>=', '>', '<=' or '<'");
  }
  if (failed(parseReal(row.rhs)))
    return failure();
  if (!isUpper)
    return success();
  // f <= r is -f >= -r.
  row.rhs = -row.rhs;
  for (auto *parts : {&row.form.first, &row.form.second})
    for (OutputForm::Part &part : *parts)
      part.factor = -part.factor;
  return success();
}

/// term ::= (real `*`)? (@first | @second) `[` integer `]`
LogicalResult Parser::parseTerm(const Query &query, bool isNegative,
                                OutputForm &form) {
  Real factor = 1;
  if (token.kind == Token::Number &&
      (failed(parseReal(factor)) || failed(expect("*"))))
    return failure();
  const char *place = token.begin();
  std::string name;
  int64_t output = 0;
  if (failed(parseName(Token::Symbol, "'@' and a net's name", name)))
    return failure();
  if (name != query.first->name && name != query.second->name)
    return error(place, DiagId::UndefinedValue,
                 printName('@', name) + " is none of the two nets");
  if (failed(expect("[")) || failed(parseInteger(output)) ||
      failed(expect("]")))
    return failure();
  auto &parts = name == query.first->name ? form.first : form.second;
  parts.push_back({output, isNegative ? -factor : factor});
  return success();
}

//===----------------------------------------------------------------------===//
// Twins
//===----------------------------------------------------------------------===//

/// twin ::= `twin` @first `~` @second (`on` @query)? `{` pair* `}`
LogicalResult Parser::parseTwin(Module &module) {
  const char *place = token.begin();
  advance(); // `twin`
  auto twin = std::make_unique<Twin>();
  places[twin.get()] = place;
  twin->query = nullptr;
  if (failed(parseNetName(module, twin->first)) || failed(expect("~")) ||
      failed(parseNetName(module, twin->second)))
    return failure();
  if (consumeWord("on")) {
    const char *where = token.begin();
    std::string name;
    if (failed(parseName(Token::Symbol, "'@' and a query's name", name)))
      return failure();
    twin->query = module.findQuery(name);
    if (!twin->query)
      return error(where, DiagId::UndefinedValue,
                   "query " + printName('@', name) + " is not defined");
  }
  if (failed(expect("{")))
    return failure();
  std::vector<const char *> pairPlaces;
  while (!consume("}")) {
    pairPlaces.push_back(token.begin());
    if (failed(parsePair(*twin, twin->pairs.emplace_back())))
      return failure();
  }
  for (auto [pair, where] : llvm::zip_equal(twin->pairs, pairPlaces))
    places[&pair] = where;
  module.twins.push_back(std::move(twin));
  return success();
}

LogicalResult Parser::parsePairValue(const Net &net, Op *&value) {
  const char *place = token.begin();
  std::string name;
  if (failed(parseName(Token::Value, "'%' and a value's name", name)))
    return failure();
  value = values[&net].lookup(name);
  return value ? success()
               : error(place, DiagId::UndefinedValue,
                       printName('%', name) + " is not a value of net " +
                           printName('@', net.name));
}

/// pair ::= `pair` %first `~` %second (`delta` box)? (`by` `(` word,* `)`)?
LogicalResult Parser::parsePair(Twin &twin, Pair &pair) {
  if (failed(expectWord("pair")) ||
      failed(parsePairValue(*twin.first, pair.first)) || failed(expect("~")) ||
      failed(parsePairValue(*twin.second, pair.second)))
    return failure();
  if (consumeWord("delta") &&
      failed(parseBox(pair.first->type.getNumElements(), pair.delta.emplace())))
    return failure();
  if (!consumeWord("by"))
    return success();
  if (failed(expect("(")))
    return failure();
  do {
    auto by = getApproximation(token.spelling);
    if (token.kind != Token::Word || !by)
      return expected("the name of an approximation");
    pair.by.push_back(*by);
    advance();
  } while (consume(","));
  llvm::sort(pair.by);
  pair.by.erase(llvm::unique(pair.by), pair.by.end());
  return expect(")");
}

} // namespace qev
