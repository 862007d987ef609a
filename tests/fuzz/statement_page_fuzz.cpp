// Pages of the statement protocol: any sequence of answers ends in a known state, and no URL outside the
// coordinator is ever asked for.
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "adapters/trino_statement.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using State = akko::StatementPager::State;
  static const std::string kOrigin = "http://127.0.0.1:8481";
  akko::StatementPager pager(kOrigin);
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  // The input is a list of pages, separated by a NUL; a page that begins with '!' is a status and a body.
  while (true) {
    const auto end = rest.find('\0');
    std::string_view body = rest.substr(0, end);
    akko::http::Answer answer;
    answer.status = 200;
    if (body.starts_with('!') && body.size() > 1) {
      answer.status = 400 + static_cast<unsigned char>(body[1]) % 200;
      body.remove_prefix(2);
    }
    answer.body = body;
    const auto state = pager.feed(answer);
    if (state == State::next && !pager.next_url().starts_with(kOrigin + "/v1/statement/")) std::abort();
    if (state == State::done || state == State::failed || end == std::string_view::npos) break;
    rest.remove_prefix(end + 1);
  }
  return 0;
}
