// A plan: the ordered steps of one operation. Pure data, made by pure functions; app/saga.cpp runs it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "domain/catalog.hpp"

namespace akko {

// Each step says what it does and what its compensation does. A compensation must succeed when the
// step has not happened, has happened in part, or has been compensated before.
namespace step {
struct WriteSecrets {};   // values to where Trino's provider reads them · undo: remove them
struct CreateInTrino {};  // CREATE CATALOG with references         · undo: DROP CATALOG
struct ProbeInTrino {};   // the definition's probe                 · undo: nothing to undo
struct MarkReady {};      // phase ready, journal closed            · undo: not compensated, last step
struct DropFromTrino {};  // DROP CATALOG                           · undo: the reconciler re-creates
struct RemoveSecrets {};  // remove the values                      · undo: the reconciler refills
struct EraseRecord {};    // record, sealed secrets, journal        · undo: not compensated, last step
}  // namespace step

using Step = std::variant<step::WriteSecrets, step::CreateInTrino, step::ProbeInTrino, step::MarkReady,
                          step::DropFromTrino, step::RemoveSecrets, step::EraseRecord>;

std::string_view name_of(const Step& step);  // "write_secrets", …: for journal, log and reports

struct Plan {
  enum class Kind : std::uint8_t { register_catalog, deregister_catalog };
  Kind kind = Kind::register_catalog;
  std::vector<Step> steps;

  // What to do with the operation when the process died in the middle: a registration is undone (its
  // caller never got an answer), a removal is finished (the admin wants it gone).
  bool resumes_forward() const { return kind == Kind::deregister_catalog; }
};
std::string_view to_string(Plan::Kind kind);

// `probes`: whether the connection is still to be tried through the catalog itself.
Plan plan_registration(bool has_secrets, bool probes = true);
Plan plan_removal();

}  // namespace akko
