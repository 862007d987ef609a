"""Kafka: a real broker with every kind of listener."""

import re
from typing import Any, ClassVar

from support.source import Fields, Refusal, Source, changed

# Of the account "quoted": every character that has a meaning where the password ends up (tools/sources/KafkaSetup.java).
QUOTED_PASSWORD = "a\"b\\c'd=e; f#g!h:{}%é"


class Kafka(Source):
    connector: ClassVar[str] = "kafka"
    name: ClassVar[str] = "kafka"
    product: ClassVar[str] = "Apache Kafka"
    reads: ClassVar[str | None] = (
        "SELECT json_extract_scalar(_message, '$.customer') FROM {catalog}.shop.orders ORDER BY _partition_offset LIMIT 1"
    )
    rows: ClassVar[list[list[Any]]] = [["cust-1"]]
    plugins: ClassVar[tuple[str, ...]] = ("kafka",)

    def version(self) -> str:
        told = re.search(r"Kafka version: (\S+)", (self.directory / "server.log").read_text())
        assert told
        return told[1]

    def listener(self, security: str) -> str:
        offset = {"PLAINTEXT": 0, "SASL_PLAINTEXT": 2, "SSL": 3, "SASL_SSL": 4}[security]
        return f"127.0.0.1:{self.port + offset}"

    def pem(self, name: str) -> str:
        return (self.directory / "tls" / f"{name}.pem").read_text()

    def form(self, security: str, **changes: Any) -> Fields:
        """To the listener of this kind, as trino_ro."""
        form: Fields = {"brokers": self.listener(security), "security": security, "topics": "shop.orders,clicks"}
        if security.startswith("SASL"):
            form |= {"mechanism": "PLAIN", "user": "trino_ro", "password": "pw_ok"}
        return changed(form, changes)

    def fields(self, **changes: Any) -> Fields:
        form = self.form("SASL_SSL", mechanism="SCRAM-SHA-512", user="quoted", password=QUOTED_PASSWORD, ca_certificates=self.pem("ca"))
        return changed(form, changes)

    def raw(self) -> dict[str, dict[str, str]]:
        content = (
            "security.protocol=SASL_PLAINTEXT\n"
            "sasl.mechanism=SCRAM-SHA-256\n"
            "sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required"
            ' username="trino_ro" password="pw_ok";\n'
            "allow.auto.create.topics=false\n"
            "default.api.timeout.ms=15000\n"
            "request.timeout.ms=12000\n"
            "socket.connection.setup.timeout.ms=4000\n"
        )
        properties = {"kafka.nodes": self.listener("SASL_PLAINTEXT"), "kafka.table-names": "shop.orders,clicks"}
        return {"properties": properties, "credentials": {"kafka.config.resources": content}}

    # Never name a port where HTTP is spoken: Kafka's client takes the answer for the length of a message of 1.2 GB and asks
    # for as much memory, which ends a Trino with a small heap.
    def refusals(self, silent_port: int, refused_port: int) -> list[Refusal]:
        refused = frozenset({"auth_refused"})
        silent = frozenset({"timeout", "tcp_timeout"})
        return [
            Refusal("wrong password", self.fields(password="wrong"), refused),
            Refusal("wrong password, PLAIN", self.form("SASL_PLAINTEXT", password="wrong"), refused),
            Refusal("unknown user", self.form("SASL_PLAINTEXT", user="ghost", mechanism="SCRAM-SHA-256"), refused),
            Refusal("missing right", self.form("SASL_PLAINTEXT", user="weak"), frozenset({"permission"})),
            Refusal("unknown host", self.form("PLAINTEXT", brokers="no-such-host.invalid:9092"), frozenset({"dns_not_found"})),
            Refusal(
                "unknown host, told by Trino",
                self.form("PLAINTEXT", brokers="no-such-host.invalid:9092"),
                frozenset({"dns_not_found"}),
                through_trino=True,
            ),
            Refusal("refused port", self.form("PLAINTEXT", brokers=f"127.0.0.1:{refused_port}"), frozenset({"tcp_refused"})),
            # Its client does not say why it got no answer.
            Refusal(
                "refused port, told by Trino",
                self.form("PLAINTEXT", brokers=f"127.0.0.1:{refused_port}"),
                frozenset({"timeout"}),
                through_trino=True,
            ),
            Refusal("silent port", self.form("PLAINTEXT", brokers=f"127.0.0.1:{silent_port}"), silent),
            Refusal(
                "sign-in where none is wanted",
                self.form("SASL_PLAINTEXT", brokers=self.listener("PLAINTEXT")),
                frozenset({"auth_method"}),
            ),
            Refusal(
                "no sign-in where one is wanted",
                self.form("PLAINTEXT", brokers=self.listener("SASL_PLAINTEXT")),
                frozenset({"timeout"}),
            ),
            Refusal("certificate not trusted", self.fields(ca_certificates=None), frozenset({"tls_untrusted"})),
            Refusal(
                "TLS mismatch",
                self.form("SSL", brokers=self.listener("PLAINTEXT")),
                silent | {"tls_none", "tls_failed", "connection_closed"},
            ),
        ]
