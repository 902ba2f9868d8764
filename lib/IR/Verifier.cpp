//===- Verifier.cpp - Rules of well-formed nets -----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/IR/Verifier.h"
#include "Complaints.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/StringSet.h"
#include <cmath>

namespace qev {

namespace {

class NetVerifier {
public:
  NetVerifier(const Net &net, Complaints &complaints)
      : net(net), complaints(complaints) {}

  void run();

private:
  void error(DiagId id, const Op &op, const llvm::Twine &message) {
    complaints.error(id, &op,
                     printName('@', net.name) + " " + printName('%', op.name),
                     message);
  }
  bool checkPlace(const Op &op);
  bool checkOwnType(const Op &op);
  bool checkData(const Op &op);
  void checkInferredType(const Op &op);
  void checkAttributes(const Op &op);
  void checkOutputs();

  const Net &net;
  Complaints &complaints;
  llvm::StringSet<> names;
  llvm::DenseSet<const Op *> defined;
  llvm::DenseSet<const Op *> readable; ///< with a sound type and sound data
};

} // namespace

/// The name of the op, and its operands.
bool NetVerifier::checkPlace(const Op &op) {
  // NT1: names are unique in the net.
  if (!names.insert(op.name).second)
    error(DiagId::Redefinition, op,
          printName('%', op.name) + " is defined twice");
  // NT2: operands are defined before their users.
  for (const Op *operand : op.operands)
    if (!defined.contains(operand)) {
      error(DiagId::UndefinedValue, op,
            "an operand is not defined before its use");
      return false;
    }
  return true;
}

bool NetVerifier::checkOwnType(const Op &op) {
  if (auto wrong = checkType(op.type, op.is(OpKind::Const))) {
    error(getDiagId(wrong->kind), op, wrong->message);
    return false;
  }
  if (!op.is(OpKind::Input))
    return true;
  // NT3: inputs are f32.
  if (op.type.isQuantized())
    error(DiagId::NetSignature, op,
          "an input must be f32, got " + printType(op.type));
  return true;
}

bool NetVerifier::checkData(const Op &op) {
  // OC1: a constant, and nothing else, has data: as its type says.
  if (op.data.has_value() != op.is(OpKind::Const)) {
    error(DiagId::ConstData, op,
          op.data ? "only constants have data" : "constant without data");
    return false;
  }
  if (!op.data)
    return true;
  const ConstData &data = *op.data;
  if (data.isFloat() == op.type.isQuantized() ||
      data.size() != op.type.getNumElements()) {
    error(DiagId::ConstData, op,
          "constant has " + llvm::Twine(data.size()) +
              (data.isFloat() ? " floats" : " codes") + ", its type is " +
              printType(op.type));
    return false;
  }
  if (data.isFloat()) {
    // OC2: floats are finite.
    for (auto [i, value] : llvm::enumerate(data.getFloats()))
      if (!std::isfinite(value)) {
        error(DiagId::ConstData, op,
              "element " + llvm::Twine(i) +
                  " is not finite: " + printReal(value));
        return false;
      }
    return true;
  }
  // OC3: codes lie in the type's range.
  const Storage &storage = op.type.getQuant().storage;
  for (auto [i, code] : llvm::enumerate(data.getCodes()))
    if (code < storage.min || code > storage.max) {
      error(DiagId::ConstData, op,
            "element " + llvm::Twine(i) + " is " + llvm::Twine(code) +
                ", outside the range [" + llvm::Twine(storage.min) + ", " +
                llvm::Twine(storage.max) + "] of its type");
      return false;
    }
  return true;
}

void NetVerifier::checkInferredType(const Op &op) {
  llvm::Expected<TensorType> inferred = inferType(op);
  if (!inferred) {
    llvm::handleAllErrors(inferred.takeError(),
                          [&](const DiagnosticError &problem) {
                            error(problem.get().id, op, problem.get().message);
                          });
    return;
  }
  // OP11: the type is the one that follows from the operands.
  if (*inferred != op.type)
    error(op.type.getShape() != inferred->getShape() ? DiagId::OpShape
                                                     : DiagId::OpType,
          op,
          "'" + getMnemonic(op.kind) + "' must have type " +
              printType(*inferred) + ", got " + printType(op.type));
}

void NetVerifier::checkAttributes(const Op &op) {
  // OA1: known names, values of the right kind, finite.
  for (const auto &[key, attribute] : op.attributes) {
    const auto *spec = llvm::find_if(getAttributeSpecs(op.kind),
                                     [&](auto &s) { return s.name == key; });
    if (spec == getAttributeSpecs(op.kind).end()) {
      error(DiagId::OpAttribute, op,
            "'" + getMnemonic(op.kind) + "' has no attribute '" + key + "'");
      continue;
    }
    const float *number = std::get_if<float>(&attribute);
    if (attribute.index() != static_cast<size_t>(spec->kind) ||
        (number && !std::isfinite(*number)))
      error(DiagId::OpAttribute, op,
            "attribute '" + llvm::Twine(key) +
                "' is of the wrong kind or not finite");
  }
  // OA2: a clip keeps something.
  auto min = op.getFloatAttr("min"), max = op.getFloatAttr("max");
  if (op.is(OpKind::Clip) && min && max && *min > *max)
    error(DiagId::OpAttribute, op,
          "'clip' needs min <= max, got " + printReal(*min) + " and " +
              printReal(*max));
}

void NetVerifier::checkOutputs() {
  std::string where = printName('@', net.name);
  // NT4: at least one output; outputs are values of the net.
  if (net.outputs.empty())
    complaints.error(DiagId::NetSignature, &net, where,
                     "a net needs at least one output");
  for (const Op *output : net.outputs)
    if (!defined.contains(output))
      complaints.error(DiagId::NetSignature, &net, where,
                       "an output is not a value of the net");
}

void NetVerifier::run() {
  bool onlyInputs = true;
  for (const auto &op : net.ops) {
    bool sound = checkPlace(*op);
    sound &= checkOwnType(*op);
    // NT3: inputs come first.
    onlyInputs &= op->is(OpKind::Input);
    if (op->is(OpKind::Input) && !onlyInputs)
      error(DiagId::NetSignature, *op, "inputs must come before other ops");
    sound &= checkData(*op);
    checkAttributes(*op);
    // Inference reads the types and data of the operands.
    if (sound && llvm::all_of(op->operands, [&](const Op *operand) {
          return readable.contains(operand);
        }))
      checkInferredType(*op);
    if (sound)
      readable.insert(op.get());
    if (op->bounds)
      verifyBounds(*op->bounds, *op, op.get(),
                   printName('@', net.name) + " " + printName('%', op->name),
                   DiagId::BoundsShape, complaints);
    defined.insert(op.get());
  }
  checkOutputs();
}

llvm::LogicalResult
verify(const Module &module, DiagnosticEngine &diagnostics,
       llvm::function_ref<std::string(const void *)> locate) {
  Complaints complaints(diagnostics, locate);
  // MD1, MD2: names of nets and of queries are unique.
  llvm::StringSet<> nets, queries;
  for (const auto &net : module.nets) {
    if (!nets.insert(net->name).second)
      complaints.error(
          DiagId::Redefinition, net.get(), printName('@', net->name),
          "net " + printName('@', net->name) + " is defined twice");
    NetVerifier(*net, complaints).run();
  }
  for (const auto &query : module.queries) {
    if (!queries.insert(query->name).second)
      complaints.error(
          DiagId::Redefinition, query.get(), printName('@', query->name),
          "query " + printName('@', query->name) + " is defined twice");
    verifyQuery(module, *query, complaints);
  }
  for (const auto &twin : module.twins)
    verifyTwin(module, *twin, complaints);
  return llvm::success(complaints.getCount() == 0);
}

} // namespace qev
