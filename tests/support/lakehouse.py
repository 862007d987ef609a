"""What the sources share whose tables are files."""

import json
import socket
import struct
from pathlib import Path
from typing import Any, ClassVar

from support.processes import REPOSITORY
from support.real import Trino
from support.source import Fields, Refusal, Source, changed

ROWS = "VALUES (1, 'cust-1', DECIMAL '1.25'), (2, 'cust-2', DECIMAL '2.50'), (3, 'cust-3', DECIMAL '3.75')"


def write_orders(trino: Trino, connector: str, properties: dict[str, str], schema: str = "shop") -> None:
    """The table `orders`, through a catalog that is gone afterwards."""
    catalog = f"prepare_{connector}"
    given = ", ".join(f"\"{name}\" = '{value}'" for name, value in properties.items())
    trino.query(f"CREATE CATALOG {catalog} USING {connector} WITH ({given})")
    try:
        trino.query(f"CREATE SCHEMA IF NOT EXISTS {catalog}.{schema}")
        rows = f"SELECT id, customer, CAST(amount AS decimal(12, 2)) AS amount FROM ({ROWS}) AS t (id, customer, amount)"
        trino.query(f"CREATE TABLE IF NOT EXISTS {catalog}.{schema}.orders AS {rows}")
    finally:
        trino.query(f"DROP CATALOG {catalog}")


def golden_forms(connector: str) -> dict[str, Fields]:
    """The forms of the golden cases that are accepted."""
    forms = {}
    for path in sorted((REPOSITORY / "tests" / "golden" / connector).glob("*.json")):
        case = json.loads(path.read_text())
        if "form" in case and "violations" not in case["expect"]:
            forms[path.stem] = case["form"]["fields"]
    return forms


def metastore_version(port: int) -> str:
    """The answer to getVersion of Thrift's fb303, which every Hive Metastore knows."""
    name = b"getVersion"
    call = struct.pack("!II", 0x80010001, len(name)) + name + struct.pack("!IB", 1, 0)
    with socket.create_connection(("127.0.0.1", port), 10) as connection:
        connection.sendall(call)
        answer = connection.recv(1024)
    field = 4 + 4 + len(name) + 4 + 1 + 2  # head, then type and number of the result
    (length,) = struct.unpack_from("!I", answer, field)
    return answer[field + 4 : field + 4 + length].decode()


class MetastoreSource(Source):
    """A Hive Metastore with HDFS; one server for all connectors that read it."""

    name = "hive_metastore"
    product = "Hive Metastore with HDFS"
    table: ClassVar[str] = "shop.orders"

    def version(self) -> str:
        return metastore_version(self.port)

    def fields(self, **changes: Any) -> Fields:
        return changed({"metastore": f"127.0.0.1:{self.port}", "storage": "hdfs", "probe_table": self.table}, changes)

    def trino_properties(self) -> dict[str, str]:
        return {"hive.metastore.uri": f"thrift://127.0.0.1:{self.port}", "fs.hadoop.enabled": "true"}

    def raw(self) -> dict[str, dict[str, str]]:
        return {"properties": self.trino_properties(), "credentials": {}}

    def refusals(self, silent_port: int, refused_port: int) -> list[Refusal]:
        schema = self.table.partition(".")[0]
        return [
            Refusal("refused port", self.fields(metastore=f"127.0.0.1:{refused_port}"), frozenset({"tcp_refused"})),
            Refusal("refused port, by Trino", self.fields(metastore=f"127.0.0.1:{refused_port}"), frozenset({"tcp_refused"}), through_trino=True),
            Refusal("unknown host", self.fields(metastore="no-such-host.invalid:9083"), frozenset({"dns_not_found"})),
            # Two attempts of 5 s: the connector repeats what was not answered.
            Refusal("silent port", self.fields(metastore=f"127.0.0.1:{silent_port}"), frozenset({"timeout"}), within=22),
            Refusal("wrong table", self.fields(probe_table=f"{schema}.nothing"), frozenset({"database_not_found"})),
            Refusal("wrong schema", self.fields(probe_table="nothing.orders"), frozenset({"database_not_found"})),
            Refusal("wrong storage", self.fields(storage="none"), frozenset({"config"})),
        ]



def first_line(path: Path) -> str:
    return path.read_text().split()[0]
