//===- Pipeline.cpp - Pipelines from text -----------------------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "qev/Pass/PassManager.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSet.h"

namespace qev {

namespace {

class PipelineParser {
public:
  PipelineParser(const PassRegistry &registry, llvm::StringRef text)
      : registry(registry), text(text), rest(text) {}

  llvm::Expected<std::vector<std::unique_ptr<Pass>>> run();

private:
  llvm::Error parseElement();
  llvm::Error parseOption(Pass &pass, llvm::StringSet<> &given);
  llvm::Error addPass(const PassInfo &info);

  /// Everything up to the next of `ends`, without blanks around it.
  llvm::StringRef takeUntil(llvm::StringRef ends);
  bool consume(char c);
  /// `place` is a part of the text.
  llvm::Error error(DiagId id, llvm::StringRef place,
                    const llvm::Twine &message) const;
  llvm::Error unknown(llvm::StringRef what, llvm::StringRef name,
                      llvm::ArrayRef<llvm::StringRef> known,
                      llvm::StringRef of) const;

  const PassRegistry &registry;
  llvm::StringRef text;
  llvm::StringRef rest;
  std::vector<std::unique_ptr<Pass>> passes;
};

} // namespace

llvm::Error PipelineParser::error(DiagId id, llvm::StringRef place,
                                  const llvm::Twine &message) const {
  size_t column = place.data() - text.data();
  Diagnostic diagnostic;
  diagnostic.id = id;
  diagnostic.where = ("pipeline:1:" + llvm::Twine(column + 1)).str();
  diagnostic.message = message.str();
  // Control characters would move the caret.
  if (llvm::all_of(text, llvm::isPrint))
    diagnostic.excerpt = text.str() + "\n" + std::string(column, ' ') + "^";
  return llvm::make_error<DiagnosticError>(std::move(diagnostic));
}

llvm::Error PipelineParser::unknown(llvm::StringRef what, llvm::StringRef name,
                                    llvm::ArrayRef<llvm::StringRef> known,
                                    llvm::StringRef of) const {
  std::string message = ("unknown " + what + " '" + name + "'" + of).str();
  llvm::StringRef nearest = findNearest(name, known);
  if (!nearest.empty())
    message += (", did you mean '" + nearest + "'?").str();
  return error(DiagId::UnknownName, name, message);
}

llvm::StringRef PipelineParser::takeUntil(llvm::StringRef ends) {
  llvm::StringRef taken = rest.take_front(rest.find_first_of(ends));
  rest = rest.drop_front(taken.size());
  return taken.trim();
}

bool PipelineParser::consume(char c) {
  rest = rest.ltrim();
  if (!rest.starts_with(c))
    return false;
  rest = rest.drop_front();
  return true;
}

llvm::Error PipelineParser::parseOption(Pass &pass, llvm::StringSet<> &given) {
  llvm::StringRef name = takeUntil("=,{}");
  PassOption *option = pass.findOption(name);
  if (!option) {
    std::vector<llvm::StringRef> known;
    for (const PassOption *each : pass.getOptions())
      known.push_back(each->name);
    return unknown("option", name, known,
                   (" of pass '" + pass.getName() + "'").str());
  }
  if (!given.insert(name).second)
    return error(DiagId::Usage, name,
                 "option '" + name + "' of pass '" + pass.getName() +
                     "' is given twice");
  if (!consume('='))
    return error(DiagId::Usage, rest, "expected '=' after '" + name + "'");
  llvm::StringRef value = takeUntil(",{}");
  if (!option->parse(value))
    return error(DiagId::Usage, value,
                 "option '" + name + "' of pass '" + pass.getName() +
                     "' must be " + option->describe() + ", got '" + value +
                     "'");
  return llvm::Error::success();
}

llvm::Error PipelineParser::addPass(const PassInfo &info) {
  std::unique_ptr<Pass> pass = info.create();
  if (consume('{')) {
    llvm::StringSet<> given;
    if (!consume('}')) {
      do {
        if (llvm::Error error = parseOption(*pass, given))
          return error;
      } while (consume(','));
      if (!consume('}'))
        return error(DiagId::Usage, rest, "expected ',' or '}'");
    }
  }
  passes.push_back(std::move(pass));
  return llvm::Error::success();
}

llvm::Error PipelineParser::parseElement() {
  llvm::StringRef name = takeUntil(",{}=");
  if (const PassInfo *info = registry.findPass(name))
    return addPass(*info);
  if (const PipelineInfo *info = registry.findPipeline(name)) {
    auto inner = PipelineParser(registry, info->text).run();
    if (!inner)
      return inner.takeError();
    llvm::move(*inner, std::back_inserter(passes));
    return llvm::Error::success();
  }
  std::vector<llvm::StringRef> known;
  for (const PassInfo &info : registry.passes)
    known.push_back(info.name);
  for (const PipelineInfo &info : registry.pipelines)
    known.push_back(info.name);
  return name.empty()
             ? error(DiagId::Usage, name, "expected the name of a pass")
             : unknown("pass", name, known, "");
}

llvm::Expected<std::vector<std::unique_ptr<Pass>>> PipelineParser::run() {
  if (text.trim().empty())
    return std::move(passes);
  do {
    if (llvm::Error error = parseElement())
      return error;
  } while (consume(','));
  if (!rest.empty())
    return error(DiagId::Usage, rest, "expected ',' or the end");
  return std::move(passes);
}

llvm::Error PassManager::addPipeline(llvm::StringRef text) {
  auto added = PipelineParser(registry, text).run();
  if (!added)
    return added.takeError();
  llvm::move(*added, std::back_inserter(passes));
  return llvm::Error::success();
}

} // namespace qev
