#include "app/connection_texts.hpp"

namespace akko {

DiagnosisContext texts_of(const ConnectorDefinition& definition, const RawValues& raw,
                          std::chrono::milliseconds deadline) {
  const auto endpoint = definition.endpoint(raw);
  return {.definition = definition,
          .step = TestStep::probe,
          .host = endpoint.host,
          .port = endpoint.port,
          .user = endpoint.user,
          .database = endpoint.database,
          .deadline = deadline};
}

std::string target_of(const JudgedRequest& judged) {
  std::string text;
  const auto targets = judged.definition->network_targets(judged.raw);
  for (const auto& target : targets) text += (text.empty() ? "" : " ") + hosts_text(target.hosts);
  return text;
}

}  // namespace akko
