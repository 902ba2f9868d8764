//===- Run.cpp - qev run ----------------------------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "qev/Driver/Codes.h"
#include "qev/Driver/ModelPair.h"
#include "qev/Driver/Regions.h"
#include "qev/Interp/Interp.h"
#include "qev/Support/Diagnostics.h"
#include "qev/Support/Json.h"
#include "qev/Support/OutputFile.h"
#include "qev/Support/Text.h"
#include "llvm/ADT/StringExtras.h"

namespace qev {

namespace cl = llvm::cl;

cl::SubCommand runCommand("run",
                          "execute one model in the reference interpreter");

static cl::opt<std::string> path(cl::Positional, cl::Required,
                                 cl::desc("MODEL"), cl::sub(runCommand),
                                 cl::cat(modelCategory));
static cl::list<std::string>
    runInput("input", cl::value_desc("FILE"), cl::sub(runCommand),
             cl::cat(regionCategory),
             cl::desc(".npy or .pb file with samples, or a folder of them; of "
                      "several inputs NAME=FILE"));
static cl::opt<std::string>
    runSample("sample", cl::value_desc("I[,J,A-B]"), cl::sub(runCommand),
              cl::cat(regionCategory),
              cl::desc("samples of the batch (default: all)"));
static cl::opt<std::string>
    mode("mode", cl::value_desc("float32|exact"), cl::init("float32"),
         cl::sub(runCommand), cl::cat(methodCategory),
         cl::desc("float32: each operation rounded once; exact: rationals "
                  "(default: float32)"));
static cl::opt<bool> all("all", cl::ValueDisallowed, cl::sub(runCommand),
                         cl::cat(outputCategory),
                         cl::desc("print every value, not only the output"));
static cl::opt<std::string>
    runJson("json", cl::ValueOptional, cl::value_desc("FILE"),
            cl::sub(runCommand), cl::cat(outputCategory),
            cl::desc("JSON, to standard output or a file"));

namespace {
/// The values of all ops for one sample, as text and as doubles.
struct Execution {
  std::vector<std::vector<double>> values;
  std::vector<std::vector<std::string>> texts;
};
} // namespace

static Execution execute(const Net &net, const SampleRegion &point,
                         bool exact) {
  Execution result;
  if (exact) {
    std::vector<ExactTensor> inputs;
    for (const InputRegion &input : point.inputs)
      inputs.push_back(input.lo);
    for (const ExactTensor &tensor : runExact(net, inputs)) {
      auto &values = result.values.emplace_back();
      auto &texts = result.texts.emplace_back();
      for (const Real &value : tensor) {
        values.push_back(value.toDouble());
        texts.push_back(printReal(value));
      }
    }
    return result;
  }
  std::vector<Float32Tensor> inputs;
  for (const InputRegion &input : point.inputs) {
    auto floats = llvm::map_range(
        input.lo, [](const Real &value) { return value.toFloat(); });
    inputs.emplace_back(floats.begin(), floats.end());
  }
  for (auto [op, tensor] : llvm::zip_equal(net.ops, runFloat32(net, inputs))) {
    auto &texts = result.texts.emplace_back();
    for (double value : tensor)
      texts.push_back(op->type.isQuantized()
                          ? printReal(value)
                          : printReal(static_cast<float>(value)));
    result.values.push_back(tensor);
  }
  return result;
}

llvm::Expected<int> runRun() {
  if (mode != "float32" && mode != "exact")
    return makeError(DiagId::UnknownName, "--mode",
                     "'" + mode + "' is none of float32, exact");
  if (runInput.empty())
    return makeError(
        DiagId::Usage, "--input",
        "is needed: a .npy or .pb file with samples, or a folder of them");
  auto file = OutputFile::open(runJson);
  if (!file)
    return file.takeError();
  auto model = loadModel(path, "net");
  if (!model)
    return model.takeError();
  const Net &net = *model->net;
  RegionOptions region;
  region.input = {runInput.begin(), runInput.end()};
  region.sample = runSample;
  auto points = buildRegions(region, net);
  if (!points)
    return points.takeError();
  for (SampleRegion &point : *points)
    if (llvm::Error error = readAsCodes(model->file.info, point))
      return error;
  bool asJson = runJson.getNumOccurrences() > 0;
  llvm::json::Array samples;
  std::string text;
  llvm::raw_string_ostream os(text);
  for (const SampleRegion &point : *points) {
    Execution result = execute(net, point, mode == "exact");
    os << "sample " << point.index << "\n";
    llvm::json::Object values, object{{"index", point.index}};
    for (auto [i, op] : llvm::enumerate(net.ops)) {
      bool isOutput = llvm::is_contained(net.outputs, op.get());
      if (op.get() == net.outputs[0])
        object["outputs"] = llvm::json::Array(result.values[i]);
      if (!isOutput && (!all || op->is(OpKind::Const)))
        continue;
      os << "  %" << printForeign(op->name) << " = ["
         << llvm::join(result.texts[i], ", ") << "]\n";
      if (all)
        values[escapeText(op->name)] = llvm::json::Array(result.values[i]);
    }
    if (all)
      object["values"] = std::move(values);
    samples.push_back(std::move(object));
  }
  if (asJson)
    text = printJson(llvm::json::Object{{"qev", QEV_VERSION},
                                        {"command", "run"},
                                        {"mode", mode.getValue()},
                                        {"samples", std::move(samples)}});
  if (llvm::Error error = file->write(text))
    return error;
  return 0;
}

} // namespace qev
