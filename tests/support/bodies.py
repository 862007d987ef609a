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


def at(port: int, host: str = "127.0.0.1", parameters: str = "", /, **changes: Any) -> dict[str, Any]:
    """A connection to this place, for the tests in which the manager itself goes there."""
    url = f"jdbc:postgresql://{host}:{port}/sales{parameters}"
    return catalog("client-pg-01", properties={"connection-url": url, "connection-user": "trino_ro"}, **changes)
