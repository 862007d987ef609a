"""The real binary against the fake Trino (support/fake_trino.py)."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.fake_trino import FakeTrino
from support.product import Product
from support.silent import SilentServer
from support.stage import QUICK, Stage


@pytest.fixture
def trino(directory: Path) -> Iterator[FakeTrino]:
    fake = FakeTrino(directory / "secrets")
    yield fake
    fake.stop()


@pytest.fixture
def make_product(directory: Path, trino: FakeTrino, products: Callable[..., Product]) -> Callable[..., Product]:
    """Makes a product on the fake Trino, not started; settings beside the quick ones."""
    return lambda **settings: products(directory, trino.url, **(QUICK | settings))


@pytest.fixture
def stage(trino: FakeTrino, make_product: Callable[..., Product]) -> Stage:
    """Fresh for this test."""
    product = make_product().start()
    return Stage(trino, product, product.api())


@pytest.fixture
def steps(make_product: Callable[..., Product], trino: FakeTrino) -> Stage:
    """Fresh for this test; this product goes to the sources itself before it asks Trino."""
    product = make_product(NETWORK_CHECKS="on").start()
    return Stage(trino, product, product.api())


@pytest.fixture
def listener() -> Iterator[SilentServer]:
    """A source as far as the manager sees one. What it says to Trino is for the fake to say."""
    server = SilentServer()
    yield server
    server.close()


@pytest.fixture(scope="session")
def _shared_stage() -> Iterator[Stage]:
    directory = Path(tempfile.mkdtemp(prefix="akko-test-"))
    fake = FakeTrino(directory / "secrets")
    product = Product(directory, fake.url, **QUICK).start()
    yield Stage(fake, product, product.api())
    product.kill()
    fake.stop()
    shutil.rmtree(directory, ignore_errors=True)


@pytest.fixture
def shared(_shared_stage: Stage) -> Iterator[Stage]:
    """One product for all tests that only ask and answer; what a test registered is removed after it."""
    yield _shared_stage
    _shared_stage.trino.clear_faults()
    for name in _shared_stage.api.names():
        _shared_stage.api.remove(name)
    _shared_stage.trino.catalogs.clear()
