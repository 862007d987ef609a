"""The history of a catalog: what the audit log says of its name, kept by the store."""

import sqlite3
import time
from collections.abc import Callable
from typing import Any

import pytest

from support.api import Api, problem
from support.bodies import catalog
from support.fake_trino import FakeTrino
from support.product import Product
from support.stage import Stage


def history(api: Api, name: str = "pg") -> list[dict[str, Any]]:
    answer = api.get(f"/api/admin/catalogs/{name}/history")
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["events"]
    return found


def words(api: Api, name: str = "pg") -> list[tuple[str, str, str, str | None]]:
    return [(event["event"], event["user"], event["result"], event["code"]) for event in history(api, name)]


def live_a_life(stage: Stage) -> None:
    """All five events, in order; what carol may not is none of them."""
    bob = stage.product.api("bob")
    refused = catalog("pg", credentials={"connection-password": "wrong-canary-7731"})
    assert bob.register(refused).status_code == 400
    assert stage.api.register(catalog("pg")).status_code == 201
    assert bob.request("POST", "/api/admin/catalogs/pg/test").json()["ok"] is True
    problem(bob.remove("pg", headers={"If-Match": '"r1"'}), 412)
    problem(stage.product.api("carol", "akko-analyst").remove("pg"), 403)
    assert stage.api.remove("pg").status_code == 204


LIFE = [
    ("CATALOG_DELETED", "alice", "success", None),
    ("CATALOG_DELETE_FAILED", "bob", "failed", "revision_mismatch"),
    ("CATALOG_TESTED", "bob", "success", None),
    ("CATALOG_CREATED", "alice", "success", None),
    ("CATALOG_CREATE_FAILED", "bob", "failed", "auth_refused"),
]


def test_a_life_is_told_after_its_end_and_before_the_next_one(stage: Stage) -> None:
    before = time.time()
    live_a_life(stage)
    assert words(stage.api) == LIFE
    assert stage.nothing_left("pg") == []
    assert stage.api.register(catalog("pg")).status_code == 201
    assert words(stage.api) == [("CATALOG_CREATED", "alice", "success", None), *LIFE]
    times = [event["at"] for event in history(stage.api)]
    assert times == sorted(times, reverse=True) and before - 1 <= times[-1] <= times[0] <= time.time() + 1


def test_it_says_what_the_audit_log_says(stage: Stage) -> None:
    live_a_life(stage)
    lines = [line for line in stage.product.audit() if line["event"] != "ACCESS_DENIED"]
    told = list(reversed(history(stage.api)))
    assert len(lines) == len(told) == 5
    for line, event in zip(lines, told, strict=True):
        for member in ("event", "user", "result", "operation_id", "request_id", "client"):
            assert event[member] == line[member], member
        assert (event["code"], event["detail"]) == (line.get("code"), line.get("detail", ""))
        assert abs(event["at"] - line["timestamp"]) < 1
    assert told[1]["detail"] == "db.example:5432" and told[1]["client"] == "127.0.0.1"


def test_no_secret(stage: Stage) -> None:
    live_a_life(stage)
    body = stage.api.get("/api/admin/catalogs/pg/history").text
    assert stage.product.stop() == 0
    kept = b"".join(file.read_bytes() for file in stage.product.home.iterdir() if file.is_file())
    assert b"CATALOG_CREATE_FAILED" in kept  # one sees clear text
    for secret in ("pw_ok", "wrong-canary-7731"):
        assert secret not in body
        assert secret.encode() not in kept


def test_it_survives_a_restart_and_a_stop_loses_nothing(stage: Stage) -> None:
    live_a_life(stage)
    assert stage.product.stop() == 0
    stage.product.start()
    assert words(stage.product.api()) == LIFE


def test_the_newest_hundred(stage: Stage) -> None:
    assert stage.api.register(catalog("quiet")).status_code == 201
    for _ in range(105):
        assert stage.api.register(catalog("pg", connector="none")).status_code == 422
    assert len(history(stage.api)) == 100
    assert words(stage.api, "quiet") == [("CATALOG_CREATED", "alice", "success", None)]


def test_checks_on_schedule_are_not_in_it(trino: FakeTrino, make_product: Callable[..., Product]) -> None:
    product = make_product(HEALTH_INTERVAL_SECONDS="0.2").start()
    api = product.api()
    assert api.register(catalog("pg")).status_code == 201
    deadline = time.monotonic() + 10
    while product.metric("akko_catalog_checks_total", trigger="scheduled") < 3:
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert words(api) == [("CATALOG_CREATED", "alice", "success", None)]


@pytest.mark.parametrize("name", ["never-was", "No%20Name", "%27%20OR%201%3D1"])
def test_a_name_of_which_nothing_is_known(shared: Stage, name: str) -> None:
    problem(shared.api.get(f"/api/admin/catalogs/{name}/history"), 404, "catalog_not_found")


def test_who_may_read_it(shared: Stage) -> None:
    path = "/api/admin/catalogs/pg/history"
    problem(shared.api.get(path, token=None), 401)
    problem(shared.product.api("bob", "akko-engineer").get(path), 403)


def refuse_events(product: Product) -> None:
    """Makes the store refuse to keep audit events, behind the back of a product that has stopped."""
    connection = sqlite3.connect(product.home / "akko.db")
    connection.execute("CREATE TRIGGER refuse BEFORE INSERT ON audit_events BEGIN SELECT RAISE(ABORT, 'refused'); END")
    connection.commit()
    connection.close()


def test_a_store_that_cannot_be_written_fails_no_operation(stage: Stage) -> None:
    assert stage.api.register(catalog("pg")).status_code == 201
    assert len(history(stage.api)) == 1
    assert stage.product.stop() == 0
    refuse_events(stage.product)
    api = stage.product.start().api()
    assert api.test(catalog("pg")).json()["ok"] is True
    assert api.register(catalog("other")).status_code == 201
    assert words(api) == [("CATALOG_CREATED", "alice", "success", None)]
    assert stage.product.audit("CATALOG_TESTED")[-1]["name"] == "pg"
    assert any("missing from the histories" in line.get("message", "") for line in stage.product.log_lines())
