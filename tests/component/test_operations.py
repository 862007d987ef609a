"""Registrations that are answered before they run, and operations as they are watched."""

import threading
import time
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
import requests

from support.api import Api, problem
from support.bodies import at, catalog
from support.open_request import Event, OpenRequest
from support.product import Product
from support.silent import SilentServer
from support.stage import Stage
from support.waiting import until

OPERATIONS = "/api/admin/operations/"
PROBE = 'SHOW SCHEMAS FROM "client-pg-01"'
STEPS = ["dns", "tcp", "tls", "reserve_name", "write_secrets", "create_in_trino", "sign_in", "metadata", "mark_ready"]


def begin(api: Api, body: dict[str, Any] | None = None, **headers: str) -> requests.Response:
    named = {"Prefer": "respond-async"} | {name.replace("_", "-"): value for name, value in headers.items()}
    return api.register(body or catalog("client-pg-01"), headers=named)


def accepted(answer: requests.Response) -> dict[str, Any]:
    assert answer.status_code == 202, answer.text
    operation: dict[str, Any] = answer.json()
    assert answer.headers["Location"] == OPERATIONS + operation["id"]
    assert answer.headers["Preference-Applied"] == "respond-async"
    return operation


def watch(api: Api, operation: str, after: str = "") -> list[Event]:
    """All events to the end of the stream."""
    headers = {"Last_Event_ID": after} if after else {}
    with OpenRequest(api, f"{OPERATIONS}{operation}/events", None, **headers) as request:
        return list(request.events())


def shown(api: Api, operation: str) -> dict[str, Any]:
    answer = api.get(OPERATIONS + operation)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def statuses(operation: dict[str, Any]) -> dict[str, str]:
    return {step["id"]: step["status"] for step in operation["steps"]}


def changes(events: list[Event]) -> list[tuple[str, str]]:
    return [(event.data["id"], event.data["status"]) for event in events if event.name == "step"]


def test_the_answer_comes_before_the_work(stage: Stage) -> None:
    held = stage.trino.hold(PROBE)
    operation = accepted(begin(stage.api))
    assert operation["status"] == "running" and operation["ended_at"] is None and operation["problem"] is None
    assert [operation[key] for key in ("kind", "catalog", "connector", "user")] == ["register", "client-pg-01", "postgresql", "alice"]
    assert [step["id"] for step in operation["steps"]] == STEPS
    assert {step["ran_from"] for step in operation["steps"]} == {"manager", "trino"}
    assert held.entered.wait(5)
    [row] = stage.api.get("/api/admin/catalogs").json()
    assert (row["phase"], row["operation_id"]) == ("registering", operation["id"])
    assert stage.api.catalog("client-pg-01")["operation_id"] == operation["id"]  # type: ignore[index]
    now = statuses(shown(stage.api, operation["id"]))
    assert (now["create_in_trino"], now["sign_in"], now["mark_ready"]) == ("passed", "running", "not_run")
    held.release()
    result = watch(stage.api, operation["id"])[-1]
    assert result.name == "result" and result.data["status"] == "succeeded" and result.data["ended_at"] >= operation["started_at"]
    assert stage.live("client-pg-01")
    assert stage.api.catalog("client-pg-01")["operation_id"] is None  # type: ignore[index]
    [line] = stage.product.audit("CATALOG_CREATED")
    assert line["operation_id"] == operation["id"] and line["user"] == "alice"


def test_the_events_come_in_order_and_when_they_happen(steps: Stage, listener: SilentServer) -> None:
    held = steps.trino.hold(PROBE)
    operation = accepted(begin(steps.api, at(listener.port)))
    with OpenRequest(steps.api, f"{OPERATIONS}{operation['id']}/events", None) as request:
        assert request.head().headers["Content-Type"] == "text/event-stream"
        assert request.head().headers["X-Accel-Buffering"] == "no"
        events = request.events()
        seen = [next(events)]
        assert seen[0].name == "plan" and [step["id"] for step in seen[0].data["steps"]] == STEPS
        while ("sign_in", "running") not in changes(seen):
            seen.append(next(events))
        released = time.monotonic()
        held.release()
        seen += events
    assert all(event.at <= released for event in seen[: [e.data.get("id") for e in seen].index("sign_in")])
    wanted = [(step, status) for step in STEPS for status in ("running", "passed")]
    wanted.remove(("tls", "running"))
    wanted[wanted.index(("tls", "passed"))] = ("tls", "skipped")
    assert changes(seen) == wanted
    assert [event.id for event in seen] == [str(number + 1) for number in range(len(seen))]
    assert seen[-1].name == "result" and seen[-1].at >= released


def test_a_synchronous_registration_is_an_operation_too(stage: Stage) -> None:
    held = stage.trino.hold(PROBE)
    answers: list[requests.Response] = []
    client = threading.Thread(target=lambda: answers.append(stage.api.clone().register(catalog("client-pg-01"))))
    client.start()
    assert held.entered.wait(5)
    [row] = stage.api.get("/api/admin/catalogs").json()
    held.release()
    events = watch(stage.api, row["operation_id"])
    client.join()
    assert answers[0].status_code == 201
    assert events[-1].data["status"] == "succeeded"


@pytest.mark.parametrize("after", ["3", "9"])
def test_a_watcher_comes_back_where_it_was(stage: Stage, after: str) -> None:
    operation = accepted(begin(stage.api))
    everything = watch(stage.api, operation["id"])
    resumed = watch(stage.api, operation["id"], after)
    assert [(e.id, e.name, e.data) for e in resumed] == [(e.id, e.name, e.data) for e in everything[int(after) :]]


def test_an_event_id_of_somebody_else_means_all(stage: Stage) -> None:
    operation = accepted(begin(stage.api))
    everything = [event.id for event in watch(stage.api, operation["id"])]
    for after in ("9999", "abc", "-1", "3x", "99999999999999999999999"):
        assert [event.id for event in watch(stage.api, operation["id"], after)] == everything, after
    assert watch(stage.api, operation["id"], everything[-1]) == []


def test_a_failure_says_what_was_undone(stage: Stage) -> None:
    body = catalog("client-pg-01", credentials={"connection-password": "hunter2-wrong"})
    operation = accepted(begin(stage.api, body))
    events = watch(stage.api, operation["id"])
    assert changes(events)[-4:] == [
        ("sign_in", "failed"), ("create_in_trino", "undone"), ("write_secrets", "undone"), ("reserve_name", "undone"),
    ]  # fmt: skip
    result = events[-1].data
    assert (result["status"], result["undone"], result["left"]) == ("failed", ["create_in_trino", "write_secrets", "reserve_name"], [])
    assert stage.nothing_left("client-pg-01") == []
    synchronous = problem(stage.api.register(body), 400, "auth_refused")
    told = result["problem"]
    assert told.pop("reference") != synchronous.pop("reference")
    for step in [*told["steps"], *synchronous["steps"]]:
        step.pop("duration_ms")
    assert told == synchronous
    [line] = [line for line in stage.product.audit("CATALOG_CREATE_FAILED") if line["operation_id"] == operation["id"]]
    assert line["request_id"] == result["problem"].get("reference", line["request_id"])
    assert "hunter2" not in "".join(stage.api.transcript.texts) + stage.product.log.read_text()


def test_what_could_not_be_undone_is_named_until_it_is(stage: Stage) -> None:
    dropping = stage.trino.hold('DROP CATALOG IF EXISTS "client-pg-01"', times=2)
    body = catalog("client-pg-01", credentials={"connection-password": "wrong"})
    operation = accepted(begin(stage.api, body))
    assert dropping.entered.wait(5)
    failed = until(lambda: (now := shown(stage.api, operation["id"]))["status"] == "failed" and now, 15, "the undoing is given up")
    assert failed["undone"] == [] and len(failed["left"]) == 3 and "in Trino" in failed["left"][0]
    assert [fact["code"] for fact in failed["left_facts"]] == ["catalog_in_trino", "secret_values", "record_in_use"]
    stage.trino.clear_faults()
    until(lambda: shown(stage.api, operation["id"])["left"] == [], 15, "the reconciler has undone the rest")
    assert stage.nothing_left("client-pg-01") == []


def test_what_is_refused_at_once_is_answered_at_once(stage: Stage, make_product: Callable[..., Product]) -> None:
    problem(begin(stage.api, catalog("Bad Name")), 422)
    problem(begin(stage.api, {"name": "x", "unknown": 1}), 422)
    assert begin(stage.api, catalog("client-pg-01")).status_code == 202
    until(lambda: stage.live("client-pg-01"), 5, "it is registered")
    taken = problem(begin(stage.api), 409, "name_taken")
    assert "alice" in taken["detail"]
    stage.trino.stop()
    until(lambda: not stage.api.get("/api/admin/me").json()["server"]["trino"]["up"], 5, "Trino is missed")
    problem(begin(stage.api, catalog("other")), 503, "trino_unavailable")


def test_the_rate_counts(make_product: Callable[..., Product]) -> None:
    api = make_product(CHECKS_PER_MINUTE="1").start().api()
    accepted(begin(api))
    problem(begin(api, catalog("second")), 429, "too_many_checks")


def test_one_name_is_registered_once(stage: Stage) -> None:
    held = stage.trino.hold(PROBE)
    accepted(begin(stage.api))
    problem(begin(stage.api), 409, "name_taken")
    problem(stage.api.register(catalog("client-pg-01")), 409, "name_taken")
    assert held.entered.wait(5)
    held.release()
    until(lambda: stage.live("client-pg-01"), 5, "it is registered")


def test_one_key_is_one_operation(stage: Stage) -> None:
    held = stage.trino.hold(PROBE)
    first = begin(stage.api, Idempotency_Key="key-1")
    second = begin(stage.api, Idempotency_Key="key-1")
    operation = accepted(first)
    assert accepted(second) == operation and second.headers["Idempotency-Replayed"] == "true"
    assert held.entered.wait(5)
    held.release()
    assert watch(stage.api, operation["id"])[-1].data["status"] == "succeeded"
    assert accepted(begin(stage.api, Idempotency_Key="key-1"))["id"] == operation["id"]
    assert len(stage.trino.statements('CREATE CATALOG "client-pg-01"')) == 1
    problem(begin(stage.api, catalog("other"), Idempotency_Key="key-1"), 422, "idempotency_key_reused")


def test_double_clicks_are_one_operation(stage: Stage) -> None:
    answers: list[requests.Response] = []
    clients = [
        threading.Thread(target=lambda: answers.append(begin(stage.api.clone(), Idempotency_Key="double"))) for _ in range(6)
    ]  # fmt: skip
    for client in clients:
        client.start()
    for client in clients:
        client.join()
    ids = {answer.json()["id"] for answer in answers if answer.status_code == 202}
    assert len(ids) == 1
    for answer in answers:
        if answer.status_code != 202:
            problem(answer, 409, "operation_in_progress")
    assert watch(stage.api, ids.pop())[-1].data["status"] == "succeeded"


def test_it_goes_on_without_its_client_and_its_watchers(stage: Stage) -> None:
    held = stage.trino.hold(PROBE)
    operation = accepted(begin(stage.api))
    stage.api.session.close()
    with OpenRequest(stage.api, f"{OPERATIONS}{operation['id']}/events", None) as request:
        next(request.events())
    assert held.entered.wait(5)
    held.release()
    until(lambda: stage.live("client-pg-01"), 5, "it is registered")
    assert shown(stage.api, operation["id"])["status"] == "succeeded"


def test_a_stop_waits_for_what_goes_on(stage: Stage) -> None:
    """Nobody is connected but one watcher, who sees the end."""
    held = stage.trino.hold(PROBE)
    operation = accepted(begin(stage.api))
    stage.api.session.close()
    with OpenRequest(stage.api, f"{OPERATIONS}{operation['id']}/events", None) as request:
        events = request.events()
        next(events)
        assert held.entered.wait(5)
        assert stage.product.daemon is not None
        stage.product.daemon.process.terminate()
        time.sleep(0.4)
        assert stage.product.running()
        held.release()
        *_, last = events
    assert last.name == "result" and last.data["status"] == "succeeded"
    until(lambda: not stage.product.running(), 5, "it stops")
    assert "client-pg-01" in stage.trino.names()


def test_a_stop_with_nobody_connected_waits_too(stage: Stage) -> None:
    held = stage.trino.hold(PROBE)
    accepted(begin(stage.api))
    stage.api.session.close()
    assert held.entered.wait(5)
    assert stage.product.daemon is not None
    stage.product.daemon.process.terminate()
    time.sleep(0.4)
    assert stage.product.running()
    held.release()
    until(lambda: not stage.product.running(), 5, "it stops")
    assert stage.product.audit("CATALOG_CREATED")


def test_another_life_knows_none(stage: Stage) -> None:
    operation = accepted(begin(stage.api, Idempotency_Key="before"))
    watch(stage.api, operation["id"])
    stage.product.stop()
    api = stage.product.start().api()
    for path in (operation["id"], operation["id"] + "/events", "nonsense"):
        problem(api.get(OPERATIONS + path), 404, "operation_not_found")
    assert accepted(begin(api, Idempotency_Key="before")) == operation


def test_only_admins_and_all_of_them(stage: Stage) -> None:
    operation = accepted(begin(stage.api))["id"]
    engineer, other = stage.product.api("bob", "akko-engineer"), stage.product.api("zoe")
    assert shown(other, operation)["user"] == "alice"
    for path in (OPERATIONS + operation, f"{OPERATIONS}{operation}/events", "/api/admin/names/x", "/api/admin/trino/catalogs"):
        problem(engineer.get(path), 403, "insufficient_role")
        problem(stage.api.get(path, token=None), 401)


@pytest.mark.parametrize("prefer", ["respond-async", "Respond-Async", "wait=10, respond-async", "respond-async; foo=bar"])
def test_the_preference_in_its_spellings(shared: Stage, prefer: str) -> None:
    answer = shared.api.register(catalog("client-pg-01"), headers={"Prefer": prefer})
    accepted(answer)
    assert watch(shared.api, answer.json()["id"])[-1].data["status"] == "succeeded"


@pytest.mark.parametrize("prefer", ["", "return=minimal", "respond-asynchronously", "no, respond"])
def test_other_preferences_are_passed_over(shared: Stage, prefer: str) -> None:
    answer = shared.api.register(catalog("client-pg-01"), headers={"Prefer": prefer})
    assert answer.status_code == 201, answer.text


def test_many_watchers(stage: Stage) -> None:
    held = stage.trino.hold(PROBE)
    operation = accepted(begin(stage.api))["id"]
    seen: list[list[str]] = []
    watchers = [threading.Thread(target=lambda: seen.append([e.id for e in watch(stage.api, operation)])) for _ in range(12)]
    for watcher in watchers:
        watcher.start()
    assert held.entered.wait(5)
    held.release()
    for watcher in watchers:
        watcher.join()
    assert len(seen) == 12 and all(ids == seen[0] for ids in seen)


def test_a_removal_that_stops_half_way_says_what_is_left(stage: Stage) -> None:
    assert stage.api.register(catalog("client-pg-01")).status_code == 201
    held = stage.trino.hold('DROP CATALOG IF EXISTS "client-pg-01"')
    answers: list[requests.Response] = []
    client = threading.Thread(target=lambda: answers.append(stage.api.clone().remove("client-pg-01")))
    client.start()
    assert held.entered.wait(5)
    [row] = stage.api.get("/api/admin/catalogs").json()
    assert row["phase"] == "removing"
    held.release()
    events = watch(stage.api, row["operation_id"])
    client.join()
    assert answers[0].status_code == 204
    assert events[0].data["kind"] == "remove" and events[-1].data["status"] == "succeeded"
    assert [step["id"] for step in events[0].data["steps"]] == ["drop_from_trino", "remove_secrets", "erase_record"]


def test_answers_fit_the_contract(stage: Stage) -> None:
    contract = stage.api.get("/openapi.json", token=None).json()

    def fits(schema: str, value: Any) -> None:
        validator = jsonschema.Draft202012Validator({"$ref": f"#/components/schemas/{schema}", "components": contract["components"]})
        assert [error.message for error in validator.iter_errors(value)] == [], value

    for password in ("pw_ok", "wrong"):
        operation = accepted(begin(stage.api, catalog(f"with-{password.replace('_', '-')}", credentials={"connection-password": password})))
        for event in watch(stage.api, operation["id"]):
            fits("OperationStep" if event.name == "step" else "Operation", event.data)
        fits("Operation", shown(stage.api, operation["id"]))
