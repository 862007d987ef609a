"""What an admin registers, a Trino client can query at once; what is removed is gone."""

import threading
import time
from collections import Counter

import pytest
import requests

from support.api import problem
from support.world import World


def test_postgresql(world: World) -> None:
    began = time.monotonic()
    created = world.api.register(world.postgresql.catalog("client-pg-01"))
    took = time.monotonic() - began
    assert created.status_code == 201, created.text
    assert took < 2, took
    assert created.json()["health"] == "healthy"
    assert world.trino.query('SELECT count(*), sum(amount) FROM "client-pg-01".shop.orders') == [[100, pytest.approx(6312.5)]]
    assert ["shop"] in world.trino.query('SHOW SCHEMAS FROM "client-pg-01"')
    assert world.api.remove("client-pg-01").status_code == 204
    assert world.nothing_left("client-pg-01") == []


def test_mysql(world: World) -> None:
    created = world.api.register(world.mysql.catalog("client-my-01"))
    assert created.status_code == 201, created.text
    rows = world.trino.query('SELECT customer FROM "client-my-01".shop.orders ORDER BY id')
    assert rows == [["acme"], ["globex"], ["initech"]]
    assert world.api.remove("client-my-01").status_code == 204
    assert world.nothing_left("client-my-01") == []


def test_two_catalogs_join(world: World) -> None:
    assert world.api.register(world.postgresql.catalog("pg")).status_code == 201
    assert world.api.register(world.mysql.catalog("my")).status_code == 201
    [[count]] = world.trino.query('SELECT count(*) FROM "pg".shop.orders p JOIN "my".shop.orders m ON p.id = m.id')
    assert count == 3


def test_a_name_can_be_used_again_with_another_password(world: World) -> None:
    """The revision in the reference: Trino must not serve the connector that it still has from before."""
    body = world.postgresql.catalog("again")
    assert world.api.register(body).status_code == 201
    assert world.api.remove("again").status_code == 204
    wrong = world.api.register(world.postgresql.catalog("again", password="wrong"))
    problem(wrong, 400, "auth_refused")
    assert world.api.register(body).status_code == 201
    assert world.live("again")


def test_twenty_at_once(world: World) -> None:
    answers: dict[str, requests.Response] = {}

    def register(name: str) -> None:
        source = world.mysql if name.endswith("5") else world.postgresql
        answers[name] = world.api.clone().register(source.catalog(name))

    names = [f"many-{number:02}" for number in range(20)]
    threads = [threading.Thread(target=register, args=(name,)) for name in names]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(names, 201)
    assert world.trino.registered() == names == world.api.names()
    assert all(world.live(name) for name in (names[0], names[5], names[-1]))


def test_one_name_wanted_by_many(world: World) -> None:
    answers: list[requests.Response] = []
    body = world.postgresql.catalog("wanted")
    clients = [world.api.clone() for _ in range(10)]
    threads = [threading.Thread(target=lambda client=client: answers.append(client.register(body))) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 9}
    assert world.live("wanted")


def test_a_catalog_of_somebody_else(world: World) -> None:
    world.trino.query("CREATE CATALOG theirs USING memory")
    try:
        problem(world.api.register(world.postgresql.catalog("theirs")), 409, "name_taken_in_trino")
        problem(world.api.remove("theirs"), 404)
        assert world.trino.registered() == ["theirs"]
        assert world.product.traces("theirs") == []
    finally:
        world.trino.query("DROP CATALOG theirs")


@pytest.mark.parametrize("source", ["postgresql", "mysql"])
def test_a_connection_test_leaves_nothing(world: World, source: str) -> None:
    server = getattr(world, source)
    good = world.api.test(server.catalog("tried"))
    assert good.json()["ok"] is True, good.text
    bad = world.api.test(server.catalog("tried", password="wrong"))
    assert (bad.json()["ok"], bad.json()["code"]) == (False, "auth_refused")
    assert world.trino.catalogs() == ["system"]
    assert world.product.secret_files() == [] and world.nothing_left("tried") == []
