// What a sentence of ours says, for those who say it in their own language: a stable code, and what the
// sentence names.
#pragma once

#include <map>
#include <string>
#include <vector>

namespace akko {

using FactValues = std::map<std::string, std::string>;  // fit for people: scrubbed, no secret

struct Fact {
  std::string code;  // "resolves_to", …; of a failure, its class
  FactValues values = {};

  // Of a failure whose sentences say more than those of its class: the sentences before their placeholders
  // were filled, as the catalogues of other languages name them (language.hpp).
  std::string message = {};
  std::string fix = {};

  friend bool operator==(const Fact&, const Fact&) = default;
};
using Facts = std::vector<Fact>;

}  // namespace akko
