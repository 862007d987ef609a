"""ETag, If-None-Match, If-Match and Idempotency-Key."""

import threading

import pytest
import requests

from support.api import problem
from support.bodies import catalog
from support.stage import Stage

CATALOGS = "/api/admin/catalogs"


@pytest.mark.parametrize("path", [CATALOGS, CATALOGS + "/tagged", "/api/admin/connectors", "/openapi.json"])
def test_if_none_match(shared: Stage, path: str) -> None:
    shared.api.register(catalog("tagged"))
    first = shared.api.get(path)
    again = shared.api.get(path, headers={"If-None-Match": first.headers["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert shared.api.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    assert shared.api.get(path, headers={"If-None-Match": f'"other", W/{first.headers["ETag"]}'}).status_code == 304


def test_the_list_has_a_new_tag_after_a_change(shared: Stage) -> None:
    before = shared.api.get(CATALOGS).headers["ETag"]
    shared.api.register(catalog("changed"))
    assert shared.api.get(CATALOGS, headers={"If-None-Match": before}).status_code == 200


def test_if_match_guards_a_removal(shared: Stage) -> None:
    created = shared.api.register(catalog("guarded"))
    problem(shared.api.remove("guarded", headers={"If-Match": '"r999999"'}), 412, "revision_mismatch")
    problem(shared.api.remove("guarded", headers={"If-Match": "nonsense"}), 412)
    assert shared.api.catalog("guarded") is not None and "guarded" in shared.trino.names()
    assert shared.api.remove("guarded", headers={"If-Match": created.headers["ETag"]}).status_code == 204


def test_the_tag_of_the_answer_is_that_of_the_read(shared: Stage) -> None:
    created = shared.api.register(catalog("same-tag"))
    assert shared.api.get(CATALOGS + "/same-tag").headers["ETag"] == created.headers["ETag"]


def post(shared: Stage, name: str, key: str, **changes: object) -> requests.Response:
    return shared.api.clone().register(catalog(name, **changes), headers={"Idempotency-Key": key})


def test_a_repeated_request_is_done_once(shared: Stage) -> None:
    first, again = post(shared, "once", "key-once"), post(shared, "once", "key-once")
    assert first.status_code == again.status_code == 201
    assert first.content == again.content
    assert first.headers["ETag"] == again.headers["ETag"] and first.headers["Location"] == again.headers["Location"]
    assert len(shared.trino.statements('CREATE CATALOG "once"')) == 1


def test_a_refusal_is_repeated_too(shared: Stage) -> None:
    wrong = {"connection-password": "wrong"}
    first = post(shared, "once-bad", "key-bad", credentials=wrong)
    again = post(shared, "once-bad", "key-bad", credentials=wrong)
    assert first.status_code == again.status_code == 400
    assert len(shared.trino.statements('CREATE CATALOG "once-bad"')) == 1


def test_a_key_is_for_one_request(shared: Stage) -> None:
    assert post(shared, "mine", "key-reused").status_code == 201
    problem(post(shared, "other", "key-reused"), 422, "idempotency_key_reused")
    assert shared.api.catalog("other") is None


def test_keys_of_two_users_are_two_keys(shared: Stage) -> None:
    assert post(shared, "of-alice", "key-of-both").status_code == 201
    bob = shared.api.clone(shared.product.token("bob"))
    assert bob.register(catalog("of-bob"), headers={"Idempotency-Key": "key-of-both"}).status_code == 201


def test_a_key_whose_first_request_still_runs(shared: Stage) -> None:
    held = shared.trino.hold('SHOW SCHEMAS FROM "slow-one"')
    answers: list[requests.Response] = []
    thread = threading.Thread(target=lambda: answers.append(post(shared, "slow-one", "key-slow")))
    thread.start()
    assert held.entered.wait(5)
    problem(post(shared, "slow-one", "key-slow"), 409, "operation_in_progress")
    held.release()
    thread.join()
    assert answers[0].status_code == 201
    assert post(shared, "slow-one", "key-slow").content == answers[0].content


@pytest.mark.parametrize("key", ["", "x" * 256, "with blank"])
def test_malformed_keys(shared: Stage, key: str) -> None:
    problem(post(shared, "keyless", key), 400, "idempotency_key_malformed")
