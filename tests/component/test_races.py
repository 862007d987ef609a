"""Several admins at once, and catalogs that are not ours."""

import threading
from collections import Counter
from collections.abc import Callable

import requests

from support.api import problem
from support.bodies import catalog
from support.fake_trino import Catalog
from support.stage import Stage


def at_once(actions: list[Callable[[], requests.Response]]) -> list[requests.Response]:
    answers: list[requests.Response] = []
    barrier = threading.Barrier(len(actions))

    def run(action: Callable[[], requests.Response]) -> None:
        barrier.wait()
        answers.append(action())

    threads = [threading.Thread(target=run, args=(action,)) for action in actions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_twenty_admins_want_one_name(shared: Stage) -> None:
    shared.trino.create_delay = 0.2
    clients = [shared.api.clone() for _ in range(20)]
    answers = at_once([lambda client=client: client.register(catalog("wanted")) for client in clients])
    assert Counter(answer.status_code for answer in answers) == {201: 1, 409: 19}
    for answer in answers:
        if answer.status_code == 409:
            problem(answer, 409, "name_taken")
    assert len(shared.trino.statements('CREATE CATALOG "wanted"')) == 1
    assert shared.api.names() == ["wanted"]


def test_twenty_names_at_once(shared: Stage) -> None:
    names = [f"parallel-{number}" for number in range(20)]
    clients = {name: shared.api.clone() for name in names}
    answers = at_once([lambda name=name: clients[name].register(catalog(name)) for name in names])
    assert {answer.status_code for answer in answers} == {201}
    assert shared.trino.names() == sorted(names) == shared.api.names()


def test_two_removals(shared: Stage) -> None:
    shared.api.register(catalog("leaving"))
    clients = [shared.api.clone(), shared.api.clone()]
    answers = at_once([lambda client=client: client.remove("leaving") for client in clients])
    codes = sorted(answer.status_code for answer in answers)
    assert codes[0] == 204 and codes[1] in (404, 409)
    assert shared.nothing_left("leaving") == []


def test_a_removal_while_it_is_being_registered(shared: Stage) -> None:
    held = shared.trino.hold('SHOW SCHEMAS FROM "young"')
    answers: list[requests.Response] = []
    client = shared.api.clone()
    thread = threading.Thread(target=lambda: answers.append(client.register(catalog("young"))))
    thread.start()
    assert held.entered.wait(5)
    listed = {entry["name"]: entry["health"] for entry in shared.api.get("/api/admin/catalogs").json()}
    assert listed["young"] == "registering"
    problem(shared.api.register(catalog("young")), 409, "name_taken")
    removal = threading.Thread(target=lambda: answers.append(shared.api.clone().remove("young")))
    removal.start()
    held.release()
    thread.join()
    removal.join()
    assert sorted(answer.status_code for answer in answers) in ([201, 204], [201, 409])
    left = shared.api.catalog("young")
    assert (left is None) == ("young" not in shared.trino.names())


def test_a_catalog_that_is_not_ours_is_left_alone(shared: Stage) -> None:
    shared.trino.catalogs["theirs"] = theirs = Catalog("memory", "", {}, {})
    try:
        problem(shared.api.register(catalog("theirs")), 409, "name_taken_in_trino")
        problem(shared.api.remove("theirs"), 404, "catalog_not_found")
        assert "theirs" not in shared.api.names()
        assert shared.trino.catalogs["theirs"] is theirs
        assert shared.trino.statements('DROP CATALOG .*"theirs"') == []
    finally:
        del shared.trino.catalogs["theirs"]


def test_a_catalog_that_appears_between_our_look_and_our_create(shared: Stage) -> None:
    """Somebody else creates the name while our CREATE waits: theirs stays."""
    held = shared.trino.hold('CREATE CATALOG "raced"')
    answers: list[requests.Response] = []
    thread = threading.Thread(target=lambda: answers.append(shared.api.clone().register(catalog("raced"))))
    thread.start()
    assert held.entered.wait(5)
    shared.trino.catalogs["raced"] = theirs = Catalog("memory", "", {}, {})
    held.release()
    thread.join()
    try:
        problem(answers[0], 409, "name_taken_in_trino")
        assert shared.trino.catalogs["raced"] is theirs
        assert shared.product.traces("raced") == []
    finally:
        del shared.trino.catalogs["raced"]
