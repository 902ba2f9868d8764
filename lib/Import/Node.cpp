//===- Node.cpp - One node of a model on its way into a net -----*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Node.h"
#include "qev/IR/Verifier.h"
#include "qev/Interp/Interp.h"
#include "qev/Support/Text.h"
#include <cmath>

namespace qev {

llvm::StringRef getDomain(llvm::StringRef domain) {
  return domain == "ai.onnx" ? "" : domain;
}

std::string getOperatorName(const onnx::NodeProto &node) {
  llvm::StringRef domain = getDomain(node.domain());
  return domain.empty() ? node.op_type()
                        : (domain + "." + node.op_type()).str();
}

//===----------------------------------------------------------------------===//
// Inputs
//===----------------------------------------------------------------------===//

llvm::Expected<const Tensor *> Node::getConstant(unsigned i) const {
  if (const Tensor *tensor = inputs[i]->getTensor())
    return tensor;
  if (inputs[i]->getQuantized())
    return unsupported("a dequantized constant is not supported here", i);
  return unsupported("must be a constant", i);
}

llvm::Expected<llvm::ArrayRef<int64_t>>
Node::getIntegers(unsigned i, bool mayBeScalar) const {
  auto tensor = getConstant(i);
  if (!tensor)
    return tensor.takeError();
  if ((*tensor)->type != ElementType::Int64 || (*tensor)->shape.size() > 1 ||
      ((*tensor)->shape.empty() && !mayBeScalar))
    return error(DiagId::ModelStructure, "must be a list of int64 numbers", i);
  return llvm::ArrayRef<int64_t>((*tensor)->integers);
}

llvm::Expected<float> Node::getScalar(unsigned i) const {
  auto tensor = getConstant(i);
  if (!tensor)
    return tensor.takeError();
  if (!(*tensor)->isFloat() || (*tensor)->floats.size() != 1 ||
      (*tensor)->shape.size() > 1)
    return error(DiagId::ModelStructure, "must be one float32 number", i);
  return (*tensor)->floats[0];
}

llvm::Expected<Op *> Node::getReal(unsigned i) { return getReal(inputs[i], i); }

llvm::Expected<Op *> Node::getReal(const ValueRef &value, unsigned i) {
  if (value->isCodes())
    return unsupported("quantized integers are not supported here, only what "
                       "DequantizeLinear makes of them",
                       i);
  if (Op *op = value->getOp())
    return op;
  if (const Tensor *tensor = value->getTensor()) {
    if (!tensor->isFloat())
      return unsupported("element type " + getElementTypeName(tensor->type) +
                             " is not supported here",
                         i);
    for (auto [at, number] : llvm::enumerate(tensor->floats))
      if (!std::isfinite(number))
        return error(DiagId::TensorData,
                     "element " + llvm::Twine(at) + " of the constant is " +
                         printReal(number),
                     i);
  }
  through = fuseLocations(through, value->through);
  if (Op *op = state.constOps.lookup(value.get()))
    return op;
  Op made = makeConstOp(*value);
  if (auto failure = check(made.type, /*isConstant=*/true, i))
    return failure;
  Op *op = state.net.addConst(made.name, made.type, *made.data, made.location);
  state.constOps[value.get()] = op;
  state.keptAlive.push_back(value);
  return op;
}

llvm::Expected<Op *> Node::getActivation(unsigned i) {
  if (!inputs[i]->getOp())
    return unsupported("a constant is not supported here", i);
  return getReal(i);
}

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

bool Node::hasAttribute(llvm::StringRef name) const {
  return llvm::any_of(proto.attribute(), [&](const auto &attribute) {
    return attribute.name() == name;
  });
}

const onnx::AttributeProto *
Node::getAttribute(llvm::StringRef name, AttributeType type, int64_t since) {
  if (opset < since)
    return nullptr;
  readAttributes.insert(name);
  for (const auto &attribute : proto.attribute()) {
    if (attribute.name() != name)
      continue;
    if (attribute.type() == type && attribute.ref_attr_name().empty())
      return &attribute;
    attributeProblem = ("attribute '" + name + "' must be of type " +
                        onnx::AttributeProto::AttributeType_Name(type))
                           .str();
  }
  return nullptr;
}

int64_t Node::getInt(llvm::StringRef name, int64_t absent, int64_t since) {
  auto *attribute = getAttribute(name, onnx::AttributeProto::INT, since);
  return attribute ? attribute->i() : absent;
}

float Node::getFloat(llvm::StringRef name, float absent, int64_t since) {
  auto *attribute = getAttribute(name, onnx::AttributeProto::FLOAT, since);
  return attribute ? attribute->f() : absent;
}

std::optional<Shape> Node::getInts(llvm::StringRef name, int64_t since) {
  auto *attribute = getAttribute(name, onnx::AttributeProto::INTS, since);
  if (!attribute)
    return std::nullopt;
  return Shape(attribute->ints().begin(), attribute->ints().end());
}

std::optional<std::vector<float>> Node::getFloats(llvm::StringRef name,
                                                  int64_t since) {
  auto *attribute = getAttribute(name, onnx::AttributeProto::FLOATS, since);
  if (!attribute)
    return std::nullopt;
  return std::vector<float>(attribute->floats().begin(),
                            attribute->floats().end());
}

const onnx::TensorProto *Node::getTensorProto(llvm::StringRef name) {
  auto *attribute = getAttribute(name, onnx::AttributeProto::TENSOR);
  return attribute ? &attribute->t() : nullptr;
}

/// Whether an attribute has no value of another type than its own.
static bool hasOneValue(const onnx::AttributeProto &attribute) {
  using Type = onnx::AttributeProto;
  for (auto [type, isSet] :
       {std::pair(Type::FLOAT, attribute.has_f()),
        {Type::INT, attribute.has_i()},
        {Type::STRING, attribute.has_s()},
        {Type::TENSOR, attribute.has_t()},
        {Type::GRAPH, attribute.has_g()},
        {Type::SPARSE_TENSOR, attribute.has_sparse_tensor()},
        {Type::TYPE_PROTO, attribute.has_tp()},
        {Type::FLOATS, attribute.floats_size() != 0},
        {Type::INTS, attribute.ints_size() != 0},
        {Type::STRINGS, attribute.strings_size() != 0},
        {Type::TENSORS, attribute.tensors_size() != 0},
        {Type::GRAPHS, attribute.graphs_size() != 0},
        {Type::SPARSE_TENSORS, attribute.sparse_tensors_size() != 0},
        {Type::TYPE_PROTOS, attribute.type_protos_size() != 0}})
    if (isSet && type != attribute.type())
      return false;
  return true;
}

llvm::Error Node::checkAttributes() {
  if (attributeProblem)
    return error(DiagId::ModelStructure, *attributeProblem);
  for (const auto &attribute : proto.attribute()) {
    std::string name = "attribute '" + attribute.name() + "'";
    if (!readAttributes.contains(attribute.name()))
      return unsupported(name + " is not supported in version " +
                         llvm::Twine(opset));
    if (!hasOneValue(attribute))
      return error(
          DiagId::ModelStructure,
          name + " is of type " +
              onnx::AttributeProto::AttributeType_Name(attribute.type()) +
              " and has a value of another type");
  }
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

llvm::Expected<TensorType> Node::infer(const Op &op) const {
  auto type = inferType(op);
  if (type) {
    if (auto failure = check(*type, /*isConstant=*/false))
      return failure;
    return type;
  }
  // The rule is one of the IR, the place is in the file.
  Diagnostic broken;
  llvm::handleAllErrors(
      type.takeError(),
      [&](const DiagnosticError &problem) { broken = problem.get(); },
      [&](const llvm::ErrorInfoBase &problem) {
        broken.id = DiagId::ModelStructure;
        broken.message = problem.message();
      });
  return error(broken.id, broken.message);
}

llvm::Expected<Op *> Node::add(OpKind kind, llvm::ArrayRef<Op *> operands,
                               Attributes attributes,
                               std::optional<TensorType> type) {
  return addNamed(getOutputName(), kind, operands, std::move(attributes),
                  std::move(type));
}

llvm::Expected<Op *> Node::addStep(OpKind kind, llvm::ArrayRef<Op *> operands) {
  return addNamed(getOutputName() + "_" + getMnemonic(kind), kind, operands, {},
                  std::nullopt);
}

llvm::Expected<Op *> Node::addReshape(Op *op, llvm::ArrayRef<int64_t> shape) {
  return addNamed(getOutputName() + "_reshape", OpKind::Reshape, {op}, {},
                  op->type.withShape(shape));
}

llvm::Expected<Op *> Node::addNamed(const llvm::Twine &name, OpKind kind,
                                    llvm::ArrayRef<Op *> operands,
                                    Attributes attributes,
                                    std::optional<TensorType> type) {
  Op op;
  op.kind = kind;
  op.operands.assign(operands.begin(), operands.end());
  op.attributes = std::move(attributes);
  if (type)
    op.type = *type;
  // Also where the type is given: the operands may break a rule.
  auto inferred = infer(op);
  if (!inferred)
    return inferred.takeError();
  if (auto failure = state.budget.compute(inferred->getNumElements(), where()))
    return failure;
  Location location = fuseLocations(through, getLocation());
  if (auto failure = takeForPlaces(location.size() - 1))
    return failure;
  llvm::sort(location, [](const LocationPart &a, const LocationPart &b) {
    return a.index < b.index; // all are nodes
  });
  Op *added = state.net.add(kind, name.str(), *inferred, operands, location);
  added->attributes = std::move(op.attributes);
  return added;
}

llvm::Expected<ValueRef> Node::addValue(OpKind kind,
                                        llvm::ArrayRef<Op *> operands,
                                        Attributes attributes) {
  auto op = add(kind, operands, std::move(attributes));
  if (!op)
    return op.takeError();
  return makeValue(*op);
}

ValueRef Node::makeValue(Op *op) const {
  return std::make_shared<Value>(Value{op->name, op, {}, {}});
}

llvm::Error Node::makeRoom(int64_t count) {
  room += count;
  return state.budget.make(count, where());
}

llvm::Error Node::takeForPlaces(size_t count) const {
  return state.budget.make(
      static_cast<int64_t>(count) * Budget::elementsPerPlace, where());
}

llvm::Expected<ValueRef> Node::finishConstant(Value value) {
  room -= getNumElements(value.getShape());
  assert(room >= 0 && "no room was made for a constant");
  if (auto failure = takeForPlaces(value.origin.size() + value.through.size()))
    return failure;
  return std::make_shared<Value>(std::move(value));
}

llvm::Expected<Tensor> Node::decode(const onnx::TensorProto &tensor,
                                    llvm::StringRef attribute) {
  return decodeTensor(tensor, where() + " attribute '" + attribute + "'",
                      state.folder, state.budget);
}

llvm::Expected<ValueRef>
Node::makeConstant(decltype(Value::content) content,
                   llvm::ArrayRef<const Value *> from) {
  Value value{getOutputName().str(), std::move(content), {}, {}};
  for (const Value *source : from) {
    value.origin = fuseLocations(value.origin, source->origin);
    value.through = fuseLocations(value.through, source->through);
  }
  Location &mine = value.origin.empty() ? value.origin : value.through;
  mine = fuseLocations(mine, getLocation());
  return finishConstant(std::move(value));
}

llvm::Expected<ValueRef> Node::derive(const Value &from, Value to) {
  to.name = from.name;
  to.origin = from.origin;
  to.through = fuseLocations(from.through, getLocation());
  return finishConstant(std::move(to));
}

ValueRef Node::makeScalar(llvm::StringRef name, float value) const {
  Tensor tensor;
  tensor.floats = {value};
  return std::make_shared<Value>(
      Value{(getOutputName() + "_" + name).str(), tensor, getLocation(), {}});
}

llvm::Expected<Tensor> Node::fold(OpKind kind,
                                  llvm::ArrayRef<const Value *> values,
                                  Attributes attributes,
                                  std::optional<TensorType> type,
                                  ElementType integers) {
  std::vector<Op> constants;
  std::vector<Float32Tensor> numbers;
  for (const Value *value : values) {
    constants.push_back(makeConstOp(*value));
    numbers.push_back(evaluateFloat32(constants.back(), {}));
  }
  Op op;
  op.kind = kind;
  op.attributes = std::move(attributes);
  llvm::SmallVector<const Float32Tensor *, 2> operands;
  for (auto [constant, number] : llvm::zip(constants, numbers)) {
    op.operands.push_back(&constant);
    operands.push_back(&number);
  }
  if (type)
    op.type = *type;
  auto inferred = infer(op);
  if (!inferred)
    return inferred.takeError();
  op.type = *inferred;
  if (auto failure = makeRoom(op.type.getNumElements()))
    return failure;

  Tensor result;
  result.shape.assign(op.type.getShape().begin(), op.type.getShape().end());
  result.type = op.type.isQuantized() ? integers : ElementType::Float;
  for (double number : evaluateFloat32(op, operands)) {
    if (result.isFloat())
      result.floats.push_back(static_cast<float>(number));
    else
      result.integers.push_back(static_cast<int64_t>(number));
  }
  return result;
}

Location Node::getLocation() const {
  return {
      LocationPart{LocationPart::Node, index, proto.name(), proto.op_type()}};
}

//===----------------------------------------------------------------------===//
// Complaints
//===----------------------------------------------------------------------===//

static DiagId getId(TypeError::Kind kind) {
  switch (kind) {
  case TypeError::Shape:
    return DiagId::OpShape;
  case TypeError::Scale:
    return DiagId::QuantScale;
  case TypeError::ZeroPoint:
    return DiagId::QuantZeroPoint;
  case TypeError::Axis:
    return DiagId::QuantAxis;
  case TypeError::Storage:
    return DiagId::QuantStorage;
  }
  llvm_unreachable("all kinds have an id");
}

llvm::Error Node::check(const TensorType &type, bool isConstant,
                        std::optional<unsigned> input) const {
  if (auto problem = checkType(type, isConstant))
    return error(getId(problem->kind), problem->message, input);
  return llvm::Error::success();
}

std::string Node::where(std::optional<unsigned> input) const {
  std::string text = state.path + ":#" + std::to_string(index) + " " +
                     printForeign(getOperatorName(proto));
  if (!proto.name().empty())
    text += " '" + printForeign(proto.name()) + "'";
  else
    text += " (unnamed, output '" + printForeign(getOutputName()) + "')";
  if (input)
    text += " input '" + printForeign(proto.input(*input)) + "'";
  return text;
}

} // namespace qev
