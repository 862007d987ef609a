"""Delta Lake on the metastore and HDFS of Hive."""

from support.lakehouse import MetastoreSource, write_orders
from support.real import Trino


class DeltaLake(MetastoreSource):
    connector = "delta_lake"
    plugins = ("delta-lake",)
    # shop.orders of the same metastore is a table of Hive
    table = "shop_delta.orders"
    reads = "SELECT customer FROM {catalog}.shop_delta.orders ORDER BY id LIMIT 1"

    def prepare(self, trino: Trino) -> None:
        write_orders(trino, "delta_lake", self.trino_properties(), "shop_delta")
