"""Sends hostile requests and judges what came of them."""

import itertools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from hostile import reading
from hostile.cases import Case
from hostile.connectors import DEFINITIONS, SECRET_KINDS, addresses, trino_connectors
from hostile.corpus import MARK
from support.api import Api
from support.fake_trino import Catalog, FakeTrino, Query, StatementError, recorded
from support.product import Product

CATALOGS = "/api/admin/catalogs"
# How a message tells the name of a parameter: its beginning, unprintable characters replaced.
PARAMETER = re.compile(r"fields\.parameters\..{0,61}?(?=: |$)|parameter .{0,61}?(?= (?:is|must|may|has)\b)", re.DOTALL)

_numbers = itertools.count()


@dataclass
class Seen:
    statements: list[str] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)  # property -> content of the secret file when CREATE ran


class AnyTrino(FakeTrino):
    def __init__(self, secrets_dir: Path) -> None:
        super().__init__(secrets_dir)
        self.connectors = sorted({one for definition in DEFINITIONS.values() for one in trino_connectors(definition)})
        self.seen: dict[str, Seen] = {}
        self.others: list[str] = []

    def submit(self, sql: str, headers: dict[str, str]) -> Query:
        with self.lock:
            if len(self.queries) > 400:  # searched from the front for each page; the newest may still be read
                del self.queries[:200]
        named = re.search(r'"(h[0-9]+-hostile)"', sql)
        if named:
            self.seen.setdefault(named[1], Seen()).statements.append(sql)
        else:
            self.others.append(sql)
        return super().submit(sql, headers)

    def _execute(self, query: Query) -> None:
        name = re.search(r'"(h[0-9]+-hostile)"', query.sql)
        if not name:
            return super()._execute(query)
        with self.lock:
            if query.sql.startswith("CREATE"):
                if name[1] in self.catalogs:
                    raise StatementError(recorded("already_exists"))
                try:
                    connector, properties = reading.created(query.sql, name[1])
                except AssertionError:
                    raise StatementError(recorded("syntax_error")) from None
                for key, value in properties.items():
                    if reference := reading.REFERENCE.fullmatch(value):
                        path = reference[0].removeprefix("${akko:").removeprefix("path:").removesuffix("}")
                        assert self.secrets_dir
                        self.seen[name[1]].files[key] = (self.secrets_dir / path).read_text()
                self.catalogs[name[1]] = Catalog(connector, query.sql, properties, {})
                query.update_type = "CREATE CATALOG"
            elif query.sql.startswith("DROP"):
                self.catalogs.pop(name[1], None)
                query.update_type = "DROP CATALOG"
            elif query.sql.startswith(("SHOW", "SELECT")) and "system.runtime" not in query.sql:
                query.columns, query.rows = ["any"], [["one"]]
            else:
                return super()._execute(query)


@dataclass
class Arena:
    trino: AnyTrino
    product: Product


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inside in value.items():
            yield key
            yield from _texts(inside)
    elif isinstance(value, list):
        for inside in value:
            yield from _texts(inside)
    elif isinstance(value, str):
        yield value


def _without_number(properties: dict[str, str]) -> dict[str, str]:
    """References without the catalog and the revision, which differ each time."""
    return {key: "a reference" if reading.REFERENCE.fullmatch(value) else value for key, value in properties.items()}


def _parts(url: str) -> dict[str, str]:
    """The parts of a URL, each parameter for itself."""
    match = re.fullmatch(
        r"(?P<scheme>.*?//)(?:(?P<user>[^:@/?;]*)(?::(?P<password>[^@/?;]*))?@)?(?P<hosts>[^@/?;]*)(?P<path>/[^?;]*)?(?P<rest>.*)",
        url,
    )
    assert match, f"no URL: {url[:200]!r}"
    parts = {name: text for name, text in match.groupdict().items() if text and name != "rest"}
    parts["path"] = parts.get("path", "/")[1:]
    for parameter in re.split("[?;&]", match["rest"])[1:]:
        name, equals, value = parameter.partition("=")
        assert name and equals and name not in parts, f"parameter {parameter[:200]!r}"
        parts[name] = value
    return parts


class Judge:
    def __init__(self, arena: Arena) -> None:
        self.arena = arena
        self.bases: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {}

    def check(self, case: Case, api: Api) -> str:
        """How it was met; AssertionError with the reason when it was met wrongly."""
        name = f"h{next(_numbers)}-hostile"
        seen = self.arena.trino.seen
        answer = api.request("POST", CATALOGS, json=case.body | {"name": name})
        statements, files = (seen[name].statements, seen[name].files) if name in seen else ([], {})
        try:
            if not statements:
                self._refused(case, answer)
                return "refused"
            assert not case.must_fail, f"accepted: {statements[0][:300]!r}"
            self._inert(case, name, statements, files)
            assert answer.status_code == 201, f"{answer.status_code} after it reached Trino: {answer.text[:300]}"
            return "inert"
        finally:
            if answer.status_code == 201:
                removed = api.remove(name)
                assert removed.status_code == 204, removed.text
            seen.pop(name, None)

    def _refused(self, case: Case, answer: requests.Response) -> None:
        assert 400 <= answer.status_code < 500, f"{answer.status_code}: {answer.text[:300]}"
        told = answer.json()
        if told["code"] not in ("malformed_json", "body_too_large"):
            places = [violation["field"] for violation in told.get("errors", [])]
            assert any(self._names(place, case) for place in places), (places, told["detail"])
            assert all(len(text) < 2000 for text in _texts(told))
        for text in _texts(told):
            assert not any(reading.is_control(c) for c in text), repr(text[:200])
            # The beginning of a name may be told; a value never.
            assert MARK not in PARAMETER.sub("", text), f"repeats it: {text[:200]!r}"

    def _names(self, place: str, case: Case) -> bool:
        """Whether a violation filed under `place` is one of this case. What is lenient here, expected failures in
        tests/component/test_hostile.py pin down."""
        member, _, name = case.place.partition(".")
        if place == case.place or place.startswith(case.place + "."):
            return True
        if place == member:  # the properties do not fit together
            return True
        if member == "fields":
            touched = (
                addresses(DEFINITIONS[case.connector], place.split(".")[1])
                if place.startswith("fields.")
                else {place.partition(".")[2]}
            )
            return bool(touched & case.touched)
        return place == f"{member}.{name[:60]}"

    def _inert(self, case: Case, name: str, statements: list[str], files: dict[str, str]) -> None:
        definition = DEFINITIONS[case.connector]
        creates = [sql for sql in statements if sql.startswith("CREATE")]
        connector, properties = reading.created(creates[0], name)
        assert len(creates) == 1, creates
        for sql in statements:
            self._usual(sql, name, definition)
        # Every literal: no reference but ours, no control character, no property that the definition does not know.
        known = {one["name"] for one in definition["properties"]} | set(definition.get("constants", {}))
        known |= {address for one in definition["fields"] for address in addresses(definition, one["key"])}
        assert set(properties) <= known, set(properties) - known
        secret = {one["name"] for one in definition["properties"] if one["kind"] in SECRET_KINDS or one.get("secret")}
        for key, value in properties.items():
            assert not any(reading.is_control(c) for c in value), (key, value[:200])
            if key in secret:
                reference = reading.REFERENCE.fullmatch(value)
                assert reference and (reference["catalog"], reference["property"]) == (name, key), (key, value)
            else:
                assert "${" not in value, (key, value[:200])
        # The others are as they are without the hostile value.
        base_connector, base_properties, base_files = self.base(case)
        properties = _without_number(properties)
        changed = {key for key in set(properties) | set(base_properties) if properties.get(key) != base_properties.get(key)}
        changed |= {key for key in set(files) | set(base_files) if files.get(key) != base_files.get(key)}
        assert changed <= case.touched | self._follow(case), f"changed {changed}, may only change {case.touched}"
        if case.secret and len(case.what) > 5:
            assert not any(MARK in sql for sql in statements), "a secret is in a statement"
        assert connector in {base_connector, *trino_connectors(definition)}
        kinds = {one["name"]: one["kind"] for one in definition["properties"]}
        for key in changed:
            if kinds.get(key) == "secret_file":
                self._file(key, files.get(key, ""), base_files.get(key, ""))
            if kinds.get(key) == "url" and case.place.startswith("fields."):
                now, before = (files.get(key) or properties.get(key, ""), base_files.get(key) or base_properties.get(key, ""))
                self._url(case, key, _parts(now), _parts(before))

    def _url(self, case: Case, key: str, now: dict[str, str], before: dict[str, str]) -> None:
        """Of a URL only the part that the field fills is another one."""
        changed = {part for part in set(now) | set(before) if now.get(part) != before.get(part)}
        allowed: set[str] = set()
        for one in DEFINITIONS[case.connector]["fields"]:
            if f"fields.{one['key']}" == case.place or case.place.removeprefix("fields.") in one.get("show_when", {}):
                addresses = [one.get("to", ""), *(to for choice in one.get("choices", []) for to in choice.get("sets", {}))]
                allowed |= {re.split(r"[#?]", to, maxsplit=1)[1] for to in addresses if to.startswith((key + "#", key + "?"))}
                if key in addresses or f"{key}?*" in addresses:
                    return  # the rules of the URL alone say what it may hold
        if allowed & {"host", "hosts", "port", "form"}:
            allowed |= {"hosts"}
        if "form" in allowed:
            allowed |= {"scheme"}
        assert changed <= allowed, f"{changed} of the URL changed, only {allowed} may: {now}"

    def _follow(self, case: Case) -> set[str]:
        """What hangs on a choice changes with it."""
        if not case.place.startswith("fields."):
            return set()
        definition = DEFINITIONS[case.connector]
        key = case.place.removeprefix("fields.")
        hanging = [one["key"] for one in definition["fields"] if key in one.get("show_when", {})]
        return {address for one in hanging for address in addresses(definition, one)}

    def _file(self, key: str, content: str, base: str) -> None:
        """A file that Trino reads: the same settings, and nobody else's class."""
        if not base or "=" not in base.splitlines()[0] or base.lstrip().startswith("{"):
            return
        found, usual = reading.properties_file(content), reading.properties_file(base)
        assert [name for name, _ in found] == [name for name, _ in usual], (key, found)
        for (name, value), (_, before) in zip(found, usual, strict=True):
            if name == "sasl.jaas.config":
                module, options = reading.jaas_options(value)
                usual_module, usual_options = reading.jaas_options(before)
                assert (module, set(options)) == (usual_module, set(usual_options)), (key, value)
            elif value != before:
                assert name.startswith("ssl.") and "-----BEGIN" in value, (key, name, value)

    def _usual(self, sql: str, name: str, definition: dict[str, Any]) -> None:
        if sql.startswith("CREATE"):
            return
        usual = [f'DROP CATALOG IF EXISTS "{name}"', f'SHOW SCHEMAS FROM "{name}"']
        usual += [
            one["statement"].replace("{catalog}", '"c"').replace("{table}", '"s"."t"')
            for one in definition["probe"]["statements"]
        ]
        assert reading.shape(sql) in [reading.shape(one) for one in usual], sql[:300]
        assert next(token.text for token in reading.tokens(sql) if token.kind == "identifier") == name

    def base(self, case: Case) -> tuple[str, dict[str, str], dict[str, str]]:
        """What the base of the case creates: connector, properties, secret files."""
        assert case.base is not None
        key = case.connector + json.dumps(case.base, sort_keys=True)
        if key not in self.bases:
            name = f"h{next(_numbers)}-hostile"
            api = self.arena.product.api()
            answer = api.register(case.base | {"name": name, "connector": case.connector})
            assert answer.status_code == 201, answer.text
            seen = self.arena.trino.seen.pop(name)
            assert api.remove(name).status_code == 204
            connector, properties = reading.created(seen.statements[0], name)
            self.bases[key] = (connector, _without_number(properties), seen.files)
        return self.bases[key]
