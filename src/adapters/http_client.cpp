#include "adapters/http_client.hpp"

#include <algorithm>
#include <memory>
#include <optional>

#include <curl/curl.h>

#include "base/config.hpp"

namespace akko::http {
namespace {

constexpr std::size_t kMaxHeaderBytes = 64 * 1024;

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && curl_strnequal(a.data(), b.data(), a.size()) != 0;
}

// "host:port" of a URL, for messages: no path, no query, no user information.
std::string_view authority_of(std::string_view url) {
  if (const auto scheme = url.find("://"); scheme != std::string_view::npos) url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  if (const auto user = url.rfind('@'); user != std::string_view::npos) url.remove_prefix(user + 1);
  return url;
}

bool is_this_machine(std::string_view authority) {
  const auto host = authority.starts_with('[') ? authority.substr(1, authority.find(']') - 1)
                                               : authority.substr(0, authority.find(':'));
  return equal_ignoring_case(host, "localhost") || is_loopback(host);
}

class HeaderList {
 public:
  void add(const std::string& line) {
    if (curl_slist* longer = curl_slist_append(list_.get(), line.c_str())) {
      static_cast<void>(list_.release());
      list_.reset(longer);
    }
  }
  curl_slist* get() const { return list_.get(); }

 private:
  struct Free {
    void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  };
  std::unique_ptr<curl_slist, Free> list_;
};

// What libcurl's callbacks fill in.
struct Receiver {
  Answer answer;
  std::size_t max_body_bytes = 0;
  std::size_t header_bytes = 0;
  bool too_large = false;
};

std::size_t on_body(char* data, std::size_t, std::size_t size, void* user) {
  auto& receiver = *static_cast<Receiver*>(user);
  if (size > receiver.max_body_bytes - receiver.answer.body.size()) {
    receiver.too_large = true;
    return CURL_WRITEFUNC_ERROR;
  }
  receiver.answer.body.append(data, size);
  return size;
}

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r\n";
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

std::size_t on_header(char* data, std::size_t, std::size_t size, void* user) {
  auto& receiver = *static_cast<Receiver*>(user);
  receiver.header_bytes += size;
  if (receiver.header_bytes > kMaxHeaderBytes) {
    receiver.too_large = true;
    return CURL_WRITEFUNC_ERROR;
  }
  const std::string_view line(data, size);
  auto& headers = receiver.answer.headers;
  if (line.starts_with("HTTP/")) {  // a new answer after an interim one (100, 103)
    headers.clear();
  } else if (const auto colon = line.find(':'); colon != std::string_view::npos) {
    std::string name(line.substr(0, colon));
    std::transform(name.begin(), name.end(), name.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; });
    headers.emplace_back(std::move(name), trimmed(line.substr(colon + 1)));
  }
  return size;
}

tl::unexpected<TransportError> failed(TransportError::Kind kind, std::string_view url,
                                      std::string_view message) {
  std::string text(authority_of(url));
  text.append(": ").append(message);
  return tl::unexpected<TransportError>({kind, std::move(text)});
}

TransportError::Kind kind_of(CURLcode code) {
  using Kind = TransportError::Kind;
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_CONNECT:
    case CURLE_PROXY:
    case CURLE_GOT_NOTHING:  // the peer went away: restarted, or reset the connection
    case CURLE_SEND_ERROR:
    case CURLE_RECV_ERROR:
    case CURLE_PARTIAL_FILE:
      return Kind::connect;
    case CURLE_OPERATION_TIMEDOUT:
      return Kind::timeout;
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
      return Kind::tls;
    case CURLE_FILESIZE_EXCEEDED:
      return Kind::too_large;
    default:
      return Kind::protocol;
  }
}

// The libcurl handles of one thread: a multi handle, which owns the connection cache, and one easy
// handle, used again for every call. A multi handle rather than curl_easy_perform because only its
// wait can be interrupted from another thread (curl_multi_wakeup).
class Transport {
 public:
  static Transport& of_this_thread() {
    [[maybe_unused]] static const CURLcode ready = curl_global_init(CURL_GLOBAL_DEFAULT);
    thread_local Transport transport;
    return transport;
  }

  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  ~Transport() {
    curl_easy_cleanup(easy_);
    curl_multi_cleanup(multi_);
  }

  tl::expected<Answer, TransportError> send(const Request& request, Deadline deadline,
                                            const std::stop_token& stop) {
    if (!easy_ || !multi_)
      return failed(TransportError::Kind::protocol, request.url, "libcurl has no memory");
    HeaderList headers = header_list(request);
    Receiver receiver;
    receiver.max_body_bytes = request.max_answer_bytes;
    prepare(request, headers, receiver);
    const auto code = perform(deadline, stop);
    if (!code) return interrupted(request, stop);
    if (receiver.too_large || *code == CURLE_FILESIZE_EXCEEDED)
      return failed(TransportError::Kind::too_large, request.url,
                    "the answer has more than " + std::to_string(request.max_answer_bytes) + " bytes");
    if (*code != CURLE_OK)
      return failed(kind_of(*code), request.url, error_[0] ? error_ : curl_easy_strerror(*code));
    long status = 0;
    curl_easy_getinfo(easy_, CURLINFO_RESPONSE_CODE, &status);
    receiver.answer.status = static_cast<int>(status);
    return std::move(receiver.answer);
  }

 private:
  Transport() : multi_(curl_multi_init()), easy_(curl_easy_init()) {}

  static HeaderList header_list(const Request& request) {
    HeaderList list;
    list.add("Expect:");  // never wait for "100 Continue"
    bool has_type = false;
    for (const auto& [name, value] : request.headers) {
      has_type = has_type || equal_ignoring_case(name, "content-type");
      list.add(value.empty() ? name + ";" : name + ": " + value);
    }
    if (!has_type) list.add("Content-Type:");  // else libcurl says application/x-www-form-urlencoded
    return list;
  }

  void prepare(const Request& request, const HeaderList& headers, Receiver& receiver) {
    curl_easy_reset(easy_);  // options only: connections, DNS and TLS sessions stay
    error_[0] = '\0';
    set(CURLOPT_ERRORBUFFER, error_);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_FOLLOWLOCATION, 0L);
    set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
    set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
    set(CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    set(CURLOPT_TCP_NODELAY, 1L);
    // A name lookup that still runs at the deadline is left to its thread; without this the call would end
    // only with the lookup (seconds, measured).
    set(CURLOPT_QUICK_EXIT, 1L);
    set(CURLOPT_CA_CACHE_TIMEOUT, 60L);  // seconds; the default, a day, outlives a rotated CA file
    set(CURLOPT_USERAGENT, "akko-catalog-manager");
    if (!request.ca_file.empty()) set(CURLOPT_CAINFO, request.ca_file.c_str());
    if (is_this_machine(authority_of(request.url))) set(CURLOPT_PROXY, "");

    set(CURLOPT_URL, request.url.c_str());
    set(CURLOPT_HTTPHEADER, headers.get());
    set_method(request);
    set(CURLOPT_MAXFILESIZE_LARGE, static_cast<curl_off_t>(request.max_answer_bytes));
    set(CURLOPT_WRITEFUNCTION, &on_body);
    set(CURLOPT_WRITEDATA, static_cast<void*>(&receiver));
    set(CURLOPT_HEADERFUNCTION, &on_header);
    set(CURLOPT_HEADERDATA, static_cast<void*>(&receiver));
  }

  void set_method(const Request& request) {
    if (request.method == "HEAD") {
      set(CURLOPT_NOBODY, 1L);
      return;
    }
    if (request.method == "POST" || !request.body.empty()) {
      set(CURLOPT_POST, 1L);
      set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
      set(CURLOPT_POSTFIELDS, request.body.data());  // not copied; `request` outlives the call
    }
    if (request.method != "GET" && request.method != "POST")
      set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }

  // Nothing when the deadline passed or a stop was requested before the answer was whole.
  std::optional<CURLcode> perform(Deadline deadline, const std::stop_token& stop) {
    const std::stop_callback wake(stop, [this] { curl_multi_wakeup(multi_); });
    if (curl_multi_add_handle(multi_, easy_) != CURLM_OK) return CURLE_FAILED_INIT;
    std::optional<CURLcode> result;
    int running = 1;
    while (!stop.stop_requested() && !deadline.passed()) {
      if (curl_multi_perform(multi_, &running) != CURLM_OK) {
        result = CURLE_FAILED_INIT;
        break;
      }
      if (running == 0) {
        result = outcome();
        break;
      }
      const auto wait = std::clamp<std::chrono::milliseconds::rep>(deadline.left().count() + 1, 1, 60'000);
      curl_multi_poll(multi_, nullptr, 0, static_cast<int>(wait), nullptr);
    }
    if (!result) curl_easy_getinfo(easy_, CURLINFO_PRETRANSFER_TIME_T, &sent_after_);
    curl_multi_remove_handle(multi_, easy_);  // closes the connection of an unfinished call
    return result;
  }

  CURLcode outcome() {
    int left = 0;
    while (const CURLMsg* message = curl_multi_info_read(multi_, &left))
      if (message->msg == CURLMSG_DONE) return message->data.result;
    return CURLE_FAILED_INIT;
  }

  tl::expected<Answer, TransportError> interrupted(const Request& request,
                                                   const std::stop_token& stop) const {
    if (stop.stop_requested())
      return failed(TransportError::Kind::cancelled, request.url, "the call was cancelled");
    return failed(TransportError::Kind::timeout, request.url,
                  sent_after_ > 0 ? "connected, but the answer did not come before the deadline"
                                  : "no connection before the deadline");
  }

  template <typename T>
  void set(CURLoption option, T value) {
    curl_easy_setopt(easy_, option, value);
  }

  CURLM* multi_;
  CURL* easy_;
  char error_[CURL_ERROR_SIZE] = {};
  curl_off_t sent_after_ = 0;  // microseconds until the unfinished request was sent; 0 = it was not
};

}  // namespace

std::string_view Answer::header(std::string_view name) const {
  const auto found =
      std::find_if(headers.begin(), headers.end(), [&](const auto& header) { return header.first == name; });
  return found == headers.end() ? std::string_view() : std::string_view(found->second);
}

tl::expected<Answer, TransportError> send(const Request& request, Deadline deadline,
                                          const std::stop_token& stop) {
  for (const auto& [name, value] : request.headers)
    if (name.empty() || has_control_character(name) || has_control_character(value) ||
        name.find_first_of(":; ") != std::string::npos)
      return failed(TransportError::Kind::protocol, request.url, "a request header cannot be sent");
  return Transport::of_this_thread().send(request, deadline, stop);
}

}  // namespace akko::http
