"""The steps of a connection test: name, port and TLS from the manager, sign-in and metadata in Trino."""

import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from support.api import problem, violations
from support.bodies import at, catalog
from support.fake_trino import FakeTrino, recorded
from support.open_request import OpenRequest
from support.processes import free_port
from support.product import Product
from support.silent import SilentServer
from support.stage import Stage
from support.waiting import until

TEST = "/api/admin/catalogs/test"
STEPS = ["dns", "tcp", "tls", "sign_in", "metadata"]


def tried_in_trino(trino: FakeTrino, name: str = r"akko-probe-\d+") -> tuple[int, int]:
    """How often a catalog of PostgreSQL was made under this name, and how often it was asked."""
    made, asked = f'CREATE CATALOG "{name}" USING "?postgresql', f'SHOW SCHEMAS FROM "{name}"'
    return len(trino.statements(made)), len(trino.statements(asked))


def statuses(report: dict[str, Any]) -> list[str]:
    assert [step["id"] for step in report["steps"]] == STEPS
    return [step["status"] for step in report["steps"]]


def failed_step(report: dict[str, Any]) -> dict[str, Any]:
    step: dict[str, Any]
    [step] = [step for step in report["steps"] if step["status"] == "failed"]
    return step


def refuse_tls(server: socket.socket) -> None:
    """Says no to PostgreSQL's request for TLS. The connection before that is the step `tcp`, which says nothing."""
    server.accept()[0].close()
    connection, _ = server.accept()
    with connection:
        connection.recv(8)
        connection.sendall(b"N")


def test_all_pass(steps: Stage, listener: SilentServer) -> None:
    report = steps.api.test(at(listener.port)).json()
    assert (report["ok"], report["code"], report["proves"]) == (True, None, "service")
    assert statuses(report) == ["passed", "passed", "skipped", "passed", "passed"]
    assert [step["ran_from"] for step in report["steps"]] == ["manager"] * 3 + ["trino"] * 2
    by_id = {step["id"]: step for step in report["steps"]}
    assert "127.0.0.1" in by_id["dns"]["message"] and str(listener.port) in by_id["tcp"]["message"]
    assert "TLS" in by_id["tls"]["message"]
    assert all(step["code"] is None and step["duration_ms"] >= 0 for step in report["steps"])
    assert len(listener.accepted) == 1
    address = f"127.0.0.1:{listener.port}"
    assert by_id["dns"]["facts"] == [{"code": "resolves_to", "values": {"host": "127.0.0.1", "addresses": "127.0.0.1"}}]
    assert by_id["tcp"]["facts"] == [{"code": "accepts_connections", "values": {"host": address}}]
    assert by_id["tls"]["facts"] == [{"code": "tls_not_asked", "values": {}}]
    [metadata] = by_id["metadata"]["facts"]
    assert metadata["code"] == "visible" and metadata["values"]["what"] == "schemas"
    assert by_id["metadata"]["message"] == f"{metadata['values']['count']} schemas visible"


def test_a_refused_port_never_reaches_trino(steps: Stage) -> None:
    report = steps.api.test(at(port := free_port())).json()
    assert (report["ok"], report["code"]) == (False, "tcp_refused")
    assert statuses(report) == ["passed", "failed", "not_run", "not_run", "not_run"]
    step = failed_step(report)
    assert (step["code"], step["message"], step["fix"]) == ("tcp_refused", report["message"], report["fix"])
    assert str(port) in report["message"]
    [fact] = step["facts"]
    assert fact["code"] == "tcp_refused"
    told = {name: fact["values"][name] for name in ("host", "port", "title", "from")}
    assert told == {"host": "127.0.0.1", "port": str(port), "title": "PostgreSQL", "from": "the catalog manager"}
    assert tried_in_trino(steps.trino) == (0, 0)


def test_a_registration_fails_at_the_same_step(steps: Stage) -> None:
    told = problem(steps.api.register(at(free_port())), 400, "tcp_refused")
    assert told["detail"].startswith("connection test failed: ")
    assert statuses(told) == ["passed", "failed", "not_run", "not_run", "not_run"]
    assert steps.trino.statements('CREATE CATALOG "client-pg-01"') == []
    assert steps.nothing_left("client-pg-01") == []


@pytest.mark.parametrize(
    ("error", "code", "expected"),
    [("auth_refused", "auth_refused", ["failed", "not_run"]), ("database_not_found", "database_not_found", ["passed", "failed"])],
)
def test_a_registration_that_fails_in_trino_has_its_steps_too(
    steps: Stage, listener: SilentServer, error: str, code: str, expected: list[str]
) -> None:
    steps.trino.fail('SHOW SCHEMAS FROM "client-pg-01"', recorded(error))
    told = problem(steps.api.register(at(listener.port)), 400, code)
    assert told["detail"].startswith("connection test failed")
    assert statuses(told) == ["passed", "passed", "skipped", *expected]
    assert failed_step(told)["code"] == code
    [fact] = failed_step(told)["facts"]
    assert fact["code"] == code
    assert fact.get("message") == ("There is no database {1} at {host}." if code == "database_not_found" else None)
    assert steps.nothing_left("client-pg-01") == []


def test_a_refusal_before_the_check_has_no_steps(steps: Stage, listener: SilentServer) -> None:
    assert steps.api.register(at(listener.port)).status_code == 201
    told = problem(steps.api.register(at(listener.port)), 409, "name_taken")
    assert "steps" not in told
    assert "steps" not in problem(steps.api.register(catalog("Not A Name")), 422)


def test_a_name_that_nobody_knows(steps: Stage) -> None:
    report = steps.api.test(at(5432, "no-such-host.invalid")).json()
    assert report["code"] in ("dns_not_found", "dns_failed")  # a machine without a name service has no answer at all
    assert statuses(report) == ["failed"] + ["not_run"] * 4
    assert "no-such-host.invalid" in report["message"]


def test_a_source_without_the_tls_that_is_demanded(steps: Stage) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=refuse_tls, args=(server,))
        thread.start()
        report = steps.api.test(at(server.getsockname()[1], "127.0.0.1", "?sslmode=require")).json()
        thread.join()
    assert report["code"] == "tls_none"
    assert statuses(report) == ["passed", "passed", "failed", "not_run", "not_run"]
    assert tried_in_trino(steps.trino) == (0, 0)


def test_what_is_listed_after_the_sign_in(steps: Stage, listener: SilentServer) -> None:
    report = steps.api.test(at(listener.port)).json()
    assert report["steps"][4]["message"] == "1 schemas visible"  # information_schema does not count


# ---- where the manager does not go

METADATA = [
    "169.254.169.254", "[::ffff:169.254.169.254]", "[64:ff9b::a9fe:a9fe]", "[fd00:ec2::254]", "100.100.100.200",
    "2852039166", "0xa9fea9fe", "0.0.0.0", "[::]", "224.0.0.1", "[fe80::1]",
]  # fmt: skip


@pytest.mark.parametrize("host", METADATA)
def test_the_metadata_service_is_out_of_reach(steps: Stage, host: str) -> None:
    answer = steps.api.test(at(80, host))
    if answer.status_code == 422:  # not a host name at all
        assert "properties.connection-url" in violations(answer)
        return
    report = answer.json()
    # An unusual spelling of an address may also be a name that nobody knows.
    assert report["code"] in ("address_denied", "dns_not_found", "dns_failed"), report
    assert report["code"] == "address_denied" or host in ("2852039166", "0xa9fea9fe")
    assert statuses(report)[0] == "failed" and statuses(report)[1:] == ["not_run"] * 4
    assert tried_in_trino(steps.trino) == (0, 0)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
@pytest.mark.parametrize(
    ("deny", "allow", "expected"),
    [
        ("127.0.0.0/8,::1", "", "address_denied"),
        ("127.0.0.0/8,::1", "127.0.0.1,::1", None),
        ("0.0.0.0/0,::/0", "127.0.0.0/8", None),
        ("127.0.0.1,::1", "127.0.0.0/8", "address_denied"),  # the wider permission does not lift a narrower refusal
    ],
)
def test_ranges_of_the_operator(
    make_product: Callable[..., Product],
    trino: FakeTrino,
    listener: SilentServer,
    deny: str,
    allow: str,
    expected: str | None,
    host: str,
) -> None:
    product = make_product(NETWORK_CHECKS="on", NETWORK_DENY=deny, NETWORK_ALLOW=allow).start()
    report = product.api().test(at(listener.port, host)).json()
    assert report["code"] == expected, report
    if expected:
        assert statuses(report) == ["failed"] + ["not_run"] * 4
        assert listener.accepted == [] and tried_in_trino(trino) == (0, 0)


def test_switched_off(shared: Stage) -> None:
    """As in the other tests of this tier."""
    report = shared.api.test(catalog("x")).json()
    assert statuses(report) == ["skipped"] * 3 + ["passed"] * 2
    for step in report["steps"][:3]:
        assert "AKKO_NETWORK_CHECKS" in step["message"] and step["code"] is None


# ---- how often


def test_a_refused_sign_in_is_sent_once(steps: Stage, listener: SilentServer) -> None:
    """Accounts are locked after some wrong passwords: neither a test nor a registration may try again by itself."""
    body = at(listener.port, credentials={"connection-password": "wrong"})
    assert steps.api.test(body).json()["code"] == "auth_refused"
    assert tried_in_trino(steps.trino) == (1, 1)
    problem(steps.api.register(body), 400, "auth_refused")
    assert tried_in_trino(steps.trino, "client-pg-01") == (1, 1)
    assert tried_in_trino(steps.trino) == (1, 1)


def test_a_user_has_so_many_checks_a_minute(make_product: Callable[..., Product]) -> None:
    product = make_product(CHECKS_PER_MINUTE="2").start()
    api = product.api()
    assert api.test(catalog("x")).status_code == 200
    assert api.register(catalog("pg")).status_code == 201
    streamed = api.test(catalog("x"), headers={"Accept": "text/event-stream"})
    refusals = [api.test(catalog("x")), api.register(catalog("pg-2")), streamed]
    for refused in refusals:
        told = problem(refused, 429, "too_many_checks")
        assert told["retryable"] is True and int(refused.headers["Retry-After"]) >= 1
        assert "AKKO_CHECKS_PER_MINUTE" in told["fix"]
    assert api.names() == ["pg"]
    assert product.api("bob").test(catalog("x")).status_code == 200  # the next one is not held up
    problem(api.test(catalog("x", connector="nosuch")), 422)  # what is no check is not counted
    assert [line["code"] for line in product.audit("CATALOG_TESTED") if line["result"] == "failed"][:2] == ["too_many_checks"] * 2


def test_retry_after_tells_when(make_product: Callable[..., Product]) -> None:
    api = make_product(CHECKS_PER_MINUTE="2").start().api()
    answers = [api.test(catalog("x")) for _ in range(3)]
    assert answers[-1].status_code == 429
    assert 25 <= int(answers[-1].headers["Retry-After"]) <= 30


def test_the_audit_line_names_the_target(steps: Stage, listener: SilentServer) -> None:
    steps.api.test(at(listener.port))
    steps.api.test(at(80, "169.254.169.254"))
    steps.api.register(at(listener.port))
    passed, denied = steps.product.audit("CATALOG_TESTED")
    assert passed["detail"] == f"127.0.0.1:{listener.port}" and passed["result"] == "success"
    assert denied["detail"] == "169.254.169.254:80" and denied["code"] == "address_denied"
    [created] = steps.product.audit("CATALOG_CREATED")
    assert created["detail"] == f"127.0.0.1:{listener.port}"
    assert all(line["user"] == "alice" and line["request_id"] for line in (passed, denied, created))


# ---- clients that leave


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
@pytest.mark.parametrize("statement", ["CREATE CATALOG", "SHOW SCHEMAS FROM"])
def test_who_leaves_cancels_the_test(steps: Stage, listener: SilentServer, accept: str, statement: str) -> None:
    held = steps.trino.hold(f'{statement} "akko-probe-')
    request = OpenRequest(steps.api, TEST, at(listener.port), accept)
    assert held.entered.wait(5)
    [query] = steps.trino.unfinished(f'{statement} "akko-probe-')
    request.leave()
    assert query.cancelled.wait(1), "Trino was not asked to end the query"
    until(lambda: steps.trino.statements('DROP CATALOG (IF EXISTS )?"akko-probe-'), 1, "what was made for the test is dropped")
    until(lambda: steps.product.audit("CATALOG_TESTED"), 1, "the test is over")
    [line] = steps.product.audit("CATALOG_TESTED")
    assert (line["result"], line["code"]) == ("failed", "cancelled")
    assert steps.trino.probe_catalogs() == [] and steps.product.secret_files() == []
    assert steps.api.test(at(listener.port)).json()["ok"] is True


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_who_leaves_ends_the_steps_of_the_network(steps: Stage, listener: SilentServer, accept: str) -> None:
    """The listener never answers PostgreSQL's request for TLS."""
    request = OpenRequest(steps.api, TEST, at(listener.port, "127.0.0.1", "?sslmode=require"), accept)
    until(lambda: len(listener.accepted) == 2, 5, "the step `tls` has begun")
    request.leave()
    until(lambda: steps.product.audit("CATALOG_TESTED"), 1, "the test is over")
    assert steps.product.audit("CATALOG_TESTED")[0]["code"] == "cancelled"
    assert tried_in_trino(steps.trino) == (0, 0)


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
def test_who_leaves_stops_waiting_for_a_probe(make_product: Callable[..., Product], trino: FakeTrino, accept: str) -> None:
    product = make_product(PROBE_POOL="1", OPERATION_DEADLINE_SECONDS="15").start()
    api = product.api()
    held = trino.hold('SHOW SCHEMAS FROM "akko-probe-')
    with OpenRequest(api, TEST, catalog("x")):
        assert held.entered.wait(5)
        waiting = OpenRequest(api.clone(), TEST, catalog("x"), accept)
        time.sleep(0.3)  # nothing shows that it waits
        waiting.leave()
        until(lambda: product.audit("CATALOG_TESTED"), 1, "the waiting has ended")
        assert product.audit("CATALOG_TESTED")[0]["result"] == "failed"
    held.release()


def test_who_leaves_does_not_cancel_a_registration(steps: Stage, listener: SilentServer) -> None:
    """Its answer is what is lost, not the catalog: a retry with the same Idempotency-Key gets that answer."""
    held = steps.trino.hold('SHOW SCHEMAS FROM "client-pg-01"')
    request = OpenRequest(steps.api, "/api/admin/catalogs", at(listener.port), "application/json")
    assert held.entered.wait(5)
    [query] = steps.trino.unfinished('SHOW SCHEMAS FROM "client-pg-01"')
    request.leave()
    assert not query.cancelled.wait(0.5)
    held.release()
    until(lambda: steps.live("client-pg-01"), 5, "the catalog is registered")


# ---- what this Trino cannot do


def test_a_connector_that_trino_lacks(shared: Stage) -> None:
    connectors = {connector["id"]: connector for connector in shared.api.get("/api/admin/connectors").json()}
    lacking = connectors["oracle"]
    assert lacking["available"] is False
    assert "oracle" in lacking["unavailable_reason"] and "plugin" in lacking["unavailable_reason"]
    assert connectors["kafka"]["available"] is True and "unavailable_reason" not in connectors["kafka"]
    fields = {"host": "db.customer.example", "service": "SALES", "user": "trino_ro", "password": "pw_ok"}
    body = {"name": "ora", "connector": "oracle", "fields": fields}
    for refused in (shared.api.test(body), shared.api.register(body)):
        told = problem(refused, 400, "plugin_missing")
        assert told["detail"].startswith("connection test failed") and told["fix"]


def test_a_connection_that_is_kept_open_serves_the_next_request(steps: Stage, listener: SilentServer) -> None:
    """Watching for a client that leaves must not eat what it sends next."""
    session = requests.Session()
    session.trust_env = False
    headers = {"Authorization": f"Bearer {steps.api.token}"}
    for _ in range(3):
        answer = session.post(steps.product.url + TEST, json=at(listener.port), headers=headers, timeout=10)
        assert answer.json()["ok"] is True
