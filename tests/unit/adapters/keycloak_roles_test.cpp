// The role directory over Keycloak's admin API. The answers are those of a Keycloak 26.7.3, shortened.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>

#include "adapters/adapters.hpp"
#include "fakes/http_imposter.hpp"

namespace akko::test {
namespace {

using namespace std::chrono_literals;
using fakes::HttpImposter;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

using Reply = HttpImposter::Reply;

constexpr std::string_view kSecret = "se+cret/ v&alue=";
constexpr std::string_view kToken = "/realms/akko/protocol/openid-connect/token";
constexpr std::string_view kAdmin = "/admin/realms/akko";
constexpr std::string_view kFirst = "briefRepresentation=true&first=0&max=200";

Reply json(std::string body, int status = 200) {
  Reply reply;
  reply.status = status;
  reply.body = std::move(body);
  reply.headers = {{"Content-Type", "application/json"}};
  return reply;
}

std::string user(const std::string& name, bool enabled = true) {
  return R"({"id":"64e769bb-38e6-49a2-a1e8-8c5407d2109f","username":")" + name +
         R"(","emailVerified":false,"enabled":)" + (enabled ? "true" : "false") +
         R"(,"createdTimestamp":1795476185796,"access":{"manage":false}})";
}
std::string role(const std::string& name, bool composite = false, const std::string& description = "") {
  return R"({"id":"bfe13d83-cbbb-4f3d-83fe-d47c41bdf18f","name":")" + name + R"(","description":")" +
         description + R"(","composite":)" + (composite ? "true" : "false") +
         R"(,"clientRole":false,"containerId":"6c5588d4-2495-473e-b79d-1e98b6ba24e1"})";
}
std::string group(const std::string& id) {
  return R"({"id":")" + id + R"(","name":"analysts","path":"/analysts","subGroups":[]})";
}
std::string list(std::initializer_list<std::string> items) {
  std::string text;
  for (const auto& item : items) text += (text.empty() ? "[" : ",") + item;
  return text.empty() ? "[]" : text + "]";
}

class KeycloakRolesTest : public testing::Test {
 protected:
  // akko-analyst: carol herself; dave through a group and erin through the one below; frank, because `lead`
  // includes it and `deep` includes `lead`.
  Reply answer(const HttpImposter::Request& request) {
    if (request.target == kToken) {
      ++sign_ins;
      return json(
          R"({"access_token":"token-)" + std::to_string(sign_ins) +
          R"(","expires_in":300,"refresh_expires_in":0,"token_type":"Bearer","scope":"email profile"})");
    }
    if (refuse_tokens_below > 0 &&
        request.header("authorization") < "Bearer token-" + std::to_string(refuse_tokens_below))
      return json(R"({"error":"HTTP 401 Unauthorized"})", 401);
    const auto is = [&](const std::string& path) {
      return request.target == std::string(kAdmin) + path ||
             request.target == std::string(kAdmin) + path + "?" + std::string(kFirst);
    };
    if (is("/roles")) {
      return json(list({role("akko-analyst", false, "Queries"), role("deep", true), role("lead", true),
                        role("default-roles-akko", true, "${role_default-roles}"), role("offline_access"),
                        role("with/slash \\u00fc")}));
    }
    if (is("/roles/deep/composites/realm")) return json(list({role("lead", true)}));
    if (is("/roles/lead/composites/realm")) return json(list({role("akko-analyst")}));
    if (is("/roles/default-roles-akko/composites/realm")) return json(list({role("offline_access")}));
    if (is("/roles/akko-analyst/users"))
      return json(list({user("carol"), user("zoe", false), user("service-account-reports")}));
    if (is("/roles/akko-analyst/groups")) return json(list({group("g1")}));
    if (is("/groups/g1/members")) return json(list({user("dave"), user("carol")}));
    if (is("/groups/g1/children")) return json(list({group("g2")}));
    if (is("/groups/g2/members")) return json(list({user("erin")}));
    if (is("/roles/deep/users")) return json(list({user("frank")}));
    if (is("/roles/with%2Fslash%20%C3%BC/users")) return json(list({user("gus")}));
    if (request.target.find("/nobody/") != std::string::npos)
      return json(R"({"error":"Could not find role"})", 404);
    return json("[]");
  }

  std::unique_ptr<RoleDirectory> directory(std::chrono::milliseconds deadline = 5s) {
    KeycloakSettings settings;
    settings.issuer = keycloak.url("/realms/akko");
    settings.client_id = "akko-catalog-manager";
    settings.client_secret = Secret(std::string(kSecret));
    settings.deadline = deadline;
    auto made = make_keycloak_roles(std::move(settings));
    EXPECT_TRUE(made);
    return std::move(*made);
  }
  static CallContext context() { return {"op", Deadline::after(10s), {}}; }

  std::atomic<int> sign_ins = 0;
  std::atomic<int> refuse_tokens_below = 0;
  HttpImposter keycloak{[this](const HttpImposter::Request& request) { return answer(request); }};
};

TEST_F(KeycloakRolesTest, ListsRolesWithTheirEffectiveMembers) {
  const auto roles = directory()->roles(context());
  ASSERT_TRUE(roles) << roles.error().message;
  std::vector<std::string> names;
  for (const auto& one : *roles) names.push_back(one.name);
  EXPECT_THAT(names, ElementsAre("akko-analyst", "deep", "default-roles-akko", "lead", "with/slash ü"));
  EXPECT_EQ(roles->at(0).description, "Queries");
  EXPECT_EQ(roles->at(0).members, 4U);
  EXPECT_EQ(roles->at(2).description, "");
  EXPECT_EQ(roles->at(4).members, 1U);
}

TEST_F(KeycloakRolesTest, HoldersAreThoseOfGroupsAndOfIncludingRolesToo) {
  const auto keys = directory();
  const auto holders = keys->holders("akko-analyst", context());
  ASSERT_TRUE(holders) << holders.error().message;
  EXPECT_TRUE(holders->known);
  EXPECT_TRUE(holders->complete);
  EXPECT_THAT(holders->names, ElementsAre("carol", "dave", "erin", "frank"));
  EXPECT_THAT(keys->holders("with/slash ü", context())->names, ElementsAre("gus"));
  EXPECT_FALSE(keys->holders("nobody", context())->known);
}

TEST_F(KeycloakRolesTest, AnswersAndTokensAreKept) {
  const auto roles = directory();
  ASSERT_TRUE(roles->holders("akko-analyst", context()));
  const auto asked = keycloak.requests().size();
  ASSERT_TRUE(roles->holders("akko-analyst", context()));
  EXPECT_EQ(keycloak.requests().size(), asked);
  ASSERT_TRUE(roles->roles(context()));
  EXPECT_EQ(sign_ins, 1);
}

TEST_F(KeycloakRolesTest, TheSecretGoesToTheTokenEndpointAlone) {
  ASSERT_TRUE(directory()->roles(context()));
  for (const auto& request : keycloak.requests()) {
    EXPECT_THAT(request.target, Not(HasSubstr("cret"))) << request.target;
    if (request.target != kToken) {
      EXPECT_THAT(request.body, IsEmpty());
      continue;
    }
    EXPECT_EQ(request.body,
              "grant_type=client_credentials&client_id=akko-catalog-manager&client_secret=se%2Bcret%2F%20v%"
              "26alue%3D");
  }
}

TEST_F(KeycloakRolesTest, LongListsComeInPages) {
  keycloak.set_rule([this](const HttpImposter::Request& request) {
    if (request.target.find("/roles/akko-analyst/users") == std::string::npos) return answer(request);
    const auto at = request.target.find("first=") + 6;
    const int first = std::stoi(request.target.substr(at));
    std::string page = "[";
    for (int i = first; i < std::min(first + 200, 450); ++i)
      page += (i == first ? "" : ",") + user("user-" + std::to_string(i));
    return json(page + "]");
  });
  EXPECT_EQ(directory()->holders("akko-analyst", context())->names.size(), 454U);
}

TEST_F(KeycloakRolesTest, ATokenThatIsNoGoodAnyMoreIsReplacedOnce) {
  const auto roles = directory();
  ASSERT_TRUE(roles->holders("lead", context()));
  refuse_tokens_below = 2;
  ASSERT_TRUE(roles->holders("akko-analyst", context()));
  EXPECT_EQ(sign_ins, 2);
  refuse_tokens_below = 9;
  const auto refused = directory()->roles(context());
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().fix, HasSubstr("view-users"));
}

TEST_F(KeycloakRolesTest, FailuresAreToldWithoutTheSecretAndNotRepeatedAtOnce) {
  const std::vector<std::pair<Reply, std::string>> cases = {
      {json(
           R"({"error":"unauthorized_client","error_description":"Invalid client or Invalid client credentials"})",
           401),
       "refused the client akko-catalog-manager (401)"},
      {json("<html>se+cret/ v&alue=</html>"), "is not Keycloak"},
      {json(R"({"access_token":5})"), "is not Keycloak"},
      {json("", 503), "503"},
  };
  for (const auto& [reply, words] : cases) {
    keycloak.set_rule([reply = reply](const HttpImposter::Request&) { return reply; });
    const auto roles = directory();
    const auto refused = roles->roles(context());
    ASSERT_FALSE(refused) << words;
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_EQ(refused.error().reason, "role_directory");
    EXPECT_THAT(refused.error().message, HasSubstr(words));
    EXPECT_THAT(refused.error().message + refused.error().fix + refused.error().raw, Not(HasSubstr("cret/")));
    const auto asked = keycloak.requests().size();
    EXPECT_FALSE(roles->roles(context()));
    EXPECT_EQ(keycloak.requests().size(), asked);
  }
  keycloak.set_rule([this](const HttpImposter::Request& request) {
    return request.target == kToken ? answer(request) : json(R"({"error":"HTTP 403 Forbidden"})", 403);
  });
  EXPECT_THAT(directory()->roles(context()).error().fix, HasSubstr("view-realm"));
}

TEST_F(KeycloakRolesTest, AKeycloakThatHangsEndsWithTheDeadline) {
  keycloak.set_rule([](const HttpImposter::Request&) {
    Reply reply;
    reply.fault = Reply::Fault::hang;
    return reply;
  });
  const auto begin = std::chrono::steady_clock::now();
  const auto refused = directory(200ms)->roles(context());
  ASSERT_FALSE(refused);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
  EXPECT_THAT(refused.error().message, HasSubstr("does not answer"));
}

TEST_F(KeycloakRolesTest, AnEndlessGroupTreeIsGivenUp) {
  keycloak.set_rule([this](const HttpImposter::Request& request) {
    return request.target.find("/children") == std::string::npos ? answer(request)
                                                                 : json(list({group("g1")}));
  });
  const auto holders = directory()->holders("akko-analyst", context());
  ASSERT_FALSE(holders);
  EXPECT_THAT(holders.error().message, HasSubstr("too deeply"));
}

TEST(KeycloakRoles, OnlyARealmOfKeycloakHasAnAdminApi) {
  for (const auto* issuer :
       {"https://login.example", "https://login.example/realms/", "https://login.example/realms/a/b"}) {
    KeycloakSettings settings;
    settings.issuer = issuer;
    const auto refused = make_keycloak_roles(std::move(settings));
    ASSERT_FALSE(refused) << issuer;
    EXPECT_EQ(refused.error().reason, "bad_config");
  }
}

TEST(DevelopmentRoles, AreThoseOfTheDevelopmentUsers) {
  const auto directory = make_development_roles();
  const CallContext context{"op", Deadline::after(1s), {}};
  const auto roles = *directory->roles(context);
  ASSERT_EQ(roles.size(), 3U);
  EXPECT_EQ(roles[0].name, "akko-admin");
  EXPECT_EQ(roles[0].members, 1U);
  EXPECT_THAT(directory->holders("akko-engineer", context)->names, ElementsAre("bob"));
  EXPECT_FALSE(directory->holders("nobody", context)->known);
}

}  // namespace
}  // namespace akko::test
