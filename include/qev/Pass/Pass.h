//===- Pass.h - Steps that work on modules ----------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A pass does one thing to a module. Its options and statistics are members,
// declared with the pass in a table (include/qev/Transforms/Passes.def), which
// is also where their text for `--print-pass-docs` stands.
//
//===----------------------------------------------------------------------===//

#ifndef QEV_PASS_PASS_H
#define QEV_PASS_PASS_H

#include "qev/IR/Module.h"
#include "qev/Support/Diagnostics.h"
#include "llvm/Support/LogicalResult.h"

namespace qev {

class Pass;

/// How an option's value is read and written. A specialisation has
///   static std::optional<T> parse(llvm::StringRef text);
///   static std::string print(const T &value);
///   static std::string describe();   what may stand there: `true or false`
template <typename T> struct OptionTraits;

template <> struct OptionTraits<bool> {
  static std::optional<bool> parse(llvm::StringRef text);
  static std::string print(bool value) { return value ? "true" : "false"; }
  static std::string describe() { return "true or false"; }
};
template <> struct OptionTraits<int64_t> {
  static std::optional<int64_t> parse(llvm::StringRef text);
  static std::string print(int64_t value) { return std::to_string(value); }
  static std::string describe() { return "an integer"; }
};
template <> struct OptionTraits<std::string> {
  static std::optional<std::string> parse(llvm::StringRef text) {
    return text.str();
  }
  static std::string print(const std::string &value) { return value; }
  static std::string describe() { return "text"; }
};

/// One option of a pass: `name=value` between braces in a pipeline.
class PassOption {
public:
  PassOption(Pass &pass, llvm::StringRef name, llvm::StringRef text);
  virtual ~PassOption() = default;
  PassOption(const PassOption &) = delete;

  /// False if the text is no value of the option.
  virtual bool parse(llvm::StringRef text) = 0;
  virtual std::string print() const = 0;
  virtual std::string describe() const = 0;

  const llvm::StringRef name;
  const llvm::StringRef text;
};

template <typename T> class Option final : public PassOption {
public:
  Option(Pass &pass, llvm::StringRef name, T value, llvm::StringRef text)
      : PassOption(pass, name, text), value(std::move(value)) {}

  const T &get() const { return value; }
  bool parse(llvm::StringRef valueText) override {
    std::optional<T> parsed = OptionTraits<T>::parse(valueText);
    if (parsed)
      value = std::move(*parsed);
    return parsed.has_value();
  }
  std::string print() const override { return OptionTraits<T>::print(value); }
  std::string describe() const override { return OptionTraits<T>::describe(); }

private:
  T value;
};

/// A number that a pass counts up.
class Statistic {
public:
  Statistic(Pass &pass, llvm::StringRef name, llvm::StringRef text);
  Statistic(const Statistic &) = delete;

  Statistic &operator++() { return *this += 1; }
  Statistic &operator+=(uint64_t more) {
    value += more;
    return *this;
  }
  uint64_t get() const { return value; }

  const llvm::StringRef name;
  const llvm::StringRef text;

private:
  uint64_t value = 0;
};

class Pass {
public:
  explicit Pass(llvm::StringRef name) : name(name) {}
  virtual ~Pass() = default;
  Pass(const Pass &) = delete;

  llvm::StringRef getName() const { return name; }
  llvm::ArrayRef<PassOption *> getOptions() const { return options; }
  llvm::ArrayRef<Statistic *> getStatistics() const { return statistics; }
  PassOption *findOption(llvm::StringRef optionName) const;

  /// Whether the pass is meant for modules of this semantics. Real arithmetic
  /// is what most passes are exact in.
  virtual bool supports(Semantics semantics) const {
    return semantics == Semantics::Real;
  }

  /// Fails exactly if it reported an error. The module is then still well
  /// formed, but maybe only partly transformed.
  virtual llvm::LogicalResult run(Module &module,
                                  DiagnosticEngine &diagnostics) = 0;

private:
  friend class PassOption;
  friend class Statistic;

  llvm::StringRef name;
  std::vector<PassOption *> options;
  std::vector<Statistic *> statistics;
};

/// A pass that rewrites nets one by one and cannot fail.
class NetPass : public Pass {
public:
  using Pass::Pass;
  llvm::LogicalResult run(Module &module,
                          DiagnosticEngine &diagnostics) override;

protected:
  /// Returns whether it changed the net.
  virtual bool runOnNet(Net &net) = 0;
};

/// Forgets what was proved of a net that was changed: bounds of its values, and
/// the twins it is part of.
void dropFacts(Module &module, Net &net);

} // namespace qev

#endif // QEV_PASS_PASS_H
