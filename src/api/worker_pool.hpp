// The threads that run handlers which may wait: a bounded queue in front of a bounded pool.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace akko::api {

// Threads are started as they are needed, so that an idle process stays small. Any thread may call.
class WorkerPool {
 public:
  // `max_queued`: how much work may wait beyond what free threads will take at once.
  WorkerPool(std::size_t max_threads, std::size_t max_queued);
  ~WorkerPool();  // drain()
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // False when the queue is full or the pool is draining; `work` is then dropped. `work` must not throw.
  bool post(std::function<void()> work);

  // Takes no more work, runs what is queued to its end and joins the threads. One caller.
  void drain();

  std::size_t queued() const;

 private:
  void run();
  bool start_thread();

  const std::size_t max_threads_;
  const std::size_t max_queued_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;
  std::vector<std::thread> threads_;
  std::size_t busy_ = 0;  // threads that run work
  bool draining_ = false;
};

}  // namespace akko::api
