"""The definition that docs/adding-a-connector.md shows, taken from there."""

import json
import re
from pathlib import Path
from typing import Any

from support.processes import REPOSITORY

GUIDE = REPOSITORY / "docs/adding-a-connector.md"


def definition_text() -> str:
    found = re.findall(r"<!-- the example -->\n```json\n(.*?)```\n", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert len(found) == 1, f"{GUIDE} must show one example"
    return str(found[0])


def definition() -> dict[str, Any]:
    parsed: dict[str, Any] = json.loads(definition_text())
    return parsed


def write_definition(directory: Path) -> str:
    """Puts it into a directory of its own below; returns that one, for AKKO_CONNECTORS_DIR."""
    own = directory / "connectors"
    own.mkdir()
    (own / "clickhouse.json").write_text(definition_text(), encoding="utf-8")
    return str(own)


def by_fields(name: str, port: int = 8443, **changes: Any) -> dict[str, Any]:
    fields = {"host": "127.0.0.1", "port": port, "user": "trino_ro", "password": "pw_ok"} | changes
    return {"name": name, "connector": "clickhouse", "fields": fields}


def by_properties(name: str, port: int = 8443, parameters: str = "?ssl=true") -> dict[str, Any]:
    properties = {"connection-url": f"jdbc:clickhouse://127.0.0.1:{port}{parameters}", "connection-user": "trino_ro"}
    return {"name": name, "connector": "clickhouse", "properties": properties, "credentials": {"connection-password": "pw_ok"}}
