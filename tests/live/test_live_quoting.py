"""What Trino's parser reads back from a literal that we quoted is what went in."""

import random
import subprocess
from pathlib import Path

import pytest

from support.processes import REPOSITORY
from support.world import World

HARD = [
    "", "'", "''", "'''", "\\", "\\'", "'; DROP CATALOG x; --", "U&'\\0041'", "U&", "' || 'x", "/* */", "-- x", "a\nb", "a\r\nb",
    "\t", "\u00e9", "e\u0301", "日本", "🙂", "\ufeff", "\u2028", "\u0085", "\U0010ffff", "${akko:a/b.1}", "%s", "?", '"', "`", "$$", "{fn x}",
]  # fmt: skip


@pytest.fixture(scope="module")
def quote(tmp_path_factory: pytest.TempPathFactory) -> Path:
    program = tmp_path_factory.mktemp("quote") / "quote"
    sources = [Path(__file__).with_name("quote.cpp"), REPOSITORY / "src/domain/sql.cpp"]
    subprocess.run(["c++", "-std=c++20", "-I", REPOSITORY / "src", *sources, "-o", program], check=True)
    return program


def random_texts(count: int) -> list[str]:
    seeded = random.Random(20261122)
    ranges = [(1, 0x7F)] * 4 + [(0x20, 0x2FF), (0x300, 0xD7FF), (0xE000, 0xFFFF), (0x10000, 0x10FFFF)]
    text = lambda: "".join(  # noqa: E731
        seeded.choice("'\\\"${}") if seeded.random() < 0.3 else chr(seeded.randint(*seeded.choice(ranges)))
        for _ in range(seeded.randint(1, 40))
    )
    return [text() for _ in range(count)]


def test_what_goes_in_is_read_back(world: World, quote: Path) -> None:
    texts = HARD + random_texts(400)
    given = b"".join(text.encode() + b"\0" for text in texts)
    done = subprocess.run([quote], input=given, capture_output=True, check=True)
    literals = done.stdout.decode().split("\0")[:-1]
    assert len(literals) == len(texts)
    for begin in range(0, len(texts), 50):
        rows = ", ".join(f"({number}, {literal})" for number, literal in enumerate(literals[begin : begin + 50]))
        read = world.trino.query(f"SELECT value FROM (VALUES {rows}) AS t (number, value) ORDER BY number")
        assert [row[0] for row in read] == texts[begin : begin + 50]
