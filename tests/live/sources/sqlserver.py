"""SQL Server: an imitation without TLS that lets one user in and holds one table; the driver is the real one."""

from typing import Any

from support.source import Fields, Refusal, Source, changed


class SqlServer(Source):
    connector = "sqlserver"
    name = "sqlserver_fake"
    product = "imitation of SQL Server"
    proof = "fake"
    plugins = ("sqlserver",)

    def version(self) -> str:
        return "TDS 7.4, as of SQL Server 2019"

    def fields(self, **changes: Any) -> Fields:
        working = {
            "host": "127.0.0.1",
            "port": self.port,
            "database": "sales",
            "user": "trino_ro",
            "password": "pw_ok",
            "tls": "off",
        }
        return changed(working, changes)

    def raw(self) -> dict[str, dict[str, str]]:
        url = f"jdbc:sqlserver://127.0.0.1:{self.port};databaseName=sales;encrypt=false"
        return {
            "properties": {"connection-url": url, "connection-user": "trino_ro"},
            "credentials": {"connection-password": "pw_ok"},
        }

    def refusals(self, silent_port: int, refused_port: int) -> list[Refusal]:
        return [
            Refusal("wrong password", self.fields(password="not-the-password"), frozenset({"auth_refused"})),
            Refusal("unknown user", self.fields(user="ghost"), frozenset({"auth_refused"})),
            Refusal("disabled account", self.fields(user="locked"), frozenset({"auth_locked"})),
            Refusal("missing right", self.fields(user="denied"), frozenset({"permission"})),
            Refusal("wrong database", self.fields(database="nodb"), frozenset({"database_not_found"})),
            Refusal("unknown host", self.fields(host="no-such-host.invalid"), frozenset({"dns_not_found"})),
            Refusal("refused port", self.fields(port=refused_port), frozenset({"tcp_refused"})),
            Refusal("refused port", self.fields(port=refused_port), frozenset({"tcp_refused"}), through_trino=True),
            Refusal(
                "silent port", self.fields(port=silent_port), frozenset({"timeout", "tcp_timeout"}), within=22, through_trino=True
            ),
            Refusal("no TLS there", self.fields(tls="verified"), frozenset({"tls_none"})),
        ]
