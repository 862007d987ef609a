#include "domain/diagnosis.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "base/utf8.hpp"
#include "domain/connector.hpp"
#include "domain/diagnosis_rules.hpp"

namespace akko {
namespace {

constexpr std::size_t kLongestForeign = 400;  // of foreign words within a sentence of ours
constexpr std::size_t kLongestRaw = 2048;
constexpr std::size_t kLongestRead = 16 * 1024;  // of one cause, to find its rule
constexpr std::size_t kMostLines = 100;          // of one cause, to find the words to show

struct Placeholder {
  std::string_view text;
  std::string_view value;           // its name among the values of a fact
  std::string_view otherwise = {};  // what stands for a value that is not known
};
constexpr std::array kPlaceholders = {Placeholder{"{title}", "title"},
                                      Placeholder{"{host}", "host", "the server"},
                                      Placeholder{"{port}", "port", "given"},
                                      Placeholder{"{user}", "user", "(none)"},
                                      Placeholder{"{database}", "database", "of this name"},
                                      Placeholder{"{seconds}", "seconds"},
                                      Placeholder{"{from}", "from"},
                                      Placeholder{"{1}", "detail", "(not shown)"}};

std::string filled(std::string_view text, const FactValues& values) {
  std::string out;
  while (!text.empty()) {
    const auto known =
        std::find_if(kPlaceholders.begin(), kPlaceholders.end(),
                     [&](const Placeholder& placeholder) { return text.starts_with(placeholder.text); });
    if (known == kPlaceholders.end()) {
      out += text.front();
      text.remove_prefix(1);
    } else {
      const auto value = values.find(std::string(known->value));
      out += value == values.end() ? known->otherwise : value->second;
      text.remove_prefix(known->text.size());
    }
  }
  return out;
}

// What is known of them.
FactValues values_of(const DiagnosisContext& context, std::string_view from, std::string_view foreign) {
  FactValues values = {{"title", context.definition.title()},
                       {"host", context.host},
                       {"port", context.port},
                       {"user", context.user},
                       {"database", context.database},
                       {"seconds", std::to_string((context.deadline.count() + 500) / 1000)},
                       {"from", std::string(from)},
                       {"detail", utf8::printable(foreign, kLongestForeign)}};
  std::erase_if(values, [](const auto& one) { return one.second.empty(); });
  return values;
}

// What deadlines say, beside the rules.
constexpr std::string_view kProbeTooLong = "{host}:{port} did not answer within {seconds} s.";
constexpr std::string_view kCreateTooLong = "Trino did not create the catalog within {seconds} s.";
constexpr std::string_view kFirstIsSlow =
    "The first catalog of a connector takes Trino longer after its start. Try again.";
// Where Trino may have more luck than this process: said after the fix.
constexpr std::array<std::string_view, 4> kMayDiffer = {"dns_not_found", "dns_failed", "tcp_timeout",
                                                        "tcp_unreachable"};
constexpr std::string_view kIfItDiffers =
    " If Trino reaches it and only the catalog manager does not, AKKO_NETWORK_CHECKS=off.";

struct Verdict {
  std::string_view code;
  std::string_view message = {};  // "" = that of the class
  std::string_view fix = {};
  std::string foreign = {};         // {1}, scrubbed
  std::string_view afterword = {};  // of the fix
};

std::string spelled(const FailureCause& cause) {
  return cause.type.empty() ? cause.message : cause.type + ": " + cause.message;
}

// Scrubbed line by line, so that no part of a secret is left when a pattern cuts a piece out.
std::vector<std::string> scrubbed_lines(std::string_view text, const Scrubber& scrubber) {
  std::vector<std::string> lines;
  for (std::size_t begin = 0; begin < text.size() && lines.size() < kMostLines;) {
    const auto end = std::min(text.find('\n', begin), text.size());
    lines.push_back(scrubber.scrub(text.substr(begin, end - begin), kLongestRaw));
    begin = end + 1;
  }
  return lines;
}

// The numbered complaints of a configuration error ("1) Error: …") without the Java names in them; each
// once, and what is missing before what was "not used", which may be its consequence.
std::string complaints(const std::vector<std::string>& lines) {
  static const auto numbered =
      Pattern::compile(R"(^\s*\d+\) (?:Error: )?(?:\[Guice/\w+\]: (?:\w+: )?)?)"
                       R"((?:Invalid configuration property (?:with prefix '[^']*': )?)?)"
                       R"((.*?\S)(?: \(for class [^)]*\)| in order to call \[.*\])?\s*$)");
  std::vector<std::string> missing, others;
  for (const auto& line : lines) {
    auto complaint = numbered ? numbered->capture(line) : std::string();
    auto& list = complaint.find("must not be null") != std::string::npos ? missing : others;
    const bool known = std::find(list.begin(), list.end(), complaint) != list.end();
    if (!complaint.empty() && !known) list.push_back(std::move(complaint));
  }
  missing.insert(missing.end(), others.begin(), others.end());
  std::string out;
  for (const auto& complaint : missing) out += (out.empty() ? "" : "; ") + complaint;
  return out;
}

// What {1} stands for: the foreign words that a rule asks for.
std::string foreign_words(const DiagnosisRule& rule, const FailureCause& cause, const Scrubber& scrubber) {
  if (rule.code == "config") {
    auto all = complaints(scrubbed_lines(cause.message, scrubber));
    return all.empty() ? scrubber.scrub(cause.message, kLongestForeign) : all;
  }
  const auto lines = scrubbed_lines(spelled(cause), scrubber);
  const auto telling = std::find_if(lines.begin(), lines.end(),
                                    [&](const std::string& line) { return rule.pattern.found_in(line); });
  if (telling != lines.end()) return rule.pattern.capture(*telling);
  std::string whole;  // the words that the rule looks for stand on several lines
  for (const auto& line : lines) whole += line + '\n';
  return rule.pattern.capture(whole);
}

// The first rule that knows this cause.
const DiagnosisRule* find_rule(const std::vector<DiagnosisRule>& rules, std::string_view text) {
  const auto found =
      std::find_if(rules.begin(), rules.end(), [&](const auto& rule) { return rule.pattern.found_in(text); });
  return found == rules.end() ? nullptr : &*found;
}

Verdict judge_statement(const TrinoFailure& failure, const DiagnosisContext& context,
                        const Scrubber& scrubber) {
  if (const auto code = class_of_error_name(failure.error_name); !code.empty()) return {code};
  auto causes = failure.causes;
  if (causes.empty()) causes.push_back({"", failure.message});
  for (auto cause = causes.rbegin(); cause != causes.rend(); ++cause) {
    const auto text = spelled(*cause).substr(0, kLongestRead);
    const auto* rule = find_rule(context.definition.diagnosis(), text);
    if (rule == nullptr) rule = find_rule(general_rules(), text);
    if (rule == nullptr) continue;
    return {rule->code, rule->message, rule->fix, foreign_words(*rule, *cause, scrubber)};
  }
  const auto speaking =
      std::find_if(causes.rbegin(), causes.rend(), [](const auto& cause) { return !cause.message.empty(); });
  return {
      "trino_rejected", "", "",
      scrubber.scrub(speaking == causes.rend() ? failure.error_name : speaking->message, kLongestForeign)};
}

Verdict judge_deadline(TestStep step) {
  if (step == TestStep::probe) return {"timeout", kProbeTooLong};
  return {"timeout", kCreateTooLong, kFirstIsSlow};
}

Verdict judge(const TrinoFailure& failure, const DiagnosisContext& context, const Scrubber& scrubber) {
  switch (failure.kind) {
    case TrinoFailure::Kind::statement:
      return judge_statement(failure, context, scrubber);
    case TrinoFailure::Kind::unreachable:
      return {"trino_unavailable"};
    case TrinoFailure::Kind::refused:
      return {"trino_denied"};
    case TrinoFailure::Kind::deadline:
      return judge_deadline(context.step);
    case TrinoFailure::Kind::cancelled:
      return {"cancelled"};
    case TrinoFailure::Kind::protocol:
      break;
  }
  return {"internal"};
}

// The whole chain, without the messages that a cause only repeats and without the legend of class names
// that ends a configuration error.
std::string chain(const TrinoFailure& failure) {
  std::string out;
  std::string_view previous;
  for (const auto& cause : failure.causes) {
    if (!out.empty() && cause.message == previous) continue;
    const auto text = spelled(cause);
    out += (out.empty() ? "" : " · caused by ") + text.substr(0, text.find("\n\n=="));
    previous = cause.message;
  }
  return out.empty() ? failure.message : out;
}

}  // namespace

std::string_view to_string(TestStep step) { return step == TestStep::create ? "create" : "probe"; }

bool placeholders_are_known(std::string_view text) {
  const auto rest = filled(text, {});
  return rest.find_first_of("{}") == std::string::npos;
}

namespace {

const DiagnosisClass& class_of(std::string_view code) {
  const auto& classes = diagnosis_classes();
  const auto known =
      std::find_if(classes.begin(), classes.end(), [&](const auto& one) { return one.code == code; });
  return known == classes.end() ? classes.back() : *known;
}

// The texts of a verdict: the rule's own words, else those of the connector for the class, else those of the
// class.
Diagnosis worded(const Verdict& verdict, std::string_view from, const DiagnosisContext& context) {
  const auto& texts = class_of(verdict.code);
  auto values = values_of(context, from, verdict.foreign);
  const auto& hints = context.definition.hints();
  const auto hint = hints.find(texts.code);
  const auto chosen = [&](std::string_view of_rule, const std::string Hint::* of_hint,
                          std::string_view of_class) {
    if (!of_rule.empty()) return of_rule;
    const bool hinted = hint != hints.end() && !(hint->second.*of_hint).empty();
    return hinted ? std::string_view(hint->second.*of_hint) : of_class;
  };
  const std::string message(chosen(verdict.message, &Hint::message, texts.message));
  const auto fix = std::string(chosen(verdict.fix, &Hint::fix, texts.fix)).append(verdict.afterword);
  return {.code = std::string(texts.code),
          .message = filled(message, values),
          .fix = filled(fix, values),
          .raw = {},
          .retryable = texts.retryable,
          .fact = {.code = std::string(texts.code),
                   .values = std::move(values),
                   .message = message == texts.message ? "" : message,
                   .fix = fix == texts.fix ? "" : fix}};
}

}  // namespace

Diagnosis diagnose(const TrinoFailure& failure, const DiagnosisContext& context, const Scrubber& scrubber) {
  auto diagnosis = worded(judge(failure, context, scrubber), "Trino", context);
  diagnosis.raw = scrubber.scrub(chain(failure), kLongestRaw);
  return diagnosis;
}

Diagnosis diagnose_network(std::string_view code, std::string_view detail, std::string_view message,
                           const DiagnosisContext& context) {
  Verdict verdict{.code = code, .message = message, .foreign = std::string(detail)};
  if (std::find(kMayDiffer.begin(), kMayDiffer.end(), code) != kMayDiffer.end())
    verdict.afterword = kIfItDiffers;
  auto diagnosis = worded(verdict, "the catalog manager", context);
  diagnosis.raw = utf8::printable(detail, kLongestForeign);
  return diagnosis;
}

std::vector<std::string> general_sentences() {
  std::vector<std::string> sentences;
  for (const auto& rule : general_rules()) sentences.insert(sentences.end(), {rule.message, rule.fix});
  for (const auto text : {kProbeTooLong, kCreateTooLong, kFirstIsSlow, kCertificateOfOther})
    sentences.emplace_back(text);
  for (const auto code : kMayDiffer)
    sentences.push_back(std::string(class_of(code).fix).append(kIfItDiffers));
  std::erase(sentences, "");
  return sentences;
}

const std::vector<std::string>& diagnosis_codes() {
  static const std::vector<std::string> codes = [] {
    std::vector<std::string> out;
    for (const auto& one : diagnosis_classes()) out.emplace_back(one.code);
    return out;
  }();
  return codes;
}

}  // namespace akko
