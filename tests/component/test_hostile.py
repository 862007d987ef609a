"""Hostile values at every place of a request (tests/hostile/corpus.py): each is refused by a violation that names the place
and does not repeat the value, or it is shown to be inert: the statements that the (fake) Trino received have the shape they
always have, and the value is within one quoted text or in the secret directory only."""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from hostile import reading
from hostile.cases import Case, cases, placed
from hostile.connectors import DEFINITIONS, good_requests
from hostile.corpus import ATTACKS, GENERIC, MARK
from hostile.judge import CATALOGS, AnyTrino, Arena, Judge
from support.api import Api
from support.product import Product
from support.stage import QUICK

MANY = 3  # threads that send requests


@pytest.fixture(scope="module")
def arena() -> Iterator[Arena]:
    directory = Path(tempfile.mkdtemp(prefix="akko-test-"))
    fake = AnyTrino(directory / "secrets")
    settings = QUICK | {
        "OPERATION_DEADLINE_SECONDS": "30",
        "DRIFT_CHECK_SECONDS": "600",
        "RECONCILE_INTERVAL_SECONDS": "1",
        "NETWORK_CHECKS": "off",
        "CHECKS_PER_MINUTE": "10000",
        "LOG_LEVEL": "warn",
    }
    product = Product(directory, fake.url, **settings).start()
    yield Arena(fake, product)
    product.kill()
    fake.stop()
    shutil.rmtree(directory, ignore_errors=True)


def _run(arena: Arena, requests: list[Case]) -> tuple[Counter[str], list[str]]:
    judge = Judge(arena)
    complaints: list[str] = []
    counts: Counter[str] = Counter()
    token = arena.product.token()

    def work(part: list[Case]) -> None:
        api = Api(arena.product.url, token)
        for case in part:
            try:
                counts[judge.check(case, api)] += 1
            except AssertionError as wrong:
                complaints.append(f"{case}: {wrong}")
            api.transcript.texts.clear()

    with ThreadPoolExecutor(MANY) as pool:
        list(pool.map(work, [requests[start::MANY] for start in range(MANY)]))
    return counts, complaints


@pytest.mark.parametrize("connector", sorted(DEFINITIONS))
def test_values(arena: Arena, connector: str, capsys: pytest.CaptureFixture[str]) -> None:
    requests = list(cases(connector))
    counts, complaints = _run(arena, requests)
    with capsys.disabled():
        print(
            f"\n    {connector}: {len(requests)} hostile requests, {counts['refused']} refused, {counts['inert']} inert", end=" "
        )
    assert complaints == [], f"{len(complaints)} complaints:\n" + "\n".join(complaints[:40])
    assert arena.product.ready()
    assert arena.product.api().names() == []
    assert arena.product.secret_files() == [] and arena.trino.names() == []
    # Trial runs, and questions after the end of a statement.
    for sql in (sql for sql in arena.trino.others if MARK in sql):
        reading.assert_inert(sql, MARK)


@pytest.mark.parametrize(
    "body",
    [
        b'{"name":"a","name":"b"}', b'{"fields":{"host":"a","host":"b"}}', b'{"fields":{"host":"a","\\u0068ost":"b"}}',
        b'{"name":"\\ud800"}', b"\xef\xbb\xbf{}", '{"name":"a"}'.encode("utf-16"), b'{"name":"a",}', b'{"name":NaN}',
        b'{"name":"a"}{}', b'{"name":"a"} /* */', b"{'name':'a'}", b'{"name":"a\x00"}', b'{"name":"\xc0\xaf"}',
        b'{"name":"\xed\xa0\x80"}', b'{"fields":' * 300 + b"1" + b"}" * 300, b'{"n":' + b"9" * 100_000 + b"e9}",
        b"[" * 100_000, b'{"name":"a\nb"}',
    ],
)  # fmt: skip
def test_bodies(arena: Arena, body: bytes) -> None:
    answer = arena.product.api().request("POST", CATALOGS, data=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400, answer.text
    assert arena.product.api().names() == []


@pytest.mark.parametrize("members", [("HOST", "host"), ("host", "Host"), ("connection-url", "CONNECTION-URL")])
def test_names_in_another_case_are_other_names(arena: Arena, members: tuple[str, str]) -> None:
    member = "fields" if "host" in members else "properties"
    body = {"name": "x", "connector": "postgresql", member: {one: MARK for one in members}}
    answer = arena.product.api().register(body)
    assert answer.status_code == 422
    unknown = [violation["field"] for violation in answer.json()["errors"] if violation["code"] == "unknown"]
    assert unknown == [f"{member}.{one}" for one in members if one != one.lower()]


def _told(arena: Arena, connector: str, member: str, key: str, value: Any) -> list[str]:
    base = next(one for one in good_requests(connector) if key in one.get(member, {}))
    answer = arena.product.api().register(placed(connector, base, member, key, value) | {"name": "told"})
    assert answer.status_code == 422, answer.text
    return [violation["field"] for violation in answer.json()["errors"]]


def test_a_form_is_told_by_its_fields(arena: Arena) -> None:
    assert _told(arena, "bigquery", "fields", "project", f"{MARK}'") == ["fields.project"]


def test_a_path_is_told_as_the_path(arena: Arena) -> None:
    assert _told(arena, "iceberg", "fields", "path", f"/{MARK}/../..") == ["fields.path"]


def test_a_known_name_is_told_whole(arena: Arena) -> None:
    name = "iceberg.rest-catalog.case-insensitive-name-matching.cache-ttl"
    base = next(one for one in good_requests("databricks") if "iceberg.rest-catalog.uri" in one.get("properties", {}))
    answer = arena.product.api().register(placed("databricks", base, "properties", name, MARK) | {"name": "told"})
    assert f"properties.{name}" in [violation["field"] for violation in answer.json()["errors"]]


def test_the_corpus_is_large() -> None:
    assert len(GENERIC) >= 200 and {attack.connector for attack in ATTACKS} >= {
        name for name, one in DEFINITIONS.items() if any(field["kind"] == "map" for field in one["fields"])
    }
    assert all(MARK in value.text for value in GENERIC)


@pytest.mark.parametrize(
    "with_part",
    [
        """("a" = 'b') , ("c" = 'd')""",
        """("a" = 'b' OR '1')""",
        """("a" = 'it's')""",
        """("a" = 'b', "a" = 'c')""",
        """("a" = 'b'); DROP CATALOG x""",
        """("a" = 'b') --""",
        """("a" = 'b') /* operation 00 */ /*""",
        """("a"b" = 'c')""",
        """("a" = b)""",
        """("a" = 'b'\n)""",
    ],
)
def test_the_judge_sees_what_breaks_out(with_part: str) -> None:
    good = """CREATE CATALOG "n" USING x WITH ("a" = 'it''s', "b" = '"') /* operation 00 */"""
    assert reading.created(good, "n") == ("x", {"a": "it's", "b": '"'})
    with pytest.raises(AssertionError):
        reading.created(f'CREATE CATALOG "n" USING x WITH {with_part} /* operation 00 */', "n")
    assert reading.jaas_options('a.B required username="x\\"y";') == ("a.B", {"username": 'x"y'})
    with pytest.raises(AssertionError):
        reading.jaas_options('a.B required username="x"; c.D required y="z";')
    assert reading.properties_file("a=b\\n\\\n  c\nd:e") == [("a", "b\nc"), ("d", "e")]
