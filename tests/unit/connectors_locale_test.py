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
RULES = (REPOSITORY / "src/domain/diagnosis_rules.cpp").read_text()
DIAGNOSIS = (REPOSITORY / "src/domain/diagnosis.cpp").read_text()
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


def literals(source: str) -> list[str]:
    """The string literals of C++ in their order, adjacent ones joined; the patterns, which are raw ones, left out."""
    source = re.sub(r"""R"\(.*?\)"|^\s*//.*$|  // .*$""", "", source, flags=re.MULTILINE)
    one = r"""(?:"(?:[^"\\\n]|\\.)*")"""
    return ["".join(map(json.loads, re.findall(one, run))) for run in re.findall(rf"{one}(?:\s*{one})*", source)]


def sentences_of_the_source() -> set[str]:
    """What src/domain says of a failure beyond the words of its class, which the page has itself."""
    of_classes, _, general = RULES.partition("kRules")
    told = [text for text in literals(general) + literals(DIAGNOSIS) if " " in text and text.endswith(".")]
    (addition,) = (text for text in told if text.startswith(" "))
    words = literals(of_classes)
    added_to = literals(DIAGNOSIS.partition("kMayDiffer = {")[2].partition("}")[0])
    return {text for text in told if text != addition} | {words[words.index(code) + 2] + addition for code in added_to}


PUBLISHED = sentences_of_the_source().union(*(texts(json.loads(path.read_text())) for path in FILES))


def pairs(path: pathlib.Path) -> list[tuple[str, str]]:
    read: list[tuple[str, str]] = json.loads(path.read_text(), object_pairs_hook=list)
    return read


def test_there_is_something_to_hold() -> None:
    assert [path.stem for path in LOCALES] == ["fr"]
    assert len(PUBLISHED) > 1000
    assert len(sentences_of_the_source()) > 10


@pytest.mark.parametrize("path", LOCALES, ids=lambda path: path.stem)
def test_every_text_is_said_and_no_other(path: pathlib.Path) -> None:
    said = {english for english, _ in pairs(path)}
    assert sorted(PUBLISHED - said) == [], "texts without words"
    assert sorted(said - PUBLISHED) == [], "words for texts that nothing has"


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
