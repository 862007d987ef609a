"""Databricks, as far as it can be without one: its Hive Metastore mode is Delta Lake on a real metastore. Its Unity Catalog
mode is the Iceberg REST protocol, which iceberg.py proves; here Trino only has to accept what the form gives."""

from typing import Any

from support.lakehouse import MetastoreSource, golden_forms, write_orders
from support.real import Trino
from support.source import Fields, Refusal, changed


class Databricks(MetastoreSource):
    connector = "databricks"
    proof = "emulator"
    plugins = ("delta-lake", "iceberg")
    table = "shop_delta.orders"
    reads = "SELECT customer FROM {catalog}.shop_delta.orders ORDER BY id LIMIT 1"

    def prepare(self, trino: Trino) -> None:
        write_orders(trino, "delta_lake", self.trino_properties(), "shop_delta")

    def fields(self, **changes: Any) -> Fields:
        return super().fields(**({"mode": "metastore"} | changes))

    def refusals(self, silent_port: int, refused_port: int) -> list[Refusal]:
        unity = changed(golden_forms(self.connector)["unity-token"], {"workspace": "no-such-host.invalid"})
        # Its fields have no settings of their own for a test: two attempts of 10 s outlast the test.
        metastore = [one for one in super().refusals(silent_port, refused_port) if one.name != "silent port"]
        silent = self.fields(metastore=f"127.0.0.1:{silent_port}")
        return [
            *metastore,
            Refusal("silent port", silent, frozenset({"timeout"}), within=24),
            Refusal("unknown workspace", unity, frozenset({"dns_not_found"})),
        ]
