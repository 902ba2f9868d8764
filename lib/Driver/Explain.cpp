//===- Explain.cpp - Which layer an error comes from ------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Explain.h"
#include "qev/Support/Text.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/Support/Format.h"

namespace qev {

static constexpr ErrorSource columns[] = {
    ErrorSource::Input,    ErrorSource::Weights,    ErrorSource::Bias,
    ErrorSource::Rounding, ErrorSource::Saturation, ErrorSource::Relaxation};

double Explanation::Layer::total() const {
  double sum = 0;
  for (const auto &[source, amount] : shares)
    sum += amount;
  return sum;
}

static std::string getLabel(const Op &op) {
  for (const LocationPart &part : op.location)
    if (part.kind == LocationPart::Node)
      return part.name.empty() ? "node " + std::to_string(part.index)
                               : printForeign(part.name);
  return "%" + printForeign(op.name);
}

std::vector<Explanation> explain(const Twin &twin,
                                 llvm::ArrayRef<Attribution> attributions) {
  std::vector<Explanation::Layer> layers(1);
  layers[0].name = "input";
  std::vector<unsigned> layerOf;
  llvm::SmallPtrSet<const Op *, 16> seen;
  for (const Pair &pair : twin.pairs) {
    if (pair.first->is(OpKind::Affine) && seen.insert(pair.first).second) {
      Explanation::Layer &layer = layers.emplace_back();
      layer.number = static_cast<unsigned>(layers.size() - 1);
      layer.name = getLabel(*pair.first);
    }
    layerOf.push_back(static_cast<unsigned>(layers.size() - 1));
  }
  std::vector<Explanation> result;
  for (const Attribution &attribution : attributions) {
    Explanation &explanation = result.emplace_back();
    explanation.output = attribution.element;
    explanation.isUpper = attribution.isUpper;
    explanation.bound = attribution.bound;
    explanation.layers = layers;
    for (const ErrorShare &share : attribution.shares) {
      if (share.source == ErrorSource::Arithmetic)
        explanation.arithmetic += share.amount;
      else if (share.source == ErrorSource::Methods)
        explanation.methods += share.amount;
      else
        explanation.layers[layerOf[share.pair]].shares[share.source] +=
            share.amount;
    }
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Advice
//===----------------------------------------------------------------------===//

static std::string describe(const Explanation::Layer &layer,
                            ErrorSource source) {
  std::string where =
      layer.number == 0
          ? "the input"
          : "layer " + std::to_string(layer.number) + " (" + layer.name + ")";
  switch (source) {
  case ErrorSource::Input:
    return "how " + where +
           " is quantized; a finer scale or more bits there "
           "gain most";
  case ErrorSource::Weights:
    return "the weights of " + where +
           "; more bits, or scales per channel, "
           "gain most there";
  case ErrorSource::Bias:
    return "the bias of " + where + "; a finer scale gains most there";
  case ErrorSource::Rounding:
    return "the rounding of activations behind " + where +
           "; more bits or a finer scale gain most there";
  case ErrorSource::Saturation:
    return "saturation behind " + where +
           "; a wider calibrated range gains most there";
  case ErrorSource::Relaxation:
  case ErrorSource::Arithmetic:
  case ErrorSource::Methods:
    break;
  }
  return "";
}

std::string advise(const Explanation &explanation) {
  double sign = explanation.isUpper ? 1 : -1;
  double largest = 0, relaxation = 0;
  std::string words;
  for (const Explanation::Layer &layer : explanation.layers)
    for (const auto &[source, amount] : layer.shares) {
      if (source == ErrorSource::Relaxation) {
        relaxation += sign * amount;
      } else if (sign * amount > largest) {
        largest = sign * amount;
        words = describe(layer, source);
      }
    }
  double bound = sign * explanation.bound;
  if (words.empty() || !(bound > 0) || !std::isfinite(bound))
    return "";
  auto percent = [&](double amount) {
    std::string text;
    llvm::raw_string_ostream(text)
        << llvm::format("%.0f", 100 * amount / bound);
    return text + " %";
  };
  std::string text =
      "largest source, " + percent(largest) + " of the bound: " + words;
  if (relaxation > largest)
    text += "; " + percent(relaxation) +
            " is relaxation, which a solver or a smaller region takes off";
  return text;
}

//===----------------------------------------------------------------------===//
// Text and JSON
//===----------------------------------------------------------------------===//

void printExplanation(const Explanation &explanation, llvm::raw_ostream &os) {
  constexpr size_t longestLabel = 32;
  size_t width = 8;
  for (const Explanation::Layer &layer : explanation.layers)
    width = std::max(width, std::min(layer.name.size(), longestLabel) + 4);
  auto printNumber = [&](double amount) {
    if (amount == 0)
      os << llvm::right_justify("-", 11);
    else
      os << llvm::format("%11.4g", amount);
  };
  auto printLabel = [&](llvm::StringRef label) {
    os << "    " << llvm::left_justify(label, width);
  };
  os << "  output " << explanation.output << ", "
     << (explanation.isUpper ? "upper" : "lower") << " end "
     << llvm::format("%.6g", explanation.bound) << " is the sum of\n";
  printLabel("layer");
  for (ErrorSource source : columns)
    os << llvm::right_justify(getName(source), 11);
  os << llvm::right_justify("total", 11) << "\n";
  for (const Explanation::Layer &layer : explanation.layers) {
    if (layer.shares.empty())
      continue;
    printLabel(layer.number ? std::to_string(layer.number) + " " +
                                  printForeign(layer.name, longestLabel)
                            : layer.name);
    for (ErrorSource source : columns) {
      auto share = layer.shares.find(source);
      printNumber(share == layer.shares.end() ? 0 : share->second);
    }
    printNumber(layer.total());
    os << "\n";
  }
  auto printRest = [&](llvm::StringRef label, double amount) {
    if (amount == 0)
      return;
    printLabel(label);
    os.indent(std::size(columns) * 11);
    printNumber(amount);
    os << "\n";
  };
  printRest("other methods", explanation.methods);
  printRest("arithmetic", explanation.arithmetic);
  if (std::string advice = advise(explanation); !advice.empty())
    os << "    " << advice << "\n";
}

llvm::json::Value toJson(const Explanation &explanation) {
  llvm::json::Array shares;
  for (const Explanation::Layer &layer : explanation.layers)
    for (const auto &[source, amount] : layer.shares)
      shares.push_back(llvm::json::Object{{"layer", layer.number},
                                          {"name", layer.name},
                                          {"source", getName(source)},
                                          {"amount", amount}});
  return llvm::json::Object{{"output", explanation.output},
                            {"end", explanation.isUpper ? "upper" : "lower"},
                            {"bound", explanation.bound},
                            {"shares", std::move(shares)},
                            {"methods", explanation.methods},
                            {"arithmetic", explanation.arithmetic},
                            {"advice", advise(explanation)}};
}

} // namespace qev
