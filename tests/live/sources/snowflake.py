"""fakesnow, which answers as Snowflake does, over TLS: the connector's own driver and its own TLS are real."""

import subprocess
from typing import Any, ClassVar, Literal

from support.processes import REPOSITORY
from support.source import Fields, Refusal, Source, changed


class Snowflake(Source):
    connector: ClassVar[str] = "snowflake"
    name: ClassVar[str] = "snowflake"
    product: ClassVar[str] = "fakesnow (in place of Snowflake)"
    proof: ClassVar[Literal["real", "emulator", "fake"]] = "emulator"
    tier: ClassVar[Literal["always", "wide"]] = "wide"
    rows: ClassVar[list[list[Any]]] = [["cust-1"]]
    plugins: ClassVar[tuple[str, ...]] = ("snowflake",)

    def version(self) -> str:
        tool = REPOSITORY / "tools" / "python-venv"
        packages = "fakesnow[server]==0.12.1", "snowflake-connector-python==4.4.0"
        python = subprocess.check_output([tool, "snowflake", *packages], text=True).strip()
        question = "import importlib.metadata; print(importlib.metadata.version('fakesnow'))"
        return subprocess.check_output([python, "-c", question], text=True).strip()

    def fields(self, **changes: Any) -> Fields:
        return changed(
            {
                "host": "localhost",
                "port": self.port,
                "account": "fakesnow",
                "user": "trino_ro",
                "password": "pw_ok",
                "database": "SALES",
                "warehouse": "WH",
                "role": "PUBLIC",
            },
            changes,
        )

    def raw(self) -> dict[str, dict[str, str]]:
        return {
            "properties": {
                "connection-url": f"jdbc:snowflake://localhost:{self.port}?enablePutGet=false",
                "connection-user": "trino_ro",
                "snowflake.account": "fakesnow",
                "snowflake.database": "SALES",
                "snowflake.warehouse": "WH",
                "snowflake.role": "PUBLIC",
            },
            "credentials": {"connection-password": "pw_ok"},
        }

    def refusals(self, silent_port: int, refused_port: int) -> list[Refusal]:
        return [
            Refusal("wrong password", self.fields(password="wrong"), frozenset({"auth_refused"})),
            Refusal("locked account", self.fields(user="locked"), frozenset({"auth_locked"})),
            Refusal("second factor", self.fields(user="mfa"), frozenset({"auth_method"})),
            Refusal("network policy", self.fields(user="elsewhere"), frozenset({"auth_refused"})),
            Refusal("wrong database", self.fields(database="GHOST"), frozenset({"database_not_found"})),
            Refusal("wrong warehouse", self.fields(warehouse="GHOST"), frozenset({"permission"})),
            Refusal("wrong role", self.fields(role="GHOST"), frozenset({"permission"})),
            Refusal("unknown host", self.fields(host="no-such-host.invalid"), frozenset({"dns_not_found"})),
            Refusal("refused port", self.fields(port=refused_port), frozenset({"tcp_refused"})),
            Refusal("refused port, by Trino", self.fields(port=refused_port), frozenset({"tcp_refused"}), within=20, through_trino=True),
            Refusal("silent port", self.fields(port=silent_port), frozenset({"timeout", "tcp_timeout"}), within=25),
        ]
