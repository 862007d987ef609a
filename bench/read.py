"""Measures GET /api/admin/catalogs with 1,000 catalogs and a verified RS256 token against nginx serving the same bytes from disk.

The two are loaded in turn by wrk, with the same request and as many threads each, for some rounds; the ratio is that of the
medians. Also: resident memory under that load and when idle, and the time from the start of the process to /readyz.
Trino is the fake of the component tests; everything is stopped and deleted at the end. Exit status 1: a target is missed.
"""

import argparse
import http.client
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from support.api import Api
from support.bodies import catalog
from support.fake_trino import FakeTrino
from support.processes import Daemon, free_port, plain_environment
from support.product import Product
from support.waiting import until

TARGET_RATIO = 0.4
TARGET_LOADED_MB = 40
TARGET_IDLE_MB = 20
TARGET_START_SECONDS = 0.2

PATH = "/api/admin/catalogs"
THREADS = 2  # of nginx, as many as our I/O threads
CONNECTIONS = 16
STARTS = 7

NGINX = """
daemon off; master_process on; worker_processes {threads};
pid {directory}/nginx.pid; error_log {directory}/nginx.log;
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000; open_file_cache max=10;
  client_body_temp_path {directory}/t; proxy_temp_path {directory}/t; fastcgi_temp_path {directory}/t;
  uwsgi_temp_path {directory}/t; scgi_temp_path {directory}/t;
  default_type application/json;
  server {{ listen 127.0.0.1:{port}; root {directory}/html; }}
}}
"""


class Nginx:
    """Debian's nginx, serving the bytes of one file under the path of the list."""

    def __init__(self, directory: Path, body: bytes) -> None:
        self.port = free_port()
        file = directory / "html" / PATH.lstrip("/")
        file.parent.mkdir(parents=True)
        file.write_bytes(body)
        config = directory / "nginx.conf"
        config.write_text(NGINX.format(directory=directory, port=self.port, threads=THREADS))
        self.daemon = Daemon(["/usr/sbin/nginx", "-c", config], directory / "nginx.out", plain_environment())
        until(lambda: fetch(self.port, {}) == body, 10, "nginx serves the file")


def fetch(port: int, headers: dict[str, str], path: str = PATH) -> bytes | None:
    """The body of a 200; None for any other answer and while nobody listens."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        body = answer.read()
        return body if answer.status == 200 else None
    except OSError:
        return None
    finally:
        connection.close()


def load(port: int, token: str, seconds: int) -> float:
    """Requests per second."""
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}", "-H", f"Authorization: Bearer {token}", f"http://127.0.0.1:{port}{PATH}"]
    output = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in output and "Socket errors" not in output, output
    found = re.search(r"Requests/sec:\s*([\d.]+)", output)
    assert found, output
    return float(found[1])


def resident_mb(product: Product) -> float:
    assert product.daemon is not None
    status = Path(f"/proc/{product.daemon.pid}/status").read_text()
    found = re.search(r"VmRSS:\s*(\d+) kB", status)
    assert found
    return int(found[1]) / 1024


def time_to_ready(product: Product) -> float:
    began = time.perf_counter()
    product.spawn()
    while fetch(product.port, {}, "/readyz") is None:
        assert product.running(), product.log.read_text()[-2000:]
        time.sleep(0.001)
    return time.perf_counter() - began


def start_cold(product: Product) -> list[float]:
    times = []
    for _ in range(STARTS):
        times.append(time_to_ready(product))
        product.stop()
    return times


def register(api: Api, count: int) -> None:
    def one(number: int) -> None:
        name = f"client-pg-{number:04}"
        answer = api.clone().register(catalog(name, description=f"Sales of customer {number}, read only replica"))
        assert answer.status_code == 201, answer.text

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(count)))


def verdict(title: str, value: float, unit: str, bound: float, met: bool) -> bool:
    print(f"{title:<46} {value:8.2f} {unit:<3} target {bound} {unit}: {'met' if met else 'MISSED'}")
    return met


def compare(product: Product, nginx: Nginx, token: str, rounds: int, seconds: int) -> float:
    ours: list[float] = []
    theirs: list[float] = []
    load(product.port, token, 1)
    load(nginx.port, token, 1)
    for number in range(rounds):
        ours.append(load(product.port, token, seconds))
        theirs.append(load(nginx.port, token, seconds))
        print(f"round {number + 1}: {ours[-1]:8.0f} requests/s, nginx {theirs[-1]:8.0f} requests/s")
    return statistics.median(ours) / statistics.median(theirs)


def report(directory: Path, product: Product, rounds: int, seconds: int, catalogs: int) -> bool:
    starts = start_cold(product)
    product.start()
    time.sleep(2)  # past the first ticks of the reconciler
    idle = resident_mb(product)
    api = product.api()
    register(api, catalogs)
    token = product.token()
    body = fetch(product.port, {"Authorization": f"Bearer {token}"})
    assert body is not None
    nginx = Nginx(directory, body)
    try:
        print(f"{catalogs} catalogs, {len(body)} bytes, {CONNECTIONS} connections")
        ratio = compare(product, nginx, token, rounds, seconds)
    finally:
        nginx.daemon.stop()
    loaded = resident_mb(product)
    start = statistics.median(starts)
    return all(
        [
            verdict("requests per second, ours / nginx", ratio, "", TARGET_RATIO, ratio >= TARGET_RATIO),
            verdict("resident after the load", loaded, "MB", TARGET_LOADED_MB, loaded <= TARGET_LOADED_MB),
            verdict("resident when idle, no catalogs", idle, "MB", TARGET_IDLE_MB, idle <= TARGET_IDLE_MB),
            verdict(f"start to /readyz, median of {STARTS}", start, "s", TARGET_START_SECONDS, start <= TARGET_START_SECONDS),
        ]
    )


def run(rounds: int, seconds: int, catalogs: int) -> bool:
    directory = Path(tempfile.mkdtemp(prefix="akko-bench-"))
    directory.chmod(0o755)  # nginx's workers run as another account
    trino = FakeTrino(directory / "secrets")
    product = Product(directory, trino.url, LOG_LEVEL="info", CHECKS_PER_MINUTE="10000")
    try:
        return report(directory, product, rounds, seconds, catalogs)
    finally:
        product.kill()
        trino.stop()
        shutil.rmtree(directory, ignore_errors=True)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="What reading the list costs.")
    arguments.add_argument("--rounds", type=int, default=5, help="times each is loaded")
    arguments.add_argument("--seconds", type=int, default=4, help="length of one load")
    arguments.add_argument("--catalogs", type=int, default=1000, help="catalogs registered")
    given = arguments.parse_args()
    sys.exit(0 if run(given.rounds, given.seconds, given.catalogs) else 1)
