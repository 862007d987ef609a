"""Hostile requests: one value at one place of a request that is good otherwise."""

import copy
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from hostile.connectors import DEFINITIONS, NOT_TEXT, SECRET_KINDS, addresses, good_requests
from hostile.corpus import ATTACKS, CORE, GENERIC, MARK, NAMES, REFUSED_PROPERTIES, WRONG_TYPES, Value


@dataclass
class Case:
    connector: str
    place: str  # "fields.host", "properties.connection-url", "credentials.connection-password", …
    body: dict[str, Any]
    what: str
    secret: bool = False
    touched: set[str] = field(default_factory=set)  # properties that may differ from those of the base
    base: dict[str, Any] | None = None
    must_fail: bool = False

    def __str__(self) -> str:
        return f"{self.connector} {self.place}: {self.what[:100]!r}"


def placed(connector: str, base: dict[str, Any], member: str, key: str, value: Any) -> dict[str, Any]:
    body = copy.deepcopy(base) | {"connector": connector}
    body.setdefault(member, {})[key] = value
    return body


def _variants(value: str, base: Any, kind: str, turn: int) -> str:
    """The value alone, or as an addition to what is right."""
    if not isinstance(base, str) or not base or kind in NOT_TEXT:
        return value
    if kind == "url":
        head, mark, rest = base.partition("://")
        if not mark:
            return base + value
        host = re.split(r"[/?;]", rest, maxsplit=1)[0]
        return [
            base + value,
            f"{base}&any={value}" if "?" in base else f"{base}?any={value}",
            f"{head}{mark}{value}{rest[len(host) :]}",
            f"{head}{mark}{value}@{rest}",
            f"{head}{mark}{host}/{value}",
            value,
        ][turn % 6]
    return [value, base + value, value + base][turn % 3]


def cases(connector: str) -> Iterator[Case]:
    definition = DEFINITIONS[connector]
    good = good_requests(connector)
    forms = [one for one in good if "fields" in one]
    raws = [one for one in good if "properties" in one or "credentials" in one]
    raws = [one for one in raws if "fields" not in one] or raws
    turn = 0
    places: list[tuple[str, str, str, list[dict[str, Any]]]] = []
    for one in definition["fields"]:
        places.append(("fields", one["key"], one["kind"], forms))
    for one in definition["properties"]:
        secret = one["kind"] in SECRET_KINDS or one.get("secret", False)
        places.append(("credentials" if secret else "properties", one["name"], one["kind"], raws))
    main = [
        place
        for place in places
        if place[2] in ("text", "secret", "url", "textarea", "map", "secret_area", "file", "secret_file")
    ]

    def case(place: tuple[str, str, str, list[dict[str, Any]]], value: Value, turn: int) -> Case:
        member, key, kind, bases = place
        having = [one for one in bases if key in one.get(member, {})] or bases
        base = having[turn % len(having)]
        text = _variants(value.text, base.get(member, {}).get(key), kind, turn)
        inside: Any = text if kind != "map" else [{"any": text}, {text: "x"}, {"ApplicationName": text}][turn % 3]
        secret = member == "credentials" or (member == "fields" and kind in SECRET_KINDS)
        touched = {key} if member != "fields" else addresses(definition, key)
        return Case(connector, f"{member}.{key}", placed(connector, base, member, key, inside), text, secret, touched, base)

    for place in places:
        for value in CORE[:2] if place[2] in NOT_TEXT else CORE:
            yield case(place, value, turn)
            turn += 1
    by_form = [place for place in main if place[0] == "fields"]
    by_name = [place for place in main if place[0] != "fields"]
    for position, value in enumerate(GENERIC):
        for place in (by_form[position % len(by_form)], by_name[position % len(by_name)]):
            yield case(place, value, turn)
            turn += 1
    for place in places:
        member, key, _, bases = place
        wrong = WRONG_TYPES[turn % len(WRONG_TYPES)]
        turn += 1
        yield Case(connector, f"{member}.{key}", placed(connector, bases[0], member, key, wrong), repr(wrong), must_fail=True)
    for position, name in enumerate(NAMES):
        for member in ("fields", "properties", "credentials"):
            base = (forms if member == "fields" else raws)[position % 2 if len(forms) > 1 and len(raws) > 1 else 0]
            yield Case(connector, member, placed(connector, base, member, name, MARK), name, must_fail=True)
    for attack in ATTACKS:
        if attack.connector == connector:
            yield from _attacks(connector, definition, attack.name, attack.value, forms, raws)
    for owner, name in REFUSED_PROPERTIES:
        if owner == connector:
            for member in ("properties", "credentials"):
                body = placed(connector, raws[0], member, name, MARK)
                yield Case(connector, f"{member}.{name}", body, name, must_fail=True)
    many = {f"p{number}": MARK for number in range(5000)}
    for member, base in (("properties", raws[0]), ("credentials", raws[0]), ("fields", forms[0])):
        body = copy.deepcopy(base) | {"connector": connector}
        body[member] = body.get(member, {}) | many
        yield Case(connector, member, body, "5000 members", must_fail=True)


def _attacks(
    connector: str, definition: dict[str, Any], name: str, value: str, forms: list[dict[str, Any]], raws: list[dict[str, Any]]
) -> Iterator[Case]:
    for one in definition["fields"]:
        if one["kind"] == "map":
            body = placed(connector, forms[0], "fields", one["key"], {name: value})
            yield Case(connector, f"fields.{one['key']}", body, f"{name}={value}", must_fail=True)
    url = next(one for one in definition["properties"] if one["kind"] == "url")
    member = "credentials" if url.get("secret") else "properties"
    base = next(one for one in raws if url["name"] in one.get(member, {}))
    text = base[member][url["name"]]
    encoded = "".join(f"%{ord(c):02x}" for c in name)
    for spelling in (name, name.upper(), name.lower(), encoded):
        for mark in {"&" if "?" in text else "?", ";"}:
            if not any(spelling.lower() == known.lower() for known in _allowed_parameters(url, value)):
                body = placed(connector, base, member, url["name"], f"{text}{mark}{spelling}={value}")
                yield Case(connector, f"{member}.{url['name']}", body, f"{mark}{spelling}={value}", must_fail=True)


def _allowed_parameters(url: dict[str, Any], value: str) -> list[str]:
    return [] if MARK in value else [one["name"] for one in url["url"].get("limited_parameters", []) if value in one["values"]]
