"""What the list of catalogs shows, as a stream of events."""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from support.api import problem
from support.bodies import catalog
from support.fake_trino import FakeTrino
from support.open_request import Event, OpenRequest
from support.product import Product
from support.stage import Stage
from support.waiting import until

EVENTS = "/api/admin/events"


class Watcher:
    """Reads a stream in a thread of its own."""

    def __init__(self, stage: Stage) -> None:
        self.request = OpenRequest(stage.api.clone(), EVENTS, None)
        self.seen: list[Event] = []
        head = self.request.head()
        assert head.status == 200
        assert (head.getheader("Content-Type"), head.getheader("Cache-Control")) == ("text/event-stream", "no-store")
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        try:
            for event in self.request.events():
                self.seen.append(event)
        except (OSError, ValueError, AttributeError):
            pass  # closed by the test

    def wait(self, name: str, wanted: Callable[[dict[str, Any]], Any] = lambda _: True) -> dict[str, Any]:
        return until(lambda: next((e.data for e in self.seen if e.name == name and wanted(e.data)), None), 5, f"{name} comes")

    def leave(self) -> None:
        self.request.leave()
        self.thread.join(5)


@pytest.fixture
def watch(stage: Stage) -> Iterator[Callable[[], Watcher]]:
    made: list[Watcher] = []

    def make() -> Watcher:
        made.append(Watcher(stage))
        return made[-1]

    yield make
    for watcher in made:
        watcher.request.connection.close()


def test_hello_trino_and_then_each_change(stage: Stage, watch: Callable[[], Watcher]) -> None:
    watcher = watch()
    watcher.wait("trino", lambda data: data["up"] is True and data["version"])
    assert watcher.seen[0].name == "hello" and isinstance(watcher.seen[0].data["generation"], int)
    assert stage.api.register(catalog("pg")).status_code == 201
    ready = watcher.wait("catalog", lambda data: data["phase"] == "ready")
    assert [ready] == stage.api.get("/api/admin/catalogs").json()  # exactly the row of the list
    assert stage.api.remove("pg").status_code == 204
    assert watcher.wait("catalog_removed") == {"name": "pg"}


def test_what_is_on_its_way_is_shown(stage: Stage, watch: Callable[[], Watcher]) -> None:
    watcher = watch()
    held = stage.trino.hold('SHOW SCHEMAS FROM "pg"')
    registering = threading.Thread(target=stage.api.clone().register, args=(catalog("pg"),))
    registering.start()
    row = watcher.wait("catalog")
    assert (row["phase"], row["health"]) == ("registering", "registering")
    held.release()
    registering.join()
    watcher.wait("catalog", lambda data: data["phase"] == "ready")


def test_health_is_news(trino: FakeTrino, make_product: Callable[..., Product]) -> None:
    product = make_product(HEALTH_INTERVAL_SECONDS="0.3").start()
    stage = Stage(trino, product, product.api())
    stage.api.register(catalog("pg"))
    watcher = Watcher(stage)
    trino.accounts["trino_ro"] = "changed"
    row = watcher.wait("catalog", lambda data: data["health"] == "failing")
    detail = row["health_detail"]
    assert detail["code"] == "auth_refused"
    assert [(fact["code"], fact["values"]["user"]) for fact in detail["facts"]] == [("auth_refused", "trino_ro")]
    watcher.leave()
    product.stop()
    [again] = product.start().api().get("/api/admin/catalogs").json()
    assert again["health_detail"]["facts"] == detail["facts"]


def test_batches_are_not_too_many(stage: Stage, watch: Callable[[], Watcher]) -> None:
    watcher = watch()
    watcher.wait("trino")
    began = time.monotonic()
    for number in range(12):
        stage.api.register(catalog(f"pg-{number}"))
    watcher.wait("catalog", lambda data: data["name"] == "pg-11" and data["phase"] == "ready")
    arrivals = sorted(event.at for event in watcher.seen if event.name == "catalog")
    batches = 1 + sum(later - earlier > 0.1 for earlier, later in zip(arrivals, arrivals[1:], strict=False))
    assert batches <= (time.monotonic() - began) * 2 + 1


def test_trino_goes_and_comes(stage: Stage, watch: Callable[[], Watcher]) -> None:
    stage.api.register(catalog("pg"))
    watcher = watch()
    stage.trino.stop()
    watcher.wait("trino", lambda data: data["up"] is False)
    until(lambda: [e.name for e in watcher.seen].count("hello") == 2, 5, "the list is to be read anew")
    [row] = stage.api.get("/api/admin/catalogs").json()
    assert row["health_detail"]["code"] == "trino_unavailable"
    stage.trino.start_again()
    until(lambda: [e.name for e in watcher.seen].count("hello") >= 3, 10, "and again")


def test_two_watchers_see_the_same(stage: Stage, watch: Callable[[], Watcher]) -> None:
    one, two = watch(), watch()
    stage.api.register(catalog("pg"))
    assert one.wait("catalog", lambda d: d["phase"] == "ready") == two.wait("catalog", lambda d: d["phase"] == "ready")


def test_watchers_are_bounded(stage: Stage) -> None:
    open_ones = [OpenRequest(stage.api, EVENTS, None) for _ in range(64)]
    assert {request.head().status for request in open_ones} == {200}
    problem(stage.api.get(EVENTS), 503, "too_many_watchers")
    for request in open_ones:
        request.leave()
    until(lambda: _opens(stage), 10, "those that left make room")


def _opens(stage: Stage) -> bool:
    with OpenRequest(stage.api, EVENTS, None) as request:
        return request.head().status == 200


def test_only_admins_watch(stage: Stage) -> None:
    problem(stage.api.get(EVENTS, token=None), 401)
    problem(stage.product.api("bob", "akko-engineer").get(EVENTS), 403)
    assert stage.api.request("HEAD", EVENTS).status_code == 200


def test_a_stop_ends_the_streams(stage: Stage, watch: Callable[[], Watcher]) -> None:
    watcher = watch()
    watcher.wait("trino")
    began = time.monotonic()
    assert stage.product.stop() == 0
    assert time.monotonic() - began < 5
    watcher.thread.join(5)
    assert not watcher.thread.is_alive()
