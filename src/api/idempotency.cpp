#include "api/idempotency.hpp"

#include <algorithm>

#include "api/problem.hpp"
#include "base/log.hpp"

namespace akko::api {
namespace {

constexpr std::size_t kMaxKeyLength = 255;

bool is_key(std::string_view text) {
  return !text.empty() && text.size() <= kMaxKeyLength &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string_view header_of(const Response& response, std::string_view name) {
  const auto found = std::find_if(response.headers.begin(), response.headers.end(),
                                  [&](const auto& header) { return header.first == name; });
  return found == response.headers.end() ? std::string_view() : std::string_view(found->second);
}

bool worth_keeping(int status) { return status < 500 && status != 409 && status != 429; }

Response replayed(const StoredAnswer& answer) {
  Response response = Response::text(answer.status, answer.content_type, answer.body);
  if (!answer.etag.empty()) response.headers.emplace_back("ETag", answer.etag);
  if (!answer.location.empty()) response.headers.emplace_back("Location", answer.location);
  if (answer.status == 202) response.headers.emplace_back("Preference-Applied", "respond-async");
  response.headers.emplace_back("Idempotency-Replayed", "true");
  return response;
}

}  // namespace

Response once_per_key(IdempotencyStore& store, const Request& request,
                      const std::function<Response()>& work) {
  if (request.header_count("idempotency-key") == 0) return work();
  const auto key = request.header("idempotency-key");
  if (request.header_count("idempotency-key") > 1 || !is_key(key)) {
    return problem(400, "idempotency_key_malformed",
                   "Idempotency-Key must be one value of 1 to 255 visible ASCII characters", request);
  }
  const auto& subject = request.principal.subject;
  std::string whole = std::string(to_string(request.method)) + " " + request.path + "\n" + request.body;
  const auto claim = store.claim(subject, key, whole);
  wipe(whole);
  if (!claim) return problem(claim.error(), request);
  switch (claim->verdict) {
    case IdempotencyStore::Verdict::replay:
      return replayed(claim->answer);
    case IdempotencyStore::Verdict::mismatch:
      return problem(422, "idempotency_key_reused",
                     "this Idempotency-Key was used for another request; take a new one", request);
    case IdempotencyStore::Verdict::in_progress:
      return problem(409, "operation_in_progress", "the first request with this Idempotency-Key still runs",
                     request);
    case IdempotencyStore::Verdict::proceed:
      break;
  }
  Response response;
  try {
    response = work();
  } catch (...) {  // the router answers 500; the key must not stay claimed
    static_cast<void>(store.release(subject, key));
    throw;
  }
  const StoredAnswer answer{response.status, response.content_type, std::string(header_of(response, "ETag")),
                            std::string(header_of(response, "Location")),
                            response.body ? *response.body : std::string()};
  const auto kept =
      worth_keeping(response.status) ? store.keep(subject, key, answer) : store.release(subject, key);
  // The work is done and its answer true; only a repetition would be done again.
  if (!kept)
    log::warn("an answer could not be kept for its Idempotency-Key", {{"reason", kept.error().message}});
  return response;
}

}  // namespace akko::api
