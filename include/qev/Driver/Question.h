//===- Question.h - Regions and claims from command lines -------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The REGION and QUESTION words that every command shares, as text, and what
// they mean for a given pair of nets. Numbers are exact: `0.05` is 1/20.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_DRIVER_QUESTION_H
#define QEV_DRIVER_QUESTION_H

#include "qev/Analysis/Bounds.h"

namespace qev {

/// An option as typed, each time it was given: `VALUE` for all inputs of the
/// model, or `NAME=VALUE` for one of them, which then counts for that one.
using PerInput = std::vector<std::string>;

/// As typed; what is empty was not given. Values per channel are separated by
/// commas: axis 1 of an input with a leading 1, else axis 0.
struct RegionOptions {
  PerInput box;    ///< `LO:HI` or a file of shape [2, ...]
  PerInput input;  ///< a file with one sample or a batch, or a folder
  PerInput radius; ///< of the max-norm ball around each sample
  PerInput clip;   ///< `LO:HI`, applied after the radius
  PerInput grid;   ///< `STEP[:OFFSET]`, one or per channel
  PerInput levels; ///< a file with the values that inputs take, [N] or [C, N]
  PerInput mean; ///< one or per channel; the model takes (x - mean) / std, and
  PerInput std;  ///< all other options are about x
  std::string sample; ///< `I`, `I,J`, `A-B`: which of the batch
  /// A file in place of all these. Of a .qev file `sample` picks queries, each
  /// a question of its own; the cases of a .vnnlib file are one.
  std::string query;
};

/// The region of one sample; without `--input`, the only one, number 0.
struct SampleRegion {
  int64_t index = 0;
  std::vector<InputRegion> inputs;
  /// Of a query; none: what QuestionOptions say.
  std::optional<Claim> claim = std::nullopt;
  std::vector<std::string> notes = {}; ///< what of a query was left aside
  /// Of a query whose condition no input meets, whatever the nets are: there
  /// are no `inputs`, and every claim holds.
  bool isEmpty = false;
};

/// What any input refutes: a violation that every execution meets.
NeverClaim claimOfNoInput();

/// Where inputs and outputs of a net stand in its file: input i is number
/// inputs[i] there. Empty: in the order of the file.
struct FileOrder {
  std::vector<unsigned> inputs, outputs;
};

/// The questions of a file about two nets, compressed (.gz) or not. Of a .qev
/// file its queries; their claims are about @first and @second, or about nets
/// of its own that stand for them by position; regions with the names of the
/// nets' inputs are about those, in whatever order. Of a .vnnlib file the cases
/// of its condition, by region; networks of version 2.0 stand for the nets by
/// position and declare their tensors as the files do, and what version 1.0
/// says about outputs is left aside. Fails with what the readers of the formats
/// fail with, `query-region`, and `query-claim` on what cannot be asked.
llvm::Expected<std::vector<SampleRegion>>
readQueries(llvm::StringRef path, const Net &first, const Net &second,
            const FileOrder &secondOrder = {});

struct QuestionOptions {
  std::string epsilon; ///< `E`, `E,E,...`, `2lsb`, `1%`
  bool topOne = false;
  std::string topOneMargin;
  std::string outputs; ///< `all`, `predicted` or `I,J`
  bool isTopOne() const { return topOne || !topOneMargin.empty(); }
  /// The options that were given.
  std::vector<llvm::StringRef> listGiven() const;
};

/// Whether a query that makes a claim of its own, if this one does, is left
/// alone by the words beside it. Fails with `usage`.
llvm::Error checkBesideQuery(const QuestionOptions &options,
                             llvm::StringRef query, bool hasClaim);

/// The outputs in question, increasing. `predicted` is the first net's winner
/// at the region's centre.
llvm::Expected<std::vector<int64_t>>
chooseOutputs(const QuestionOptions &options, int64_t numOutputs,
              int64_t predicted);

/// A part of --epsilon: `0.05`, `2lsb`, `1%`.
struct EpsilonWord {
  enum class Unit { One, Lsb, Percent };
  Real number; ///< not negative
  Unit unit = Unit::One;
  std::string str() const; ///< the same word however it was typed
};
/// One for each output.
llvm::Expected<std::vector<EpsilonWord>> parseEpsilon(llvm::StringRef text,
                                                      size_t numOutputs);
/// That of --top1 and --top1-margin.
llvm::Expected<Real> parseMargin(const QuestionOptions &options);

/// The claim asked for. `lsb` counts steps of the second net's output
/// quantizer; `%` is of the width of the first net's proved output range, taken
/// over all outputs.
llvm::Expected<Claim> buildClaim(const QuestionOptions &options,
                                 llvm::ArrayRef<int64_t> outputs,
                                 const Net &second, const Box &firstRange);

} // namespace qev

#endif // QEV_DRIVER_QUESTION_H
