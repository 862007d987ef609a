"""Health, metrics, audit lines and the log."""

import time

from support.api import problem
from support.bodies import catalog
from support.forge import Forge
from support.stage import Stage
from support.waiting import until


def test_healthz_and_readyz(stage: Stage) -> None:
    assert stage.api.get("/healthz", token=None).json() == {"status": "alive"}
    ready = stage.api.get("/readyz", token=None).json()
    assert ready["status"] == "ready"
    assert {ready["checks"][check] for check in ("store", "keys", "trino")} == {"ok"}


def test_operations_are_counted_and_timed(stage: Stage) -> None:
    stage.api.register(catalog("pg"))
    stage.api.register(catalog("bad", credentials={"connection-password": "wrong"}))
    stage.api.test(catalog("x"))
    stage.api.test(catalog("x", credentials={"connection-password": "wrong"}))
    stage.api.remove("pg")
    for operation, result, count in [
        ("create", "success", 1), ("create", "failed", 1), ("test", "success", 1), ("test", "failed", 1),
        ("delete", "success", 1), ("delete", "failed", 0),
    ]:  # fmt: skip
        assert stage.product.metric("akko_catalog_operations_total", operation=operation, result=result) == count
    for operation, count in [("create", 2), ("test", 2), ("delete", 1)]:
        assert stage.product.metric("akko_catalog_operation_duration_seconds_count", operation=operation) == count
    assert stage.product.metric("akko_catalog_operation_duration_seconds_bucket", operation="create", le="2") == 2


def test_metrics_of_requests_name_routes_not_paths(shared: Stage) -> None:
    shared.api.get("/api/admin/catalogs/some-unique-name")
    shared.api.get("/no/such/path")
    text = shared.product.metrics_text()
    assert 'route="/api/admin/catalogs/{name}"' in text
    assert "some-unique-name" not in text and "/no/such" not in text


def test_build_and_queue_are_shown(shared: Stage) -> None:
    text = shared.product.metrics_text()
    assert "akko_build_info{" in text
    assert "queue" in text


def test_audit_lines(stage: Stage) -> None:
    before = time.time()
    stage.api.register(catalog("pg", allow_roles=["akko-admin"]))
    stage.api.register(catalog("bad", credentials={"connection-password": "wrong"}))
    stage.api.test(catalog("x"))
    stage.api.remove("pg")
    [created] = stage.product.audit("CATALOG_CREATED")
    assert created["audit_type"] == "CATALOG_MANAGER"
    assert (created["name"], created["connector"], created["user"]) == ("pg", "postgresql", "alice")
    assert created["allow_roles"] == ["akko-admin"]
    assert isinstance(created["timestamp"], float) and before - 1 < created["timestamp"] < time.time() + 1
    [failed] = stage.product.audit("CATALOG_CREATE_FAILED")
    assert (failed["name"], failed["code"]) == ("bad", "auth_refused")
    assert len(stage.product.audit("CATALOG_TESTED")) == 1
    [deleted] = stage.product.audit("CATALOG_DELETED")
    assert (deleted["name"], deleted["user"]) == ("pg", "alice")


def test_denied_attempts_are_audited(stage: Stage) -> None:
    stage.api.request("DELETE", "/api/admin/catalogs/pg", token=None)
    stage.api.request("DELETE", "/api/admin/catalogs/pg", token=stage.product.token("bob", "akko-analyst"))
    denied = [line for line in stage.product.audit() if line.get("result") == "denied"]
    assert [(line["code"], line.get("user", "")) for line in denied] == [("token_missing", ""), ("insufficient_role", "bob")]
    assert stage.product.metric("akko_access_denied_total", reason="insufficient_role") == 1


def test_a_line_cannot_be_forged(stage: Stage) -> None:
    forged = '"}\n{"audit_type":"CATALOG_MANAGER","event":"CATALOG_CREATED","name":"forged"}'
    forge = Forge(stage.product.home / "dev-issuer.key", stage.api.token or "", stage.api.get("/dev-issuer/jwks").json())
    token = forge.signed(claims=forge.claims | {"preferred_username": f"eve{forged}"})
    stage.api.register(catalog(forged), token=token)
    stage.api.get("/api/admin/catalogs/%0a%7b%7d")
    stage.api.get("/api/admin/catalogs", headers={"traceparent": forged.replace("\n", ""), "X-Request-Id": "x"})
    assert [line for line in stage.product.audit() if line.get("name") == "forged"] == []


def test_every_line_is_json_with_level_and_time(stage: Stage) -> None:
    stage.api.register(catalog("pg"))
    until(lambda: len(stage.product.log_lines()) > 2, 5, "something is logged")
    for line in stage.product.log_lines():
        assert isinstance(line["timestamp"], float)
        assert line.get("audit_type") or (line["level"] in ("debug", "info", "warn", "error") and line["message"])


def test_the_reference_of_a_problem_finds_the_audit_line(stage: Stage) -> None:
    refused = stage.api.register(catalog("bad", credentials={"connection-password": "wrong"}))
    reference = problem(refused, 400)["reference"]
    assert reference == refused.headers["X-Request-Id"]
    assert [line["name"] for line in stage.product.audit() if line.get("request_id") == reference] == ["bad"]


def test_statements_carry_who_and_why(stage: Stage) -> None:
    stage.api.register(catalog("pg"))
    [query] = [query for query in stage.trino.queries if query.sql.startswith('CREATE CATALOG "pg"')]
    headers = {name.lower(): value for name, value in query.headers.items()}
    assert headers["x-trino-source"] == "akko-catalog-manager"
    assert "query_max_run_time=" in headers["x-trino-session"]
    assert headers["x-trino-client-tags"] == stage.product.audit("CATALOG_CREATED")[0]["operation_id"]
