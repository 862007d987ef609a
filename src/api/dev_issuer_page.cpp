#include "api/dev_issuer_page.hpp"

namespace akko::api {
namespace {

constexpr std::string_view kStyle = R"(:root {
  color-scheme: light dark;
  --ground: #f4f6f9; --panel: #fff; --text: #1b2430; --soft: #5a6675; --line: #d9dfe7; --accent: #1f5fd0;
}
@media (prefers-color-scheme: dark) {
  :root { --ground: #12161c; --panel: #1b212a; --text: #e6eaf0; --soft: #9aa6b5; --line: #303945; --accent: #7fb0ff; }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; display: grid; place-items: center; padding: 1.5rem;
  background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif;
}
main {
  width: 100%; max-width: 26rem; padding: 2rem; background: var(--panel);
  border: 1px solid var(--line); border-radius: .75rem;
}
h1 { margin: 0 0 .25rem; font-size: 1.25rem; }
p { margin: 0 0 1.25rem; color: var(--soft); }
form { display: grid; gap: .75rem; margin: 0; }
button {
  display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; align-items: center; width: 100%; padding: .75rem 1rem;
  background: none; color: inherit; font: inherit; text-align: left; cursor: pointer;
  border: 1px solid var(--line); border-radius: .5rem;
}
button:hover { border-color: var(--accent); }
button:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.who { font-weight: 600; }
.name { grid-column: 1; color: var(--soft); font-size: .875rem; }
.role {
  grid-column: 2; grid-row: 1 / span 2; padding: .125rem .5rem; color: var(--accent); font-size: .8125rem;
  border: 1px solid currentColor; border-radius: 1rem;
}
)";

struct Words {
  std::string_view sign_in;
  std::string_view choose;
  std::string_view signed_out;
  std::string_view close;
};

constexpr Words kEnglish = {
    "Development sign-in",
    "Choose who you are. There are no passwords here: this sign-in is for development on "
    "one machine.",
    "Signed out", "You can close this page."};
constexpr Words kFrench = {
    "Connexion de développement",
    "Choisissez qui vous êtes. Il n’y a pas de mot de passe ici : cette connexion sert au "
    "développement sur une seule machine.",
    "Vous êtes déconnecté", "Vous pouvez fermer cette page."};

const Words& words_in(Language language) { return language == Language::french ? kFrench : kEnglish; }

std::string page(Language language, std::string_view heading, std::string_view content) {
  std::string html = "<!doctype html>\n<html lang=\"";
  html.append(to_string(language)).append("\">\n<head>\n<meta charset=\"utf-8\">\n");
  html.append(
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"robots\" content=\"noindex\">\n<title>");
  html.append(heading).append(" – AKKO Catalog Manager</title>\n");
  html.append("<link rel=\"stylesheet\" href=\"/dev-issuer/style.css\">\n</head>\n<body>\n<main>\n<h1>");
  html.append(heading).append("</h1>\n").append(content).append("</main>\n</body>\n</html>\n");
  return html;
}

}  // namespace

std::string html_escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string sign_in_page(const IssuerParameters& parameters, Language language) {
  const auto& words = words_in(language);
  std::string content = "<p>";
  content.append(words.choose).append("</p>\n<form method=\"post\" action=\"/dev-issuer/login\">\n");
  for (const auto& [name, value] : parameters) {
    if (name == "user") continue;  // that is what the buttons say
    content +=
        "<input type=\"hidden\" name=\"" + html_escaped(name) + "\" value=\"" + html_escaped(value) + "\">\n";
  }
  for (const auto& user : development_users()) {
    content += "<button type=\"submit\" name=\"user\" value=\"" + html_escaped(user.name) + "\">";
    content += "<span class=\"who\">" + html_escaped(user.full_name) + "</span>";
    content += "<span class=\"name\">" + html_escaped(user.name) + "</span>";
    content += "<span class=\"role\">" + html_escaped(user.role) + "</span></button>\n";
  }
  return page(language, words.sign_in, content + "</form>\n");
}

std::string signed_out_page(Language language) {
  const auto& words = words_in(language);
  return page(language, words.signed_out, "<p>" + std::string(words.close) + "</p>\n");
}

std::string refused_page(std::string_view why) {
  return page(Language::english, "This sign-in cannot go on", "<p>" + html_escaped(why) + ".</p>\n");
}

std::string_view issuer_style() { return kStyle; }

}  // namespace akko::api
