//===- Compare.cpp - All samples of a comparison ----------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Compare.h"
#include "qev/Driver/Baseline.h"
#include "qev/Driver/Codes.h"
#include "qev/Driver/Record.h"
#include "qev/Import/Array.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/ThreadPool.h"
#include <array>

namespace qev {

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
static llvm::Error checkQuestion(const CompareOptions &options,
                                 llvm::ArrayRef<SampleRegion> regions,
                                 const ModelPair &pair) {
  const QuestionOptions &question = options.question;
  if (llvm::Error error =
          checkBesideQuery(question, options.region.query, regions))
    return error;
  bool hasClaim = llvm::any_of(regions, [](const SampleRegion &region) {
    return region.claim.has_value();
  });
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
      buildRegions(options.region, *pair->firstOriginal,
                   pair->secondOriginal.get(), pair->secondFile.order);
  if (!regions)
    return regions.takeError();
  // Before the models say which of the numbers they take.
  std::vector<std::string> regionHashes;
  for (const SampleRegion &region : *regions)
    regionHashes.push_back(hashRegion(region.inputs));
  for (SampleRegion &region : *regions) {
    llvm::append_range(region.notes, pair->notes);
    for (const ModelFile *file : {&pair->firstFile, &pair->secondFile})
      if (!region.isEmpty)
        if (llvm::Error error = restrictToCodes(file->info, region))
          return error;
  }
  if (!options.secondIo.empty())
    if (llvm::Error error = checkSecondIo(options.secondIo, pair->second()))
      return error;
  // Solvers of VNN-LIB answer a condition that says nothing about outputs too.
  if (!networks.empty())
    for (SampleRegion &region : *regions)
      if (!region.claim)
        region.claim = claimOfNoInput();
  if (llvm::Error error = checkQuestion(options, *regions, *pair))
    return error;
  auto question = recordQuestion(options, *pair->firstOriginal);
  if (!question)
    return question.takeError();
  if (baseline)
    if (llvm::Error error =
            baseline->checkSameQuestion(*question, *regions, regionHashes))
      return error;
  if (llvm::Error error = makeFolders(options))
    return error;

  Report report;
  report.command = options.command;
  report.question = std::move(*question);
  report.method = options.verify.method;
  report.first = pair->firstFile;
  report.second = pair->secondFile;
  report.requested = regions->size();
  report.networks = std::move(networks);

  VerifyOptions verify = options.verify;
  verify.solver = solver.get();
  verify.exactSolver = exactSolver.get();
  verify.trusted = *trusted;
  verify.attack = isVerify || isAttack;
  verify.bounds = !isAttack;
  auto side =
      static_cast<unsigned>(std::min<size_t>(options.threads, regions->size()));
  verify.threads = std::max(1u, options.threads / side);

  verify.secondsBefore = clock.seconds();

  // Samples finish in any order and are reported in the order asked for. The
  // first error ends the run.
  std::vector<std::optional<SampleResult>> results(regions->size());
  std::mutex mutex;
  size_t next = 0;
  std::atomic<bool> failed{false};
  llvm::Error errors = llvm::Error::success();
  auto finish = [&](size_t index, llvm::Expected<SampleResult> result) {
    std::scoped_lock lock(mutex);
    llvm::Error error = result.takeError();
    if (!error && result->witness && !options.witnessFolder.empty())
      error =
          writeWitness(options.witnessFolder, *pair->firstOriginal, *result);
    if (error) {
      if (failed.exchange(true))
        llvm::consumeError(std::move(error));
      else
        errors = std::move(error);
      return;
    }
    result->regionHash = regionHashes[index];
    results[index] = std::move(*result);
    for (; next < results.size() && results[next]; ++next) {
      report.samples.push_back(std::move(*results[next]));
      sink(report, report.samples.back());
    }
  };
  {
    llvm::DefaultThreadPool pool(llvm::hardware_concurrency(side));
    for (size_t i = 0; i < regions->size(); ++i)
      pool.async([&, i] {
        // After Ctrl-C what has not begun is left out.
        if (failed || (verify.stop && *verify.stop && i > 0))
          return;
        finish(i, verifySample(*pair, (*regions)[i], options.question, verify));
      });
    pool.wait();
  }
  if (failed)
    return errors;
  llvm::cantFail(std::move(errors));
  // Those behind a sample that was left out.
  for (std::optional<SampleResult> &result :
       llvm::MutableArrayRef(results).drop_front(next))
    if (result) {
      report.samples.push_back(std::move(*result));
      sink(report, report.samples.back());
    }
  if (baseline) {
    report.baseline = {baseline->path, baseline->first, baseline->second};
    report.regressions = baseline->findRegressions(report);
  }
  report.seconds = clock.seconds();
  return report;
}

} // namespace qev
