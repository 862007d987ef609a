"""PostgreSQL: a real server without TLS, passwords by SCRAM."""

from typing import Any

from support.real import Source as Server
from support.source import Fields, Refusal, Source, changed


class PostgreSql(Source):
    connector = "postgresql"
    name = "postgresql"
    product = "PostgreSQL"

    def version(self) -> str:
        return Server.at(self.name, self.directory, self.port).version()

    def fields(self, **changes: Any) -> Fields:
        working = {
            "host": "127.0.0.1",
            "port": self.port,
            "database": "sales",
            "user": "trino_ro",
            "password": "pw_ok",
            "tls": "prefer",
        }
        return changed(working, changes)

    def raw(self) -> dict[str, dict[str, str]]:
        url = f"jdbc:postgresql://127.0.0.1:{self.port}/sales"
        return {
            "properties": {"connection-url": url, "connection-user": "trino_ro"},
            "credentials": {"connection-password": "pw_ok"},
        }

    def refusals(self, silent_port: int, refused_port: int) -> list[Refusal]:
        return [
            Refusal("wrong password", self.fields(password="not-the-password"), frozenset({"auth_refused"})),
            Refusal("no password", self.fields(password=None), frozenset({"auth_refused"})),
            Refusal("unknown user", self.fields(user="ghost"), frozenset({"auth_refused"})),
            Refusal("unknown host", self.fields(host="no-such-host.invalid"), frozenset({"dns_not_found"})),
            Refusal("refused port", self.fields(port=refused_port), frozenset({"tcp_refused"})),
            Refusal("refused port", self.fields(port=refused_port), frozenset({"tcp_refused"}), through_trino=True),
            Refusal(
                "silent port", self.fields(port=silent_port), frozenset({"timeout", "tcp_timeout"}), within=22, through_trino=True
            ),
            Refusal(
                "silent port", self.fields(port=silent_port, tls="require"), frozenset({"timeout", "tcp_timeout"}), within=22
            ),
            Refusal("wrong database", self.fields(database="no_such_database"), frozenset({"database_not_found"})),
            Refusal("no TLS there", self.fields(tls="require"), frozenset({"tls_none"})),
            Refusal("no TLS there", self.fields(tls="verify-full"), frozenset({"tls_none"}), through_trino=True),
        ]
