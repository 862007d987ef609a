"""Apache Cassandra 5.0, one node in the data center datacenter1, with and without TLS on one port."""

import subprocess
import sys
from pathlib import Path
from typing import Any, ClassVar, Literal

from support.processes import REPOSITORY
from support.source import Fields, Refusal, Source, changed


class Cassandra(Source):
    connector: ClassVar[str] = "cassandra"
    name: ClassVar[str] = "cassandra"
    product: ClassVar[str] = "Apache Cassandra"
    tier: ClassVar[Literal["always", "wide"]] = "wide"
    rows: ClassVar[list[list[Any]]] = [["cust-1"]]
    plugins: ClassVar[tuple[str, ...]] = ("cassandra",)

    def authority(self) -> str:
        return Path(self.variables()["AKKO_TEST_CA"], "ca.pem").read_text()

    def version(self) -> str:
        client = REPOSITORY / "tools" / "sources" / "cassandra.py"
        return subprocess.check_output([sys.executable, client, str(self.port), "version"], text=True).strip()

    def fields(self, **changes: Any) -> Fields:
        return changed(
            {
                "contact_points": "127.0.0.1",
                "port": self.port,
                "local_datacenter": "datacenter1",
                "user": "trino_ro",
                "password": "pw_ok",
                "tls": True,
                "ca_certificate": self.authority(),
            },
            changes,
        )

    def raw(self) -> dict[str, dict[str, str]]:
        return {
            "properties": {
                "cassandra.contact-points": "127.0.0.1",
                "cassandra.native-protocol-port": str(self.port),
                "cassandra.load-policy.dc-aware.local-dc": "datacenter1",
                "cassandra.security": "PASSWORD",
                "cassandra.username": "trino_ro",
                "cassandra.tls.enabled": "true",
            },
            "credentials": {"cassandra.password": "pw_ok", "cassandra.tls.truststore-path": self.authority()},
        }

    def refusals(self, silent_port: int, refused_port: int) -> list[Refusal]:
        refused = frozenset({"tcp_refused"})
        plain = {"tls": None, "ca_certificate": None}
        return [
            Refusal("wrong password", self.fields(password="wrong"), frozenset({"auth_refused"})),
            Refusal("no sign-in", self.fields(auth="none", user=None, password=None), frozenset({"auth_refused"})),
            Refusal("wrong data center", self.fields(local_datacenter="nowhere"), frozenset({"database_not_found"})),
            Refusal("unknown host", self.fields(contact_points="no-such-host.invalid"), frozenset({"dns_not_found"})),
            Refusal("refused port", self.fields(port=refused_port), refused),
            Refusal("refused port, by Trino", self.fields(port=refused_port), refused, through_trino=True),
            Refusal("silent port, plain", self.fields(port=silent_port, **plain), frozenset({"timeout"}), within=20, through_trino=True),
            Refusal("silent port", self.fields(port=silent_port), frozenset({"timeout", "tcp_timeout"}), within=20),
            Refusal(
                "authority that did not sign", self.fields(ca_certificate=OTHER_AUTHORITY), frozenset({"tls_untrusted"}), through_trino=True
            ),
        ]



# Signed nothing; its key is gone.
OTHER_AUTHORITY = """\
-----BEGIN CERTIFICATE-----
MIIBtTCCAVugAwIBAgIUZpCmIE9I6OCLv1JICXeVYOp0RDcwCgYIKoZIzj0EAwIw
LzETMBEGA1UECgwKQUtLTyB0ZXN0czEYMBYGA1UEAwwPb3RoZXIgYXV0aG9yaXR5
MCAXDTI2MTEyMjE4MTUwNloYDzIxMjYxMDI5MTgxNTA2WjAvMRMwEQYDVQQKDApB
S0tPIHRlc3RzMRgwFgYDVQQDDA9vdGhlciBhdXRob3JpdHkwWTATBgcqhkjOPQIB
BggqhkjOPQMBBwNCAASENWxhQPnThWvGyN0RmLKw90tbqu3L8Ep5ZdHn8Z+6uCMD
L+3B3wCW8bUpsEg3/NVlCMVANloUsOu2Tu67bMY5o1MwUTAdBgNVHQ4EFgQUEsYR
H8w78mJy6JJtHNFWQEUpmfowHwYDVR0jBBgwFoAUEsYRH8w78mJy6JJtHNFWQEUp
mfowDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNIADBFAiBFIqf36NX9/ID/
j+mGhsyY61VUMA+2rHocStmi4lAqcAIhAPFxfltBjQO26Dg/7MSjVrB8VDqB48O1
Iqkmp6a0G77y
-----END CERTIFICATE-----
"""
