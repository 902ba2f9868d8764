//===- Module.h - Nets, queries and twins -----------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A Module is what one .qev file holds: nets, questions about them (queries)
// and aligned pairs of nets with proved differences (twins).
// delta = second - first = quantized - float, everywhere.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_IR_MODULE_H
#define QEV_IR_MODULE_H

#include "qev/IR/Net.h"

namespace qev {

/// The inputs one claim speaks about: for each element an exact range, and
/// optionally a grid, then only the points offset + k * step (k integer) inside
/// the range count, or a list of levels, then only those. Bound to the nets'
/// inputs by position; text is read by name where it can be. Of several grids
/// or lists each holds for a block of elements, as of the channels of an image:
/// blocks are equally long and stand in the order of the elements.
struct InputRegion {
  struct Grid {
    Real step;   ///< positive
    Real offset; ///< any
    friend bool operator==(const Grid &, const Grid &) = default;
  };
  std::string name;         ///< without `%`
  std::vector<Real> lo, hi; ///< one per element, row-major; lo <= hi
  std::vector<Grid> grids = {};
  std::vector<std::vector<Real>> levels = {}; ///< increasing; none beside grids

  int64_t size() const { return static_cast<int64_t>(lo.size()); }
  bool isPoint() const { return lo == hi; }
  /// Whether single points count, not whole ranges.
  bool isDiscrete() const { return !grids.empty() || !levels.empty(); }
  /// The grid of one element; null if there is none.
  const Grid *getGrid(int64_t element) const;
  /// The numbers k of the first and the last grid point inside the range of one
  /// element; the first is larger if there is none. Only with grids.
  std::pair<mpz_class, mpz_class> getGridRange(int64_t element) const;
  Real getGridPoint(int64_t element, const mpz_class &k) const;
  /// The levels inside the range of one element.
  llvm::ArrayRef<Real> getLevels(int64_t element) const;
  /// The number nearest to x that one element can be.
  Real getNearest(int64_t element, const Real &x) const;
  /// The range of one element as doubles, outward; with a grid or levels, of
  /// the outermost ones inside the range.
  Interval getInterval(int64_t element) const;
  bool contains(llvm::ArrayRef<Real> point) const;
};

/// |second_i - first_i| <= epsilon_i for every output i that has one.
struct DeltaClaim {
  std::vector<std::optional<Real>> epsilon; ///< one per output, counted through
};
/// Wherever output c of the first net exceeds every other one by more than
/// `margin` (>= 0), the second net's winner is c too; the second net's ties go
/// to the lowest index, as in ArgMax.
struct TopOneClaim {
  Real margin;
};
/// A linear form over the outputs of two nets as reals. Outputs are counted
/// through: the elements of the first output tensor, then of the second, ...
struct OutputForm {
  struct Part {
    int64_t output;
    Real factor;
    friend bool operator==(const Part &, const Part &) = default;
  };
  std::vector<Part> first, second;
  friend bool operator==(const OutputForm &, const OutputForm &) = default;
};
/// form >= rhs, or > if strict.
struct OutputRow {
  OutputForm form;
  Real rhs;
  bool strict = false;
  friend bool operator==(const OutputRow &, const OutputRow &) = default;
};
/// For no input all rows of a violation hold.
struct NeverClaim {
  std::vector<std::vector<OutputRow>> violations; ///< each with a row at least
};
/// No claim: the bracket is the answer.
using Claim = std::variant<std::monostate, DeltaClaim, TopOneClaim, NeverClaim>;

/// The place of each name among the others; empty if these are not the same
/// names, each once, or stand in the same order.
std::vector<unsigned> findOrder(llvm::ArrayRef<std::string> names,
                                llvm::ArrayRef<std::string> others);

struct Query {
  std::string name; ///< without `@`
  std::vector<InputRegion> inputs;
  Net *first = nullptr; ///< of a claim or a twin; null if the query names none
  Net *second = nullptr;
  Claim claim;

  /// Puts regions that have the names of the net's inputs, all of them, into
  /// the order of these. Others stay, bound by position.
  void bindByName(const Net &net);
};

/// Names of the over-approximations a bound may rest on: `by (...)`.
enum class Approximation {
#define QEV_APPROXIMATION(ID, TEXT, MEANING) ID,
#include "qev/IR/Approximations.def"
};
llvm::StringRef getName(Approximation approximation);
std::optional<Approximation> getApproximation(llvm::StringRef name);

/// A value of the first net and the value of the second that corresponds to
/// it, element by element.
struct Pair {
  Op *first;
  Op *second;
  /// Proved range of second - first (real values; of codes their dequantized
  /// meaning) for each element.
  std::optional<std::vector<Interval>> delta;
  std::vector<Approximation> by; ///< made at this step, sorted, unique
};

struct Twin {
  Net *first;
  Net *second;
  Query *query;            ///< may be null before bounds are asked for
  std::vector<Pair> pairs; ///< in an order where operands come first

  /// The pairs of the outputs, by position; none for those that are missing. A
  /// reshape, which aligning leaves out, has the pair of what it reshapes.
  std::vector<std::optional<size_t>> findOutputPairs() const;
};

enum class Semantics { Real, Runtime };

struct Module {
  std::string name;
  Semantics semantics = Semantics::Real;
  std::vector<std::unique_ptr<Net>> nets;
  std::vector<std::unique_ptr<Query>> queries;
  std::vector<std::unique_ptr<Twin>> twins;

  Net *findNet(llvm::StringRef name) const;
  Query *findQuery(llvm::StringRef name) const;
};

} // namespace qev

#endif // QEV_IR_MODULE_H
