// What goes on after an answer, on the thread that made it: nothing can be refused any more.
#pragma once

#include <functional>
#include <string>
#include <utility>

#include "api/edge.hpp"
#include "base/log.hpp"

namespace akko::api {

// Counted in `edge.background` from its making to its end, so that a stop can wait for it. To be made before
// the answer is on its way.
class BackgroundWork {
 public:
  BackgroundWork(Edge& edge, Response& response, const Request& request)
      : edge_(edge), request_id_(request.request_id) {
    ++edge_.background;
    if (!response.stream) work_ = std::exchange(response.work, nullptr);  // a stream's is not begun for HEAD
  }
  BackgroundWork(const BackgroundWork&) = delete;
  BackgroundWork& operator=(const BackgroundWork&) = delete;
  ~BackgroundWork() {
    work_ = nullptr;  // what it holds dies before it counts as ended
    --edge_.background;
  }

  // Touches neither request nor response: they may be gone.
  void run() {
    try {
      if (work_) work_();
    } catch (...) {
      log::error("the work behind an answer threw", {{"request_id", request_id_}});
    }
  }

 private:
  Edge& edge_;
  std::function<void()> work_;
  const std::string request_id_;
};

}  // namespace akko::api
