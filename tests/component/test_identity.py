"""Forged tokens over HTTP. (The verifier's whole matrix is in its unit tests.)"""

import socket
import threading
import time

import pytest

from support.api import problem
from support.bodies import catalog
from support.forge import Forge
from support.stage import Stage

CATALOGS = "/api/admin/catalogs"


@pytest.fixture
def forge(shared: Stage) -> Forge:
    jwks = shared.api.get("/dev-issuer/jwks", token=None).json()
    return Forge(shared.product.home / "dev-issuer.key", shared.api.token or "", jwks)


def test_the_forge_can_make_a_good_token(shared: Stage, forge: Forge) -> None:
    """Else its forgeries would be refused for the wrong reason."""
    assert shared.api.get(CATALOGS, token=forge.signed()).status_code == 200


def test_forgeries_are_refused(shared: Stage, forge: Forge) -> None:
    accepted = []
    for name, token in forge.forgeries().items():
        answer = shared.api.get(CATALOGS, token=token)
        if answer.status_code != 401:
            accepted.append((name, answer.status_code))
        else:
            problem(answer, 401)
            assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"], name
    assert accepted == []


def test_no_forgery_changes_anything(shared: Stage, forge: Forge) -> None:
    for token in forge.forgeries().values():
        shared.api.register(catalog("forged"), token=token)
    assert shared.trino.statements('CREATE CATALOG "forged"') == []


def test_a_token_of_a_megabyte(shared: Stage) -> None:
    """More than a server takes as headers: refused, whichever way, and the next request is served."""
    with socket.create_connection(("127.0.0.1", shared.product.port), timeout=10) as connection:
        connection.sendall(b"GET /api/admin/catalogs HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ")
        try:
            connection.sendall(b"A" * 1024 * 1024 + b"\r\n\r\n")
            answer = connection.recv(4096)
        except (BrokenPipeError, ConnectionResetError):
            answer = b""
    assert answer == b"" or answer.split()[1] in (b"400", b"413", b"431"), answer
    assert shared.api.get(CATALOGS).status_code == 200


def test_keys_named_by_a_token_are_not_fetched(shared: Stage, forge: Forge) -> None:
    """jku and x5u are ignored: nobody calls."""
    listener = socket.create_server(("127.0.0.1", 0))
    calls: list[object] = []
    threading.Thread(target=lambda: calls.append(listener.accept()), daemon=True).start()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/keys"
    for member in ("jku", "x5u"):
        token = forge.signed(forge.header | {member: url, "kid": "mine"}, key=forge.other_key)
        problem(shared.api.get(CATALOGS, token=token), 401)
    time.sleep(0.3)
    assert calls == []


def test_a_token_ends(shared: Stage, forge: Forge) -> None:
    """Beyond the tolerance for clocks."""
    almost = forge.signed(claims=forge.claims | {"exp": int(time.time()) - 5})
    assert shared.api.get(CATALOGS, token=almost).status_code == 200
    problem(shared.api.get(CATALOGS, token=forge.signed(claims=forge.claims | {"exp": int(time.time()) - 40})), 401)
    assert shared.product.token("carol", ttl=60)


@pytest.mark.parametrize("claim", ["realm_access", "resource_access", "groups", "roles", "scope"])
def test_roles_come_from_one_claim_only(shared: Stage, forge: Forge, claim: str) -> None:
    claims = {k: v for k, v in forge.claims.items() if k != "realm_access"}
    claims[claim] = {"realm_access": {"roles": "akko-admin"}, "resource_access": {"akko": {"roles": ["akko-admin"]}}}.get(
        claim, ["akko-admin"]
    )
    assert shared.api.get(CATALOGS, token=forge.signed(claims=claims)).status_code in (401, 403)
