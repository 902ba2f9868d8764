//===- Align.cpp - Pairing the values of two nets ---------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Both nets are walked from their outputs to their inputs at once. Between two
// anchors (inputs, affine ops, sums of two values) lies a chain of element-wise
// ops on each side. The chains are aligned like two words, by dynamic
// programming: ops of the same kind match, an activation also matches the
// quantizer that took its place, and what has no match is paired with the
// unchanged value of the other side.
//
//===----------------------------------------------------------------------===//

#include "qev/Analysis/Align.h"
#include "qev/Analysis/Linear.h"
#include "qev/Analysis/Step.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/ADT/DenseSet.h"

namespace qev {

namespace {

/// The element-wise ops above an anchor, the anchor's end first. An element is
/// the op whose value stands for it: of a quantizer its dequantize.
struct Chain {
  Op *anchor;
  std::vector<Op *> links;
};

class Aligner {
public:
  Aligner(Net &first, Net &second) : twin(std::make_unique<Twin>()) {
    twin->first = &first;
    twin->second = &second;
    twin->query = nullptr;
  }

  llvm::Error run();
  std::unique_ptr<Twin> take() { return std::move(twin); }

private:
  /// Chains whose anchors' operands are being aligned: nets may be deeper than
  /// what a stack of calls holds.
  struct Frame {
    Chain first, second;
    unsigned aligned = 0; ///< operands of the anchors
  };

  llvm::Error align(Op *first, Op *second);
  llvm::Error open(Op *first, Op *second);
  llvm::Error checkAnchors(Op *first, Op *second);
  llvm::Error alignChains(const Chain &first, const Chain &second);
  void addPair(Op *first, Op *second);
  llvm::Error mismatch(const Op *first, const Op *second,
                       const llvm::Twine &why);
  std::string compareDepths() const;

  std::unique_ptr<Twin> twin;
  llvm::DenseSet<std::pair<Op *, Op *>> done;
  llvm::DenseSet<std::pair<Op *, Op *>> listed;
  std::vector<Frame> frames;
};

} // namespace

/// What an element of a chain does, for matching.
static const Op &getFunction(const Op &op) {
  return op.is(OpKind::Dequantize) ? *op.operands[0] : op;
}

static Op *getChainOperand(Op *op) {
  switch (op->kind) {
  case OpKind::Relu:
  case OpKind::Clip:
  case OpKind::Reshape:
  case OpKind::Quantize:
  case OpKind::Dequantize:
    return op->operands[0];
  case OpKind::Add:
  case OpKind::Sub:
  case OpKind::Mul:
  case OpKind::Div: {
    if (!getConstOperand(*op))
      return nullptr;
    Op *value = op->operands[op->operands[0]->is(OpKind::Const)];
    // Broadcasting that repeats elements is no element-wise link.
    return value->type.getNumElements() == op->type.getNumElements() ? value
                                                                     : nullptr;
  }
  case OpKind::Input:
  case OpKind::Const:
  case OpKind::Affine:
    return nullptr;
  }
  llvm_unreachable("all op kinds are handled");
}

static Chain getChain(Op *op) {
  Chain chain;
  while (Op *operand = getChainOperand(op)) {
    if (op->is(OpKind::Dequantize) && operand->is(OpKind::Quantize)) {
      chain.links.push_back(op);
      operand = operand->operands[0];
    } else if (!op->is(OpKind::Reshape)) {
      chain.links.push_back(op);
    }
    op = operand;
  }
  chain.anchor = op;
  std::reverse(chain.links.begin(), chain.links.end());
  return chain;
}

constexpr int largestAffinity = 6;

/// How well two links correspond; 0 if they may not be matched.
static int getAffinity(const Op &first, const Op &second) {
  const Op &f = getFunction(first), &s = getFunction(second);
  bool steps = isClampStep(f) && isClampStep(s);
  if (f.kind == s.kind)
    return f.is(OpKind::Quantize) && f.type.getQuant() != s.type.getQuant()
               ? 5
               : largestAffinity;
  if (!steps) {
    auto isSum = [](const Op &op) {
      return op.is(OpKind::Add) || op.is(OpKind::Sub);
    };
    auto isScaling = [](const Op &op) {
      return op.is(OpKind::Mul) || op.is(OpKind::Div);
    };
    return (isSum(f) && isSum(s)) || (isScaling(f) && isScaling(s))
               ? largestAffinity
               : 0;
  }
  // A quantizer whose lowest code is its zero point does what a relu does.
  const Op &quantizer = f.is(OpKind::Quantize) ? f : s;
  if (!quantizer.is(OpKind::Quantize))
    return 4; // relu and clip
  return getClampStep(quantizer, 0).lo == 0 ? 4 : 2;
}

void Aligner::addPair(Op *first, Op *second) {
  if (listed.insert({first, second}).second)
    twin->pairs.push_back({first, second, std::nullopt, {}});
}

llvm::Error Aligner::alignChains(const Chain &first, const Chain &second) {
  size_t rows = first.links.size(), columns = second.links.size();
  // What matches as well as can be at the beginning is matched by some best
  // alignment, and by the one that matches early.
  size_t common = 0;
  while (common < std::min(rows, columns) &&
         getAffinity(*first.links[common], *second.links[common]) ==
             largestAffinity)
    ++common;
  constexpr size_t mostCells = size_t(1) << 26;
  if ((rows - common) > mostCells / (columns - common + 1))
    return mismatch(first.anchor, second.anchor,
                    "behind these stand " + llvm::Twine(rows) + " and " +
                        llvm::Twine(columns) +
                        " element-wise nodes, too many to find out which "
                        "correspond");
  // best[i][j]: the largest affinity of the links from i and j on, so that the
  // forward walk below takes matches as early as is optimal.
  // There is no need to know it in front of what both begin with.
  std::vector<std::vector<int>> table(rows - common + 1,
                                      std::vector<int>(columns - common + 1));
  auto best = [&](size_t i, size_t j) -> int & {
    return table[i - common][j - common];
  };
  for (size_t i = rows; i-- > common;)
    for (size_t j = columns; j-- > common;) {
      best(i, j) = std::max(best(i + 1, j), best(i, j + 1));
      if (int affinity = getAffinity(*first.links[i], *second.links[j]))
        best(i, j) = std::max(best(i, j), affinity + best(i + 1, j + 1));
    }
  Op *f = first.anchor, *s = second.anchor;
  // Inputs are equal by definition; they are listed only where they are
  // outputs as well.
  if (!f->is(OpKind::Input) || rows + columns == 0)
    addPair(f, s);
  for (size_t i = 0, j = 0; i < rows || j < columns;) {
    int affinity = i < rows && j < columns
                       ? getAffinity(*first.links[i], *second.links[j])
                       : 0;
    if (i < common ||
        (affinity && best(i, j) == affinity + best(i + 1, j + 1))) {
      f = first.links[i++];
      s = second.links[j++];
    } else if (j < columns && (i == rows || best(i, j) == best(i, j + 1))) {
      s = second.links[j++];
    } else {
      f = first.links[i++];
    }
    addPair(f, s);
  }
  return llvm::Error::success();
}

llvm::Error Aligner::mismatch(const Op *first, const Op *second,
                              const llvm::Twine &why) {
  return makeError(DiagId::Align,
                   getPlace(*twin->first, *first) + " ~ " +
                       getPlace(*twin->second, *second),
                   why + compareDepths());
}

/// A layer too many shows where the walk meets another one, which may be any.
std::string Aligner::compareDepths() const {
  auto count = [](const Net &net) {
    return llvm::count_if(
        net.ops, [](const auto &op) { return op->is(OpKind::Affine); });
  };
  auto first = count(*twin->first), second = count(*twin->second);
  if (first == second)
    return "";
  return ("; the models have " + llvm::Twine(first) + " and " +
          llvm::Twine(second) + " linear layers")
      .str();
}

/// What an anchor is, for people who know their model and not the IR.
static llvm::StringRef describe(const Op &op) {
  switch (op.kind) {
  case OpKind::Input:
    return "an input";
  case OpKind::Const:
    return "a constant";
  case OpKind::Affine:
    return "a linear layer";
  case OpKind::Add:
  case OpKind::Sub:
    return "a sum of two values";
  case OpKind::Mul:
    return "a product of two values";
  case OpKind::Div:
    return "a quotient that repeats elements";
  case OpKind::Relu:
  case OpKind::Clip:
  case OpKind::Reshape:
  case OpKind::Quantize:
  case OpKind::Dequantize:
    return "an element-wise step";
  }
  llvm_unreachable("all op kinds are handled");
}

/// How many operands of an anchor are no constants.
static unsigned countOperands(const Op &anchor) {
  return anchor.is(OpKind::Input) ? 0 : anchor.is(OpKind::Affine) ? 1 : 2;
}

llvm::Error Aligner::checkAnchors(Op *first, Op *second) {
  if (first->kind != second->kind)
    return mismatch(first, second,
                    describe(*first) + " cannot be paired with " +
                        describe(*second));
  switch (first->kind) {
  case OpKind::Input: {
    auto f = twin->first->getInputs(), s = twin->second->getInputs();
    if (llvm::find(f, first) - f.begin() != llvm::find(s, second) - s.begin())
      return mismatch(first, second, "different inputs cannot be paired here");
    return llvm::Error::success();
  }
  case OpKind::Affine:
    if (auto f = first->operands[1]->type.getShape(),
        s = second->operands[1]->type.getShape();
        f != s)
      return mismatch(first, second,
                      "a linear layer from " + llvm::Twine(f[1]) + " to " +
                          llvm::Twine(f[0]) +
                          " elements cannot be paired with one from " +
                          llvm::Twine(s[1]) + " to " + llvm::Twine(s[0]));
    return llvm::Error::success();
  case OpKind::Add:
  case OpKind::Sub:
    return llvm::Error::success();
  case OpKind::Const:
  case OpKind::Mul:
  case OpKind::Div:
  case OpKind::Relu:
  case OpKind::Clip:
  case OpKind::Reshape:
  case OpKind::Quantize:
  case OpKind::Dequantize:
    return mismatch(first, second, describe(*first) + " cannot be paired here");
  }
  llvm_unreachable("all op kinds are handled");
}

llvm::Error Aligner::open(Op *first, Op *second) {
  if (!done.insert({first, second}).second)
    return llvm::Error::success();
  if (first->type.getNumElements() != second->type.getNumElements())
    return mismatch(first, second,
                    llvm::Twine(first->type.getNumElements()) +
                        " elements cannot be paired with " +
                        llvm::Twine(second->type.getNumElements()));
  Chain f = getChain(first), s = getChain(second);
  if (llvm::Error error = checkAnchors(f.anchor, s.anchor))
    return error;
  frames.push_back({std::move(f), std::move(s)});
  return llvm::Error::success();
}

llvm::Error Aligner::align(Op *first, Op *second) {
  if (llvm::Error error = open(first, second))
    return error;
  while (!frames.empty()) {
    Frame &frame = frames.back();
    Op *f = frame.first.anchor, *s = frame.second.anchor;
    if (frame.aligned < countOperands(*f)) {
      unsigned i = frame.aligned++;
      if (llvm::Error error = open(f->operands[i], s->operands[i]))
        return error;
      continue;
    }
    if (llvm::Error error = alignChains(frame.first, frame.second))
      return error;
    frames.pop_back();
  }
  return llvm::Error::success();
}

llvm::Error Aligner::run() {
  Net &first = *twin->first, &second = *twin->second;
  auto f = first.getInputs(), s = second.getInputs();
  if (f.size() != s.size() || first.outputs.size() != second.outputs.size())
    return makeError(DiagId::Align, getPlace(first) + " ~ " + getPlace(second),
                     llvm::Twine(f.size()) + " inputs and " +
                         llvm::Twine(first.outputs.size()) +
                         " outputs cannot be paired with " +
                         llvm::Twine(s.size()) + " inputs and " +
                         llvm::Twine(second.outputs.size()) + " outputs");
  for (auto [a, b] : llvm::zip_equal(f, s))
    if (a->type.getNumElements() != b->type.getNumElements())
      return mismatch(a, b,
                      "the inputs have " +
                          llvm::Twine(a->type.getNumElements()) + " and " +
                          llvm::Twine(b->type.getNumElements()) + " elements");
  for (auto [a, b] : llvm::zip_equal(first.outputs, second.outputs))
    if (llvm::Error error = align(a, b))
      return error;
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<Twin>> alignNets(Net &first, Net &second) {
  Aligner aligner(first, second);
  if (llvm::Error error = aligner.run())
    return error;
  return aligner.take();
}

} // namespace qev
