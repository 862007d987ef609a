#include "app/rendering.hpp"

#include <algorithm>

namespace akko {

SecretTransport secret_transport(const TrinoFacts& trino, bool opted_in_to_statements) {
  const bool lacks_provider = trino.secrets_provider == SecretsProvider::missing;
  return opted_in_to_statements && lacks_provider ? SecretTransport::in_statement
                                                  : SecretTransport::reference;
}

bool needs_secret_files(const ConnectorDefinition& definition, const SecretValues& secrets) {
  return std::any_of(secrets.begin(), secrets.end(), [&](const auto& secret) {
    const auto* property = definition.find(secret.first);
    return property != nullptr && property->kind == PropertyKind::secret_file;
  });
}

TrinoCatalogSpec render_for_trino(const CatalogName& name, const ConnectorDefinition& definition,
                                  const RawValues& complete, std::uint64_t secret_revision,
                                  SecretTransport transport) {
  TrinoCatalogSpec spec{name, definition.trino_connector(complete), complete.properties};
  for (const auto& [property, value] : complete.secrets) {
    const auto* known = definition.find(property);
    const bool file = known != nullptr && known->kind == PropertyKind::secret_file;
    if (file) {
      spec.properties[property] = secret_path_reference(name, property, secret_revision);
    } else if (transport == SecretTransport::reference) {
      spec.properties[property] = secret_reference(name, property, secret_revision);
    } else {
      spec.properties[property] = std::string(value.reveal());
    }
  }
  return spec;
}

}  // namespace akko
