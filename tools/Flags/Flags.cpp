//===- Flags.cpp - Regions and questions as options -------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Flags/Flags.h"

namespace qev {

namespace cl = llvm::cl;

namespace {
/// A modifier like cl::sub, for several.
struct InCommands {
  const FlagCommands &commands;
  void apply(cl::Option &option) const {
    for (cl::SubCommand *command : commands)
      option.addSubCommand(*command);
  }
};
} // namespace

static PerInput toWords(const cl::list<std::string> &option) {
  return {option.begin(), option.end()};
}

RegionFlags::RegionFlags(cl::OptionCategory &category,
                         const FlagCommands &commands)
    : box("box", cl::value_desc("LO:HI"), cl::cat(category),
          cl::desc("range of every input element, or a .npy file of shape "
                   "[2, ...]"),
          InCommands{commands}),
      input("input", cl::value_desc("FILE"), cl::cat(category),
            cl::desc(".npy or .pb file with samples, or a folder of them"),
            InCommands{commands}),
      sample("sample", cl::value_desc("I[,J,A-B]"), cl::cat(category),
             cl::desc("samples of the batch (default: all)"),
             InCommands{commands}),
      radius("radius", cl::value_desc("R"), cl::cat(category),
             cl::desc("max-norm ball around each sample (default: 0)"),
             InCommands{commands}),
      clip("clip", cl::value_desc("LO:HI"), cl::cat(category),
           cl::desc("valid inputs; cuts the ball"), InCommands{commands}),
      grid("grid", cl::value_desc("STEP[:OFFSET]"), cl::cat(category),
           cl::desc("only the inputs OFFSET + k STEP, as for pixels: --grid 1; "
                    "per channel with commas"),
           InCommands{commands}),
      levels("levels", cl::value_desc("FILE"), cl::cat(category),
             cl::desc(".npy file with the values that inputs take, [N] or per "
                      "channel [C, N]"),
             InCommands{commands}),
      mean("mean", cl::value_desc("M"), cl::cat(category),
           cl::desc("the model takes (x - M) / S, all other options are about "
                    "x; per channel with commas (default: 0)"),
           InCommands{commands}),
      std("std", cl::value_desc("S"), cl::cat(category),
          cl::desc("see --mean (default: 1)"), InCommands{commands}),
      query(
          "query", cl::value_desc("FILE"), cl::cat(category),
          cl::desc(".qev or .vnnlib file that says all of it, claim included"),
          InCommands{commands}) {}

RegionOptions RegionFlags::read() const {
  RegionOptions options;
  options.box = toWords(box);
  options.input = toWords(input);
  options.radius = toWords(radius);
  options.clip = toWords(clip);
  options.grid = toWords(grid);
  options.levels = toWords(levels);
  options.mean = toWords(mean);
  options.std = toWords(std);
  options.sample = sample;
  options.query = query;
  return options;
}

QuestionFlags::QuestionFlags(cl::OptionCategory &category,
                             const FlagCommands &claimCommands,
                             const FlagCommands &outputCommands)
    : epsilon("epsilon", cl::value_desc("E"), cl::cat(category),
              cl::desc("claim |delta_i| <= E: a number, one per output, 2lsb, "
                       "or 1%"),
              InCommands{claimCommands}),
      topOne("top1", cl::ValueDisallowed, cl::cat(category),
             cl::desc("claim that the first model's winner wins in the second"),
             InCommands{claimCommands}),
      topOneMargin("top1-margin", cl::value_desc("D"), cl::cat(category),
                   cl::desc("the same where the first wins by more than D"),
                   InCommands{claimCommands}),
      outputs("outputs", cl::value_desc("I,J|all|predicted"), cl::cat(category),
              cl::desc("outputs in question (default: all)"),
              InCommands{outputCommands}) {}

QuestionOptions QuestionFlags::read() const {
  return {epsilon, topOne, topOneMargin, outputs};
}

} // namespace qev
