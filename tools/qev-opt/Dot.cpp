//===- Dot.cpp - Drawings of nets -------------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Dot.h"
#include "qev/Support/Text.h"
#include "llvm/ADT/STLExtras.h"

namespace qev {

/// A string of the DOT language.
static std::string quote(llvm::StringRef text) {
  std::string result = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\')
      result += '\\';
    if (c == '\n')
      result += "\\n";
    else
      result += c;
  }
  return result + "\"";
}

namespace {

class DotWriter {
public:
  explicit DotWriter(llvm::raw_ostream &os) : os(os) {}

  void writeNet(const Net &net);
  void writeTwin(const Twin &twin);

private:
  std::string getNode(const Net &net, const Op &op) const {
    return quote(net.name + "." + op.name);
  }

  llvm::raw_ostream &os;
};

} // namespace

/// The smallest range that holds all of them.
static Interval getHull(llvm::ArrayRef<Interval> box) {
  Interval range = box.front();
  for (const Interval &each : box.drop_front())
    range = hull(range, each);
  return range;
}

static std::string getLabel(const Op &op) {
  std::string label = "%" + op.name + " = " + getMnemonic(op.kind).str() +
                      "\n" + printType(op.type);
  if (op.bounds && !op.bounds->empty())
    label += "\nin " + printInterval(getHull(*op.bounds));
  return label;
}

void DotWriter::writeNet(const Net &net) {
  os << "  subgraph " << quote("cluster_" + net.name)
     << " {\n    label=" << quote("@" + net.name) << ";\n";
  for (const auto &op : net.ops) {
    os << "    " << getNode(net, *op) << " [label=" << quote(getLabel(*op));
    if (op->is(OpKind::Const))
      os << ", style=dotted";
    if (llvm::is_contained(net.outputs, op.get()))
      os << ", peripheries=2";
    os << "];\n";
  }
  for (const auto &op : net.ops)
    for (const Op *operand : op->operands)
      os << "    " << getNode(net, *operand) << " -> " << getNode(net, *op)
         << ";\n";
  os << "  }\n";
}

void DotWriter::writeTwin(const Twin &twin) {
  for (const Pair &pair : twin.pairs) {
    os << "  " << getNode(*twin.first, *pair.first) << " -> "
       << getNode(*twin.second, *pair.second)
       << " [dir=none, style=dashed, constraint=false";
    if (pair.delta && !pair.delta->empty())
      os << ", label=" << quote(printInterval(getHull(*pair.delta)));
    os << "];\n";
  }
}

void writeDot(const Module &module, llvm::raw_ostream &to) {
  TextFilter os(to);
  os << "digraph " << quote(module.name) << " {\n  node [shape=box];\n";
  DotWriter writer(os);
  for (const auto &net : module.nets)
    writer.writeNet(*net);
  for (const auto &twin : module.twins)
    writer.writeTwin(*twin);
  os << "}\n";
}

} // namespace qev
