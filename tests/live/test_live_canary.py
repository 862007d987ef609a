"""No secret is anywhere but in the secret directory, and there only while it is needed."""

import stat
import urllib.parse

import pytest
import requests
import trino

from support.canary import Canary, ProcessWatch, new_hostile_secret, new_secret, process_texts
from support.waiting import until
from support.world import World


def trino_history(world: World) -> list[tuple[str, str]]:
    """All that Trino tells about the statements it remembers: list, details, system table."""
    headers = {"X-Trino-User": "oracle"}
    listed = requests.get(f"{world.trino.url}/v1/query", headers=headers)
    assert listed.status_code == 200 and "CREATE CATALOG" in listed.text
    texts = [("/v1/query", listed.text)]
    for query in listed.json():
        detail = requests.get(f"{world.trino.url}/v1/query/{query['queryId']}", headers=headers)
        if detail.status_code == 200:  # 410: forgotten meanwhile
            texts.append((f"/v1/query/{query['queryId']}", detail.text))
    assert len(texts) > 1
    table = "\n".join(str(cell) for row in world.trino.query("SELECT * FROM system.runtime.queries") for cell in row)
    assert "CREATE CATALOG" in table
    return texts + [("system.runtime.queries", table)]


def everywhere(world: World, canary: Canary) -> list[str]:
    """Where the canary was found, the secret directory excepted."""
    world.product.metrics_text()  # recorded with all other answers
    world.api.get("/api/admin/connectors")
    found = canary.search(trino_history(world))
    found += canary.search((f"answer {number}", text) for number, text in enumerate(world.product.transcript.texts))
    found += canary.search(process_texts())
    # Logs and state: the SQLite file, its -wal and -shm, the audit lines; all that Trino wrote.
    return found + canary.search_files(world.product.home, world.product.log, world.trino.directory)


@pytest.fixture(params=["harmless", "hostile"])
def secret(request: pytest.FixtureRequest) -> str:
    return {"harmless": new_secret, "hostile": new_hostile_secret}[request.param]()


@pytest.mark.parametrize("source", ["postgresql", "mysql"])
def test_nowhere(world: World, secret: str, source: str) -> None:
    server = getattr(world, source)
    canary = Canary(secret)
    user = "canary"
    server.account(user, secret)
    try:
        good = server.catalog("canary", password=secret, **{"connection-user": user})
        nobody_listens = good["properties"]["connection-url"].replace(f":{server.port}", ":1")
        with ProcessWatch(canary) as watch:
            assert world.api.register(good).status_code == 201
            assert world.trino.query('SELECT count(*) > 0 FROM "canary".shop.orders') == [[True]]
            assert world.api.test(good).json()["ok"] is True
            # ... and in all that goes wrong
            assert world.api.test(server.catalog("x", password=secret)).json()["code"] == "auth_refused"
            assert world.api.register(server.catalog("x", password=secret)).status_code == 400
            assert world.api.register(server.catalog("x", password=secret, url=nobody_listens)).status_code == 400
            assert world.api.register(server.catalog("canary", password=secret)).status_code == 409
            assert world.api.register(good | {"name": "x", "unknown": secret[:1]}).status_code == 422
            misplaced = good | {"name": "x", "properties": good["properties"] | {"connection-password": secret}}
            assert world.api.register(misplaced).status_code == 422
            in_url = good["properties"]["connection-url"] + "?password=" + urllib.parse.quote(secret, safe="")
            assert world.api.register(server.catalog("x", password=secret, url=in_url)).status_code == 422
            world.api.request("POST", "/api/admin/catalogs", data='{"credentials":{"p":"' + secret.replace('"', "") + '"')
            world.api.register(good, token=None)
            key = {"Idempotency-Key": "canary"}
            world.api.register(server.catalog("keyed", password=secret, **{"connection-user": user}), headers=key)
        assert watch.rounds > 3 and watch.seen == set()
        assert everywhere(world, canary) == []
        only_place(world, canary)

        if source == "postgresql":
            world.restart_trino()  # created again, by the reconciler this time
            until(lambda: world.live("canary"), 30, "it is back")
            assert everywhere(world, canary) == []

        assert world.api.remove("canary").status_code == 204
        world.api.remove("keyed")
        assert everywhere(world, canary) == []
        assert canary.search_files(world.product.secrets_dir) == []
    finally:
        server.drop_account(user)


def only_place(world: World, canary: Canary) -> None:
    """The secret directory holds it, which also proves that this search finds it; nobody else may look."""
    held = canary.search_files(world.product.secrets_dir)
    assert held and all("/canary/" in place or "/keyed/" in place for place in held), held
    for path in [world.product.secrets_dir, *world.product.secrets_dir.rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_the_search_finds_a_secret_that_is_in_a_statement(world: World) -> None:
    """The same search, on a password that somebody else sent to this Trino in clear text."""
    secret = new_hostile_secret()
    quoted = secret.replace("'", "''")
    with pytest.raises(trino.exceptions.TrinoQueryError):
        world.trino.query(f"CREATE CATALOG careless USING postgresql WITH (\"connection-password\" = '{quoted}')")
    found = Canary(secret).search(trino_history(world))
    assert any("/v1/query:" in place for place in found), found
    assert any("system.runtime.queries" in place for place in found), found
