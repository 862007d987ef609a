"""The connection test as a stream of events (Accept: text/event-stream)."""

import time
from collections.abc import Callable
from typing import Any

import pytest

from support.api import problem, violations
from support.bodies import at, catalog
from support.fake_trino import FakeTrino
from support.fake_trino_http import reset
from support.open_request import Event, OpenRequest
from support.processes import free_port
from support.product import Product
from support.silent import SilentServer
from support.stage import Stage
from support.waiting import until

TEST = "/api/admin/catalogs/test"
STEPS = ["dns", "tcp", "tls", "sign_in", "metadata"]


def stream(stage: Stage, body: dict[str, Any]) -> list[Event]:
    with OpenRequest(stage.api, TEST, body) as request:
        head = request.head()
        assert head.getheader("Content-Type") == "text/event-stream"
        assert head.getheader("Cache-Control") == "no-store"
        return list(request.events())


def timeless(report: dict[str, Any]) -> dict[str, Any]:
    steps = [{key: value for key, value in step.items() if key != "duration_ms"} for step in report["steps"]]
    return {key: value for key, value in report.items() if key != "duration_ms"} | {"steps": steps}


def told(events: list[Event]) -> list[tuple[str, str]]:
    return [(event.data["id"], event.data["status"]) for event in events if event.name == "step"]


def test_plan_steps_result(steps: Stage, listener: SilentServer) -> None:
    events = stream(steps, at(listener.port))
    assert [event.name for event in events if event.name != "step"] == ["plan", "result"]
    plan, result = events[0].data, events[-1].data
    assert [step["id"] for step in plan["steps"]] == STEPS
    assert {step["status"] for step in plan["steps"]} == {"not_run"}
    assert plan["deadline_ms"] == 2000
    assert told(events) == [
        ("dns", "running"), ("dns", "passed"), ("tcp", "running"), ("tcp", "passed"), ("tls", "skipped"),
        ("sign_in", "running"), ("sign_in", "passed"), ("metadata", "running"), ("metadata", "passed"),
    ]  # fmt: skip
    assert result["ok"] is True


@pytest.mark.parametrize("kind", ["passes", "refused password", "refused port"])
def test_the_result_is_the_report(steps: Stage, listener: SilentServer, kind: str) -> None:
    body = at(free_port() if kind == "refused port" else listener.port)
    if kind == "refused password":
        body["credentials"] = {"connection-password": "wrong"}
    events = stream(steps, body)
    result = events[-1].data
    assert timeless(result) == timeless(steps.api.test(body).json())
    # What the events told last of each step is what the result says of it.
    last = {event.data["id"]: event.data for event in events if event.name == "step"}
    assert [step for step in result["steps"] if step["status"] != "not_run"] == list(last.values())


def test_each_event_comes_when_it_happens(steps: Stage, listener: SilentServer) -> None:
    held = steps.trino.hold('SHOW SCHEMAS FROM "akko-probe-')
    with OpenRequest(steps.api, TEST, at(listener.port)) as request:
        events = request.events()
        early = [next(events) for _ in range(7)]
        assert (early[-1].data["id"], early[-1].data["status"]) == ("sign_in", "running")
        assert held.entered.wait(5)  # the sign-in has begun and cannot have ended
        time.sleep(0.3)
        held.release()
        late = list(events)
    assert late[0].at - early[-1].at >= 0.25
    assert (late[0].data["id"], late[0].data["status"]) == ("sign_in", "passed")
    assert late[0].data["duration_ms"] >= 250
    assert late[-1].name == "result" and late[-1].data["duration_ms"] >= 250


def test_refusals_are_problems_not_streams(steps: Stage) -> None:
    accept = {"Accept": "text/event-stream"}
    assert violations(steps.api.test(catalog("x", connector="nosuch"), headers=accept)) == {"connector": "unknown"}
    problem(steps.api.test(catalog("x"), headers=accept, token=None), 401)
    problem(steps.api.test({"connector": "oracle", "fields": {}}, headers=accept), 422)


def test_any_other_accept_gets_the_report(shared: Stage) -> None:
    for accept in ("application/json", "*/*", "text/html"):
        answer = shared.api.test(catalog("x"), headers={"Accept": accept})
        assert answer.headers["Content-Type"] == "application/json", accept
    for accept in ("text/event-stream", "application/json;q=0.5, text/event-stream"):
        answer = shared.api.test(catalog("x"), headers={"Accept": accept})
        assert answer.headers["Content-Type"] == "text/event-stream", accept


def test_trino_goes_away_meanwhile(steps: Stage, listener: SilentServer) -> None:
    steps.trino.fault('SHOW SCHEMAS FROM "akko-probe-', at="page", reply=reset, times=99)
    last = stream(steps, at(listener.port))[-1]
    assert last.name == "result" and last.data["ok"] is False
    assert last.data["steps"][3]["status"] == "failed"


def test_no_probe_is_free(make_product: Callable[..., Product], trino: FakeTrino) -> None:
    """What would be 503 is a result once the stream has begun."""
    product = make_product(PROBE_POOL="1").start()
    stage = Stage(trino, product, product.api())
    held = trino.hold('DROP CATALOG (IF EXISTS )?"akko-probe-', ignores_cancel=True)
    with OpenRequest(stage.api, TEST, catalog("x")):
        assert held.entered.wait(5)
        events = stream(stage, catalog("x"))
        held.release()
    assert events[-1].name == "result"
    assert (events[-1].data["ok"], events[-1].data["code"]) == (False, "tests_busy")
    assert events[-1].data["fix"]


def test_a_stop_lets_a_stream_end(steps: Stage, listener: SilentServer) -> None:
    held = steps.trino.hold('SHOW SCHEMAS FROM "akko-probe-')
    with OpenRequest(steps.api, TEST, at(listener.port)) as request:
        events = request.events()
        next(events)
        assert held.entered.wait(5)
        assert steps.product.daemon is not None
        steps.product.daemon.process.terminate()
        time.sleep(0.3)
        held.release()
        *_, last = events
    assert last.name == "result" and last.data["ok"] is True
    until(lambda: not steps.product.running(), 5, "it stops")
    assert steps.trino.probe_catalogs() == []


def test_a_stop_does_not_wait_for_ever(make_product: Callable[..., Product], trino: FakeTrino) -> None:
    product = make_product(DRAIN_SECONDS="1", OPERATION_DEADLINE_SECONDS="30").start()
    held = trino.hold('SHOW SCHEMAS FROM "akko-probe-')
    with OpenRequest(product.api(), TEST, catalog("x")) as request:
        events = request.events()
        next(events)
        assert held.entered.wait(5)
        began = time.monotonic()
        assert product.stop() == 0
        assert time.monotonic() - began < 5
    assert trino.probe_catalogs() == [] and product.secret_files() == []


def test_no_secret_is_in_the_events(steps: Stage, listener: SilentServer) -> None:
    events = stream(steps, at(listener.port, credentials={"connection-password": "hunter2-wrong"}))
    assert events[-1].data["code"] == "auth_refused"
    assert "hunter2" not in "".join(steps.api.transcript.texts)
    until(lambda: steps.product.audit("CATALOG_TESTED"), 2, "the test is audited")
    assert "hunter2" not in steps.product.log.read_text()
