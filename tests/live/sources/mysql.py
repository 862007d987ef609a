"""MySQL: a real server, which makes a certificate for itself when it first starts."""

from typing import Any

from support.real import Source as Server
from support.source import Fields, Refusal, Source, changed


class MySql(Source):
    connector = "mysql"
    name = "mysql"
    product = "MySQL"
    rows = [["acme"]]

    def version(self) -> str:
        return Server.at(self.name, self.directory, self.port).version()

    def fields(self, **changes: Any) -> Fields:
        working = {"host": "127.0.0.1", "port": self.port, "user": "trino_ro", "password": "pw_ok", "tls": "preferred"}
        return changed(working, changes)

    def raw(self) -> dict[str, dict[str, str]]:
        url = f"jdbc:mysql://127.0.0.1:{self.port}"
        return {
            "properties": {"connection-url": url, "connection-user": "trino_ro"},
            "credentials": {"connection-password": "pw_ok"},
        }

    def refusals(self, silent_port: int, refused_port: int) -> list[Refusal]:
        return [
            Refusal("wrong password", self.fields(password="not-the-password"), frozenset({"auth_refused"})),
            Refusal("unknown user", self.fields(user="ghost"), frozenset({"auth_refused"})),
            Refusal("unknown host", self.fields(host="no-such-host.invalid"), frozenset({"dns_not_found"})),
            Refusal("refused port", self.fields(port=refused_port), frozenset({"tcp_refused"})),
            Refusal("refused port", self.fields(port=refused_port), frozenset({"tcp_refused"}), through_trino=True),
            Refusal(
                "silent port", self.fields(port=silent_port), frozenset({"timeout", "tcp_timeout"}), within=22, through_trino=True
            ),
            Refusal("unknown authority", self.fields(tls="verify-identity"), frozenset({"tls_untrusted"})),
        ]
