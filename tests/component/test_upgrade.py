"""A state that the version before has left opens and works."""

import re
import sqlite3
from pathlib import Path

from support.bodies import catalog
from support.processes import REPOSITORY
from support.stage import Stage
from support.waiting import until


def migrations() -> list[str]:
    """The SQL of the migrations, in order, from the source."""
    source = (REPOSITORY / "src/adapters/sqlite_store_schema.hpp").read_text()
    return re.findall(r'R"sql\((.*?)\)sql"', source, re.S)


def set_back(database: Path, version: int) -> None:
    """Turns the database into one of that version: the tables of then, filled with the rows of now."""
    old = database.with_suffix(".old")
    with sqlite3.connect(database) as now:
        (application,) = now.execute("PRAGMA application_id").fetchone()
    now.close()
    connection = sqlite3.connect(old)
    connection.executescript(f"PRAGMA journal_mode = WAL; PRAGMA application_id = {application};")
    for migration in migrations()[:version]:
        connection.executescript(migration)
    connection.execute(f"PRAGMA user_version = {version}")
    connection.execute("ATTACH ? AS now", [str(database)])
    for (table,) in connection.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'").fetchall():
        columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))
        connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM now.{table}")
    connection.commit()
    connection.close()
    for file in (database, database.with_name(database.name + "-wal"), database.with_name(database.name + "-shm")):
        file.unlink(missing_ok=True)
    old.rename(database)
    database.chmod(0o600)


def version_of(database: Path) -> int:
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    connection.close()
    return int(version)


def test_a_database_of_version_one(stage: Stage) -> None:
    database = stage.product.home / "akko.db"
    assert stage.api.register(catalog("older")).status_code == 201
    before = stage.api.catalog("older")
    assert stage.product.stop() == 0
    set_back(database, 1)
    assert version_of(database) == 1
    stage.trino.restart()

    stage.product.start()
    stage.api = stage.product.api()
    until(lambda: stage.live("older"), 5, "the catalog is in Trino again")
    after = stage.api.catalog("older")
    assert before and after
    unchanged = before.keys() - {"health", "health_detail", "revision", "updated_at", "updated_by"}
    assert {key: after[key] for key in unchanged} == {key: before[key] for key in unchanged}
    assert after["fields"]["host"] == "db.example"
    assert stage.trino.catalogs["older"].resolved["connection-password"] == "pw_ok"

    fields = {"brokers": "kafka.customer.example:9092", "columns": "registry", "check_topic": "clicks"}
    fields["registry_url"] = "https://registry.customer.example:8081"
    created = stage.api.register({"name": "newer", "connector": "kafka", "fields": fields})
    assert created.status_code == 201, created.text
    assert created.json()["fields"]["check_topic"] == "clicks"  # kept by the column that version two added
    for name in ("older", "newer"):
        assert stage.api.remove(name).status_code == 204
        assert stage.nothing_left(name) == []
    assert stage.product.stop() == 0
    assert version_of(database) == len(migrations()) == 5


def test_a_database_of_a_later_version_is_left_alone(stage: Stage) -> None:
    database = stage.product.home / "akko.db"
    assert stage.product.stop() == 0
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA user_version = 99")
    connection.close()
    daemon = stage.product.spawn()
    until(lambda: not daemon.running(), 5, "the start is refused")
    assert str(database) in stage.product.log.read_text()
    assert version_of(database) == 99
