//===- Node.h - One node of a model on its way into a net -------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An operator is one handler: a function that reads the inputs and attributes
// of a Node and returns the value of its only output. Ops.def lists them.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_IMPORT_NODE_H
#define QEV_LIB_IMPORT_NODE_H

#include "Budget.h"
#include "Value.h"
#include "onnx/onnx_pb.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/ADT/StringSet.h"

namespace qev {

/// What the nodes of one model share.
struct ImportState {
  std::string path;   ///< of the model, as the user gave it
  std::string folder; ///< that holds it and its external data
  Net &net;
  /// Ops of the constants that became operands.
  llvm::DenseMap<const Value *, Op *> constOps;
  std::vector<ValueRef> keptAlive; ///< so that no key of constOps is reused
  Budget budget = {};
};

/// `Gemm`, `com.microsoft.QGemm`.
std::string getOperatorName(const onnx::NodeProto &node);
/// The domain with its two spellings of the default one made equal.
llvm::StringRef getDomain(llvm::StringRef domain);

class Node {
public:
  Node(ImportState &state, const onnx::NodeProto &proto, int64_t index,
       int64_t opset, std::vector<ValueRef> inputs)
      : state(state), proto(proto), index(index), opset(opset),
        inputs(std::move(inputs)) {}

  /// Version of the operator set this node is written in.
  int64_t getOpset() const { return opset; }
  /// Whether the operator is one of com.microsoft.
  bool isContributed() const { return !getDomain(proto.domain()).empty(); }
  llvm::StringRef getOutputName() const { return proto.output(0); }

  //===--------------------------------------------------------------------===//
  // Inputs. Absent optional ones are null, also beyond the last one.
  //===--------------------------------------------------------------------===//

  unsigned getNumInputs() const { return inputs.size(); }
  bool hasInput(unsigned i) const { return i < inputs.size() && inputs[i]; }
  const Value &getInput(unsigned i) const { return *inputs[i]; }
  ValueRef shareInput(unsigned i) const { return inputs[i]; }
  /// A constant that is folded completely (not a QuantizedTensor).
  llvm::Expected<const Tensor *> getConstant(unsigned i) const;
  /// A constant list of int64 numbers, or of rank 0 if that may be one.
  llvm::Expected<llvm::ArrayRef<int64_t>>
  getIntegers(unsigned i, bool mayBeScalar = false) const;
  /// A constant float of one element, of rank 0 or 1.
  llvm::Expected<float> getScalar(unsigned i) const;
  /// A float tensor as an operand; constants become Const ops.
  llvm::Expected<Op *> getReal(unsigned i);
  llvm::Expected<Op *> getReal(const ValueRef &value, unsigned i);
  /// A float tensor that is computed, not a constant.
  llvm::Expected<Op *> getActivation(unsigned i);

  //===--------------------------------------------------------------------===//
  // Attributes. One of a wrong type reads as absent and fails the node when
  // its handler has returned; so does one that no handler asked for, and one
  // of an older version than that it is there `since`.
  //===--------------------------------------------------------------------===//

  bool hasAttribute(llvm::StringRef name) const;
  int64_t getInt(llvm::StringRef name, int64_t absent, int64_t since = 1);
  float getFloat(llvm::StringRef name, float absent, int64_t since = 1);
  std::optional<Shape> getInts(llvm::StringRef name, int64_t since = 1);
  std::optional<std::vector<float>> getFloats(llvm::StringRef name,
                                              int64_t since = 1);
  const onnx::TensorProto *getTensorProto(llvm::StringRef name);
  using AttributeType = onnx::AttributeProto::AttributeType;
  /// An attribute that does not change the result.
  void ignoreAttribute(llvm::StringRef name, AttributeType type,
                       int64_t since = 1) {
    getAttribute(name, type, since);
  }
  llvm::Error checkAttributes();

  //===--------------------------------------------------------------------===//
  // Results
  //===--------------------------------------------------------------------===//

  using Attributes = std::map<std::string, Attribute>;

  /// Appends an op whose type follows from its operands and attributes, or is
  /// `type`. It carries the name of the node's output.
  llvm::Expected<Op *> add(OpKind kind, llvm::ArrayRef<Op *> operands,
                           Attributes attributes = {},
                           std::optional<TensorType> type = std::nullopt);
  /// Appends an op of a node that becomes several, before the last one.
  llvm::Expected<Op *> addStep(OpKind kind, llvm::ArrayRef<Op *> operands);
  llvm::Expected<Op *> addReshape(Op *op, llvm::ArrayRef<int64_t> shape);
  llvm::Expected<ValueRef> addValue(OpKind kind, llvm::ArrayRef<Op *> operands,
                                    Attributes attributes = {});
  ValueRef makeValue(Op *op) const;
  /// To be asked before a constant of so many elements is made.
  llvm::Error makeRoom(int64_t count);
  /// A constant made by this node from the constants `from`; there is room.
  llvm::Expected<ValueRef>
  makeConstant(decltype(Value::content) content,
               llvm::ArrayRef<const Value *> from = {});
  /// A constant of another form made from `from`, of which it keeps the name
  /// and origin; this node is one it was led through. There is room.
  llvm::Expected<ValueRef> derive(const Value &from, Value to);
  /// A tensor in an attribute of this node.
  llvm::Expected<Tensor> decode(const onnx::TensorProto &tensor,
                                llvm::StringRef attribute);
  /// A constant of rank 0 for the attribute `name`.
  ValueRef makeScalar(llvm::StringRef name, float value) const;

  /// One element-wise op on float constants in float32; the result is a float
  /// Tensor, or an integer one for OpKind::Quantize, of `integers`. Makes room.
  llvm::Expected<Tensor> fold(OpKind kind, llvm::ArrayRef<const Value *> inputs,
                              Attributes attributes = {},
                              std::optional<TensorType> type = std::nullopt,
                              ElementType integers = ElementType::UInt8);

  Location getLocation() const;

  //===--------------------------------------------------------------------===//
  // Complaints
  //===--------------------------------------------------------------------===//

  /// `file:#5 QuantizeLinear 'a1_q'`, followed by ` input 'x'` with an index.
  std::string where(std::optional<unsigned> input = std::nullopt) const;
  llvm::Error error(DiagId id, const llvm::Twine &message,
                    std::optional<unsigned> input = std::nullopt) const {
    return makeError(id, where(input), message);
  }
  llvm::Error unsupported(const llvm::Twine &message,
                          std::optional<unsigned> input = std::nullopt) const {
    return error(DiagId::OpUnsupported, message, input);
  }
  /// Whether a type obeys the rules of the IR, else why not.
  llvm::Error check(const TensorType &type, bool isConstant,
                    std::optional<unsigned> input = std::nullopt) const;

private:
  llvm::Expected<Op *> addNamed(const llvm::Twine &name, OpKind kind,
                                llvm::ArrayRef<Op *> operands,
                                Attributes attributes,
                                std::optional<TensorType> type);
  const onnx::AttributeProto *
  getAttribute(llvm::StringRef name, AttributeType type, int64_t since = 1);
  /// The type of an op before it is added; complaints say where.
  llvm::Expected<TensorType> infer(const Op &op) const;
  llvm::Expected<ValueRef> finishConstant(Value value);
  llvm::Error takeForPlaces(size_t count) const;

  ImportState &state;
  const onnx::NodeProto &proto;
  int64_t index; ///< in the file
  int64_t opset;
  std::vector<ValueRef> inputs;
  Location through; ///< of the constants that became operands
  int64_t room = 0; ///< elements that may be made
  llvm::StringSet<> readAttributes;
  std::optional<std::string> attributeProblem;
};

} // namespace qev

#endif // QEV_LIB_IMPORT_NODE_H
