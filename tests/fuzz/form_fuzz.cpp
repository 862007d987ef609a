// Forms: the first byte chooses a connector, the rest is a request of JSON with fields, properties or both.
// Whatever comes in, nothing crashes. What is accepted gives a statement that a reader of Trino's grammar
// takes apart into the same properties, with every secret as a reference; and a form that reads back writes
// the same again.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "api/catalog_decoder.hpp"
#include "app/catalog_request.hpp"
#include "app/rendering.hpp"
#include "connectors.hpp"
#include "domain/sql.hpp"

namespace {

using akko::fuzz::require;
using Purpose = akko::ConnectorDefinition::Purpose;

// CREATE CATALOG "name" USING connector WITH ("key" = 'value', …) -- comment, as the grammar reads it.
class StatementReader {
 public:
  explicit StatementReader(std::string_view text) : rest_(text) {}

  akko::Properties properties(std::string_view name, std::string_view connector) {
    word("CREATE CATALOG ");
    require(quoted('"') == name);
    word(" USING ");
    word(connector);
    akko::Properties out;
    if (!rest_.starts_with(" WITH (")) return out;
    word(" WITH (");
    for (bool first = true; !rest_.starts_with(")"); first = false) {
      if (!first) word(", ");
      const auto key = quoted('"');
      word(" = ");
      require(out.emplace(key, quoted('\'')).second);
    }
    word(")");
    return out;
  }

 private:
  void word(std::string_view wanted) {
    require(rest_.starts_with(wanted));
    rest_.remove_prefix(wanted.size());
  }
  std::string quoted(char quote) {
    require(!rest_.empty() && rest_.front() == quote);
    std::string out;
    for (rest_.remove_prefix(1);; rest_.remove_prefix(1)) {
      require(!rest_.empty());
      if (rest_.front() == quote) {
        rest_.remove_prefix(1);
        if (!rest_.starts_with(quote)) return out;
      }
      out += rest_.front();
    }
  }

  std::string_view rest_;
};

bool same(const akko::SecretValues& one, const akko::SecretValues& other) {
  if (one.size() != other.size()) return false;
  for (const auto& [name, value] : one) {
    const auto found = other.find(name);
    if (found == other.end() || found->second.reveal() != value.reveal()) return false;
  }
  return true;
}

void check_statement(const akko::JudgedRequest& judged, Purpose purpose) {
  const auto& definition = *judged.definition;
  const auto name = akko::CatalogName::probe(1);
  const auto complete = definition.complete(judged.raw, purpose);
  const auto spec = akko::render_for_trino(name, definition, complete, 7, akko::SecretTransport::reference);
  for (const auto& [property, value] : complete.secrets) {
    require(spec.properties.at(property).starts_with("${akko:"));
    require(!complete.properties.contains(property));
  }
  for (const auto& [property, value] : complete.properties) require(value.find("${") == std::string::npos);
  const auto statement = akko::create_catalog_statement(spec.name, spec.connector, spec.properties, "abc");
  require(StatementReader(statement).properties(name.text(), spec.connector) == spec.properties);
  for (const auto& target : definition.network_targets(complete)) require(!target.hosts.empty());
  static_cast<void>(definition.probe_plan(name, complete, judged.options));
  static_cast<void>(definition.endpoint(complete));
}

// The form that a record shows, sent back as it is, changes nothing.
void check_round_trip(const akko::JudgedRequest& judged) {
  const auto& definition = *judged.definition;
  auto values = definition.form_values(judged.raw, judged.options);
  if (!values) return;
  std::vector<akko::FieldViolation> violations;
  const auto written = definition.from_form(*values, {}, violations);
  if (!violations.empty()) return;  // properties may say what fields would not
  const auto again = definition.form_values(written, judged.options);
  require(again.has_value());
  const auto twice = definition.from_form(*again, {}, violations);  // a host may have got its port before
  require(violations.empty());
  require(twice.properties == written.properties && same(twice.secrets, written.secrets));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  if (size == 0) return 0;
  const auto& all = akko::fuzz::connectors().all();
  const std::string_view body(reinterpret_cast<const char*>(bytes) + 1, size - 1);
  auto decoded = akko::api::decode_catalog_request(body);
  if (!decoded) return 0;
  decoded->request.connector = all[bytes[0] % all.size()]->id();
  decoded->request.name.clear();
  const auto judged =
      akko::judge(decoded->request, decoded->violations, false, akko::fuzz::connectors(), {"role"});
  if (!judged) {
    require(!judged.error().violations.empty());
    return 0;
  }
  check_statement(*judged, Purpose::registration);
  check_statement(*judged, Purpose::dry_run);
  check_round_trip(*judged);
  return 0;
}
