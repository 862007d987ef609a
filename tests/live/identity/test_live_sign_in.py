"""Who gets in, by a real Keycloak."""

import pytest
import requests

from support.api import problem
from support.keycloak import Flow, Identity, Keycloak, claims, returned

CATALOGS = "/api/admin/catalogs"
PAGE = "http://127.0.0.1:8480/"


def test_code_flow_with_pkce(identity: Identity) -> None:
    """What the page does: to the issuer and back with a code, which becomes a token that the manager takes."""
    flow = Flow(PAGE)
    back = identity.keycloak.sign_in(flow, "alice")
    assert (back["state"], back["iss"]) == (flow.state, identity.keycloak.issuer)
    answer = identity.keycloak.redeem(flow, back["code"])
    assert answer.status_code == 200, answer.text
    assert answer.headers["Access-Control-Allow-Origin"] == PAGE.rstrip("/")
    tokens = answer.json()
    assert claims(tokens["id_token"])["nonce"] == flow.nonce
    api = identity.with_token(tokens["access_token"])
    assert api.get(CATALOGS).status_code == 200
    me = api.get("/api/admin/me").json()
    assert (me["user"], me["admin"]) == ("alice", True)
    assert {"akko-admin"} <= set(me["roles"])


def test_a_refreshed_token_is_taken(identity: Identity) -> None:
    flow = Flow(PAGE)
    first = identity.keycloak.redeem(flow, identity.keycloak.sign_in(flow, "alice")["code"]).json()
    second = identity.keycloak.post_token(
        grant_type="refresh_token", client_id="akko-cockpit", refresh_token=first["refresh_token"]
    ).json()
    assert identity.with_token(second["access_token"]).get(CATALOGS).status_code == 200
    problem(identity.with_token(second["refresh_token"]).get(CATALOGS), 401)
    problem(identity.with_token(second["id_token"]).get(CATALOGS), 401)


@pytest.mark.parametrize("user", ["bob", "carol"])
def test_without_the_role(identity: Identity, user: str) -> None:
    api = identity.api(user)
    problem(api.get(CATALOGS), 403, "insufficient_role")
    me = api.get("/api/admin/me")
    assert me.status_code == 200
    assert (me.json()["user"], me.json()["admin"]) == (user, False)
    [line] = [line for line in identity.product.audit("ACCESS_DENIED") if line["user"] == user]
    assert line["result"] == "denied"


def test_a_service_account_is_no_admin(identity: Identity) -> None:
    secret = identity.keycloak.client_secret_file.read_text()
    answer = identity.keycloak.post_token(
        grant_type="client_credentials", client_id="akko-catalog-manager", client_secret=secret
    )
    refused = identity.with_token(answer.json()["access_token"]).get(CATALOGS)
    assert refused.status_code in (401, 403)


class TestTheClientOfThePage:
    """Its settings in tools/keycloak-realm.json, by what Keycloak does."""

    def test_no_sign_in_without_a_challenge(self, keycloak: Keycloak) -> None:
        back = returned(keycloak.authorize(Flow(PAGE, with_challenge=False)))
        assert back["error"] == "invalid_request"
        assert "code_challenge_method" in back["error_description"]

    def test_no_token_for_another_verifier(self, keycloak: Keycloak) -> None:
        flow = Flow(PAGE)
        answer = keycloak.redeem(flow, keycloak.sign_in(flow, "alice")["code"], code_verifier="x" * 43)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")

    def test_a_code_is_good_once(self, keycloak: Keycloak) -> None:
        flow = Flow(PAGE)
        code = keycloak.sign_in(flow, "alice")["code"]
        assert keycloak.redeem(flow, code).status_code == 200
        assert keycloak.redeem(flow, code).status_code == 400

    def test_no_token_for_the_script_of_another_origin(self, keycloak: Keycloak) -> None:
        flow = Flow(PAGE)
        answer = keycloak.redeem(flow, keycloak.sign_in(flow, "alice")["code"], origin="https://evil.example")
        assert answer.status_code == 403
        assert "Access-Control-Allow-Origin" not in answer.headers

    @pytest.mark.parametrize(
        "address", ["http://127.0.0.1:8481/", "http://127.0.0.1:8480.evil.example/", "https://evil.example/", "http://localhost:8480/"]
    )
    def test_no_way_back_to_another_address(self, keycloak: Keycloak, address: str) -> None:
        answer = keycloak.authorize(Flow(address))
        assert answer.status_code == 400
        assert "Location" not in answer.headers

    def test_no_password_grant(self, keycloak: Keycloak) -> None:
        answer = keycloak.post_token(
            grant_type="password", client_id="akko-cockpit", username="alice", password=keycloak.password("alice")
        )
        assert (answer.status_code, answer.json()["error"]) == (400, "unauthorized_client")

    def test_no_implicit_flow(self, keycloak: Keycloak) -> None:
        question = Flow(PAGE).question() | {"response_type": "token"}
        answer = requests.get(f"{keycloak.endpoints}/auth", params=question, allow_redirects=False, timeout=30)
        assert "unauthorized_client" in answer.headers.get("Location", "")
        assert "access_token" not in answer.headers["Location"]


class TestAudience:
    def test_a_list(self, identity: Identity) -> None:
        token = identity.keycloak.token()
        assert sorted(claims(token)["aud"]) == ["account", "akko-catalog-manager"]
        assert identity.with_token(token).get(CATALOGS).status_code == 200

    def test_a_string(self, identity: Identity) -> None:
        identity.keycloak.add_client("one-audience", ["akko-catalog-manager"], roles=False)
        token = identity.keycloak.token(client="one-audience")
        assert claims(token)["aud"] == "akko-catalog-manager"
        assert identity.with_token(token).get(CATALOGS).status_code == 200

    def test_for_somebody_else(self, identity: Identity) -> None:
        """What Keycloak says when the client has no audience mapper."""
        identity.keycloak.add_client("no-audience", [], roles=True)
        token = identity.keycloak.token(client="no-audience")
        assert claims(token)["aud"] == "account"
        problem(identity.with_token(token).get(CATALOGS), 401, "token_audience")
