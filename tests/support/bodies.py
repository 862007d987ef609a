"""Request bodies of registrations."""

from typing import Any


def catalog(name: str, /, **changes: Any) -> dict[str, Any]:
    """A registration that the fake Trino accepts, with members replaced or added."""
    return {
        "name": name,
        "connector": "postgresql",
        "properties": {"connection-url": "jdbc:postgresql://db.example:5432/sales", "connection-user": "trino_ro"},
        "credentials": {"connection-password": "pw_ok"},
    } | changes
