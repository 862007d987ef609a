"""A FAKE Trino for the component tests. It is not Trino: it keeps a table of catalogs and understands just the statements
that the product sends, over the statement protocol as a real 476 spoke it (pages, long polling, error objects recorded in
tests/component/recorded_errors.json). What it is for: faults that no real server shows on demand (see `Fault`), and speed.
"""

import itertools
import json
import random
import re
import string
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from support.fake_trino_http import FakeTrinoHttp, Reply

RECORDED: dict[str, dict[str, Any]] = json.loads(
    (Path(__file__).resolve().parents[1] / "component/recorded_errors.json").read_text()
)
BUILT_IN = {"system": "system"}
CONNECTORS = [  # the plugin of Oracle is "not installed"
    "bigquery", "cassandra", "delta_lake", "elasticsearch", "hive", "iceberg", "kafka", "memory", "mongodb", "mysql", "postgresql",
    "redshift", "snowflake", "sqlserver", "tpch",
]  # fmt: skip

CREATE = re.compile(r'CREATE CATALOG "(?P<name>[^"]+)" USING "?(?P<connector>\w+)"?(?: WITH \((?P<properties>.*)\))?(?: /\* operation [0-9a-f]+ \*/)?', re.S)
DROP = re.compile(r'DROP CATALOG (?P<exists>IF EXISTS )?"(?P<name>[^"]+)"')
PROBE = re.compile(r'SHOW SCHEMAS FROM "(?P<name>[^"]+)"')
READ = re.compile(r'SELECT (?P<column>\w+|\*) FROM "(?P<name>[^"]+)"\..*')
PROPERTY = re.compile(r'"([^"]+)" = \'((?:[^\']|\'\')*)\'')
REMEMBERED = re.compile(r"FROM system\.runtime\.queries WHERE .*query = '(?P<query>(?:[^']|'')*)'", re.S)
REFERENCE = re.compile(r"\$\{akko:([^}]+)\}")


def recorded(name: str) -> dict[str, Any]:
    """An error object as the real Trino 476 sent it."""
    return json.loads(json.dumps(RECORDED[name]))


def user_error(message: str, name: str = "GENERIC_USER_ERROR") -> dict[str, Any]:
    info = {"type": "io.trino.spi.TrinoException", "message": message, "suppressed": [], "stack": []}
    return {"message": message, "errorCode": 0, "errorName": name, "errorType": "USER_ERROR", "failureInfo": info}


class StatementError(Exception):
    """A statement fails with this error object."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        self.error = error


@dataclass
class Catalog:
    connector: str
    statement: str
    properties: dict[str, str]  # as in the statement
    resolved: dict[str, str]  # references replaced by what stood in the secret directory, or by the path of the file


@dataclass
class Query:
    id: str
    sql: str
    headers: dict[str, str]
    state: str = "QUEUED"
    cancelled: threading.Event = field(default_factory=threading.Event)
    dispatched: bool = False
    done: threading.Event = field(default_factory=threading.Event)
    error: dict[str, Any] | None = None
    columns: list[str] = field(default_factory=list)
    rows: list[list[Any]] = field(default_factory=list)
    update_type: str | None = None


@dataclass
class Fault:
    """What goes wrong with the next `times` statements that begin with `pattern`.

    Exactly one of: `reply`, sent in place of the answer to the POST (`at` = "submit") or to a GET (`at` = "page");
    `error`, the statement fails, before or (`after_effect`) after it changed anything; `hold`, the statement waits until
    released. A held statement that is cancelled has no effect, unless it `ignores_cancel`.
    """

    pattern: re.Pattern[str]
    times: int = 1
    at: str = "page"
    reply: Reply | None = None
    error: dict[str, Any] | None = None
    after_effect: bool = False
    hold: threading.Event | None = None
    ignores_cancel: bool = False
    entered: threading.Event = field(default_factory=threading.Event)

    def release(self) -> None:
        assert self.hold is not None
        self.hold.set()


class FakeTrino:

    connectors: list[str] | None = None  # instead of CONNECTORS
    def __init__(self, secrets_dir: Path | None = None) -> None:
        """`secrets_dir`: where the secret provider reads; None = a Trino without our plugin."""
        self.secrets_dir = secrets_dir
        self.catalogs: dict[str, Catalog] = {}
        self.queries: list[Query] = []
        self.accounts = {"trino_ro": "pw_ok"}  # sign-in at every source
        self.failing: set[str] | None = None  # names that did not load; None = 476, which does not tell
        self.starting = False
        self.create_delay = 0.0  # seconds
        self.lock = threading.RLock()
        self.change_lock = threading.Lock()  # the real one has one lock for all catalog changes
        self.closing = threading.Event()
        self._faults: list[Fault] = []
        self._new_run()
        self.http = FakeTrinoHttp(self)
        self.url = self.http.url

    # ---- life

    def _new_run(self) -> None:
        self.run = "".join(random.choices(string.ascii_lowercase + string.digits, k=5))
        self._numbers = itertools.count()
        self.started_at = time.monotonic()

    def restart(self, seconds_down: float = 0.1) -> None:
        """The catalogs and the memory of past queries are gone, as with catalog.store=memory."""
        self.stop()
        time.sleep(seconds_down)
        with self.lock:
            self.catalogs.clear()
            self.queries.clear()
            self._new_run()
        self.start_again()

    def stop(self) -> None:
        self.closing.set()
        self.http.stop()

    def start_again(self) -> None:
        self.closing.clear()
        self.http.start()

    # ---- faults

    def fault(self, pattern: str, **what: Any) -> Fault:
        fault = Fault(re.compile(pattern, re.S), **what)
        with self.lock:
            self._faults.append(fault)
        return fault

    def fail(self, pattern: str, error: dict[str, Any], **what: Any) -> Fault:
        return self.fault(pattern, error=error, **what)

    def hold(self, pattern: str, **what: Any) -> Fault:
        return self.fault(pattern, hold=threading.Event(), **what)

    def take_fault(self, sql: str, wanted: Callable[[Fault], bool]) -> Fault | None:
        with self.lock:
            for fault in self._faults:
                if fault.times > 0 and wanted(fault) and fault.pattern.match(sql):
                    fault.times -= 1
                    return fault
        return None

    def clear_faults(self) -> None:
        with self.lock:
            for fault in self._faults:
                if fault.hold is not None:
                    fault.release()
            self._faults.clear()
            self.create_delay = 0.0

    # ---- what was asked

    def statements(self, pattern: str = "") -> list[str]:
        with self.lock:
            return [query.sql for query in self.queries if re.match(pattern, query.sql)]

    def names(self) -> list[str]:
        """Catalogs that are neither built in nor of the probe pool."""
        with self.lock:
            return sorted(name for name in self.catalogs if not name.startswith("akko-probe-"))

    def probe_catalogs(self) -> list[str]:
        with self.lock:
            return sorted(name for name in self.catalogs if name.startswith("akko-probe-"))

    def unfinished(self, pattern: str = "") -> list[Query]:
        """Statements that the client neither read to their end nor cancelled."""
        with self.lock:
            return [q for q in self.queries if re.match(pattern, q.sql) and not q.done.is_set()]

    # ---- statements

    def submit(self, sql: str, headers: dict[str, str]) -> Query:
        with self.lock:
            number = next(self._numbers)
            query = Query(f"{time.strftime('%Y%m%d_%H%M%S', time.gmtime())}_{number:05}_{self.run}", sql, headers)
            self.queries.append(query)
            return query

    def find(self, query_id: str) -> Query | None:
        with self.lock:
            return next((query for query in self.queries if query.id == query_id), None)

    def dispatch(self, query: Query) -> None:
        """The real one begins with the first GET, and goes on when the client does not come back."""
        with self.lock:
            if query.dispatched:
                return
            query.dispatched = True
        threading.Thread(target=self._run, args=(query,), daemon=True).start()

    def cancel(self, query: Query) -> None:
        query.cancelled.set()

    def _run(self, query: Query) -> None:
        try:
            query.state = "RUNNING"
            held = self.take_fault(query.sql, lambda fault: fault.hold is not None)
            if held:
                self._wait(held, query)
            failing = self.take_fault(query.sql, lambda fault: fault.error is not None)
            if failing and not failing.after_effect:
                raise StatementError(failing.error or {})
            self._execute(query)
            if failing:
                raise StatementError(failing.error or {})
            query.state = "FINISHED"
        except StatementError as failure:
            query.error = failure.error
            query.state = "FAILED"
        query.done.set()

    def _wait(self, held: Fault, query: Query) -> None:
        assert held.hold is not None
        held.entered.set()
        while not held.hold.wait(0.005) and not self.closing.is_set():
            if query.cancelled.is_set() and not held.ignores_cancel:
                raise StatementError(user_error("Query was canceled", "USER_CANCELED"))

    def _execute(self, query: Query) -> None:
        if match := CREATE.fullmatch(query.sql):
            self._create(match, query)
        elif match := DROP.fullmatch(query.sql):
            self._drop(match, query)
        elif match := PROBE.fullmatch(query.sql):
            self._probe(match["name"])
            query.columns, query.rows = ["Schema"], [["information_schema"], ["shop"]]
        elif match := READ.fullmatch(query.sql):
            self._probe(match["name"])
            query.columns, query.rows = [match["column"]], [["a row"]]
        elif "FROM system.metadata.catalogs" in query.sql:
            with self.lock:
                known = BUILT_IN | {name: catalog.connector for name, catalog in self.catalogs.items()}
                query.columns = ["catalog_name", "connector_id", "connector_name"]
                query.rows = [[name, name, connector] for name, connector in known.items()]
                if self.failing is not None:
                    query.columns.append("state")
                    query.rows = [[*row, "FAILING" if row[0] in self.failing else "OPERATIONAL"] for row in query.rows]
        elif match := REMEMBERED.search(query.sql):
            wanted = match["query"].replace("''", "'")
            with self.lock:
                # The real one lists a query from its first GET on.
                query.columns, query.rows = ["state"], [[q.state] for q in self.queries if q.sql == wanted and q.dispatched]
        else:
            raise StatementError(recorded("syntax_error"))

    def _create(self, match: re.Match[str], query: Query) -> None:
        with self.change_lock:
            time.sleep(self.create_delay)
            query.update_type = "CREATE CATALOG"
            name, connector = match["name"], match["connector"]
            available = self.connectors or CONNECTORS
            if connector not in available:
                error = recorded("connector_missing")
                error["message"] = f"No factory for connector '{connector}'. Available factories: [{', '.join(available)}]"
                raise StatementError(error)
            properties = {key: value.replace("''", "'") for key, value in PROPERTY.findall(match["properties"] or "")}
            resolved = {key: REFERENCE.sub(self._resolve, value) for key, value in properties.items()}
            with self.lock:
                if name in self.catalogs or name in BUILT_IN:
                    raise StatementError(recorded("already_exists"))
                self.catalogs[name] = Catalog(connector, query.sql, properties, resolved)

    def _resolve(self, reference: re.Match[str]) -> str:
        if self.secrets_dir is None:
            raise StatementError(recorded("plugin_missing"))
        as_path = reference[1].startswith("path:")
        file = self.secrets_dir / reference[1].removeprefix("path:")
        if not file.is_file():
            raise StatementError(recorded("secret_not_found"))
        return str(file) if as_path else file.read_text()

    def _drop(self, match: re.Match[str], query: Query) -> None:
        with self.change_lock, self.lock:
            query.update_type = "DROP CATALOG"
            if self.catalogs.pop(match["name"], None) is None and not match["exists"]:
                raise StatementError(recorded("catalog_not_found"))

    def _probe(self, name: str) -> None:
        with self.lock:
            if name not in self.catalogs:
                raise StatementError(recorded("catalog_not_found"))
            given = self.catalogs[name].resolved
        user = given.get("connection-user", "")
        if user in self.accounts and given.get("connection-password") != self.accounts[user]:
            raise StatementError(recorded("auth_refused"))
