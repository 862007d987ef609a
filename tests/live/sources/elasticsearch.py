"""Elasticsearch: a real node whose accounts are a plugin."""

import base64
import json
import urllib.request
from typing import Any, ClassVar

from support.source import Fields, Refusal, Source, changed


class Elasticsearch(Source):
    connector: ClassVar[str] = "elasticsearch"
    name: ClassVar[str] = "elasticsearch"
    product: ClassVar[str] = "Elasticsearch"
    reads: ClassVar[str | None] = 'SELECT customer FROM {catalog}."default".orders ORDER BY id LIMIT 1'
    rows: ClassVar[list[list[Any]]] = [["cust-1"]]
    plugins: ClassVar[tuple[str, ...]] = ("elasticsearch",)

    def version(self) -> str:
        authorization = "Basic " + base64.b64encode(b"trino_ro:pw_ok").decode()
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}/", headers={"Authorization": authorization})
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=5) as answer:
            return str(json.load(answer)["version"]["number"])

    def fields(self, **changes: Any) -> Fields:
        form = {"host": "127.0.0.1", "port": self.port, "tls": False, "user": "trino_ro", "password": "pw_ok", "check_index": "orders"}
        return changed(form, changes)

    def raw(self) -> dict[str, dict[str, str]]:
        properties = {"host": "127.0.0.1", "port": str(self.port), "tls.enabled": "false", "security": "PASSWORD", "auth.user": "trino_ro"}
        return {
            "properties": {f"elasticsearch.{name}": value for name, value in properties.items()},
            "credentials": {"elasticsearch.auth.password": "pw_ok"},
        }

    def refusals(self, silent_port: int, refused_port: int) -> list[Refusal]:
        refused = frozenset({"auth_refused"})
        silent = frozenset({"timeout", "tcp_timeout"})
        return [
            Refusal("wrong password", self.fields(password="wrong"), refused),
            Refusal("unknown user", self.fields(user="ghost"), refused),
            Refusal("no sign-in", self.fields(auth="none", user=None, password=None), refused),
            Refusal("missing right", self.fields(user="weak"), frozenset({"permission"})),
            Refusal("wrong index", self.fields(check_index="ghost"), frozenset({"database_not_found"})),
            Refusal("unknown host", self.fields(host="no-such-host.invalid"), frozenset({"dns_not_found"})),
            Refusal("refused port", self.fields(port=refused_port), frozenset({"tcp_refused"})),
            # Trino asks for the list of servers while it makes the catalog, and once more in the probe.
            Refusal("silent port", self.fields(port=silent_port), silent),
            Refusal("refused port, told by Trino", self.fields(port=refused_port), frozenset({"tcp_refused"}), through_trino=True),
            Refusal("TLS mismatch", self.fields(tls=True), frozenset({"tls_none", "tls_failed"})),
            Refusal("TLS mismatch, told by Trino", self.fields(tls=True), frozenset({"tls_none"}), through_trino=True),
        ]
