"""Fixtures of both tiers. The product under test is AKKO_BINARY, or the release build."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.product import Product


@pytest.fixture
def directory() -> Iterator[Path]:
    """A short-named directory of this test alone."""
    path = Path(tempfile.mkdtemp(prefix="akko-test-"))
    yield path
    shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def products() -> Iterator[Callable[..., Product]]:
    """Makes products; whatever still runs when the test ends is killed."""
    made: list[Product] = []

    def make(directory: Path, trino_url: str, **settings: str) -> Product:
        made.append(Product(directory, trino_url, **settings))
        return made[-1]

    yield make
    for product in made:
        product.kill()
