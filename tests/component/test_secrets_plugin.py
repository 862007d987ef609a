"""A Trino without our secret provider, or with one that reads another place."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from support.api import problem
from support.bodies import catalog
from support.fake_trino import FakeTrino
from support.product import Product
from support.stage import QUICK
from support.waiting import until


@pytest.fixture
def plain_trino() -> Iterator[FakeTrino]:
    """Without the provider."""
    fake = FakeTrino(secrets_dir=None)
    yield fake
    fake.stop()


@pytest.fixture
def start(directory: Path, plain_trino: FakeTrino, products: Callable[..., Product]) -> Callable[..., Product]:
    return lambda **settings: products(directory, plain_trino.url, **(QUICK | settings)).start()


def provider(product: Product) -> str:
    answer = product.readiness()
    return answer.json()["checks"]["secrets_provider"] if answer is not None else ""


def test_refused_with_the_fix(start: Callable[..., Product], plain_trino: FakeTrino) -> None:
    product = start()
    until(lambda: provider(product) == "missing", 5, "it is found out by asking")
    api = product.api()
    for refused in (api.register(catalog("pg")), api.test(catalog("pg"))):
        told = problem(refused, 503, "secrets_plugin_missing")
        assert "trino-plugin" in told["fix"] and "AKKO_ALLOW_SECRETS_IN_STATEMENTS" in told["fix"]
    assert plain_trino.statements('CREATE CATALOG "pg"') == []
    assert all("pw_ok" not in statement for statement in plain_trino.statements())
    assert product.traces("pg") == []
    assert any("secret provider" in line["message"] for line in product.log_lines() if line.get("level") == "warn")


def test_the_opt_in_sends_values_and_warns_everywhere(start: Callable[..., Product], plain_trino: FakeTrino) -> None:
    product = start(ALLOW_SECRETS_IN_STATEMENTS="true")
    until(lambda: provider(product) == "missing", 5, "it is found out by asking")
    api = product.api()
    assert api.register(catalog("pg")).status_code == 201
    assert plain_trino.catalogs["pg"].properties["connection-password"] == "pw_ok"
    assert api.get("/api/admin/me").json()["server"]["secrets_in_statements"] is True
    warnings = [line["message"] for line in product.log_lines() if line.get("level") == "warn"]
    assert any("INSIDE STATEMENTS" in message for message in warnings), warnings
    assert product.metric("akko_secrets_in_statements") == 1
    assert "pw_ok" not in product.log.read_text()


def test_the_opt_in_changes_nothing_where_the_provider_is(make_product: Callable[..., Product], trino: FakeTrino) -> None:
    product = make_product(ALLOW_SECRETS_IN_STATEMENTS="true").start()
    until(lambda: provider(product) == "present", 5, "it is found out by asking")
    api = product.api()
    assert api.register(catalog("pg")).status_code == 201
    assert all("pw_ok" not in statement for statement in trino.statements())
    assert api.get("/api/admin/me").json()["server"]["secrets_in_statements"] is False
    assert product.metric("akko_secrets_in_statements") == 0


def test_a_provider_that_reads_another_directory(directory: Path, make_product: Callable[..., Product], trino: FakeTrino) -> None:
    trino.secrets_dir = directory / "elsewhere"
    product = make_product(WARM_UP="true").start()
    told = problem(product.api().register(catalog("pg")), 503, "secret_not_found")
    assert told["fix"]
    assert product.traces("pg") == []


def test_the_provider_is_installed_later(start: Callable[..., Product], plain_trino: FakeTrino) -> None:
    product = start()
    until(lambda: provider(product) == "missing", 5, "it is found out by asking")
    plain_trino.secrets_dir = product.secrets_dir
    plain_trino.restart()
    until(lambda: provider(product) == "present", 5, "a new run of Trino is asked again")
    assert product.api().register(catalog("pg")).status_code == 201
