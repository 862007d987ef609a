// What the list of catalogs shows, as events: who watches is told each change within half a second or so.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "api/event_stream.hpp"
#include "app/ports.hpp"
#include "app/trino_view.hpp"

namespace akko::api {

// One thread compares the snapshot of the store with the one before, twice a second, and pushes what has
// changed to all watchers; without watchers it sleeps. Events: `hello` {"generation"} first, and again when
// there is more news than fits (the client then reads the list anew); `trino` {"up", "version"}; `catalog`
// with an entry of the list; `catalog_removed` {"name"}. A stream ends by itself after `longest`, so that a
// token that was taken away ends it too.
//
// Any thread.
class CatalogEvents {
 public:
  struct Settings {
    std::chrono::milliseconds pause{500};  // between two batches
    std::chrono::milliseconds longest{15 * 60'000};
    std::size_t most_watchers = 64;
    std::size_t most_bytes = 64 * 1024;  // of a batch; beyond it a new hello says that all is to be read
  };
  CatalogEvents(const CatalogStore& store, const TrinoView& trino, Settings settings);
  CatalogEvents(const CatalogStore& store, const TrinoView& trino)
      : CatalogEvents(store, trino, Settings{}) {}
  ~CatalogEvents();
  CatalogEvents(const CatalogEvents&) = delete;
  CatalogEvents& operator=(const CatalogEvents&) = delete;

  // A stream that has its hello already; null when there are too many watchers.
  std::shared_ptr<EventStream> watch();
  std::size_t watchers() const;

 private:
  struct Watcher {
    std::shared_ptr<EventStream> stream;
    std::chrono::steady_clock::time_point until;
  };
  struct TrinoWord {
    bool up = false;
    std::string version;
    friend bool operator==(const TrinoWord&, const TrinoWord&) = default;
  };

  void run(const std::stop_token& stop);
  void look();
  std::vector<Event> news(const CatalogSnapshot& before, const CatalogSnapshot& now) const;
  TrinoWord trino_word() const;

  const CatalogStore& store_;
  const TrinoView& trino_;
  const Settings settings_;

  mutable std::mutex mutex_;  // guards what stands below
  std::condition_variable_any changed_;
  std::vector<Watcher> watchers_;
  std::shared_ptr<const CatalogSnapshot> told_;  // what the watchers know
  TrinoWord told_trino_;

  std::jthread thread_;  // last: uses all above
};

}  // namespace akko::api
