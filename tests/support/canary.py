"""The search for a secret that must not be anywhere: how it could be spelt, and where to look."""

import base64
import html
import json
import os
import secrets
import threading
import urllib.parse
from collections.abc import Iterable
from pathlib import Path


def new_secret() -> str:
    """Random, of harmless characters: found by a plain search in any spelling."""
    return "cnry" + secrets.token_hex(12)


def new_hostile_secret() -> str:
    """Random, with characters that every encoding treats in a way of its own."""
    return f"cn\"ry'{secrets.token_hex(8)}\\é%41 +&<ü/日{secrets.token_hex(4)}"


def spellings(secret: str) -> dict[str, bytes]:
    """The ways in which systems write a text down."""
    raw = secret.encode()
    percent = urllib.parse.quote(secret, safe="")
    quoted = secret.replace("'", "''")
    found = {
        "raw": raw,
        "percent-encoded": percent.encode(),
        "percent-encoded, lower case": lower_hex(percent).encode(),
        "percent-encoded, path characters kept": urllib.parse.quote(secret).encode(),
        "form-encoded": urllib.parse.quote_plus(secret).encode(),
        "SQL-quoted": quoted.encode(),
        "JSON": json.dumps(secret)[1:-1].encode(),
        "JSON, UTF-8": json.dumps(secret, ensure_ascii=False)[1:-1].encode(),
        "JSON, slashes escaped": json.dumps(secret, ensure_ascii=False)[1:-1].replace("/", "\\/").encode(),
        "SQL-quoted in JSON": json.dumps(quoted, ensure_ascii=False)[1:-1].encode(),
        "SQL-quoted in JSON, ASCII": json.dumps(quoted)[1:-1].encode(),
        "HTML": html.escape(secret).encode(),
        "hex": raw.hex().encode(),
        "UTF-16": secret.encode("utf-16-le"),
    }
    for alphabet, encode in (("base64", base64.b64encode), ("base64url", base64.urlsafe_b64encode)):
        for shift in range(3):  # where the secret begins within a group of three bytes
            # the characters at both ends depend on the neighbours too: left out
            text = encode(b"\0" * shift + raw)
            found[f"{alphabet}, shift {shift}"] = text[(0, 2, 3)[shift] : -4]
    return found


def lower_hex(percent: str) -> str:
    parts = percent.split("%")
    return parts[0] + "".join("%" + part[:2].lower() + part[2:] for part in parts[1:])


class Canary:
    """Collects where its secrets were seen."""

    def __init__(self, *secrets: str) -> None:
        self.needles = [(how, needle) for secret in secrets for how, needle in spellings(secret).items()]

    def seen_in(self, text: str | bytes) -> list[str]:
        """The spellings found in `text`."""
        hay = text.encode() if isinstance(text, str) else text
        return sorted({how for how, needle in self.needles if needle in hay})

    def search(self, places: Iterable[tuple[str, str | bytes]]) -> list[str]:
        """"place: spellings" for every place (name, content) in which a secret is."""
        return [f"{name}: {', '.join(seen)}" for name, content in places if (seen := self.seen_in(content))]

    def search_files(self, *roots: Path, besides: Path | None = None) -> list[str]:
        """Searches all files below `roots`, apart from those below `besides`."""
        files = [file for root in roots for file in ([root] if root.is_file() else sorted(root.rglob("*"))) if file.is_file()]
        return self.search((str(file), file.read_bytes()) for file in files if besides is None or besides not in file.parents)


def process_texts() -> Iterable[tuple[str, bytes]]:
    """Command line and environment of every process of this machine that we may read."""
    for pid in filter(str.isdigit, os.listdir("/proc")):
        for kind in ("cmdline", "environ"):
            try:
                yield f"/proc/{pid}/{kind}", Path(f"/proc/{pid}/{kind}").read_bytes()
            except OSError:
                pass  # ended meanwhile, or not ours to read


class ProcessWatch:
    """Looks at all processes over and over while something runs: a short-lived child must not carry a secret either."""

    def __init__(self, canary: Canary) -> None:
        self.canary = canary
        self.seen: set[str] = set()
        self.rounds = 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def _watch(self) -> None:
        while not self._end.wait(0.01):
            self.seen.update(self.canary.search(process_texts()))
            self.rounds += 1

    def __enter__(self) -> "ProcessWatch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._end.set()
        self._thread.join()
