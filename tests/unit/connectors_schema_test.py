"""Holds connectors/*.json to connectors/definition.schema.json, and what stands in tests/golden to its own shape."""

import copy
import json
import pathlib

import jsonschema
import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
CONNECTORS = REPOSITORY / "connectors"
GOLDEN = REPOSITORY / "tests" / "golden"
SCHEMA = json.loads((CONNECTORS / "definition.schema.json").read_text())
FILES = sorted(path for path in CONNECTORS.glob("*.json") if not path.name.endswith(".schema.json"))
GOLDEN_CASES = sorted(path for path in GOLDEN.glob("*/*.json") if path.parent.name != "diagnosis")

TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}


def closed(required, optional=None):
    properties = required | (optional or {})
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


VIOLATION = closed({"field": {"type": "string", "minLength": 1}, "code": {"type": "string", "pattern": "^[a-z0-9_]+$"}})
GOLDEN_SCHEMA = {
    **closed(
        {
            "expect": {
                "oneOf": [
                    closed({"registration": TEXTS, "dry_run": TEXTS}, {"secrets": TEXTS, "dry_run_secrets": TEXTS}),
                    closed({"violations": {"type": "array", "minItems": 1, "items": VIOLATION}}),
                ]
            }
        },
        {
            "request": closed({"properties": TEXTS, "credentials": TEXTS}),
            "form": closed({"fields": {"type": "object"}}, {"properties": TEXTS}),
        },
    ),
    "anyOf": [{"required": ["request"]}, {"required": ["form"]}],
}
TEXT = {"type": "string"}
FAILURE = closed(
    {
        "error_name": TEXT,
        "error_type": TEXT,
        "error_code": {"type": "integer"},
        "causes": {"type": "array", "items": closed({"type": TEXT, "message": TEXT})},
    }
)
DIAGNOSIS_SCHEMA = closed(
    {
        "recorded": TEXT,
        "cases": {
            "type": "array",
            "minItems": 1,
            "items": closed(
                {
                    "name": TEXT,
                    "properties": TEXTS,
                    "step": {"enum": ["create", "probe"]},
                    "failure": FAILURE,
                    "expect": closed({"code": TEXT, "message": TEXT}, {"fix": TEXT}),
                },
                {"credentials": TEXTS, "recorded_by_hand": {"const": True}},
            ),
        },
    }
)


def violations(document, schema=SCHEMA):
    validator = jsonschema.Draft202012Validator(schema)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(document)]


def load(name):
    return json.loads((CONNECTORS / name).read_text())


def test_schema_is_a_schema():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_file_obeys_the_schema(path):
    assert violations(json.loads(path.read_text())) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_file_is_named_after_its_id(path):
    document = json.loads(path.read_text())
    expected = document["id"] + ".json" if "id" in document else document["fragment"] + ".fragment.json"
    assert path.name == expected


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_members_stand_in_the_order_of_the_schema(path):
    document = json.loads(path.read_text())
    order = list(SCHEMA["$defs"]["definition" if "id" in document else "fragment"]["properties"])
    assert list(document) == sorted(document, key=order.index)


def case_id(path):
    return f"{path.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", GOLDEN_CASES, ids=case_id)
def test_golden_case_has_its_shape(path):
    assert violations(json.loads(path.read_text()), GOLDEN_SCHEMA) == []


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("diagnosis/*.json")), ids=lambda path: path.stem)
def test_recorded_failures_have_their_shape(path):
    assert violations(json.loads(path.read_text()), DIAGNOSIS_SCHEMA) == []


def fields_of(definition):
    fragments = [load(f"{name}.fragment.json") for name in definition.get("include", [])]
    return {field["key"] for document in [definition, *fragments] for field in document.get("fields", [])}


@pytest.mark.parametrize("path", GOLDEN_CASES, ids=case_id)
def test_an_accepted_form_has_fields_of_its_connector(path):
    case = json.loads(path.read_text())
    if "form" not in case or "violations" in case["expect"]:
        return
    assert set(case["form"]["fields"]) <= fields_of(load(f"{path.parent.name}.json"))


@pytest.mark.parametrize("path", [path for path in FILES if "fragment" not in path.name], ids=lambda path: path.stem)
def test_every_connector_has_golden_cases_and_recorded_failures(path):
    cases = [json.loads(case.read_text()) for case in (GOLDEN / path.stem).glob("*.json")]
    assert any("form" in case and "registration" in case["expect"] for case in cases)
    assert any("violations" in case["expect"] for case in cases)
    assert (GOLDEN / "diagnosis" / path.name).exists()


def without(document, member):
    document.pop(member)


def put(document, member, value):
    document[member] = value


def field(document, key):
    return next(one for one in document["fields"] if one["key"] == key)


def prop(document, name):
    return next(one for one in document["properties"] if one["name"] == name)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: without(d, "probe"),
        lambda d: without(d, "title"),
        lambda d: without(d, "fields"),
        lambda d: without(d, "check"),
        lambda d: put(d, "retries", 3),
        lambda d: put(d, "category", "other"),
        lambda d: put(d, "constants", {}),
        lambda d: put(d, "constants", {"a.b": 1}),
        lambda d: put(d, "jvm_flags", ["add-opens"]),
        lambda d: put(d["check"], "deadline_seconds", 61),
        lambda d: put(d["dry_run"], "append", {"a.b": "no end of line"}),
        lambda d: put(d["hints"], "permission", {}),
        lambda d: put(d["probe"]["statements"][0], "statement", "SELECT 1"),
        lambda d: put(d["probe"]["statements"][0], "statement", "SELECT 1 FROM {catalog}.{table}"),
        lambda d: put(d["probe"]["statements"][0], "table", "probe_table"),
        lambda d: put(d["endpoints"][0], "address", "a.example:1"),
        lambda d: put(d["endpoints"][0], "port", "a.port"),
        lambda d: put(d["endpoints"][0]["tls"], "unknown", "x"),
        lambda d: put(d["endpoints"][0]["tls"], "verify", False),
        lambda d: put(d["endpoints"][0]["tls"]["start"], "send", "0"),
        lambda d: put(d["endpoints"][0], "greeting", {"send": "00"}),
        lambda d: put(d["endpoints"][0], "greeting", {"send": "", "expect": "00"}),
        lambda d: put(d["endpoints"][0], "tcp_unknown", "it counts"),
        lambda d: put(d, "endpoints", [{"url": "connection-url", "tcp_unknown": "x", "greeting": {"send": "00", "expect": "00"}}]),
        lambda d: put(prop(d, "connection-user"), "kind", "password"),
        lambda d: put(prop(d, "connection-user"), "choices", ["A"]),
        lambda d: put(prop(d, "connection-user"), "default", "x"),
        lambda d: put(prop(d, "connection-user"), "pattern", "x"),
        lambda d: put(prop(d, "connection-user"), "secret", True),
        lambda d: put(prop(d, "connection-user"), "templates", [{"text": "{a}{b}"}]),
        lambda d: put(prop(d, "connection-user"), "templates", [{"text": "{a|rot13}"}]),
        lambda d: put(prop(d, "connection-user"), "templates", [{"text": "{a"}]),
        lambda d: put(prop(d, "connection-password"), "minimum", 1),
        lambda d: put(prop(d, "postgresql.fetch-size"), "templates", [{"text": "{a}"}]),
        lambda d: put(prop(d, "connection-url")["url"], "default_port", 0),
        lambda d: put(prop(d, "connection-url")["url"], "user_info", True),
        lambda d: put(prop(d, "connection-url")["url"], "style", "matrix"),
        lambda d: put(prop(d, "connection-url")["url"], "forms", [{"prefix": "a://"}, {"prefix": "b://"}]),
        lambda d: put(prop(d, "connection-url")["url"]["path"], "use", "maybe"),
        lambda d: put(field(d, "host"), "to", "connection-url#fragment"),
        lambda d: put(field(d, "host"), "to", "connection-url?*"),
        lambda d: put(field(d, "host"), "default", "x"),
        lambda d: put(field(d, "host"), "show_when", {"tls": "require"}),
        lambda d: put(field(d, "host"), "accept", ".json"),
        lambda d: put(field(d, "host"), "json", {"members": {"type": {}}}),
        lambda d: without(field(d, "host"), "example"),
        lambda d: put(field(d, "password"), "default", "x"),
        lambda d: put(field(d, "password"), "kind", "password"),
        lambda d: put(field(d, "tls"), "default", 1),
        lambda d: without(field(d, "tls"), "choices"),
        lambda d: without(field(d, "tls")["choices"][0], "sets"),
        lambda d: put(field(d, "tls")["choices"][0], "sets", {"connection-url?*": "x"}),
        lambda d: put(field(d, "parameters"), "max_length", 9),
    ],
)
def test_schema_refuses_a_spoilt_definition(spoil):
    document = copy.deepcopy(load("postgresql.json"))
    spoil(document)
    assert violations(document) != []


@pytest.mark.parametrize(
    "alter",
    [
        lambda d: put(prop(d, "connection-user"), "templates", [{"when": {"tls": ["require"]}, "text": "{a|percent}:{b}{{x"}]),
        lambda d: put(prop(d, "connection-user"), "templates", [{"text": "{{{a}{{"}]),
        lambda d: d["fields"].append(
            {
                "key": "credentials",
                "label": "Key",
                "help": "…",
                "kind": "file",
                "required": True,
                "accept": ".json",
                "json": {"members": {"type": {"values": ["service_account"]}, "project_id": {}}, "others": ["client_id"]},
                "to": "connection-password",
            }
        ),
        lambda d: put(
            d,
            "endpoints",
            [{"hosts": "a.hosts", "port": "a.port", "default_port": 9042}, {"address": "a.example:443", "tls": {}}],
        ),
        lambda d: put(
            d,
            "endpoints",
            [
                {"hosts": "a.hosts", "greeting": {"send": "0001", "expect": "00"}, "tls": {"when": {"tls": ["on"]}}},
                {"url": "a.url", "tcp_unknown": "it counts", "tls": {"unknown": "it begins inside"}},
                {"url": "a.url", "tcp_unknown": "it counts"},
            ],
        ),
        lambda d: prop(d, "connection-url").update(secret=True, url=prop(d, "connection-url")["url"] | {"user_info": True}),
        lambda d: put(
            prop(d, "connection-url")["url"],
            "forms",
            [{"name": "plain", "prefix": "mongodb://"}, {"name": "srv", "prefix": "mongodb+srv://", "port": "forbidden"}],
        ),
    ],
)
def test_schema_takes_what_other_connectors_need(alter):
    document = copy.deepcopy(load("postgresql.json"))
    alter(document)
    assert violations(document) == []
