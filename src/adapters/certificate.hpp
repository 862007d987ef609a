// What a server's certificate says, for people. Texts are printable UTF-8 of bounded length.
#pragma once

#include <optional>
#include <string>

#include <openssl/types.h>

#include "app/ports.hpp"

namespace akko::net {

// "2027-03-01", UTC; "" for a date that cannot be read.
std::string day_of(const ASN1_TIME* time);
// The common name of who signed it, else its organisation, else the whole name.
std::string issuer_of(const X509& certificate);
// Why Java would refuse it for `host` (a name or an address) whoever signed it: tls_expired or tls_name, in
// Java's order. Nothing when it would not.
std::optional<NetworkFailure> objection_to(const X509& certificate, const std::string& host);

}  // namespace akko::net
