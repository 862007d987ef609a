"""Every connector against the server that this machine has for it."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from live.sources import SOURCES
from support.gallery import PROOFS, Gallery, close_gallery, open_gallery
from support.processes import REPOSITORY, free_port
from support.silent import SilentServer
from support.source import Source

# AKKO_LIVE_WIDE=0 leaves the heavy ones out; ./test and CI run them all.
CHOSEN = [kind for kind in SOURCES if kind.tier == "always" or os.environ.get("AKKO_LIVE_WIDE", "1") != "0"]

# The first test also fetches what the servers need, about 1.5 GB on a new machine.
pytestmark = pytest.mark.timeout(1800)

CASES = sorted((REPOSITORY / "tests" / "golden").glob("*/*.json"))


@pytest.fixture(scope="module")
def gallery(request: pytest.FixtureRequest) -> Iterator[Gallery]:
    silent = SilentServer()
    gallery = open_gallery(CHOSEN, silent.port, free_port())
    request.config.stash[PROOFS] = gallery.proofs
    try:
        yield gallery
    finally:
        close_gallery(gallery)
        silent.close()


@pytest.fixture(params=CHOSEN, ids=lambda kind: kind.connector)
def source(request: pytest.FixtureRequest, gallery: Gallery) -> Source:
    return gallery.sources[request.param.connector]


def test_every_connector_has_a_server_here(gallery: Gallery) -> None:
    """A new definition must get a live test; this one reminds."""
    shown = {connector["id"]: connector for connector in gallery.api.get("/api/admin/connectors").json()}
    assert set(shown) == {kind.connector for kind in SOURCES}
    assert {connector["category"] for connector in shown.values()} == {"relational", "lakehouse", "warehouse", "nosql", "streaming"}
    assert all(shown[connector]["available"] is True for connector in gallery.sources)


def test_registers_and_reads(gallery: Gallery, source: Source) -> None:
    """By the form and by properties: the catalog is there, a client reads its rows, and after the removal nothing is left."""
    if not source.accepts:
        gallery.proofs[source.connector].reads = "refuses"
        pytest.xfail("there is no server here that lets anybody in; see the refusals")
    gallery.network_checks(on=True)
    for style, body in {"form": source.catalog("shown"), "raw": source.raw_catalog("shown")}.items():
        report = gallery.api.test(body).json()
        assert report["ok"] is True, (style, report)
        assert {step["status"] for step in report["steps"]} <= {"passed", "skipped"}
        assert gallery.nothing_left("shown") == []
        created = gallery.api.register(body)
        assert created.status_code == 201, (style, created.text)
        if source.reads is not None:
            assert gallery.read(source, "shown") == source.rows, style
            gallery.proofs[source.connector].reads = "row read"
        shown = gallery.api.get("/api/admin/catalogs/shown").json()
        assert shown["health"] == "healthy"
        told = {key: value for key, value in source.fields().items() if key in (shown["fields"] or {})}
        if style == "form":
            assert {key: str(value).lower() for key, value in told.items()} == {
                key: str(shown["fields"][key]).lower() for key in told
            }
        assert gallery.api.remove("shown").status_code == 204
        assert gallery.nothing_left("shown") == []


def test_what_cannot_work_is_refused(gallery: Gallery, source: Source) -> None:
    """The manager's own steps find it, or Trino does: with the right class, in time, and nothing is left."""
    gallery.network_checks(on=True)
    refusals = [one for one in source.refusals(gallery.silent_port, gallery.refused_port) if not one.through_trino]
    assert refusals
    wrong = gallery.refuse_all(source, refusals)
    assert not wrong, "\n".join(wrong)
    assert gallery.product.secret_files() == []


def accepted(case: Path) -> dict[str, Any] | None:
    document = json.loads(case.read_text())
    return None if "violations" in document["expect"] else document


def test_trino_accepts_what_is_rendered(gallery: Gallery, source: Source) -> None:
    """Every property set of the golden cases, which are what the product renders: no "was not used", no wrong type."""
    definition = gallery.api.get(f"/api/admin/connectors/{source.connector}").json()
    files = {prop["name"] for prop in definition["properties"] if prop["kind"] == "secret_file"}
    for case in (case for case in CASES if case.parent.name == source.connector):
        document = accepted(case)
        if document is None:
            continue
        expected = document["expect"]
        secrets = expected.get("secrets", document.get("request", {}).get("credentials", {}))
        connector = document.get("trino_connector", definition["trino_connector"])
        if "hive.metastore.uri" in expected["registration"] and connector == "iceberg":
            connector = "delta_lake"  # Databricks on a metastore
        for purpose, values in (("registration", secrets), ("dry_run", expected.get("dry_run_secrets", secrets))):
            given = expected[purpose] | {
                name: as_file(gallery.directory, value) if name in files else value for name, value in values.items()
            }
            pairs = ", ".join(f"\"{name}\" = '{value.replace(chr(39), chr(39) * 2)}'" for name, value in given.items())
            name = f"golden_{source.connector}"
            gallery.trino.query(f"CREATE CATALOG {name} USING {connector}" + (f" WITH ({pairs})" if pairs else ""))
            gallery.trino.query(f"DROP CATALOG {name}")
            gallery.proofs[source.connector].goldens += 1
    assert gallery.proofs[source.connector].goldens > 0


def as_file(directory: Path, content: str) -> str:
    path = directory / "golden.file"
    path.write_text(content)
    return str(path)


def test_trino_finds_it_too(gallery: Gallery, source: Source) -> None:
    """Without the manager's own steps: its view of the network may differ, and then Trino's answer is all there is."""
    refusals = [one for one in source.refusals(gallery.silent_port, gallery.refused_port) if one.through_trino]
    if not refusals:
        pytest.skip("this source has none that only Trino tells")
    gallery.network_checks(on=False)
    wrong = gallery.refuse_all(source, refusals)
    assert not wrong, "\n".join(wrong)
