#include "api/worker_pool.hpp"

#include <system_error>
#include <utility>

namespace akko::api {

WorkerPool::WorkerPool(std::size_t max_threads, std::size_t max_queued)
    : max_threads_(max_threads), max_queued_(max_queued) {
  threads_.reserve(max_threads);
}

WorkerPool::~WorkerPool() { drain(); }

bool WorkerPool::post(std::function<void()> work) {
  const std::lock_guard lock(mutex_);
  if (draining_ || queue_.size() >= max_threads_ - busy_ + max_queued_) return false;
  queue_.push_back(std::move(work));
  const std::size_t waiting = threads_.size() - busy_;
  if (queue_.size() > waiting && threads_.size() < max_threads_ && !start_thread()) {
    queue_.pop_back();
    return false;
  }
  wake_.notify_one();
  return true;
}

bool WorkerPool::start_thread() {
  try {
    threads_.emplace_back([this] { run(); });
    return true;
  } catch (const std::system_error&) {
    return !threads_.empty();  // the system has no thread left: those that run will take the work
  }
}

void WorkerPool::drain() {
  {
    const std::lock_guard lock(mutex_);
    draining_ = true;
  }
  wake_.notify_all();
  for (auto& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::size_t WorkerPool::queued() const {
  const std::lock_guard lock(mutex_);
  return queue_.size();
}

void WorkerPool::run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return draining_ || !queue_.empty(); });
    if (queue_.empty()) return;
    auto work = std::move(queue_.front());
    queue_.pop_front();
    ++busy_;
    lock.unlock();
    work();
    work = nullptr;  // what it holds dies outside the lock
    lock.lock();
    --busy_;
  }
}

}  // namespace akko::api
