"""Real servers for the live tests, through the same scripts that people use: tools/trino and tools/sources/*."""

import os
import signal
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pg8000.dbapi
import pymysql
import trino

from support.processes import REPOSITORY, free_port, plain_environment

ADMIN_PASSWORD = "admin_pw"  # of the superusers that tools/sources/* make


def tool(*command: str | Path, **variables: str) -> None:
    done = subprocess.run(
        [REPOSITORY / "tools" / str(command[0]), *command[1:]], env=plain_environment(**variables), capture_output=True, text=True
    )
    assert done.returncode == 0, f"{' '.join(map(str, command))}:\n{done.stdout}{done.stderr}"


class Trino:
    """A coordinator with our plugin, and the `trino` client: the oracle, which shares no code with the product."""

    def __init__(
        self, directory: Path, secrets_dir: Path, heap: str = "1400m", plugins: Iterable[str] = (), java_options: Iterable[str] = ()
    ) -> None:
        """`plugins`: of Trino itself; none = those of tools/trino."""
        self.directory = directory
        self.secrets_dir = secrets_dir
        self.heap = heap
        self.plugins = " ".join(plugins)
        self.java_options = "\n".join(java_options)
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"

    def prepare(self) -> None:
        settings = {"PORT": str(self.port), "HEAP": self.heap, "PLUGINS": self.plugins, "JAVA_OPTIONS": self.java_options}
        variables = {f"AKKO_TRINO_{name}": value for name, value in settings.items()}
        tool("trino", "prepare", self.directory, AKKO_SECRETS_DIR=str(self.secrets_dir), **variables)

    def start(self) -> None:
        """Returns when it is ready."""
        tool("trino", "start", self.directory)

    def stop(self) -> None:
        tool("trino", "stop", self.directory)

    def kill(self) -> None:
        os.kill(int((self.directory / "trino.pid").read_text().split()[0]), signal.SIGKILL)
        self.stop()  # waits for the end

    def query(self, sql: str, **options: Any) -> list[list[Any]]:
        connection = trino.dbapi.connect(host="127.0.0.1", port=self.port, user="oracle", source="oracle", **options)
        cursor = connection.cursor()
        cursor.execute(sql)
        return [list(row) for row in cursor.fetchall()]

    def version(self) -> str:
        return str(self.query("SELECT node_version FROM system.runtime.nodes")[0][0])

    def catalogs(self) -> list[str]:
        return [row[0] for row in self.query("SELECT catalog_name FROM system.metadata.catalogs ORDER BY 1")]

    def registered(self) -> list[str]:
        """Catalogs that are neither built in nor of the probe pool."""
        return [name for name in self.catalogs() if name != "system" and not name.startswith("akko-probe-")]

    def unfinished(self) -> list[str]:
        """Statements of the product that still run."""
        states = "('QUEUED', 'PLANNING', 'STARTING', 'RUNNING', 'FINISHING')"
        sql = f"SELECT query FROM system.runtime.queries WHERE source = 'akko-catalog-manager' AND state IN {states}"
        return [row[0] for row in self.query(sql)]


class Source:
    """A database server of tools/sources, with rows in shop.orders that the account trino_ro may read."""

    def __init__(self, name: str, directory: Path) -> None:
        self.name = name
        self.directory = directory
        self.port = free_port()

    @classmethod
    def at(cls, name: str, directory: Path, port: int) -> "Source":
        """One that somebody else starts and stops."""
        source = cls(name, directory)
        source.port = port
        return source

    def _tool(self, verb: str) -> None:
        tool(f"sources/{self.name}", verb, self.directory, **{f"AKKO_TEST_{self.name.upper()}_PORT": str(self.port)})

    def start(self) -> None:
        self._tool("start")

    def stop(self) -> None:
        self._tool("stop")

    def execute(self, sql: str) -> list[Any]:
        """As superuser."""
        connect = {"postgresql": self._postgresql, "mysql": self._mysql}[self.name]
        connection = connect()
        try:
            cursor = connection.cursor()
            cursor.execute(sql)
            rows = list(cursor.fetchall()) if cursor.description else []
            connection.commit()
            return rows
        finally:
            connection.close()

    def _postgresql(self) -> Any:
        return pg8000.dbapi.connect("admin", host="127.0.0.1", port=self.port, database="sales", password=ADMIN_PASSWORD)

    def _mysql(self) -> Any:
        return pymysql.connect(host="127.0.0.1", port=self.port, user="admin", password=ADMIN_PASSWORD)

    def version(self) -> str:
        return str(self.execute("SELECT version()")[0][0])

    def account(self, user: str, password: str) -> None:
        """An account that may read shop.orders, with this password."""
        literal = "'" + password.replace("\\", "\\\\").replace("'", "''") + "'"
        if self.name == "mysql":
            self.execute(f"CREATE USER '{user}'@'%' IDENTIFIED BY {literal}")
            self.execute(f"GRANT SELECT ON shop.* TO '{user}'@'%'")
        else:
            self.execute(f"CREATE ROLE {user} LOGIN PASSWORD E{literal}")
            self.execute(f"GRANT USAGE ON SCHEMA shop TO {user}")
            self.execute(f"GRANT SELECT ON ALL TABLES IN SCHEMA shop TO {user}")

    def drop_account(self, user: str) -> None:
        if self.name == "mysql":
            self.execute(f"DROP USER '{user}'@'%'")
        else:
            self.execute(f"DROP OWNED BY {user}")
            self.execute(f"DROP ROLE {user}")

    # ---- registrations of it

    def properties(self, **changes: str) -> dict[str, str]:
        database = {"postgresql": "/sales", "mysql": ""}[self.name]
        url = f"jdbc:{self.name}://127.0.0.1:{self.port}{database}"
        return {"connection-url": url, "connection-user": "trino_ro"} | changes

    def catalog(self, name: str, password: str = "pw_ok", url: str | None = None, **properties: str) -> dict[str, Any]:
        """The body of a registration; `url` and `properties` replace those that work."""
        given = self.properties(**({"connection-url": url} if url else {}), **properties)
        return {"name": name, "connector": self.name, "properties": given, "credentials": {"connection-password": password}}
