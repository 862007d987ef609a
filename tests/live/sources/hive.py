"""Hive on a real metastore and HDFS."""

from support.lakehouse import MetastoreSource, write_orders
from support.real import Trino
from support.source import Refusal


class Hive(MetastoreSource):
    connector = "hive"
    plugins = ("hive",)

    def prepare(self, trino: Trino) -> None:
        write_orders(trino, "hive", self.trino_properties())

    def refusals(self, silent_port: int, refused_port: int) -> list[Refusal]:
        # The NameNode has no hadoop.proxyuser settings.
        foreign = self.fields(hdfs_impersonation=True)
        return [*super().refusals(silent_port, refused_port), Refusal("no right to impersonate", foreign, frozenset({"permission"}))]
