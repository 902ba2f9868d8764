//===- Importer.cpp - Nets from ONNX files ----------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Graph.h"
#include "ModelFile.h"
#include "Ops/Handlers.h"
#include "qev/Import/Onnx.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/Support/Path.h"

namespace qev {

//===----------------------------------------------------------------------===//
// The table of operators
//===----------------------------------------------------------------------===//

namespace {

struct OperatorEntry {
  llvm::StringLiteral domain, name;
  int64_t since;
  int minInputs, maxInputs, maxOutputs;
  Handler handler;
};
constexpr OperatorEntry operators[] = {
#define QEV_ONNX_OP(DOMAIN, NAME, SINCE, MIN, MAX, OUTPUTS, HANDLER)           \
  {DOMAIN, NAME, SINCE, MIN, MAX, OUTPUTS, HANDLER},
#include "Ops.def"
};

struct RefusedEntry {
  llvm::StringLiteral domain, name, hint;
};
constexpr RefusedEntry refused[] = {
#define QEV_ONNX_REFUSED(DOMAIN, NAME, HINT) {DOMAIN, NAME, HINT},
#include "Ops.def"
};

// The versions whose operators the handlers know.
constexpr int64_t minIrVersion = 3, maxIrVersion = 13;
constexpr int64_t minOpset = 7, maxOpset = 25;
constexpr int64_t contributedOpset = 1; // of com.microsoft

/// The entry of the operator for a version of its operator set; the first one
/// where that is older; none if it is not supported at all.
const OperatorEntry *findOperator(const onnx::NodeProto &node, int64_t opset) {
  const OperatorEntry *found = nullptr;
  for (const OperatorEntry &e : operators)
    if (e.domain == getDomain(node.domain()) && e.name == node.op_type() &&
        (!found || e.since <= opset))
      found = &e;
  return found;
}

std::string whyUnsupported(const onnx::NodeProto &node) {
  std::string message =
      "operator '" + getOperatorName(node) + "' is not supported";
  for (const RefusedEntry &entry : refused)
    if (entry.domain == getDomain(node.domain()) &&
        (entry.name.empty() || entry.name == node.op_type()))
      return message + ": " + entry.hint.str();
  return message;
}

class Importer {
public:
  Importer(llvm::StringRef modelPath, llvm::StringRef netName,
           const onnx::ModelProto &modelProto)
      : path(modelPath), model(modelProto), graph(modelProto.graph()),
        net(std::make_unique<Net>(netName.str())),
        state{modelPath.str(),
              llvm::sys::path::parent_path(modelPath).str(),
              *net,
              llvm::DenseMap<const Value *, Op *>(),
              {}} {}

  llvm::Expected<ImportedModel> run();

private:
  llvm::Error error(const llvm::Twine &message,
                    DiagId id = DiagId::ModelStructure) const {
    return makeError(id, path, message);
  }
  llvm::Error readHeader();
  /// Of the operator set that the node is written in; 0 if it is not imported.
  int64_t getVersion(const onnx::NodeProto &node) const {
    return opsets.lookup(getDomain(node.domain()));
  }
  llvm::Error addInput(const onnx::ValueInfoProto &input);
  llvm::Error addNode(int index, const GraphOrder &order);
  llvm::Error readCodes(const onnx::ValueInfoProto &input, unsigned position,
                        const GraphOrder &order);
  llvm::Expected<int> findReader(const std::string &name, ElementType type,
                                 const GraphOrder &order) const;
  llvm::Error checkDeclaration(const onnx::ValueInfoProto &declaration,
                               const GraphOrder &order);
  llvm::Expected<const OperatorEntry *>
  checkOperator(const onnx::NodeProto &proto, const Node &bare) const;
  llvm::Error addOutputs(const GraphOrder &order);
  /// The value of a name; initializers are decoded when first asked for.
  llvm::Expected<ValueRef> lookUp(const std::string &name,
                                  const llvm::Twine &where,
                                  const GraphOrder &order);
  void eraseUnused();

  llvm::StringRef path;
  const onnx::ModelProto &model;
  const onnx::GraphProto &graph;
  std::unique_ptr<Net> net;
  ImportState state;
  ModelInfo info;
  llvm::StringMap<int64_t> opsets; ///< version by domain
  llvm::StringMap<ValueRef> values;
  bool hasOpenInput = false; ///< one whose first dimension is taken as 1
};

} // namespace

//===----------------------------------------------------------------------===//
// Header
//===----------------------------------------------------------------------===//

llvm::Error Importer::readHeader() {
  info.irVersion = model.ir_version();
  info.producer = model.producer_name();
  if (!model.producer_version().empty())
    info.producer += " " + model.producer_version();
  if (info.irVersion < minIrVersion || info.irVersion > maxIrVersion)
    return error("IR version " + llvm::Twine(info.irVersion) +
                     " is not supported, only " + llvm::Twine(minIrVersion) +
                     " to " + llvm::Twine(maxIrVersion),
                 DiagId::OpUnsupported);
  for (const auto &import : model.opset_import()) {
    llvm::StringRef domain = getDomain(import.domain());
    info.opsets.emplace_back(domain.str(), import.version());
    if (!opsets.try_emplace(domain, import.version()).second)
      return error("operator set '" + domain + "' is imported twice");
  }
  auto main = opsets.find("");
  if (main == opsets.end())
    return error("no version of the ONNX operator set is imported");
  if (main->second < minOpset || main->second > maxOpset)
    return error("operator set version " + llvm::Twine(main->second) +
                     " is not supported, only " + llvm::Twine(minOpset) +
                     " to " + llvm::Twine(maxOpset),
                 DiagId::OpUnsupported);
  for (const auto &node : graph.node())
    ++info.operators[getOperatorName(node)];
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Inputs and outputs
//===----------------------------------------------------------------------===//

llvm::Error Importer::addInput(const onnx::ValueInfoProto &input) {
  std::string name = "input '" + input.name() + "'";
  if (!input.type().has_tensor_type())
    return error(name + " is not a tensor", DiagId::OpUnsupported);
  const auto &type = input.type().tensor_type();
  ElementType elements = getElementType(type.elem_type());
  bool isCodes = getStorage(elements) && elements != ElementType::Int32;
  if (elements != ElementType::Float && !isCodes)
    return error(name + " has element type " +
                     getElementTypeName(type.elem_type()) +
                     ", only float32 and integers of up to 16 bits are "
                     "supported",
                 DiagId::OpUnsupported);
  if (!type.has_shape())
    return error(name + " has no shape", DiagId::OpUnsupported);
  Shape shape;
  for (const auto &[axis, dim] : llvm::enumerate(type.shape().dim())) {
    bool isOpen = !dim.has_dim_value() || dim.dim_value() == -1;
    if (isOpen && axis != 0)
      return error(name + " has no fixed size in dimension " +
                       llvm::Twine(axis) + ", only the first may be open",
                   DiagId::OpUnsupported);
    if (isOpen)
      info.notes.push_back(
          name + ": the first dimension" +
          (dim.dim_param().empty() ? "" : " '" + dim.dim_param() + "'") +
          " is open and taken as 1");
    hasOpenInput |= isOpen;
    shape.push_back(isOpen ? 1 : dim.dim_value());
  }
  if (auto problem = checkType(TensorType::f32(shape), /*isConstant=*/false))
    return error(name + ": " + problem->message, DiagId::TypeRule);
  if (auto failure =
          state.budget.compute(getNumElements(shape), path + ": " + name))
    return failure;
  Op *op = net->add(OpKind::Input, input.name(), TensorType::f32(shape));
  values[input.name()] = std::make_shared<Value>(Value{op->name, op, {}, {}});
  return llvm::Error::success();
}

llvm::Error Importer::addOutputs(const GraphOrder &order) {
  for (const auto &output : graph.output()) {
    std::string name = "output '" + output.name() + "'";
    auto value = lookUp(output.name(), path + ": " + name, order);
    if (!value)
      return value.takeError();
    Op *op = (*value)->getOp();
    if (!op)
      return error(name + " is a constant", DiagId::OpUnsupported);
    if (!hasOpenInput &&
        !fitsShape(output.type().tensor_type(), op->type.getShape()))
      info.notes.push_back(name +
                           " is declared with another shape than it has: " +
                           printType(TensorType::f32(op->type.getShape())));
    net->outputs.push_back(op);
    info.outputs.push_back(output.name());
  }
  return llvm::Error::success();
}

/// The DequantizeLinear that integers of an input go to, perhaps through nodes
/// that only move them.
llvm::Expected<int> Importer::findReader(const std::string &name,
                                         ElementType type,
                                         const GraphOrder &order) const {
  llvm::StringSet<> moved;
  moved.insert(name);
  for (int index : order.nodes) {
    const onnx::NodeProto &node = graph.node(index);
    if (node.input_size() == 0 || !moved.contains(node.input(0)))
      continue;
    if (node.op_type() == "DequantizeLinear")
      return index;
    if (!llvm::is_contained({"Identity", "Reshape", "Flatten", "Squeeze",
                             "Unsqueeze", "Transpose"},
                            node.op_type()))
      return error("input '" + name + "' is a tensor of " +
                       getElementTypeName(type) + " that goes to node #" +
                       llvm::Twine(index) + " " + node.op_type() +
                       ", only DequantizeLinear says what it stands for",
                   DiagId::OpUnsupported);
    moved.insert(node.output(0));
  }
  return error("input '" + name + "' is a tensor of " +
                   getElementTypeName(type) +
                   " that goes to no DequantizeLinear, which would say what it "
                   "stands for",
               DiagId::OpUnsupported);
}

/// Has the net quantize its input, which makes the integers that the file takes
/// from what they stand for.
llvm::Error Importer::readCodes(const onnx::ValueInfoProto &input,
                                unsigned position, const GraphOrder &order) {
  ElementType type = getElementType(input.type().tensor_type().elem_type());
  auto reader = findReader(input.name(), type, order);
  if (!reader)
    return reader.takeError();
  const onnx::NodeProto &proto = graph.node(*reader);
  std::vector<ValueRef> inputs = {values[input.name()]};
  Node bare(state, proto, *reader, getVersion(proto), {});
  if (auto entry = checkOperator(proto, bare); !entry)
    return entry.takeError();
  for (int i = 1; i < proto.input_size() && !proto.input(i).empty(); ++i) {
    const std::string &name = proto.input(i);
    if (!values.contains(name) && !order.initializers.contains(name))
      return bare.unsupported(
          "'" + name +
              "' is neither an initializer nor a "
              "Constant, as it must be where a graph's input is "
              "dequantized",
          i);
    auto value = lookUp(name, bare.where(i), order);
    if (!value)
      return value.takeError();
    inputs.push_back(*value);
  }
  Node node(state, proto, *reader, getVersion(proto), inputs);
  auto quant = readQuantType(node, type);
  if (!quant)
    return quant.takeError();
  if (quant->isPerAxis())
    return bare.unsupported("scales along an axis are not supported where a "
                            "graph's input is dequantized",
                            1);
  Op *real = inputs[0]->getOp();
  if (auto failure =
          state.budget.compute(real->type.getNumElements(), bare.where()))
    return failure;
  Op *codes =
      net->add(OpKind::Quantize, input.name() + "_codes",
               TensorType::quantized(real->type.getShape(), *quant), {real});
  values[input.name()] =
      std::make_shared<Value>(Value{codes->name, codes, {}, {}});
  info.notes.push_back("input '" + input.name() + "' is of type " +
                       getElementTypeName(type) + ": q stands for (q - " +
                       std::to_string(quant->zeroPoints[0]) + ") * " +
                       printReal(quant->scales[0]));
  info.integerInputs.emplace(position, std::move(*quant));
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// Nodes
//===----------------------------------------------------------------------===//

llvm::Expected<ValueRef> Importer::lookUp(const std::string &name,
                                          const llvm::Twine &where,
                                          const GraphOrder &order) {
  ValueRef &value = values[name];
  if (value)
    return value;
  // Names are defined and nodes are sorted: what is left are initializers.
  auto initializer = order.initializers.find(name);
  assert(initializer != order.initializers.end() && "an undefined name");
  auto tensor =
      decodeTensor(*initializer->second, where, state.folder, state.budget);
  if (!tensor)
    return tensor.takeError();
  LocationPart origin{LocationPart::Init, 0, name, {}};
  value =
      std::make_shared<Value>(Value{name, std::move(*tensor), {origin}, {}});
  return value;
}

/// The number of the element type that a value has to ONNX.
static int32_t getElementTypeNumber(const Value &value) {
  if (const Tensor *tensor = value.getTensor())
    return static_cast<int32_t>(tensor->type);
  if (!value.isCodes())
    return onnx::TensorProto::FLOAT;
  const Storage &storage = value.getOp()->type.getQuant().storage;
  return static_cast<int32_t>(getElementType(storage));
}

/// A file says of some values again what follows from its nodes and tensors. A
/// wrong element type is an error. As for ONNX Runtime a wrong shape is one of
/// initializers only: others may be left from another batch. Of an output it is
/// noted.
llvm::Error Importer::checkDeclaration(const onnx::ValueInfoProto &declaration,
                                       const GraphOrder &order) {
  const std::string &name = declaration.name();
  if (!declaration.has_type() ||
      declaration.type().value_case() == onnx::TypeProto::VALUE_NOT_SET)
    return llvm::Error::success();
  int32_t type = onnx::TensorProto::UNDEFINED;
  // Of an integer input the value is what its integers stand for.
  auto input = llvm::find_if(
      order.inputs, [&](auto *value) { return value->name() == name; });
  auto initializer = order.initializers.find(name);
  if (input != order.inputs.end())
    type = (*input)->type().tensor_type().elem_type();
  else if (initializer != order.initializers.end())
    type = initializer->second->data_type();
  else if (ValueRef value = values.lookup(name))
    type = getElementTypeNumber(*value);
  else
    return llvm::Error::success(); // nothing that is needed
  int32_t declared = declaration.type().tensor_type().elem_type();
  std::string problem = "'" + name + "' is declared ";
  if (!declaration.type().has_tensor_type())
    problem += "as something else than a tensor";
  else if (declared != type)
    problem += "with elements of " + getElementTypeName(declared) +
               ", it has " + getElementTypeName(type);
  else if (initializer != order.initializers.end() &&
           !fitsShape(declaration.type().tensor_type(),
                      {initializer->second->dims().data(),
                       static_cast<size_t>(initializer->second->dims_size())}))
    problem += "with another shape than it has";
  else
    return llvm::Error::success();
  for (int index : order.nodes)
    if (const auto &proto = graph.node(index); proto.output(0) == name)
      return Node(state, proto, index, 0, {})
          .error(DiagId::ModelStructure, "output " + problem);
  return error(problem);
}

/// What the table says of the operator, its version, and how many operands and
/// results it has.
llvm::Expected<const OperatorEntry *>
Importer::checkOperator(const onnx::NodeProto &proto, const Node &bare) const {
  int64_t version = bare.getOpset();
  const OperatorEntry *entry = findOperator(proto, version);
  bool isFunction = llvm::any_of(model.functions(), [&](const auto &function) {
    return function.name() == proto.op_type() &&
           getDomain(function.domain()) == getDomain(proto.domain());
  });
  if (isFunction)
    return bare.unsupported("functions of the model are not supported");
  if (!entry)
    return bare.unsupported(whyUnsupported(proto));
  if (!opsets.contains(getDomain(proto.domain())))
    return bare.error(DiagId::ModelStructure,
                      "the operator set of its domain is not imported");
  if (version < entry->since)
    return bare.error(DiagId::ModelStructure,
                      "the operator is there from version " +
                          llvm::Twine(entry->since) +
                          " of its operator set on, imported is version " +
                          llvm::Twine(version));
  if (!entry->domain.empty() && version != contributedOpset)
    return bare.unsupported("version " + llvm::Twine(version) +
                            " of its operator set is not supported, only " +
                            llvm::Twine(contributedOpset));
  if (proto.output_size() > entry->maxOutputs)
    return bare.error(DiagId::ModelStructure,
                      "has " + llvm::Twine(proto.output_size()) +
                          " outputs, at most " +
                          llvm::Twine(entry->maxOutputs) + " are defined");
  for (int i = 1; i < proto.output_size(); ++i)
    if (!proto.output(i).empty())
      return bare.unsupported("output '" + proto.output(i) +
                              "' besides the first is not supported");
  if (proto.output(0).empty())
    return bare.error(DiagId::ModelStructure, "the first output has no name");

  if (proto.input_size() < entry->minInputs ||
      proto.input_size() > entry->maxInputs) {
    std::string wanted = std::to_string(entry->minInputs);
    if (entry->maxInputs != entry->minInputs)
      wanted += " to " + std::to_string(entry->maxInputs);
    return bare.error(DiagId::OpOperands, "needs " + llvm::Twine(wanted) +
                                              " inputs in version " +
                                              llvm::Twine(version) + ", got " +
                                              llvm::Twine(proto.input_size()));
  }
  for (int i = 0; i != entry->minInputs; ++i)
    if (proto.input(i).empty())
      return bare.error(DiagId::OpOperands,
                        "input " + llvm::Twine(i + 1) + " is missing");
  return entry;
}

llvm::Error Importer::addNode(int index, const GraphOrder &order) {
  const onnx::NodeProto &proto = graph.node(index);
  if (proto.output_size() == 0) // it is needed, so it has one
    return error("node #" + llvm::Twine(index) + " has no output");
  int64_t version = getVersion(proto);
  Node bare(state, proto, index, version, {});
  auto entry = checkOperator(proto, bare);
  if (!entry)
    return entry.takeError();
  std::vector<ValueRef> inputs;
  for (const auto &[i, name] : llvm::enumerate(proto.input())) {
    if (name.empty()) {
      inputs.push_back(nullptr);
      continue;
    }
    auto value = lookUp(name, bare.where(i), order);
    if (!value)
      return value.takeError();
    inputs.push_back(*value);
  }
  while (!inputs.empty() && !inputs.back())
    inputs.pop_back(); // an absent optional input may be named ""

  Node node(state, proto, index, version, std::move(inputs));
  auto result = (*entry)->handler(node);
  if (!result)
    return result.takeError();
  if (auto failure = node.checkAttributes())
    return failure;
  values[proto.output(0)] = *result;
  return llvm::Error::success();
}

//===----------------------------------------------------------------------===//
// The whole model
//===----------------------------------------------------------------------===//

/// Quantizers whose range a Clip narrowed, and what only they used.
void Importer::eraseUnused() {
  llvm::DenseSet<const Op *> used(net->outputs.begin(), net->outputs.end());
  for (const auto &op : llvm::reverse(net->ops))
    if (used.contains(op.get()))
      used.insert(op->operands.begin(), op->operands.end());
  net->erase([&](const Op &op) {
    return !op.is(OpKind::Input) && !used.contains(&op);
  });
}

llvm::Expected<ImportedModel> Importer::run() {
  if (auto failure = readHeader())
    return failure;
  auto order = orderGraph(graph, path);
  if (!order)
    return order.takeError();
  for (const auto *input : order->inputs)
    if (auto failure = addInput(*input))
      return failure;
  // Constants first: they say what integers of an input stand for.
  for (bool isConstant : {true, false}) {
    for (int index : order->nodes)
      if ((graph.node(index).input_size() == 0) == isConstant)
        if (auto failure = addNode(index, *order))
          return failure;
    for (auto [position, input] : llvm::enumerate(order->inputs))
      if (isConstant &&
          input->type().tensor_type().elem_type() != onnx::TensorProto::FLOAT)
        if (auto failure = readCodes(*input, position, *order))
          return failure;
  }
  if (auto failure = addOutputs(*order))
    return failure;
  for (const auto *list : {&graph.value_info(), &graph.output()})
    for (const auto &declaration : *list)
      if (auto failure = checkDeclaration(declaration, *order))
        return failure;
  eraseUnused();
  net->source = path.str();
  info.externalFiles = listExternalFiles(model);
  return ImportedModel{std::move(net), std::move(info)};
}

std::pair<int64_t, int64_t> getOpsetRange() { return {minOpset, maxOpset}; }

std::vector<std::string> listOperators() {
  std::vector<std::string> names;
  for (const OperatorEntry &entry : operators)
    names.push_back((entry.domain.empty() ? "" : entry.domain.str() + ".") +
                    entry.name.str());
  names.erase(llvm::unique(names), names.end()); // of several versions
  return names;
}

llvm::Expected<ImportedModel> importOnnx(llvm::StringRef path,
                                         llvm::StringRef netName) {
  auto model = readModelFile(path);
  if (!model)
    return model.takeError();
  return Importer(path, netName, *model).run();
}

} // namespace qev
