"""Apache Iceberg's own REST catalog, with OAuth2, and its tables in HDFS."""

import urllib.request
from typing import Any

from support.lakehouse import first_line, golden_forms, write_orders
from support.real import Trino
from support.source import Fields, Refusal, Source, changed

TOKEN = "iceberg_token"
CLIENT, SECRET = "akko", "iceberg_pw"


class Iceberg(Source):
    connector = "iceberg"
    name = "iceberg_rest"
    product = "Apache Iceberg REST catalog with HDFS"
    plugins = ("iceberg",)

    def token_url(self) -> str:
        return f"http://127.0.0.1:{first_line(self.directory / 'token.port')}/v1/oauth/tokens"

    def version(self) -> str:
        """The protocol has none: what tells of the server are its head and what it can do."""
        url = f"http://127.0.0.1:{self.port}/v1/config"
        request = urllib.request.Request(url, headers={"Authorization": f"Bearer {TOKEN}"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return str(answer.headers["Server"])

    def fields(self, **changes: Any) -> Fields:
        working = {
            "protocol": "http",
            "host": "127.0.0.1",
            "port": self.port,
            "auth": "oauth2",
            "client_id": CLIENT,
            "client_secret": SECRET,
            "token_url": self.token_url(),
            "storage": "hdfs",
            "probe_table": "shop.orders",
        }
        return changed(working, changes)

    def raw(self) -> dict[str, dict[str, str]]:
        properties = {
            "iceberg.catalog.type": "rest",
            "iceberg.rest-catalog.uri": f"http://127.0.0.1:{self.port}",
            "iceberg.rest-catalog.security": "OAUTH2",
            "iceberg.rest-catalog.oauth2.server-uri": self.token_url(),
            "fs.hadoop.enabled": "true",
        }
        return {"properties": properties, "credentials": {"iceberg.rest-catalog.oauth2.credential": f"{CLIENT}:{SECRET}"}}

    def prepare(self, trino: Trino) -> None:
        raw = self.raw()
        write_orders(trino, "iceberg", raw["properties"] | raw["credentials"])

    def refusals(self, silent_port: int, refused_port: int) -> list[Refusal]:
        refused = frozenset({"auth_refused"})
        token = {"client_id": None, "client_secret": None, "token_url": None}
        nobody = f"http://127.0.0.1:{refused_port}/token"
        return [
            Refusal("wrong secret", self.fields(client_secret="wrong"), refused),
            Refusal("wrong token", self.fields(**token, token="wrong"), refused),
            Refusal("no sign-in", self.fields(**token, auth="none"), refused),
            Refusal("refused port", self.fields(port=refused_port), frozenset({"tcp_refused"})),
            Refusal("refused port, by Trino", self.fields(port=refused_port, token_url=None), frozenset({"tcp_refused"}), through_trino=True),
            Refusal("token server refused", self.fields(token_url=nobody), frozenset({"tcp_refused"})),
            Refusal("unknown host", self.fields(host="no-such-host.invalid"), frozenset({"dns_not_found"})),
            # Trino has no setting for it: the end is the deadline of the product.
            Refusal("silent port", self.fields(**token, port=silent_port, token="any"), frozenset({"timeout"}), within=20),
            Refusal("TLS mismatch", self.fields(protocol="https"), frozenset({"tls_none", "tls_failed"})),
            Refusal("wrong path", self.fields(path="nothing"), frozenset({"wrong_service"})),
            Refusal("wrong table", self.fields(probe_table="shop.nothing"), frozenset({"database_not_found"})),
            Refusal("wrong storage", self.fields(storage="none"), frozenset({"config"})),
        ]
