#include "api/catalog_events.hpp"

#include <utility>

#include "api/views.hpp"
#include "base/json_writer.hpp"

namespace akko::api {
namespace {

using SteadyClock = std::chrono::steady_clock;

Event hello(std::uint64_t generation) {
  JsonWriter json;
  json.begin_object().member("generation", generation).end_object();
  return {"hello", "", json.take()};
}

Event removed(const Catalog& catalog) {
  JsonWriter json;
  json.begin_object().member("name", catalog.spec.name.text()).end_object();
  return {"catalog_removed", "", json.take()};
}

Event trino_event(bool up, const std::string& version) {
  JsonWriter json;
  json.begin_object().member("up", up).member("version", version).end_object();
  return {"trino", "", json.take()};
}

std::size_t size_of(const std::vector<Event>& events) {
  std::size_t size = 0;
  for (const auto& event : events) size += event.data.size();
  return size;
}

}  // namespace

CatalogEvents::CatalogEvents(const CatalogStore& store, const TrinoView& trino, Settings settings)
    : store_(store), trino_(trino), settings_(settings) {
  thread_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
}

CatalogEvents::~CatalogEvents() {
  thread_.request_stop();
  thread_.join();
  for (const auto& watcher : watchers_) watcher.stream->close();
}

CatalogEvents::TrinoWord CatalogEvents::trino_word() const {
  auto facts = trino_.facts();
  return {facts.up, std::move(facts.version)};
}

std::shared_ptr<EventStream> CatalogEvents::watch() {
  auto stream = std::make_shared<EventStream>();
  const std::lock_guard lock(mutex_);
  std::erase_if(watchers_, [](const Watcher& watcher) { return watcher.stream->closed(); });
  if (watchers_.size() >= settings_.most_watchers) return nullptr;
  if (watchers_.empty()) {  // nobody was told anything for a while
    told_ = store_.snapshot();
    told_trino_ = trino_word();
  }
  stream->push(hello(told_->generation));
  stream->push(trino_event(told_trino_.up, told_trino_.version));
  watchers_.push_back({stream, SteadyClock::now() + settings_.longest});
  changed_.notify_all();
  return stream;
}

std::size_t CatalogEvents::watchers() const {
  const std::lock_guard lock(mutex_);
  return watchers_.size();
}

void CatalogEvents::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, stop, [this] { return !watchers_.empty(); });
    changed_.wait_for(lock, stop, settings_.pause, [] { return false; });
    if (!stop.stop_requested()) look();
  }
}

// Under the lock: pushing never waits.
void CatalogEvents::look() {
  const auto now = SteadyClock::now();
  std::erase_if(watchers_, [&](const Watcher& watcher) {
    if (now >= watcher.until) watcher.stream->close();
    return watcher.stream->closed();
  });
  if (watchers_.empty()) return;
  auto snapshot = store_.snapshot();
  auto trino = trino_word();
  std::vector<Event> events;
  if (trino != told_trino_) events.push_back(trino_event(trino.up, trino.version));
  const bool all_changed = trino.up != told_trino_.up;  // each entry says whether Trino answers
  if (!all_changed) {
    auto changes = news(*told_, *snapshot);
    events.insert(events.end(), std::make_move_iterator(changes.begin()),
                  std::make_move_iterator(changes.end()));
  }
  told_ = std::move(snapshot);
  told_trino_ = std::move(trino);
  if (all_changed || size_of(events) > settings_.most_bytes) {
    std::erase_if(events, [](const Event& event) { return event.event != "trino"; });
    events.push_back(hello(told_->generation));
  }
  for (const auto& event : events) {
    for (const auto& watcher : watchers_) watcher.stream->push(event);
  }
}

// Both are sorted by name. An entry that did not change is the same object in both.
std::vector<Event> CatalogEvents::news(const CatalogSnapshot& before, const CatalogSnapshot& now) const {
  const bool up = trino_.up();
  std::vector<Event> events;
  auto old = before.catalogs.begin();
  for (const auto& catalog : now.catalogs) {
    while (old != before.catalogs.end() && (*old)->spec.name < catalog->spec.name)
      events.push_back(removed(**old++));
    const bool known = old != before.catalogs.end() && (*old)->spec.name == catalog->spec.name;
    const bool same = known && *old == catalog;
    if (known) ++old;
    if (!same) events.push_back({"catalog", "", catalog_row_json(*catalog, up)});
  }
  while (old != before.catalogs.end()) events.push_back(removed(**old++));
  return events;
}

}  // namespace akko::api
