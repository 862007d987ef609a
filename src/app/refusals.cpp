#include "app/refusals.hpp"

#include <array>
#include <chrono>
#include <string>

namespace akko {
namespace {

// "12 Nov 2026", UTC.
std::string day_text(UnixMillis moment) {
  constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                  "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  using std::chrono::floor, std::chrono::days, std::chrono::milliseconds;
  const std::chrono::year_month_day date(
      floor<days>(std::chrono::sys_time<milliseconds>(milliseconds(moment))));
  return std::to_string(static_cast<unsigned>(date.day())) + " " +
         kMonths.at(static_cast<unsigned>(date.month()) - 1) + " " +
         std::to_string(static_cast<int>(date.year()));
}

}  // namespace

tl::unexpected<Error> name_taken(const Catalog& holder) {
  const auto use = [&]() -> std::string {
    switch (holder.phase) {
      case Phase::registering:
        return holder.created_by + " is registering it at this moment";
      case Phase::removing:
        return "it is being removed at this moment";
      case Phase::ready:
        break;
    }
    return "registered by " + holder.created_by + " on " + day_text(holder.created_at);
  }();
  return fail(ErrorCode::already_exists, "name_taken",
              "the name " + holder.spec.name.text() + " is in use (" + use + ")",
              holder.phase == Phase::ready ? "Choose another name, or remove that catalog first."
                                           : "Choose another name, or try again in some seconds.");
}

tl::unexpected<Error> no_such_catalog() {
  return fail(ErrorCode::not_found, "catalog_not_found", "there is no registered catalog of this name");
}

tl::unexpected<Error> operation_holds(const CatalogName& name) {
  return fail(ErrorCode::already_exists, "operation_in_progress",
              "the catalog " + name.text() + " is being registered or removed right now",
              "Wait until that has ended, then try again.");
}

tl::unexpected<Error> trino_is_silent(std::string_view problem) {
  return fail(ErrorCode::unavailable, "trino_unavailable", "Trino does not answer: " + std::string(problem),
              "Start the coordinator or check AKKO_TRINO_URL, then try again.");
}

}  // namespace akko
