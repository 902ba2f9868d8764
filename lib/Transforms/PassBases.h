//===- PassBases.h - Options and statistics of passes -----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// For each pass of Passes.def a template `ClassBase<Parent>`, Parent being Pass
// or NetPass, with the options and statistics of the table as members.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_TRANSFORMS_PASSBASES_H
#define QEV_LIB_TRANSFORMS_PASSBASES_H

#include "qev/Analysis/Bounds.h"
#include "qev/Transforms/Passes.h"

namespace qev {

/// Only methods whose ranges are proved.
template <> struct OptionTraits<Method> {
  static std::optional<Method> parse(llvm::StringRef text) {
    std::optional<Method> method = getMethod(text);
    return method && isSound(*method) ? method : std::nullopt;
  }
  static std::string print(Method method) { return getName(method).str(); }
  static std::string describe() { return "interval, symbolic, twin or best"; }
};

enum class TightenWith { Lp, Milp };
template <> struct OptionTraits<TightenWith> {
  static std::optional<TightenWith> parse(llvm::StringRef text) {
    if (text == "lp")
      return TightenWith::Lp;
    if (text == "milp")
      return TightenWith::Milp;
    return std::nullopt;
  }
  static std::string print(TightenWith with) {
    return with == TightenWith::Lp ? "lp" : "milp";
  }
  static std::string describe() { return "lp or milp"; }
};

#define QEV_PASS_BEGIN(CLASS, NAME, EFFECT, SUMMARY, DESCRIPTION)              \
  template <typename Parent> class CLASS##Base : public Parent {               \
  public:                                                                      \
    CLASS##Base() : Parent(NAME) {}                                            \
                                                                               \
  protected:
#define QEV_PASS_OPTION(TYPE, MEMBER, NAME, DEFAULT, MEANING)                  \
  /* NOLINTNEXTLINE(bugprone-macro-parentheses) */                             \
  Option<TYPE> MEMBER{*this, NAME, DEFAULT, MEANING};
#define QEV_PASS_STATISTIC(MEMBER, NAME, MEANING)                              \
  Statistic MEMBER{*this, NAME, MEANING};
#define QEV_PASS_END(CLASS)                                                    \
  }                                                                            \
  ;
#include "qev/Transforms/Passes.def"

} // namespace qev

#endif // QEV_LIB_TRANSFORMS_PASSBASES_H
