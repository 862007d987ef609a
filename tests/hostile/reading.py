"""Readers of SQL, of Java .properties files and of JAAS lines, written for the tests alone."""

import re
from dataclasses import dataclass

TOKEN = re.compile(
    r"""(?P<space>[ ]+)|(?P<comment>/\*.*?\*/|--[^\n]*)|(?P<identifier>"(?:[^"]|"")*")|(?P<literal>'(?:[^']|'')*')
    |(?P<number>[0-9]+)|(?P<word>[A-Za-z_][A-Za-z0-9_]*)|(?P<mark><>|[(),.=*])""",
    re.VERBOSE | re.DOTALL,
)
OPERATION = re.compile(r"/\* operation [0-9a-f]+ \*/")
REFERENCE = re.compile(r"\$\{akko:(?:path:)?(?P<catalog>[a-z0-9-]+)/(?P<property>[a-z0-9._-]+)\.[0-9]+\}")


@dataclass(frozen=True)
class Token:
    kind: str
    text: str  # without its quotes, where it has any


def tokens(sql: str) -> list[Token]:
    """Of a whole statement. AssertionError at anything that is none, such as a control character outside of quotes."""
    found: list[Token] = []
    at = 0
    while at < len(sql):
        match = TOKEN.match(sql, at)
        assert match, f"no token at {sql[at : at + 40]!r}"
        kind = match.lastgroup or ""
        text = match[0]
        if kind in ("identifier", "literal"):
            text = text[1:-1].replace(text[0] * 2, text[0])
        if kind != "space":
            found.append(Token(kind, text))
        at = match.end()
    return found


def shape(sql: str) -> list[tuple[str, str]]:
    """What a statement is apart from its quoted texts and the number of its operation."""
    quoted = ("identifier", "literal", "comment")
    found = tokens(sql)
    comments = [token.text for token in found if token.kind == "comment"]
    assert all(OPERATION.fullmatch(comment) for comment in comments), comments
    return [(token.kind, "" if token.kind in quoted else token.text) for token in found]


def assert_inert(sql: str, mark: str) -> None:
    """`mark` stands within quotes only, and nothing is referred to but our secrets."""
    for token in tokens(sql):
        if token.kind not in ("identifier", "literal"):
            assert mark not in token.text, token
        assert not any(is_control(character) for character in token.text), token
        assert "${" not in REFERENCE.sub("", token.text), token


def created(sql: str, name: str) -> tuple[str, dict[str, str]]:
    """Connector and properties of CREATE CATALOG "name" USING connector WITH (…) /* operation … */ and of nothing else."""
    found = tokens(sql)
    head, found = found[:5], found[5:]
    assert head[:4] == [Token("word", "CREATE"), Token("word", "CATALOG"), Token("identifier", name), Token("word", "USING")], (
        head
    )
    assert head[4].kind == "word", head
    comment = found.pop()
    assert comment.kind == "comment" and OPERATION.fullmatch(comment.text), comment
    assert found[:2] == [Token("word", "WITH"), Token("mark", "(")], found[:2]
    assert found.pop() == Token("mark", ")"), "the list of properties is not closed"
    found = found[1:]
    properties: dict[str, str] = {}
    while found:
        assert len(found) >= 4, found
        (before, key, equals, value), found = found[:4], found[4:]
        assert before == Token("mark", "," if properties else "("), before
        assert key.kind == "identifier" and key.text not in properties, key
        assert equals == Token("mark", "=") and value.kind == "literal", (equals, value)
        properties[key.text] = value.text
    return head[4].text, properties


def is_control(character: str) -> bool:
    return ord(character) < 0x20 or 0x7F <= ord(character) <= 0x9F


def properties_file(text: str) -> list[tuple[str, str]]:
    """As java.util.Properties.load reads it, every assignment in turn."""
    found: list[tuple[str, str]] = []
    lines = re.split(r"\r\n|\n|\r", text)
    while lines:
        line = lines.pop(0).lstrip(" \t\f")
        if not line or line[0] in "#!":
            continue
        while (len(line) - len(line.rstrip("\\"))) % 2:
            line = line[:-1] + (lines.pop(0).lstrip(" \t\f") if lines else "")
        at = 0
        while at < len(line) and line[at] not in "=: \t\f":
            at += 2 if line[at] == "\\" else 1
        rest = re.sub(r"^[ \t\f]*[=:]?[ \t\f]*", "", line[at:])
        found.append((_unescaped(line[:at]), _unescaped(rest)))
    return found


def _unescaped(text: str) -> str:
    def plain(match: re.Match[str]) -> str:
        if match[1]:
            return chr(int(match[1], 16))
        return {"n": "\n", "r": "\r", "t": "\t", "f": "\f"}.get(match[2], match[2])

    units = re.sub(r"\\(?:u([0-9A-Fa-f]{4})|(.))", plain, text, flags=re.DOTALL)
    return units.encode("utf-16", "surrogatepass").decode("utf-16")


def jaas_options(line: str) -> tuple[str, dict[str, str]]:
    """Module and options of a sasl.jaas.config of one login module; AssertionError at anything more. A backslash in quotes
    takes the next character as it is, as in the tokenizer of Java."""
    match = re.match(r"([A-Za-z0-9_.]+) required", line)
    assert match, line
    rest = line[match.end() :]
    options: dict[str, str] = {}
    while rest != ";":
        option = re.match(r' (\w+)="((?:[^"\\]|\\.)*)"', rest, re.DOTALL)
        assert option and option[1] not in options, f"no option: {rest!r}"
        options[option[1]] = re.sub(r"\\(.)", r"\1", option[2], flags=re.DOTALL)
        rest = rest[option.end() :]
    return match[1], options
