"""Trino or the product dies and comes back."""

import threading
import time

import pytest
import requests

from support.waiting import until
from support.world import World

SECONDS_TO_SETTLE = 10


@pytest.mark.parametrize("moment", [0.0, 0.01, 0.03, 0.06, 0.1, 0.15, 0.2, 0.3])
def test_killed_during_a_registration(world: World, moment: float) -> None:
    """At several moments; kill -9 at each journal boundary is in the component tests."""
    name = f"crash-{int(moment * 100)}"
    thread = threading.Thread(target=lambda: attempt(world, name))
    thread.start()
    time.sleep(moment)
    world.product.kill()
    thread.join()
    world.product.start()
    until(lambda: world.nothing_left(name) == [] or world.live(name), SECONDS_TO_SETTLE, "it is whole or nowhere")


def attempt(world: World, name: str) -> None:
    try:
        world.api.clone().register(world.postgresql.catalog(name))
    except requests.ConnectionError:
        pass  # what a client of a killed server sees


def test_trino_restarts(world: World) -> None:
    names = ["my-1", "pg-1", "pg-2", "pg-3"]
    for name in names:
        source = world.mysql if name.startswith("my") else world.postgresql
        assert world.api.register(source.catalog(name)).status_code == 201
    world.restart_trino()
    until(lambda: world.trino.registered() == names, SECONDS_TO_SETTLE, "all are back")
    assert all(world.live(name) for name in names)
    assert world.api.names() == names
    world.await_warm_up()
    began = time.monotonic()
    assert world.api.register(world.postgresql.catalog("first-after")).status_code == 201
    assert time.monotonic() - began < 2


def test_both_restart(world: World) -> None:
    """A reboot: the secret directory is empty, Trino knows nothing; the store alone is left."""
    assert world.api.register(world.postgresql.catalog("survivor")).status_code == 201
    world.product.kill()
    world.trino.stop()
    for file in world.product.secrets_dir.rglob("*.*"):
        file.unlink()
    world.product.spawn()
    world.trino.start()
    until(world.product.ready, SECONDS_TO_SETTLE, "the product is ready")
    until(lambda: world.live("survivor"), SECONDS_TO_SETTLE, "it is back")
