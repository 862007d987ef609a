"""A real Trino 476 with our plugin, a real PostgreSQL, a real MySQL, and the product: started once for all live tests."""

import shutil
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.gallery import PROOFS
from support.product import Product
from support.real import Source, Trino
from support.world import World

_versions: dict[str, str] = {}


@pytest.fixture(scope="session")
def _world() -> Iterator[World]:
    directory = Path(tempfile.mkdtemp(prefix="akko-live-"))
    directory.chmod(0o755)  # the database servers run as another account
    secrets = directory / "secrets"
    secrets.mkdir(mode=0o700)
    trino = Trino(directory / "trino", secrets, plugins=["clickhouse", "geospatial", "memory", "mysql", "postgresql", "tpch"])
    postgresql, mysql = (Source(name, directory / name) for name in ("postgresql", "mysql"))
    trino.prepare()
    product = Product(directory, trino.url, RECONCILE_INTERVAL_SECONDS="0.5", DRIFT_CHECK_SECONDS="2")
    servers = [trino, postgresql, mysql]
    try:
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda server: server.start(), servers))
        product.start()
        world = World(directory, trino, product, product.api(), postgresql, mysql)
        world.await_warm_up()
        _versions.update({"Trino": trino.version(), "PostgreSQL": postgresql.version(), "MySQL": mysql.version()})
        yield world
    finally:
        product.kill()
        for server in servers:
            server.stop()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def world(_world: World) -> Iterator[World]:
    """Without catalogs before and after each test."""
    yield _world
    if not _world.product.running():
        _world.product.start()
    for name in _world.api.names():
        assert _world.api.remove(name).status_code == 204


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name, version in _versions.items():
        terminalreporter.write_line(f"used: {name} {version}")
    for proof in terminalreporter.config.stash.get(PROOFS, {}).values():
        terminalreporter.write_line(proof.line())
