"""The contract at /openapi.json against the running product: requests that schemathesis makes up from it."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from support.api import Api
from support.bodies import catalog
from support.open_request import OpenRequest
from support.processes import REPOSITORY, plain_environment
from support.product import Product
from support.stage import Stage

CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"

ENDLESS = "/api/admin/events"  # a stream that ends when the client leaves, which schemathesis does not: see test_events.py


def test_it_is_the_file(shared: Stage) -> None:
    served = shared.api.get("/openapi.json", token=None).json()
    assert served == yaml.safe_load((REPOSITORY / "api/openapi.yaml").read_text())


def operations(paths: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    methods = ("get", "post", "delete", "put", "patch")
    return [(path, method, item[method]) for path, item in paths.items() for method in methods if method in item]


@pytest.mark.timeout(300)
def test_generated_requests(stage: Stage, directory: Path) -> None:
    command = [
        str(Path(sys.executable).with_name("schemathesis")), "run", f"{stage.product.url}/openapi.json",
        "--header", f"Authorization: Bearer {stage.api.token}", "--checks", CHECKS, "--phases", "examples,coverage,fuzzing",
        "--max-examples", "50", "--seed", "20261122", "--generation-database", "none", "--request-timeout", "10",
        "--continue-on-failure", "--no-color", "--exclude-path", ENDLESS,
    ]  # fmt: skip
    done = subprocess.run(command, cwd=directory, env=plain_environment(), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout[-8000:] + done.stderr[-2000:]
    paths = stage.api.get("/openapi.json").json()["paths"]
    paths.pop("/openapi.json")  # schemathesis leaves out what it read the contract from
    paths.pop(ENDLESS)
    assert f"Tested: {len(operations(paths))}\n" in done.stdout, done.stdout
    assert stage.product.running()


def test_every_operation_names_the_refusals(shared: Stage) -> None:
    """Whatever needs a token can be answered with 401."""
    contract = shared.api.get("/openapi.json", token=None).json()
    guarded = [entry for entry in operations(contract["paths"]) if entry[0].startswith("/api/")]
    assert len(guarded) >= 8
    for path, method, operation in guarded:
        assert "401" in operation["responses"], (path, method)


def test_examples_of_the_contract_hold(shared: Stage) -> None:
    """The registration that the contract shows as an example is one that the product takes."""
    contract = shared.api.get("/openapi.json", token=None).json()
    content = contract["paths"]["/api/admin/catalogs"]["post"]["requestBody"]["content"]["application/json"]
    found = examples(content)
    assert found
    for number, example in enumerate(found):
        shared.trino.accounts.clear()  # whatever its password is
        answer = shared.api.register(example | {"name": f"example-{number}"})
        assert answer.status_code == 201, answer.text
    shared.trino.accounts["trino_ro"] = "pw_ok"


def examples(content: dict[str, Any]) -> list[dict[str, Any]]:
    if "example" in content:
        return [content["example"]]
    return [entry["value"] for entry in content.get("examples", {}).values()]


def test_answers_fit_their_schemas(shared: Stage) -> None:
    contract = shared.api.get("/openapi.json", token=None).json()
    shared.api.register(catalog("shown"))
    for path, template in [
        ("/api/admin/catalogs", None), ("/api/admin/catalogs/shown", "/api/admin/catalogs/{name}"),
        ("/api/admin/phrases", None), ("/api/admin/connectors", None), ("/api/admin/connectors/mysql", "/api/admin/connectors/{id}"),
        ("/api/admin/catalogs/shown/checks", "/api/admin/catalogs/{name}/checks"), ("/api/admin/roles", None),
        ("/api/admin/catalogs/shown/history", "/api/admin/catalogs/{name}/history"),
        ("/api/admin/me", None), ("/readyz", None), ("/healthz", None), ("/ui-config.json", None),
    ]:  # fmt: skip
        check(contract, shared.api, template or path, path)


def test_the_preview_and_the_events_fit_their_schemas(shared: Stage) -> None:
    contract = shared.api.get("/openapi.json", token=None).json()
    preview = shared.api.get("/api/admin/roles/preview?roles=akko-admin,nobody").json()
    assert wrong(contract, "RolePreview", preview) == []
    with OpenRequest(shared.api, "/api/admin/events", None) as watching:
        events = watching.events()
        assert [next(events).name, next(events).name] == ["hello", "trino"]
        shared.api.register(catalog("watched"))
        row = next(event for event in events if event.name == "catalog")
        assert wrong(contract, "CatalogSummary", row.data) == []


def check(contract: dict[str, Any], api: Api, template: str, path: str) -> None:
    response = contract["paths"][template]["get"]["responses"]["200"]
    if "$ref" in response:
        response = contract["components"]["responses"][response["$ref"].rsplit("/", 1)[1]]
    schema = response["content"]["application/json"]["schema"]
    validator = jsonschema.Draft202012Validator(schema | {"components": contract["components"]})
    assert [error.message for error in validator.iter_errors(api.get(path).json())] == [], path


def wrong(contract: dict[str, Any], schema: str, value: Any) -> list[str]:
    validator = jsonschema.Draft202012Validator({"$ref": f"#/components/schemas/{schema}", "components": contract["components"]})
    return [error.message for error in validator.iter_errors(value)]


def test_events_fit_their_schemas(shared: Stage) -> None:
    contract = shared.api.get("/openapi.json", token=None).json()
    schemas = {"plan": "TestPlan", "step": "TestStep", "result": "TestReport"}
    for password in ("pw_ok", "wrong"):
        body = catalog("x", credentials={"connection-password": password})
        with OpenRequest(shared.api, "/api/admin/catalogs/test", body) as request:
            events = list(request.events())
        assert {event.name for event in events} == schemas.keys()
        for event in events:
            assert wrong(contract, schemas[event.name], event.data) == [], event


def test_problems_fit_their_schema(stage: Stage, make_product: Callable[..., Product]) -> None:
    contract = stage.api.get("/openapi.json", token=None).json()
    api = stage.api
    refusals = [
        api.register(catalog("bad", credentials={"connection-password": "wrong"})), api.register(catalog("Bad")),
        api.get("/api/admin/catalogs/none"), api.get("/api/admin/catalogs", token=None),
    ]  # fmt: skip
    stage.product.stop()
    limited = make_product(CHECKS_PER_MINUTE="1").start().api()
    refusals += [limited.test(catalog("x")) for _ in range(2)][1:]
    assert [refused.status_code for refused in refusals] == [400, 422, 404, 401, 429]
    for refused in refusals:
        assert wrong(contract, "Problem", refused.json()) == [], refused.text


def test_the_contract_knows_every_member_of_a_connector(shared: Stage) -> None:
    schemas = shared.api.get("/openapi.json", token=None).json()["components"]["schemas"]

    def known(value: dict[str, Any], schema: str) -> None:
        assert value.keys() <= schemas[schema]["properties"].keys(), schema

    for connector in shared.api.get("/api/admin/connectors").json():
        known(connector, "Connector")
        for field in connector["fields"]:
            known(field, "ConnectorField")
            for choice in field.get("choices", []):
                assert choice.keys() <= schemas["ConnectorField"]["properties"]["choices"]["items"]["properties"].keys()
        for prop in connector["properties"]:
            known(prop, "ConnectorProperty")
            known(prop.get("url", {}), "UrlRules")
    known(shared.api.test(catalog("x")).json(), "TestReport")
