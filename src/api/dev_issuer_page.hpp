// The pages of the development issuer: plain HTML, no script.
#pragma once

#include <string>
#include <string_view>

#include "app/dev_issuer.hpp"
#include "domain/language.hpp"

namespace akko::api {

// `text` as it may stand in HTML, inside an attribute too.
std::string html_escaped(std::string_view text);

// Asks who signs in. `parameters` come back with the answer.
std::string sign_in_page(const IssuerParameters& parameters, Language language);
std::string signed_out_page(Language language);
// `why`: for the developer of a client, in English.
std::string refused_page(std::string_view why);
std::string_view issuer_style();

}  // namespace akko::api
