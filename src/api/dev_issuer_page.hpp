// The pages of the development issuer: plain HTML, no script.
#pragma once

#include <string>
#include <string_view>

#include "app/dev_issuer.hpp"

namespace akko::api {

// `text` as it may stand in HTML, inside an attribute too.
std::string html_escaped(std::string_view text);

// Asks who signs in. `parameters` come back with the answer.
std::string sign_in_page(const IssuerParameters& parameters);
// One heading and one sentence.
std::string message_page(std::string_view heading, std::string_view text);
std::string_view issuer_style();

}  // namespace akko::api
