"""The connector that docs/adding-a-connector.md shows, against the real Trino: it accepts what the definition renders. No
ClickHouse is needed, because nothing listens."""

import shutil
import tempfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pytest

from support.api import Api, problem
from support.new_connector import by_fields, by_properties, write_definition
from support.processes import free_port
from support.product import Product
from support.waiting import until
from support.world import World


class Added:
    """A product of its own, on the Trino of all live tests."""

    def __init__(self, world: World, directory: Path, **settings: str) -> None:
        self.trino = world.trino
        more = {"CONNECTORS_DIR": write_definition(directory), "WARM_UP": "false", "SECRETS_DIR": str(world.trino.secrets_dir)}
        self.product = Product(directory, world.trino.url, **(more | settings))
        self.product.secrets_dir = world.trino.secrets_dir

    @cached_property
    def api(self) -> Api:
        return self.product.api()

    def nothing_left(self, name: str) -> list[str]:
        """Where a catalog is still known: API, Trino, secret directory, store. Empty = nowhere."""
        listed = ["listed"] if self.api.catalog(name) else []
        return listed + [f"Trino: {found}" for found in self.trino.catalogs() if found == name] + self.product.traces(name)


@pytest.fixture
def added(request: pytest.FixtureRequest, world: World) -> Iterator[Added]:
    """The parameter: whether the manager begins with network steps of its own."""
    directory = Path(tempfile.mkdtemp(prefix="akko-live-new-"))
    world.product.stop()  # Trino's plugin reads one secret directory, which belongs to one product at a time
    one = Added(world, directory, NETWORK_CHECKS=request.param)
    try:
        one.product.start()
        yield one
    finally:
        one.product.kill()
        shutil.rmtree(directory, ignore_errors=True)
        world.product.start()


def checks(added: Added) -> bool:
    return added.product.settings["NETWORK_CHECKS"] == "on"


@pytest.mark.parametrize("added", ["on", "off"], indirect=True)
def test_trino_accepts_what_it_renders(added: Added) -> None:
    """Nothing listens: the port refuses, at the manager's own step or in Trino, which by then has accepted the properties."""

    def available() -> bool:
        return added.api.get("/api/admin/connectors/clickhouse").json()["available"] is True

    until(available, 10, "Trino has the connector (its plugin clickhouse)")
    bodies = [by_fields("new-a", free_port(), tls=tls) for tls in ("verified", "unverified", "off")]
    bodies.append(by_properties("new-a", free_port(), "?ssl=true&compress=true&max_execution_time=10"))
    for body in bodies:
        report = added.api.test(body).json()
        assert (report["ok"], report["code"]) == (False, "tcp_refused"), report
        [failed] = [step for step in report["steps"] if step["status"] == "failed"]
        assert (failed["id"], failed["ran_from"]) == (("tcp", "manager") if checks(added) else ("sign_in", "trino")), report
        told = problem(added.api.register(body), 400, "tcp_refused")
        assert "pw_ok" not in str(told)
        assert added.nothing_left("new-a") == []
    assert [name for name in added.trino.catalogs() if name.startswith("new-")] == []


@pytest.mark.parametrize("added", ["off"], indirect=True)
def test_trino_knows_every_property(added: Added) -> None:
    """Those that the definition includes as well; a name that the connector lacks would be of class config."""
    shown = added.api.get("/api/admin/connectors/clickhouse").json()["properties"]
    examples = {"boolean": "true", "integer": "10", "duration": "10s", "data_size": "10MB"}
    body = by_properties("new-all", free_port())
    for entry in shown:
        kind = entry["kind"]
        value = entry["choices"][0] if kind == "enumeration" else examples.get(kind)
        if value is not None:
            body["properties"][entry["name"]] = value
    assert len(body["properties"]) > 10
    problem(added.api.register(body), 400, "tcp_refused")
    assert added.nothing_left("new-all") == []
