"""Holds connectors/*.json to connectors/definition.schema.json."""

import copy
import json
import pathlib

import jsonschema
import pytest

CONNECTORS = pathlib.Path(__file__).resolve().parents[2] / "connectors"
SCHEMA = json.loads((CONNECTORS / "definition.schema.json").read_text())
FILES = sorted(path for path in CONNECTORS.glob("*.json") if not path.name.endswith(".schema.json"))


def violations(document):
    validator = jsonschema.Draft202012Validator(SCHEMA)
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


def without(document, member):
    document.pop(member)


def put(document, member, value):
    document[member] = value


@pytest.mark.parametrize(
    "spoil",
    [
        lambda d: without(d, "probe"),
        lambda d: without(d, "title"),
        lambda d: put(d, "retries", 3),
        lambda d: put(d, "category", "other"),
        lambda d: put(d["probe"], "statement", "SELECT 1"),
        lambda d: put(d["properties"][1], "kind", "password"),
        lambda d: put(d["properties"][1], "choices", ["A"]),
        lambda d: put(d["properties"][1], "default", "x"),
        lambda d: put(d["properties"][1], "pattern", "x"),
        lambda d: put(d["properties"][2], "minimum", 1),
        lambda d: put(d["properties"][0]["jdbc_url"], "default_port", 0),
    ],
)
def test_schema_refuses_a_spoilt_definition(spoil):
    document = copy.deepcopy(load("postgresql.json"))
    spoil(document)
    assert violations(document) != []
