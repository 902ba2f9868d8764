//===- InOrder.h - Work side by side, results in order ----------*- C++ -*-===//
//
// Part of the qev project, under the Apache License v2.0 with LLVM Exceptions.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef QEV_LIB_DRIVER_INORDER_H
#define QEV_LIB_DRIVER_INORDER_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/ThreadPool.h"
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>

namespace qev {

struct InOrderOptions {
  unsigned threads = 1;
  /// Items that may be worked on, or be done and wait, at a time. One that
  /// takes long lets the others run this far ahead and no farther.
  size_t window = 1;
};

/// Works on the items 0 to `count` - 1 and gives their results to `give`, one
/// at a time and in this order. They begin in this order too; once `isStopped`
/// none begins any more but the first. An error takes its turn like a result:
/// what comes before it is given, it is returned, nothing behind it counts. So
/// does one of `give`.
template <typename Result>
llvm::Error runInOrder(size_t count, const InOrderOptions &options,
                       llvm::function_ref<bool()> isStopped,
                       llvm::function_ref<llvm::Expected<Result>(size_t)> work,
                       llvm::function_ref<llvm::Error(Result)> give) {
  std::mutex mutex; // guards what follows
  std::condition_variable moved;
  size_t begun = 0, given = 0;
  std::deque<std::optional<llvm::Expected<Result>>> waiting; // from `given` on
  bool isFailing = false, isGiving = false, isOver = false;
  llvm::Error failure = llvm::Error::success();

  auto giveAll = [&](std::unique_lock<std::mutex> &lock) {
    isGiving = true;
    while (!isOver && !waiting.empty() && waiting.front()) {
      llvm::Expected<Result> result = std::move(*waiting.front());
      waiting.pop_front();
      ++given;
      moved.notify_all();
      lock.unlock();
      llvm::Error error =
          result ? give(std::move(*result)) : result.takeError();
      lock.lock();
      isOver = static_cast<bool>(error);
      if (isOver)
        failure = std::move(error);
    }
    isGiving = false;
  };
  auto runThread = [&] {
    std::unique_lock lock(mutex);
    for (;;) {
      moved.wait(lock, [&] {
        return isFailing || isOver || begun < given + options.window;
      });
      if (isFailing || isOver || begun == count || (begun > 0 && isStopped()))
        break;
      size_t item = begun++;
      lock.unlock();
      llvm::Expected<Result> result = work(item);
      lock.lock();
      isFailing |= !result;
      if (waiting.size() <= item - given)
        waiting.resize(item - given + 1);
      waiting[item - given].emplace(std::move(result));
      if (!isGiving)
        giveAll(lock);
    }
    moved.notify_all(); // of whatever ended this thread
  };
  {
    llvm::DefaultThreadPool pool(llvm::hardware_concurrency(options.threads));
    for (unsigned i = 0; i < options.threads; ++i)
      pool.async(runThread);
    pool.wait();
  }
  for (auto &result : waiting) // behind an error
    if (result && !*result)
      llvm::consumeError(result->takeError());
  return failure;
}

} // namespace qev

#endif // QEV_LIB_DRIVER_INORDER_H
