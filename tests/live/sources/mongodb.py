"""MongoDB: an emulator with a real sign-in in front."""

import re
import socket
import struct
from typing import Any, ClassVar, Literal

from support.source import Fields, Refusal, Source, changed

# {buildInfo: 1, $db: "admin"} in BSON
BUILD_INFO = b"\x10buildInfo\0\1\0\0\0" + b"\x02$db\0\6\0\0\0admin\0" + b"\0"


class MongoDb(Source):
    connector: ClassVar[str] = "mongodb"
    name: ClassVar[str] = "mongodb"
    product: ClassVar[str] = "mongo-java-server"
    proof: ClassVar[Literal["real", "emulator", "fake"]] = "emulator"
    rows: ClassVar[list[list[Any]]] = [["cust-1"]]
    plugins: ClassVar[tuple[str, ...]] = ("mongodb",)

    def version(self) -> str:
        document = struct.pack("<i", len(BUILD_INFO) + 4) + BUILD_INFO
        message = struct.pack("<iiiii", 16 + 4 + 1 + len(document), 1, 0, 2013, 0) + b"\0" + document
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(message)
            told = re.search(rb"\x02version\0....([0-9.]+)\0", connection.recv(65536), re.DOTALL)
        assert told
        return f"MongoDB {told[1].decode()} as imitated"

    def fields(self, **changes: Any) -> Fields:
        form = {"hosts": f"127.0.0.1:{self.port}", "user": "trino_ro", "password": "pw_ok", "auth_database": "admin", "tls": "off"}
        return changed(form, changes)

    def raw(self) -> dict[str, dict[str, str]]:
        url = f"mongodb://trino_ro:pw_ok@127.0.0.1:{self.port}/?authSource=admin"
        return {"properties": {}, "credentials": {"mongodb.connection-url": url}}

    def refusals(self, silent_port: int, refused_port: int) -> list[Refusal]:
        refused = frozenset({"auth_refused"})
        silent = frozenset({"timeout", "tcp_timeout"})
        return [
            Refusal("wrong password", self.fields(password="wrong"), refused),
            Refusal("unknown user", self.fields(user="ghost"), refused),
            Refusal("wrong authentication database", self.fields(auth_database="shop"), refused),
            Refusal("no user", self.fields(user=None, password=None), refused),
            Refusal("no password", self.fields(password=None), refused),
            Refusal("way to sign in not offered", self.fields(mechanism="SCRAM-SHA-1"), frozenset({"auth_method"})),
            Refusal("unknown host", self.fields(hosts="no-such-host.invalid:27017"), frozenset({"dns_not_found"})),
            Refusal(
                "unknown seed list",
                self.fields(address="srv", hosts="no-such-host.invalid", tls=None),
                frozenset({"dns_not_found"}),
            ),
            Refusal("refused port", self.fields(hosts=f"127.0.0.1:{refused_port}"), frozenset({"tcp_refused"})),
            Refusal("silent port", self.fields(hosts=f"127.0.0.1:{silent_port}"), silent),
            Refusal(
                "refused port, told by Trino",
                self.fields(hosts=f"127.0.0.1:{refused_port}"),
                frozenset({"tcp_refused"}),
                through_trino=True,
            ),
            # This emulator does not answer what it takes for nonsense; a real server closes the connection.
            Refusal("TLS mismatch", self.fields(tls="on"), silent | {"tls_none", "tls_failed", "connection_closed"}),
            Refusal("other replica set", self.fields(replica_set="rs0"), frozenset({"config"})),
        ]
