"""Shapes and refusals of the HTTP API, as product.md 1.3 and api/openapi.yaml promise them."""

import json
import time
from typing import Any

import pytest

from support.api import problem, violations
from support.bodies import catalog
from support.stage import Stage

CATALOGS = "/api/admin/catalogs"
DEFAULT_ROLES = ["akko-admin", "akko-engineer", "akko-analyst"]
HEALTH_WORDS = {"healthy", "slow", "failing", "unknown", "paused", "registering"}


def raw(shared: Stage, body: str | bytes, content_type: str = "application/json") -> Any:
    return shared.api.request("POST", CATALOGS, data=body, headers={"Content-Type": content_type})


# ---- what works


def test_register_list_read_remove(shared: Stage) -> None:
    body = catalog("client-pg-01", description="the sales database")
    before = time.time()
    created = shared.api.register(body)
    assert created.status_code == 201, created.text
    assert created.headers["Location"] == f"{CATALOGS}/client-pg-01"
    assert created.headers["Content-Type"] == "application/json"
    read = shared.api.get(f"{CATALOGS}/client-pg-01")
    assert read.status_code == 200
    for shown in (created.json(), read.json()):
        assert shown["name"] == "client-pg-01"
        assert shown["connector"] == "postgresql"
        assert shown["description"] == "the sales database"
        assert shown["properties"] == body["properties"]
        assert sorted(shown["allow_roles"]) == sorted(DEFAULT_ROLES)
        assert shown["health"] == "healthy"
        assert shown["created_by"] == "alice"
        assert before - 1 < shown["created_at"] < time.time() + 1
        assert shown["credentials"]["connection-password"]["set"] is True
    [listed] = [entry for entry in shared.api.get(CATALOGS).json() if entry["name"] == "client-pg-01"]
    assert {"name", "connector", "allow_roles", "health"} <= listed.keys()
    assert listed["health"] in HEALTH_WORDS

    removed = shared.api.remove("client-pg-01")
    assert (removed.status_code, removed.content) == (204, b"")
    problem(shared.api.get(f"{CATALOGS}/client-pg-01"), 404, "catalog_not_found")
    assert shared.nothing_left("client-pg-01") == []


def test_statement_carries_references_only(shared: Stage) -> None:
    assert shared.api.register(catalog("refs")).status_code == 201
    [statement] = shared.trino.statements('CREATE CATALOG "refs"')
    assert "pw_ok" not in statement
    assert "'${akko:refs/connection-password." in statement
    assert shared.trino.catalogs["refs"].resolved["connection-password"] == "pw_ok"


def test_given_roles_are_kept(shared: Stage) -> None:
    created = shared.api.register(catalog("roles", allow_roles=["b", "a", "b"]))
    assert sorted(created.json()["allow_roles"]) == ["a", "b"]


def test_connection_test_reports_and_leaves_nothing(shared: Stage) -> None:
    good = shared.api.test(catalog("tested"))
    assert good.status_code == 200, good.text
    report = good.json()
    assert report["ok"] is True
    assert [step["status"] for step in report["steps"]] == ["skipped"] * 3 + ["passed", "passed"]
    bad = shared.api.test(catalog("tested", credentials={"connection-password": "wrong"}))
    assert bad.status_code == 200, bad.text
    report = bad.json()
    assert (report["ok"], report["code"]) == (False, "auth_refused")
    assert [step["status"] for step in report["steps"]] == ["skipped"] * 3 + ["failed", "not_run"]
    assert report["fix"] and "wrong" not in report["raw"]
    assert shared.trino.probe_catalogs() == [] and shared.product.secret_files() == []
    assert shared.nothing_left("tested") == []


def test_a_name_is_not_needed_for_a_test(shared: Stage) -> None:
    body = catalog("x")
    del body["name"]
    assert shared.api.test(body).json()["ok"] is True


def test_failed_registration_is_a_400_that_begins_as_promised(shared: Stage) -> None:
    refused = shared.api.register(catalog("bad", credentials={"connection-password": "wrong"}))
    told = problem(refused, 400, "auth_refused")
    assert told["detail"].startswith("connection test failed")
    assert told["fix"] and told["raw"]
    assert shared.nothing_left("bad") == []


def test_connectors(shared: Stage) -> None:
    connectors = {connector["id"]: connector for connector in shared.api.get("/api/admin/connectors").json()}
    assert {"postgresql", "mysql"} <= connectors.keys()
    one = shared.api.get("/api/admin/connectors/postgresql")
    assert one.json() == connectors["postgresql"]
    assert one.json()["available"] is True
    problem(shared.api.get("/api/admin/connectors/nosuch"), 404, "connector_not_found")


def test_me(shared: Stage) -> None:
    me = shared.api.get("/api/admin/me").json()
    assert (me["user"], me["admin"]) == ("alice", True)
    server = me["server"]
    assert (server["admin_role"], server["default_allow_roles"]) == ("akko-admin", DEFAULT_ROLES)
    assert isinstance(server["health_interval_seconds"], int)
    assert "akko-admin" in me["roles"]
    other = shared.api.get("/api/admin/me", token=shared.product.token("bob", "akko-analyst"))
    assert (other.status_code, other.json()["admin"]) == (200, False)


def test_identity_is_never_taken_from_a_header(shared: Stage) -> None:
    created = shared.api.register(catalog("whose"), headers={"X-User-Id": "mallory", "X-Forwarded-User": "mallory"})
    assert created.json()["created_by"] == "alice"


def test_open_routes_need_no_token(shared: Stage) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/openapi.json", "/ui-config.json"):
        assert shared.api.get(path, token=None).status_code == 200, path


def test_head_answers_like_get_without_a_body(shared: Stage) -> None:
    get, head = shared.api.get(CATALOGS), shared.api.request("HEAD", CATALOGS)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["Content-Length"] == get.headers["Content-Length"]


def test_security_headers(shared: Stage) -> None:
    answer = shared.api.get(CATALOGS)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Request-Id"]
    assert shared.api.get("/api/admin/me").headers["Cache-Control"] == "no-store"


def test_trace_parent_is_passed_on(shared: Stage) -> None:
    given = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    assert shared.api.get(CATALOGS, headers={"traceparent": given}).headers["traceparent"] == given


# ---- who may

ADMIN_ROUTES = [
    ("GET", CATALOGS),
    ("POST", CATALOGS),
    ("POST", CATALOGS + "/test"),
    ("GET", CATALOGS + "/some"),
    ("DELETE", CATALOGS + "/some"),
    ("GET", "/api/admin/connectors"),
    ("GET", "/api/admin/connectors/postgresql"),
    ("GET", "/api/admin/phrases"),
]


@pytest.mark.parametrize(("method", "path"), [*ADMIN_ROUTES, ("GET", "/api/admin/me")])
def test_without_a_token(shared: Stage, method: str, path: str) -> None:
    refused = shared.api.request(method, path, token=None, json={} if method == "POST" else None)
    problem(refused, 401, "token_missing")
    assert refused.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("method", "path"), ADMIN_ROUTES)
def test_without_the_role(shared: Stage, method: str, path: str) -> None:
    token = shared.product.token("bob", "akko-analyst,akko-administrator,AKKO-ADMIN")
    problem(shared.api.request(method, path, token=token, json={} if method == "POST" else None), 403, "insufficient_role")


def test_two_authorization_headers_are_refused(shared: Stage) -> None:
    joined = f"Bearer {shared.api.token}, Bearer {shared.api.token}"
    problem(shared.api.get(CATALOGS, headers={"Authorization": joined}), 401)


# ---- what is no request


def test_unknown_paths_and_methods(shared: Stage) -> None:
    problem(shared.api.get("/api/admin/nothing"), 404, "route_not_found")
    problem(shared.api.get("/api/admin/catalogs/"), 404)
    refused = shared.api.request("PUT", CATALOGS, json={})
    problem(refused, 405, "method_not_allowed")
    assert {"GET", "POST"} <= {method.strip() for method in refused.headers["Allow"].split(",")}
    problem(shared.api.request("DELETE", CATALOGS), 405)


@pytest.mark.parametrize(
    "path", ["/../etc/passwd", "/api/admin/catalogs/%2e%2e", "/api/admin/catalogs/a%2fb", "/api/admin/catalogs/%00"]
)
def test_odd_paths_find_nothing(shared: Stage, path: str) -> None:
    answer = shared.api.get(path)
    assert answer.status_code in (400, 404), answer.text


@pytest.mark.parametrize(
    "body",
    ["", "{", "[1", "null,", '{"name":"x"} trailing', "[]", '"text"', "null", '{"name":"a","name":"b"}',
     '{"properties":{"a":"1","a":"2"}}', '{"name":"\\ud800"}', b'{"name":"\xff"}', "[" * 200 + "]" * 200],
)  # fmt: skip
def test_bodies_that_cannot_be_read(shared: Stage, body: str | bytes) -> None:
    problem(raw(shared, body), 400)


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded", "application/jsonp", ""])
def test_other_media_types(shared: Stage, content_type: str) -> None:
    problem(raw(shared, json.dumps(catalog("x")), content_type), 415)


@pytest.mark.parametrize("content_type", ["application/json; charset=utf-8", "Application/JSON"])
def test_spellings_of_json(shared: Stage, content_type: str) -> None:
    assert raw(shared, json.dumps(catalog("json")), content_type).status_code == 201


def test_a_body_beyond_a_mebibyte(shared: Stage) -> None:
    problem(raw(shared, json.dumps(catalog("x", description="x" * 1024 * 1024))), 413)


# ---- what is wrong in a request, all at once


def test_all_violations_at_once(shared: Stage) -> None:
    body = {
        "name": "Not A Name",
        "connector": "postgresql",
        "properties": {"connection-url": "jdbc:postgresql://db.example/${ENV:HOME}", "no.such.property": "1"},
        "credentials": {"connection-password": "a\u0000b"},
        "description": "x\u0007",
        "allow_roles": [],
        "unknown_member": 1,
    }
    found = violations(shared.api.register(body))
    assert {
        "name", "properties.connection-url", "properties.no.such.property", "credentials.connection-password",
        "description", "allow_roles", "unknown_member",
    } <= found.keys(), found  # fmt: skip
    assert shared.trino.statements('CREATE CATALOG "Not') == []


@pytest.mark.parametrize(
    "name",
    ["", "A", "a_b", "-a", "a-", "a" * 41, "a b", "a.b", "é", "system", "jmx", "information_schema",
     "akko-probe-1", "akko-probe-x", "../x", 'a"b', "a;drop"],
)  # fmt: skip
def test_names_refused(shared: Stage, name: str) -> None:
    assert "name" in violations(shared.api.register(catalog(name)))


@pytest.mark.parametrize("name", ["a", "0", "a" * 40, "client-pg-01", "1-2"])
def test_names_taken(shared: Stage, name: str) -> None:
    assert shared.api.register(catalog(name)).status_code == 201


@pytest.mark.parametrize(
    ("member", "value"),
    [("name", 1), ("name", None), ("connector", []), ("properties", []), ("properties", {"connection-url": 1}),
     ("credentials", {"connection-password": None}), ("allow_roles", "akko-admin"), ("allow_roles", [1]),
     ("description", {}), ("connector", "nosuch"), ("connector", "")],
)  # fmt: skip
def test_members_of_the_wrong_type(shared: Stage, member: str, value: Any) -> None:
    found = violations(shared.api.register(catalog("x", **{member: value})))
    assert any(field.startswith(member) for field in found), found


@pytest.mark.parametrize(
    "value", ["${ENV:HOME}", "x${akko:other/connection-password.1}", "a\nb", "a\x00b", "a\x1bb", "a\x7fb"]
)
@pytest.mark.parametrize("place", ["properties", "credentials"])
def test_references_and_control_characters_refused(shared: Stage, place: str, value: str) -> None:
    body = catalog("x")
    key = {"properties": "connection-user", "credentials": "connection-password"}[place]
    body[place][key] = value
    refused = shared.api.register(body)
    assert f"{place}.{key}" in violations(refused)
    if place == "credentials":
        assert value not in refused.text


def test_a_secret_among_the_properties_is_told_where_it_belongs(shared: Stage) -> None:
    body = catalog("x", credentials={})
    body["properties"]["connection-password"] = "hunter2-in-the-wrong-place"
    refused = shared.api.register(body)
    assert "properties.connection-password" in violations(refused)
    assert "hunter2" not in refused.text and "credentials" in refused.text


@pytest.mark.parametrize(
    "url",
    ["jdbc:postgresql://u:hunter2@db.example/sales", "jdbc:postgresql://db.example/sales?password=hunter2",
     "jdbc:postgresql://db.example/sales?user=u", "jdbc:mysql://db.example/sales", "http://db.example", "db.example",
     "jdbc:postgresql://db.example/sales?socketFactory=x.Y", "jdbc:postgresql://db.example/sales?sslfactory=x.Y",
     "jdbc:postgresql://db.example/sales?loggerFile=/tmp/x", "jdbc:postgresql://db.example/sales?socketFactoryArg=x",
     "jdbc:postgresql://db.example/sales?%73ocketFactory=x.Y"],
)  # fmt: skip
def test_jdbc_urls_refused(shared: Stage, url: str) -> None:
    body = catalog("x")
    body["properties"]["connection-url"] = url
    refused = shared.api.register(body)
    assert "properties.connection-url" in violations(refused)
    assert "hunter2" not in refused.text


@pytest.mark.parametrize(
    "parameter", ["autoDeserialize=true", "allowLoadLocalInfile=true", "allowUrlInLocalInfile=true", "queryInterceptors=x.Y"]
)
def test_mysql_parameters_refused(shared: Stage, parameter: str) -> None:
    properties = {"connection-url": f"jdbc:mysql://db.example:3306?{parameter}", "connection-user": "trino_ro"}
    found = violations(shared.api.register(catalog("x", connector="mysql", properties=properties)))
    assert "properties.connection-url" in found
