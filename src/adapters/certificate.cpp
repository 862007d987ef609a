#include "adapters/certificate.hpp"

#include <algorithm>
#include <array>
#include <ctime>
#include <memory>
#include <string_view>
#include <vector>

#include <openssl/asn1.h>
#include <openssl/crypto.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include "base/ip_address.hpp"
#include "base/utf8.hpp"
#include "domain/diagnosis.hpp"

namespace akko::net {
namespace {

constexpr std::size_t kMaxText = 200;
constexpr std::size_t kMaxNames = 8;

std::string printable(const ASN1_STRING* text) {
  unsigned char* bytes = nullptr;
  const int size = ::ASN1_STRING_to_UTF8(&bytes, text);
  if (size < 0) return {};
  const std::string_view view(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  auto out = utf8::printable(view, kMaxText);
  ::OPENSSL_free(bytes);
  return out;
}

// The last, most specific entry of the kind; "" when there is none.
std::string entry_of(const X509_NAME* name, int kind) {
  int found = -1;
  for (int at = ::X509_NAME_get_index_by_NID(name, kind, -1); at >= 0;
       at = ::X509_NAME_get_index_by_NID(name, kind, at)) {
    found = at;
  }
  if (found < 0) return {};
  return printable(::X509_NAME_ENTRY_get_data(::X509_NAME_get_entry(name, found)));
}

std::string address_text(const ASN1_OCTET_STRING& bytes) {
  const auto* data = ::ASN1_STRING_get0_data(&bytes);
  const int size = ::ASN1_STRING_length(&bytes);
  if (size == 4) return IpAddress::v4({data[0], data[1], data[2], data[3]}).text();
  if (size != 16) return {};
  IpAddress::Bytes all{};
  std::copy(data, data + size, all.begin());
  return IpAddress::v6(all).text();
}

// "db.example, *.db.example, 10.1.2.3": what the certificate is for.
std::string names_of(const X509& certificate) {
  std::vector<std::string> names;
  const std::unique_ptr<GENERAL_NAMES, decltype(&::GENERAL_NAMES_free)> others(
      static_cast<GENERAL_NAMES*>(::X509_get_ext_d2i(&certificate, NID_subject_alt_name, nullptr, nullptr)),
      &::GENERAL_NAMES_free);
  for (int at = 0; others && at < sk_GENERAL_NAME_num(others.get()); ++at) {
    const GENERAL_NAME* name = sk_GENERAL_NAME_value(others.get(), at);
    if (name->type == GEN_DNS) names.push_back(printable(name->d.dNSName));
    if (name->type == GEN_IPADD) names.push_back(address_text(*name->d.iPAddress));
  }
  if (names.empty()) names.push_back(entry_of(::X509_get_subject_name(&certificate), NID_commonName));
  std::string out;
  for (std::size_t at = 0; at < std::min(names.size(), kMaxNames); ++at) {
    out += (at == 0 ? "" : ", ") + names[at];
  }
  if (names.size() > kMaxNames) out += ", …";
  return out;
}

bool is_for(X509& certificate, const std::string& host) {
  return IpAddress::parse(host) ? ::X509_check_ip_asc(&certificate, host.c_str(), 0) == 1
                                : ::X509_check_host(&certificate, host.data(), host.size(), 0, nullptr) == 1;
}

}  // namespace

std::string day_of(const ASN1_TIME* time) {
  std::tm parts{};
  if (time == nullptr || ::ASN1_TIME_to_tm(time, &parts) != 1) return {};
  std::array<char, 16> text{};
  return {text.data(), std::strftime(text.data(), text.size(), "%Y-%m-%d", &parts)};
}

std::string issuer_of(const X509& certificate) {
  const X509_NAME* issuer = ::X509_get_issuer_name(&certificate);
  for (const int kind : {NID_commonName, NID_organizationName}) {
    if (auto text = entry_of(issuer, kind); !text.empty()) return text;
  }
  std::array<char, kMaxText> line{};
  ::X509_NAME_oneline(issuer, line.data(), static_cast<int>(line.size()));
  return utf8::printable(line.data(), kMaxText);
}

std::optional<NetworkFailure> objection_to(const X509& certificate, const std::string& host) {
  const auto* from = ::X509_get0_notBefore(&certificate);
  const auto* to = ::X509_get0_notAfter(&certificate);
  // 0 is a date that cannot be read.
  if (::X509_cmp_current_time(to) <= 0) return NetworkFailure{"tls_expired", day_of(to), kCertificateEnded};
  if (::X509_cmp_current_time(from) >= 0)
    return NetworkFailure{"tls_expired", day_of(from), kCertificateTooEarly};
  // The check fills caches inside the certificate, under OpenSSL's own lock.
  if (!is_for(const_cast<X509&>(certificate), host))
    return NetworkFailure{"tls_name", names_of(certificate), kCertificateOfOther};
  return std::nullopt;
}

}  // namespace akko::net
