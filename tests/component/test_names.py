"""Whether a name is free, and which catalogs of Trino are not ours."""

from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
import requests

from support.api import Api
from support.bodies import catalog
from support.fake_trino import Catalog, FakeTrino
from support.product import Product
from support.stage import Stage
from support.waiting import until

def name(api: Api, text: str) -> dict[str, Any]:
    answer = api.get(f"/api/admin/names/{requests.utils.quote(text, safe='')}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def test_names(stage: Stage) -> None:
    stage.trino.catalogs["analytics"] = Catalog("memory", "", {}, {})
    assert stage.api.register(catalog("client-pg-01")).status_code == 201
    until(lambda: stage.api.get("/api/admin/trino/catalogs").json()["catalogs"], 5, "Trino was listed")
    asked = len(stage.trino.statements())
    free = name(stage.api, "client-pg-02")
    assert free == {
        "name": "client-pg-02", "available": True, "code": None, "message": "", "registered_by": None, "registered_at": None,
    }  # fmt: skip
    taken = name(stage.api, "client-pg-01")
    assert (taken["available"], taken["code"], taken["registered_by"]) == (False, "name_taken", "alice")
    assert taken["registered_at"] == stage.api.catalog("client-pg-01")["created_at"]  # type: ignore[index]
    assert name(stage.api, "analytics")["code"] == "name_taken_in_trino"
    for text in ("Client_1", "x" * 41, "a b", "-", "ä", "%", "a?b#c"):
        assert (name(stage.api, text)["code"], name(stage.api, text)["name"]) == ("pattern", text)
    for text in ("system", "jmx", "akko-probe-1"):
        assert name(stage.api, text)["code"] == "reserved"
    listings = len(stage.trino.statements("SELECT"))
    assert len(stage.trino.statements()) - asked <= listings, "only the reconciler asks"


def test_a_name_that_is_being_registered(stage: Stage) -> None:
    held = stage.trino.hold('SHOW SCHEMAS FROM "client-pg-01"')
    assert stage.api.register(catalog("client-pg-01"), headers={"Prefer": "respond-async"}).status_code == 202
    taken = name(stage.api, "client-pg-01")
    assert (taken["code"], taken["registered_by"]) == ("name_taken", "alice")
    assert held.entered.wait(5)
    held.release()
    until(lambda: stage.live("client-pg-01"), 5, "it is registered")


def test_a_removed_name_is_free_at_once(make_product: Callable[..., Product], trino: FakeTrino) -> None:
    product = make_product(DRIFT_CHECK_SECONDS="60").start()
    api = product.api()
    assert api.register(catalog("client-pg-01")).status_code == 201
    trino.restart()
    until(lambda: "client-pg-01" in trino.names() and product.ready(), 10, "it is there again")
    assert api.remove("client-pg-01").status_code == 204
    assert name(api, "client-pg-01")["available"] is True
    assert api.get("/api/admin/trino/catalogs").json()["catalogs"] == []


@pytest.mark.parametrize("tells", [False, True], ids=["476", "480"])
def test_catalogs_that_are_not_ours(stage: Stage, tells: bool) -> None:
    stage.trino.catalogs["analytics"] = Catalog("memory", "", {}, {})
    stage.trino.catalogs["broken"] = Catalog("hive", "", {}, {})
    stage.trino.failing = {"broken"} if tells else None
    assert stage.api.register(catalog("client-pg-01")).status_code == 201
    before = stage.api.get("/api/admin/trino/catalogs").json()["read_at"]
    until(lambda: stage.api.get("/api/admin/trino/catalogs").json()["read_at"] > before, 5, "Trino was listed again")
    listed = stage.api.get("/api/admin/trino/catalogs").json()["catalogs"]
    state = "failed" if tells else "loaded"
    assert [(one["name"], one["connector"], one["state"]) for one in listed] == [
        ("analytics", "memory", "loaded"), ("broken", "hive", state),
    ]  # fmt: skip
    assert [bool(one["message"]) for one in listed] == [False, tells]


def test_a_listing_that_cannot_be_read_is_none(stage: Stage) -> None:
    """What it does not name would be created again."""
    assert stage.api.register(catalog("client-pg-01")).status_code == 201

    def nameless(handler: Any, answer: dict[str, Any]) -> None:
        answer["columns"] = [{"name": "other", "type": "varchar"}] * 3
        handler.send_json(answer)

    fault = stage.trino.fault(r"SELECT \* FROM system.metadata.catalogs", reply=nameless, times=10**6)
    assert fault.entered.wait(5)
    until(lambda: not stage.api.get("/api/admin/me").json()["server"]["trino"]["up"], 5, "Trino cannot be read")
    assert len(stage.trino.statements('CREATE CATALOG "client-pg-01"')) == 1
    stage.trino.clear_faults()
    until(lambda: stage.product.ready(), 5, "Trino can be read again")
    assert len(stage.trino.statements('CREATE CATALOG "client-pg-01"')) == 1


def test_the_listing_costs_no_query_of_a_request(make_product: Callable[..., Product], trino: FakeTrino) -> None:
    product = make_product(DRIFT_CHECK_SECONDS="60").start()
    api = product.api()
    before = len(trino.statements())
    for _ in range(20):
        api.get("/api/admin/trino/catalogs")
        name(api, "client-pg-01")
    assert len(trino.statements()) == before


def test_answers_fit_the_contract(stage: Stage) -> None:
    contract = stage.api.get("/openapi.json", token=None).json()

    def fits(schema: str, value: Any) -> None:
        validator = jsonschema.Draft202012Validator({"$ref": f"#/components/schemas/{schema}", "components": contract["components"]})
        assert [error.message for error in validator.iter_errors(value)] == [], value

    stage.trino.catalogs["analytics"] = Catalog("memory", "", {}, {})
    assert stage.api.register(catalog("client-pg-01")).status_code == 201
    until(lambda: stage.api.get("/api/admin/trino/catalogs").json()["catalogs"], 5, "Trino was listed")
    for text in ("client-pg-01", "free", "system", "a b", "analytics"):
        fits("NameAnswer", name(stage.api, text))
    fits("TrinoCatalogs", stage.api.get("/api/admin/trino/catalogs").json())
