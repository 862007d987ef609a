"""Holds connectors/locales/*.json to the definitions and the general rules: all their texts, and nothing else."""

import json
import pathlib
import re
from typing import Any

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[2]
CONNECTORS = REPOSITORY / "connectors"
LOCALES = sorted((CONNECTORS / "locales").glob("*.json"))
FILES = sorted(path for path in CONNECTORS.glob("*.json") if not path.name.endswith(".schema.json"))
# Adjacent literals joined.
SOURCE = re.sub(r'"\s+"', "", "".join((REPOSITORY / "src/domain" / f"diagnosis{part}").read_text() for part in (".hpp", ".cpp", "_rules.cpp")))
# What a text names that every language keeps: placeholders ({host}, {1}), quoted commands, SQL, options of Trino.
PLACEHOLDER = re.compile(
    r"\$[A-Z_]+|\{\w+\}|`[^`]*`|\b[A-Z]+_[A-Z_]+\b|\b[A-Z]{2,}(?: [A-Z]{2,})+\b|\b\w+(?:\.[\w-]+){2,}\b"
)


def texts(definition: dict[str, Any]) -> set[str]:
    """What src/domain/definition_publisher.cpp puts out for people to read, and the words for failures."""
    found = {definition.get("summary", "")}
    for place in definition.get("fields", []) + definition.get("properties", []):
        found |= {place["label"], place["help"], place.get("pattern_help", "")}
        for choice in place.get("choices", []):
            if isinstance(choice, dict):
                found |= {choice["label"], choice.get("help", "")}
        found |= {group["reason"] for group in place.get("url", {}).get("refused_parameters", [])}
    found |= {group["reason"] for group in definition.get("refused", [])}
    probe = definition.get("probe", {})
    found |= {probe.get("explanation", "")} | {each.get("explanation", "") for each in probe.get("statements", [])}
    for told in definition.get("diagnosis", []) + list(definition.get("hints", {}).values()):
        found |= {told.get("message", ""), told.get("fix", "")}
    return found - {""}


PUBLISHED = set().union(*(texts(json.loads(path.read_text())) for path in FILES))


def said_by_the_source(text: str) -> bool:
    """Whether src/domain says it of a failure, in one literal or in two. That nothing is missing: diagnosis_test.cpp."""
    return all(part in SOURCE for part in re.split(r"(?= If Trino reaches it and only)", text))


def pairs(path: pathlib.Path) -> list[tuple[str, str]]:
    read: list[tuple[str, str]] = json.loads(path.read_text(), object_pairs_hook=list)
    return read


def test_there_is_something_to_hold() -> None:
    assert [path.stem for path in LOCALES] == ["fr"]
    assert len(PUBLISHED) > 1000


@pytest.mark.parametrize("path", LOCALES, ids=lambda path: path.stem)
def test_every_text_is_said_and_no_other(path: pathlib.Path) -> None:
    said = {english for english, _ in pairs(path)}
    assert sorted(PUBLISHED - said) == [], "texts without words"
    assert [text for text in sorted(said - PUBLISHED) if not said_by_the_source(text)] == [], "words for texts that nothing has"


@pytest.mark.parametrize("path", LOCALES, ids=lambda path: path.stem)
def test_it_is_sorted_and_says_nothing_twice(path: pathlib.Path) -> None:
    keys = [english for english, _ in pairs(path)]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("path", LOCALES, ids=lambda path: path.stem)
def test_placeholders_are_kept(path: pathlib.Path) -> None:
    wrong = [
        english
        for english, other in pairs(path)
        if not other.strip() or sorted(PLACEHOLDER.findall(english)) != sorted(PLACEHOLDER.findall(other))
    ]
    assert wrong == []


def test_french_uses_its_own_apostrophe() -> None:
    # A straight one only quotes, as in SQL.
    assert [other for _, other in pairs(CONNECTORS / "locales/fr.json") if re.search(r"\w'", other)] == []
