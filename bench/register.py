"""Measures POST /api/admin/catalogs on a real Trino and PostgreSQL of its own.

1. Warm, unique names, interleaved: a registration through the product, and the same CREATE CATALOG and probe sent raw by the
   lightest client (one kept connection, same polling). The ratio of the medians is what the product adds.
2. With many catalogs present: the 99th percentile of a registration.

Names are dropped right after each measurement; everything is stopped and deleted at the end. Exit status 1: a target is missed.
"""

import argparse
import http.client
import json
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support.product import Product
from support.real import Source, Trino
from support.world import World

TARGET_RATIO = 1.25
TARGET_P99_SECONDS = 2.0


class Connection:
    """One kept connection that speaks JSON."""

    def __init__(self, port: int, headers: dict[str, str]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.headers = headers

    def ask(self, method: str, path: str, body: str | None = None) -> tuple[int, Any]:
        self.connection.request(method, path, body, self.headers)
        answer = self.connection.getresponse()
        text = answer.read()
        return answer.status, json.loads(text) if text else None


class RawTrino:
    """The statement protocol and nothing else."""

    def __init__(self, port: int) -> None:
        self.connection = Connection(port, {"X-Trino-User": "bench", "X-Trino-Source": "bench"})
        self.prefix = len(f"http://127.0.0.1:{port}")

    def run(self, sql: str) -> None:
        _, page = self.connection.ask("POST", "/v1/statement", sql)
        while "nextUri" in page:
            _, page = self.connection.ask("GET", page["nextUri"][self.prefix :])
        assert "error" not in page, page["error"]["message"]


class Bench:
    def __init__(self, world: World) -> None:
        self.world = world
        headers = {"Authorization": f"Bearer {world.api.token}", "Content-Type": "application/json"}
        self.product = Connection(world.product.port, headers)
        self.raw = RawTrino(world.trino.port)
        self.template = self._template()

    def _template(self) -> str:
        """The CREATE CATALOG that the product sends, so that Trino has the same work in both cases."""
        self.register("template")
        sql = "SELECT query FROM system.runtime.queries WHERE state = 'FINISHED' AND query LIKE 'CREATE CATALOG \"template\"%'"
        statement = str(self.world.trino.query(sql)[0][0])
        [file] = self.world.product.secret_files()  # template/connection-password.REVISION
        self.reference = file
        self.remove("template")
        return statement

    def register(self, name: str) -> None:
        status, answer = self.product.ask("POST", "/api/admin/catalogs", json.dumps(self.world.postgresql.catalog(name)))
        assert status == 201, answer

    def remove(self, name: str) -> None:
        status, answer = self.product.ask("DELETE", f"/api/admin/catalogs/{name}")
        assert status == 204, answer

    def prepare_raw(self, name: str) -> None:
        """The file that the reference in the statement names; the product writes its own within its time."""
        file = self.world.product.secrets_dir / self.reference.replace("template", name)
        file.parent.mkdir(mode=0o700)
        file.write_text("pw_ok")

    def register_raw(self, name: str) -> None:
        self.raw.run(self.template.replace("template", name))
        self.raw.run(f'SHOW SCHEMAS FROM "{name}"')

    def remove_raw(self, name: str) -> None:
        self.raw.run(f'DROP CATALOG "{name}"')
        shutil.rmtree(self.world.product.secrets_dir / name)


def seconds(action: Callable[[str], None], name: str) -> float:
    began = time.perf_counter()
    action(name)
    return time.perf_counter() - began


def compare(bench: Bench, count: int, label: str) -> tuple[list[float], list[float]]:
    ours: list[float] = []
    raw: list[float] = []

    def one_of_ours(number: int) -> None:
        ours.append(seconds(bench.register, f"ours-{label}-{number}"))
        bench.remove(f"ours-{label}-{number}")

    def one_raw(number: int) -> None:
        bench.prepare_raw(f"raw-{label}-{number}")
        raw.append(seconds(bench.register_raw, f"raw-{label}-{number}"))
        bench.remove_raw(f"raw-{label}-{number}")

    for number in range(count):
        first, second = (one_of_ours, one_raw) if number % 2 else (one_raw, one_of_ours)
        first(number)
        second(number)
    return ours, raw


def with_many(bench: Bench, present: int, count: int) -> list[float]:
    for number in range(present):
        bench.register(f"present-{number}")
    times = []
    for number in range(count):
        times.append(seconds(bench.register, f"late-{number}"))
        bench.remove(f"late-{number}")
    return times


def percentile(times: list[float], percent: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def row(title: str, times: list[float]) -> str:
    p50, p90, p99 = (f"{percentile(times, percent) * 1000:7.1f}" for percent in (50, 90, 99))
    return f"{title:<44} p50 {p50} ms   p90 {p90} ms   p99 {p99} ms   n {len(times)}"


def report(world: World, count: int, present: int) -> bool:
    bench = Bench(world)
    compare(bench, 5, "warm")
    ours, raw = compare(bench, count, "timed")
    late = with_many(bench, present, count)
    ratio = percentile(ours, 50) / percentile(raw, 50)
    p99 = percentile(late, 99)
    print(f"Trino {world.trino.version()}, PostgreSQL {world.postgresql.version().split()[1]}")
    print(row("POST /api/admin/catalogs", ours))
    print(row("CREATE CATALOG + probe, raw", raw))
    print(row(f"POST with {present} catalogs present", late))
    print(f"ratio of the medians {ratio:.3f}, target at most {TARGET_RATIO}: {'met' if ratio <= TARGET_RATIO else 'MISSED'}")
    print(f"p99 with {present} present {p99:.3f} s, target below {TARGET_P99_SECONDS} s: {'met' if p99 < TARGET_P99_SECONDS else 'MISSED'}")
    return ratio <= TARGET_RATIO and p99 < TARGET_P99_SECONDS


def run(count: int, present: int) -> bool:
    directory = Path(tempfile.mkdtemp(prefix="akko-bench-"))
    directory.chmod(0o755)  # the database server runs as another account
    secrets = directory / "secrets"
    secrets.mkdir(mode=0o700)
    trino = Trino(directory / "trino", secrets, heap="3g", plugins=["geospatial", "postgresql"])
    postgresql, mysql = Source("postgresql", directory / "postgresql"), Source("mysql", directory / "mysql")
    product = Product(directory, trino.url, LOG_LEVEL="info", CHECKS_PER_MINUTE="10000")
    trino.prepare()
    try:
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda server: server.start(), [trino, postgresql]))
        product.start()
        world = World(directory, trino, product, product.api(), postgresql, mysql)
        world.await_warm_up()
        return report(world, count, present)
    finally:
        product.kill()
        postgresql.stop()
        trino.stop()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="What a registration costs.")
    arguments.add_argument("--count", type=int, default=50, help="registrations per measurement")
    arguments.add_argument("--present", type=int, default=200, help="catalogs present in the second measurement")
    given = arguments.parse_args()
    sys.exit(0 if run(given.count, given.present) else 1)
