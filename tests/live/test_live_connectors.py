"""Trino takes every property that a connector definition allows: no "was not used", no wrong type."""

import re
from typing import Any

import pytest

from support.world import World

# What a text property can be set to; the first that its pattern allows is taken.
TEXTS = ["varchar,text", "trino $QUERY_ID by $USER", "sample"]


def value(prop: dict[str, Any], round_number: int) -> str | None:
    """A value for a property, another one in each round; None for what only the source knows."""
    match prop["kind"]:
        case "boolean":
            return ["true", "false"][round_number % 2]
        case "integer":
            bounds = [prop.get("minimum", 1), prop.get("maximum", prop.get("minimum", 1) + 1)]
            return str(bounds[round_number % 2])
        case "enumeration":
            return str(prop["choices"][round_number % len(prop["choices"])])
        case "duration":
            return ["10s", "1.5m"][round_number % 2]
        case "text" if not prop["required"]:
            return next(text for text in TEXTS if re.fullmatch(prop.get("pattern", ".*"), text))
    return None


@pytest.mark.parametrize("source", ["postgresql", "mysql"])
def test_every_property_is_taken(world: World, source: str) -> None:
    definition = world.api.get(f"/api/admin/connectors/{source}").json()
    rounds = max(2, *(len(prop.get("choices", [])) for prop in definition["properties"]))
    for number in range(rounds):
        body = getattr(world, source).catalog("whole")
        given = {prop["name"]: value(prop, number) for prop in definition["properties"]}
        body["properties"] |= {name: text for name, text in given.items() if text is not None}
        assert len(body["properties"]) >= len(definition["properties"]) - 1  # all but the password
        created = world.api.register(body)
        assert created.status_code == 201, (number, created.text)
        assert world.live("whole")
        assert world.api.test(body).json()["ok"] is True
        assert world.api.remove("whole").status_code == 204


def test_defaults_and_given_properties_reach_trino(world: World) -> None:
    given = {"postgresql.fetch-size": "7", "metadata.cache-ttl": "5m"}
    assert world.api.register(world.postgresql.catalog("set", **given)).status_code == 201
    like = "CREATE CATALOG \"set\"%"
    [[statement]] = world.trino.query(f"SELECT query FROM system.runtime.queries WHERE query LIKE '{like}'")
    for name, text in given.items():
        assert f"\"{name}\" = '{text}'" in statement
