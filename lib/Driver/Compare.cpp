//===- Compare.cpp - All samples of a comparison ----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Compare.h"
#include "InOrder.h"
#include "qev/Driver/Baseline.h"
#include "qev/Driver/Codes.h"
#include "qev/Driver/Record.h"
#include "qev/Driver/Regions.h"
#include "qev/Import/Array.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include <array>

namespace qev {

/// How many results may wait, for each thread, until a sample before them is
/// done: few enough to hold, and enough to have work for long.
static constexpr size_t windowOfThread = 64;

/// The input's type in its file: float32 if that holds it exactly, else
/// float64.
static ArrayType getArrayType(const ExactTensor &values) {
  return llvm::all_of(values, [](const Real &value) { return value.isFloat(); })
             ? ArrayType::Float32
             : ArrayType::Float64;
}

/// sampleN.input.npy, sampleN.first.npy and sampleN.second.npy; outputs are
/// float64, to nearest. Of several inputs or outputs sampleN.input.0.npy and so
/// on. Says so in the sample's notes where the input is not exact.
static llvm::Error writeWitness(llvm::StringRef folder, const Net &net,
                                SampleResult &sample) {
  const Replay &replay = sample.witness->replay;
  auto write = [&](llvm::StringRef name, size_t number, size_t count,
                   const Op &op, llvm::ArrayRef<Real> values, ArrayType type) {
    Array array{Shape(op.type.getShape()), {}};
    for (const Real &value : values)
      array.values.push_back(value.toDouble());
    std::string part = count > 1 ? "." + std::to_string(number) : "";
    llvm::SmallString<128> path(folder);
    llvm::sys::path::append(path, "sample" + std::to_string(sample.index) +
                                      "." + name.str() + part + ".npy");
    return writeNpy(path, array, type);
  };
  auto inputs = net.getInputs();
  for (auto [i, input] : llvm::enumerate(replay.input)) {
    if (llvm::Error error = write("input", i, inputs.size(), *inputs[i], input,
                                  getArrayType(input)))
      return error;
    if (!llvm::all_of(input,
                      [](const Real &value) { return value.isDouble(); }))
      sample.notes.emplace_back("the witness input is no float64; its file "
                                "holds the nearest one");
  }
  llvm::ArrayRef<Real> first = replay.first, second = replay.second;
  for (auto [i, output] : llvm::enumerate(net.outputs)) {
    int64_t size = output->type.getNumElements();
    for (auto [name, values] :
         {std::pair("first", &first), std::pair("second", &second)}) {
      if (llvm::Error error =
              write(name, i, net.outputs.size(), *output,
                    values->take_front(size), ArrayType::Float64))
        return error;
      *values = values->drop_front(size);
    }
  }
  return llvm::Error::success();
}

/// Makes the folders that files will go to, so that a wrong one is known before
/// the work is done.
static llvm::Error makeFolders(const CompareOptions &options) {
  for (const std::string &folder : {options.witnessFolder, options.verify.keep})
    if (!folder.empty()) {
      std::error_code code = llvm::sys::fs::create_directories(folder);
      if (!code && !llvm::sys::fs::is_directory(folder))
        code = std::make_error_code(std::errc::not_a_directory);
      if (code)
        return makeError(DiagId::FileWrite, folder,
                         "cannot be made a folder: " + code.message());
    }
  return llvm::Error::success();
}

/// Whether the question makes sense, before bounds are known.
static llvm::Error checkQuestion(const CompareOptions &options, bool hasClaim,
                                 const ModelPair &pair) {
  const QuestionOptions &question = options.question;
  if (llvm::Error error =
          checkBesideQuery(question, options.region.query, hasClaim))
    return error;
  if (hasClaim && options.command == "bound")
    return makeError(DiagId::Usage, "--query",
                     "'" + options.region.query +
                         "' makes a claim, which 'qev verify' decides");
  auto outputs = chooseOutputs(question, pair.getNumOutputs(), 0);
  if (!outputs)
    return outputs.takeError();
  Box unknown(pair.getNumOutputs(), Interval(0));
  return buildClaim(question, *outputs, pair.second(), unknown).takeError();
}

/// The compatibility methods bound delta and nothing else.
static llvm::Error checkMethod(const CompareOptions &options) {
  Method method = options.verify.method;
  bool isJoint = method == Method::Twin || method == Method::Best;
  if (options.verify.explain && !isJoint)
    return makeError(DiagId::MethodUnsupported, "--explain",
                     "method '" + getName(method) +
                         "' keeps no shares of its bounds; use twin or best");
  if (options.verify.recheck && !isJoint)
    return makeError(DiagId::MethodUnsupported, "--recheck",
                     "method '" + getName(method) +
                         "' keeps no slopes; use twin or best");
  if (isSound(method) || options.command == "bound")
    return llvm::Error::success();
  return makeError(DiagId::MethodUnsupported, "--method",
                   "'" + getName(method) +
                       "' reproduces published numbers and is not sound; it "
                       "gives no verdict, use it with 'qev bound'");
}

/// What a word of --trust lets close a claim.
static llvm::Expected<Trust::Grade> parseTrust(llvm::StringRef word) {
  if (word == "solver")
    return Trust::Grade::Tolerance;
  if (word == "none")
    return Trust::Grade::Exact;
  return makeError(DiagId::UnknownName, "--trust",
                   "'" + word + "' is none of solver, none");
}

/// Finds the models' files by the names that a VNN-LIB query gives them.
static llvm::Expected<std::vector<VnnLibNetwork>>
resolveNetworks(CompareOptions &options) {
  auto query = readVnnLib(options.region.query);
  if (!query)
    return query.takeError();
  auto usage = [](const llvm::Twine &message) {
    return makeError(DiagId::Usage, "--network", message);
  };
  if (query->networks.size() != 2 || !query->isVersion2)
    return usage("is for queries of VNN-LIB 2.0 about two networks; give FIRST "
                 "and SECOND, and --query " +
                 options.region.query);
  std::array paths = {&options.firstPath, &options.secondPath};
  for (llvm::StringRef word : options.networks) {
    auto [name, path] = word.split('=');
    if (path.empty())
      return usage("'" + word + "' is not NAME=FILE");
    bool isKnown = false;
    for (auto [network, place] : llvm::zip_equal(query->networks, paths)) {
      if (network.name != name)
        continue;
      if (!place->empty())
        return usage("network '" + name + "' is given twice");
      isKnown = true;
      *place = path.str();
    }
    if (!isKnown)
      return usage("the query declares no network '" + name + "', it has '" +
                   query->networks[0].name + "' and '" +
                   query->networks[1].name + "'");
  }
  for (auto [network, place] : llvm::zip_equal(query->networks, paths)) {
    if (place->empty() && network.likeness && network.likeness->isEqual)
      *place = *paths[network.likeness->network];
    if (place->empty())
      return usage("network '" + network.name + "' has no file: --network " +
                   network.name + "=FILE");
  }
  return std::move(query->networks);
}

llvm::Expected<Report> compareModels(const CompareOptions &given,
                                     const SampleSink &sink) {
  Clock clock;
  CompareOptions options = given;
  std::vector<VnnLibNetwork> networks;
  if (options.firstPath.empty()) {
    auto resolved = resolveNetworks(options);
    if (!resolved)
      return resolved.takeError();
    networks = std::move(*resolved);
  }
  if (llvm::Error error = checkMethod(options))
    return error;
  bool isVerify = options.command == "verify";
  bool isAttack = options.command == "attack";
  if (isAttack)
    options.verify.restarts = 30;
  auto trusted = parseTrust(options.trust);
  if (!trusted)
    return trusted.takeError();
  std::unique_ptr<Solver> solver, exactSolver;
  if (isVerify && options.solver != "none") {
    auto created = createSolver(options.solver);
    if (!created)
      return llvm::handleErrors(
          created.takeError(), [](const DiagnosticError &error) {
            return makeError(error.get().id, "--solver", error.get().message);
          });
    solver = std::move(*created);
    exactSolver = llvm::cantFail(createSolver("z3"));
  }
  std::optional<Baseline> baseline;
  if (!options.baseline.empty()) {
    auto read = Baseline::read(options.baseline);
    if (!read)
      return read.takeError();
    baseline = std::move(*read);
  }
  auto pair = loadPair(options.firstPath, options.secondPath);
  if (!pair)
    return pair.takeError();
  auto regions =
      Regions::open(options.region, *pair->firstOriginal,
                    pair->secondOriginal.get(), pair->secondFile.order);
  if (!regions)
    return regions.takeError();
  if (!options.secondIo.empty())
    if (llvm::Error error = checkSecondIo(options.secondIo, pair->second()))
      return error;
  // Solvers of VNN-LIB answer a condition that says nothing about outputs too.
  if (!networks.empty())
    regions->claimByDefault(claimOfNoInput());
  if (llvm::Error error = checkQuestion(options, regions->hasClaim(), *pair))
    return error;
  llvm::json::Object question;
  if (options.recordsQuestion || baseline) {
    auto recorded = recordQuestion(options, *pair->firstOriginal);
    if (!recorded)
      return recorded.takeError();
    question = std::move(*recorded);
  }
  if (baseline)
    if (llvm::Error error = baseline->checkSameQuestion(question, *regions))
      return error;
  if (llvm::Error error = makeFolders(options))
    return error;

  Report report;
  report.command = options.command;
  report.question = std::move(question);
  report.method = options.verify.method;
  report.first = pair->firstFile;
  report.second = pair->secondFile;
  report.requested = regions->count();
  report.networks = std::move(networks);
  if (baseline)
    report.baseline = {baseline->path, baseline->first, baseline->second};

  VerifyOptions verify = options.verify;
  verify.solver = solver.get();
  verify.exactSolver = exactSolver.get();
  verify.trusted = *trusted;
  verify.attack = isVerify || isAttack;
  verify.bounds = !isAttack;
  auto side = static_cast<unsigned>(
      std::min<size_t>(options.threads, regions->count()));
  verify.threads = std::max(1u, options.threads / side);

  verify.secondsBefore = clock.seconds();

  auto work = [&](size_t i) -> llvm::Expected<SampleResult> {
    auto region = regions->build(i);
    if (!region)
      return region.takeError();
    // Before the models say which of the numbers they take.
    std::string hash;
    if (options.recordsQuestion)
      hash = hashRegion(region->inputs);
    llvm::append_range(region->notes, pair->notes);
    for (const ModelFile *file : {&pair->firstFile, &pair->secondFile})
      if (!region->isEmpty)
        if (llvm::Error error = restrictToCodes(file->info, *region))
          return error;
    auto result = verifySample(*pair, *region, options.question, verify);
    if (result)
      result->regionHash = std::move(hash);
    return result;
  };
  auto give = [&](SampleResult result) -> llvm::Error {
    if (result.witness && !options.witnessFolder.empty())
      if (llvm::Error error =
              writeWitness(options.witnessFolder, *pair->firstOriginal, result))
        return error;
    report.add(result);
    if (baseline)
      llvm::append_range(report.regressions,
                         baseline->findRegressions(result, isAttack));
    return sink(report, result);
  };
  // After Ctrl-C what has not begun is left out.
  auto isStopped = [&] { return verify.stop && *verify.stop; };
  if (llvm::Error error = runInOrder<SampleResult>(
          regions->count(), {side, windowOfThread * side}, isStopped, work,
          give))
    return error;
  report.seconds = clock.seconds();
  return report;
}

} // namespace qev
