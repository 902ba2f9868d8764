//===- Printer.cpp - IR as text ---------------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/IR/Printer.h"
#include "Text.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"

namespace qev {

namespace {

class Printer {
public:
  Printer(llvm::raw_ostream &os, const PrintOptions &options)
      : os(os), options(options) {}

  void printModule(const Module &module);
  void printNet(const Net &net, unsigned indent);

private:
  void printOp(const Op &op);
  void printData(const Op &op);
  /// ` in box<...> loc(...)`
  void printFacts(const Op &op);
  void printAttributes(const Op &op);
  void printLocation(const Location &location);
  void printBox(llvm::ArrayRef<Interval> box);
  void printQuery(const Query &query);
  void printRegion(const InputRegion &region);
  void printForm(const OutputForm &form, const std::string &first,
                 const std::string &second);
  void printClaim(const Query &query);
  void printTwin(const Twin &twin);

  static std::string value(const Op &op) { return printName('%', op.name); }
  static std::string net(const Net &net) { return printName('@', net.name); }

  llvm::raw_ostream &os;
  const PrintOptions &options;
};

} // namespace

//===----------------------------------------------------------------------===//
// Nets
//===----------------------------------------------------------------------===//

template <typename T>
static void printElements(llvm::raw_ostream &os, llvm::ArrayRef<T> values,
                          int64_t rowLength) {
  if (llvm::all_equal(values)) // one element is a splat
    values = values.take_front();
  for (auto [i, value] : llvm::enumerate(values)) {
    if (i)
      os << (static_cast<int64_t>(i) % rowLength ? ", " : "; ");
    if constexpr (std::is_same_v<T, float>)
      os << printReal(value);
    else
      os << value;
  }
}

void Printer::printData(const Op &op) {
  int64_t rowLength =
      op.type.getRank() ? std::max<int64_t>(op.type.getShape().back(), 1) : 1;
  os << " dense<";
  if (options.elideConstants && op.data->size() > options.elideConstants)
    os << "elided " << op.data->size();
  else if (op.data->isFloat())
    printElements<float>(os, op.data->getFloats(), rowLength);
  else
    printElements<int32_t>(os, op.data->getCodes(), rowLength);
  os << ">";
}

void Printer::printAttributes(const Op &op) {
  if (op.attributes.empty())
    return;
  llvm::StringRef separator = " {";
  auto printOne = [&](llvm::StringRef key, const Attribute &attribute) {
    os << separator << key << " = ";
    separator = ", ";
    if (const auto *number = std::get_if<float>(&attribute))
      os << printReal(*number);
    else if (const auto *integer = std::get_if<int64_t>(&attribute))
      os << *integer;
    else {
      os << "[";
      llvm::interleaveComma(std::get<std::vector<int64_t>>(attribute), os);
      os << "]";
    }
  };
  auto specs = getAttributeSpecs(op.kind);
  for (const AttributeSpec &spec : specs)
    if (auto found = op.attributes.find(spec.name.str());
        found != op.attributes.end())
      printOne(spec.name, found->second);
  for (const auto &[key, attribute] : op.attributes)
    if (llvm::none_of(specs, [&](auto &spec) { return spec.name == key; }))
      printOne(key, attribute);
  os << "}";
}

void Printer::printLocation(const Location &location) {
  if (location.empty())
    return;
  os << " loc(" << (location.size() > 1 ? "fused " : "");
  llvm::interleaveComma(location, os, [&](const LocationPart &part) {
    switch (part.kind) {
    case LocationPart::Node:
      os << "node " << part.index << " " << part.operatorName
         << (part.operatorName.empty() ? "" : " ");
      break;
    case LocationPart::Init:
      os << "init ";
      break;
    }
    os << printString(part.name);
  });
  os << ")";
}

void Printer::printBox(llvm::ArrayRef<Interval> box) {
  os << "box<";
  if (box.size() > 1 && llvm::all_equal(box)) {
    os << box.size() << " x ";
    box = box.take_front();
  }
  llvm::interleaveComma(
      box, os, [&](const Interval &range) { os << printInterval(range); });
  os << ">";
}

void Printer::printFacts(const Op &op) {
  if (op.bounds) {
    os << " in ";
    printBox(*op.bounds);
  }
  printLocation(op.location);
}

void Printer::printOp(const Op &op) {
  os << value(op) << " = " << getMnemonic(op.kind);
  if (op.data)
    printData(op);
  llvm::StringRef separator = " ";
  for (const Op *operand : op.operands) {
    os << separator << value(*operand);
    separator = ", ";
  }
  printAttributes(op);
  os << " : " << printType(op.type);
  printFacts(op);
  os << "\n";
}

void Printer::printNet(const Net &net, unsigned indent) {
  os.indent(indent) << "net " << Printer::net(net) << "(";
  llvm::interleaveComma(net.getInputs(), os, [&](const Op *input) {
    os << value(*input) << ": " << printType(input->type);
    printFacts(*input);
  });
  os << ") -> " << (net.outputs.size() == 1 ? "" : "(");
  llvm::interleaveComma(net.outputs, os, [&](const Op *output) {
    os << printType(output->type);
  });
  os << (net.outputs.size() == 1 ? "" : ")");
  if (!net.source.empty())
    os << " from " << printString(net.source);
  os << " {\n";
  for (const auto &op : net.ops) {
    if (op->is(OpKind::Input))
      continue;
    os.indent(indent + 2);
    printOp(*op);
  }
  os.indent(indent + 2) << "return ";
  llvm::interleaveComma(net.outputs, os,
                        [&](const Op *output) { os << value(*output); });
  os << "\n";
  os.indent(indent) << "}\n";
}

//===----------------------------------------------------------------------===//
// Queries and twins
//===----------------------------------------------------------------------===//

void Printer::printRegion(const InputRegion &region) {
  os << printName('%', region.name) << ": "
     << (!region.grids.empty()    ? "grid<"
         : !region.levels.empty() ? "levels<"
                                  : "box<");
  bool uniform = region.size() > 1 && llvm::all_equal(region.lo) &&
                 llvm::all_equal(region.hi);
  if (uniform)
    os << region.size() << " x ";
  for (size_t i = 0; i < (uniform ? 1 : region.lo.size()); ++i)
    os << (i ? ", [" : "[") << printReal(region.lo[i]) << ", "
       << printReal(region.hi[i]) << "]";
  for (auto [i, grid] : llvm::enumerate(region.grids)) {
    os << (i ? ", step " : " step ") << printReal(grid.step);
    if (!grid.offset.isZero())
      os << " offset " << printReal(grid.offset);
  }
  for (auto [i, levels] : llvm::enumerate(region.levels)) {
    os << (i ? "; " : " of ");
    llvm::interleaveComma(levels, os,
                          [&](const Real &level) { os << printReal(level); });
  }
  os << ">";
}

void Printer::printClaim(const Query &query) {
  if (!query.first || !query.second)
    return;
  std::string first = net(*query.first), second = net(*query.second);
  std::string difference = "(" + second + " - " + first + ")";
  if (const auto *delta = std::get_if<DeltaClaim>(&query.claim)) {
    const auto &epsilon = delta->epsilon;
    if (!epsilon.empty() && epsilon.front() && llvm::all_equal(epsilon)) {
      os << ", claim linf" << difference << " <= " << printReal(*epsilon[0]);
      return;
    }
    os << ", claim abs" << difference << " <= [";
    llvm::interleaveComma(epsilon, os, [&](const std::optional<Real> &bound) {
      os << (bound ? printReal(*bound) : "none");
    });
    os << "]";
  } else if (const auto *top = std::get_if<TopOneClaim>(&query.claim)) {
    os << ", claim top1(" << first << ", " << second << ")";
    if (!top->margin.isZero())
      os << " margin " << printReal(top->margin);
  } else if (const auto *never = std::get_if<NeverClaim>(&query.claim)) {
    os << ", claim never(" << first << ", " << second << ") or(";
    llvm::interleaveComma(never->violations, os, [&](const auto &rows) {
      os << "and(";
      llvm::interleaveComma(rows, os, [&](const OutputRow &row) {
        printForm(row.form, first, second);
        os << (row.strict ? " > " : " >= ") << printReal(row.rhs);
      });
      os << ")";
    });
    os << ")";
  } else {
    os << ", bracket" << difference;
  }
}

/// Over a net and itself all terms are those of the first.
void Printer::printForm(const OutputForm &form, const std::string &first,
                        const std::string &second) {
  bool isFirst = true;
  for (auto [parts, name] :
       {std::pair(&form.first, &first), {&form.second, &second}})
    for (const OutputForm::Part &part : *parts) {
      bool isNegative = part.factor.sign() < 0;
      os << (isNegative ? isFirst ? "-" : " - " : isFirst ? "" : " + ");
      Real magnitude = part.factor.abs();
      if (magnitude != Real(1))
        os << printReal(magnitude) << " * ";
      os << *name << "[" << part.output << "]";
      isFirst = false;
    }
}

void Printer::printQuery(const Query &query) {
  os << "  query " << printName('@', query.name) << ": for (";
  llvm::interleaveComma(query.inputs, os, [&](const InputRegion &region) {
    printRegion(region);
  });
  os << ")";
  printClaim(query);
  os << "\n";
}

void Printer::printTwin(const Twin &twin) {
  os << "  twin " << net(*twin.first) << " ~ " << net(*twin.second);
  if (twin.query)
    os << " on " << printName('@', twin.query->name);
  os << " {\n";
  for (const Pair &pair : twin.pairs) {
    os << "    pair " << value(*pair.first) << " ~ " << value(*pair.second);
    if (pair.delta) {
      os << " delta ";
      printBox(*pair.delta);
    }
    if (!pair.by.empty()) {
      os << " by (";
      llvm::interleaveComma(pair.by, os,
                            [&](Approximation by) { os << getName(by); });
      os << ")";
    }
    os << "\n";
  }
  os << "  }\n";
}

static llvm::StringRef getName(Semantics semantics) {
  switch (semantics) {
  case Semantics::Real:
    return "real";
  case Semantics::Runtime:
    return "runtime";
  }
  llvm_unreachable("every semantics has a name");
}

void Printer::printModule(const Module &module) {
  os << "module " << printName('@', module.name)
     << " attributes {version = 1, semantics = " << getName(module.semantics)
     << "} {\n";
  for (const auto &net : module.nets)
    printNet(*net, 2);
  for (const auto &query : module.queries)
    printQuery(*query);
  for (const auto &twin : module.twins)
    printTwin(*twin);
  os << "}\n";
}

void print(const Module &module, llvm::raw_ostream &os,
           const PrintOptions &options) {
  Printer(os, options).printModule(module);
}

void print(const Net &net, llvm::raw_ostream &os, const PrintOptions &options) {
  Printer(os, options).printNet(net, 0);
}

} // namespace qev
