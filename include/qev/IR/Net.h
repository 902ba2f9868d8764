//===- Net.h - Straight-line tensor programs --------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A Net is a list of ops in definition order; each op is the value it defines.
// There are no blocks and no control flow: a net is a DAG of tensors with one
// or several inputs (ops of kind Input, first in the list) and outputs.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_IR_NET_H
#define QEV_IR_NET_H

#include "qev/IR/Types.h"
#include "qev/Support/Interval.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/StringMap.h"
#include <map>
#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace qev {

enum class OpKind {
#define QEV_OP(KIND, MNEMONIC, MIN, MAX, SUMMARY) KIND,
#include "qev/IR/Ops.def"
};

llvm::StringRef getMnemonic(OpKind kind);
std::optional<OpKind> getOpKind(llvm::StringRef mnemonic);

/// Payload of a Const. Exactly one of the two is in use, by the element type;
/// row-major; immutable and shared between copies of the op.
class ConstData {
public:
  static ConstData ofFloats(std::vector<float> values);
  static ConstData ofCodes(std::vector<int32_t> values);
  bool isFloat() const { return floats != nullptr; }
  const std::vector<float> &getFloats() const { return *floats; }
  const std::vector<int32_t> &getCodes() const { return *codes; }
  int64_t size() const;
  friend bool operator==(const ConstData &a, const ConstData &b);

private:
  std::shared_ptr<const std::vector<float>> floats;
  std::shared_ptr<const std::vector<int32_t>> codes;
};

/// Where an op comes from: nodes and initializers of the model file.
struct LocationPart {
  enum Kind { Node, Init } kind = Node;
  int64_t index = 0; ///< of a node in the file's order; unused for Init
  std::string name;
  std::string operatorName = {}; ///< of a node, `Gemm`; may be empty
  friend bool operator==(const LocationPart &, const LocationPart &) = default;
};
using Location = llvm::SmallVector<LocationPart, 1>;
/// The parts of both, without duplicates, in order.
Location fuseLocations(const Location &a, const Location &b);

/// Attribute values. `clip` has `min` and `max` (each f32, either may be
/// absent).
using Attribute = std::variant<float, int64_t, std::vector<int64_t>>;

class Op {
public:
  OpKind kind;
  std::string name; ///< unique in the net, without `%`
  TensorType type;
  llvm::SmallVector<Op *, 3> operands;
  std::map<std::string, Attribute> attributes;
  std::optional<ConstData> data; ///< of a Const
  Location location;
  /// Proved range of each element over the query's region (row-major), put
  /// there by annotate-bounds. Of a quantized op: range of its codes.
  std::optional<std::vector<Interval>> bounds;

  bool is(OpKind k) const { return kind == k; }
  std::optional<float> getFloatAttr(llvm::StringRef key) const;
};

/// The op whose value, in the same order of elements, this one is.
const Op *skipReshapes(const Op *op);

class Net {
public:
  explicit Net(std::string name) : name(std::move(name)) {}

  std::string name;   ///< without `@`
  std::string source; ///< file it was imported from; may be empty
  std::vector<std::unique_ptr<Op>> ops; ///< operands before their users
  std::vector<Op *> outputs;

  /// The ops of kind Input, in order.
  llvm::SmallVector<Op *, 2> getInputs() const;
  /// The elements of all outputs. They are counted through: those of the first
  /// output, then of the second, ...
  int64_t getNumOutputElements() const;
  /// Output element number i: its op, and its number there.
  std::pair<const Op *, int64_t> getOutputElement(int64_t i) const;
  /// Appends an op; an empty or taken name is made unique (`%h`, `%h_1`, ...).
  Op *add(OpKind kind, llvm::StringRef name, TensorType type,
          llvm::ArrayRef<Op *> operands = {}, Location location = {});
  Op *addConst(llvm::StringRef name, TensorType type, ConstData data,
               Location location = {});
  /// By an index of the names that ops have been added with: ops are not
  /// renamed.
  Op *find(llvm::StringRef name) const;
  /// Number of uses of each op, outputs counted.
  llvm::DenseMap<const Op *, unsigned> countUses() const;
  /// Every use of `from`, as operand or output, becomes a use of `to`.
  void replaceAllUses(Op *from, Op *to);
  /// Drops ops for which `dead` holds; nothing may use them.
  void erase(llvm::function_ref<bool(const Op &)> dead);
  /// Sorts ops so that operands come first (stable); after insertions.
  void sortTopologically();
  std::unique_ptr<Net> clone() const;
  /// Whether both are the same ops in the same order, whatever their names.
  bool isSameAs(const Net &other) const;

private:
  /// Of the first numIndexed ops; the rest follows when it is asked for.
  mutable llvm::StringMap<Op *> byName;
  mutable size_t numIndexed = 0;
  /// Of a taken name, the suffix that was given last.
  llvm::StringMap<unsigned> suffixes;
};

/// Where an op of the net stands, for messages: in the words of the model file
/// that the net was imported from, `net.onnx:#5 Gemm 'fc'`, else `@net %op`.
std::string getPlace(const Net &net, const Op &op);
/// The same of all of the net: the file, else `@net`.
std::string getPlace(const Net &net);

} // namespace qev

#endif // QEV_IR_NET_H
