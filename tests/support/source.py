"""A data source of the live tests: a server of tools/sources, how to register it, and how it refuses."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Literal

from support.processes import free_port
from support.real import Trino, tool

Fields = dict[str, Any]


@dataclass(frozen=True)
class Refusal:
    """A registration that must fail with one of these classes, within so many seconds, and leave nothing behind."""

    name: str  # "wrong password", "unknown host", "refused port", "silent port", "wrong database", "TLS mismatch", …
    fields: Fields  # complete fields of the form
    codes: frozenset[str]  # of src/domain/diagnosis.hpp
    within: float = 17.0
    # True: tried as a test whose network steps are off, so that Trino itself is asked (its answer is slower).
    through_trino: bool = False


@dataclass
class Source(ABC):
    directory: Path
    port: int = field(default_factory=free_port)

    connector: ClassVar[str]  # id of the definition
    name: ClassVar[str]  # script in tools/sources, may serve several connectors
    product: ClassVar[str]  # "Apache Kafka"; what a reader of the log sees beside version()
    proof: ClassVar[Literal["real", "emulator", "fake"]] = "real"
    tier: ClassVar[Literal["always", "wide"]] = "always"
    # False: no server that lets this connector in can be had here; every registration of it is refused.
    accepts: ClassVar[bool] = True
    # Read through Trino after the registration; {catalog} is the quoted name. None: the source gives no rows.
    reads: ClassVar[str | None] = "SELECT customer FROM {catalog}.shop.orders ORDER BY id LIMIT 1"
    rows: ClassVar[list[list[Any]]] = [["cust-1"]]
    plugins: ClassVar[tuple[str, ...]] = ()  # of Trino

    def start(self) -> None:
        tool(f"sources/{self.name}", "start", self.directory, **self.variables())

    def stop(self) -> None:
        tool(f"sources/{self.name}", "stop", self.directory, **self.variables())

    def prepare(self, trino: Trino) -> None:
        """After the start: makes rows by SQL, for a source whose tables only a query engine can write. May run again."""

    def variables(self) -> dict[str, str]:
        own = {f"AKKO_TEST_{self.name.upper()}_PORT": str(self.port)}
        return own | {"AKKO_TEST_CA": str(self.directory.parent / "test-ca")}

    @abstractmethod
    def version(self) -> str:
        """As the server itself tells it."""

    @abstractmethod
    def fields(self, **changes: Any) -> Fields:
        """A form that works; a change to None leaves the field out."""

    @abstractmethod
    def raw(self) -> dict[str, dict[str, str]]:
        """The same as {"properties": …, "credentials": …}."""

    @abstractmethod
    def refusals(self, silent_port: int, refused_port: int) -> list[Refusal]:
        """Every way of failing that this source can show."""


    # ---- registrations of it

    def catalog(self, name: str, fields: Fields | None = None, **changes: Any) -> dict[str, Any]:
        return {"name": name, "connector": self.connector, "fields": fields or self.fields(**changes)}

    def raw_catalog(self, name: str) -> dict[str, Any]:
        return {"name": name, "connector": self.connector} | self.raw()


def changed(fields: Fields, changes: Fields) -> Fields:
    merged = fields | changes
    return {key: value for key, value in merged.items() if value is not None}
