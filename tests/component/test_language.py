"""The connector definitions in the language that was asked for."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.processes import REPOSITORY
from support.product import Product
from support.stage import Stage

LIST = "/api/admin/connectors"
ONE = f"{LIST}/postgresql"
PHRASES = "/api/admin/phrases"
FRENCH: dict[str, str] = json.loads((REPOSITORY / "connectors/locales/fr.json").read_text(encoding="utf-8"))


def asked(language: str) -> dict[str, Any]:
    return {"headers": {"Accept-Language": language}}


def people_read(shown: Any) -> list[str]:
    """The texts of a definition that are for people."""
    if isinstance(shown, list):
        return [text for each in shown for text in people_read(each)]
    if not isinstance(shown, dict):
        return []
    words = {"label", "help", "summary", "pattern_help", "reason", "explanation"}
    own = [value for name, value in shown.items() if name in words and value]
    refused = list(shown["refused_parameters"].values()) if isinstance(shown.get("refused_parameters"), dict) else []
    return own + refused + [text for value in shown.values() for text in people_read(value)]


@pytest.mark.parametrize("path", [LIST, ONE, PHRASES])
@pytest.mark.parametrize(("header", "language"), [("fr-FR,fr;q=0.9,en;q=0.5", "fr"), ("en,fr;q=0.9", "en"), ("de", "en"), ("", "en")])
def test_the_language_is_told(shared: Stage, path: str, header: str, language: str) -> None:
    response = shared.api.get(path, **asked(header))
    assert response.headers["Content-Language"] == language
    assert "Accept-Language" in response.headers["Vary"]


def test_every_text_is_french(shared: Stage) -> None:
    english = people_read(shared.api.get(LIST, **asked("en")).json())
    french = people_read(shared.api.get(LIST, **asked("fr")).json())
    assert len(english) > 1000
    assert french == [FRENCH[text] for text in english]


def test_the_sentences_of_failures(shared: Stage) -> None:
    assert shared.api.get(PHRASES, **asked("en")).json() == {"language": "en", "phrases": {}}
    french = shared.api.get(PHRASES, **asked("fr")).json()
    assert french["language"] == "fr"
    assert "There is no database {1} at {host}." in french["phrases"]
    assert french["phrases"].items() <= FRENCH.items()


@pytest.mark.parametrize("path", [LIST, ONE, PHRASES])
def test_each_language_has_its_etag(shared: Stage, path: str) -> None:
    tags = {language: shared.api.get(path, **asked(language)).headers["ETag"] for language in ("en", "fr")}
    assert tags["en"] != tags["fr"]
    again = shared.api.get(path, headers={"Accept-Language": "fr", "If-None-Match": tags["fr"]})
    assert (again.status_code, again.headers["Content-Language"]) == (304, "fr")
    assert "Accept-Language" in again.headers["Vary"]
    other = shared.api.get(path, headers={"Accept-Language": "fr", "If-None-Match": tags["en"]})
    assert other.status_code == 200


def test_a_directory_adds_words(make_product: Callable[..., Product], directory: Path) -> None:
    own = directory / "connectors"
    (own / "locales").mkdir(parents=True)
    (own / "locales/fr.json").write_text(json.dumps({"Host": "Machine"}), encoding="utf-8")
    api = make_product(CONNECTORS_DIR=str(own)).start().api()
    labels = {field["key"]: field["label"] for field in api.get(ONE, **asked("fr")).json()["fields"]}
    assert (labels["host"], labels["password"]) == ("Machine", "Mot de passe")
    labels = {field["key"]: field["label"] for field in api.get(ONE, **asked("en")).json()["fields"]}
    assert labels["host"] == "Host"
