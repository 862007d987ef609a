"""A product, the Trino it talks to (here: the fake one), and an admin."""

from dataclasses import dataclass

from support.api import Api
from support.fake_trino import FakeTrino
from support.product import Product

# No checks of health: they would be among the statements that tests count. Short, so that what waits for them is over soon; the deadline is far beyond what the fake needs. The sources that the tests
# name do not exist: only the tests of the network steps let the manager knock there.
QUICK = {
    "OPERATION_DEADLINE_SECONDS": "2",
    "RECONCILE_INTERVAL_SECONDS": "0.1",
    "DRIFT_CHECK_SECONDS": "1",
    "WARM_UP": "false",
    "NETWORK_CHECKS": "off",
    "HEALTH_INTERVAL_SECONDS": "0",
}


@dataclass
class Stage:
    trino: FakeTrino
    product: Product
    api: Api

    def nothing_left(self, name: str) -> list[str]:
        """Where a catalog is still known; empty = nowhere."""
        listed = ["listed"] if self.api.catalog(name) else []
        return listed + [f"Trino: {n}" for n in self.trino.names() if n == name] + self.product.traces(name)

    def live(self, name: str) -> bool:
        """Registered, in Trino, with the secret that it needs."""
        shown = self.api.catalog(name)
        present = name in self.trino.names() and any(file.startswith(name + "/") for file in self.product.secret_files())
        return shown is not None and shown["phase"] == "ready" and present
