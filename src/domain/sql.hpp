// Trino SQL text: quoting, and the statements that the product sends. Pure.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "domain/catalog.hpp"

namespace akko {

// `text` as a string literal: '…' with every quote doubled. Trino knows no backslash escape
// (measured on 476). Any byte sequence that is valid UTF-8 is safe; others are refused before.
std::string sql_literal(std::string_view text);

// `text` as a delimited identifier: "…" with every double quote doubled.
std::string sql_identifier(std::string_view text);

// CREATE CATALOG "name" USING connector WITH ("key" = 'value', …). `connector` stands unquoted, because Trino
// refuses it quoted (measured on 476): it must come from a definition, whose reader holds it to
// [a-z][a-z0-9_]*. Keys in order; no IF NOT EXISTS, which would hide that the name is taken. WITH is left out
// when `properties` is empty (a bare `WITH ()` is a syntax error). Ends in a comment with the operation's id
// (hex digits), which makes each statement of its own kind: in Trino's list of queries one can tell ours from
// any other.
std::string create_catalog_statement(const CatalogName& name, std::string_view connector,
                                     const Properties& properties, std::string_view operation_id);

std::string drop_catalog_statement(const CatalogName& name);

}  // namespace akko
