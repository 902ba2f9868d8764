//===- Net.cpp - Straight-line tensor programs ------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/IR/Net.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringSwitch.h"
#include "llvm/Support/ErrorHandling.h"

namespace qev {

llvm::StringRef getMnemonic(OpKind kind) {
  switch (kind) {
#define QEV_OP(KIND, MNEMONIC, MIN, MAX, SUMMARY)                              \
  case OpKind::KIND:                                                           \
    return MNEMONIC;
#include "qev/IR/Ops.def"
  }
  llvm_unreachable("every operator is in the table");
}

std::optional<OpKind> getOpKind(llvm::StringRef mnemonic) {
  return llvm::StringSwitch<std::optional<OpKind>>(mnemonic)
#define QEV_OP(KIND, MNEMONIC, MIN, MAX, SUMMARY) .Case(MNEMONIC, OpKind::KIND)
#include "qev/IR/Ops.def"
      .Default(std::nullopt);
}

//===----------------------------------------------------------------------===//
// Payloads, locations, attributes
//===----------------------------------------------------------------------===//

ConstData ConstData::ofFloats(std::vector<float> values) {
  ConstData data;
  data.floats = std::make_shared<const std::vector<float>>(std::move(values));
  return data;
}

ConstData ConstData::ofCodes(std::vector<int32_t> values) {
  ConstData data;
  data.codes = std::make_shared<const std::vector<int32_t>>(std::move(values));
  return data;
}

int64_t ConstData::size() const {
  if (floats)
    return static_cast<int64_t>(floats->size());
  return codes ? static_cast<int64_t>(codes->size()) : 0;
}

bool operator==(const ConstData &a, const ConstData &b) {
  if (a.isFloat() != b.isFloat())
    return false;
  if (a.isFloat())
    return a.floats == b.floats || *a.floats == *b.floats;
  return a.codes == b.codes || (a.codes && b.codes && *a.codes == *b.codes);
}

Location fuseLocations(const Location &a, const Location &b) {
  Location result = a;
  for (const LocationPart &part : b)
    if (!llvm::is_contained(result, part))
      result.push_back(part);
  return result;
}

std::optional<float> Op::getFloatAttr(llvm::StringRef key) const {
  auto found = attributes.find(key.str());
  if (found == attributes.end())
    return std::nullopt;
  if (const float *value = std::get_if<float>(&found->second))
    return *value;
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// Nets
//===----------------------------------------------------------------------===//

llvm::SmallVector<Op *, 2> Net::getInputs() const {
  llvm::SmallVector<Op *, 2> inputs;
  for (const auto &op : ops)
    if (op->is(OpKind::Input))
      inputs.push_back(op.get());
  return inputs;
}

int64_t Net::getNumOutputElements() const {
  int64_t count = 0;
  for (const Op *output : outputs)
    count += output->type.getNumElements();
  return count;
}

const Op *skipReshapes(const Op *op) {
  while (op->is(OpKind::Reshape))
    op = op->operands[0];
  return op;
}

std::pair<const Op *, int64_t> Net::getOutputElement(int64_t i) const {
  for (const Op *output : outputs) {
    if (i < output->type.getNumElements())
      return {output, i};
    i -= output->type.getNumElements();
  }
  llvm_unreachable("no such output");
}

Op *Net::find(llvm::StringRef name) const {
  for (; numIndexed < ops.size(); ++numIndexed)
    byName.try_emplace(ops[numIndexed]->name, ops[numIndexed].get());
  return byName.lookup(name);
}

Op *Net::add(OpKind kind, llvm::StringRef name, TensorType type,
             llvm::ArrayRef<Op *> operands, Location location) {
  std::string base = name.empty() ? getMnemonic(kind).str() : name.str();
  auto op = std::make_unique<Op>();
  op->kind = kind;
  op->name = base;
  if (find(base)) {
    unsigned &suffix = suffixes[base];
    do
      op->name = base + "_" + std::to_string(++suffix);
    while (find(op->name));
  }
  op->type = std::move(type);
  op->operands.assign(operands.begin(), operands.end());
  op->location = std::move(location);
  ops.push_back(std::move(op));
  return ops.back().get();
}

Op *Net::addConst(llvm::StringRef name, TensorType type, ConstData data,
                  Location location) {
  Op *op = add(OpKind::Const, name, std::move(type), {}, std::move(location));
  op->data = std::move(data);
  return op;
}

llvm::DenseMap<const Op *, unsigned> Net::countUses() const {
  llvm::DenseMap<const Op *, unsigned> uses;
  for (const auto &op : ops)
    uses.try_emplace(op.get(), 0);
  for (const auto &op : ops)
    for (const Op *operand : op->operands)
      ++uses[operand];
  for (const Op *output : outputs)
    ++uses[output];
  return uses;
}

void Net::replaceAllUses(Op *from, Op *to) {
  for (const auto &op : ops)
    std::replace(op->operands.begin(), op->operands.end(), from, to);
  std::replace(outputs.begin(), outputs.end(), from, to);
}

void Net::erase(llvm::function_ref<bool(const Op &)> dead) {
  llvm::DenseSet<const Op *> erased;
  for (const auto &op : ops)
    if (dead(*op))
      erased.insert(op.get());
  if (erased.empty())
    return;
  auto isErased = [&](const Op *op) { return erased.contains(op); };
  for (const auto &op : ops)
    assert((isErased(op.get()) || llvm::none_of(op->operands, isErased)) &&
           "an erased op is still used");
  assert(llvm::none_of(outputs, isErased) && "an erased op is an output");
  llvm::erase_if(ops, [&](const auto &op) { return isErased(op.get()); });
  byName.clear();
  numIndexed = 0;
  suffixes.clear();
}

void Net::sortTopologically() {
  // Depth first in program order with an explicit stack: an op is placed once
  // all its operands are. Inputs stay in front.
  llvm::DenseMap<const Op *, size_t> index;
  for (auto [i, op] : llvm::enumerate(ops))
    index[op.get()] = i;
  std::vector<std::unique_ptr<Op>> sorted;
  sorted.reserve(ops.size());
  std::vector<bool> started(ops.size(), false);
  auto place = [&](size_t root) {
    std::vector<std::pair<size_t, unsigned>> stack; // op, next operand
    if (started[root])
      return;
    started[root] = true;
    stack.emplace_back(root, 0);
    while (!stack.empty()) {
      auto &[current, next] = stack.back();
      const auto &operands = ops[current]->operands;
      if (next == operands.size()) {
        sorted.push_back(std::move(ops[current]));
        stack.pop_back();
        continue;
      }
      auto found = index.find(operands[next++]);
      assert(found != index.end() && "an operand is not in the net");
      if (!started[found->second]) {
        started[found->second] = true;
        stack.emplace_back(found->second, 0);
      }
    }
  };
  std::vector<size_t> inputs;
  for (auto [i, op] : llvm::enumerate(ops))
    if (op->is(OpKind::Input))
      inputs.push_back(i);
  for (size_t i : inputs)
    place(i);
  for (size_t i = 0; i < started.size(); ++i)
    place(i);
  ops = std::move(sorted);
}

std::unique_ptr<Net> Net::clone() const {
  auto copy = std::make_unique<Net>(name);
  copy->source = source;
  llvm::DenseMap<const Op *, Op *> copied;
  for (const auto &op : ops) {
    auto twin = std::make_unique<Op>(*op);
    for (Op *&operand : twin->operands) {
      operand = copied.lookup(operand);
      assert(operand && "operands come before their users");
    }
    copied[op.get()] = twin.get();
    copy->ops.push_back(std::move(twin));
  }
  for (const Op *output : outputs)
    copy->outputs.push_back(copied.lookup(output));
  return copy;
}

bool Net::isSameAs(const Net &other) const {
  llvm::DenseMap<const Op *, const Op *> partner;
  auto arePartners = [&](const Op *mine, const Op *theirs) {
    return partner.lookup(mine) == theirs;
  };
  if (ops.size() != other.ops.size())
    return false;
  for (auto [mine, theirs] : llvm::zip_equal(ops, other.ops)) {
    if (mine->kind != theirs->kind || mine->type != theirs->type ||
        mine->attributes != theirs->attributes || mine->data != theirs->data ||
        !llvm::equal(mine->operands, theirs->operands, arePartners))
      return false;
    partner[mine.get()] = theirs.get();
  }
  return llvm::equal(outputs, other.outputs, arePartners);
}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

/// Of several nodes the one that computes: files list it behind those that make
/// its constants. Of a linear layer the product, which an addition may follow.
static const LocationPart *findNode(const Op &op) {
  const LocationPart *found = nullptr;
  bool isProduct = false;
  for (const LocationPart &part : op.location) {
    bool isAlso = part.operatorName == "Gemm" || part.operatorName == "MatMul";
    if (part.kind != LocationPart::Node ||
        (isProduct && !isAlso && op.is(OpKind::Affine)))
      continue;
    found = &part;
    isProduct = isAlso;
  }
  return found;
}

std::string getPlace(const Net &net) {
  return net.source.empty() ? "@" + net.name : net.source;
}

std::string getPlace(const Net &net, const Op &op) {
  std::string name = " '" + op.name + "'";
  if (!net.source.empty() && op.is(OpKind::Input))
    return net.source + ": input" + name;
  const LocationPart *node = findNode(op);
  if (!net.source.empty() && node)
    return net.source + ":#" + std::to_string(node->index) +
           (node->operatorName.empty() ? "" : " " + node->operatorName) +
           (node->name.empty() ? " (unnamed)" : " '" + node->name + "'");
  for (const LocationPart &part : op.location)
    if (!net.source.empty() && part.kind == LocationPart::Init)
      return net.source + ": initializer '" + part.name + "'";
  return getPlace(net) + " %" + op.name;
}

} // namespace qev
