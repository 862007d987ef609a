// From a catalog to the CREATE CATALOG that Trino gets.
#pragma once

#include "app/ports.hpp"
#include "app/trino_view.hpp"
#include "domain/connector.hpp"

namespace akko {

// How secrets get into a statement.
enum class SecretTransport : std::uint8_t {
  reference,     // `${akko:…}`: the value is in no statement
  in_statement,  // the value itself; only with the operator's explicit opt-in
};

// The opt-in is for a Trino without our provider; where it has one, references are always better.
SecretTransport secret_transport(const TrinoFacts& trino, bool opted_in_to_statements);

// Whether some secret of these can only be handed over as a file, which takes our provider.
bool needs_secret_files(const ConnectorDefinition& definition, const SecretValues& secrets);

// `complete`: what ConnectorDefinition::complete yields; the secret values in it are used for `in_statement`
// only.
TrinoCatalogSpec render_for_trino(const CatalogName& name, const ConnectorDefinition& definition,
                                  const RawValues& complete, std::uint64_t secret_revision,
                                  SecretTransport transport);

}  // namespace akko
