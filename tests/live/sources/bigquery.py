"""bqemulator behind a proxy that takes the connections to googleapis.com: the connector's clients and their TLS are real.

A wrong project is an empty list of datasets at the emulator, so that failure cannot be shown.
"""

import base64
import subprocess
from typing import Any, ClassVar, Literal

from support.processes import REPOSITORY
from support.source import Fields, Refusal, Source, changed

PACKAGES = (
    "bqemulator==1.4.0",
    "duckdb==1.5.5",
    "duckdb-extension-spatial==1.5.5",
    "duckdb-extension-avro==1.5.5",
    "numpy",
)


class BigQuery(Source):
    connector: ClassVar[str] = "bigquery"
    name: ClassVar[str] = "bigquery"
    product: ClassVar[str] = "bqemulator (in place of BigQuery)"
    proof: ClassVar[Literal["real", "emulator", "fake"]] = "emulator"
    tier: ClassVar[Literal["always", "wide"]] = "wide"
    rows: ClassVar[list[list[Any]]] = [["cust-1"]]
    plugins: ClassVar[tuple[str, ...]] = ("bigquery",)

    def version(self) -> str:
        tool = REPOSITORY / "tools" / "python-venv"
        python = subprocess.check_output([tool, "bigquery", *PACKAGES], text=True).strip()
        question = "import importlib.metadata; print(importlib.metadata.version('bqemulator'))"
        return subprocess.check_output([python, "-c", question], text=True).strip()

    def account(self, name: str = "service-account") -> str:
        return (self.directory / f"{name}.json").read_text()

    def fields(self, **changes: Any) -> Fields:
        return changed(
            {
                "project": "akko-tests",
                "service_account": self.account(),
                "proxy": True,
                "proxy_host": "127.0.0.1",
                "proxy_port": self.port,
            },
            changes,
        )

    def raw(self) -> dict[str, dict[str, str]]:
        return {
            "properties": {
                "bigquery.project-id": "akko-tests",
                "bigquery.rpc-proxy.enabled": "true",
                "bigquery.rpc-proxy.uri": f"http://127.0.0.1:{self.port}",
            },
            "credentials": {"bigquery.credentials-key": base64.b64encode(self.account().encode()).decode()},
        }

    def refusals(self, silent_port: int, refused_port: int) -> list[Refusal]:
        refused, timeout = frozenset({"tcp_refused"}), frozenset({"timeout"})
        return [
            Refusal("key not accepted", self.fields(service_account=self.account("other-account")), frozenset({"auth_refused"})),
            Refusal("unknown proxy", self.fields(proxy_host="no-such-host.invalid"), frozenset({"dns_not_found"})),
            Refusal("proxy refused", self.fields(proxy_port=refused_port), refused),
            Refusal("proxy refused, by Trino", self.fields(proxy_port=refused_port), refused, through_trino=True),
            Refusal("silent proxy", self.fields(proxy_port=silent_port), timeout, within=25),
        ]
