// What watchers of the list are told.
#include "api/catalog_events.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "api/etag.hpp"
#include "api/views.hpp"

namespace akko::api {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;
using testing::StartsWith;

// Entries of a list.
class Entry {
 public:
  static Catalog catalog(const std::string& name, const std::string& description = "") {
    return {.spec = {.name = *CatalogName::parse(name),
                     .connector = "postgresql",
                     .properties = {},
                     .options = {},
                     .description = description,
                     .allow_roles = {"akko-admin"}},
            .phase = Phase::ready,
            .health = {Health::healthy, "", "", 1},
            .secrets = {},
            .operation_id = "",
            .created_by = "alice",
            .updated_by = "alice"};
  }
};

class Snapshots final : public CatalogStore {
 public:
  std::shared_ptr<const CatalogSnapshot> snapshot() const override {
    const std::lock_guard lock(mutex_);
    return current_;
  }
  void put(Catalog catalog) {
    change([&](CatalogSnapshot& next) {
      const auto name = catalog.spec.name;
      std::erase_if(next.catalogs, [&](const auto& one) { return one->spec.name == name; });
      next.catalogs.push_back(std::make_shared<const Catalog>(std::move(catalog)));
      std::sort(next.catalogs.begin(), next.catalogs.end(),
                [](const auto& a, const auto& b) { return a->spec.name < b->spec.name; });
    });
  }
  void remove(const std::string& name) {
    change([&](CatalogSnapshot& next) {
      std::erase_if(next.catalogs, [&](const auto& one) { return one->spec.name.text() == name; });
    });
  }

  Result<Catalog> reserve(const Catalog&, const SecretValues&, const OperationRecord&) override {
    return none();
  }
  Result<Catalog> update(const Catalog&, const OperationRecord*, const std::string*) override {
    return none();
  }
  Result<void> erase(const CatalogName&, const std::string&) override { return none(); }
  Result<Catalog> record_health(const CatalogName&, std::uint64_t, const HealthDetail&,
                                const CheckRecord*) override {
    return none();
  }
  Result<std::vector<CheckRecord>> checks(const CatalogName&) override { return none(); }
  Result<void> journal(const OperationRecord&) override { return none(); }
  Result<std::vector<OperationRecord>> open_operations() override { return none(); }
  Result<SecretValues> secrets(const CatalogName&) override { return none(); }
  Result<std::uint64_t> next_secret_revision() override { return none(); }
  Result<void> remember(std::string_view, std::string_view) override { return none(); }
  Result<std::string> recall(std::string_view) override { return none(); }
  Result<void> check() override { return none(); }

 private:
  static tl::unexpected<Error> none() { return fail(ErrorCode::internal, "unused", "not part of this test"); }
  template <typename Change>
  void change(Change&& apply) {
    const std::lock_guard lock(mutex_);
    auto next = std::make_shared<CatalogSnapshot>(*current_);
    apply(*next);
    ++next->generation;
    current_ = std::move(next);
  }
  mutable std::mutex mutex_;
  std::shared_ptr<const CatalogSnapshot> current_ = std::make_shared<const CatalogSnapshot>();
};

class CatalogEventsTest : public testing::Test {
 protected:
  CatalogEventsTest() {
    trino.change([](TrinoFacts& facts) {
      facts.up = true;
      facts.version = "476";
    });
    store.put(Entry::catalog("a"));
    store.put(Entry::catalog("b"));
  }

  void make(CatalogEvents::Settings settings = {}) {
    settings.pause = 20ms;
    events.emplace(store, trino, settings);
  }

  // All that has come within a while, or sooner when `wanted` is among it.
  static std::string read(EventStream& stream, const std::string& wanted) {
    std::string text;
    for (const auto until = std::chrono::steady_clock::now() + 3s;
         std::chrono::steady_clock::now() < until;) {
      text += stream.take().bytes;
      if (text.find(wanted) != std::string::npos) break;
      std::this_thread::sleep_for(5ms);
    }
    return text;
  }
  static std::string silence(EventStream& stream) {
    std::this_thread::sleep_for(150ms);
    return stream.take().bytes;
  }

  Snapshots store;
  TrinoView trino;
  std::optional<CatalogEvents> events;
};

TEST_F(CatalogEventsTest, BeginsWithHelloAndTrino) {
  make();
  const auto stream = events->watch();
  const auto text = stream->take().bytes;
  EXPECT_THAT(text, StartsWith("event: hello\ndata: {\"generation\":2}\n\n"));
  EXPECT_THAT(text, HasSubstr("event: trino\ndata: {\"up\":true,\"version\":\"476\"}\n\n"));
  EXPECT_EQ(silence(*stream), "");
}

TEST_F(CatalogEventsTest, TellsExactlyWhatChanged) {
  make();
  const auto first = events->watch();
  const auto second = events->watch();
  read(*first, "trino");
  read(*second, "trino");
  store.put(Entry::catalog("b", "changed"));
  const auto text = read(*first, "changed");
  const auto snapshot = store.snapshot();
  EXPECT_EQ(text, "event: catalog\ndata: " + catalog_row_json(*snapshot->find("b"), true) + "\n\n");
  EXPECT_EQ(read(*second, "changed"), text);
  store.put(Entry::catalog("ab"));
  EXPECT_THAT(read(*first, "\"ab\""), HasSubstr("event: catalog\n"));
  store.remove("a");
  EXPECT_EQ(read(*first, "removed"), "event: catalog_removed\ndata: {\"name\":\"a\"}\n\n");
  store.remove("b");
  EXPECT_THAT(read(*first, "removed"), HasSubstr("{\"name\":\"b\"}"));
}

TEST_F(CatalogEventsTest, ManyChangesInOnePauseAreOneEvent) {
  make();
  const auto stream = events->watch();
  read(*stream, "trino");
  for (int i = 0; i < 5; ++i) store.put(Entry::catalog("a", "text " + std::to_string(i)));
  store.put(Entry::catalog("fleeting"));
  store.remove("fleeting");
  const auto text = read(*stream, "text 4");
  EXPECT_EQ(text.find("text 3") == std::string::npos || text.find("text 3") < text.find("text 4"), true);
  EXPECT_EQ(silence(*stream).find("fleeting"), std::string::npos);
}

TEST_F(CatalogEventsTest, TrinosReturnMakesClientsReadTheListAnew) {
  make();
  const auto stream = events->watch();
  read(*stream, "trino");
  trino.change([](TrinoFacts& facts) { facts.up = false; });
  EXPECT_THAT(read(*stream, "hello"), HasSubstr("event: trino\ndata: {\"up\":false,\"version\":\"476\"}"));
  trino.change([](TrinoFacts& facts) {
    facts.up = true;
    facts.version = "480";
  });
  EXPECT_THAT(read(*stream, "hello"), HasSubstr("\"480\""));
}

TEST_F(CatalogEventsTest, TooMuchNewsIsAHello) {
  CatalogEvents::Settings settings;
  settings.most_bytes = 2000;
  make(settings);
  const auto stream = events->watch();
  read(*stream, "trino");
  for (int i = 0; i < 50; ++i) store.put(Entry::catalog("c" + std::to_string(i), std::string(100, 'x')));
  const auto text = read(*stream, "hello");
  EXPECT_THAT(text, HasSubstr("event: hello"));
  EXPECT_LT(text.size(), 5000U);
}

TEST_F(CatalogEventsTest, WatchersAreBoundedAndThoseThatLeaveAreForgotten) {
  CatalogEvents::Settings settings;
  settings.most_watchers = 2;
  make(settings);
  const auto one = events->watch();
  const auto two = events->watch();
  EXPECT_EQ(events->watch(), nullptr);
  one->abandon();  // as the connection does when its client has gone
  EXPECT_NE(events->watch(), nullptr);
  EXPECT_EQ(events->watchers(), 2U);
}

TEST_F(CatalogEventsTest, WhoDoesNotReadIsDroppedAndTheOthersGoOn) {
  CatalogEvents::Settings settings;
  settings.most_bytes = 1024 * 1024;
  make(settings);
  const auto slow = events->watch();
  const auto quick = events->watch();
  read(*quick, "trino");
  for (int i = 0; i < 40 && !slow->closed(); ++i) {
    store.put(Entry::catalog("big", std::string(20'000, static_cast<char>('a' + i % 20))));
    read(*quick, "\"big\"");
  }
  EXPECT_TRUE(slow->closed());
  EXPECT_TRUE(slow->take().cut);
  store.put(Entry::catalog("after"));
  EXPECT_THAT(read(*quick, "after"), HasSubstr("after"));
  EXPECT_EQ(events->watchers(), 1U);
}

TEST_F(CatalogEventsTest, AStreamEndsAfterAWhileAndWithTheServer) {
  CatalogEvents::Settings settings;
  settings.longest = 100ms;
  make(settings);
  const auto stream = events->watch();
  for (int i = 0; i < 200 && !stream->closed(); ++i) std::this_thread::sleep_for(5ms);
  EXPECT_TRUE(stream->closed());
  EXPECT_FALSE(stream->take().cut);  // it is whole
  make();
  const auto last = events->watch();
  events.reset();
  EXPECT_TRUE(last->closed());
}

TEST(CatalogEtag, SaysWhatIsShownAndIfMatchTheRevision) {
  auto catalog = Entry::catalog("a");
  catalog.revision = 2;
  catalog.health_revision = 17;
  EXPECT_EQ(catalog_etag(catalog, true), "\"r2.h17\"");
  EXPECT_EQ(catalog_etag(catalog, false), "\"r2.h17d\"");
  const auto asked = [](const std::string& tag) {
    Request request;
    request.headers = {{"if-match", tag}};
    return if_match_revision(request);
  };
  for (const auto* tag : {"\"r2.h17\"", "\"r2.h17d\"", "\"r2.h99\"", "\"r2\""}) {
    const auto revision = asked(tag);
    ASSERT_TRUE(revision) << tag;
    EXPECT_EQ(**revision, 2U) << tag;
  }
  for (const auto* tag : {"\"r\"", "\"r.h17\"", "\"rx.h17\"", "\"h17\"", "\"2\"", "\"r2\", \"r3\""}) {
    EXPECT_FALSE(asked(tag)) << tag;
  }
}

TEST(CatalogRow, SaysThatTrinoIsDown) {
  auto catalog = Entry::catalog("a");
  EXPECT_THAT(catalog_row_json(catalog, true),
              HasSubstr("\"health\":\"healthy\",\"health_detail\":{\"code\":\"\",\"message\":\"\""));
  const auto down = catalog_row_json(catalog, false);
  EXPECT_THAT(down, HasSubstr("\"health\":\"healthy\""));
  EXPECT_THAT(down, HasSubstr("\"code\":\"trino_unavailable\",\"message\":\"Trino does not answer"));
  catalog.health = {Health::failing, "auth_refused", "PostgreSQL refused reader.", 1};
  const auto failing = catalog_row_json(catalog, false);
  EXPECT_THAT(failing, HasSubstr("\"code\":\"auth_refused\""));
  EXPECT_THAT(failing, HasSubstr("Before that: PostgreSQL refused reader."));
}

}  // namespace
}  // namespace akko::api
