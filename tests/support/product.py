"""The real binary, as a process with a home of its own."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import requests
from prometheus_client.parser import text_string_to_metric_families

from support.api import Api, Transcript
from support.processes import REPOSITORY, Daemon, free_port, plain_environment
from support.waiting import until

ADMIN = "akko-admin"


def binary() -> Path:
    """The product under test: AKKO_BINARY, or the release build."""
    path = Path(os.environ.get("AKKO_BINARY") or REPOSITORY / "build/release/akko-catalog-manager").resolve()
    assert path.is_file(), f"{path} does not exist: build it (./test does), or name one in AKKO_BINARY"
    return path


class Product:
    """One instance: configuration, process, and looks at what it leaves on disk."""

    def __init__(self, directory: Path, trino_url: str, **settings: str) -> None:
        """`settings`: AKKO_* variables without the prefix, beside or instead of those of the tests."""
        self.home = directory / "home"
        self.secrets_dir = directory / "secrets"
        self.log = directory / "manager.log"
        self.transcript = Transcript()
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.daemon: Daemon | None = None
        self.settings = {
            "LISTEN": f"127.0.0.1:{self.port}",
            "HOME": str(self.home),
            "SECRETS_DIR": str(self.secrets_dir),
            "TRINO_URL": trino_url,
            "DEV_ISSUER": "true",
            "LOG_LEVEL": "debug",
            "CHECKS_PER_MINUTE": "10000",
        } | settings

    def environment(self) -> dict[str, str]:
        return plain_environment(**{f"AKKO_{name}": value for name, value in self.settings.items()})

    def spawn(self, **variables: str) -> Daemon:
        """Starts the process and does not wait. `variables`: more of the environment."""
        assert self.daemon is None or not self.daemon.running()
        self.daemon = Daemon([binary(), "serve"], self.log, self.environment() | variables)
        return self.daemon

    def start(self, seconds: float = 30, **variables: str) -> "Product":
        """Starts the process and waits until it is ready."""
        self.spawn(**variables)
        until(self.ready, seconds, f"the product is ready ({self.log})")
        return self

    def running(self) -> bool:
        return self.daemon is not None and self.daemon.running()

    def readiness(self) -> requests.Response | None:
        try:
            return Api(self.url, None, self.transcript).get("/readyz", timeout=5)
        except requests.ConnectionError:
            return None

    def ready(self) -> bool:
        if not self.running():
            raise RuntimeError(f"the product ended while starting:\n{self.log.read_text()[-2000:]}")
        answer = self.readiness()
        return answer is not None and answer.status_code == 200

    def stop(self) -> int:
        assert self.daemon is not None
        return self.daemon.stop()

    def kill(self) -> None:
        if self.daemon is not None:
            self.daemon.kill()

    def token(self, user: str = "alice", roles: str = ADMIN, ttl: int | None = None) -> str:
        command = [str(binary()), "token", "--user", user, "--roles", roles] + ([] if ttl is None else ["--ttl", str(ttl)])
        done = subprocess.run(command, env=self.environment(), capture_output=True, text=True, timeout=30)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def api(self, user: str = "alice", roles: str = ADMIN) -> Api:
        return Api(self.url, self.token(user, roles), self.transcript)

    # ---- what it says

    def log_lines(self) -> list[dict[str, Any]]:
        """Every line of standard output is a JSON object; the last may be half written."""
        text = self.log.read_text()
        return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]

    def audit(self, event: str | None = None) -> list[dict[str, Any]]:
        lines = [line for line in self.log_lines() if line.get("audit_type") == "CATALOG_MANAGER"]
        return [line for line in lines if event is None or line["event"] == event]

    def metrics_text(self) -> str:
        response = Api(self.url, None, self.transcript).get("/metrics")
        assert response.status_code == 200
        return response.text

    def metric(self, name: str, **labels: str) -> float:
        """The sum of all samples of that name that carry these labels; 0 where there is none."""
        samples = [sample for family in text_string_to_metric_families(self.metrics_text()) for sample in family.samples]
        return sum(s.value for s in samples if s.name == name and labels.items() <= s.labels.items())

    # ---- what it keeps

    def secret_files(self) -> list[str]:
        """Files below the secret directory, those that are being written included."""
        return sorted(str(path.relative_to(self.secrets_dir)) for path in self.secrets_dir.rglob("*") if path.is_file())

    def secret_names(self) -> list[str]:
        """Catalogs that have an entry there, be it an empty one."""
        return sorted(path.name for path in self.secrets_dir.iterdir()) if self.secrets_dir.exists() else []

    def stored_rows(self, name: str) -> list[tuple[str, tuple[Any, ...]]]:
        """Rows of any table of the store that name the catalog, but those of its history, which outlive it. Reads a copy: the
        product holds the original."""
        named = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
        with tempfile.TemporaryDirectory() as directory:
            # The log first: what is moved from it into the database between the two copies is then in both.
            for file in (self.home / "akko.db-wal", self.home / "akko.db"):
                if file.exists():
                    shutil.copy(file, directory)
            with sqlite3.connect(Path(directory) / "akko.db") as copy:
                tables = [row[0] for row in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name != 'audit_events'")]
                rows = [(table, row) for table in tables for row in copy.execute(f'SELECT * FROM "{table}"')]
        return [(table, row) for table, row in rows if any(named.search(str(value)) for value in row)]

    def traces(self, name: str) -> list[str]:
        """Where the catalog `name` is still known: secret directory, store. Empty = nowhere here."""
        found = [f"secret {file}" for file in self.secret_names() if file == name]
        return found + [f"row in {table}" for table, _ in self.stored_rows(name)]
