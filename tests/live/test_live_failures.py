"""What cannot work is refused with the class of its cause, and nothing is left."""

import time

import pytest

from support.api import problem
from support.silent import SilentServer
from support.waiting import until
from support.world import World


def wrong_urls(world: World) -> dict[tuple[str, str], str]:
    pg, my = world.postgresql.port, world.mysql.port
    return {
        ("postgresql", "dns_not_found"): f"jdbc:postgresql://no-such-host.invalid:{pg}/sales",
        ("postgresql", "tcp_refused"): "jdbc:postgresql://127.0.0.1:1/sales",
        ("postgresql", "database_not_found"): f"jdbc:postgresql://127.0.0.1:{pg}/no_such_database",
        ("postgresql", "tls_none"): f"jdbc:postgresql://127.0.0.1:{pg}/sales?sslmode=require",
        ("mysql", "dns_not_found"): f"jdbc:mysql://no-such-host.invalid:{my}",
        ("mysql", "tcp_refused"): "jdbc:mysql://127.0.0.1:1",
    }


CASES = [
    ("postgresql", "auth_refused"), ("postgresql", "dns_not_found"), ("postgresql", "tcp_refused"),
    ("postgresql", "database_not_found"), ("postgresql", "tls_none"),
    ("mysql", "auth_refused"), ("mysql", "dns_not_found"), ("mysql", "tcp_refused"),
]  # fmt: skip


@pytest.mark.parametrize(("source", "code"), CASES)
def test_wrong_registrations(world: World, source: str, code: str) -> None:
    password = "not-the-password" if code == "auth_refused" else "pw_ok"
    body = getattr(world, source).catalog("wrong", password=password, url=wrong_urls(world).get((source, code)))
    refused = world.api.register(body)
    told = problem(refused, 400, code)
    assert told["detail"].startswith("connection test failed")
    assert told["fix"]
    by_trino = [step for step in told["steps"] if step["status"] == "failed"][0]["ran_from"] == "trino"
    assert ("raw" in told) or not by_trino  # Trino's own words
    assert world.nothing_left("wrong") == []
    assert world.product.secret_files() == []
    report = world.api.test(body).json()
    assert (report["ok"], report["code"]) == (False, code)


def test_a_role_without_rights_is_told_from_a_wrong_password(world: World) -> None:
    """It may sign in, so the connection test passes; Trino shows it what it may see."""
    world.postgresql.execute("CREATE ROLE powerless LOGIN PASSWORD 'pw_ok'")
    try:
        body = world.postgresql.catalog("powerless", **{"connection-user": "powerless"})
        assert world.api.register(body).status_code == 201
        with pytest.raises(Exception, match="permission denied|Access Denied"):
            world.trino.query('SELECT * FROM "powerless".shop.orders')
    finally:
        world.postgresql.execute("DROP ROLE powerless")


@pytest.mark.parametrize("source", ["postgresql", "mysql"])
@pytest.mark.parametrize("call", ["register", "test"])
def test_a_silent_server(world: World, source: str, call: str) -> None:
    """It accepts the connection and says nothing: the deadline holds, the query is cancelled, the catalog dropped."""
    deadline = 4.0
    silent = SilentServer()
    world.product.stop()
    world.product.settings["OPERATION_DEADLINE_SECONDS"] = str(deadline)
    world.product.start()
    try:
        database = "/sales" if source == "postgresql" else ""
        body = getattr(world, source).catalog("silent", url=f"jdbc:{source}://127.0.0.1:{silent.port}{database}")
        began = time.monotonic()
        answer = world.api.register(body) if call == "register" else world.api.test(body)
        took = time.monotonic() - began
        assert silent.accepted, "nobody called"
        if call == "register":
            told = problem(answer, answer.status_code)
            assert answer.status_code in (400, 504)
        else:
            told = answer.json()
        assert told["code"] in ("timeout", "tcp_timeout"), told
        # The answer waits until the catalog is dropped too.
        assert took < deadline + 1.5, took
        until(lambda: world.trino.unfinished() == [], 10, "no statement of ours runs")
        assert world.nothing_left("silent") == []
        assert world.trino.catalogs() == ["system"]
    finally:
        silent.close()
        world.product.stop()
        del world.product.settings["OPERATION_DEADLINE_SECONDS"]
        world.product.start()
