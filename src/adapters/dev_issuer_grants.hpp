// What the development issuer remembers: who is signed in, and what was granted to the client. In memory.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "app/ports.hpp"

namespace akko::dev_issuer {

struct SignedIn {
  std::string user;
  UnixMillis at = 0;
};

// What one code was given for.
struct Grant {
  std::string user;
  UnixMillis signed_in_at = 0;
  std::string session;
  std::string redirect_uri;
  std::string challenge;
  std::string nonce;
  std::string scope;
};

// A grant, and what the client sends next time.
struct Renewal {
  Grant grant;
  std::string refresh_token;
};

// Any thread. Nothing grows without bound: the oldest is forgotten for the newest.
class Grants {
 public:
  explicit Grants(const Clock& clock) : clock_(clock) {}

  // Sessions: 10 h. The id is all that a browser needs to be signed in.
  std::string begin_session(const std::string& user);
  std::optional<SignedIn> find_session(std::string_view id);
  // With all that was granted from it.
  void end_session(std::string_view id);

  // Codes: 60 s, once.
  std::string issue_code(Grant grant);
  // The grant of a good code, which is used up by this; nothing for any other. A code that was used before
  // takes what it was used for down with it (RFC 6749, 4.1.2).
  std::optional<Grant> take_code(std::string_view code);
  // The first refresh token of a code that was taken and proved good; nothing when it was revoked meanwhile.
  std::optional<std::string> begin_refresh(std::string_view code);
  // Of a code that was taken and proved bad.
  void revoke(std::string_view code_or_token);

  // Refresh tokens: 30 min each, 10 h in all. Each serves once; one that was used before revokes its
  // successor.
  std::optional<Renewal> refresh(std::string_view token);

 private:
  struct Family {
    Grant grant;
    std::string code;  // the part after the dot; "" once taken
    std::string refresh_token;
    UnixMillis expires_at = 0;
    UnixMillis ends_at = 0;
  };

  Family* find_family(std::string_view code_or_token);
  std::string next_refresh_token(std::string_view id, Family& family);

  const Clock& clock_;
  std::mutex mutex_;
  std::map<std::string, SignedIn, std::less<>> sessions_;
  // Codes and refresh tokens are "<id of the family>.<random>": a wrong second half tells of a replay.
  std::map<std::string, Family, std::less<>> families_;
};

}  // namespace akko::dev_issuer
