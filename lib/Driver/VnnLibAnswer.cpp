//===- VnnLibAnswer.cpp - What solvers of VNN-LIB print ---------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Driver/VnnLibAnswer.h"

namespace qev {

void VnnLibAnswer::add(const SampleResult &sample) {
  isTimedOut |= sample.isTimedOut;
  if (!witness && sample.witness)
    witness = sample.witness->replay;
  for (const Trust &trust : sample.verdictTrust)
    if (!trust.isSafe())
      trusted.insert(trust.words);
  for (const std::string &note : sample.notes)
    if (!llvm::is_contained(notes, note))
      notes.push_back(note);
}

/// Whether some input meets one of the cases.
llvm::StringRef VnnLibAnswer::getWord(const Report &report) const {
  switch (report.getVerdict()) {
  case Verdict::Falsified:
    return "sat";
  case Verdict::Verified:
    return "unsat";
  case Verdict::Unknown:
  case Verdict::Bounded:
    break;
  }
  return isTimedOut ? "timed-out" : "unknown";
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
  text.insert(text.size() - places, 1, '.');
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

void VnnLibAnswer::print(const Report &report, llvm::raw_ostream &os) const {
  os << getWord(report) << "\n";
  // The solvers whose word it rests on, as a comment of SMT-LIB.
  if (report.getVerdict() == Verdict::Verified && !trusted.empty()) {
    os << "; trusting ";
    llvm::interleave(trusted, os, "; ");
    os << "\n";
  }
  if (!witness)
    return;
  ExactTensor inputs;
  for (const ExactTensor &tensor : witness->input)
    llvm::append_range(inputs, tensor);
  const VnnLibNetwork &first = report.networks[0], &second = report.networks[1];
  const FileOrder &order = report.second.order;
  printTensors(first.inputs, inputs, os);
  printTensors(first.outputs, witness->first, os);
  printTensors(second.inputs, inFileOrder(second.inputs, order.inputs, inputs),
               os);
  printTensors(second.outputs,
               inFileOrder(second.outputs, order.outputs, witness->second), os);
}

void VnnLibAnswer::printNotes(llvm::raw_ostream &os) const {
  for (llvm::StringRef note : notes)
    os << "note: " << note << "\n";
}

} // namespace qev
