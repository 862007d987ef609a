#include "app/rendering.hpp"

namespace akko {

SecretTransport secret_transport(const TrinoFacts& trino, bool opted_in_to_statements) {
  const bool lacks_provider = trino.secrets_provider == SecretsProvider::missing;
  return opted_in_to_statements && lacks_provider ? SecretTransport::in_statement
                                                  : SecretTransport::reference;
}

TrinoCatalogSpec render_for_trino(const CatalogName& name, const ConnectorDefinition& definition,
                                  const Properties& given, ConnectorDefinition::Purpose purpose,
                                  const SecretValues& secrets, std::uint64_t secret_revision,
                                  SecretTransport transport) {
  TrinoCatalogSpec spec{name, definition.trino_connector(), definition.trino_properties(given, purpose)};
  for (const auto& [property, value] : secrets) {
    spec.properties[property] = transport == SecretTransport::reference
                                    ? secret_reference(name, property, secret_revision)
                                    : std::string(value.reveal());
  }
  return spec;
}

}  // namespace akko
