"""kill -9 at every journal boundary, and while Trino works: afterwards a catalog is whole or nowhere."""

import os
import signal
import subprocess
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests

from support.api import Api
from support.bodies import catalog
from support.fake_trino import FakeTrino, Fault
from support.product import Product
from support.stage import QUICK, Stage
from support.waiting import until

NAME = "client-pg-01"
SECONDS_TO_SETTLE = 10
MANY = 60  # more syncs than any operation makes


@pytest.fixture(scope="module")
def kill_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = tmp_path_factory.mktemp("preload") / "kill_at_sync.so"
    source = Path(__file__).with_name("kill_at_sync.c")
    subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Werror", "-o", library, source], check=True)
    return library


def register(api: Api) -> int | None:
    try:
        return api.register(catalog(NAME)).status_code
    except requests.ConnectionError:
        return None


def remove(api: Api) -> int | None:
    try:
        return api.remove(NAME).status_code
    except requests.ConnectionError:
        return None


def whole_or_nowhere(stage: Stage, answered: int | None, success: int, whole_after_success: bool) -> str:
    """Waits until the state is one of the two that are allowed; an answer that was sent must be true."""

    def state() -> str | None:
        if not stage.nothing_left(NAME):
            return "nowhere"
        return "whole" if stage.live(NAME) else None

    found = until(state, SECONDS_TO_SETTLE, "the catalog is whole or nowhere") or ""
    if answered == success:
        assert found == ("whole" if whole_after_success else "nowhere")
    assert stage.product.secret_files() == [] or found == "whole"
    journal = [row for table, row in stage.product.stored_rows(NAME) if table not in ("catalogs", "secrets", "catalog")]
    assert journal == [] or found == "whole", journal
    return found


def crash_once(directory: Path, library: Path, operation: str, when: str, n: int) -> bool:
    """Kills at the n-th sync of the operation, restarts, and checks. False: the operation ended before it."""
    trino = FakeTrino(directory / "secrets")
    product = Product(directory, trino.url, **QUICK)
    trigger = directory / "trigger"
    try:
        product.start(
            LD_PRELOAD=str(library), AKKO_KILL_TRIGGER=str(trigger), AKKO_KILL_AT=str(n), AKKO_KILL_WHEN=when,
            ASAN_OPTIONS="verify_asan_link_order=0",
        )  # fmt: skip
        api = product.api()
        if operation == "remove":
            assert register(api) == 201
        trigger.touch()
        answered = register(api) if operation == "register" else remove(api)
        assert product.daemon is not None
        if answered is not None and product.running():
            assert answered == (201 if operation == "register" else 204)
            return False
        assert product.daemon.process.wait(10) == -signal.SIGKILL
        product.start()
        stage = Stage(trino, product, product.api())
        if operation == "register":
            whole_or_nowhere(stage, answered, 201, whole_after_success=True)
        else:
            whole_or_nowhere(stage, answered, 204, whole_after_success=False)
        assert trino.probe_catalogs() == []
        return True
    finally:
        product.kill()
        trino.stop()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("operation", ["register", "remove"])
def test_killed_at_every_sync(directory: Path, kill_library: Path, operation: str, when: str) -> None:
    """Walks through all syncs that the operation makes, several at a time."""

    def crash(n: int) -> bool:
        place = directory / str(n)
        place.mkdir()
        return crash_once(place, kill_library, operation, when, n)

    killed = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for begin in range(1, MANY, 4):
            results = list(pool.map(crash, range(begin, begin + 4)))
            killed += sum(results)
            if not all(results):
                break
        else:
            raise AssertionError(f"killed {killed} times and still no end")
    print(f"{operation}: killed {when} each of {killed} syncs")
    # The reservation, the secret, the journal of each step and the end: fewer means that nothing was tested.
    assert killed >= 3, killed


def kill_while_held(stage: Stage, held: Fault, request: Callable[[], object]) -> None:
    """Kills the product once Trino holds a statement of this request."""
    thread = threading.Thread(target=request)
    thread.start()
    assert held.entered.wait(5)
    stage.product.kill()
    thread.join()


@pytest.mark.parametrize("effect", [False, True], ids=["not-done", "done-later"])
@pytest.mark.parametrize(
    "statement", [f'CREATE CATALOG "{NAME}"', f'SHOW SCHEMAS FROM "{NAME}"'], ids=["create", "probe"]
)
def test_killed_while_trino_registers(stage: Stage, statement: str, effect: bool) -> None:
    """`effect`: what Trino was asked still happens, after the restart."""
    held = stage.trino.hold(statement, ignores_cancel=effect)
    kill_while_held(stage, held, lambda: register(stage.api))
    if not effect:
        for query in stage.trino.unfinished(statement):
            stage.trino.cancel(query)
    stage.product.start()
    again = Stage(stage.trino, stage.product, stage.product.api())
    held.release()
    until(lambda: again.nothing_left(NAME) == [], SECONDS_TO_SETTLE, "nothing is left")
    assert again.product.secret_files() == []
    retried = again.api.register(catalog(NAME))
    assert retried.status_code == 201, retried.text


def test_killed_while_trino_drops(stage: Stage) -> None:
    assert register(stage.api) == 201
    held = stage.trino.hold(f'DROP CATALOG .*"{NAME}"')
    kill_while_held(stage, held, lambda: remove(stage.api))
    held.release()
    stage.product.start()
    again = Stage(stage.trino, stage.product, stage.product.api())
    until(lambda: again.nothing_left(NAME) == [] or again.live(NAME), SECONDS_TO_SETTLE, "it is whole or nowhere")


def test_killed_during_a_connection_test(stage: Stage) -> None:
    held = stage.trino.hold('SHOW SCHEMAS FROM "akko-probe')

    def attempt() -> None:
        with pytest.raises(requests.ConnectionError):
            stage.api.test(catalog(NAME))

    kill_while_held(stage, held, attempt)
    held.release()
    assert stage.trino.probe_catalogs() != []
    stage.product.start()
    until(lambda: stage.trino.probe_catalogs() == [], SECONDS_TO_SETTLE, "no probe catalog is left")
    until(lambda: stage.product.secret_files() == [], SECONDS_TO_SETTLE, "no secret is left")


def test_killed_and_trino_restarted(stage: Stage) -> None:
    """Both lose their memory in the middle of a registration; what was registered before comes back."""
    assert stage.api.register(catalog("before")).status_code == 201
    held = stage.trino.hold(f'SHOW SCHEMAS FROM "{NAME}"')
    kill_while_held(stage, held, lambda: register(stage.api))
    stage.trino.restart()
    stage.product.start()
    again = Stage(stage.trino, stage.product, stage.product.api())
    until(lambda: again.nothing_left(NAME) == [] and again.live("before"), SECONDS_TO_SETTLE, "old whole, new nowhere")


def test_killed_again_while_it_settles(stage: Stage) -> None:
    held = stage.trino.hold(f'SHOW SCHEMAS FROM "{NAME}"')
    kill_while_held(stage, held, lambda: register(stage.api))
    held.release()
    for _ in range(3):
        drop = stage.trino.hold(f'DROP CATALOG .*"{NAME}"')
        stage.product.start()
        assert drop.entered.wait(5), "the undoing does not begin"
        stage.product.kill()
        for query in stage.trino.unfinished("DROP"):
            stage.trino.cancel(query)
    stage.product.start()
    until(lambda: stage.nothing_left(NAME) == [], SECONDS_TO_SETTLE, "nothing is left")
