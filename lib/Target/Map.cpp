//===- Map.cpp - What the names in a solver's file mean ---------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Target/Map.h"
#include "qev/Support/Text.h"
#include "qev/Target/Mps.h"
#include "llvm/Support/JSON.h"

namespace qev {

/// Net, op, element and role, as attributes of the open object.
static void writeOrigin(llvm::json::OStream &json, const System &system,
                        const Origin &origin) {
  json.attribute("role", getName(origin.role));
  if (origin.side != Side::Both)
    json.attribute("net", origin.side == Side::First ? system.firstName
                                                     : system.secondName);
  if (origin.op)
    json.attribute("op", escapeText(origin.op->name));
  json.attribute("element", origin.element);
}

static llvm::StringRef getName(VariableKind kind) {
  switch (kind) {
  case VariableKind::Continuous:
    return "continuous";
  case VariableKind::Integer:
    return "integer";
  case VariableKind::Binary:
    return "binary";
  }
  llvm_unreachable("all kinds are named");
}

/// {"variable": "x1", "scale": "1/255", "offset": "0"} or {"constant": "0.5"}.
static void writeValue(llvm::json::OStream &json, const System &system,
                       const AffineValue &value) {
  json.object([&] {
    if (value.isConstant()) {
      json.attribute("constant", printReal(value.offset));
      return;
    }
    json.attribute("variable", getVariableName(system, *value.variable));
    json.attribute("scale", printReal(value.scale));
    json.attribute("offset", printReal(value.offset));
  });
}

static void writeValues(llvm::json::OStream &json, const System &system,
                        llvm::StringRef key,
                        llvm::ArrayRef<AffineValue> values) {
  json.attributeArray(key, [&] {
    for (const AffineValue &value : values)
      writeValue(json, system, value);
  });
}

void writeMap(const System &system, llvm::raw_ostream &os) {
  llvm::json::OStream json(os, /*IndentSize=*/1);
  json.object([&] {
    json.attribute("version", 1);
    json.attribute("first", escapeText(system.firstName));
    json.attribute("second", escapeText(system.secondName));
    if (system.infeasible)
      json.attribute("infeasible", *system.infeasible);
    if (system.objective)
      json.attributeObject("objective", [&] {
        // true value = sign * 2^-exponent * value in the file + offset
        json.attribute("sign", -1);
        json.attribute("exponent", system.objective->exponent);
        json.attribute("offset", printReal(system.objective->constant));
      });
    json.attributeArray("inputs", [&] {
      for (unsigned i = 0; i < system.inputs.size(); ++i)
        json.object([&] {
          json.attribute("name", escapeText(system.regions[i].name));
          writeValues(json, system, "elements", system.inputs[i]);
        });
    });
    json.attributeObject("outputs", [&] {
      writeValues(json, system, "first", system.firstOutputs);
      writeValues(json, system, "second", system.secondOutputs);
    });
    json.attributeArray("variables", [&] {
      for (unsigned i = 0; i < system.variables.size(); ++i)
        json.object([&] {
          json.attribute("name", getVariableName(system, i));
          json.attribute("kind", getName(system.variables[i].kind));
          writeOrigin(json, system, system.variables[i].origin);
          if (system.variables[i].step < 0) {
            json.attribute("scale", printReal(system.variables[i].scale));
            json.attribute("offset", printReal(system.variables[i].offset));
          }
        });
    });
    json.attributeArray("rows", [&] {
      for (unsigned i = 0; i < system.rows.size(); ++i)
        json.object([&] {
          json.attribute("name", getRowName(i));
          writeOrigin(json, system, system.rows[i].origin);
          if (system.rows[i].strict)
            json.attribute("strict", true);
        });
    });
  });
  os << "\n";
}

} // namespace qev
