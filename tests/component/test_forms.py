"""Forms and properties are two spellings of one catalog; what is shown of it has no secret in it."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from support.api import problem, violations
from support.bodies import catalog
from support.fake_trino import Query
from support.processes import REPOSITORY
from support.stage import Stage

ONE_TOPIC = {"brokers": "kafka.customer.example:9093", "topics": "clicks"}
FILLED_IN = {"host": "db.customer.example", "database": "sales", "user": "trino_ro", "password": "pw_ok"}


def golden_cases(besides: str = "") -> list[Any]:
    """Connections that can be written in both ways."""
    left_out = ("diagnosis", "oracle", besides)  # this Trino lacks Oracle
    files = sorted((REPOSITORY / "tests/golden").glob("*/*.json"))
    cases = [(file, json.loads(file.read_text())) for file in files if file.parent.name not in left_out]
    return [pytest.param(file, case, id=f"{file.parent.name}-{file.stem}") for file, case in cases if both_ways(case)]


def both_ways(case: dict[str, Any]) -> bool:
    return {"request", "form"} <= case.keys() and "violations" not in case["expect"]


def neutral(text: str, name: str) -> str:
    """Without what differs between any two registrations: the name, the revision of the secrets, the operation."""
    text = re.sub(rf"\b{name}\b", "NAME", text)
    return re.sub(r"/\* operation [0-9a-f]+ \*/", "", re.sub(r"\.\d+\}", ".N}", text))


def seen_by_trino(stage: Stage, name: str) -> dict[str, str]:
    """The properties as Trino finally has them: references resolved, files read."""
    resolved = stage.trino.catalogs[name].resolved
    secrets = str(stage.product.secrets_dir)
    return {key: Path(value).read_text() if value.startswith(secrets) else value for key, value in resolved.items()}


@pytest.mark.parametrize(("file", "case"), golden_cases())
def test_both_spellings_make_the_same_catalog(shared: Stage, file: Path, case: dict[str, Any]) -> None:
    connector = file.parent.name
    bodies = {"raw": case["request"], "form": case["form"]}
    for name, body in bodies.items():
        answer = shared.api.register({"name": name, "connector": connector} | body)
        assert answer.status_code == 201, answer.text
    statements = {name: shared.trino.statements(f'CREATE CATALOG "{name}"')[-1] for name in bodies}
    # From a form, the port is always written.
    port = {"postgresql": ":5432", "mysql": ":3306", "mongodb": ":27017"}.get(connector, "")
    raw, form = (neutral(statements[name], name) for name in bodies)
    assert raw == form or raw == form.replace(port, "", 1), (raw, form)
    seen = {name: seen_by_trino(shared, name) for name in bodies}
    expected = case["expect"]["registration"] | case["expect"].get("secrets", case["request"].get("credentials", {}))
    assert seen["raw"] == expected
    assert {key: value.replace(port, "", 1) for key, value in seen["form"].items()} == {
        key: value.replace(port, "", 1) for key, value in expected.items()
    }
    shown = {name: shared.api.catalog(name) for name in bodies}
    assert shown["raw"] and shown["form"]
    assert shown["raw"]["fields"] == shown["form"]["fields"] and shown["raw"]["fields"]


@pytest.mark.parametrize(("file", "case"), golden_cases())
def test_a_test_asks_what_a_registration_asks(shared: Stage, file: Path, case: dict[str, Any]) -> None:
    body = {"name": "asked", "connector": file.parent.name} | case["form"]
    begun = len(shared.trino.queries)
    report = shared.api.test(body).json()
    assert report["ok"] is True, report
    middle = len(shared.trino.queries)
    assert shared.api.register(body).status_code == 201
    tried, registered = shared.trino.queries[begun:middle], shared.trino.queries[middle:]
    # A registration asks through the catalog itself, or under a trial name first.
    assert probes(tried, r"akko-probe-\d+") == probes(registered, r"(?:asked|akko-probe-\d+)") != []


def probes(queries: list[Query], name: str) -> list[str]:
    """The statements that ask a source something."""
    texts = [query.sql for query in queries if query.sql.startswith(("SELECT", "SHOW")) and re.search(f'"{name}"', query.sql)]
    return [re.sub(f'"{name}"', '"NAME"', text) for text in texts]


def test_a_catalog_shows_its_form_without_secrets(shared: Stage) -> None:
    fields = FILLED_IN | {"port": 5433, "tls": "disable"}
    created = shared.api.register({"name": "formed", "connector": "postgresql", "fields": fields})
    assert created.status_code == 201, created.text
    shown = created.json()
    assert shown == shared.api.catalog("formed")
    assert shown["properties"]["connection-url"] == "jdbc:postgresql://db.customer.example:5433/sales?sslmode=disable"
    assert shown["credentials"].keys() == {"connection-password"}
    expected = {"host": "db.customer.example", "port": "5433", "database": "sales", "user": "trino_ro", "tls": "disable"}
    assert expected.items() <= shown["fields"].items()
    assert "password" not in shown["fields"]
    assert "pw_ok" not in created.text


def test_a_url_that_is_secret_as_a_whole(shared: Stage) -> None:
    """MongoDB: the password stands in the URL, so no property is left to show; the form still is."""
    secret = "hunter2 @:/ü"
    fields = {"hosts": "mongo.customer.example:27018", "user": "trino_readonly", "password": secret, "auth_database": "admin"}
    created = shared.api.register({"name": "mongo", "connector": "mongodb", "fields": fields})
    assert created.status_code == 201, created.text
    shown = created.json()
    assert shown["credentials"].keys() == {"mongodb.connection-url"}
    assert "mongodb.connection-url" not in shown["properties"]
    assert shown["fields"]["hosts"] == "mongo.customer.example:27018"
    assert (shown["fields"]["user"], shown["fields"]["auth_database"]) == ("trino_readonly", "admin")
    assert "password" not in shown["fields"]
    for text in (created.text, shared.api.get("/api/admin/catalogs/mongo").text, shared.product.log.read_text()):
        assert "hunter2" not in text
    assert shared.trino.catalogs["mongo"].properties["mongodb.connection-url"].startswith("${akko:mongo/mongodb.connection-url.")
    [audited] = [line for line in shared.product.audit("CATALOG_CREATED") if line["name"] == "mongo"]
    assert audited["detail"] == "mongo.customer.example:27018"
    resolved = shared.trino.catalogs["mongo"].resolved["mongodb.connection-url"]
    assert resolved.startswith("mongodb://trino_readonly:hunter2%20%40%3A%2F%C3%BC@mongo.customer.example:27018/")


def test_a_file_of_secrets_is_given_by_its_path(shared: Stage) -> None:
    fields = {
        "brokers": "kafka.customer.example:9093", "security": "SASL_PLAINTEXT", "mechanism": "SCRAM-SHA-512",
        "user": "trino_readonly", "password": 'hunter2 "quoted"', "topics": "shop.orders",
    }  # fmt: skip
    created = shared.api.register({"name": "events", "connector": "kafka", "fields": fields})
    assert created.status_code == 201, created.text
    given = shared.trino.catalogs["events"].properties["kafka.config.resources"]
    found = re.fullmatch(r"\$\{akko:path:(events/kafka\.config\.resources\.\d+)\}", given)
    assert found, given
    file = shared.product.secrets_dir / found[1]
    assert file.stat().st_mode & 0o777 == 0o600
    lines = file.read_text().splitlines()
    assert "security.protocol=SASL_PLAINTEXT" in lines and "sasl.mechanism=SCRAM-SHA-512" in lines
    assert any("ScramLoginModule" in line and "hunter2" in line for line in lines)
    for text in (created.text, shared.api.get("/api/admin/catalogs/events").text, *shared.trino.statements()):
        assert "hunter2" not in text
    assert created.json()["fields"]["security"] == "SASL_PLAINTEXT"
    assert created.json()["credentials"].keys() == {"kafka.config.resources"}
    read = re.compile(r'SELECT 1 FROM "akko-probe-\d+"."shop"."orders" LIMIT 1')  # under the trial name
    assert any(read.fullmatch(text) for text in shared.trino.statements()), "the topic was not read"
    assert shared.api.remove("events").status_code == 204
    assert not file.exists()


def test_a_test_leaves_no_file_of_secrets(shared: Stage) -> None:
    report = shared.api.test({"connector": "kafka", "fields": ONE_TOPIC}).json()
    assert report["ok"] is True
    assert "akko:path:akko-probe-" in shared.trino.statements('CREATE CATALOG "akko-probe-.* USING "?kafka')[-1]
    assert shared.product.secret_files() == []


def test_a_test_reads_the_topic(shared: Stage) -> None:
    """Without it the brokers are never asked, and a test with a wrong password passes."""
    report = shared.api.test({"connector": "kafka", "fields": ONE_TOPIC}).json()
    assert shared.trino.statements('SELECT 1 FROM "akko-probe-\\d"."default"."clicks" LIMIT 1')
    assert (report["ok"], report["proves"]) == (True, "data path")


def test_a_form_may_be_joined_by_properties_of_experts(shared: Stage) -> None:
    body = {
        "name": "both", "connector": "postgresql", "fields": FILLED_IN, "properties": {"metadata.cache-ttl": "30s"},
    }  # fmt: skip
    answer = shared.api.register(body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["properties"]["metadata.cache-ttl"] == "30s"
    assert shared.trino.catalogs["both"].properties["metadata.cache-ttl"] == "30s"


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"fields": {}}, {"fields.host": "required", "fields.database": "required", "fields.user": "required"}),
        ({"fields": {"nonsense": "x"}}, {"fields.nonsense": "unknown"}),
        ({"fields": {"port": "not a number"}}, {"fields.port": "type"}),
        ({"fields": {"port": 70000}}, {"fields.port": "range"}),
        ({"fields": {"port": 1.5}}, {"fields.port": "type"}),
        ({"fields": {"tls": "perhaps"}}, {"fields.tls": "choice"}),
        ({"fields": {"database": ["a"]}}, {"fields.database": "type"}),
        ({"fields": {"host": "${ENV:HOME}"}}, {"fields.host": "reference"}),
        ({"fields": {"host": "a\nb"}}, {"fields.host": "control_character"}),
        ({"fields": {"parameters": {"socketFactory": "x.Y"}}}, {"fields.parameters.socketFactory": "url_parameter_refused"}),
        ({"fields": "x"}, {"fields": "type"}),
        ({"fields": {"host": "h"}, "properties": {"connection-url": "jdbc:postgresql://h/d"}}, {}),
    ],
)
def test_what_is_wrong_in_a_form(shared: Stage, changes: dict[str, Any], expected: dict[str, str]) -> None:
    given = changes["fields"]
    fields = FILLED_IN | given if isinstance(given, dict) and given else given
    refused = shared.api.register({"name": "x", "connector": "postgresql"} | changes | {"fields": fields})
    found = {(violation["field"], violation["code"]) for violation in problem(refused, 422)["errors"]}
    assert found and expected.items() <= found, found
    assert shared.trino.statements('CREATE CATALOG "x"') == []


def test_a_secret_in_a_wrong_form_is_not_echoed(shared: Stage) -> None:
    refused = shared.api.register({"name": "x", "connector": "postgresql", "fields": {"password": "hunter2\u0007", "port": "x"}})
    assert "fields.password" in violations(refused)
    assert "hunter2" not in refused.text


def test_a_hidden_field_is_refused(shared: Stage) -> None:
    fields = ONE_TOPIC | {"registry_url": "https://registry.customer.example:8081"}
    found = violations(shared.api.register({"name": "x", "connector": "kafka", "fields": fields}))
    assert found == {"fields.registry_url": "not_applicable"}


@pytest.mark.parametrize(
    ("connector", "place", "value", "code"),
    [
        ("iceberg", "properties.iceberg.catalog.type", "glue", "constant"),
        ("hive", "properties.hive.config.resources", "/etc/x.xml", "misplaced"),
        ("hive", "credentials.hive.config.resources", "<configuration/>", "template"),
        ("snowflake", "properties.connection-url", "jdbc:snowflake://a.example/?enablePutGet=1", "url_parameter_refused"),
        ("kafka", "credentials.kafka.config.resources", "security.protocol=PLAINTEXT\ninterceptor.classes=x.Y\n", "template"),
    ],
)
def test_constants_and_guards(shared: Stage, connector: str, place: str, value: str, code: str) -> None:
    part, name = place.split(".", 1)
    body = catalog("x", connector=connector, properties={}, credentials={}) | {part: {name: value}}
    found = violations(shared.api.register(body))
    assert found[place] == code, found


def test_every_connector_has_a_form(shared: Stage) -> None:
    connectors = shared.api.get("/api/admin/connectors").json()
    assert len(connectors) == 15
    for connector in connectors:
        keys = [field["key"] for field in connector["fields"]]
        assert keys and len(set(keys)) == len(keys), connector["id"]
        names = {prop["name"] for prop in connector["properties"]}
        for field in connector["fields"]:
            assert set(field.get("show_when", {})) <= set(keys[: keys.index(field["key"])]), (connector["id"], field["key"])
            assert not field["secret"] or field["kind"] in ("secret", "secret_area", "file"), (connector["id"], field["key"])
            if "to" in field:
                assert re.split("[#?]", field["to"])[0] in names, (connector["id"], field["to"])
