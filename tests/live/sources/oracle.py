"""Oracle: an imitation of its listener, which only refuses; the driver is the real one. Nothing here lets it in."""

from typing import Any

from support.source import Fields, Refusal, Source, changed


class Oracle(Source):
    connector = "oracle"
    name = "oracle_fake"
    product = "imitation of Oracle's listener"
    proof = "fake"
    plugins = ("oracle",)
    accepts = False
    reads = None

    def version(self) -> str:
        return "TNS, as of Oracle 19"

    def fields(self, **changes: Any) -> Fields:
        working = {"host": "127.0.0.1", "port": self.port, "service": "SALES", "user": "trino_ro", "password": "pw_ok"}
        return changed(working, changes)

    def raw(self) -> dict[str, dict[str, str]]:
        url = f"jdbc:oracle:thin:@//127.0.0.1:{self.port}/SALES"
        return {
            "properties": {"connection-url": url, "connection-user": "trino_ro"},
            "credentials": {"connection-password": "pw_ok"},
        }

    def refusals(self, silent_port: int, refused_port: int) -> list[Refusal]:
        return [
            # Trino opens such a connection ten times before it gives up.
            Refusal("unknown service", self.fields(), frozenset({"database_not_found"}), within=25),
            Refusal("starting", self.fields(service="STARTING"), frozenset({"source_unavailable"})),
            Refusal("no handler left", self.fields(service="FULL"), frozenset({"too_many_connections"})),
            Refusal("closes", self.fields(service="CLOSED"), frozenset({"connection_closed"})),
            Refusal("unknown host", self.fields(host="no-such-host.invalid"), frozenset({"dns_not_found"})),
            Refusal("refused port", self.fields(port=refused_port), frozenset({"tcp_refused"})),
            Refusal("refused port", self.fields(port=refused_port), frozenset({"tcp_refused"}), through_trino=True),
            # No setting ends it earlier than the deadline of the check.
            Refusal(
                "silent port", self.fields(port=silent_port), frozenset({"timeout", "tcp_timeout"}), within=22, through_trino=True
            ),
        ]
