"""Starting with a configuration that cannot work, and stopping."""

import json
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

from support.api import Api
from support.bodies import catalog
from support.fake_trino import FakeTrino
from support.processes import REPOSITORY
from support.product import Product, binary
from support.stage import Stage
from support.waiting import until

Change = Callable[[dict[str, Any]], None]  # makes a definition wrong


def refusal(product: Product) -> str:
    """What a start that is refused says; it must end by itself, at once, with a failure."""
    done = subprocess.run([binary(), "serve"], env=product.environment(), capture_output=True, text=True, timeout=10)
    assert done.returncode not in (0, -signal.SIGSEGV, -signal.SIGABRT), done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.parametrize("address", ["0.0.0.0:18480", "192.0.2.1:18480", "[::]:18480"])
def test_the_development_issuer_is_for_loopback_only(make_product: Callable[..., Product], address: str) -> None:
    said = refusal(make_product(LISTEN=address))
    assert "loopback" in said and "AKKO_DEV_ISSUER" in said


@pytest.mark.parametrize(
    ("setting", "value"),
    [("TRINO_URL", "ftp://trino"), ("TRINO_URL", ""), ("LISTEN", "nonsense"), ("OPERATION_DEADLINE_SECONDS", "soon"),
     ("PROBE_POOL", "0"), ("LOG_LEVEL", "loud"), ("WARM_UP", "perhaps"), ("OIDC_ISSUER", "not a url"),
     ("NETWORK_CHECKS", "perhaps"), ("NETWORK_DENY", "10.0.0.0/33"), ("NETWORK_ALLOW", "example.com"), ("CHECKS_PER_MINUTE", "0")],
)  # fmt: skip
def test_a_bad_setting_is_named(make_product: Callable[..., Product], setting: str, value: str) -> None:
    assert f"AKKO_{setting}" in refusal(make_product(**{setting: value}))


def test_all_bad_settings_are_named_at_once(make_product: Callable[..., Product]) -> None:
    said = refusal(make_product(PROBE_POOL="x", LOG_LEVEL="loud", TRINO_URL="nope"))
    assert all(name in said for name in ("AKKO_PROBE_POOL", "AKKO_LOG_LEVEL", "AKKO_TRINO_URL"))


@pytest.mark.parametrize(
    ("content", "place"),
    [("{", ""), ('{"id": "x"}', ""), ('{"id": "x", "id": "x"}', "id"), ('{"nonsense": true}', "nonsense"), ("", "")],
)
def test_a_bad_connector_file_stops_the_start(
    make_product: Callable[..., Product], directory: Path, content: str, place: str
) -> None:
    (directory / "connectors").mkdir()
    (directory / "connectors/broken.json").write_text(content)
    said = refusal(make_product(CONNECTORS_DIR=str(directory / "connectors")))
    assert "broken.json" in said and place in said


@pytest.mark.parametrize("content", ["{", "[]", '{"Host": 1}', '{"Host": ""}', '{"Host": "a", "Host": "b"}', ""])
def test_a_bad_file_of_words_stops_the_start(make_product: Callable[..., Product], directory: Path, content: str) -> None:
    (directory / "connectors/locales").mkdir(parents=True)
    (directory / "connectors/locales/fr.json").write_text(content)
    said = refusal(make_product(CONNECTORS_DIR=str(directory / "connectors")))
    assert f"{directory}/connectors/locales/fr.json: " in said, said


def first_field(**changes: Any) -> Change:
    return lambda definition: definition["fields"][0].update(changes)


@pytest.mark.parametrize(
    ("change", "place", "reason"),
    [
        (first_field(to="no-such#host"), "/fields", "no-such is not a property of kind url"),
        (first_field(kind="nonsense"), "/fields/0/kind", "must be text"),
        (first_field(pattern="("), "/fields/0/pattern", "not a regular expression"),
        (first_field(show_when={"port": ["1"]}), "/fields", "names no earlier field: port"),
        (first_field(nonsense=1), "/fields/0/nonsense", "unknown member"),
        (lambda d: d["endpoints"][0].update(url="nope"), "/endpoints", "nope is not a property of kind url"),
        (lambda d: d["probe"]["statements"][0].update(statement="SELECT 1"), "/probe/statements/0/statement", "{catalog}"),
        (lambda d: d["check"].update(deadline_seconds=61), "/check/deadline_seconds", "1 to 60"),
        (lambda d: d["warm_up"].update({"no.such": "1"}), "/warm_up", "no.such"),
        (lambda d: d["diagnosis"][0].update(code="nonsense"), "/diagnosis/0", "not a class"),
        (lambda d: d.update(include=["nosuch"]), "/include", "no fragment nosuch"),
    ],
)
def test_a_bad_definition_is_told_with_file_place_and_reason(
    make_product: Callable[..., Product], directory: Path, change: Change, place: str, reason: str
) -> None:
    definition = json.loads((REPOSITORY / "connectors/postgresql.json").read_text()) | {"id": "own"}
    change(definition)
    (directory / "connectors").mkdir()
    (directory / "connectors/broken.json").write_text(json.dumps(definition))
    said = refusal(make_product(CONNECTORS_DIR=str(directory / "connectors")))
    assert f"{directory}/connectors/broken.json: {place}" in said and reason in said, said


def test_a_connector_of_the_operator_is_added(make_product: Callable[..., Product], directory: Path) -> None:
    """One data file makes a connector: a copy of a definition under another id works at once."""
    first = make_product().start()
    shown = first.api().get("/api/admin/connectors/postgresql").json()
    first.stop()
    definition = json.loads((REPOSITORY / "connectors/postgresql.json").read_text()) | {"id": "warehouse", "title": "Our warehouse"}
    (directory / "connectors").mkdir()
    (directory / "connectors/warehouse.json").write_text(json.dumps(definition))
    api = make_product(CONNECTORS_DIR=str(directory / "connectors")).start().api()
    assert api.get("/api/admin/connectors/warehouse").json()["title"] == "Our warehouse"
    assert api.get("/api/admin/connectors/postgresql").json() == shown
    assert api.register(catalog("own", connector="warehouse")).status_code == 201


def test_one_home_one_process(stage: Stage, make_product: Callable[..., Product]) -> None:
    said = refusal(make_product())
    assert str(stage.product.home) in said
    assert stage.api.names() == []  # the first one is not disturbed


def test_a_secret_directory_that_others_may_read(make_product: Callable[..., Product], directory: Path) -> None:
    (directory / "open").mkdir()
    (directory / "open").chmod(0o755)
    assert str(directory / "open") in refusal(make_product(SECRETS_DIR=str(directory / "open")))


def test_modes_of_what_is_kept(stage: Stage) -> None:
    assert stage.api.register(catalog("kept")).status_code == 201
    home, secrets = stage.product.home, stage.product.secrets_dir
    assert (home.stat().st_mode & 0o777, secrets.stat().st_mode & 0o777) == (0o700, 0o700)
    for path in secrets.rglob("*"):
        assert path.stat().st_mode & 0o777 == (0o700 if path.is_dir() else 0o600), path
    for path in home.rglob("*"):
        assert path.is_dir() or path.stat().st_mode & 0o077 == 0, path


def test_the_record_outlives_a_stop(stage: Stage) -> None:
    assert stage.api.register(catalog("stays")).status_code == 201
    before = stage.api.catalog("stays")
    assert stage.product.stop() == 0
    assert stage.trino.names() == ["stays"]
    stage.product.start()
    assert stage.product.api().catalog("stays") == before


def test_sigterm_lets_a_running_registration_end(stage: Stage) -> None:
    held = stage.trino.hold('SHOW SCHEMAS FROM "last"')
    answers: list[requests.Response] = []
    thread = threading.Thread(target=lambda: answers.append(stage.api.register(catalog("last"))))
    thread.start()
    assert held.entered.wait(5)
    daemon = stage.product.daemon
    assert daemon is not None
    daemon.process.terminate()
    until(lambda: not_listening(stage), 5, "no new connection is taken")
    assert daemon.running()
    held.release()
    thread.join()
    assert answers[0].status_code == 201
    assert daemon.stop(5) == 0
    stage.product.start()
    until(lambda: Stage(stage.trino, stage.product, stage.product.api()).live("last"), 5, "it is registered")


def test_sigterm_cuts_what_takes_too_long(trino: FakeTrino, make_product: Callable[..., Product]) -> None:
    """After the drain the registration is cancelled, and undone then or at the next start."""
    product = make_product(DRAIN_SECONDS="1", OPERATION_DEADLINE_SECONDS="60").start()
    held = trino.hold('SHOW SCHEMAS FROM "endless"')
    client = product.api()
    thread = threading.Thread(target=lambda: attempt(client, "endless"))
    thread.start()
    assert held.entered.wait(5)
    assert product.daemon is not None
    assert product.daemon.stop(10) == 0
    thread.join()
    product.start()
    stage = Stage(trino, product, product.api())
    until(lambda: stage.nothing_left("endless") == [], 10, "nothing is left")


def attempt(api: Api, name: str) -> int | None:
    """The status of a registration; None when the connection broke."""
    try:
        return api.register(catalog(name)).status_code
    except requests.ConnectionError:
        return None


def not_listening(stage: Stage) -> bool:
    try:
        requests.get(stage.product.url + "/healthz", timeout=1)
    except requests.ConnectionError:
        return True
    return False
