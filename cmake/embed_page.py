"""embed_page.py DIST DIRECTORY: writes DIRECTORY/page_files.cpp, which holds every file below DIST, and beside each that
compresses well its gzip under the same name and ".gz". DIST may be empty: no files."""

import gzip
import hashlib
import shutil
import sys
from pathlib import Path

COMPRESSIBLE = {".html", ".js", ".mjs", ".css", ".json", ".svg", ".txt", ".webmanifest", ".ico", ".map"}

HEAD = """// Written by cmake/embed_page.py.
#include "embedded/page_files.hpp"
#include <vector>
"""

FILE = """// {digest}
__asm__(".section .rodata\\n.global {symbol}\\n.balign 16\\n{symbol}:\\n.incbin \\"{file}\\"\\n"
        ".global {symbol}_end\\n{symbol}_end:\\n.byte 0\\n.previous\\n");
extern "C" const char {symbol}[], {symbol}_end[];
"""

TAIL = """namespace akko::embedded {{
std::span<const File> page_files() {{
  static const std::vector<File> files = {{
{entries}  }};
  return files;
}}
}}  // namespace akko::embedded
"""


def quoted(text: str) -> str:
    if any(character in text for character in '"\\\n\r\t') or not text.isprintable():
        sys.exit(f"embed_page.py: {text!r} is no name for a file of the page")
    return text


def collect(dist: Path, copies: Path) -> list[tuple[str, Path]]:
    """Name below the root -> where its content lies. What is embedded is a copy: DIST may change while the compiler reads."""
    found = []
    for path in sorted(path for path in dist.rglob("*") if path.is_file()):
        name = path.relative_to(dist).as_posix()
        copy = copies / f"{len(found)}"
        shutil.copyfile(path, copy)
        found.append((name, copy))
        content = copy.read_bytes()
        packed = gzip.compress(content, compresslevel=9, mtime=0) if path.suffix in COMPRESSIBLE else content
        if len(packed) < 0.9 * len(content):
            copy = copies / f"{len(found)}"
            copy.write_bytes(packed)
            found.append((f"{name}.gz", copy))
    return found


def main() -> None:
    dist, directory = sys.argv[1], Path(sys.argv[2])
    copies = directory / "files"
    shutil.rmtree(copies, ignore_errors=True)
    copies.mkdir(parents=True)
    files = collect(Path(dist), copies) if dist else []
    if dist and not any(name == "index.html" for name, _ in files):
        sys.exit(f"embed_page.py: there is no index.html in {dist}")
    text, entries = HEAD, ""
    for number, (name, path) in enumerate(files):
        symbol = f"akko_embedded_page_{number}"
        # The digest makes the compiler read again what changed under an old name.
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        text += FILE.format(symbol=symbol, file=quoted(str(path)), digest=digest)
        entries += f'      {{"{quoted(name)}", {{{symbol}, static_cast<std::size_t>({symbol}_end - {symbol})}}}},\n'
    (directory / "page_files.cpp").write_text(text + TAIL.format(entries=entries), encoding="utf-8")


main()
