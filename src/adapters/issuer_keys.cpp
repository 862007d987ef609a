#include "adapters/issuer_keys.hpp"

#include <algorithm>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/url/parse.hpp>

#include "adapters/http_client.hpp"
#include "base/log.hpp"
#include "base/strict_json.hpp"

namespace akko::jwt {
namespace {

constexpr std::size_t kMaxDocumentBytes = 512 * 1024;

tl::unexpected<Error> unavailable(std::string message) {
  return fail(ErrorCode::unavailable, "keys_unavailable", std::move(message));
}

// Where the keys lie, by the issuer's own word (OpenID Connect Discovery 1.0 §4.3).
Result<std::string> jwks_uri_in(const std::string& discovery, const std::string& issuer) {
  const auto document = parse_strict_json(discovery, {.max_depth = 16, .max_bytes = kMaxDocumentBytes});
  if (!document || !document->is_object()) return unavailable("the discovery document is no JSON object");
  const auto text = [&](const char* name) -> std::string {
    const auto* value = document->get_object().if_contains(name);
    return value && value->is_string() ? std::string(value->get_string()) : std::string();
  };
  if (text("issuer") != issuer)
    return unavailable("the discovery document names another issuer than " + issuer +
                       " (it must be the same text, with or without a slash at the end)");
  const std::string uri = text("jwks_uri");
  const auto parsed = boost::urls::parse_uri(uri);
  if (!parsed || parsed->has_userinfo() || !(parsed->scheme() == "https" || parsed->scheme() == "http"))
    return unavailable("the discovery document's \"jwks_uri\" is no http or https address");
  if (issuer.starts_with("https://") && parsed->scheme() != "https")
    return unavailable("the discovery document's \"jwks_uri\" is not https, though the issuer is");
  return uri;
}

std::string discovery_url(std::string issuer) {
  if (issuer.ends_with('/')) issuer.pop_back();
  return issuer + "/.well-known/openid-configuration";
}

}  // namespace

IssuerKeys::IssuerKeys(std::string issuer, std::string ca_file, FetchTimings timings)
    : issuer_(std::move(issuer)),
      ca_file_(std::move(ca_file)),
      timings_(timings),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

std::shared_ptr<Trust> IssuerKeys::current() const {
  const std::lock_guard lock(mutex_);
  return trust_;
}

std::shared_ptr<Trust> IssuerKeys::refetched() {
  std::unique_lock lock(mutex_);
  const auto now = SteadyClock::now();
  if (forced_at_ && now - *forced_at_ < timings_.forced_gap) return trust_;
  forced_at_ = now;
  // A fetch that runs now may have asked before the new key was published: the one after it counts.
  const auto wanted = wanted_ = started_ + 1;
  changed_.notify_all();
  changed_.wait_for(lock, timings_.forced_wait, [&] { return finished_ >= wanted; });
  return trust_;
}

Result<std::string> IssuerKeys::check() const {
  const std::lock_guard lock(mutex_);
  if (!trust_)
    return fail(ErrorCode::unavailable, "keys_unavailable",
                "the keys of the issuer " + issuer_ + " could not be fetched yet: " + failure_,
                "Check AKKO_OIDC_ISSUER, AKKO_OIDC_CA_FILE and the way from here to it.");
  if (failure_.empty()) return "ok";
  const auto age = std::chrono::duration_cast<std::chrono::seconds>(SteadyClock::now() - fetched_at_);
  return "stale: the keys were fetched " + std::to_string(age.count()) + " s ago, but not again: " + failure_;
}

void IssuerKeys::run(const std::stop_token& stop) {
  auto retry = timings_.first_retry;
  while (!stop.stop_requested()) {
    {
      const std::lock_guard lock(mutex_);
      ++started_;
    }
    auto outcome = fetch(stop).and_then([this](std::string jwks) { return trust_in(std::move(jwks)); });
    if (stop.stop_requested()) return;
    const auto rest = outcome ? timings_.refresh : retry;
    retry = outcome ? timings_.first_retry : std::min(retry * 2, timings_.longest_retry);
    std::unique_lock lock(mutex_);
    note(std::move(outcome));
    finished_ = started_;
    changed_.notify_all();
    changed_.wait_for(lock, stop, rest, [this] { return wanted_ > started_; });
  }
}

Result<std::string> IssuerKeys::fetch(const std::stop_token& stop) const {
  AKKO_TRY(const auto discovery, get(discovery_url(issuer_), stop));
  AKKO_TRY(const auto uri, jwks_uri_in(discovery, issuer_));
  return get(uri, stop);
}

Result<std::string> IssuerKeys::get(const std::string& url, const std::stop_token& stop) const {
  http::Request request;
  request.url = url;
  request.headers = {{"Accept", "application/json"}};
  request.ca_file = ca_file_;
  request.max_answer_bytes = kMaxDocumentBytes;
  auto answer = http::send(request, Deadline::after(timings_.deadline), stop);
  if (!answer) return unavailable(answer.error().message);
  if (answer->status != 200) return unavailable(url + " answered " + std::to_string(answer->status));
  return std::move(answer->body);
}

// The same document again keeps the tokens verified so far.
Result<std::shared_ptr<Trust>> IssuerKeys::trust_in(std::string jwks) const {
  if (auto trust = current(); trust && trust->jwks == jwks) return trust;
  AKKO_TRY(auto keys, KeySet::parse(jwks));
  log::info("the issuer's keys are new", {{"issuer", issuer_}, {"keys", keys.size()}});
  return std::make_shared<Trust>(std::move(jwks), std::move(keys));
}

// Remembers how the last fetch went; the caller holds the lock. One log line for an outage, and only for one
// that lasts: at the start of the embedded default the issuer is this process, which may not listen yet.
void IssuerKeys::note(Result<std::shared_ptr<Trust>> outcome) {
  constexpr unsigned kOutage = 3;
  if (!outcome) {
    failure_ = outcome.error().message;
    if (++failures_ == kOutage)
      log::warn("the issuer's keys cannot be fetched",
                {{"issuer", issuer_}, {"error", failure_}, {"old_keys_in_use", trust_ != nullptr}});
    return;
  }
  if (failures_ >= kOutage) log::info("the issuer's keys can be fetched again", {{"issuer", issuer_}});
  trust_ = std::move(*outcome);
  failures_ = 0;
  failure_.clear();
  fetched_at_ = SteadyClock::now();
}

}  // namespace akko::jwt
