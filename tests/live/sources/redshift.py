"""PostgreSQL 17 behind a facade, for the real Redshift driver: sign-in, TLS, schemas and tables, but no rows."""

import subprocess
from typing import Any, ClassVar, Literal

from support.source import Fields, Refusal, Source, changed


class Redshift(Source):
    connector: ClassVar[str] = "redshift"
    name: ClassVar[str] = "redshift"
    product: ClassVar[str] = "PostgreSQL (in place of Redshift)"
    proof: ClassVar[Literal["real", "emulator", "fake"]] = "emulator"
    tier: ClassVar[Literal["always", "wide"]] = "wide"
    reads: ClassVar[str | None] = None
    rows: ClassVar[list[list[Any]]] = []
    plugins: ClassVar[tuple[str, ...]] = ("redshift",)

    def version(self) -> str:
        return subprocess.check_output([self.directory / "server" / "bin" / "postgres", "--version"], text=True).strip()

    def fields(self, **changes: Any) -> Fields:
        return changed({"host": "localhost", "port": self.port, "database": "sales", "user": "trino_ro", "password": "pw_ok"}, changes)

    def raw(self) -> dict[str, dict[str, str]]:
        return {
            "properties": {
                "connection-url": f"jdbc:redshift://localhost:{self.port}/sales?sslmode=verify-full",
                "connection-user": "trino_ro",
            },
            "credentials": {"connection-password": "pw_ok"},
        }

    def refusals(self, silent_port: int, refused_port: int) -> list[Refusal]:
        refused, timeout = frozenset({"tcp_refused"}), frozenset({"timeout", "tcp_timeout"})
        return [
            Refusal("wrong password", self.fields(password="wrong"), frozenset({"auth_refused"})),
            Refusal("user without login", self.fields(user="nologin"), frozenset({"auth_locked"})),
            Refusal("no right to connect", self.fields(user="outsider"), frozenset({"permission"})),
            Refusal("wrong database", self.fields(database="ghost"), frozenset({"database_not_found"})),
            Refusal("unknown host", self.fields(host="no-such-host.invalid"), frozenset({"dns_not_found"})),
            Refusal("refused port", self.fields(port=refused_port), refused),
            Refusal("refused port, by Trino", self.fields(port=refused_port), refused, through_trino=True),
            Refusal("silent port", self.fields(port=silent_port), timeout),
            Refusal("silent port, by Trino", self.fields(port=silent_port), timeout, through_trino=True),
        ]
