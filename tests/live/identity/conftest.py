"""A real Keycloak, and a product that takes its tokens. Trino's part is played by the fake one: nothing is registered here."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.fake_trino import FakeTrino
from support.keycloak import Identity, Keycloak
from support.product import Product
from support.stage import QUICK

_versions: dict[str, str] = {}


@pytest.fixture(scope="session")
def keycloak() -> Iterator[Keycloak]:
    directory = Path(tempfile.mkdtemp(prefix="akko-keycloak-"))
    server = Keycloak(directory)
    server.prepare("http://127.0.0.1:8480", "https://localhost:8443")
    try:
        server.start()
        _versions["Keycloak"] = server.version()
        yield server
    finally:
        server.stop()
        shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def make_product(directory: Path, products: Callable[..., Product], keycloak: Keycloak) -> Iterator[Callable[..., Product]]:
    """Makes products of that Keycloak, not started."""
    fake = FakeTrino(directory / "secrets")
    issuer = {
        "DEV_ISSUER": "false",
        "OIDC_ISSUER": keycloak.issuer,
        "KEYCLOAK_CLIENT_ID": "akko-catalog-manager",
        "KEYCLOAK_CLIENT_SECRET_FILE": str(keycloak.client_secret_file),
    }
    yield lambda **settings: products(directory, fake.url, **(QUICK | issuer | settings))
    fake.stop()


@pytest.fixture
def identity(keycloak: Keycloak, make_product: Callable[..., Product]) -> Iterator[Identity]:
    """Fresh for this test; Keycloak runs before and after it."""
    yield Identity(keycloak, make_product().start())
    keycloak.start()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for name, version in _versions.items():
        terminalreporter.write_line(f"used: {name} {version}")
