"""The development issuer as a browser and an OpenID Connect client meet it: code flow with PKCE, and each refusal."""

import base64
import json
import socket
from collections.abc import Callable
from typing import Any

import pytest
import requests

from support.api import problem
from support.product import Product
from support.sign_in import CLIENT, Browser, Form, answer_of, challenge_of
from support.stage import Stage

CATALOGS = "/api/admin/catalogs"


@pytest.fixture
def browser(shared: Stage) -> Browser:
    return Browser(shared.product)


def claims(token: str) -> dict[str, Any]:
    payload = token.split(".")[1]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return read


def refused(answer: requests.Response, error: str) -> None:
    assert (answer.status_code, answer.json()["error"]) == (400, error), answer.text
    assert answer.json()["error_description"]
    assert answer.headers["Cache-Control"] == "no-store"


# ---- what works


def test_discovery_is_complete(browser: Browser) -> None:
    document = browser.get("/.well-known/openid-configuration").json()
    assert document["issuer"] == browser.issuer
    assert document["code_challenge_methods_supported"] == ["S256"]
    assert document["response_types_supported"] == ["code"]
    assert document["token_endpoint_auth_methods_supported"] == ["none"]
    assert set(document["grant_types_supported"]) == {"authorization_code", "refresh_token"}
    for name in ("authorization_endpoint", "token_endpoint", "end_session_endpoint", "jwks_uri"):
        assert document[name].startswith(browser.issuer + "/")
        assert requests.options(document[name], timeout=10).status_code == 204, name


@pytest.mark.parametrize(("user", "role", "status"), [("alice", "akko-admin", 200), ("bob", "akko-engineer", 403), ("carol", "akko-analyst", 403)])
def test_sign_in(shared: Stage, browser: Browser, user: str, role: str, status: int) -> None:
    page = browser.authorize()
    assert page.status_code == 200
    assert Form(page.text).users == ["alice", "bob", "carol"]
    sent_back = browser.choose(page, user)
    assert sent_back.status_code == 303
    assert sent_back.headers["Location"].startswith(browser.redirect_uri + "?")
    answer = answer_of(sent_back)
    assert (answer["state"], answer["iss"]) == (browser.state, browser.issuer)
    tokens = browser.redeem(answer["code"]).json()
    assert (tokens["token_type"], tokens["expires_in"], tokens["scope"]) == ("Bearer", 300, "openid profile")
    access, identity = claims(tokens["access_token"]), claims(tokens["id_token"])
    assert access["preferred_username"] == identity["preferred_username"] == user
    assert access["realm_access"]["roles"] == [role]
    assert (access["azp"], access["aud"], access["exp"] - access["iat"]) == (CLIENT, ["akko-catalog-manager"], 300)
    assert (identity["aud"], identity["nonce"], identity["iss"]) == (CLIENT, browser.nonce, browser.issuer)
    assert identity["sub"] == access["sub"] and identity["name"] and identity["auth_time"] <= identity["iat"]
    assert shared.api.get(CATALOGS, token=tokens["access_token"]).status_code == status
    assert shared.api.get("/api/admin/me", token=tokens["access_token"]).json()["user"] == user


def test_only_the_access_token_opens_the_api(shared: Stage, browser: Browser) -> None:
    tokens = browser.sign_in()
    problem(shared.api.get(CATALOGS, token=tokens["id_token"]), 401)
    problem(shared.api.get(CATALOGS, token=tokens["refresh_token"]), 401)


def test_a_session_signs_in_without_a_form(browser: Browser) -> None:
    cookie = browser.choose(browser.authorize(), "bob").headers["Set-Cookie"]
    assert {"HttpOnly", "SameSite=Lax", "Path=/dev-issuer"} <= set(cookie.split("; "))
    for changes in ({}, {"prompt": "none"}, {"max_age": "60"}):
        again = browser.authorize(**changes)
        assert again.status_code == 302, changes
        assert claims(browser.redeem(answer_of(again)["code"]).json()["id_token"])["preferred_username"] == "bob"
    assert browser.authorize(prompt="login").status_code == 200
    assert browser.get("/authorize", browser.parameters(), headers={"Cookie": ""}).status_code == 200


def test_prompt_none_without_a_session(browser: Browser) -> None:
    answer = answer_of(browser.authorize(prompt="none"))
    assert (answer["error"], answer["state"], answer["iss"]) == ("login_required", browser.state, browser.issuer)


def test_refresh_tokens_rotate(shared: Stage, browser: Browser) -> None:
    first = browser.sign_in("bob")
    second = browser.refresh(first["refresh_token"]).json()
    assert claims(second["id_token"])["auth_time"] == claims(first["id_token"])["auth_time"]
    assert shared.api.get("/api/admin/me", token=second["access_token"]).json()["user"] == "bob"
    assert second["refresh_token"] != first["refresh_token"]
    third = browser.refresh(second["refresh_token"]).json()
    refused(browser.refresh(first["refresh_token"]), "invalid_grant")
    refused(browser.refresh(third["refresh_token"]), "invalid_grant")  # the reuse ended the family
    assert browser.sign_in("bob")["access_token"]


def test_sign_out(browser: Browser) -> None:
    tokens = browser.sign_in()
    out = browser.get(
        "/logout", {"post_logout_redirect_uri": "http://127.0.0.1:5173/bye", "state": "s", "id_token_hint": tokens["id_token"]}
    )
    assert (out.status_code, out.headers["Location"]) == (303, "http://127.0.0.1:5173/bye?state=s")
    assert "Max-Age=0" in out.headers["Set-Cookie"]
    refused(browser.refresh(tokens["refresh_token"]), "invalid_grant")
    assert browser.authorize().status_code == 200
    assert "Signed out" in browser.get("/logout").text
    assert browser.post("/logout", {"post_logout_redirect_uri": "http://localhost/"}).status_code == 303


def test_it_speaks_the_language_that_the_client_asks_for(browser: Browser) -> None:
    assert '<html lang="fr">' in (french := browser.authorize(ui_locales="fr en").text) and "Connexion de développement" in french
    assert '<html lang="en">' in browser.authorize(ui_locales="de").text
    french_browser = {"Accept-Language": "fr"}
    assert "Connexion de développement" in browser.get("/authorize", browser.parameters(), headers=french_browser).text
    assert "Vous êtes déconnecté" in browser.get("/logout", headers=french_browser).text


@pytest.mark.parametrize("uri", ["http://localhost:5173/cb?a=b", "http://[::1]:8480/", "https://127.0.0.1", "http://127.0.0.1:1/x%20y"])
def test_addresses_on_this_machine(shared: Stage, uri: str) -> None:
    browser = Browser(shared.product, redirect_uri=uri)
    location = browser.choose(browser.authorize(), "alice").headers["Location"]
    assert location.startswith(uri + ("&" if "?" in uri else "?") + "code=")


# ---- the page


def test_the_page_is_closed_to_everything_else(browser: Browser) -> None:
    page = browser.authorize()
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "frame-ancestors 'none'" in policy
    assert "form-action 'self' http://127.0.0.1:5173;" in policy
    assert (page.headers["X-Frame-Options"], page.headers["Cache-Control"]) == ("DENY", "no-store")
    assert "script" not in Form(page.text).tags and "style=" not in page.text
    style = browser.get("/style.css")
    assert (style.status_code, style.headers["Content-Type"]) == (200, "text/css; charset=utf-8")


def test_what_a_request_says_stays_text(browser: Browser) -> None:
    evil = "\"><script>alert(1)</script><b a='"
    page = browser.authorize(state=evil, extra=evil)
    assert "<script" not in page.text
    form = Form(page.text)
    assert (form.hidden["state"], form.hidden["extra"]) == (evil, evil)
    assert answer_of(browser.choose(page, "alice"))["state"] == evil
    assert "<script" not in browser.authorize(client_id=evil).text


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "http://evil.example"}, {"Origin": "null"}, {"Origin": ""}, {"Sec-Fetch-Site": "cross-site"},
     {"Sec-Fetch-Site": "same-site"}, {"Origin": "http://127.0.0.1:1"}],
)  # fmt: skip
def test_a_form_of_another_site(browser: Browser, headers: dict[str, str]) -> None:
    answer = browser.choose(browser.authorize(), "alice", **headers)
    problem(answer, 403, "cross_site_form")
    assert "Set-Cookie" not in answer.headers


def test_a_user_who_is_none(browser: Browser) -> None:
    for user in ("mallory", "", "alice "):
        answer = browser.choose(browser.authorize(), user)
        assert (answer.status_code, "Location" in answer.headers) == (400, False)


# ---- refusals of the authorization request


@pytest.mark.parametrize(
    "uri",
    ["http://evil.example/", "//evil.example", "http://127.0.0.1.evil.example/", "http://127.0.0.1@evil.example/",
     "http://evil.example#127.0.0.1", "http://localhost.evil.example/", "javascript:alert(1)", "data:text/html,x",
     "http://127.0.0.1:5173/#fragment", "http://u:p@127.0.0.1/", "http://127.1/", "http://2130706433/", "http://[::2]/",
     "http://127.0.0.1\\@evil.example/", "http://127.0.0.1:99999999/", "/relative", "", None, "http://127.0.0.1/ x",
     "http://127.0.0.1/" + "x" * 3000, "HTTP://127.0.0.1/", "ftp://127.0.0.1/", "http://127.0.0.2/"],
)  # fmt: skip
def test_no_open_redirect(browser: Browser, uri: str | None) -> None:
    answer = browser.authorize(redirect_uri=uri)
    assert (answer.status_code, "Location" in answer.headers) == (400, False), uri
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    out = browser.get("/logout", {"post_logout_redirect_uri": uri or "x"})
    assert (out.status_code, "Location" in out.headers) == (400, False), uri


@pytest.mark.parametrize("client", ["other", "", None, "AKKO-COCKPIT", "akko-cockpit "])
def test_another_client(browser: Browser, client: str | None) -> None:
    answer = browser.authorize(client_id=client)
    assert (answer.status_code, "Location" in answer.headers) == (400, False)


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"code_challenge": None, "code_challenge_method": None}, "invalid_request"), ({"code_challenge": None}, "invalid_request"),
     ({"code_challenge_method": "plain"}, "invalid_request"), ({"code_challenge_method": None}, "invalid_request"),
     ({"code_challenge": "short"}, "invalid_request"), ({"code_challenge": "=" * 43}, "invalid_request"),
     ({"response_type": "token"}, "unsupported_response_type"), ({"response_type": "code id_token"}, "unsupported_response_type"),
     ({"response_type": None}, "invalid_request"), ({"response_mode": "form_post"}, "invalid_request"),
     ({"scope": "profile"}, "invalid_scope"), ({"scope": None}, "invalid_scope"), ({"prompt": "none login"}, "invalid_request"),
     ({"prompt": "create"}, "invalid_request"), ({"max_age": "-1"}, "invalid_request"), ({"max_age": "1e3"}, "invalid_request"),
     ({"request": "x"}, "request_not_supported"), ({"request_uri": "http://x/"}, "request_uri_not_supported")],
)  # fmt: skip
def test_requests_that_go_back_refused(browser: Browser, changes: dict[str, Any], error: str) -> None:
    answer = browser.authorize(**changes)
    assert answer.status_code == 302, answer.text
    told = answer_of(answer)
    assert (told["error"], told["state"], told["iss"]) == (error, browser.state, browser.issuer)
    assert told["error_description"] and "code" not in told


def test_a_parameter_twice_or_too_long(browser: Browser) -> None:
    for parameters in (
        [*browser.parameters().items(), ("redirect_uri", browser.redirect_uri)], [*browser.parameters(prompt="login").items(), ("prompt", "none")],
        list(browser.parameters(state="x" * 5000).items()), list(browser.parameters(nonce="x" * 5000).items()),
    ):  # fmt: skip
        assert browser.get("/authorize", parameters).status_code == 400


# ---- refusals of the token endpoint


def test_a_code_serves_once(browser: Browser) -> None:
    code = browser.code()
    tokens = browser.redeem(code).json()
    refused(browser.redeem(code), "invalid_grant")
    refused(browser.refresh(tokens["refresh_token"]), "invalid_grant")  # RFC 6749, 4.1.2: what it gave is void


@pytest.mark.parametrize(
    "changes",
    [{"redirect_uri": "http://127.0.0.1:5173"}, {"redirect_uri": None}, {"code_verifier": None}, {"code_verifier": "x" * 43},
     {"code_verifier": "x" * 5}, {"code_verifier": "x" * 129}],
)  # fmt: skip
def test_a_code_that_is_not_proven_is_spoiled(browser: Browser, changes: dict[str, Any]) -> None:
    code = browser.code()
    refused(browser.redeem(code, **changes), "invalid_grant")
    refused(browser.redeem(code), "invalid_grant")


def test_the_challenge_is_no_verifier(browser: Browser) -> None:
    refused(browser.redeem(browser.code(), code_verifier=challenge_of(browser.verifier)), "invalid_grant")


@pytest.mark.parametrize(
    ("changes", "error"),
    [({"client_id": "other"}, "invalid_client"), ({"client_id": None}, "invalid_client"), ({"client_secret": "x"}, "invalid_client"),
     ({"grant_type": "password"}, "unsupported_grant_type"), ({"grant_type": None}, "invalid_request"),
     ({"code": "x"}, "invalid_grant"), ({"code": None}, "invalid_grant"), ({"code": "x" * 5000}, "invalid_request")],
)  # fmt: skip
def test_token_requests_refused(browser: Browser, changes: dict[str, Any], error: str) -> None:
    refused(browser.redeem(browser.code(), **changes), error)


@pytest.mark.parametrize(
    "body",
    ["grant_type=%zz", "grant_type", "=x", "a=1&&b=2", "a=%00", "a=%ff", "a=\x01", "a=<", "&".join(f"a{n}=1" for n in range(65)),
     "a=" + "x" * 20000, "grant_type=authorization_code&grant_type=refresh_token"],
)  # fmt: skip
def test_forms_that_cannot_be_read(browser: Browser, body: str) -> None:
    refused(browser.post("/token", body, **{"Content-Type": "application/x-www-form-urlencoded"}), "invalid_request")


def test_other_bodies_and_credentials(browser: Browser) -> None:
    refused(browser.post("/token", "{}", **{"Content-Type": "application/json"}), "invalid_request")
    refused(browser.post("/token", {"a": "b"}, Authorization="Basic eDp5"), "invalid_client")


# ---- other origins


@pytest.mark.parametrize("origin", ["http://localhost:5173", "http://127.0.0.1:1", "https://[::1]:2"])
def test_pages_of_this_machine_may_read(browser: Browser, origin: str) -> None:
    for path in ("/.well-known/openid-configuration", "/jwks"):
        assert browser.get(path, headers={"Origin": origin}).headers["Access-Control-Allow-Origin"] == origin
    assert browser.post("/token", {}, Origin=origin).headers["Access-Control-Allow-Origin"] == origin
    asked = browser.session.options(
        browser.issuer + "/token", headers={"Origin": origin, "Access-Control-Request-Method": "POST"}, timeout=10
    )
    assert (asked.status_code, asked.headers["Access-Control-Allow-Origin"]) == (204, origin)
    assert "POST" in asked.headers["Access-Control-Allow-Methods"]


@pytest.mark.parametrize("origin", ["http://evil.example", "http://localhost.evil.example", "null", "http://127.0.0.1/x", "localhost"])
def test_other_pages_may_not(browser: Browser, origin: str) -> None:
    answer = browser.post("/token", {}, Origin=origin)
    assert "Access-Control-Allow-Origin" not in answer.headers
    assert answer.headers["Vary"] == "Origin"


def test_it_answers_for_loopback_hosts_only(make_product: Callable[..., Product]) -> None:
    """Even where the operator allows another name for the manager."""
    product = make_product(ALLOWED_HOSTS="loopback,manager.example").start()
    for path, status in (("/healthz", 200), ("/dev-issuer/jwks", 421), ("/dev-issuer/authorize", 421)):
        answer = requests.get(product.url + path, headers={"Host": f"manager.example:{product.port}"}, timeout=10)
        assert answer.status_code == status, path


def test_without_the_issuer_there_is_nothing(make_product: Callable[..., Product], shared: Stage) -> None:
    product = make_product(DEV_ISSUER="false", OIDC_ISSUER=f"{shared.product.url}/dev-issuer").start()
    for path in ("/authorize", "/jwks", "/style.css", "/.well-known/openid-configuration"):
        assert requests.get(f"{product.url}/dev-issuer{path}", timeout=10).status_code == 404


def test_a_head_that_would_split_the_answer(shared: Stage) -> None:
    target = f"/dev-issuer/authorize?client_id={CLIENT}&redirect_uri=http://127.0.0.1/%0d%0aX-Evil:%201&state=x"
    with socket.create_connection(("127.0.0.1", shared.product.port), timeout=10) as connection:
        connection.sendall(f"GET {target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert answer.startswith(b"HTTP/1.1 400") and b"x-evil" not in answer.lower().split(b"\r\n\r\n")[0]
