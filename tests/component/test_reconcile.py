"""What was registered comes back by itself; what is unclear heals or is told."""

import time
from collections.abc import Callable

from support import fake_trino_http as wrong
from support.bodies import catalog
from support.fake_trino import Catalog, FakeTrino, recorded
from support.product import Product
from support.stage import Stage
from support.waiting import until


def test_trino_restarts(stage: Stage) -> None:
    for number in range(5):
        assert stage.api.register(catalog(f"pg-{number}")).status_code == 201
    before = stage.api.get("/api/admin/catalogs").json()
    stage.trino.restart()
    until(lambda: len(stage.trino.names()) == 5, 10, "all are back")
    assert stage.trino.catalogs["pg-3"].resolved["connection-password"] == "pw_ok"
    assert stage.api.get("/api/admin/catalogs").json() == before
    assert stage.product.metric("akko_trino_restarts_total") == 1
    assert stage.product.metric("akko_catalogs_recreated_total") == 5


def test_trino_is_away_for_a_while(stage: Stage) -> None:
    assert stage.api.register(catalog("pg")).status_code == 201
    stage.trino.stop()
    until(lambda: not stage.product.ready(), 5, "readyz tells")
    answer = stage.product.readiness()
    assert answer is not None and answer.status_code == 503
    assert answer.json()["checks"]["trino"] != "ok" and answer.json()["checks"]["store"] == "ok"
    assert stage.api.names() == ["pg"]  # the record can be read all the same
    refused = stage.api.register(catalog("other"))
    assert refused.status_code == 503 and refused.json()["code"] == "trino_unavailable"
    assert "Retry-After" in refused.headers
    stage.trino.start_again()
    until(stage.product.ready, 5, "it is ready again")
    assert stage.api.register(catalog("other")).status_code == 201


def test_trino_is_starting(make_product: Callable[..., Product], trino: FakeTrino) -> None:
    trino.starting = True
    product = make_product()
    product.spawn()
    until(lambda: (answer := product.readiness()) is not None and answer.status_code == 503, 10, "it answers: not ready")
    assert product.api().register(catalog("early")).status_code == 503
    trino.starting = False
    until(product.ready, 5, "it is ready")
    assert product.api().register(catalog("early")).status_code == 201


def test_somebody_drops_a_catalog_of_ours(stage: Stage) -> None:
    assert stage.api.register(catalog("dropped")).status_code == 201
    del stage.trino.catalogs["dropped"]
    until(lambda: stage.live("dropped"), 5, "it is back")


def test_somebody_removes_the_secrets(stage: Stage) -> None:
    """The directory is on tmpfs: after a reboot it is empty. The store fills it before Trino is asked."""
    assert stage.api.register(catalog("pg")).status_code == 201
    stage.product.stop()
    for file in stage.product.secrets_dir.rglob("*.*"):
        file.unlink()
    stage.trino.restart()
    stage.product.start()
    until(lambda: stage.live("pg"), 5, "it is back")


def test_leftovers_of_nobody_are_removed(stage: Stage) -> None:
    stage.product.stop()
    nobodys = stage.product.secrets_dir / "nobodys"
    nobodys.mkdir(mode=0o700)
    (nobodys / "connection-password.1").write_text("x")
    stage.product.start()
    until(lambda: stage.product.secret_files() == [], 5, "the files are gone")


def test_a_catalog_that_cannot_be_created_again_is_told(stage: Stage) -> None:
    assert stage.api.register(catalog("pg")).status_code == 201
    stage.trino.fail('CREATE CATALOG "pg"', recorded("config_unknown_property"), times=2)
    del stage.trino.catalogs["pg"]
    until(lambda: (stage.api.catalog("pg") or {})["health"] == "failing", 5, "its health tells")
    assert (stage.api.catalog("pg") or {})["health_detail"]["code"] == "config"
    until(lambda: stage.live("pg"), 10, "it is tried again")
    until(lambda: (stage.api.catalog("pg") or {})["health"] != "failing", 5, "its health tells that too")


def test_the_probe_pool_is_swept_and_hidden(trino: FakeTrino, make_product: Callable[..., Product]) -> None:
    trino.catalogs["akko-probe-2"] = Catalog("memory", "", {}, {})
    product = make_product().start()
    until(lambda: trino.probe_catalogs() == [], 5, "the pool is swept")
    assert product.api().names() == []


def test_connectors_are_warmed_up(trino: FakeTrino, make_product: Callable[..., Product]) -> None:
    product = make_product(WARM_UP="true").start()

    def warmed() -> bool:
        answer = product.readiness()
        return answer is not None and answer.json()["checks"]["warm_up"] == "done"

    until(warmed, 10, "the warm-up is done")
    for connector in ("postgresql", "mysql"):
        assert trino.statements(f'CREATE CATALOG "akko-probe-.*" USING "?{connector}')
    assert trino.probe_catalogs() == [] and product.secret_files() == []
    product.stop()
    count = len(trino.statements("CREATE CATALOG"))
    product.start()
    until(warmed, 5, "known from before")
    created = [s for s in trino.statements("CREATE CATALOG")[count:] if "akko_no_such" not in s and "capability" not in s]
    assert created == []  # the same run of the coordinator needs it only once
    trino.restart()
    until(lambda: len(trino.statements('CREATE CATALOG .* USING "?mysql"? WITH')) >= 1, 10, "a new run is warmed anew")


def test_a_silent_trino_is_noticed(stage: Stage) -> None:
    """/v1/info answers, statements do not: nothing waits for ever."""
    stage.trino.fault("", at="submit", reply=wrong.never, times=1000)
    began = time.monotonic()
    assert stage.api.register(catalog("pg")).status_code >= 400
    assert time.monotonic() - began < 3.5
    assert stage.api.get("/api/admin/catalogs", timeout=1).status_code == 200
    assert stage.product.running()
