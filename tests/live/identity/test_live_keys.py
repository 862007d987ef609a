"""The issuer's keys change, and the issuer goes away, while the manager runs."""

from collections.abc import Callable
from support.api import Api, problem
from support.forge import encoded
from support.keycloak import Identity, claims, key_id
from support.product import Product
from support.waiting import until

CATALOGS = "/api/admin/catalogs"


def with_key_id(token: str, key: str) -> str:
    """Another name in its header; the signature does not fit any more, but the name is looked at first."""
    return ".".join([encoded({"alg": "RS256", "typ": "JWT", "kid": key}), *token.split(".")[1:]])


def keys_word(product: Product) -> str:
    answer = product.readiness()
    assert answer is not None
    return str(answer.json()["checks"]["keys"])


def test_the_key_for_encryption_is_not_for_signatures(identity: Identity) -> None:
    published = {key["kid"]: key["use"] for key in identity.keycloak.keys()}
    assert sorted(published.values()) == ["enc", "sig"]
    [told] = [line for line in identity.product.log_lines() if line["message"] == "the issuer's keys are new"]
    assert told["keys"] == 1
    [encryption] = [key for key, use in published.items() if use == "enc"]
    problem(identity.api().get(CATALOGS, token=with_key_id(identity.keycloak.token(), encryption)), 401, "token_key_unknown")


def test_rotation(identity: Identity) -> None:
    """A new key is taken at once, the old one until it is withdrawn, and the manager is not restarted."""
    pid = identity.product.daemon.pid
    [old_provider] = identity.keycloak.signing_keys()
    old = identity.keycloak.token()
    assert identity.with_token(old).get(CATALOGS).status_code == 200

    identity.keycloak.add_signing_key("next")
    new = identity.keycloak.token()
    assert key_id(new) != key_id(old)
    assert identity.with_token(new).get(CATALOGS).status_code == 200
    assert identity.with_token(old).get(CATALOGS).status_code == 200

    identity.keycloak.withdraw(old_provider)
    assert key_id(old) not in [key["kid"] for key in identity.keycloak.keys()]

    def refused() -> bool:
        identity.with_token(with_key_id(new, "unknown")).get(CATALOGS)  # has the keys fetched again
        return bool(identity.with_token(old).get(CATALOGS).status_code == 401)

    until(refused, 15, "a token of the withdrawn key is refused", every=0.5)
    problem(identity.with_token(old).get(CATALOGS), 401, "token_key_unknown")
    assert identity.with_token(new).get(CATALOGS).status_code == 200
    assert identity.product.daemon.pid == pid


def test_a_flood_of_unknown_keys_is_not_passed_on(identity: Identity) -> None:
    """Anybody can send them: Keycloak must not be asked each time."""
    token = identity.keycloak.token()
    api = identity.with_token(token)
    for number in range(200):
        problem(api.get(CATALOGS, token=with_key_id(token, f"unknown-{number}")), 401, "token_key_unknown")
    assert api.get(CATALOGS).status_code == 200


def test_known_keys_go_on_without_keycloak(identity: Identity) -> None:
    token = identity.keycloak.token()
    other = identity.keycloak.token()
    api = identity.with_token(token)
    assert api.get(CATALOGS).status_code == 200
    identity.keycloak.kill()

    assert api.get(CATALOGS).status_code == 200
    assert api.get(CATALOGS, token=other).status_code == 200  # one that was not seen before
    problem(api.get(CATALOGS, token=with_key_id(token, "unknown")), 401, "token_key_unknown")
    until(lambda: keys_word(identity.product).startswith("stale: "), 15, "readiness says that the keys are old")
    assert identity.product.readiness().status_code == 200
    assert api.get(CATALOGS).status_code == 200

    identity.keycloak.start()
    until(lambda: keys_word(identity.product) == "ok", 30, "the keys are fetched again")
    assert identity.api().get(CATALOGS).status_code == 200


def test_a_start_without_keycloak(identity: Identity, make_product: Callable[..., Product]) -> None:
    """No token can be told from a forged one: 503, not 401, until Keycloak is there."""
    token = identity.keycloak.token()
    identity.product.stop()
    identity.keycloak.kill()
    late = make_product()
    late.spawn()
    until(lambda: late.readiness() is not None, 10, "it answers")
    answer = late.readiness()
    assert answer is not None and answer.status_code == 503
    assert "could not be fetched" in keys_word(late)
    problem(Api(late.url, token).get(CATALOGS), 503, "keys_unavailable")

    identity.keycloak.start()
    until(late.ready, 30, "it is ready without a restart")
    assert Api(late.url, identity.keycloak.token()).get(CATALOGS).status_code == 200


def test_what_keycloak_signed_cannot_be_changed(identity: Identity) -> None:
    token = identity.keycloak.token("carol")
    header, _, signature = token.split(".")
    risen = claims(token)
    risen["realm_access"]["roles"].append("akko-admin")
    problem(identity.with_token(f"{header}.{encoded(risen)}.{signature}").get(CATALOGS), 401, "token_signature")
