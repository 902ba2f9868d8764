//===- FuzzTest.cpp - Mutated texts never crash the parser ------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Mutates valid texts and reads them. A text is refused with an error or read;
// what was read prints to a text that reads back and prints the same.
// QEV_FUZZ_CASES=N runs N cases; QEV_FUZZ_SEED=S chooses them.
//
//===----------------------------------------------------------------------===//

#include "Examples.h"
#include "llvm/ADT/StringExtras.h"
#include <cstdlib>
#include <gtest/gtest.h>
#include <random>

using namespace qev;

namespace {

class Mutator {
public:
  explicit Mutator(uint64_t seed) : engine(seed) {}

  std::string mutate(std::string text) {
    for (size_t count = 1 + below(3); count > 0 && !text.empty(); --count)
      mutateOnce(text);
    return text;
  }
  size_t below(size_t limit) { return engine() % limit; }

private:
  /// Roughly the tokens: words, numbers, single characters.
  static std::vector<std::string> split(llvm::StringRef text) {
    std::vector<std::string> parts;
    bool inWord = false;
    for (char c : text) {
      bool isWord = llvm::isAlnum(c) || c == '.' || c == '_';
      if (isWord && inWord)
        parts.back() += c;
      else
        parts.emplace_back(1, c);
      inWord = isWord;
    }
    return parts;
  }

  void mutateOnce(std::string &text) {
    static constexpr llvm::StringLiteral pieces[] = {"0",
                                                     "-1",
                                                     "1e39",
                                                     "1/0",
                                                     "inf",
                                                     "-inf",
                                                     "99999999999999999999",
                                                     "2x",
                                                     "box<",
                                                     "dense<",
                                                     ">",
                                                     "<",
                                                     "[",
                                                     "]",
                                                     "(",
                                                     ")",
                                                     "{",
                                                     "}",
                                                     ",",
                                                     ";",
                                                     ":",
                                                     "%x",
                                                     "@b",
                                                     "%\"",
                                                     "\\5B",
                                                     "q<u8",
                                                     "@0",
                                                     "-128",
                                                     "none",
                                                     "loc(",
                                                     "\"",
                                                     "//",
                                                     "\n",
                                                     "~",
                                                     "1e-45",
                                                     "i32",
                                                     "4294967296x"};
    switch (below(7)) {
    case 0: // flip a bit
      text[below(text.size())] ^= static_cast<char>(1 << below(8));
      return;
    case 1: // another byte
      text[below(text.size())] = static_cast<char>(below(256));
      return;
    case 2: // truncate
      if (below(4) == 0)
        text.resize(below(text.size()));
      return;
    case 3: { // insert
      text.insert(below(text.size() + 1), pieces[below(std::size(pieces))]);
      return;
    }
    default: { // delete, repeat, swap or replace tokens
      auto parts = split(text);
      size_t at = below(parts.size()), other = below(parts.size());
      switch (below(4)) {
      case 0:
        parts[at].clear();
        break;
      case 1:
        parts[at] += parts[at];
        break;
      case 2:
        std::swap(parts[at], parts[other]);
        break;
      default:
        parts[at] =
            below(2) ? parts[other] : pieces[below(std::size(pieces))].str();
      }
      text.clear();
      for (const std::string &part : parts)
        text += part;
    }
    }
  }

  std::mt19937_64 engine;
};

uint64_t fromEnvironment(const char *name, uint64_t otherwise) {
  const char *value = std::getenv(name);
  return value ? std::strtoull(value, nullptr, 10) : otherwise;
}

TEST(FuzzTest, MutatedTextsAreRefusedOrReadBack) {
  uint64_t cases = fromEnvironment("QEV_FUZZ_CASES", 5000);
  Mutator mutator(fromEnvironment("QEV_FUZZ_SEED", 1));
  unsigned read = 0;
  for (uint64_t i = 0; i < cases; ++i) {
    std::string text = mutator.mutate(mutator.below(2) ? tinyText : zooText);
    DiagnosticEngine diagnostics;
    auto module = parseModule(text, "fuzz", diagnostics);
    ASSERT_EQ(module == nullptr, diagnostics.getNumErrors() > 0) << text;
    if (!module) {
      for (const Diagnostic &diagnostic : diagnostics.all()) {
        ASSERT_FALSE(diagnostic.message.empty());
        ASSERT_GT(diagnostic.line, 0u);
      }
      continue;
    }
    ++read;
    std::string printed = toText(*module);
    DiagnosticEngine second;
    auto copy = parseModule(printed, "printed", second);
    ASSERT_TRUE(copy) << second.all()[0].str() << "\n" << text;
    ASSERT_EQ(toText(*copy), printed);
    ASSERT_EQ(printed.find("[["), std::string::npos);
    ASSERT_EQ(printed.find("{{"), std::string::npos);
  }
  // The mutations are small enough that both happen often.
  if (cases >= 1000) {
    EXPECT_GT(read, cases / 20);
    EXPECT_LT(read, cases * 19 / 20);
  }
}

} // namespace
