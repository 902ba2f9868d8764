//===- VnnLibAnswer.cpp - What solvers of VNN-LIB print ---------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/Report.h"
#include "llvm/ADT/SetVector.h"
#include <set>

namespace qev {

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

} // namespace qev
