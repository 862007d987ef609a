"""Health of registered catalogs: checks on schedule, checks by hand, their history."""

import json
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest

from support.api import Api, problem
from support.bodies import at, catalog
from support.fake_trino import FakeTrino, recorded, user_error
from support.open_request import OpenRequest
from support.product import Product
from support.silent import SilentServer
from support.stage import Stage
from support.waiting import until

OFTEN = {"HEALTH_INTERVAL_SECONDS": "0.4"}


@pytest.fixture
def watched(trino: FakeTrino, make_product: Callable[..., Product]) -> Stage:
    """Fresh for this test; checks every 0.4 s."""
    product = make_product(**OFTEN).start()
    return Stage(trino, product, product.api())


def health(api: Api, name: str = "pg") -> dict[str, Any]:
    shown = api.catalog(name)
    assert shown is not None
    return {"word": shown["health"]} | shown["health_detail"]


def checks(api: Api, name: str = "pg") -> list[dict[str, Any]]:
    answer = api.get(f"/api/admin/catalogs/{name}/checks")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["checks"]
    return found


def probes(trino: FakeTrino, name: str) -> list[str]:
    return trino.statements(f'SHOW SCHEMAS FROM "{name}"')


def test_a_registration_is_the_first_check(stage: Stage) -> None:
    created = stage.api.register(catalog("pg")).json()
    assert created["health"] == "healthy"
    detail = created["health_detail"]
    assert (detail["code"], detail["message"], detail["fix"], detail["facts"]) == ("", "", "", [])
    assert detail["since"] == detail["checked_at"] and detail["duration_ms"] >= 0
    [first] = checks(stage.api)
    assert (first["trigger"], first["user"], first["health"], first["code"]) == ("registration", "alice", "healthy", None)
    assert [step["id"] for step in first["steps"]] == ["dns", "tcp", "tls", "sign_in", "metadata"]


def test_one_statement_per_catalog_and_interval(watched: Stage) -> None:
    names = [f"pg-{number}" for number in range(8)]
    for name in names:
        assert watched.api.register(catalog(name)).status_code == 201
    until(lambda: all(len(probes(watched.trino, name)) >= 2 for name in names), 5, "each was checked")
    before = {name: len(probes(watched.trino, name)) for name in names}
    began = time.monotonic()
    time.sleep(2)
    span = time.monotonic() - began
    for name in names:
        asked = len(probes(watched.trino, name)) - before[name]
        assert 2 <= asked <= span / 0.4 + 1, name
    assert watched.product.metric("akko_catalog_checks_total", trigger="scheduled", result="healthy") >= 16
    assert watched.product.metric("akko_catalog_health", catalog="pg-0", connector="postgresql") == 1
    assert watched.api.remove("pg-0").status_code == 204
    assert 'catalog="pg-0"' not in watched.product.metrics_text()


def test_it_fails_and_mends(watched: Stage) -> None:
    read = watched.api.register(catalog("pg"))
    watched.trino.accounts["trino_ro"] = "changed"
    failing = until(lambda: (found := health(watched.api))["word"] == "failing" and found, 5, "the failure is noticed")
    assert failing["code"] == "auth_refused" and "trino_ro" in failing["message"] and failing["fix"]
    assert failing["since"] <= failing["checked_at"]
    assert watched.product.metric("akko_catalog_health", catalog="pg") == 0
    after = watched.api.get("/api/admin/catalogs/pg")
    assert after.headers["ETag"] != read.headers["ETag"]
    assert (after.json()["revision"], after.json()["updated_at"]) == (read.json()["revision"], read.json()["updated_at"])
    watched.trino.accounts["trino_ro"] = "pw_ok"
    mended = until(lambda: (found := health(watched.api))["word"] == "healthy" and found, 5, "it works again")
    assert mended["since"] > failing["since"]
    # What was read before the checks still names the revision.
    assert watched.api.remove("pg", headers={"If-Match": read.headers["ETag"]}).status_code == 204


def test_refused_sign_ins_slow_the_checks_down(watched: Stage) -> None:
    watched.api.register(catalog("pg"))
    watched.trino.accounts["trino_ro"] = "changed"
    until(lambda: health(watched.api)["word"] == "failing", 5, "the failure is noticed")
    before = len(probes(watched.trino, "pg"))
    time.sleep(2.6)  # 0.4 s apart it would be six; 0.8, 1.6 and 3.2 s apart it is two
    assert len(probes(watched.trino, "pg")) - before <= 3


def test_not_more_at_once_than_allowed(trino: FakeTrino, make_product: Callable[..., Product]) -> None:
    product = make_product(**OFTEN, HEALTH_CONCURRENCY="2").start()
    api = product.api()
    for number in range(6):
        api.register(catalog(f"pg-{number}"))
    held = trino.hold('SHOW SCHEMAS FROM "pg-', times=99)
    until(lambda: len(trino.unfinished('SHOW SCHEMAS FROM "pg-')) == 2, 5, "two checks run")
    time.sleep(1)
    assert len(trino.unfinished('SHOW SCHEMAS FROM "pg-')) == 2
    held.release()


def test_a_removal_does_not_wait_for_a_check(watched: Stage) -> None:
    watched.api.register(catalog("pg"))
    held = watched.trino.hold('SHOW SCHEMAS FROM "pg"')
    assert held.entered.wait(5)
    began = time.monotonic()
    assert watched.api.remove("pg").status_code == 204
    assert time.monotonic() - began < 1
    held.release()
    assert watched.nothing_left("pg") == []


def test_slow(trino: FakeTrino, make_product: Callable[..., Product]) -> None:
    product = make_product(**OFTEN, HEALTH_SLOW_MS="100").start()
    api = product.api()
    api.register(catalog("pg"))
    held = trino.hold('SHOW SCHEMAS FROM "pg"')
    assert held.entered.wait(5)
    time.sleep(0.2)
    held.release()
    slow = until(lambda: (found := health(api))["word"] == "slow" and found, 5, "it is slow")
    assert slow["code"] == "" and slow["duration_ms"] >= 200 and slow["message"]


def test_while_trino_is_down_the_list_says_so(watched: Stage) -> None:
    watched.api.register(catalog("pg"))
    before = health(watched.api)
    tag = watched.api.get("/api/admin/catalogs").headers["ETag"]
    watched.trino.stop()
    down = until(lambda: (found := health(watched.api))["code"] == "trino_unavailable" and found, 5, "Trino is missed")
    assert down["word"] == "healthy" and "Trino does not answer" in down["message"]
    [row] = watched.api.get("/api/admin/catalogs", headers={"If-None-Match": tag}).json()
    assert row["health_detail"]["code"] == "trino_unavailable"
    problem(watched.api.request("POST", "/api/admin/catalogs/pg/test"), 503, "trino_unavailable")
    time.sleep(1)
    assert health(watched.api)["word"] == "healthy"
    watched.trino.start_again()
    back = until(lambda: (found := health(watched.api))["code"] == "" and found, 10, "Trino is back")
    assert back["word"] in ("healthy", "unknown") and before["since"] <= back["since"]


def test_what_trino_does_is_no_failure_of_the_catalog(watched: Stage) -> None:
    watched.api.register(catalog("pg"))
    full = user_error("Too many queued queries", "QUERY_QUEUE_FULL") | {"errorType": "INSUFFICIENT_RESOURCES"}
    watched.trino.fail('SHOW SCHEMAS FROM "pg"', full, times=3)
    until(lambda: watched.product.metric("akko_catalog_checks_total", result="undecided") >= 3, 5, "it was tried")
    assert health(watched.api)["word"] == "healthy"
    watched.trino.catalogs.pop("pg")  # lost behind our back: created again, never called failing
    until(lambda: "pg" in watched.trino.names(), 5, "it was created again")
    assert health(watched.api)["word"] != "failing"


def test_twenty_checks_are_kept_over_a_restart(watched: Stage) -> None:
    watched.api.register(catalog("pg"))
    for _ in range(24):
        answer = watched.api.request("POST", "/api/admin/catalogs/pg/test")
        assert answer.status_code == 200 and answer.json()["ok"], answer.text
    kept = checks(watched.api)
    assert len(kept) == 20
    assert [check["checked_at"] for check in kept] == sorted((check["checked_at"] for check in kept), reverse=True)
    assert watched.product.stop() == 0
    watched.product.start()
    again = watched.product.api()
    assert len(checks(again)) == 20
    assert {check["checked_at"] for check in kept} & {check["checked_at"] for check in checks(again)}
    problem(again.get("/api/admin/catalogs/none/checks"), 404, "catalog_not_found")
    assert again.remove("pg").status_code == 204
    assert watched.product.traces("pg") == []


# ---- by hand


def test_a_check_by_hand_is_a_report_and_counts(steps: Stage, listener: SilentServer) -> None:
    assert steps.api.register(at(listener.port)).status_code == 201
    tested = steps.api.request("POST", "/api/admin/catalogs/client-pg-01/test").json()
    assert tested["ok"] is True and tested["proves"] == "service"
    assert [step["status"] for step in tested["steps"]] == ["passed", "passed", "skipped", "passed", "passed"]
    first, _ = checks(steps.api, "client-pg-01")
    assert (first["trigger"], first["user"], first["health"]) == ("manual", "alice", "healthy")
    steps.trino.accounts["trino_ro"] = "changed"
    refused = steps.api.request("POST", "/api/admin/catalogs/client-pg-01/test").json()
    assert refused["ok"] is False and refused["code"] == "auth_refused" and refused["raw"]
    assert health(steps.api, "client-pg-01")["word"] == "failing"
    lines = steps.product.audit("CATALOG_TESTED")
    assert [(line["name"], line["result"]) for line in lines] == [("client-pg-01", "success"), ("client-pg-01", "failed")]
    assert lines[0]["detail"] == f"127.0.0.1:{listener.port}"
    assert not [query for query in steps.trino.queries if "pw_ok" in query.sql]
    assert "pw_ok" not in json.dumps(tested) + json.dumps(refused) + steps.product.log.read_text()


def test_a_check_by_hand_as_a_stream(stage: Stage) -> None:
    stage.api.register(catalog("pg"))
    with OpenRequest(stage.api, "/api/admin/catalogs/pg/test", {}) as request:
        assert request.head().getheader("Content-Type") == "text/event-stream"
        events = list(request.events())
    assert [event.name for event in events if event.name != "step"] == ["plan", "result"]
    assert events[-1].data["ok"] is True
    assert stage.api.request("POST", "/api/admin/catalogs/pg/test").status_code == 200  # at once again


def test_a_client_that_leaves_cancels_its_check(stage: Stage) -> None:
    stage.api.register(catalog("pg"))
    held = stage.trino.hold('SHOW SCHEMAS FROM "pg"')
    request = OpenRequest(stage.api, "/api/admin/catalogs/pg/test", {})
    assert held.entered.wait(5)
    problem(stage.api.request("POST", "/api/admin/catalogs/pg/test"), 409, "check_in_progress")
    request.leave()
    until(lambda: not stage.trino.unfinished('SHOW SCHEMAS FROM "pg"'), 5, "the query was cancelled")
    held.release()
    until(lambda: stage.product.audit("CATALOG_TESTED")[-1]["code"] == "cancelled", 5, "it is audited")
    assert health(stage.api)["word"] == "healthy" and len(checks(stage.api)) == 1


def test_refusals_of_a_check_by_hand(stage: Stage, make_product: Callable[..., Product]) -> None:
    path = "/api/admin/catalogs/pg/test"
    problem(stage.api.request("POST", path), 404, "catalog_not_found")
    problem(stage.api.request("POST", path, token=None), 401)
    problem(stage.product.api("bob", "akko-engineer").request("POST", path), 403)
    held = stage.trino.hold('SHOW SCHEMAS FROM "pg"')
    registering = threading.Thread(target=stage.api.clone().register, args=(catalog("pg"),))
    registering.start()
    assert held.entered.wait(5)
    problem(stage.api.request("POST", path), 409, "operation_in_progress")
    held.release()
    registering.join()
    stage.product.stop()
    limited = make_product(CHECKS_PER_MINUTE="1").start().api()
    assert limited.request("POST", path).status_code == 200
    problem(limited.request("POST", path), 429, "too_many_checks")


def test_a_catalog_called_test_can_be_tested(stage: Stage) -> None:
    assert stage.api.register(catalog("test")).status_code == 201
    assert stage.api.request("POST", "/api/admin/catalogs/test/test").json()["ok"] is True


def test_a_recorded_failure_is_diagnosed(watched: Stage) -> None:
    watched.api.register(catalog("pg"))
    watched.trino.fail('SHOW SCHEMAS FROM "pg"', recorded("auth_refused"), times=1)
    until(lambda: any(check["code"] == "auth_refused" for check in checks(watched.api)), 5, "it is in the history")
