"""What the connectors are, read from the same data as the product reads."""

import itertools
import json
import re
from typing import Any

from support.processes import REPOSITORY

SECRET_KINDS = {"secret", "secret_area", "secret_file", "file"}
NOT_TEXT = {"boolean", "integer", "enumeration", "duration", "data_size"}


def read_definitions() -> dict[str, dict[str, Any]]:
    files = [
        json.loads(path.read_text()) for path in sorted((REPOSITORY / "connectors").glob("*.json")) if "schema" not in path.name
    ]
    fragments = {one["fragment"]: one for one in files if "fragment" in one}
    out: dict[str, dict[str, Any]] = {}
    for one in files:
        if "id" not in one:
            continue
        for member in ("fields", "properties", "refused"):
            more = [fragments[name].get(member, []) for name in one.get("include", [])]
            one[member] = [*one.get(member, []), *itertools.chain(*more)]
        out[one["id"]] = one
    return out


DEFINITIONS = read_definitions()


def good_requests(connector: str) -> list[dict[str, Any]]:
    """Golden requests that are accepted, by form and by properties."""
    found: list[dict[str, Any]] = []
    for path in sorted((REPOSITORY / "tests/golden" / connector).glob("*.json")):
        case = json.loads(path.read_text())
        if "registration" in case["expect"]:
            found += [case[style] for style in ("form", "request") if style in case]
    return found


def addresses(definition: dict[str, Any], key: str) -> set[str]:
    """The properties that the field `key` may have a say in."""
    touched: set[str] = set()
    for one in definition["fields"]:
        if one["key"] == key:
            touched |= {re.split(r"[#?]", to)[0] for to in [one.get("to", "")] if to}
            touched |= {re.split(r"[#?]", to)[0] for choice in one.get("choices", []) for to in choice.get("sets", {})}
    for one in definition["properties"]:
        for template in one.get("templates", []):
            if key in template.get("when", {}) or re.search(rf"\{{{key}[|}}]", template["text"]):
                touched.add(one["name"])
    return touched


def trino_connectors(definition: dict[str, Any]) -> set[str]:
    choices = [choice for one in definition["fields"] for choice in one.get("choices", [])]
    return {definition["trino_connector"], *(choice["trino_connector"] for choice in choices if "trino_connector" in choice)}
