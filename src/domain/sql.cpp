#include "domain/sql.hpp"

namespace akko {
namespace {

std::string quoted(std::string_view text, char quote) {
  std::string out;
  out.reserve(text.size() + 2);
  out += quote;
  for (const char c : text) {
    if (c == quote) out += quote;
    out += c;
  }
  out += quote;
  return out;
}

}  // namespace

std::string sql_literal(std::string_view text) { return quoted(text, '\''); }

std::string sql_identifier(std::string_view text) { return quoted(text, '"'); }

std::string create_catalog_statement(const CatalogName& name, std::string_view connector,
                                     const Properties& properties, std::string_view operation_id) {
  std::string sql = "CREATE CATALOG " + sql_identifier(name.text()) + " USING " + std::string(connector);
  std::string_view separator = " WITH (";
  for (const auto& [key, value] : properties) {
    sql.append(separator).append(sql_identifier(key)).append(" = ").append(sql_literal(value));
    separator = ", ";
  }
  if (!properties.empty()) sql += ")";
  return sql.append(" /* operation ").append(operation_id).append(" */");
}

std::string drop_catalog_statement(const CatalogName& name) {
  return "DROP CATALOG IF EXISTS " + sql_identifier(name.text());
}

}  // namespace akko
