"""The search for leaked secrets finds what is there: each spelling, each place. Without this a clean result means nothing."""

import base64
import json
import os
import subprocess
import urllib.parse
from pathlib import Path

import pytest

from support.canary import Canary, ProcessWatch, new_hostile_secret, new_secret, process_texts
from support.waiting import until


@pytest.mark.parametrize("make", [new_secret, new_hostile_secret])
def test_every_spelling_is_found(make) -> None:  # type: ignore[no-untyped-def]
    secret = make()
    canary = Canary(secret)
    raw = secret.encode()
    quoted = secret.replace("'", "''")
    texts = [
        raw, urllib.parse.quote(secret, safe="").encode(), urllib.parse.quote_plus(secret).encode(),
        json.dumps({"query": f"WITH (x = '{quoted}')"}).encode(), json.dumps({"query": quoted}, ensure_ascii=False).encode(),
        f"CREATE CATALOG x WITH (p = '{quoted}')".encode(),
        *(base64.b64encode(b"u" * before + b":" + raw + b"tail") for before in range(3)),
        base64.urlsafe_b64encode(b"xy" + raw + b"z"),
    ]  # fmt: skip
    for text in texts:
        assert canary.seen_in(b"before " + text + b" after"), text
    assert canary.seen_in(b"nothing here") == []
    assert canary.seen_in(new_secret()) == []


def test_files_are_searched_but_not_the_one_exception(tmp_path: Path) -> None:
    secret = new_secret()
    (tmp_path / "logs").mkdir()
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets/password.1").write_text(secret)
    canary = Canary(secret)
    assert canary.search_files(tmp_path, besides=tmp_path / "secrets") == []
    (tmp_path / "logs/server.log").write_bytes(b"\xff\x00" + secret.encode())
    assert len(canary.search_files(tmp_path, besides=tmp_path / "secrets")) == 1
    assert len(canary.search_files(tmp_path)) == 2


def test_processes_are_searched() -> None:
    in_argv, in_environ = new_secret(), new_secret()
    canary = Canary(in_argv, in_environ)
    assert canary.search(process_texts()) == []
    child = subprocess.Popen(["sleep", "30"], env=os.environ | {"X": in_environ})
    shell = subprocess.Popen(["sh", "-c", "sleep 30; true", in_argv])
    try:
        # Linux shows them a moment after the program has begun.
        for place in (f"/proc/{child.pid}/environ", f"/proc/{shell.pid}/cmdline"):
            until(lambda place=place: any(place in found for found in canary.search(process_texts())), 5, place)  # type: ignore[misc]
    finally:
        child.kill()
        shell.kill()
        child.wait()
        shell.wait()


def test_a_short_lived_process_is_caught() -> None:
    secret = new_secret()
    with ProcessWatch(Canary(secret)) as watch:
        subprocess.run(["sh", "-c", "sleep 0.5", secret], check=True)
    assert watch.rounds > 3
    assert watch.seen
