"""What the live tests act on: a Trino, the product in front of it, and servers behind it."""

from dataclasses import dataclass
from pathlib import Path

from support.api import Api
from support.product import Product
from support.real import Source, Trino
from support.waiting import until


@dataclass
class Site:
    directory: Path
    trino: Trino
    product: Product
    api: Api

    def await_warm_up(self, seconds: float = 90) -> None:
        def warm() -> bool:
            answer = self.product.readiness()
            return answer is not None and answer.json()["checks"]["warm_up"] == "done"

        until(warm, seconds, "the connectors are warmed up", every=0.1)

    def nothing_left(self, name: str) -> list[str]:
        """Where a catalog is still known: API, Trino, secret directory, store. Empty = nowhere."""
        listed = ["listed"] if self.api.catalog(name) else []
        return listed + [f"Trino: {found}" for found in self.trino.catalogs() if found == name] + self.product.traces(name)


@dataclass
class World(Site):
    postgresql: Source
    mysql: Source

    def restart_trino(self) -> None:
        """kill -9 and a new start; returns when it is ready, and the product has noticed that it was away."""
        self.trino.kill()
        until(lambda: not self.product.ready(), 10, "the product notices that Trino is away")
        self.trino.start()

    def live(self, name: str) -> bool:
        """Listed as ready, and the oracle reads a row through it."""
        shown = self.api.catalog(name)
        if shown is None or shown["phase"] != "ready" or name not in self.trino.catalogs():
            return False
        return len(self.trino.query(f'SELECT customer FROM "{name}".shop.orders LIMIT 1')) == 1
