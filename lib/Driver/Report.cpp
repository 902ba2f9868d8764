//===- Report.cpp - Results for people and for programs ---------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Report.h"
#include "qev/Driver/Record.h"
#include "qev/Support/Json.h"
#include "qev/Support/Text.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include <array>
#include <set>

namespace qev {

int getRank(Verdict verdict) {
  switch (verdict) {
  case Verdict::Bounded:
    return 0;
  case Verdict::Verified:
    return 1;
  case Verdict::Unknown:
    return 2;
  case Verdict::Falsified:
    return 3;
  }
  llvm_unreachable("all verdicts are ranked");
}

bool Report::isCutShort() const {
  return samples.size() < requested ||
         llvm::any_of(
             samples,
             [&](const SampleResult &sample) {
               return sample.isInterrupted ||
                      (command != "verify" && sample.isTimedOut);
             });
}

Verdict Report::getVerdict() const {
  // Of samples that were left out nothing is known.
  Verdict verdict = Verdict::Bounded;
  for (const SampleResult &sample : samples)
    if (getRank(sample.verdict) > getRank(verdict))
      verdict = sample.verdict;
  if (verdict == Verdict::Verified && isCutShort())
    return Verdict::Unknown;
  return verdict;
}

int Report::getExitStatus() const {
  if (!regressions.empty())
    return 1;
  switch (getVerdict()) {
  case Verdict::Verified:
    return 0;
  case Verdict::Falsified:
    return 1;
  case Verdict::Unknown:
    return command == "attack" && !isCutShort() ? 0 : 3;
  case Verdict::Bounded:
    return isCutShort() ? 3 : 0;
  }
  llvm_unreachable("all verdicts have a status");
}

/// The largest witnessed |delta| of a sample, without witnesses the largest
/// proved one.
static double getSeverity(const SampleResult &sample) {
  double severity = 0;
  for (const OutputResult &output : sample.outputs)
    severity = std::fmax(severity,
                         output.witnessed.value_or(output.proved).magnitude());
  return severity;
}

static const SampleResult *findWorst(const Report &report) {
  const SampleResult *worst = nullptr;
  for (const SampleResult &sample : report.samples)
    if (!worst || getSeverity(sample) > getSeverity(*worst))
      worst = &sample;
  return worst;
}

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

static llvm::json::Value toJson(const Interval &interval) {
  return llvm::json::Array{interval.lo, interval.hi};
}

static llvm::json::Value toJson(const ModelFile &file) {
  llvm::json::Object object{{"path", escapeText(file.path)},
                            {"sha256", file.sha256}};
  llvm::json::Array external;
  for (const auto &[name, digest] : file.external)
    external.push_back(
        llvm::json::Object{{"path", escapeText(name)}, {"sha256", digest}});
  if (!external.empty())
    object["external"] = std::move(external);
  return object;
}

static llvm::json::Value toJson(const Claim &claim) {
  if (const auto *topOne = std::get_if<TopOneClaim>(&claim))
    return llvm::json::Object{{"kind", "top1"},
                              {"margin", topOne->margin.toDouble()}};
  if (const auto *never = std::get_if<NeverClaim>(&claim))
    return llvm::json::Object{
        {"kind", "never"},
        {"violations", static_cast<int64_t>(never->violations.size())}};
  const auto *delta = std::get_if<DeltaClaim>(&claim);
  if (!delta)
    return nullptr;
  llvm::json::Array epsilon;
  for (const std::optional<Real> &value : delta->epsilon)
    epsilon.push_back(value ? llvm::json::Value(value->toDouble())
                            : llvm::json::Value(nullptr));
  return llvm::json::Object{{"kind", "delta"}, {"epsilon", std::move(epsilon)}};
}

static llvm::json::Value toJson(const SampleResult &sample,
                                const Witness &witness) {
  const Replay &replay = witness.replay;
  llvm::json::Array input, exact;
  bool isDouble = true, isFloat = true;
  for (const ExactTensor &tensor : replay.input)
    for (const Real &value : tensor) {
      input.push_back(value.toDouble());
      exact.push_back(printReal(value));
      isDouble &= value.isDouble();
      isFloat &= value.isFloat();
    }
  llvm::json::Object object{
      {"output", witness.output},
      {"delta", replay.getDelta(witness.output).toDouble()},
      {"input", std::move(input)},
      {"input_type", isFloat    ? "float32"
                     : isDouble ? "float64"
                                : "rational"}};
  if (witness.violation)
    object["violation"] = static_cast<int64_t>(*witness.violation);
  // A grid of thirds has points that no double equals.
  if (!isDouble)
    object["input_exact"] = std::move(exact);
  if (std::holds_alternative<TopOneClaim>(sample.claim)) {
    object["first_winner"] = witness.output;
    object["second_winner"] = getWinner(replay.second);
  }
  return object;
}

static llvm::json::Array toJson(llvm::ArrayRef<Trust> grounds) {
  llvm::json::Array array;
  for (const Trust &trust : grounds)
    array.push_back(escapeText(trust.words));
  return array;
}

static llvm::json::Value toJson(const SampleResult &sample, bool isAttack) {
  llvm::json::Array outputs;
  for (const OutputResult &output : sample.outputs) {
    llvm::json::Object object{{"index", output.index}};
    if (!isAttack)
      object["proved"] = toJson(output.proved);
    if (output.witnessed)
      object["witnessed"] = toJson(*output.witnessed);
    outputs.push_back(std::move(object));
  }
  llvm::json::Array approximations;
  for (Approximation name : sample.approximations)
    approximations.push_back(getName(name));
  llvm::json::Object object{
      {"index", sample.index},
      {"verdict", getName(sample.verdict)},
      {"reason", escapeText(sample.reason)},
      {"closed_by", sample.closedBy},
      {"predicted", sample.predicted},
      {"region", llvm::json::Object{{"sha256", sample.regionHash}}},
      {"claim", toJson(sample.claim)},
      {"claim_exact", recordClaim(sample.claim)},
      {"outputs", std::move(outputs)},
      {"seconds", llvm::json::Object{{"bound", sample.seconds.bound},
                                     {"attack", sample.seconds.attack},
                                     {"search", sample.seconds.search},
                                     {"solve", sample.seconds.solve},
                                     {"total", sample.seconds.total}}},
      {"trust", toJson(sample.trust)},
      {"grade", getName(getGrade(sample.trust))},
      {"notes", toJson(sample.notes)},
      {"approximations", std::move(approximations)}};
  if (sample.recheck)
    object["recheck"] = llvm::json::Object{{"bounds", sample.recheck->bounds},
                                           {"tight", sample.recheck->tight}};
  if (!sample.explanations.empty()) {
    llvm::json::Array explanations;
    for (const Explanation &explanation : sample.explanations)
      explanations.push_back(toJson(explanation));
    object["explanations"] = std::move(explanations);
  }
  if (sample.witness)
    object["witness"] = toJson(sample, *sample.witness);
  return object;
}

static unsigned count(const Report &report, Verdict verdict) {
  return llvm::count_if(report.samples, [&](const SampleResult &sample) {
    return sample.verdict == verdict;
  });
}

llvm::json::Value toJson(const Report &report) {
  llvm::json::Array samples;
  for (const SampleResult &sample : report.samples)
    samples.push_back(toJson(sample, report.command == "attack"));
  llvm::json::Object summary{
      {"samples", static_cast<int64_t>(report.samples.size())},
      {"requested", static_cast<int64_t>(report.requested)},
      {"verified", count(report, Verdict::Verified)},
      {"falsified", count(report, Verdict::Falsified)},
      {"unknown", count(report, Verdict::Unknown)},
      {"bounded", count(report, Verdict::Bounded)}};
  if (const SampleResult *worst = findWorst(report))
    summary["worst_sample"] = worst->index;
  llvm::json::Object object{{"qev", QEV_VERSION},
                            {"schema", recordSchema},
                            {"question", llvm::json::Object(report.question)},
                            {"command", report.command},
                            {"semantics", "real"},
                            {"method", getName(report.method)},
                            {"sound", isSound(report.method)},
                            {"first", toJson(report.first)},
                            {"second", toJson(report.second)},
                            {"verdict", getName(report.getVerdict())},
                            {"seconds", report.seconds},
                            {"summary", std::move(summary)},
                            {"samples", std::move(samples)}};
  if (report.baseline) {
    object["baseline"] = llvm::json::Object{
        {"path", escapeText(report.baseline->path)},
        {"first", llvm::json::Object(report.baseline->first)},
        {"second", llvm::json::Object(report.baseline->second)}};
    object["regressions"] = toJson(report.regressions);
  }
  return object;
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

static std::string printShort(double value) {
  std::string text;
  // Adding 0 makes 0 of a negative zero.
  llvm::raw_string_ostream(text) << llvm::format("%.6g", value + 0.0);
  return text;
}

/// Six digits for the eye, rounded outward (proved) or inward (witnessed).
static std::string printOutward(const Interval &interval, bool outward) {
  auto digits = [](double value, bool up) {
    std::string text = printShort(value);
    double shown = std::strtod(text.c_str(), nullptr);
    for (int step = 1; up ? shown < value : shown > value; ++step) {
      double nudge = (std::fabs(value) * 1e-6 +
                      std::numeric_limits<double>::denorm_min()) *
                     step;
      text = printShort(up ? value + nudge : value - nudge);
      shown = std::strtod(text.c_str(), nullptr);
    }
    return text;
  };
  std::string lo = digits(interval.lo, !outward);
  std::string hi = digits(interval.hi, outward);
  // What is narrower than six digits show is shown to nearest.
  if (std::strtod(lo.c_str(), nullptr) > std::strtod(hi.c_str(), nullptr))
    lo = hi = printShort(interval.hi);
  return "[" + lo + ", " + hi + "]";
}

static std::string describe(const Claim &claim) {
  if (const auto *topOne = std::get_if<TopOneClaim>(&claim))
    return topOne->margin.isZero()
               ? "the first model's winner wins in the second"
               : "the first model's winner by more than " +
                     printReal(topOne->margin) + " wins in the second";
  if (std::holds_alternative<NeverClaim>(claim))
    return "no input meets the query's condition";
  const auto *delta = std::get_if<DeltaClaim>(&claim);
  if (!delta)
    return "";
  std::optional<Real> common;
  bool isUniform = true;
  std::vector<std::string> bounded;
  for (auto [i, epsilon] : llvm::enumerate(delta->epsilon)) {
    if (!epsilon)
      continue;
    bounded.push_back(std::to_string(i));
    isUniform &= !common || *common == *epsilon;
    common = *epsilon;
  }
  if (bounded.empty())
    return "nothing about any output";
  std::string value = printReal(*common);
  std::string text =
      isUniform
          ? "|delta| <= " + (value.size() <= 12 ? value : printRounded(*common))
          : "|delta_i| <= epsilon_i";
  size_t all = delta->epsilon.size();
  if (bounded.size() == all)
    return text + (isUniform ? "" : " for each output");
  if (bounded.size() == 1)
    return text + " at output " + bounded.front();
  constexpr size_t mostNamed = 8;
  if (bounded.size() <= mostNamed)
    return text + " at outputs " + llvm::join(bounded, ", ");
  return text + " at " + std::to_string(bounded.size()) + " of " +
         std::to_string(all) + " outputs";
}

void printModels(const Report &report, llvm::raw_ostream &os) {
  for (auto [name, file] : {std::pair("first ", &report.first),
                            std::pair("second", &report.second)}) {
    os << name << "  " << printForeign(file->path) << "  sha256 "
       << file->sha256 << "\n";
    for (const std::string &note : file->info.notes)
      os << "        note: " << note << "\n";
  }
  os << "delta = second - first, semantics real, method "
     << getName(report.method) << "\n";
}

/// The solvers whose word a verdict rests on; nothing if it is our arithmetic.
static std::string describeTrust(const SampleResult &sample) {
  std::string text;
  for (const Trust &trust : sample.verdictTrust)
    if (!trust.isSafe())
      text += (text.empty() ? ", trusting " : "; ") + trust.words;
  return text;
}

void printVerdict(const SampleResult &sample, llvm::raw_ostream &os) {
  os << "sample " << sample.index << ": " << getName(sample.verdict);
  if (std::string claim = describe(sample.claim); !claim.empty())
    os << ": " << claim;
  if (!sample.closedBy.empty())
    os << ", by " << sample.closedBy;
  if (sample.verdict == Verdict::Verified)
    os << describeTrust(sample);
  os << llvm::format(" (%.2f s)", sample.seconds.total) << "\n";
  if (!sample.reason.empty())
    os << "  reason: " << sample.reason << "\n";
}

static void printBracket(const Report &report, const SampleResult &sample,
                         llvm::raw_ostream &os) {
  bool isProved = report.command != "attack";
  bool isWitnessed = report.command != "bound";
  constexpr unsigned width = 28;
  os << "  output  ";
  if (isProved)
    os << llvm::left_justify("delta proved within", isWitnessed ? width : 0);
  os << (isWitnessed ? "delta witnessed" : "") << "\n";
  for (const OutputResult &output : sample.outputs) {
    std::string index = std::to_string(output.index);
    if (output.index == sample.predicted)
      index += " *";
    os << "  " << llvm::left_justify(index, 8);
    std::string proved = isProved ? printOutward(output.proved, true) : "";
    if (isProved && isWitnessed)
      proved += " ";
    os << llvm::left_justify(proved, isProved && isWitnessed ? width : 0);
    if (isWitnessed)
      os << (output.witnessed ? printOutward(*output.witnessed, false) : "-");
    os << "\n";
  }
}

/// Two numbers by six digits, or by as many as tell them apart.
static std::pair<std::string, std::string> printApart(const Real &a,
                                                      const Real &b) {
  for (unsigned digits = 6;; ++digits) {
    std::pair texts(printRounded(a, digits), printRounded(b, digits));
    if (a == b || texts.first != texts.second)
      return texts;
  }
}

/// By how much an output exceeds all others.
static Real getLead(llvm::ArrayRef<Real> outputs, int64_t winner) {
  std::optional<Real> lead;
  for (auto [i, output] : llvm::enumerate(outputs))
    if (static_cast<int64_t>(i) != winner &&
        (!lead || outputs[winner] - output < *lead))
      lead = outputs[winner] - output;
  return lead.value_or(0);
}

/// Whether six digits of the outputs hardly show the lead.
static bool isTiny(const Real &lead, llvm::ArrayRef<Real> outputs) {
  return llvm::any_of(outputs, [&](const Real &output) {
    return lead * Real(100000) <= output.abs();
  });
}

static void printTopOneWitness(const Replay &replay, int64_t first,
                               llvm::raw_ostream &os) {
  int64_t second = getWinner(replay.second);
  auto printSide = [&](const ExactTensor &outputs, int64_t winner,
                       int64_t loser) {
    auto [high, low] = printApart(outputs[winner], outputs[loser]);
    os << " (" << high << " against " << low << ")";
  };
  os << "output " << first << " wins in the first model";
  printSide(replay.first, first, second);
  os << ", output " << second << " in the second";
  printSide(replay.second, second, first);
  bool isTie = replay.second[second] == replay.second[first];
  if (isTie)
    os << "; a tie goes to the lower index";
  Real lead = getLead(replay.first, first);
  if (isTie || isTiny(lead, replay.first))
    os << "; the first model leads by " << printRounded(lead)
       << ", --top1-margin D asks where it leads by more than D";
}

static void printWitness(const SampleResult &sample, llvm::raw_ostream &os) {
  int64_t i = sample.witness->output;
  const Replay &replay = sample.witness->replay;
  auto [first, second] = printApart(replay.first[i], replay.second[i]);
  os << "  witness: ";
  if (std::holds_alternative<TopOneClaim>(sample.claim)) {
    printTopOneWitness(replay, i, os);
  } else if (sample.witness->violation) {
    os << "meets violation " << *sample.witness->violation
       << " of the query; output " << i << " is " << first
       << " in the first model, " << second << " in the second";
  } else {
    Real delta = replay.getDelta(i);
    // So that it is seen to lie beyond epsilon.
    const auto *claim = std::get_if<DeltaClaim>(&sample.claim);
    auto epsilon = claim ? claim->epsilon[i] : std::nullopt;
    os << "delta of output " << i << " is " << (delta.sign() < 0 ? "-" : "")
       << printApart(delta.abs(), epsilon.value_or(0)).first << " (" << first
       << " in the first model, " << second << " in the second)";
  }
  os << ", replayed in exact arithmetic\n";
}

static void printExplanations(const SampleResult &sample, bool all,
                              llvm::raw_ostream &os) {
  const Explanation *worst = nullptr;
  for (const Explanation &explanation : sample.explanations) {
    if (all)
      printExplanation(explanation, os);
    if (!worst || std::fabs(explanation.bound) > std::fabs(worst->bound))
      worst = &explanation;
  }
  if (worst && !all)
    printExplanation(*worst, os);
}

void printSample(const Report &report, const SampleResult &sample,
                 const TextOptions &options, llvm::raw_ostream &os) {
  printVerdict(sample, os);
  bool isEmpty = sample.outputs.empty(); // a region without inputs
  if (!isEmpty)
    printBracket(report, sample, os);
  if (sample.witness)
    printWitness(sample, os);
  if (isEmpty) {
    os << "  rests on: the query alone\n";
  } else if (report.command == "attack") {
    os << "  replayed in exact arithmetic; larger differences are not "
          "excluded\n";
  } else if (!isSound(report.method)) {
    os << "  not sound: method " << getName(report.method)
       << " reproduces published numbers for comparison\n";
  } else {
    // Of a refutation the trust concerns what is proved beside it.
    os << "  rests on: " << (sample.witness ? "the replay; proved ends: " : "")
       << (sample.closedBy == "execution" ? "exact execution"
                                          : "outward-rounded bounds");
    if (sample.recheck)
      os << ", " << sample.recheck->bounds
         << " of them computed once more in exact rationals";
    for (const Trust &trust : sample.trust)
      os << "; " << trust.words;
    os << "\n";
  }
  for (const std::string &note : sample.notes)
    if (!llvm::StringRef(sample.reason).contains(note))
      os << "  note: " << note << "\n";
  printExplanations(sample, options.explainsAll, os);
  if (!options.isVerbose)
    return;
  os << llvm::format("  seconds: bound %.3f, attack %.3f, solve %.3f\n",
                     sample.seconds.bound, sample.seconds.attack,
                     sample.seconds.solve);
  os << "  approximations:";
  for (Approximation name : sample.approximations)
    os << " " << getName(name);
  os << (sample.approximations.empty() ? " none\n" : "\n");
}

//===----------------------------------------------------------------------===//
// VNN-LIB
//===----------------------------------------------------------------------===//

/// The answer of all cases together: whether some input meets one of them.
static llvm::StringRef getAnswer(const Report &report) {
  switch (report.getVerdict()) {
  case Verdict::Falsified:
    return "sat";
  case Verdict::Verified:
    return "unsat";
  case Verdict::Unknown:
  case Verdict::Bounded:
    break;
  }
  bool isLate = llvm::any_of(report.samples, [](const SampleResult &sample) {
    return sample.isTimedOut;
  });
  return isLate ? "timed-out" : "unknown";
}

/// All digits of a number that has finitely many, else a fraction.
static std::string printDecimal(const Real &value) {
  if (!value.isDyadic() || value.getExponent() >= 0)
    return printReal(value);
  // n / 2^k is n 5^k / 10^k.
  auto places = static_cast<unsigned long>(-value.getExponent());
  mpz_class digits;
  mpz_ui_pow_ui(digits.get_mpz_t(), 5, places);
  digits *= ::abs(value.getNumerator());
  std::string text = digits.get_str();
  if (text.size() <= places)
    text.insert(0, places + 1 - text.size(), '0');
  text.insert(text.size() - places, ".");
  return (value.sign() < 0 ? "-" : "") + text;
}

static void printTensors(llvm::ArrayRef<VnnLibTensor> tensors,
                         llvm::ArrayRef<Real> values, llvm::raw_ostream &os) {
  for (const VnnLibTensor &tensor : tensors) {
    os << tensor.name << " real [";
    llvm::interleave(tensor.shape, os, ",");
    os << "]\n";
    int64_t size = tensor.getNumElements();
    for (const Real &value : values.take_front(size))
      os << printDecimal(value) << "\n";
    values = values.drop_front(size);
  }
}

/// The solvers whose word `unsat` rests on, as a comment of SMT-LIB.
static void printTrusted(const Report &report, llvm::raw_ostream &os) {
  std::set<std::string> words;
  for (const SampleResult &sample : report.samples)
    for (const Trust &trust : sample.verdictTrust)
      if (!trust.isSafe())
        words.insert(trust.words);
  if (words.empty())
    return;
  os << "; trusting ";
  llvm::interleave(words, os, "; ");
  os << "\n";
}

/// Values of the second net in the order of its file, where its query declares
/// these tensors.
static ExactTensor inFileOrder(llvm::ArrayRef<VnnLibTensor> tensors,
                               llvm::ArrayRef<unsigned> order,
                               const ExactTensor &values) {
  if (order.empty())
    return values;
  std::vector<llvm::ArrayRef<Real>> parts(tensors.size());
  llvm::ArrayRef<Real> rest = values;
  for (unsigned place : order) {
    parts[place] = rest.take_front(tensors[place].getNumElements());
    rest = rest.drop_front(parts[place].size());
  }
  ExactTensor result;
  for (llvm::ArrayRef<Real> part : parts)
    llvm::append_range(result, part);
  return result;
}

void printVnnLib(const Report &report, llvm::raw_ostream &os) {
  os << getAnswer(report) << "\n";
  if (report.getVerdict() == Verdict::Verified)
    printTrusted(report, os);
  for (const SampleResult &sample : report.samples) {
    if (!sample.witness)
      continue;
    const Replay &replay = sample.witness->replay;
    ExactTensor inputs;
    for (const ExactTensor &tensor : replay.input)
      llvm::append_range(inputs, tensor);
    const VnnLibNetwork &first = report.networks[0],
                        &second = report.networks[1];
    const FileOrder &order = report.second.order;
    printTensors(first.inputs, inputs, os);
    printTensors(first.outputs, replay.first, os);
    printTensors(second.inputs,
                 inFileOrder(second.inputs, order.inputs, inputs), os);
    printTensors(second.outputs,
                 inFileOrder(second.outputs, order.outputs, replay.second), os);
    return;
  }
}

void printNotes(const Report &report, llvm::raw_ostream &os) {
  llvm::SmallSetVector<llvm::StringRef, 4> notes;
  for (const SampleResult &sample : report.samples)
    notes.insert(sample.notes.begin(), sample.notes.end());
  for (llvm::StringRef note : notes)
    os << "note: " << note << "\n";
}

/// Which models are not those of the baseline.
static llvm::StringRef describeModels(const Report &report) {
  auto differs = [](const ModelFile &now, llvm::json::Object before) {
    llvm::json::Object object = *toJson(now).getAsObject();
    object.erase("path");
    before.erase("path");
    return object != before;
  };
  bool first = differs(report.first, report.baseline->first);
  bool second = differs(report.second, report.baseline->second);
  if (first && second)
    return ", which is of two other models";
  if (first || second)
    return first ? ", which is of another first model"
                 : ", which is of another second model";
  return "";
}

void printSummary(const Report &report, llvm::raw_ostream &os) {
  if (report.requested > report.samples.size())
    os << "interrupted: " << report.requested - report.samples.size() << " of "
       << report.requested << " samples were not begun\n";
  if (report.baseline)
    os << (report.regressions.empty() ? "not above the baseline"
                                      : "above the baseline")
       << describeModels(report) << (report.regressions.empty() ? "\n" : ":\n");
  for (const std::string &regression : report.regressions)
    os << "  " << regression << "\n";
  if (report.samples.size() < 2)
    return;
  bool isTopOne = llvm::all_of(report.samples, [](const SampleResult &sample) {
    return std::holds_alternative<TopOneClaim>(sample.claim);
  });
  if (isTopOne) {
    os << "top-1 certified " << count(report, Verdict::Verified) << "/"
       << report.samples.size() << ", refuted "
       << count(report, Verdict::Falsified) << ", unknown "
       << count(report, Verdict::Unknown);
  } else {
    os << report.samples.size() << " samples:";
    const char *separator = " ";
    for (Verdict verdict : {Verdict::Verified, Verdict::Falsified,
                            Verdict::Unknown, Verdict::Bounded})
      if (unsigned number = count(report, verdict)) {
        os << separator << number << " " << getName(verdict);
        separator = ", ";
      }
  }
  const SampleResult *worst = findWorst(report);
  os << "; worst sample " << worst->index << ", |delta| up to "
     << printShort(getSeverity(*worst))
     << (report.command == "bound" ? " not excluded" : " witnessed");
  os << llvm::format(" (%.2f s)", report.seconds) << "\n";
}

} // namespace qev
