"""A registration, test or removal that meets a fault at any step leaves all or nothing."""

import itertools
import time
from collections.abc import Callable
from typing import Any

import pytest

from support import fake_trino_http as wrong
from support.api import problem
from support.bodies import catalog
from support.fake_trino import recorded
from support.silent import SilentServer
from support.stage import Stage
from support.waiting import until

_names = (f"faulty-{number}" for number in itertools.count())


@pytest.fixture
def name() -> str:
    """Another one in each test: what one test finds must not be what an earlier one left."""
    return next(_names)


def create(name: str) -> str:
    return f'CREATE CATALOG "{name}"'


def probe(name: str) -> str:
    return f'SHOW SCHEMAS FROM "{name}"'


def drop(name: str) -> str:
    return f'DROP CATALOG .*"{name}"'


def settled(stage: Stage, name: str, seconds: float = 10) -> None:
    until(lambda: stage.nothing_left(name) == [], seconds, "nothing is left")
    assert name not in stage.api.names()


@pytest.mark.parametrize(
    ("step", "error", "status", "code"),
    [
        (create, "config_unknown_property", 400, "config"),
        (create, "already_exists", 409, "name_taken_in_trino"),
        (create, "connector_missing", 400, "plugin_missing"),
        (probe, "auth_refused", 400, "auth_refused"),
        (probe, "dns_not_found", 400, "dns_not_found"),
        (probe, "tcp_refused", 400, "tcp_refused"),
        (probe, "database_not_found", 400, "database_not_found"),
        (probe, "tls_none", 400, "tls_none"),
    ],
)
def test_errors_of_trino(shared: Stage, name: str, step: Callable[[str], str], error: str, status: int, code: str) -> None:
    shared.trino.fail(step(name), recorded(error))
    told = problem(shared.api.register(catalog(name)), status, code)
    if status == 400:
        assert told["detail"].startswith("connection test failed")
    settled(shared, name)


def test_an_error_of_mysql(shared: Stage, name: str) -> None:
    """Diagnosed by the rules of its own definition."""
    shared.trino.fail(probe(name), recorded("mysql_auth_refused"))
    properties = {"connection-url": "jdbc:mysql://db.example:3306", "connection-user": "trino_ro"}
    problem(shared.api.register(catalog(name, connector="mysql", properties=properties)), 400, "auth_refused")
    settled(shared, name)


FAULTS = {
    "never": wrong.never, "reset": wrong.reset, "html": wrong.html, "truncated": wrong.truncated, "huge": wrong.huge,
    "500": wrong.status(500), "404": wrong.status(404), "401": wrong.status(401),
}  # fmt: skip


@pytest.mark.parametrize("reply", FAULTS.values(), ids=FAULTS.keys())
@pytest.mark.parametrize("at", ["submit", "page"])
@pytest.mark.parametrize("step", [create, probe], ids=["create", "probe"])
def test_wrong_answers(shared: Stage, name: str, step: Callable[[str], str], at: str, reply: Any) -> None:
    """An answer that never comes or is not the protocol, for the rest of the statement."""
    fault = shared.trino.fault(step(name), at=at, reply=reply, times=100)
    began = time.monotonic()
    answer = shared.api.register(catalog(name))
    assert answer.status_code in (400, 502, 503, 504), answer.text
    problem(answer, answer.status_code)
    assert time.monotonic() - began < 3.5
    assert fault.entered.is_set()
    shared.trino.clear_faults()
    settled(shared, name)


@pytest.mark.parametrize("reply", [wrong.status(503), wrong.status(502), wrong.status(504), wrong.status(429), wrong.reset],
                         ids=["503", "502", "504", "429", "reset"])  # fmt: skip
@pytest.mark.parametrize("step", [create, probe], ids=["create", "probe"])
def test_a_passing_trouble_is_ridden_out(shared: Stage, name: str, step: Callable[[str], str], reply: Any) -> None:
    fault = shared.trino.fault(step(name), reply=reply, times=2)
    assert shared.api.register(catalog(name)).status_code == 201
    assert fault.times == 0
    assert name in shared.trino.names()


def test_another_server_is_not_followed(shared: Stage, name: str) -> None:
    other = SilentServer()
    shared.trino.fault(probe(name), at="submit", reply=wrong.elsewhere(f"http://127.0.0.1:{other.port}"))
    answer = shared.api.register(catalog(name))
    assert answer.status_code in (400, 502, 503), answer.text
    assert other.accepted == []
    other.close()
    settled(shared, name)


@pytest.mark.parametrize("step", [create, probe], ids=["create", "probe"])
def test_the_deadline_holds_and_the_query_is_cancelled(shared: Stage, name: str, step: Callable[[str], str]) -> None:
    held = shared.trino.hold(step(name))
    began = time.monotonic()
    answer = shared.api.register(catalog(name))
    took = time.monotonic() - began
    assert 1.5 < took < 3.5, took
    told = problem(answer, answer.status_code)
    assert told["code"] == "timeout", told
    assert held.entered.is_set()
    [query] = [query for query in shared.trino.queries if query.sql.startswith(step(name)) and query.state != "FINISHED"]
    assert query.cancelled.is_set()
    settled(shared, name)


def test_a_create_that_succeeds_after_we_gave_up_is_dropped(shared: Stage, name: str) -> None:
    held = shared.trino.hold(create(name), ignores_cancel=True)
    assert shared.api.register(catalog(name)).status_code >= 400
    held.release()
    settled(shared, name, 15)
    time.sleep(0.5)  # longer than several rounds of the reconciler: it does not come back
    assert name not in shared.trino.names()


def test_a_create_whose_answer_is_lost_is_dropped(shared: Stage, name: str) -> None:
    """It took effect, but the connection breaks for good before anyone is told."""
    shared.trino.fault(create(name), reply=wrong.never)
    assert shared.api.register(catalog(name)).status_code >= 400
    settled(shared, name)


def test_drop_is_repeated_until_it_works(shared: Stage, name: str) -> None:
    shared.trino.fail(probe(name), recorded("auth_refused"))
    shared.trino.fail(drop(name), recorded("syntax_error"), times=2)
    answer = shared.api.register(catalog(name))
    assert answer.status_code == 400
    settled(shared, name)


@pytest.mark.parametrize("reply", [wrong.reset, wrong.html, wrong.never], ids=["reset", "html", "never"])
def test_a_removal_that_trino_does_not_do_keeps_the_catalog(shared: Stage, name: str, reply: Any) -> None:
    assert shared.api.register(catalog(name)).status_code == 201
    shared.trino.fault(drop(name), at="submit", reply=reply, times=100)
    answer = shared.api.remove(name)
    problem(answer, answer.status_code)
    assert answer.status_code in (503, 504), answer.text
    shared.trino.clear_faults()
    kept = shared.api.catalog(name)
    assert kept is not None and kept["health"] == "healthy"
    until(lambda: name in shared.trino.names(), 5, "the catalog is in Trino")
    assert shared.api.remove(name).status_code == 204
    settled(shared, name)


def test_a_removal_whose_answer_is_lost_is_repaired(shared: Stage, name: str) -> None:
    """Trino dropped it, but the client saw a failure: the record says registered, so it comes back."""
    assert shared.api.register(catalog(name)).status_code == 201
    shared.trino.fail(drop(name), recorded("syntax_error"), after_effect=True)
    assert shared.api.remove(name).status_code == 503
    assert shared.api.catalog(name) is not None
    until(lambda: name in shared.trino.names(), 5, "the catalog is back")


@pytest.mark.parametrize("statement", ['CREATE CATALOG "akko-probe', 'SHOW SCHEMAS FROM "akko-probe'], ids=["create", "probe"])
@pytest.mark.parametrize("reply", [wrong.never, wrong.reset, wrong.html], ids=["never", "reset", "html"])
def test_a_connection_test_that_meets_a_fault_leaves_nothing(shared: Stage, name: str, statement: str, reply: Any) -> None:
    shared.trino.fault(statement, reply=reply, times=100)
    answer = shared.api.test(catalog(name))
    assert answer.status_code in (200, 503), answer.text
    if answer.status_code == 200:
        assert answer.json()["ok"] is False and answer.json()["code"]
    shared.trino.clear_faults()
    until(lambda: shared.trino.probe_catalogs() == [], 5, "no probe catalog is left")
    until(lambda: shared.product.secret_files() == [], 5, "no secret is left")


def test_the_secret_directory_cannot_be_written(stage: Stage, name: str) -> None:
    """The step before Trino: nothing is asked of Trino, and what stands in the way is told and survived."""
    obstacle = stage.product.secrets_dir / name
    obstacle.write_text("a file where a directory must be made")
    answer = stage.api.register(catalog(name))
    problem(answer, answer.status_code)
    assert answer.status_code in (500, 503), answer.text  # the operator's problem, not the caller's
    assert stage.trino.statements(create(name)) == []
    obstacle.unlink()
    settled(stage, name)
    assert stage.api.register(catalog(name)).status_code == 201
