//===- ReportText.cpp - Results for people ----------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Report.h"
#include "qev/Support/Text.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"

namespace qev {

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
  if (report.requested > report.count())
    os << "interrupted: " << report.requested - report.count() << " of "
       << report.requested << " samples were not begun\n";
  if (report.baseline)
    os << (report.regressions.empty() ? "not above the baseline"
                                      : "above the baseline")
       << describeModels(report) << (report.regressions.empty() ? "\n" : ":\n");
  for (const std::string &regression : report.regressions)
    os << "  " << regression << "\n";
  if (report.count() < 2)
    return;
  if (report.isAboutTopOne()) {
    os << "top-1 certified " << report.count(Verdict::Verified) << "/"
       << report.count() << ", refuted " << report.count(Verdict::Falsified)
       << ", unknown " << report.count(Verdict::Unknown);
  } else {
    os << report.count() << " samples:";
    const char *separator = " ";
    for (Verdict verdict : {Verdict::Verified, Verdict::Falsified,
                            Verdict::Unknown, Verdict::Bounded})
      if (size_t number = report.count(verdict)) {
        os << separator << number << " " << getName(verdict);
        separator = ", ";
      }
  }
  auto worst = report.getWorst();
  os << "; worst sample " << worst->index << ", |delta| up to "
     << printShort(worst->severity)
     << (report.command == "bound" ? " not excluded" : " witnessed");
  os << llvm::format(" (%.2f s)", report.seconds) << "\n";
}

} // namespace qev
