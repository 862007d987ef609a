"""docs/adding-a-connector.md keeps its word: the definition shown there is a connector at once."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from support import fake_trino
from support.api import problem, violations
from support.new_connector import by_fields, by_properties, definition, write_definition
from support.processes import REPOSITORY
from support.product import Product
from support.stage import Stage


@pytest.fixture
def added(
    monkeypatch: pytest.MonkeyPatch, trino: fake_trino.FakeTrino, make_product: Callable[..., Product], directory: Path
) -> Stage:
    monkeypatch.setattr(fake_trino, "CONNECTORS", [*fake_trino.CONNECTORS, "clickhouse"])
    product = make_product(CONNECTORS_DIR=write_definition(directory), NETWORK_CHECKS="off").start()
    return Stage(trino, product, product.api())


def statement(stage: Stage, name: str) -> str:
    [sql] = stage.trino.statements(f'CREATE CATALOG "{name}"')
    return sql.partition(" /* operation")[0]


def expected(name: str, url: str, revision: int) -> str:
    reference = f"${{akko:{name}/connection-password.{revision}}}"
    return (
        f'CREATE CATALOG "{name}" USING clickhouse WITH ("connection-password" = \'{reference}\', '
        f"\"connection-url\" = '{url}', \"connection-user\" = 'trino_ro')"
    )


def test_it_satisfies_the_schema() -> None:
    schema = json.loads((REPOSITORY / "connectors/definition.schema.json").read_text())
    jsonschema.validate(definition(), schema)


def test_its_form_is_shown(added: Stage) -> None:
    shown = added.api.get("/api/admin/connectors/clickhouse").json()
    assert shown["title"] == "ClickHouse"
    assert shown["available"] is True
    assert [field["key"] for field in shown["fields"]] == ["host", "port", "user", "password", "tls", "parameters"]
    names = {entry["name"] for entry in shown["properties"]}
    assert {
        "connection-url",
        "clickhouse.map-string-as-varchar",
        "metadata.cache-ttl",
        "decimal-mapping",
    } <= names  # own and included


@pytest.mark.parametrize(
    ("changes", "url"),
    [
        ({}, "jdbc:clickhouse://127.0.0.1:8443?ssl=true"),
        ({"tls": "unverified"}, "jdbc:clickhouse://127.0.0.1:8443?ssl=true&sslmode=none"),
        ({"tls": "off", "port": 8123}, "jdbc:clickhouse://127.0.0.1:8123"),
        ({"parameters": {"socket_timeout": "60000"}}, "jdbc:clickhouse://127.0.0.1:8443?ssl=true&socket_timeout=60000"),
    ],
)
def test_by_fields(added: Stage, changes: dict[str, Any], url: str) -> None:
    body = by_fields("ch-form", **changes)
    created = added.api.register(body)
    assert created.status_code == 201, created.text
    assert statement(added, "ch-form") == expected("ch-form", url, 1)
    assert added.trino.catalogs["ch-form"].resolved["connection-password"] == "pw_ok"
    read = added.api.get("/api/admin/catalogs/ch-form").json()["fields"]
    given = body["fields"] | {"port": str(body["fields"]["port"])}
    assert {key: read[key] for key in given if key != "password"} == {key: given[key] for key in given if key != "password"}
    assert added.api.remove("ch-form").status_code == 204
    assert added.nothing_left("ch-form") == []


def test_by_properties(added: Stage) -> None:
    assert added.api.register(by_properties("ch-raw", parameters="?ssl=true&sslmode=none")).status_code == 201
    assert statement(added, "ch-raw") == expected("ch-raw", "jdbc:clickhouse://127.0.0.1:8443?ssl=true&sslmode=none", 1)
    assert added.api.get("/api/admin/catalogs/ch-raw").json()["fields"]["tls"] == "unverified"


def test_a_connection_test_sets_short_timeouts(added: Stage) -> None:
    report = added.api.test(by_fields("ch-test")).json()
    assert report["ok"] is True, report
    [sql] = [sql for sql in added.trino.statements("CREATE CATALOG") if "jdbc:clickhouse" in sql]
    assert "ssl=true&connect_timeout=3000&socket_timeout=4000" in sql


@pytest.mark.parametrize(
    ("parameter", "code"),
    [
        ("custom_socket_factory=evil.Factory", "url_parameter_refused"),
        ("CUSTOM_SOCKET_FACTORY=evil.Factory", "url_parameter_refused"),
        ("sslrootcert=/etc/passwd", "url_parameter_refused"),
        ("sslmode=anything", "url_parameter_refused"),
        ("nobody_looked_at=this", "url_parameter_unknown"),
        ("password=x", "misplaced"),
    ],
)
def test_what_it_refuses(added: Stage, parameter: str, code: str) -> None:
    refused = added.api.register(by_properties("ch-bad", parameters=f"?ssl=true&{parameter}"))
    assert violations(refused) == {"properties.connection-url": code}
    assert added.nothing_left("ch-bad") == []


def test_its_words_for_what_goes_wrong(added: Stage) -> None:
    error = fake_trino.recorded("auth_refused")
    said = (
        "Code: 497. DB::Exception: trino_ro: Not enough privileges. To execute this query, it's necessary to have the grant "
        "SHOW DATABASES ON *.* (ACCESS_DENIED)"
    )
    error["message"] = said
    error["failureInfo"] = {"type": "java.io.IOException", "message": said, "suppressed": [], "stack": []}
    added.trino.fail('SHOW SCHEMAS FROM "ch-right"', error)
    told = problem(added.api.register(by_fields("ch-right")), 400, "permission")
    assert "trino_ro lacks SHOW DATABASES ON *.*" in told["detail"]
    assert told["fix"] == "Ask the owner of the server for GRANT SELECT ON <database>.* TO trino_ro."
    assert added.nothing_left("ch-right") == []
